// SPDX-License-Identifier: GPL-2.0
/* Processes and files in JSON. */
#include <string.h>

#include "array.h"
#include "host_path.h"
#include "json.h"
#include "json_parts.h"
#include "names.h"
#include "timestamp.h"
#include "utf8.h"

#define NSEC_PER_MSEC 1000000U

static const struct {
	enum coredump_mon_attr_type type;
	const char *key;
} noted[] = {
	{ COREDUMP_MON_A_COMM, "comm" },
	{ COREDUMP_MON_A_EXE, "exe" },
	{ COREDUMP_MON_A_CMDLINE, "cmdline" },
	{ COREDUMP_MON_A_CWD, "cwd" },
	{ COREDUMP_MON_A_TTY, "tty" },
	{ COREDUMP_MON_A_CGROUP, "cgroup" },
	{ COREDUMP_MON_A_PATH, "path" },
	{ COREDUMP_MON_A_FS_PATH, "fs_path" },
	{ COREDUMP_MON_A_RULE, "rule" },
	{ COREDUMP_MON_A_POLICY, "paths" },
	{ COREDUMP_MON_A_FILE, "new_path" },
	{ COREDUMP_MON_A_NEW_FS_PATH, "new_fs_path" },
	{ COREDUMP_MON_A_XATTR_NAME, "name" },
	{ COREDUMP_MON_A_XATTR_OLD, "old" },
	{ COREDUMP_MON_A_XATTR_VALUE, "new" },
};

static void put_noted_keys(struct json *json, uint32_t mask)
{
	json_begin(json, '[');
	for (size_t i = 0; i < ARRAY_SIZE(noted); i++) {
		if (!has(mask, noted[i].type))
			continue;
		json_item(json);
		json_str(json, noted[i].key);
	}
	json_end(json, ']');
}

/* Last in each object that holds strings. */
void json_notes(struct json *json, const struct notes *notes)
{
	if (notes->cut) {
		json_key(json, "cut");
		put_noted_keys(json, notes->cut);
	}
	if (notes->escaped) {
		json_key(json, "escaped");
		put_noted_keys(json, notes->escaped);
	}
}

void json_noted_string(struct json *json, const struct string *s,
		       enum coredump_mon_attr_type type, struct notes *notes)
{
	if (utf8_valid(s->data, s->len)) {
		json_string(json, s->data, s->len);
	} else {
		json_bytes(json, s->data, s->len);
		notes->escaped |= BIT(type);
	}
}

static void put_device(struct json *json, uint32_t major, uint32_t minor)
{
	out_char(json->out, '"');
	out_u64(json->out, major);
	out_char(json->out, ':');
	out_u64(json->out, minor);
	out_char(json->out, '"');
}

void json_time(struct json *json, uint64_t ns)
{
	out_char(json->out, '"');
	timestamp_rfc3339(json->out, ns);
	out_char(json->out, '"');
}

/*
 * What is to be added to boot time. A record's two clocks were read one after
 * the other and differ by microseconds from record to record; pid and start
 * time tell processes apart, so the first difference is kept until the clock
 * was set, and is told in milliseconds.
 */
static uint64_t boot_to_real(const struct coredump_mon_record *header)
{
	static uint64_t kept;
	uint64_t difference = header->realtime_ns - header->boottime_ns;

	if (difference - kept + 10 * NSEC_PER_MSEC > 20 * NSEC_PER_MSEC)
		kept = difference - difference % NSEC_PER_MSEC;
	return kept;
}

uint64_t json_start_time(const struct event *event,
			 const struct coredump_mon_task *task)
{
	return boot_to_real(&event->header) + task->start_ns;
}

static void put_start_time(struct json *json, const struct event *event,
			   const struct coredump_mon_task *task)
{
	if (!task->start_ns)
		return;
	json_key(json, "start_time");
	json_time(json, json_start_time(event, task));
}

static void put_cmdline(struct json *json, const struct string *cmdline,
			struct notes *notes)
{
	const char *at = cmdline->data;
	const char *end = at + cmdline->len;
	bool valid = utf8_valid(at, cmdline->len);

	/* One rule for all of them, since they share one key. */
	if (!valid)
		notes->escaped |= BIT(COREDUMP_MON_A_CMDLINE);
	json_begin(json, '[');
	while (at < end) {
		const char *nul = memchr(at, 0, (size_t)(end - at));
		size_t len = (size_t)((nul ? nul : end) - at);

		json_item(json);
		if (valid)
			json_string(json, at, len);
		else
			json_bytes(json, at, len);
		at += len + !!nul;
	}
	json_end(json, ']');
}

