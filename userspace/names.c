// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include <linux/coredump_mon.h>

#include "names.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define LOOK_UP(array, i) ((i) < COUNT(array) ? (array)[i] : NULL)

static const char *const types[] = {
	[COREDUMP_MON_DUMP]	= "dump",
	[COREDUMP_MON_OPEN]	= "open",
	[COREDUMP_MON_POLICY]	= "policy",
	[COREDUMP_MON_LOST]	= "lost",
};

static const char *const classes[] = {
	[COREDUMP_MON_CLASS_CORE]		= "core",
	[COREDUMP_MON_CLASS_COREDUMP_FILTER]	= "coredump_filter",
};

static const char *const accesses[] = {
	[COREDUMP_MON_ACCESS_READ]		= "read",
	[COREDUMP_MON_ACCESS_WRITE]		= "write",
	[COREDUMP_MON_ACCESS_READ_WRITE]	= "read-write",
	[COREDUMP_MON_ACCESS_EXEC]		= "exec",
};

static const char *const verdicts[] = {
	[COREDUMP_MON_ALLOWED]		= "allowed",
	[COREDUMP_MON_WOULD_DENY]	= "would-deny",
	[COREDUMP_MON_DENIED]		= "denied",
};

static const char *const priorities[] = {
	[COREDUMP_MON_PRIORITY_WARNING]	= "WARNING",
	[COREDUMP_MON_PRIORITY_NOTICE]	= "NOTICE",
	[COREDUMP_MON_PRIORITY_INFO]	= "INFO",
};

static const char *const outcomes[] = {
	[COREDUMP_MON_OUTCOME_UNKNOWN]		= "unknown",
	[COREDUMP_MON_OUTCOME_WRITTEN]		= "written",
	[COREDUMP_MON_OUTCOME_TRUNCATED]	= "truncated",
	[COREDUMP_MON_OUTCOME_PIPED]		= "piped",
	[COREDUMP_MON_OUTCOME_SKIPPED]		= "skipped",
	[COREDUMP_MON_OUTCOME_FAILED]		= "failed",
};

static const char *const patterns[] = {
	[COREDUMP_MON_PATTERN_FILE]	= "file",
	[COREDUMP_MON_PATTERN_PIPE]	= "pipe",
	[COREDUMP_MON_PATTERN_SOCKET]	= "socket",
};

static const char *const changes[] = {
	[COREDUMP_MON_CHANGE_MODE]		= "mode",
	[COREDUMP_MON_CHANGE_HOLD]		= "hold",
	[COREDUMP_MON_CHANGE_DIRECTORIES]	= "directories",
	[COREDUMP_MON_CHANGE_TAG_ADD]		= "tag-add",
	[COREDUMP_MON_CHANGE_TAG_DROP]		= "tag-drop",
};

static const char *const modes[] = {
	[COREDUMP_MON_PERMISSIVE]	= "permissive",
	[COREDUMP_MON_ENFORCING]	= "enforcing",
};

static const char *const causes[] = {
	[COREDUMP_MON_CAUSE_OVERRUN]	= "overrun",
	[COREDUMP_MON_CAUSE_UNMADE]	= "unmade",
};

static const char *const hooks[] = {
	[COREDUMP_MON_HOOK_NONE]	= "none",
	[COREDUMP_MON_HOOK_KPROBE]	= "kprobe",
	[COREDUMP_MON_HOOK_KRETPROBE]	= "kretprobe",
	[COREDUMP_MON_HOOK_FTRACE]	= "ftrace",
	[COREDUMP_MON_HOOK_TRACEPOINT]	= "tracepoint",
};

static const char *const directory_states[] = {
	[COREDUMP_MON_DIRECTORY_WATCHED]	= "watched",
	[COREDUMP_MON_DIRECTORY_MISSING]	= "missing",
	[COREDUMP_MON_DIRECTORY_GONE]		= "gone",
};

static const char *const tag_origins[] = {
	[COREDUMP_MON_TAG_DUMP]	= "dump",
	[COREDUMP_MON_TAG_USER]	= "user",
};

const char *type_name(uint16_t type)
{
	return LOOK_UP(types, type);
}

uint16_t type_by_name(const char *name, size_t len)
{
	for (uint16_t i = 0; i < COUNT(types); i++) {
		if (types[i] && strlen(types[i]) == len &&
		    !memcmp(types[i], name, len))
			return i;
	}
	return 0;
}

const char *class_name(uint32_t class)
{
	return LOOK_UP(classes, class);
}

const char *access_name(uint32_t access)
{
	return LOOK_UP(accesses, access);
}

const char *verdict_name(uint32_t verdict)
{
	return LOOK_UP(verdicts, verdict);
}

const char *priority_name(uint32_t priority)
{
	return LOOK_UP(priorities, priority);
}

const char *outcome_name(uint32_t outcome)
{
	return LOOK_UP(outcomes, outcome);
}

const char *pattern_name(uint32_t pattern)
{
	return LOOK_UP(patterns, pattern);
}

const char *change_name(uint32_t change)
{
	return LOOK_UP(changes, change);
}

const char *mode_name(uint32_t mode)
{
	return LOOK_UP(modes, mode);
}

const char *cause_name(uint32_t cause)
{
	return LOOK_UP(causes, cause);
}

const char *hook_name(uint32_t hook)
{
	return LOOK_UP(hooks, hook);
}

const char *directory_state_name(uint32_t state)
{
	return LOOK_UP(directory_states, state);
}

const char *tag_origin_name(uint32_t origin)
{
	return LOOK_UP(tag_origins, origin);
}
