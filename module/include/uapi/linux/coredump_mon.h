/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * coredump_mon - what /dev/coredump_mon speaks.
 *
 * The device hands out binary records, oldest first. A record is a header
 * (struct coredump_mon_record) followed by attributes (struct
 * coredump_mon_attr and its value, padded with zeros to 8 bytes), some of
 * which hold attributes themselves. Readers skip attribute and record types
 * that they do not know, and read of a structure what its length says is
 * there: structures grow at their end, and an absent attribute means that the
 * thing could not be had. Strings are bytes as the kernel has them, with a
 * length, not terminated, and may hold anything.
 *
 * open():  any number up to COREDUMP_MON_READERS_MAX, each with a cursor of
 *          its own, at the oldest kept record.
 *            EBUSY   COREDUMP_MON_READERS_MAX are open
 *            ENOMEM  no memory for the cursor
 * read():  as many whole records as fit.
 *            EINVAL  not even the next record fits (COREDUMP_MON_RECORD_MAX
 *                    bytes always do)
 *            EAGAIN  nothing to read, and the descriptor is non-blocking
 *            EINTR   a signal came while waiting
 *            EFAULT  bad buffer; the records stay unread
 * poll():  POLLIN | POLLRDNORM while there is a record to read.
 * lseek(): SEEK_SET with 0: the oldest kept record; SEEK_END with 0: only new
 *          ones. Skipping over records this way does not count as losing them.
 *            EINVAL  any other offset or whence
 *            EINTR   a signal came while another task used the descriptor
 * write(): EINVAL.
 * ioctl(): below. Checks are made in this order, and the first that fails
 *          gives the error:
 *            ENOTTY  unknown request
 *            EBADF   it changes something, and the descriptor is not open for
 *                    writing
 *            EPERM   it changes something, and the caller lacks CAP_MAC_ADMIN
 *                    in the initial user namespace; or the module is locked,
 *                    and it is another request than COREDUMP_MON_IOC_LOCK
 *            EFAULT  the argument cannot be read or written
 *            EINVAL  size is less than the first version of the structure
 *            E2BIG   size is more than this module knows, and what is beyond
 *                    is not zero; or size is more than a page
 *            EINVAL  an unknown flag, or a reserved field that is not zero
 *          and then what the request names, or
 *            EINTR   a signal came while another task used the descriptor, or one
 *                    that kills while the module was being locked
 *          A request that fails changes nothing.
 */
#ifndef _UAPI_LINUX_COREDUMP_MON_H
#define _UAPI_LINUX_COREDUMP_MON_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define COREDUMP_MON_DEVICE		"coredump_mon"

/*
 * Raised when a reader written for the version before would go wrong; new
 * record types, attributes, and fields at the end of structures do not.
 */
#define COREDUMP_MON_ABI_VERSION	1

#define COREDUMP_MON_READERS_MAX	64
/* The longest record, in bytes. */
#define COREDUMP_MON_RECORD_MAX		65536
/* The longest string in a record, in bytes; COREDUMP_MON_ATTR_CUT if longer. */
#define COREDUMP_MON_CMDLINE_MAX	16384
#define COREDUMP_MON_PATH_MAX		4096
#define COREDUMP_MON_XATTR_MAX		256
#define COREDUMP_MON_ANCESTORS_MAX	8
#define COREDUMP_MON_DIRECTORIES_MAX	1024
#define COREDUMP_MON_FORMERS_MAX	64
#define COREDUMP_MON_MOUNTED_MAX	256
#define COREDUMP_MON_TAGS_MAX		8192
#define COREDUMP_MON_RULES_MAX		1000
/* Files, cgroups, users and groups that all rules name, together. */
#define COREDUMP_MON_RULE_ENTRIES_MAX	4096
/* The longest name of a rule, in bytes. */
#define COREDUMP_MON_RULE_NAME_MAX	64
/* The longest text that goes with the rules, in bytes. */
#define COREDUMP_MON_RULES_TEXT_MAX	(1U << 20)

/**
 * struct coredump_mon_record - the header of a record
 * @len: bytes of the record, header and padding included; a multiple of 8
 * @type: enum coredump_mon_type
 * @version: COREDUMP_MON_ABI_VERSION of the module that made it
 * @flags: reserved, 0
 * @seq: number of the record, counted from 1 since the module was loaded;
 *	ascending in what one reader reads. A COREDUMP_MON_LOST record that is
 *	made for one reader alone bears the last number that it tells lost.
 * @boottime_ns: when it happened, CLOCK_BOOTTIME
 * @realtime_ns: the same moment, CLOCK_REALTIME (since 1970, UTC)
 */
struct coredump_mon_record {
	__u32 len;
	__u16 type;
	__u8 version;
	__u8 flags;
	__u64 seq;
	__u64 boottime_ns;
	__u64 realtime_ns;
};

/**
 * enum coredump_mon_type - what happened
 * @COREDUMP_MON_DUMP: a task dumped core, or was to; made when it is over:
 *	PROCESS, DUMP, FILE (where the kernel opened one), SENDER; DECISION and RULE
 *	if there is a rule about it
 * @COREDUMP_MON_OPEN: a file of a watched class was opened, or was to be:
 *	PROCESS, DECISION, RULE, FILE, RESULT, TARGET
 * @COREDUMP_MON_POLICY: what is watched, refused or seen at all changed:
 *	POLICY, PROCESS (where it is known who did it), and FILE (of a tag), SUMMARY
 *	(of rules: of the old, of the new), or PATH (of each directory that it is
 *	about, as far as they fit)
 * @COREDUMP_MON_LOST: records that this reader does not get: LOST
 * @COREDUMP_MON_RENAME: a core file was moved, or was to be, or a file into a
 *	watched directory; of two that are exchanged, one for each that is a core
 *	file: PROCESS, DECISION, RULE, FILE (as it was before), NEW_FS_PATH, RESULT
 * @COREDUMP_MON_LINK: a core file got one more name: as COREDUMP_MON_RENAME
 * @COREDUMP_MON_UNLINK: a name of a core file was removed, also by moving another
 *	file there: PROCESS, DECISION, RULE, FILE, RESULT
 * @COREDUMP_MON_ATTR: a core file changed mode, owner or size (ATTRIBUTES), or an
 *	extended attribute (XATTR): PROCESS, DECISION, RULE, FILE, RESULT (of the
 *	system call, which may be one that writes, and drops set-ID bits)
 * @COREDUMP_MON_SUPPRESSED: events that were too many have no records of their own:
 *	SUPPRESSED, and PROCESS (TASK, CRED and COMM alone) where one made them
 */
enum coredump_mon_type {
	COREDUMP_MON_DUMP	= 1,
	COREDUMP_MON_OPEN	= 2,
	COREDUMP_MON_POLICY	= 3,
	COREDUMP_MON_LOST	= 4,
	COREDUMP_MON_RENAME	= 5,
	COREDUMP_MON_LINK	= 6,
	COREDUMP_MON_UNLINK	= 7,
	COREDUMP_MON_ATTR	= 8,
	COREDUMP_MON_SUPPRESSED	= 9,
};

