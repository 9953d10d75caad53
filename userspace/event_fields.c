// SPDX-License-Identifier: GPL-2.0
/*
 * An event as an entry of the journal: the names are a promise, see
 * coredump-mon(1). What could not be had is left out.
 */
#include <string.h>

#include "acl.h"
#include "array.h"
#include "field_parts.h"
#include "format.h"
#include "limit.h"
#include "host_path.h"
#include "message.h"
#include "names.h"
#include "summary.h"
#include "timestamp.h"

/* By which an entry's kind is found: journalctl MESSAGE_ID=... */
static const char *const message_ids[] = {
	[COREDUMP_MON_DUMP]	= "MESSAGE_ID=a45dc8ab44784fefbea40a630a41ae33",
	[COREDUMP_MON_OPEN]	= "MESSAGE_ID=ac8c6601629b4e59996dde618b0eb6db",
	[COREDUMP_MON_POLICY]	= "MESSAGE_ID=b4e5f36cd57c40ccb6e4e7833eca68c1",
	[COREDUMP_MON_LOST]	= "MESSAGE_ID=21362989a4b44978ade5b5411274c3c0",
	[COREDUMP_MON_RENAME]	= "MESSAGE_ID=0b8095086f2846f6992f51f6cd68c7ae",
	[COREDUMP_MON_LINK]	= "MESSAGE_ID=a9beda80ebac4c6a9dac3749f18dac26",
	[COREDUMP_MON_UNLINK]	= "MESSAGE_ID=26b71b63e4ac45fabd7f109647dcf3ab",
	[COREDUMP_MON_ATTR]	= "MESSAGE_ID=e3249320e6f84a5d8046052ade9a59bb",
	[COREDUMP_MON_SUPPRESSED] = "MESSAGE_ID=9223b6924d884dc88827e1a9c0b6600e",
};

/* As it is: the journal takes any bytes. */
static void add_string(struct fields *fields, const char *start,
		       const struct string *s, uint32_t mask,
		       enum coredump_mon_attr_type type)
{
	if (!has(mask, type))
		return;
	fields_add(fields, start);
	out_mem(&fields->out, s->data, s->len);
}

/* The names of those that are not whole. */
static void add_cut(struct fields *fields, uint32_t mask)
{
	static const struct {
		enum coredump_mon_attr_type type;
		const char *name;
	} strings[] = {
		{ COREDUMP_MON_A_COMM, "COMM" },
		{ COREDUMP_MON_A_EXE, "EXE" },
		{ COREDUMP_MON_A_CMDLINE, "CMDLINE" },
		{ COREDUMP_MON_A_CWD, "CWD" },
		{ COREDUMP_MON_A_TTY, "TTY" },
		{ COREDUMP_MON_A_CGROUP, "CGROUP" },
		{ COREDUMP_MON_A_PATH, "PATH" },
		{ COREDUMP_MON_A_FS_PATH, "FS_PATH" },
		{ COREDUMP_MON_A_NEW_FS_PATH, "NEW_FS_PATH" },
		{ COREDUMP_MON_A_XATTR_NAME, "XATTR" },
		{ COREDUMP_MON_A_XATTR_OLD, "XATTR_OLD" },
		{ COREDUMP_MON_A_XATTR_VALUE, "XATTR_NEW" },
	};

	for (size_t i = 0; mask && i < ARRAY_SIZE(strings); i++) {
		if (has(mask, strings[i].type))
			add_word(fields, FIELD("CUT"), strings[i].name);
	}
}

static void add_device(struct fields *fields, const char *start,
		       uint32_t major, uint32_t minor)
{
	add_u64(fields, start, major);
	out_char(&fields->out, ':');
	out_u64(&fields->out, minor);
}

static void add_ids(struct fields *fields, const struct coredump_mon_cred *cred)
{
	add_u64(fields, FIELD("UID"), cred->uid);
	add_u64(fields, FIELD("EUID"), cred->euid);
	add_u64(fields, FIELD("SUID"), cred->suid);
	add_u64(fields, FIELD("FSUID"), cred->fsuid);
	add_u64(fields, FIELD("GID"), cred->gid);
	add_u64(fields, FIELD("EGID"), cred->egid);
	add_u64(fields, FIELD("SGID"), cred->sgid);
	add_u64(fields, FIELD("FSGID"), cred->fsgid);
	if (cred->loginuid != COREDUMP_MON_ID_NONE)
		add_u64(fields, FIELD("LOGINUID"), cred->loginuid);
	if (cred->sessionid != COREDUMP_MON_ID_NONE)
		add_u64(fields, FIELD("SESSIONID"), cred->sessionid);
	add_hex(fields, FIELD("CAP_EFFECTIVE"), cred->cap_effective);
}

