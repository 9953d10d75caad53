// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "array.h"
#include "nearest.h"
#include "policy_fields.h"

static const char *const event[] = {
	"seq", "time", "type", "verdict", "rule", "priority", "new_path",
	"new_fs_path", "privileged", "dumpable", "rlimit_core", "duration_ns",
	NULL,
};

static const char *const process[] = {
	"pid", "tid", "ppid", "ns_pid", "ns_tid", "ns_ppid", "sid", "pgid",
	"start_time", "comm", "exe", "cmdline", "cwd", "tty", "cgroup", "uid",
	"euid", "suid", "fsuid", "gid", "egid", "sgid", "fsgid", "loginuid",
	"sessionid", "cap_effective", "namespaces.mnt", "namespaces.pid",
	"namespaces.user", "namespaces.initial", NULL,
};

static const char *const file[] = {
	"path", "fs_path", "host_path", "dev", "ino", "generation", "class",
	"access", "tagged", "origin.pid", "origin.comm", "origin.time", NULL,
};

static const char *const target[] = {
	"pid", "start_time", "uid", "comm", "exe", NULL,
};

static const char *const result[] = { "fd", "errno", NULL };

static const char *const signal[] = {
	"number", "name", "code", "code_name", "address", "forced",
	"sender.pid", "sender.start_time", "sender.uid", "sender.comm",
	"sender.exe", NULL,
};

static const char *const core[] = {
	"result", "path", "dev", "ino", "generation", "size", "pattern_kind",
	NULL,
};

static const char *const attr[] = {
	"mode.old", "mode.new", "uid.old", "uid.new", "gid.old", "gid.new",
	"size.old", "size.new", "xattr.name", NULL,
};

/* By the key of the event that they are in. */
static const struct {
	const char *key;
	const char *const *names;
} fields[] = {
	{ "", event },
	{ "process.", process },
	{ "file.", file },
	{ "target.", target },
	{ "result.", result },
	{ "signal.", signal },
	{ "core.", core },
	{ "attr.", attr },
};

/* Bytes of the name at @s; a dot or underscore at its end is the sentence's. */
static size_t name_length(const char *s)
{
	size_t len = strspn(s, "abcdefghijklmnopqrstuvwxyz_.");

	while (len && (s[len - 1] == '.' || s[len - 1] == '_'))
		len--;
	return len;
}

static bool is_field(struct nearest *nearest)
{
	char full[NEAREST_MAX + 1];

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		for (const char *const *name = fields[i].names; *name; name++) {
			snprintf(full, sizeof(full), "%s%s", fields[i].key,
				 *name);
			if (!strcmp(full, nearest->word))
				return true;
			nearest_offer(nearest, full);
		}
	}
	return false;
}

static bool check_field(const char *s, size_t len, struct reason *why)
{
	struct nearest nearest;
	char name[NEAREST_MAX + 1];

	if (!len)
		return refuse(why, "a %% is followed by the name of a field, as in %%process.comm; %%%% stands for itself");
	snprintf(name, sizeof(name), "%.*s", (int)len, s);
	nearest_begin(&nearest, name);
	if (len <= NEAREST_MAX && is_field(&nearest))
		return true;
	if (len <= NEAREST_MAX && *nearest.found)
		return refuse(why, "there is no field '%%%s': did you mean '%%%s'?",
			      name, nearest.found);
	return refuse(why, "there is no field '%%%s': expected a key of JSON, as in %%process.comm",
		      name);
}

bool policy_fields_check(const char *text, struct reason *why)
{
	while ((text = strchr(text, '%'))) {
		size_t len;

		text++;
		if (*text == '%') {
			text++;
			continue;
		}
		len = name_length(text);
		if (!check_field(text, len, why))
			return false;
		text += len;
	}
	return true;
}