/**
 * struct coredump_mon_attr - the header of an attribute
 * @type: enum coredump_mon_attr_type
 * @flags: COREDUMP_MON_ATTR_NESTED: the value is attributes;
 *	COREDUMP_MON_ATTR_CUT: the value is not whole (a string was longer, or
 *	a part of it could not be read, or nothing could: then @len is 0; of a
 *	nested one: the record would have been too long)
 * @len: bytes of the value, without this header and without the padding
 */
struct coredump_mon_attr {
	__u16 type;
	__u16 flags;
	__u32 len;
};

#define COREDUMP_MON_ATTR_NESTED	(1U << 0)
#define COREDUMP_MON_ATTR_CUT		(1U << 1)

/**
 * enum coredump_mon_attr_type - what an attribute says
 * @COREDUMP_MON_A_PROCESS: nested: who did it, or whose memory was dumped:
 *	TASK, CRED, NAMESPACES, COMM, EXE, CMDLINE, CWD, TTY, CGROUP, and an
 *	ANCESTOR for each of up to COREDUMP_MON_ANCESTORS_MAX, the parent first
 * @COREDUMP_MON_A_ANCESTOR: nested: TASK, COMM, EXE
 * @COREDUMP_MON_A_SENDER: nested: the process that sent the signal: TASK,
 *	CRED, COMM
 * @COREDUMP_MON_A_TARGET: nested: whose /proc/PID file it is: TASK, CRED,
 *	COMM, EXE
 * @COREDUMP_MON_A_FILE: nested: FILE_ID, PATH, FS_PATH (where the process is
 *	not in the initial namespaces, and instead of PATH where the kernel does not
 *	say by which mount it is reached), ORIGIN (of a tagged file)
 * @COREDUMP_MON_A_TASK: struct coredump_mon_task
 * @COREDUMP_MON_A_CRED: struct coredump_mon_cred
 * @COREDUMP_MON_A_NAMESPACES: struct coredump_mon_namespaces
 * @COREDUMP_MON_A_COMM: string, at most 15 bytes
 * @COREDUMP_MON_A_EXE: string: path of the executable; like all paths here from
 *	the root of its mount namespace (in the record of an open by a task in a
 *	chroot: from there), " (deleted)" behind it if it has no name any more
 * @COREDUMP_MON_A_CMDLINE: string: the arguments, each ended by a NUL; at
 *	most COREDUMP_MON_CMDLINE_MAX bytes
 * @COREDUMP_MON_A_CWD: string: current directory
 * @COREDUMP_MON_A_TTY: string: name of the controlling terminal ("pts/0")
 * @COREDUMP_MON_A_CGROUP: string: path in the cgroup v2 hierarchy
 * @COREDUMP_MON_A_FILE_ID: struct coredump_mon_file_id
 * @COREDUMP_MON_A_PATH: string: at most COREDUMP_MON_PATH_MAX bytes; of a
 *	longer path only the last components are there, flagged as cut
 * @COREDUMP_MON_A_DECISION: struct coredump_mon_decision
 * @COREDUMP_MON_A_RULE: string: name of the rule that decided
 * @COREDUMP_MON_A_RESULT: struct coredump_mon_result
 * @COREDUMP_MON_A_DUMP: struct coredump_mon_dump
 * @COREDUMP_MON_A_POLICY: struct coredump_mon_policy
 * @COREDUMP_MON_A_LOST: struct coredump_mon_lost
 * @COREDUMP_MON_A_ORIGIN: struct coredump_mon_tag: when and by whom the file
 *	was tagged
 * @COREDUMP_MON_A_FS_PATH: string: path from the root of the file system, which
 *	with the device leads to the file from any mount namespace; nothing,
 *	flagged as cut, where it is too long
 * @COREDUMP_MON_A_NEW_FS_PATH: string: the same of the new name
 * @COREDUMP_MON_A_ATTRIBUTES: struct coredump_mon_attributes
 * @COREDUMP_MON_A_XATTR: nested: XATTR_NAME, XATTR_OLD where that is known, and
 *	XATTR_VALUE unless it is removed
 * @COREDUMP_MON_A_XATTR_NAME: string: as xattr(7) has it
 * @COREDUMP_MON_A_XATTR_VALUE: bytes: the new value; at most
 *	COREDUMP_MON_XATTR_MAX, flagged as cut if there are more. Of an ACL, what
 *	struct posix_acl_xattr_header and struct posix_acl_xattr_entry say,
 *	ids in the initial user namespace
 * @COREDUMP_MON_A_XATTR_OLD: bytes: likewise the value that it had, of an ACL that
 *	the kernel had at hand; none: there was no such ACL
 * @COREDUMP_MON_A_SUPPRESSED: struct coredump_mon_suppressed
 * @COREDUMP_MON_A_SUMMARY: struct coredump_mon_summary: of the rules before; and
 *	again, of those in force from now on
 */
enum coredump_mon_attr_type {
	COREDUMP_MON_A_PROCESS		= 1,
	COREDUMP_MON_A_ANCESTOR		= 2,
	COREDUMP_MON_A_SENDER		= 3,
	COREDUMP_MON_A_TARGET		= 4,
	COREDUMP_MON_A_FILE		= 5,
	COREDUMP_MON_A_TASK		= 6,
	COREDUMP_MON_A_CRED		= 7,
	COREDUMP_MON_A_NAMESPACES	= 8,
	COREDUMP_MON_A_COMM		= 9,
	COREDUMP_MON_A_EXE		= 10,
	COREDUMP_MON_A_CMDLINE		= 11,
	COREDUMP_MON_A_CWD		= 12,
	COREDUMP_MON_A_TTY		= 13,
	COREDUMP_MON_A_CGROUP		= 14,
	COREDUMP_MON_A_FILE_ID		= 15,
	COREDUMP_MON_A_PATH		= 16,
	COREDUMP_MON_A_DECISION		= 17,
	COREDUMP_MON_A_RULE		= 18,
	COREDUMP_MON_A_RESULT		= 19,
	COREDUMP_MON_A_DUMP		= 20,
	COREDUMP_MON_A_POLICY		= 21,
	COREDUMP_MON_A_LOST		= 22,
	COREDUMP_MON_A_ORIGIN		= 23,
	COREDUMP_MON_A_FS_PATH		= 24,
	COREDUMP_MON_A_NEW_FS_PATH	= 25,
	COREDUMP_MON_A_ATTRIBUTES	= 26,
	COREDUMP_MON_A_XATTR		= 27,
	COREDUMP_MON_A_XATTR_NAME	= 28,
	COREDUMP_MON_A_XATTR_VALUE	= 29,
	COREDUMP_MON_A_XATTR_OLD	= 30,
	COREDUMP_MON_A_SUPPRESSED	= 31,
	COREDUMP_MON_A_SUMMARY		= 32,
};