static void put_task(struct json *json, const struct event *event,
		     const struct coredump_mon_task *task)
{
	json_u64_member(json, "pid", task->pid);
	if (task->tid)
		json_u64_member(json, "tid", task->tid);
	json_u64_member(json, "ppid", task->ppid);
	if (task->ns_pid)
		json_u64_member(json, "ns_pid", task->ns_pid);
	if (task->ns_tid)
		json_u64_member(json, "ns_tid", task->ns_tid);
	if (task->ns_ppid)
		json_u64_member(json, "ns_ppid", task->ns_ppid);
	json_u64_member(json, "sid", task->sid);
	json_u64_member(json, "pgid", task->pgid);
	put_start_time(json, event, task);
}

static void put_cred(struct json *json, const struct coredump_mon_cred *cred)
{
	char capabilities[16];

	json_u64_member(json, "uid", cred->uid);
	json_u64_member(json, "euid", cred->euid);
	json_u64_member(json, "suid", cred->suid);
	json_u64_member(json, "fsuid", cred->fsuid);
	json_u64_member(json, "gid", cred->gid);
	json_u64_member(json, "egid", cred->egid);
	json_u64_member(json, "sgid", cred->sgid);
	json_u64_member(json, "fsgid", cred->fsgid);
	if (cred->loginuid != COREDUMP_MON_ID_NONE)
		json_u64_member(json, "loginuid", cred->loginuid);
	if (cred->sessionid != COREDUMP_MON_ID_NONE)
		json_u64_member(json, "sessionid", cred->sessionid);
	/* As /proc/PID/status has it: capsh --decode reads it. */
	for (unsigned int i = 0; i < sizeof(capabilities); i++)
		capabilities[i] = "0123456789abcdef"
			[cred->cap_effective >> (60 - 4 * i) & 15];
	json_key(json, "cap_effective");
	json_string(json, capabilities, sizeof(capabilities));
}

static void put_namespaces(struct json *json,
			   const struct coredump_mon_namespaces *namespaces)
{
	json_key(json, "namespaces");
	json_begin(json, '{');
	if (namespaces->mnt)
		json_u64_member(json, "mnt", namespaces->mnt);
	if (namespaces->pid)
		json_u64_member(json, "pid", namespaces->pid);
	if (namespaces->user)
		json_u64_member(json, "user", namespaces->user);
	json_bool_member(json, "initial", namespaces->initial);
	json_end(json, '}');
}

static void put_ancestors(struct json *json, const struct event *event)
{
	json_key(json, "ancestors");
	json_begin(json, '[');
	for (uint32_t i = 0; i < event->n_ancestors; i++) {
		const struct ancestor *ancestor = &event->ancestors[i];
		struct notes notes = { .cut = ancestor->cut };

		json_item(json);
		json_begin(json, '{');
		if (has(ancestor->has, COREDUMP_MON_A_TASK))
			json_u64_member(json, "pid", ancestor->task.pid);
		json_string_member(json, "comm", &ancestor->comm, ancestor->has,
				   COREDUMP_MON_A_COMM, &notes);
		json_string_member(json, "exe", &ancestor->exe, ancestor->has,
				   COREDUMP_MON_A_EXE, &notes);
		json_notes(json, &notes);
		json_end(json, '}');
	}
	json_end(json, ']');
}

void json_process(struct json *json, const struct event *event)
{
	const struct subject *process = &event->process;
	struct notes notes = { .cut = process->cut };

	json_key(json, "process");
	json_begin(json, '{');
	if (has(process->has, COREDUMP_MON_A_TASK))
		put_task(json, event, &process->task);
	json_string_member(json, "comm", &process->comm, process->has,
			   COREDUMP_MON_A_COMM, &notes);
	json_string_member(json, "exe", &process->exe, process->has,
			   COREDUMP_MON_A_EXE, &notes);
	if (has(process->has, COREDUMP_MON_A_CMDLINE)) {
		json_key(json, "cmdline");
		put_cmdline(json, &process->cmdline, &notes);
	}
	json_string_member(json, "cwd", &process->cwd, process->has,
			   COREDUMP_MON_A_CWD, &notes);
	json_string_member(json, "tty", &process->tty, process->has,
			   COREDUMP_MON_A_TTY, &notes);
	json_string_member(json, "cgroup", &process->cgroup, process->has,
			   COREDUMP_MON_A_CGROUP, &notes);
	if (has(process->has, COREDUMP_MON_A_CRED))
		put_cred(json, &process->cred);
	if (has(process->has, COREDUMP_MON_A_NAMESPACES))
		put_namespaces(json, &process->namespaces);
	put_ancestors(json, event);
	json_notes(json, &notes);
	json_end(json, '}');
}

