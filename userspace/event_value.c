// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>

#include "event_value_put.h"
#include "message.h"
#include "names.h"

static const char *say_type(const struct event *event)
{
	return type_name(event->header.type);
}

static const char *say_signal(const struct event *event)
{
	return signal_name(event->dump.signal);
}

static const char *say_code(const struct event *event)
{
	return signal_code_name(event->dump.signal, event->dump.code);
}

static const char *say_forced(const struct event *event)
{
	return event->dump.flags & COREDUMP_MON_DUMP_FORCED ? "true" : "false";
}

static const char *say_privileged(const struct event *event)
{
	return event->dump.flags & COREDUMP_MON_DUMP_PRIVILEGED ? "true" : "false";
}

/* What has to be there. */
#define RULE		BIT(COREDUMP_MON_A_RULE)
#define NEW_FS_PATH	BIT(COREDUMP_MON_A_NEW_FS_PATH)
#define TASK		BIT(COREDUMP_MON_A_TASK)
#define COMM		BIT(COREDUMP_MON_A_COMM)
#define EXE		BIT(COREDUMP_MON_A_EXE)
#define CMDLINE		BIT(COREDUMP_MON_A_CMDLINE)
#define CWD		BIT(COREDUMP_MON_A_CWD)
#define TTY		BIT(COREDUMP_MON_A_TTY)
#define CGROUP		BIT(COREDUMP_MON_A_CGROUP)
#define CRED		BIT(COREDUMP_MON_A_CRED)
#define NAMESPACES	BIT(COREDUMP_MON_A_NAMESPACES)
#define FILE_ID		BIT(COREDUMP_MON_A_FILE_ID)
#define FS_PATH		BIT(COREDUMP_MON_A_FS_PATH)
#define ORIGIN		BIT(COREDUMP_MON_A_ORIGIN)
#define RESULT		BIT(COREDUMP_MON_A_RESULT)
#define XATTR_NAME	BIT(COREDUMP_MON_A_XATTR_NAME)

/* Where it stands. */
#define EVENT(field)	.offset = offsetof(struct event, field)
#define SUBJECT(field)	.offset = offsetof(struct subject, field)
#define FILE(field)	.offset = offsetof(struct file, field)
#define DUMP(field)	.offset = offsetof(struct coredump_mon_dump, field)
#define ATTRIBUTE(field) .offset = offsetof(struct coredump_mon_attributes, field)