/**
 * struct coredump_mon_task - numbers of a task; 0 where not known
 * @pid: thread group, initial pid namespace
 * @tid: thread, initial pid namespace
 * @ppid: parent's thread group, initial pid namespace
 * @ns_pid: @pid as the task itself sees it
 * @ns_tid: @tid as the task itself sees it
 * @ns_ppid: @ppid as the task itself sees it (0: parent is outside)
 * @sid: session, initial pid namespace
 * @pgid: process group, initial pid namespace
 * @start_ns: when the thread group leader started, CLOCK_BOOTTIME
 */
struct coredump_mon_task {
	__u32 pid;
	__u32 tid;
	__u32 ppid;
	__u32 ns_pid;
	__u32 ns_tid;
	__u32 ns_ppid;
	__u32 sid;
	__u32 pgid;
	__u64 start_ns;
};

/* loginuid, sessionid: not set. */
#define COREDUMP_MON_ID_NONE		0xffffffffU

/**
 * struct coredump_mon_cred - ids in the initial user namespace
 * @uid: and the others, as credentials(7) has them
 * @loginuid: who logged in, for audit; COREDUMP_MON_ID_NONE: nobody
 * @sessionid: audit's session; COREDUMP_MON_ID_NONE: none
 * @cap_effective: bit N is capability N
 */
struct coredump_mon_cred {
	__u32 uid;
	__u32 euid;
	__u32 suid;
	__u32 fsuid;
	__u32 gid;
	__u32 egid;
	__u32 sgid;
	__u32 fsgid;
	__u32 loginuid;
	__u32 sessionid;
	__u64 cap_effective;
};

/**
 * struct coredump_mon_namespaces - what /proc/PID/ns shows, inode numbers
 * @mnt: mount namespace; 0: not known
 * @pid: of the process itself, not of its children
 * @user: user namespace of its credentials
 * @initial: 1 if mount, pid and user namespace are all the initial ones (the
 *	mount namespace: that of PID 1)
 */
struct coredump_mon_namespaces {
	__u64 mnt;
	__u64 pid;
	__u64 user;
	__u32 initial;
	__u32 reserved;
};

enum coredump_mon_class {
	COREDUMP_MON_CLASS_CORE			= 1,
	COREDUMP_MON_CLASS_COREDUMP_FILTER	= 2,
	/*
	 * A block device, opened for reading, that a file system with a watched
	 * directory or a tagged file is on, or a part of it.
	 */
	COREDUMP_MON_CLASS_BLOCK_DEVICE		= 3,
};

/* What an open asks for. Creating a file counts as writing alone. */
enum coredump_mon_access {
	COREDUMP_MON_ACCESS_READ	= 1,
	COREDUMP_MON_ACCESS_WRITE	= 2,
	COREDUMP_MON_ACCESS_READ_WRITE	= 3,
	COREDUMP_MON_ACCESS_EXEC	= 4,
};

/**
 * struct coredump_mon_file_id - which file, whatever its name
 * @dev_major: device of the file system
 * @dev_minor: the same
 * @ino: inode number
 * @generation: tells two users of one inode number apart; 0 where the file
 *	system has none
 * @file_class: enum coredump_mon_class
 * @access: enum coredump_mon_access; 0 where nothing was asked
 * @tagged: 1: known by its tag, not (alone) by the directory it is in
 */
struct coredump_mon_file_id {
	__u32 dev_major;
	__u32 dev_minor;
	__u64 ino;
	__u32 generation;
	__u32 file_class;
	__u32 access;
	__u32 tagged;
};

enum coredump_mon_verdict {
	COREDUMP_MON_ALLOWED		= 1,
	COREDUMP_MON_WOULD_DENY		= 2,
	COREDUMP_MON_DENIED		= 3,
};

/* syslog(3)'s levels; those that the built-in rules use have names here. */
enum coredump_mon_priority {
	COREDUMP_MON_PRIORITY_WARNING	= 4,
	COREDUMP_MON_PRIORITY_NOTICE	= 5,
	COREDUMP_MON_PRIORITY_INFO	= 6,
};

/**
 * struct coredump_mon_decision - what the policy said
 * @verdict: enum coredump_mon_verdict
 * @priority: syslog(3)'s level, 0 to 7
 */
struct coredump_mon_decision {
	__u32 verdict;
	__u32 priority;
};

/**
 * struct coredump_mon_result - what the system call gave back
 * @fd: descriptor; -1: there is none, for an error or as it does not open
 * @error: errno, 0 for none
 */
struct coredump_mon_result {
	__s32 fd;
	__s32 error;
};

#define COREDUMP_MON_ATTRIBUTE_MODE	(1U << 0)
#define COREDUMP_MON_ATTRIBUTE_UID	(1U << 1)
#define COREDUMP_MON_ATTRIBUTE_GID	(1U << 2)
#define COREDUMP_MON_ATTRIBUTE_SIZE	(1U << 3)

/**
 * struct coredump_mon_attributes - what of a file was changed, or was to be
 * @changed: COREDUMP_MON_ATTRIBUTE_*: which of the following count
 * @old_mode: file type and permissions, as stat(2) has them
 * @new_mode: the same
 * @old_uid: owner, in the initial user namespace
 * @new_uid: the same
 * @old_gid: group, in the initial user namespace
 * @new_gid: the same
 * @reserved: 0
 * @old_size: bytes
 * @new_size: bytes
 */
struct coredump_mon_attributes {
	__u32 changed;
	__u32 old_mode;
	__u32 new_mode;
	__u32 old_uid;
	__u32 new_uid;
	__u32 old_gid;
	__u32 new_gid;
	__u32 reserved;
	__u64 old_size;
	__u64 new_size;
};

/**
 * enum coredump_mon_outcome - what became of a dump
 * @COREDUMP_MON_OUTCOME_UNKNOWN: its end was not seen
 * @COREDUMP_MON_OUTCOME_WRITTEN: all of it is in the file
 * @COREDUMP_MON_OUTCOME_TRUNCATED: begun, but a limit, a full file system, a
 *	dead reader of the pipe or a signal cut it
 * @COREDUMP_MON_OUTCOME_PIPED: all of it went to the helper
 * @COREDUMP_MON_OUTCOME_SKIPPED: RLIMIT_CORE or the dumpable attribute forbid
 *	it
 * @COREDUMP_MON_OUTCOME_FAILED: the kernel could not begin (no directory, no
 *	helper, a file of that name in the way, ...)
 */
enum coredump_mon_outcome {
	COREDUMP_MON_OUTCOME_UNKNOWN	= 0,
	COREDUMP_MON_OUTCOME_WRITTEN	= 1,
	COREDUMP_MON_OUTCOME_TRUNCATED	= 2,
	COREDUMP_MON_OUTCOME_PIPED	= 3,
	COREDUMP_MON_OUTCOME_SKIPPED	= 4,
	COREDUMP_MON_OUTCOME_FAILED	= 5,
};

enum coredump_mon_pattern {
	COREDUMP_MON_PATTERN_UNKNOWN	= 0,
	COREDUMP_MON_PATTERN_FILE	= 1,
	COREDUMP_MON_PATTERN_PIPE	= 2,
	COREDUMP_MON_PATTERN_SOCKET	= 3,
};