static void add_task(struct fields *fields, const struct coredump_mon_task *task)
{
	add_u64(fields, FIELD("PID"), task->pid);
	if (task->tid)
		add_u64(fields, FIELD("TID"), task->tid);
	add_u64(fields, FIELD("PPID"), task->ppid);
	if (task->ns_pid)
		add_u64(fields, FIELD("NS_PID"), task->ns_pid);
	add_u64(fields, FIELD("SID"), task->sid);
	add_u64(fields, FIELD("PGID"), task->pgid);
}

/* "PID COMM" */
static void add_ancestor(struct fields *fields, const struct ancestor *ancestor)
{
	if (has(ancestor->has, COREDUMP_MON_A_TASK))
		add_u64(fields, FIELD("ANCESTOR"), ancestor->task.pid);
	else
		add_word(fields, FIELD("ANCESTOR"), "-");
	out_char(&fields->out, ' ');
	if (has(ancestor->has, COREDUMP_MON_A_COMM))
		out_mem(&fields->out, ancestor->comm.data, ancestor->comm.len);
}

static void add_process(struct fields *fields, const struct event *event)
{
	const struct subject *process = &event->process;

	if (has(process->has, COREDUMP_MON_A_TASK))
		add_task(fields, &process->task);
	if (has(process->has, COREDUMP_MON_A_CRED))
		add_ids(fields, &process->cred);
	add_string(fields, FIELD("COMM"), &process->comm, process->has,
		   COREDUMP_MON_A_COMM);
	add_string(fields, FIELD("EXE"), &process->exe, process->has,
		   COREDUMP_MON_A_EXE);
	add_string(fields, FIELD("CMDLINE"), &process->cmdline, process->has,
		   COREDUMP_MON_A_CMDLINE);
	add_string(fields, FIELD("CWD"), &process->cwd, process->has,
		   COREDUMP_MON_A_CWD);
	add_string(fields, FIELD("TTY"), &process->tty, process->has,
		   COREDUMP_MON_A_TTY);
	add_string(fields, FIELD("CGROUP"), &process->cgroup, process->has,
		   COREDUMP_MON_A_CGROUP);
	if (has(process->has, COREDUMP_MON_A_NAMESPACES)) {
		add_u64(fields, FIELD("MNT_NAMESPACE"), process->namespaces.mnt);
		add_u64(fields, FIELD("PID_NAMESPACE"), process->namespaces.pid);
		add_u64(fields, FIELD("USER_NAMESPACE"),
			process->namespaces.user);
		add_u64(fields, FIELD("INITIAL_NAMESPACES"),
			!!process->namespaces.initial);
	}
	for (uint32_t i = 0; i < event->n_ancestors; i++)
		add_ancestor(fields, &event->ancestors[i]);
	add_cut(fields, process->cut);
}

/* When and by whom the file was tagged. */
static void add_origin(struct fields *fields,
		       const struct coredump_mon_tag *origin)
{
	add_word(fields, FIELD("ORIGIN_KIND"), tag_origin_name(origin->origin));
	add_u64(fields, FIELD("ORIGIN_PID"), origin->pid);
	fields_add(fields, FIELD("ORIGIN_COMM"));
	out_mem(&fields->out, origin->comm,
		strnlen(origin->comm, sizeof(origin->comm)));
	fields_add(fields, FIELD("ORIGIN_TIME"));
	timestamp_rfc3339(&fields->out, origin->realtime_ns);
}

/* Of a file in another mount namespace: where it is here. */
static void add_host_path(struct fields *fields, const struct file *file)
{
	char path[HOST_PATH_MAX];

	if (host_path_beside(file, path))
		add_word(fields, FIELD("HOST_PATH"), path);
}

/* A name in the file system of @file: where it is here, or else @within that. */
static void add_fs_path(struct fields *fields, const char *here,
			const char *within, const struct file *file,
			const struct string *fs_path)
{
	char path[HOST_PATH_MAX];

	if (host_path(file, fs_path, path)) {
		add_word(fields, here, path);
		return;
	}
	fields_add(fields, within);
	out_mem(&fields->out, fs_path->data, fs_path->len);
}