const struct event_value event_values[] = {
	{ "seq", value_u64, IN_EVENT, 0, EVENT(header.seq) },
	{ "time", value_time, IN_EVENT, 0, EVENT(header.realtime_ns) },
	{ "type", value_said, IN_EVENT, .say = say_type },
	{ "verdict", value_said, IN_EVENT, .say = message_verdict },
	{ "rule", value_string, IN_EVENT, RULE, EVENT(rule) },
	{ "priority", value_said, IN_EVENT, .say = message_priority },
	{ "new_path", value_new_path, IN_EVENT, NEW_FS_PATH,
	  EVENT(new_fs_path) },
	{ "new_fs_path", value_new_fs_path, IN_EVENT, NEW_FS_PATH,
	  EVENT(new_fs_path) },
	{ "process.pid", value_u32, IN_PROCESS, TASK, SUBJECT(task.pid) },
	{ "process.tid", value_positive, IN_PROCESS, TASK, SUBJECT(task.tid) },
	{ "process.ppid", value_u32, IN_PROCESS, TASK, SUBJECT(task.ppid) },
	{ "process.ns_pid", value_positive, IN_PROCESS, TASK,
	  SUBJECT(task.ns_pid) },
	{ "process.ns_tid", value_positive, IN_PROCESS, TASK,
	  SUBJECT(task.ns_tid) },
	{ "process.ns_ppid", value_positive, IN_PROCESS, TASK,
	  SUBJECT(task.ns_ppid) },
	{ "process.sid", value_u32, IN_PROCESS, TASK, SUBJECT(task.sid) },
	{ "process.pgid", value_u32, IN_PROCESS, TASK, SUBJECT(task.pgid) },
	{ "process.start_time", value_start_time, IN_PROCESS, TASK,
	  SUBJECT(task) },
	{ "process.comm", value_string, IN_PROCESS, COMM, SUBJECT(comm) },
	{ "process.exe", value_string, IN_PROCESS, EXE, SUBJECT(exe) },
	{ "process.cmdline", value_cmdline, IN_PROCESS, CMDLINE,
	  SUBJECT(cmdline) },
	{ "process.cwd", value_string, IN_PROCESS, CWD, SUBJECT(cwd) },
	{ "process.tty", value_string, IN_PROCESS, TTY, SUBJECT(tty) },
	{ "process.cgroup", value_string, IN_PROCESS, CGROUP, SUBJECT(cgroup) },
	{ "process.uid", value_u32, IN_PROCESS, CRED, SUBJECT(cred.uid) },
	{ "process.euid", value_u32, IN_PROCESS, CRED, SUBJECT(cred.euid) },
	{ "process.suid", value_u32, IN_PROCESS, CRED, SUBJECT(cred.suid) },
	{ "process.fsuid", value_u32, IN_PROCESS, CRED, SUBJECT(cred.fsuid) },
	{ "process.gid", value_u32, IN_PROCESS, CRED, SUBJECT(cred.gid) },
	{ "process.egid", value_u32, IN_PROCESS, CRED, SUBJECT(cred.egid) },
	{ "process.sgid", value_u32, IN_PROCESS, CRED, SUBJECT(cred.sgid) },
	{ "process.fsgid", value_u32, IN_PROCESS, CRED, SUBJECT(cred.fsgid) },
	{ "process.loginuid", value_id, IN_PROCESS, CRED,
	  SUBJECT(cred.loginuid) },
	{ "process.sessionid", value_id, IN_PROCESS, CRED,
	  SUBJECT(cred.sessionid) },
	{ "process.cap_effective", value_capabilities, IN_PROCESS, CRED,
	  SUBJECT(cred.cap_effective) },
	{ "process.namespaces.mnt", value_namespace, IN_PROCESS, NAMESPACES,
	  SUBJECT(namespaces.mnt) },
	{ "process.namespaces.pid", value_namespace, IN_PROCESS, NAMESPACES,
	  SUBJECT(namespaces.pid) },
	{ "process.namespaces.user", value_namespace, IN_PROCESS, NAMESPACES,
	  SUBJECT(namespaces.user) },
	{ "process.namespaces.initial", value_bool, IN_PROCESS, NAMESPACES,
	  SUBJECT(namespaces.initial) },
	{ "file.path", value_path, IN_FILE, 0, .offset = 0 },
	{ "file.fs_path", value_fs_path, IN_FILE, FS_PATH, .offset = 0 },
	{ "file.host_path", value_host_path, IN_FILE, FILE_ID, .offset = 0 },
	{ "file.dev", value_device, IN_FILE, FILE_ID, FILE(id) },
	{ "file.ino", value_u64, IN_FILE, FILE_ID, FILE(id.ino) },
	{ "file.generation", value_positive, IN_FILE, FILE_ID,
	  FILE(id.generation) },
	{ "file.class", value_word, IN_FILE, FILE_ID,
	  FILE(id.file_class), .word = class_name },
	{ "file.access", value_word, IN_FILE, FILE_ID,
	  FILE(id.access), .word = access_name },
	{ "file.tagged", value_bool, IN_FILE, FILE_ID, FILE(id.tagged) },
	{ "file.origin.kind", value_word, IN_FILE, ORIGIN,
	  FILE(origin.origin), .word = tag_origin_name },
	{ "file.origin.pid", value_u32, IN_FILE, ORIGIN, FILE(origin.pid) },
	{ "file.origin.comm", value_comm, IN_FILE, ORIGIN, FILE(origin.comm) },
	{ "file.origin.time", value_time, IN_FILE, ORIGIN,
	  FILE(origin.realtime_ns) },
	{ "target.pid", value_u32, IN_TARGET, TASK, SUBJECT(task.pid) },
	{ "target.start_time", value_start_time, IN_TARGET, TASK,
	  SUBJECT(task) },
	{ "target.uid", value_u32, IN_TARGET, CRED, SUBJECT(cred.uid) },
	{ "target.comm", value_string, IN_TARGET, COMM, SUBJECT(comm) },
	{ "target.exe", value_string, IN_TARGET, EXE, SUBJECT(exe) },
	{ "result.fd", value_fd, IN_EVENT, RESULT, EVENT(result.fd) },
	{ "result.errno", value_errno, IN_EVENT, RESULT, EVENT(result.error) },
	{ "signal.number", value_signed, IN_DUMP, 0, DUMP(signal) },
	{ "signal.name", value_said, IN_DUMP, .say = say_signal },
	{ "signal.code", value_signed, IN_DUMP, 0, DUMP(code) },
	{ "signal.code_name", value_said, IN_DUMP, .say = say_code },
	{ "signal.address", value_hex, IN_DUMP, COREDUMP_MON_DUMP_ADDRESS,
	  DUMP(address) },
	{ "signal.forced", value_said, IN_DUMP, .say = say_forced },
	{ "signal.sender.pid", value_u32, IN_SENDER, TASK, SUBJECT(task.pid) },
	{ "signal.sender.start_time", value_start_time, IN_SENDER, TASK,
	  SUBJECT(task) },
	{ "signal.sender.uid", value_u32, IN_SENDER, CRED, SUBJECT(cred.uid) },
	{ "signal.sender.comm", value_string, IN_SENDER, COMM, SUBJECT(comm) },
	{ "signal.sender.exe", value_string, IN_SENDER, EXE, SUBJECT(exe) },
	{ "core.result", value_word, IN_DUMP, 0, DUMP(outcome), .word = outcome_name },
	{ "core.path", value_path, IN_CORE, 0, .offset = 0 },
	{ "core.fs_path", value_fs_path, IN_CORE, FS_PATH, .offset = 0 },
	{ "core.host_path", value_host_path, IN_CORE, FILE_ID, .offset = 0 },
	{ "core.dev", value_device, IN_CORE, FILE_ID, FILE(id) },
	{ "core.ino", value_u64, IN_CORE, FILE_ID, FILE(id.ino) },
	{ "core.generation", value_positive, IN_CORE, FILE_ID,
	  FILE(id.generation) },
	{ "core.size", value_u64, IN_DUMP, COREDUMP_MON_DUMP_SIZE, DUMP(size) },
	{ "core.pattern_kind", value_word, IN_DUMP, 0,
	  DUMP(pattern), .word = pattern_name },
	{ "privileged", value_said, IN_DUMP, .say = say_privileged },
	{ "dumpable", value_u32, IN_DUMP, 0, DUMP(dumpable) },
	{ "rlimit_core", value_limit, IN_DUMP, 0, DUMP(rlimit_core) },
	{ "duration_ns", value_u64, IN_DUMP, COREDUMP_MON_DUMP_DURATION,
	  DUMP(duration_ns) },
	{ "attr.mode.old", value_permissions, IN_ATTRIBUTES, COREDUMP_MON_ATTRIBUTE_MODE,
	  ATTRIBUTE(old_mode) },
	{ "attr.mode.new", value_permissions, IN_ATTRIBUTES, COREDUMP_MON_ATTRIBUTE_MODE,
	  ATTRIBUTE(new_mode) },
	{ "attr.uid.old", value_id, IN_ATTRIBUTES, COREDUMP_MON_ATTRIBUTE_UID,
	  ATTRIBUTE(old_uid) },
	{ "attr.uid.new", value_id, IN_ATTRIBUTES, COREDUMP_MON_ATTRIBUTE_UID,
	  ATTRIBUTE(new_uid) },
	{ "attr.gid.old", value_id, IN_ATTRIBUTES, COREDUMP_MON_ATTRIBUTE_GID,
	  ATTRIBUTE(old_gid) },
	{ "attr.gid.new", value_id, IN_ATTRIBUTES, COREDUMP_MON_ATTRIBUTE_GID,
	  ATTRIBUTE(new_gid) },
	{ "attr.size.old", value_u64, IN_ATTRIBUTES, COREDUMP_MON_ATTRIBUTE_SIZE,
	  ATTRIBUTE(old_size) },
	{ "attr.size.new", value_u64, IN_ATTRIBUTES, COREDUMP_MON_ATTRIBUTE_SIZE,
	  ATTRIBUTE(new_size) },
	{ "attr.xattr.name", value_string, IN_XATTR, XATTR_NAME,
	  .offset = offsetof(struct xattr, name) },
	{ 0 },
};