/* Another process sent the signal: see SENDER. */
#define COREDUMP_MON_DUMP_FORCED	(1U << 0)
/*
 * The victim's memory is worth more than its user's: effective uid 0, an
 * effective capability, or an executable that the kernel will not dump for
 * everybody (set-user-ID, unreadable, prctl).
 */
#define COREDUMP_MON_DUMP_PRIVILEGED	(1U << 1)
/* @address is a fault's address. */
#define COREDUMP_MON_DUMP_ADDRESS	(1U << 2)
/* @size is known. */
#define COREDUMP_MON_DUMP_SIZE		(1U << 3)
/* @duration_ns is known. */
#define COREDUMP_MON_DUMP_DURATION	(1U << 4)

/**
 * struct coredump_mon_dump - a dump
 * @signal: the signal that caused it
 * @code: si_code of siginfo_t, whose word it is for what a process sent
 * @address: si_addr, with COREDUMP_MON_DUMP_ADDRESS
 * @flags: COREDUMP_MON_DUMP_*
 * @dumpable: the process's dumpable attribute: 0, 1, or 2, as prctl(2) has it
 * @rlimit_core: soft limit, bytes; ~0: none
 * @pattern: enum coredump_mon_pattern
 * @outcome: enum coredump_mon_outcome
 * @size: of the core file when the dump was over, bytes
 * @duration_ns: from entry of the kernel's dump function until the task goes on
 */
struct coredump_mon_dump {
	__s32 signal;
	__s32 code;
	__u64 address;
	__u32 flags;
	__u32 dumpable;
	__u64 rlimit_core;
	__u32 pattern;
	__u32 outcome;
	__u64 size;
	__u64 duration_ns;
};

enum coredump_mon_change {
	COREDUMP_MON_CHANGE_MODE	= 1,	/* old, new: enum coredump_mon_modes */
	COREDUMP_MON_CHANGE_HOLD	= 2,	/* old, new: number of holders */
	COREDUMP_MON_CHANGE_DIRECTORIES	= 3,	/* old, new: how many */
	COREDUMP_MON_CHANGE_TAG_ADD	= 4,	/* old, new: how many tags */
	COREDUMP_MON_CHANGE_TAG_DROP	= 5,	/* old, new: how many tags */
	/* Noticed within two seconds, but not who did it. */
	COREDUMP_MON_CHANGE_KPROBES	= 6,	/* old, new: 1: they work, 0: not */
	COREDUMP_MON_CHANGE_MISSED	= 7,	/* old, new: hits that probes missed */
	COREDUMP_MON_CHANGE_KRETPROBES	= 8,	/* as KPROBES */
	/* Enforcing was asked for, and could not be had. */
	COREDUMP_MON_CHANGE_REFUSED	= 9,	/* old: 0, new: errno */
	/*
	 * Watched directories (PATH) are not what they were, by whom is not known.
	 * old, new: how many are there.
	 */
	COREDUMP_MON_CHANGE_FOLLOWED	= 10,
	COREDUMP_MON_CHANGE_RESTORED	= 11,	/* old, new: how many tags */
	COREDUMP_MON_CHANGE_RULES	= 12,	/* old, new: how many rules */
	COREDUMP_MON_CHANGE_LOCK	= 13,	/* old: 0, new: 1: for good */
};

/**
 * struct coredump_mon_policy - a change of what is watched, refused or seen
 * @change: enum coredump_mon_change
 * @old_value: before
 * @new_value: after
 * @enforcing: 1: opens are refused now
 */
struct coredump_mon_policy {
	__u32 change;
	__u32 old_value;
	__u32 new_value;
	__u32 enforcing;
};

/**
 * struct coredump_mon_summary - rules, in short
 * @flags: COREDUMP_MON_RULES_BUILTIN, or 0
 * @count: how many rules
 * @denying: of them, those that deny something
 * @fallback: enum coredump_mon_action of what no rule matches
 * @classes: bit N: enum coredump_mon_class N is of interest
 * @reserved: 0
 * @digest: SHA-256 of what COREDUMP_MON_IOC_GET_RULES gives: of struct
 *	coredump_mon_rules up to @text, with addresses and @text_len of 0, and of the rules.
 *	Other for other files of the same names; to be compared with that of the same module
 *	alone
 * @text_digest: SHA-256 of the text that goes with them, as sha256sum(1) gives it of
 *	a file that it was; zeros: there is no text
 */
struct coredump_mon_summary {
	__u32 flags;
	__u32 count;
	__u32 denying;
	__u32 fallback;
	__u32 classes;
	__u32 reserved;
	__u8 digest[32];
	__u8 text_digest[32];
};

enum coredump_mon_cause {
	/* This reader was too slow: they were made, and others may have them. */
	COREDUMP_MON_CAUSE_OVERRUN	= 1,
	/* They could not be made: no memory, or a bound was reached. */
	COREDUMP_MON_CAUSE_UNMADE	= 2,
};

/**
 * struct coredump_mon_lost - what a reader does not get
 * @count: exactly how many records
 * @first_seq: none of them has a lower number (0 if they were not made)
 * @last_seq: none of them has a higher number (0 if they were not made)
 * @cause: enum coredump_mon_cause
 * @reserved: 0
 */
struct coredump_mon_lost {
	__u64 count;
	__u64 first_seq;
	__u64 last_seq;
	__u32 cause;
	__u32 reserved;
};

/**
 * enum coredump_mon_kind - what is counted together
 * @COREDUMP_MON_KIND_OPEN: opens that were let through
 * @COREDUMP_MON_KIND_DENIAL: opens and changes that were refused
 * @COREDUMP_MON_KIND_DUMP: dumps
 * @COREDUMP_MON_KIND_CHANGE: changes of core files (RENAME, LINK, UNLINK, ATTR) that
 *	were let through
 * @COREDUMP_MON_KIND_TAG: tags that were added or dropped
 * @COREDUMP_MON_KIND_POLICY: other changes that somebody made (POLICY)
 *
 * What the module notices by itself, once a second at the most, is of no kind.
 */
enum coredump_mon_kind {
	COREDUMP_MON_KIND_OPEN		= 1,
	COREDUMP_MON_KIND_DENIAL	= 2,
	COREDUMP_MON_KIND_DUMP		= 3,
	COREDUMP_MON_KIND_CHANGE	= 4,
	COREDUMP_MON_KIND_TAG		= 5,
	COREDUMP_MON_KIND_POLICY	= 6,
};

/* No kind has a higher number, or 0. */
#define COREDUMP_MON_KINDS_MAX		7

enum coredump_mon_actor {
	COREDUMP_MON_ACTOR_PROCESS	= 1,
	/* Several of a user's processes, or those that had no place of their own. */
	COREDUMP_MON_ACTOR_USER		= 2,
	/* Users who had no place of their own. */
	COREDUMP_MON_ACTOR_OTHERS	= 3,
};