static void add_path(struct fields *fields, const struct file *file)
{
	uint32_t cut = file->cut & BIT(COREDUMP_MON_A_PATH);

	if (file_unplaced(file))
		add_fs_path(fields, FIELD("PATH"), FIELD("FS_PATH"), file,
			    &file->fs_path);
	add_string(fields, FIELD("PATH"), &file->path, file->has,
		   COREDUMP_MON_A_PATH);
	/* Where there is a path, a field FS_PATH is not. */
	if (!has(file->has | file->cut, COREDUMP_MON_A_PATH))
		cut = file->cut;
	add_cut(fields, cut);
	add_host_path(fields, file);
}

static void add_file(struct fields *fields, const struct event *event)
{
	const struct coredump_mon_file_id *id = &event->file.id;

	if (!has(event->has, COREDUMP_MON_A_FILE))
		return;
	add_path(fields, &event->file);
	if (!has(event->file.has, COREDUMP_MON_A_FILE_ID))
		return;
	add_device(fields, FIELD("DEV"), id->dev_major, id->dev_minor);
	add_u64(fields, FIELD("INO"), id->ino);
	if (id->generation)
		add_u64(fields, FIELD("GENERATION"), id->generation);
	add_word(fields, FIELD("CLASS"), class_name(id->file_class));
	add_word(fields, FIELD("ACCESS"), access_name(id->access));
	if (id->tagged)
		add_u64(fields, FIELD("TAGGED"), 1);
	if (has(event->file.has, COREDUMP_MON_A_ORIGIN))
		add_origin(fields, &event->file.origin);
}

static void add_sender(struct fields *fields, const struct subject *sender)
{
	if (has(sender->has, COREDUMP_MON_A_TASK))
		add_u64(fields, FIELD("SENDER_PID"), sender->task.pid);
	if (has(sender->has, COREDUMP_MON_A_CRED))
		add_u64(fields, FIELD("SENDER_UID"), sender->cred.uid);
	add_string(fields, FIELD("SENDER_COMM"), &sender->comm, sender->has,
		   COREDUMP_MON_A_COMM);
	add_string(fields, FIELD("SENDER_EXE"), &sender->exe, sender->has,
		   COREDUMP_MON_A_EXE);
}

static void add_dump(struct fields *fields, const struct event *event)
{
	const struct coredump_mon_dump *dump = &event->dump;

	if (!has(event->has, COREDUMP_MON_A_DUMP))
		return;
	add_s64(fields, FIELD("SIGNAL"), dump->signal);
	add_word(fields, FIELD("SIGNAL_NAME"), signal_name(dump->signal));
	add_s64(fields, FIELD("CODE"), dump->code);
	add_word(fields, FIELD("CODE_NAME"),
		 signal_code_name(dump->signal, dump->code));
	if (dump->flags & COREDUMP_MON_DUMP_ADDRESS)
		add_hex(fields, FIELD("ADDRESS"), dump->address);
	add_u64(fields, FIELD("FORCED"),
		!!(dump->flags & COREDUMP_MON_DUMP_FORCED));
	add_u64(fields, FIELD("PRIVILEGED"),
		!!(dump->flags & COREDUMP_MON_DUMP_PRIVILEGED));
	add_u64(fields, FIELD("DUMPABLE"), dump->dumpable);
	if (dump->rlimit_core == UINT64_MAX)
		add_word(fields, FIELD("RLIMIT_CORE"), "unlimited");
	else
		add_u64(fields, FIELD("RLIMIT_CORE"), dump->rlimit_core);
	add_word(fields, FIELD("PATTERN_KIND"), pattern_name(dump->pattern));
	add_word(fields, FIELD("OUTCOME"), outcome_name(dump->outcome));
	if (dump->flags & COREDUMP_MON_DUMP_SIZE)
		add_u64(fields, FIELD("SIZE"), dump->size);
	if (dump->flags & COREDUMP_MON_DUMP_DURATION)
		add_u64(fields, FIELD("DURATION_NS"), dump->duration_ns);
}