/* Another process than the one that the event is about: shorter. */
void json_other(struct json *json, const struct event *event,
		const struct subject *subject)
{
	struct notes notes = { .cut = subject->cut };

	json_begin(json, '{');
	if (has(subject->has, COREDUMP_MON_A_TASK)) {
		json_u64_member(json, "pid", subject->task.pid);
		put_start_time(json, event, &subject->task);
	}
	if (has(subject->has, COREDUMP_MON_A_CRED))
		json_u64_member(json, "uid", subject->cred.uid);
	json_string_member(json, "comm", &subject->comm, subject->has,
			   COREDUMP_MON_A_COMM, &notes);
	json_string_member(json, "exe", &subject->exe, subject->has,
			   COREDUMP_MON_A_EXE, &notes);
	json_notes(json, &notes);
	json_end(json, '}');
}

/* Of a file in another mount namespace: where it is, for whoever reads this. */
static void put_host_path(struct json *json, const struct file *file)
{
	char path[HOST_PATH_MAX];

	if (!host_path_beside(file, path) || !utf8_valid(path, strlen(path)))
		return;
	json_key(json, "host_path");
	json_string(json, path, strlen(path));
}

/* Where a name in the file system of @file is here; false: nowhere. */
static bool put_here(struct json *json, const char *key, const struct file *file,
		     const struct string *fs_path,
		     enum coredump_mon_attr_type type, struct notes *notes)
{
	char path[HOST_PATH_MAX];
	struct string here = { .data = path };

	if (!host_path(file, fs_path, path))
		return false;
	here.len = (uint32_t)strlen(path);
	json_key_text(json, key);
	json_noted_string(json, &here, type, notes);
	return true;
}

void json_new_path(struct json *json, const struct file *file,
		   const struct string *fs_path, struct notes *notes)
{
	if (put_here(json, JSON_KEY("new_path"), file, fs_path,
		     COREDUMP_MON_A_FILE, notes))
		return;
	json_key(json, "new_fs_path");
	json_noted_string(json, fs_path, COREDUMP_MON_A_NEW_FS_PATH, notes);
}

void json_file_identity(struct json *json, const struct file *file,
			struct notes *notes)
{
	json_string_member(json, "path", &file->path, file->has,
			   COREDUMP_MON_A_PATH, notes);
	if (!file_unplaced(file) ||
	    !put_here(json, JSON_KEY("path"), file, &file->fs_path,
		      COREDUMP_MON_A_PATH, notes))
		json_string_member(json, "fs_path", &file->fs_path, file->has,
				   COREDUMP_MON_A_FS_PATH, notes);
	if (!has(file->has, COREDUMP_MON_A_FILE_ID))
		return;
	put_host_path(json, file);
	json_key(json, "dev");
	put_device(json, file->id.dev_major, file->id.dev_minor);
	json_u64_member(json, "ino", file->id.ino);
	if (file->id.generation)
		json_u64_member(json, "generation", file->id.generation);
}

/* When and by whom a file was tagged. */
static void put_origin(struct json *json, const struct coredump_mon_tag *origin)
{
	struct string comm = {
		.data = origin->comm,
		.len = strnlen(origin->comm, sizeof(origin->comm)),
	};
	const char *kind = tag_origin_name(origin->origin);
	struct notes notes = { 0 };

	json_key(json, "origin");
	json_begin(json, '{');
	if (kind)
		json_word_member(json, "kind", kind);
	json_u64_member(json, "pid", origin->pid);
	json_key(json, "comm");
	json_noted_string(json, &comm, COREDUMP_MON_A_COMM, &notes);
	json_key(json, "time");
	json_time(json, origin->realtime_ns);
	json_notes(json, &notes);
	json_end(json, '}');
}

void json_file(struct json *json, const struct file *file)
{
	struct notes notes = { .cut = file->cut };

	json_key(json, "file");
	json_begin(json, '{');
	json_file_identity(json, file, &notes);
	if (has(file->has, COREDUMP_MON_A_FILE_ID)) {
		const char *class = class_name(file->id.file_class);
		const char *access = access_name(file->id.access);

		if (class)
			json_word_member(json, "class", class);
		if (access)
			json_word_member(json, "access", access);
		json_bool_member(json, "tagged", file->id.tagged);
	}
	if (has(file->has, COREDUMP_MON_A_ORIGIN))
		put_origin(json, &file->origin);
	json_notes(json, &notes);
	json_end(json, '}');
}