/**
 * struct coredump_mon_suppressed - events that have no records of their own
 * @kind: enum coredump_mon_kind
 * @actor: enum coredump_mon_actor: who made them
 * @uid: the user, in the initial user namespace; of OTHERS: COREDUMP_MON_ID_NONE
 * @reserved: 0
 * @count: exactly how many: each is in one such record, and has no number
 * @first_seq: number of the last record before the first of them
 * @last_seq: number of the last record before the last of them
 * @first_boottime_ns: when the first happened, CLOCK_BOOTTIME
 * @first_realtime_ns: the same moment, CLOCK_REALTIME
 * @last_boottime_ns: when the last happened
 * @last_realtime_ns: the same moment
 *
 * There is one at least every five seconds for each actor and kind while it goes on;
 * of more than 16 processes of a user that are due in one second, one of the user.
 * With a user's are counted those that would have pushed out what other users did
 * within the last hour, while he himself has half of the memory for such.
 */
struct coredump_mon_suppressed {
	__u32 kind;
	__u32 actor;
	__u32 uid;
	__u32 reserved;
	__u64 count;
	__u64 first_seq;
	__u64 last_seq;
	__u64 first_boottime_ns;
	__u64 first_realtime_ns;
	__u64 last_boottime_ns;
	__u64 last_realtime_ns;
};

/*
 * ioctls. A request is known by its type and number; the size encoded in it is
 * that of this header's structure and is not looked at, so that structures can
 * grow: their own @size counts.
 */

enum coredump_mon_modes {
	COREDUMP_MON_PERMISSIVE		= 0,
	COREDUMP_MON_ENFORCING		= 1,
};

enum coredump_mon_hook {
	COREDUMP_MON_HOOK_NONE		= 0,
	COREDUMP_MON_HOOK_KPROBE	= 1,
	COREDUMP_MON_HOOK_KRETPROBE	= 2,
	COREDUMP_MON_HOOK_FTRACE	= 3,
	COREDUMP_MON_HOOK_TRACEPOINT	= 4,
};

/**
 * struct coredump_mon_info - COREDUMP_MON_IOC_INFO: what this module is
 * @size: in: bytes of this structure; out: bytes that the module knows
 * @abi_version: COREDUMP_MON_ABI_VERSION
 * @version: of the module, terminated
 * @mode: enum coredump_mon_modes: as set
 * @holders: descriptors that hold enforcing now
 * @enforcing: 1: opens are refused now, by mode or by a holder
 * @can_enforce: 1: it can be had on this kernel, as far as was tried
 * @probes: how many probes there are: COREDUMP_MON_IOC_PROBE's indexes
 * @pattern: enum coredump_mon_pattern: of kernel.core_pattern now
 * @core_pattern: kernel.core_pattern as it is now, terminated; empty where it
 *	is not known yet
 * @locked: 1: COREDUMP_MON_IOC_LOCK was made, or the module loaded so
 * @reserved: 0
 * @rules: those in force
 */
struct coredump_mon_info {
	__u32 size;
	__u32 abi_version;
	char version[32];
	__u32 mode;
	__u32 holders;
	__u32 enforcing;
	__u32 can_enforce;
	__u32 probes;
	__u32 pattern;
	char core_pattern[128];
	__u32 locked;
	__u32 reserved;
	struct coredump_mon_summary rules;
};

#define COREDUMP_MON_PROBE_REQUIRED	(1U << 0)
/* It may refuse, and is in place only while something may be refused. */
#define COREDUMP_MON_PROBE_GATE		(1U << 1)
/* It is in place, but somebody switched its kind off: it sees nothing. */
#define COREDUMP_MON_PROBE_OFF		(1U << 2)
/* It is not in place, as another one sees all that it would see. */
#define COREDUMP_MON_PROBE_SPARE	(1U << 3)

/**
 * struct coredump_mon_probe - COREDUMP_MON_IOC_PROBE: one probe
 * @size: in and out, as in struct coredump_mon_info
 * @index: in: which, from 0
 * @flags: COREDUMP_MON_PROBE_*
 * @hook: enum coredump_mon_hook: how it is in place; NONE: it is not
 * @error: errno of the attempt to put it in place; 0: none
 * @reserved: 0
 * @nmissed: hits that it did not see, as the kernel counted them
 * @name: terminated
 * @symbol: the function or tracepoint, terminated; empty where none is there
 * @lost: what is not seen without it, terminated
 *
 * Errors: ENOENT (no such index).
 */
struct coredump_mon_probe {
	__u32 size;
	__u32 index;
	__u32 flags;
	__u32 hook;
	__u32 error;
	__u32 reserved;
	__u64 nmissed;
	char name[32];
	char symbol[64];
	char lost[128];
};

/**
 * struct coredump_mon_stats - COREDUMP_MON_IOC_STATS: counts since loading
 * @size: in and out, as in struct coredump_mon_info
 * @readers: descriptors open now
 * @records: made so far; the last sequence number is the same
 * @first_seq: oldest kept record; 0: none
 * @evicted: records of all kinds that the ring does not keep any more
 * @unmade_memory: records that could not be made for want of memory
 * @unmade_pending: ... for want of a place among the pending ones
 * @unmade_dumps: ... for want of a place among the dumps in progress
 * @denied: opens and changes refused, recorded or not
 * @lost: records that readers were told they lost, summed over readers
 * @walk_races: opens whose directory could not be told for renames of
 *	directories above them going on
 * @tags_evicted: tags that made place for others
 * @senders_evicted: remembered senders that made place for others
 * @ring_bytes: memory of the ring
 * @ring_used: of it, in use
 * @tags: in use
 * @tags_max: bound
 * @pending: opens whose record is not finished
 * @pending_max: bound
 * @dumps: dumps in progress
 * @dumps_max: bound
 * @senders: signals remembered
 * @senders_max: bound
 * @reader_lost: records that this descriptor was told it lost
 * @loaded_ns: when the module was loaded, CLOCK_BOOTTIME: tells the records of
 *	one load from those of another, which are counted from 1 again
 * @formers_evicted: former directories that made place for others
 * @altering: renames, links, unlinks and changes of attributes whose record is
 *	not finished
 * @altering_max: bound
 * @tags_asleep: of @tags, those whose file system is not mounted
 * @mounts_unwatched: file systems mounted below watched directories that are not watched
 *	now for want of room, or as they could not be looked up
 * @untagged: files and directories below watched ones that were there before, and
 *	could not be tagged or looked into for want of room
 * @unlooked: files that were written by who traces another, and could not be looked
 *	at when they were closed
 * @executed_unclean: executions of what rules name, by processes that were traced,
 *	whose environment has other code loaded, who had a seccomp filter that was not
 *	root's, or whose memory others could have changed later: they match no such rule
 * @executed_unjudged: executions, and children, for which there was no room, be it to
 *	note that others could have changed their memory before; and what was done by
 *	processes of more than 1,024 threads, not all of which are looked at: likewise
 * @suppressed: events that were too many, and are counted in COREDUMP_MON_SUPPRESSED
 *	records
 * @suppressed_untold: of them, those that will be in one within seconds
 * @actors_evicted: processes and users that made place for others
 * @actors: processes and users whose events are counted
 * @actors_max: bound
 */