static void add_open(struct fields *fields, const struct event *event)
{
	const struct subject *target = &event->target;

	if (has(event->has, COREDUMP_MON_A_TARGET)) {
		if (has(target->has, COREDUMP_MON_A_TASK))
			add_u64(fields, FIELD("TARGET_PID"), target->task.pid);
		if (has(target->has, COREDUMP_MON_A_CRED))
			add_u64(fields, FIELD("TARGET_UID"), target->cred.uid);
		add_string(fields, FIELD("TARGET_COMM"), &target->comm,
			   target->has, COREDUMP_MON_A_COMM);
		add_string(fields, FIELD("TARGET_EXE"), &target->exe,
			   target->has, COREDUMP_MON_A_EXE);
	}
	if (!has(event->has, COREDUMP_MON_A_RESULT))
		return;
	if (!event->result.error && event->result.fd >= 0)
		add_s64(fields, FIELD("FD"), event->result.fd);
	else
		add_s64(fields, FIELD("ERRNO"), event->result.error);
}

static void add_mode(struct fields *fields, const char *start, uint32_t mode)
{
	fields_add(fields, start);
	out_mode(&fields->out, mode);
}

static void add_id(struct fields *fields, const char *start, uint32_t id)
{
	if (id != COREDUMP_MON_ID_NONE)
		add_u64(fields, start, id);
}

static void add_attributes(struct fields *fields, const struct event *event)
{
	const struct coredump_mon_attributes *attributes = &event->attributes;

	if (!has(event->has, COREDUMP_MON_A_ATTRIBUTES))
		return;
	if (attributes->changed & COREDUMP_MON_ATTRIBUTE_MODE) {
		add_mode(fields, FIELD("ATTR_MODE_OLD"), attributes->old_mode);
		add_mode(fields, FIELD("ATTR_MODE_NEW"), attributes->new_mode);
	}
	if (attributes->changed & COREDUMP_MON_ATTRIBUTE_UID) {
		add_id(fields, FIELD("ATTR_UID_OLD"), attributes->old_uid);
		add_id(fields, FIELD("ATTR_UID_NEW"), attributes->new_uid);
	}
	if (attributes->changed & COREDUMP_MON_ATTRIBUTE_GID) {
		add_id(fields, FIELD("ATTR_GID_OLD"), attributes->old_gid);
		add_id(fields, FIELD("ATTR_GID_NEW"), attributes->new_gid);
	}
	if (attributes->changed & COREDUMP_MON_ATTRIBUTE_SIZE) {
		add_u64(fields, FIELD("ATTR_SIZE_OLD"), attributes->old_size);
		add_u64(fields, FIELD("ATTR_SIZE_NEW"), attributes->new_size);
	}
}

static void add_xattr_value(struct fields *fields, const char *start,
			    const struct xattr *xattr,
			    enum coredump_mon_attr_type which)
{
	const struct string *value = xattr_value(xattr, which);

	if (acl_valid(xattr, which)) {
		fields_add(fields, start);
		acl_write(&fields->out, value);
	} else {
		add_string(fields, start, value, xattr->has, which);
	}
}

static void add_xattr(struct fields *fields, const struct event *event)
{
	const struct xattr *xattr = &event->xattr;

	if (!has(event->has, COREDUMP_MON_A_XATTR))
		return;
	add_string(fields, FIELD("XATTR"), &xattr->name, xattr->has,
		   COREDUMP_MON_A_XATTR_NAME);
	add_xattr_value(fields, FIELD("XATTR_OLD"), xattr,
			COREDUMP_MON_A_XATTR_OLD);
	add_xattr_value(fields, FIELD("XATTR_NEW"), xattr,
			COREDUMP_MON_A_XATTR_VALUE);
	if (xattr_removed(xattr))
		add_u64(fields, FIELD("XATTR_REMOVED"), 1);
	add_cut(fields, xattr->cut);
}

/* What happened to a core file's names, or to itself. */
static void add_alteration(struct fields *fields, const struct event *event)
{
	if (has(event->has, COREDUMP_MON_A_NEW_FS_PATH))
		add_fs_path(fields, FIELD("NEW_PATH"), FIELD("NEW_FS_PATH"),
			    &event->file, &event->new_fs_path);
	add_cut(fields, event->cut & BIT(COREDUMP_MON_A_NEW_FS_PATH));
	add_attributes(fields, event);
	add_xattr(fields, event);
}

