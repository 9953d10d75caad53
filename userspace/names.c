// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include <syslog.h>

#include <linux/coredump_mon.h>

#include "array.h"
#include "names.h"

static inline const char *look_up(const char *const *names, size_t count,
				  uint32_t i)
{
	return i < count ? names[i] : NULL;
}

static const char *const types[] = {
	[COREDUMP_MON_DUMP]	= "dump",
	[COREDUMP_MON_OPEN]	= "open",
	[COREDUMP_MON_POLICY]	= "policy",
	[COREDUMP_MON_LOST]	= "lost",
	[COREDUMP_MON_RENAME]	= "rename",
	[COREDUMP_MON_LINK]	= "link",
	[COREDUMP_MON_UNLINK]	= "unlink",
	[COREDUMP_MON_ATTR]	= "attr",
	[COREDUMP_MON_SUPPRESSED] = "suppressed",
};

/* Policies have them too: "rates". */
static const char *const kinds[] = {
	[COREDUMP_MON_KIND_OPEN]	= "open",
	[COREDUMP_MON_KIND_DENIAL]	= "denial",
	[COREDUMP_MON_KIND_DUMP]	= "dump",
	[COREDUMP_MON_KIND_CHANGE]	= "change",
	[COREDUMP_MON_KIND_TAG]		= "tag",
	[COREDUMP_MON_KIND_POLICY]	= "policy",
};

static const char *const actors[] = {
	[COREDUMP_MON_ACTOR_PROCESS]	= "process",
	[COREDUMP_MON_ACTOR_USER]	= "user",
	[COREDUMP_MON_ACTOR_OTHERS]	= "others",
};

static const char *const classes[] = {
	[COREDUMP_MON_CLASS_CORE]		= "core",
	[COREDUMP_MON_CLASS_COREDUMP_FILTER]	= "coredump_filter",
	[COREDUMP_MON_CLASS_BLOCK_DEVICE]	= "block_device",
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

/* As Falco has them, and policies. */
static const char *const priorities[] = {
	[LOG_EMERG]	= "EMERGENCY",
	[LOG_ALERT]	= "ALERT",
	[LOG_CRIT]	= "CRITICAL",
	[LOG_ERR]	= "ERROR",
	[LOG_WARNING]	= "WARNING",
	[LOG_NOTICE]	= "NOTICE",
	[LOG_INFO]	= "INFO",
	[LOG_DEBUG]	= "DEBUG",
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
	[COREDUMP_MON_CHANGE_KPROBES]		= "kprobes",
	[COREDUMP_MON_CHANGE_MISSED]		= "missed",
	[COREDUMP_MON_CHANGE_KRETPROBES]	= "kretprobes",
	[COREDUMP_MON_CHANGE_REFUSED]		= "refused",
	[COREDUMP_MON_CHANGE_FOLLOWED]		= "followed",
	[COREDUMP_MON_CHANGE_RESTORED]		= "restored",
	[COREDUMP_MON_CHANGE_RULES]		= "rules",
	[COREDUMP_MON_CHANGE_LOCK]		= "lock",
};

static const char *const modes[] = {
	[COREDUMP_MON_PERMISSIVE]	= "permissive",
	[COREDUMP_MON_ENFORCING]	= "enforcing",
};

static const char *const actions[] = {
	[COREDUMP_MON_ACTION_IGNORE]	= "ignore",
	[COREDUMP_MON_ACTION_LOG]	= "log",
	[COREDUMP_MON_ACTION_DENY]	= "deny",
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
	[COREDUMP_MON_DIRECTORY_ELSEWHERE]	= "elsewhere",
};

static const char *const tag_origins[] = {
	[COREDUMP_MON_TAG_DUMP]	= "dump",
	[COREDUMP_MON_TAG_USER]	= "user",
	[COREDUMP_MON_TAG_WRITTEN] = "written",
	[COREDUMP_MON_TAG_MOVED] = "moved",
	[COREDUMP_MON_TAG_STOOD] = "stood",
	[COREDUMP_MON_TAG_GCORE] = "gcore",
};

const char *type_name(uint16_t type)
{
	return look_up(types, ARRAY_SIZE(types), type);
}

uint16_t type_by_name(const char *name, size_t len)
{
	for (uint16_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (types[i] && strlen(types[i]) == len &&
		    !memcmp(types[i], name, len))
			return i;
	}
	return 0;
}

const char *kind_name(uint32_t kind)
{
	return look_up(kinds, ARRAY_SIZE(kinds), kind);
}

const char *actor_name(uint32_t actor)
{
	return look_up(actors, ARRAY_SIZE(actors), actor);
}

const char *class_name(uint32_t class)
{
	return look_up(classes, ARRAY_SIZE(classes), class);
}

const char *access_name(uint32_t access)
{
	return look_up(accesses, ARRAY_SIZE(accesses), access);
}

const char *verdict_name(uint32_t verdict)
{
	return look_up(verdicts, ARRAY_SIZE(verdicts), verdict);
}

const char *priority_name(uint32_t priority)
{
	return look_up(priorities, ARRAY_SIZE(priorities), priority);
}

const char *outcome_name(uint32_t outcome)
{
	return look_up(outcomes, ARRAY_SIZE(outcomes), outcome);
}

const char *pattern_name(uint32_t pattern)
{
	return look_up(patterns, ARRAY_SIZE(patterns), pattern);
}

const char *change_name(uint32_t change)
{
	return look_up(changes, ARRAY_SIZE(changes), change);
}

const char *mode_name(uint32_t mode)
{
	return look_up(modes, ARRAY_SIZE(modes), mode);
}

const char *action_name(uint32_t action)
{
	return look_up(actions, ARRAY_SIZE(actions), action);
}

const char *cause_name(uint32_t cause)
{
	return look_up(causes, ARRAY_SIZE(causes), cause);
}

const char *hook_name(uint32_t hook)
{
	return look_up(hooks, ARRAY_SIZE(hooks), hook);
}

const char *directory_state_name(uint32_t state)
{
	return look_up(directory_states, ARRAY_SIZE(directory_states), state);
}

const char *tag_origin_name(uint32_t origin)
{
	return look_up(tag_origins, ARRAY_SIZE(tag_origins), origin);
}