struct coredump_mon_stats {
	__u32 size;
	__u32 readers;
	__u64 records;
	__u64 first_seq;
	__u64 evicted;
	__u64 unmade_memory;
	__u64 unmade_pending;
	__u64 unmade_dumps;
	__u64 denied;
	__u64 lost;
	__u64 walk_races;
	__u64 tags_evicted;
	__u64 senders_evicted;
	__u64 ring_bytes;
	__u64 ring_used;
	__u32 tags;
	__u32 tags_max;
	__u32 pending;
	__u32 pending_max;
	__u32 dumps;
	__u32 dumps_max;
	__u32 senders;
	__u32 senders_max;
	__u64 reader_lost;
	__u64 loaded_ns;
	__u64 formers_evicted;
	__u32 altering;
	__u32 altering_max;
	__u32 tags_asleep;
	__u32 mounts_unwatched;
	__u64 untagged;
	__u64 unlooked;
	__u64 executed_unclean;
	__u64 executed_unjudged;
	__u64 suppressed;
	__u64 suppressed_untold;
	__u64 actors_evicted;
	__u32 actors;
	__u32 actors_max;
};

/*
 * Enforcing for as long as this descriptor is open, whatever the mode is;
 * with COREDUMP_MON_PERMISSIVE: not any more.
 */
#define COREDUMP_MON_MODE_HOLD		(1U << 0)

/**
 * struct coredump_mon_mode - COREDUMP_MON_IOC_SET_MODE
 * @size: in: bytes of this structure
 * @flags: COREDUMP_MON_MODE_HOLD, or 0: the mode of the system
 * @mode: enum coredump_mon_modes
 * @reserved: 0
 *
 * Going enforcing returns when refusing is in place. To be read back with
 * COREDUMP_MON_IOC_INFO.
 *
 * Errors: EINVAL (no such mode), EBUSY (another owner, a livepatch for
 * instance, has the function that refuses, or kernel.ftrace_enabled is 0),
 * EOPNOTSUPP (this kernel has no way to refuse; the log says why), ENOMEM.
 */
struct coredump_mon_mode {
	__u32 size;
	__u32 flags;
	__u32 mode;
	__u32 reserved;
};

/* GET_TAGS: struct coredump_mon_saved_tag. */
#define COREDUMP_MON_BUFFER_SAVED	(1U << 0)

/**
 * struct coredump_mon_buffer - a list in or out
 * @size: in: bytes of this structure
 * @flags: COREDUMP_MON_BUFFER_SAVED, or 0
 * @count: in (SET): entries in the buffer; out (GET): entries that there are
 * @reserved: 0
 * @buffer_len: bytes of the buffer; out (GET): bytes that all would take
 * @buffer: its address
 *
 * COREDUMP_MON_IOC_GET_DIRECTORIES: struct coredump_mon_directory, one behind
 * the other; COREDUMP_MON_IOC_GET_TAGS: struct coredump_mon_tag.
 * Errors: ENOSPC (the buffer is too short: @buffer_len says what is needed,
 * and nothing was written to the buffer), ENOMEM.
 *
 * COREDUMP_MON_IOC_RESTORE_TAGS: struct coredump_mon_saved_tag, @flags is
 * COREDUMP_MON_BUFFER_SAVED, in the order of GET_TAGS. They sleep until their file
 * system is mounted, or COREDUMP_MON_IOC_WAKE_TAGS says that it is; those that are
 * there already stay as they are. Where there is no room for all, the youngest are
 * restored, and the others counted in tags_evicted.
 * Errors: EINVAL (@buffer_len is not that of @count entries; in one of them, flags
 * other than COREDUMP_MON_TAG_ASLEEP, no UUID, no generation, no such origin, or a
 * comm that is not terminated), E2BIG (more than COREDUMP_MON_TAGS_MAX), ENOMEM.
 *
 * COREDUMP_MON_IOC_SET_DIRECTORIES: absolute paths, each terminated; they
 * take the place of all that were watched, the built-in ones included.
 * A directory that does not exist is kept as missing. What the paths lead to is
 * looked up again each second, as PID 1 sees them, where no symbolic link is in
 * them.
 * Errors: EINVAL (@count or a terminator is not right, a path is not
 * absolute), ENAMETOOLONG (a path of more than COREDUMP_MON_PATH_MAX - 1
 * bytes), E2BIG (more than COREDUMP_MON_DIRECTORIES_MAX, or more bytes than so
 * many paths can have), ENOTDIR, ENOMEM, EINTR (a signal came while they were
 * being looked up again), and what looking up a path gives, but not ENOENT.
 */
struct coredump_mon_buffer {
	__u32 size;
	__u32 flags;
	__u32 count;
	__u32 reserved;
	__u64 buffer_len;
	__u64 buffer;
};

enum coredump_mon_directory_state {
	COREDUMP_MON_DIRECTORY_WATCHED	= 1,
	COREDUMP_MON_DIRECTORY_MISSING	= 2,
	/* Its file system was unmounted, or it was removed or renamed. */
	COREDUMP_MON_DIRECTORY_GONE	= 3,
	/* Not watched (of a mounted one): its file system is mounted elsewhere too. */
	COREDUMP_MON_DIRECTORY_ELSEWHERE = 4,
};

#define COREDUMP_MON_DIRECTORY_BUILTIN	(1U << 0)
/* The directory of an absolute kernel.core_pattern; follows it. */
#define COREDUMP_MON_DIRECTORY_PATTERN	(1U << 1)
/*
 * What the path led to before: watched on, as what is in there are core files
 * still. The COREDUMP_MON_FORMERS_MAX youngest are kept.
 */
#define COREDUMP_MON_DIRECTORY_FORMER	(1U << 2)
/*
 * Mounted below a watched directory, as PID 1 sees it; looked for each second. The
 * COREDUMP_MON_MOUNTED_MAX first are watched, the others counted.
 */
#define COREDUMP_MON_DIRECTORY_MOUNTED	(1U << 3)

/**
 * struct coredump_mon_directory - a watched directory
 * @len: bytes of this entry with its path, a multiple of 8
 * @path_len: bytes of the path, which follows, not terminated
 * @state: enum coredump_mon_directory_state
 * @flags: COREDUMP_MON_DIRECTORY_*
 * @dev_major: what it resolved to; 0 where it is not watched
 * @dev_minor: the same
 * @ino: the same
 */
struct coredump_mon_directory {
	__u32 len;
	__u32 path_len;
	__u32 state;
	__u32 flags;
	__u32 dev_major;
	__u32 dev_minor;
	__u64 ino;
};

enum coredump_mon_tag_origin {
	COREDUMP_MON_TAG_DUMP	= 1,	/* the kernel dumped into it */
	COREDUMP_MON_TAG_USER	= 2,	/* COREDUMP_MON_IOC_TAG_ADD */
	/* Opened for writing in a watched directory, or over a core file. */
	COREDUMP_MON_TAG_WRITTEN = 3,
	/* Renamed or linked in or out of a watched directory, copied by an overlay. */
	COREDUMP_MON_TAG_MOVED	= 4,
	/* Stood in a directory as that began to be watched. */
	COREDUMP_MON_TAG_STOOD	= 5,
	/* An ELF core that who traces another wrote, gdb's gcore for one. */
	COREDUMP_MON_TAG_GCORE	= 6,
};