static void add_policy(struct fields *fields, const struct event *event)
{
	const struct coredump_mon_policy *policy = &event->policy;
	const char *cursor = NULL;
	bool begun = false;
	struct string path;

	if (!has(event->has, COREDUMP_MON_A_POLICY))
		return;
	add_word(fields, FIELD("CHANGE"), change_name(policy->change));
	if (policy->change == COREDUMP_MON_CHANGE_MODE) {
		add_word(fields, FIELD("OLD"), mode_name(policy->old_value));
		add_word(fields, FIELD("NEW"), mode_name(policy->new_value));
	} else {
		add_u64(fields, FIELD("OLD"), policy->old_value);
		add_u64(fields, FIELD("NEW"), policy->new_value);
	}
	add_u64(fields, FIELD("ENFORCING"), !!policy->enforcing);
	summary_fields(fields, event);
	/* One field: an entry may have 1,024 of them, and there as many paths. */
	while (event_next_path(event, &cursor, &path)) {
		if (!begun)
			fields_add(fields, FIELD("PATHS"));
		begun = true;
		out_mem(&fields->out, path.data, path.len);
		out_char(&fields->out, '\0');
	}
}

static void add_lost(struct fields *fields, const struct event *event)
{
	const struct coredump_mon_lost *lost = &event->lost;

	if (!has(event->has, COREDUMP_MON_A_LOST))
		return;
	add_u64(fields, FIELD("COUNT"), lost->count);
	if (lost->first_seq) {
		add_u64(fields, FIELD("FIRST_SEQ"), lost->first_seq);
		add_u64(fields, FIELD("LAST_SEQ"), lost->last_seq);
	}
	add_word(fields, FIELD("CAUSE"), cause_name(lost->cause));
}

static void add_suppressed(struct fields *fields, const struct event *event)
{
	const struct coredump_mon_suppressed *suppressed = &event->suppressed;

	if (!has(event->has, COREDUMP_MON_A_SUPPRESSED))
		return;
	add_u64(fields, FIELD("COUNT"), suppressed->count);
	add_word(fields, FIELD("KIND"), kind_name(suppressed->kind));
	add_word(fields, FIELD("ACTOR"), actor_name(suppressed->actor));
	/* That of a process is told with it. */
	if (suppressed->actor == COREDUMP_MON_ACTOR_USER)
		add_u64(fields, FIELD("UID"), suppressed->uid);
	add_u64(fields, FIELD("FIRST_SEQ"), suppressed->first_seq);
	add_u64(fields, FIELD("LAST_SEQ"), suppressed->last_seq);
}

static void add_kind(struct fields *fields, uint16_t type, uint32_t level)
{
	add_u64(fields, "PRIORITY=", level);
	add_word(fields, "SYSLOG_IDENTIFIER=", "coredump-mon");
	if (type < ARRAY_SIZE(message_ids) && message_ids[type])
		fields_add(fields, message_ids[type]);
	add_word(fields, FIELD("TYPE"), type_name(type));
}

void fields_lost(struct fields *fields)
{
	add_kind(fields, COREDUMP_MON_LOST, COREDUMP_MON_PRIORITY_WARNING);
}

void fields_suppressed(struct fields *fields, const struct limit *limit,
		       bool over)
{
	add_kind(fields, COREDUMP_MON_SUPPRESSED, COREDUMP_MON_PRIORITY_WARNING);
	if (!limit->shared)
		add_u64(fields, FIELD("UID"), limit->uid);
	add_u64(fields, FIELD("FIRST_SEQ"), limit->first_seq);
	if (!over)
		return;
	add_u64(fields, FIELD("LAST_SEQ"), limit->last_seq);
	if (limit->count)
		add_u64(fields, FIELD("COUNT"), limit->count);
}

void event_fields(struct fields *fields, const struct event *event)
{
	fields_add(fields, "MESSAGE=");
	format_text_line(&fields->out, event);
	add_kind(fields, event->header.type, message_level(event));
	add_u64(fields, FIELD("SEQ"), event->header.seq);
	fields_add(fields, FIELD("TIME"));
	timestamp_rfc3339(&fields->out, event->header.realtime_ns);
	add_word(fields, FIELD("VERDICT"), message_verdict(event));
	add_string(fields, FIELD("RULE"), &event->rule, event->has,
		   COREDUMP_MON_A_RULE);
	fields_said(fields, event);
	add_dump(fields, event);
	add_file(fields, event);
	add_open(fields, event);
	add_alteration(fields, event);
	add_policy(fields, event);
	add_lost(fields, event);
	add_suppressed(fields, event);
	if (has(event->has, COREDUMP_MON_A_SENDER))
		add_sender(fields, &event->sender);
	if (has(event->has, COREDUMP_MON_A_PROCESS))
		add_process(fields, event);
}