/**
 * struct coredump_mon_tag - a file that is a core file wherever it goes
 * @dev_major: device of its file system
 * @dev_minor: the same
 * @ino: inode number
 * @generation: as in struct coredump_mon_file_id
 * @origin: enum coredump_mon_tag_origin
 * @pid: who dumped, asked for the tag, wrote or moved; GCORE: whose memory it is, 0
 *	where several are traced
 * @reserved: 0
 * @realtime_ns: when
 * @comm: of @pid, terminated
 */
struct coredump_mon_tag {
	__u32 dev_major;
	__u32 dev_minor;
	__u64 ino;
	__u32 generation;
	__u32 origin;
	__u32 pid;
	__u32 reserved;
	__u64 realtime_ns;
	char comm[16];
};

/* Its file system is not mounted. */
#define COREDUMP_MON_TAG_ASLEEP		(1U << 0)

/**
 * struct coredump_mon_saved_tag - a tag, as it can be known again
 * @tag: the tag; its device is that of the last time that it was mounted
 * @uuid: of its file system; zeros: it ends with this mount, as the file system has
 *	none or makes inode numbers up
 * @flags: COREDUMP_MON_TAG_ASLEEP
 * @uid: of whoever made it, in the initial user namespace
 */
struct coredump_mon_saved_tag {
	struct coredump_mon_tag tag;
	__u8 uuid[16];
	__u32 flags;
	__u32 uid;
};

/**
 * struct coredump_mon_tag_file - COREDUMP_MON_IOC_TAG_ADD, _TAG_DROP, and
 *	_WAKE_TAGS: sleeping tags of the file system that is mounted there wake
 * @size: in: bytes of this structure
 * @flags: 0
 * @fd: the file, open in any way (O_PATH will do); WAKE: any on that file system
 * @reserved: 0
 *
 * Errors: EBADF (no such descriptor, or not open), EINVAL (ADD, DROP: not a regular
 * file), EEXIST (ADD: it is tagged), ENOENT (DROP: it is not tagged), ENOSPC
 * (ADD: COREDUMP_MON_TAGS_MAX are there).
 */
struct coredump_mon_tag_file {
	__u32 size;
	__u32 flags;
	__s32 fd;
	__u32 reserved;
};

enum coredump_mon_action {
	COREDUMP_MON_ACTION_IGNORE	= 1,	/* let through, and make no record */
	COREDUMP_MON_ACTION_LOG		= 2,	/* let through */
	COREDUMP_MON_ACTION_DENY	= 3,	/* refuse, where that is enforced */
};

/* Whether something has to be so, or not to be so, for a rule to match. */
enum coredump_mon_tristate {
	COREDUMP_MON_ANY	= 0,
	COREDUMP_MON_NO		= 1,
	COREDUMP_MON_YES	= 2,
};

/**
 * struct coredump_mon_rule_file - a file or directory that a rule names
 * @fd: in: it, open in any way (O_PATH will do); out: -1
 * @generation: in: 0; out: as in struct coredump_mon_file_id
 * @dev_major: in: 0; out: device of its file system
 * @dev_minor: the same
 * @ino: in: 0; out: inode number
 */
struct coredump_mon_rule_file {
	__s32 fd;
	__u32 generation;
	__u32 dev_major;
	__u32 dev_minor;
	__u64 ino;
};

/**
 * struct coredump_mon_rule - what is to be done about an event that all of this holds
 *	for
 * @len: bytes of the rule with what follows it, a multiple of 8
 * @name_len: bytes of its name, 1 to COREDUMP_MON_RULE_NAME_MAX, no NUL among them
 * @action: enum coredump_mon_action
 * @priority: syslog(3)'s level, 0 to 7
 * @types: bit N: of enum coredump_mon_type N; of DUMP (which nothing denies), OPEN,
 *	RENAME, LINK, UNLINK and ATTR
 * @classes: bit N: the file is of enum coredump_mon_class N
 * @accesses: bit N: of an open, enum coredump_mon_access N is asked for
 * @initial_namespaces: enum coredump_mon_tristate: of the process, see struct
 *	coredump_mon_namespaces
 * @forced: the same: a dump is, see COREDUMP_MON_DUMP_FORCED
 * @privileged: the same: who dumps is, see COREDUMP_MON_DUMP_PRIVILEGED
 * @executables: how many there are; the process executes one of them, is not traced,
 *	and its credentials are of the initial user namespace. Unless it is about a
 *	dump, root alone may write to it; and it, or the parent that it is a copy of,
 *	executed it after a rule named it or what had its place, with no GCONV_PATH,
 *	GLIBC_TUNABLES and LD_* in its environment, and was not traced then. It does
 *	what its user has it do all the same, so that this is of use together with
 *	@users. 0: any process. And so on:
 * @directories: the file is below one of them, on the same file system
 * @cgroups: ids (cgroup v2): the process is in one of them, at any depth
 * @users: its effective user id is one of them, in the initial user namespace
 * @groups: its effective or a supplementary group id
 * @reserved: 0
 *
 * Behind it come @executables and @directories of struct coredump_mon_rule_file,
 * @cgroups of __u64, @users and @groups of __u32, and the name, terminated; zeros up
 * to @len.
 */
struct coredump_mon_rule {
	__u32 len;
	__u32 name_len;
	__u32 action;
	__u32 priority;
	__u32 types;
	__u32 classes;
	__u32 accesses;
	__u32 initial_namespaces;
	__u32 forced;
	__u32 privileged;
	__u32 executables;
	__u32 directories;
	__u32 cgroups;
	__u32 users;
	__u32 groups;
	__u32 reserved;
};

/* No bound. */
#define COREDUMP_MON_RATE_OFF		0xffffffffU
#define COREDUMP_MON_RATE_MAX		1000000

/**
 * struct coredump_mon_rate - how many events per second have records of their own
 * @process: of one process, 1 to COREDUMP_MON_RATE_MAX, COREDUMP_MON_RATE_OFF, or 0:
 *	as when the module was loaded
 * @user: the same of all processes of one user
 *
 * Those of ten seconds may come at once.
 */
struct coredump_mon_rate {
	__u32 process;
	__u32 user;
};

/* The rules that were there when the module was loaded. */
#define COREDUMP_MON_RULES_BUILTIN	(1U << 0)
/*
 * SET: those in force, as GET_RULES gave them, with descriptors of what is in the place
 * of executables now. A file with an @fd of -1, as each directory has, stays what it is.
 */
#define COREDUMP_MON_RULES_FOLLOW	(1U << 1)
/* SET: watch @directories with them, and no others; not with FOLLOW. */
#define COREDUMP_MON_RULES_DIRECTORIES	(1U << 2)
/* SET: and be in @mode, likewise. */
#define COREDUMP_MON_RULES_MODE		(1U << 3)

/**
 * struct coredump_mon_rules - COREDUMP_MON_IOC_SET_RULES, _GET_RULES: what is let
 *	through, told and refused; the first rule that matches counts
 * @size: in: bytes of this structure
 * @flags: COREDUMP_MON_RULES_*; with BUILTIN, all that rules are made of is 0
 * @count: how many rules
 * @fallback: enum coredump_mon_action of what no rule matches: LOG or IGNORE
 * @classes: bit N: enum coredump_mon_class N is of interest; all else is ignored
 * @reserved: 0
 * @rules_len: bytes of @rules; out (GET): bytes that all would take
 * @rules: address of struct coredump_mon_rule, one behind the other
 * @text_len: bytes of @text; out (GET): bytes that there are
 * @text: address of anything, which is kept and given back: what they were made from
 * @rates: by enum coredump_mon_kind; the first is 0, as is what is of no kind. With
 *	COREDUMP_MON_RULES_FOLLOW they are looked at, and stay as they are
 *
 * @directories: address of what is to be watched, as COREDUMP_MON_IOC_SET_DIRECTORIES
 *	has it; this and what follows is 0 where it is not asked for, and in GET
 * @directories_len: bytes of that
 * @directory_count: how many
 * @mode: enum coredump_mon_modes
 * @files: address of __s32: descriptors of regular files that are to be tagged, as
 *	COREDUMP_MON_IOC_TAG_ADD does; O_PATH will do
 * @file_count: how many, up to COREDUMP_MON_RULE_ENTRIES_MAX; one that is there twice
 *	takes the room of two
 * @more_reserved: 0
 *
 * They take the place of those before at once, with what else is asked for: each
 * decision is by what was in force or by what is. While enforcing, it returns when what
 * they refuse is refused.
 *
 * Errors of SET: EINVAL (a number or a length is not right; DENY of a dump, or of an
 * open of a block device; a file that is to be executed or tagged is not a regular one,
 * a directory none), E2BIG (COREDUMP_MON_RULES_MAX, _RULE_ENTRIES_MAX, _RULES_TEXT_MAX,
 * _DIRECTORIES_MAX), EBADF (a descriptor of a file), ENOSPC (there is no room for tags
 * of all @files), ESTALE (FOLLOW: others are in force, or they have another text), EBUSY,
 * EOPNOTSUPP (as struct coredump_mon_mode has them), ENOMEM; of @directories as
 * COREDUMP_MON_IOC_SET_DIRECTORIES.
 * Errors of GET: EINVAL (a field is not zero that is not to be given), ENOSPC (as
 * struct coredump_mon_buffer has it), ENOMEM.
 */
struct coredump_mon_rules {
	__u32 size;
	__u32 flags;
	__u32 count;
	__u32 fallback;
	__u32 classes;
	__u32 reserved;
	__u64 rules_len;
	__u64 rules;
	__u64 text_len;
	__u64 text;
	struct coredump_mon_rate rates[COREDUMP_MON_KINDS_MAX + 1];
	__u64 directories;
	__u64 directories_len;
	__u32 directory_count;
	__u32 mode;
	__u64 files;
	__u32 file_count;
	__u32 more_reserved;
};

/**
 * struct coredump_mon_lock - COREDUMP_MON_IOC_LOCK: no more changes on request, and
 *	no unloading, until reboot
 * @size: in: bytes of this structure
 * @flags: 0
 *
 * Returns when no change is under way any more. What is enforced stays so: if a
 * descriptor holds that, the mode of the system becomes enforcing. Tags still come
 * and go with their files, and watched paths are still followed. That it is locked
 * already is no error.
 */
struct coredump_mon_lock {
	__u32 size;
	__u32 flags;
};

/**
 * struct coredump_mon_seek - COREDUMP_MON_IOC_SEEK: go on after a record
 * @size: in: bytes of this structure
 * @flags: 0
 * @seq: the last record that is not wanted: the next read gives what came
 *	after it. What is not kept any more of that is told as lost.
 *
 * Errors: ERANGE (no such record was made yet).
 */
struct coredump_mon_seek {
	__u32 size;
	__u32 flags;
	__u64 seq;
};

#define COREDUMP_MON_IOC_MAGIC	0xcd

#define COREDUMP_MON_IOC_INFO	\
	_IOWR(COREDUMP_MON_IOC_MAGIC, 0x00, struct coredump_mon_info)
#define COREDUMP_MON_IOC_PROBE	\
	_IOWR(COREDUMP_MON_IOC_MAGIC, 0x01, struct coredump_mon_probe)
#define COREDUMP_MON_IOC_STATS	\
	_IOWR(COREDUMP_MON_IOC_MAGIC, 0x02, struct coredump_mon_stats)
#define COREDUMP_MON_IOC_SEEK	\
	_IOW(COREDUMP_MON_IOC_MAGIC, 0x03, struct coredump_mon_seek)
#define COREDUMP_MON_IOC_GET_DIRECTORIES	\
	_IOWR(COREDUMP_MON_IOC_MAGIC, 0x04, struct coredump_mon_buffer)
#define COREDUMP_MON_IOC_GET_TAGS	\
	_IOWR(COREDUMP_MON_IOC_MAGIC, 0x05, struct coredump_mon_buffer)
#define COREDUMP_MON_IOC_GET_RULES	\
	_IOWR(COREDUMP_MON_IOC_MAGIC, 0x06, struct coredump_mon_rules)
/* These change something. */
#define COREDUMP_MON_IOC_SET_MODE	\
	_IOW(COREDUMP_MON_IOC_MAGIC, 0x10, struct coredump_mon_mode)
#define COREDUMP_MON_IOC_SET_DIRECTORIES	\
	_IOW(COREDUMP_MON_IOC_MAGIC, 0x11, struct coredump_mon_buffer)
#define COREDUMP_MON_IOC_TAG_ADD	\
	_IOW(COREDUMP_MON_IOC_MAGIC, 0x12, struct coredump_mon_tag_file)
#define COREDUMP_MON_IOC_TAG_DROP	\
	_IOW(COREDUMP_MON_IOC_MAGIC, 0x13, struct coredump_mon_tag_file)
#define COREDUMP_MON_IOC_RESTORE_TAGS	\
	_IOW(COREDUMP_MON_IOC_MAGIC, 0x14, struct coredump_mon_buffer)
#define COREDUMP_MON_IOC_WAKE_TAGS	\
	_IOW(COREDUMP_MON_IOC_MAGIC, 0x15, struct coredump_mon_tag_file)
#define COREDUMP_MON_IOC_SET_RULES	\
	_IOW(COREDUMP_MON_IOC_MAGIC, 0x16, struct coredump_mon_rules)
#define COREDUMP_MON_IOC_LOCK	\
	_IOW(COREDUMP_MON_IOC_MAGIC, 0x17, struct coredump_mon_lock)

#endif /* _UAPI_LINUX_COREDUMP_MON_H */
