// SPDX-License-Identifier: GPL-2.0
/*
 * What a rule matches, as a table: policy.c itself, compiled into this program. Each
 * line is one rule and one event, and whether the rule is about it; what differs from
 * the line before is what the line is about.
 */
#include "kselftest_harness.h"

#include "policy.h"

#define NO	0
#define YES	1

#define TYPE(t)		(1U << COREDUMP_MON_##t)
#define CLASS(c)	(1U << COREDUMP_MON_CLASS_##c)
#define ACCESS(a)	(1U << COREDUMP_MON_ACCESS_##a)
#define ALL_TYPES	(TYPE(DUMP) | TYPE(OPEN) | TYPE(RENAME) | TYPE(LINK) |	\
			 TYPE(UNLINK) | TYPE(ATTR))
#define ALL_CLASSES	(CLASS(CORE) | CLASS(COREDUMP_FILTER) | CLASS(BLOCK_DEVICE))
#define ALL_ACCESSES	(ACCESS(READ) | ACCESS(WRITE) | ACCESS(READ_WRITE) | ACCESS(EXEC))

/* Rules: of these types; of opens of these classes, with these accesses; of all. */
#define OF(t)		.types = (t), .classes = ALL_CLASSES, .accesses = ALL_ACCESSES
#define IF_OPEN(c, a)	.types = TYPE(OPEN), .classes = (c), .accesses = (a)
#define OF_ALL		OF(ALL_TYPES)
#define IF_DUMP		OF(TYPE(DUMP))

/* Events: of a type; an open. */
#define A(t)		.type = COREDUMP_MON_##t, .file_class = COREDUMP_MON_CLASS_CORE
#define OPEN(c, a)	.type = COREDUMP_MON_OPEN,				\
			.file_class = COREDUMP_MON_CLASS_##c,			\
			.access = COREDUMP_MON_ACCESS_##a
#define A_READ		OPEN(CORE, READ)
#define NUMBERED(t, c, a)	.type = (t), .file_class = (c), .access = (a)

/* The @n from number @at on of what there is. */
#define USERS(at, n)	.users = numbers + (at), .user_count = (n)
#define GROUPS(at, n)	.groups = numbers + (at), .group_count = (n)
#define EXES(at, n)	.executables = ids + (at), .executable_count = (n)
#define DIRS(at, n)	.directories = ids + (at), .directory_count = (n)
#define CGROUPS(at, n)	.cgroups = cgroups + (at), .cgroup_count = (n)
#define BY(u, g)	.user = (u), .group = (g)
#define EXE(...)	.executable = { __VA_ARGS__ }
#define NS(x)		.initial_namespaces = (x)
#define FORCED(x)	.forced = (x)
#define PRIVILEGED(x)	.privileged = (x)

#define SO	COREDUMP_MON_YES
#define NOT_SO	COREDUMP_MON_NO

static const __u32 numbers[] = { 0, 1, 2, 1000, 65534, 100000, 4294967294U };
static const __u64 cgroups[] = { 1, 50, 1ULL << 40, 50 + (1ULL << 32), ~0ULL };
/* File system, inode number, generation: each of the last three in one other. */
static const struct cdm_policy_id ids[] = {
	{ 1, 10, 5 }, { 3, 30, 0 }, { 1ULL << 63, 1ULL << 40, ~0U },
	{ 2, 10, 5 }, { 1, 11, 5 }, { 1, 10, 6 },
};

/* One that was removed: its file system is forgotten. */
static const struct cdm_policy_id gone[] = { { 0, 10, 5 } };
static const struct cdm_policy_id nothing[] = { { 0, 0, 0 } };

/* All that can be asked of an open. */
#define ALL_KEYS	.initial_namespaces = SO,				\
			IF_OPEN(CLASS(CORE), ACCESS(READ)), USERS(3, 1),	\
			GROUPS(1, 1), EXES(0, 1), DIRS(1, 1), CGROUPS(0, 1)

static const struct {
	int match;
	const char *name;
	struct cdm_policy_rule rule;
	struct cdm_policy_query query;
} cases[] = {
	/* type */
	{ YES, "type dump",		{ OF(TYPE(DUMP)) }, { A(DUMP) } },
	{ YES, "type open",		{ OF(TYPE(OPEN)) }, { A_READ } },
	{ YES, "type rename",		{ OF(TYPE(RENAME)) }, { A(RENAME) } },
	{ YES, "type link",		{ OF(TYPE(LINK)) }, { A(LINK) } },
	{ YES, "type unlink",		{ OF(TYPE(UNLINK)) }, { A(UNLINK) } },
	{ YES, "type attr",		{ OF(TYPE(ATTR)) }, { A(ATTR) } },
	{ NO, "dump, not open",		{ OF(TYPE(DUMP)) }, { A_READ } },
	{ NO, "open, not dump",		{ OF(TYPE(OPEN)) }, { A(DUMP) } },
	{ NO, "rename, not link",	{ OF(TYPE(RENAME)) }, { A(LINK) } },
	{ NO, "link, not rename",	{ OF(TYPE(LINK)) }, { A(RENAME) } },
	{ NO, "unlink, not attr",	{ OF(TYPE(UNLINK)) }, { A(ATTR) } },
	{ NO, "attr, not unlink",	{ OF(TYPE(ATTR)) }, { A(UNLINK) } },
	{ YES, "all types, dump",	{ OF_ALL }, { A(DUMP) } },
	{ YES, "all types, open",	{ OF_ALL }, { A_READ } },
	{ YES, "all types, rename",	{ OF_ALL }, { A(RENAME) } },
	{ YES, "all types, link",	{ OF_ALL }, { A(LINK) } },
	{ YES, "all types, unlink",	{ OF_ALL }, { A(UNLINK) } },
	{ YES, "all types, attr",	{ OF_ALL }, { A(ATTR) } },
	{ NO, "all but open",		{ OF(ALL_TYPES ^ TYPE(OPEN)) }, { A_READ } },
	{ NO, "all but dump",		{ OF(ALL_TYPES ^ TYPE(DUMP)) }, { A(DUMP) } },
	{ NO, "all but attr",		{ OF(ALL_TYPES ^ TYPE(ATTR)) }, { A(ATTR) } },
	{ NO, "all types, policy",	{ OF_ALL }, { A(POLICY) } },
	{ NO, "all types, lost",	{ OF_ALL }, { A(LOST) } },
	{ NO, "no type",		{ OF(0) }, { A_READ } },
	{ NO, "type 0",			{ OF_ALL }, { .file_class = COREDUMP_MON_CLASS_CORE } },
	{ YES, "the last bit",		{ OF(1U << 31) }, { NUMBERED(31, 1, 1) } },
	{ NO, "beyond all bits",	{ OF(~0U) }, { NUMBERED(32, 1, 1) } },
	{ NO, "beyond, and open in 5 bits", { OF(~0U) }, { NUMBERED(34, 1, 1) } },
	{ NO, "the largest type",	{ OF(~0U) }, { NUMBERED(~0U, 1, 1) } },

	/* class */
	{ YES, "class core",
	  { IF_OPEN(CLASS(CORE), ALL_ACCESSES) }, { OPEN(CORE, READ) } },
	{ YES, "class coredump_filter",
	  { IF_OPEN(CLASS(COREDUMP_FILTER), ALL_ACCESSES) }, { OPEN(COREDUMP_FILTER, READ) } },
	{ YES, "class block_device",
	  { IF_OPEN(CLASS(BLOCK_DEVICE), ALL_ACCESSES) }, { OPEN(BLOCK_DEVICE, READ) } },
	{ NO, "core, not coredump_filter",
	  { IF_OPEN(CLASS(CORE), ALL_ACCESSES) }, { OPEN(COREDUMP_FILTER, READ) } },
	{ NO, "core, not block_device",
	  { IF_OPEN(CLASS(CORE), ALL_ACCESSES) }, { OPEN(BLOCK_DEVICE, READ) } },
	{ NO, "coredump_filter, not core",
	  { IF_OPEN(CLASS(COREDUMP_FILTER), ALL_ACCESSES) }, { OPEN(CORE, READ) } },
	{ NO, "coredump_filter, not block_device",
	  { IF_OPEN(CLASS(COREDUMP_FILTER), ALL_ACCESSES) }, { OPEN(BLOCK_DEVICE, READ) } },
	{ NO, "block_device, not core",
	  { IF_OPEN(CLASS(BLOCK_DEVICE), ALL_ACCESSES) }, { OPEN(CORE, READ) } },
	{ NO, "block_device, not coredump_filter",
	  { IF_OPEN(CLASS(BLOCK_DEVICE), ALL_ACCESSES) }, { OPEN(COREDUMP_FILTER, READ) } },
	{ YES, "two classes, the first",
	  { IF_OPEN(CLASS(CORE) | CLASS(COREDUMP_FILTER), ALL_ACCESSES) }, { A_READ } },
	{ YES, "two classes, the second",
	  { IF_OPEN(CLASS(CORE) | CLASS(COREDUMP_FILTER), ALL_ACCESSES) },
	  { OPEN(COREDUMP_FILTER, READ) } },
	{ NO, "two classes, neither",
	  { IF_OPEN(CLASS(CORE) | CLASS(COREDUMP_FILTER), ALL_ACCESSES) },
	  { OPEN(BLOCK_DEVICE, READ) } },
	{ NO, "no class",		{ IF_OPEN(0, ALL_ACCESSES) }, { A_READ } },
	{ NO, "class 0",		{ OF_ALL }, { NUMBERED(COREDUMP_MON_OPEN, 0, 1) } },
	{ NO, "beyond all bits",
	  { IF_OPEN(~0U, ALL_ACCESSES) }, { NUMBERED(COREDUMP_MON_OPEN, 32, 1) } },
	{ NO, "the largest class",
	  { IF_OPEN(~0U, ALL_ACCESSES) }, { NUMBERED(COREDUMP_MON_OPEN, ~0U, 1) } },
	{ NO, "a dump, by its class",
	  { .types = TYPE(DUMP), .classes = CLASS(COREDUMP_FILTER) }, { A(DUMP) } },
	{ NO, "an unlink, by its class",
	  { .types = TYPE(UNLINK), .classes = CLASS(BLOCK_DEVICE) }, { A(UNLINK) } },

	/* access */
	{ YES, "read, read",
	  { IF_OPEN(CLASS(CORE), ACCESS(READ)) }, { OPEN(CORE, READ) } },
	{ NO, "read, write",
	  { IF_OPEN(CLASS(CORE), ACCESS(READ)) }, { OPEN(CORE, WRITE) } },
	{ NO, "read, both",
	  { IF_OPEN(CLASS(CORE), ACCESS(READ)) }, { OPEN(CORE, READ_WRITE) } },
	{ NO, "read, exec",
	  { IF_OPEN(CLASS(CORE), ACCESS(READ)) }, { OPEN(CORE, EXEC) } },
	{ NO, "write, read",
	  { IF_OPEN(CLASS(CORE), ACCESS(WRITE)) }, { OPEN(CORE, READ) } },
	{ YES, "write, write",
	  { IF_OPEN(CLASS(CORE), ACCESS(WRITE)) }, { OPEN(CORE, WRITE) } },
	{ NO, "write, both",
	  { IF_OPEN(CLASS(CORE), ACCESS(WRITE)) }, { OPEN(CORE, READ_WRITE) } },
	{ NO, "write, exec",
	  { IF_OPEN(CLASS(CORE), ACCESS(WRITE)) }, { OPEN(CORE, EXEC) } },
	{ NO, "both, read",
	  { IF_OPEN(CLASS(CORE), ACCESS(READ_WRITE)) }, { OPEN(CORE, READ) } },
	{ NO, "both, write",
	  { IF_OPEN(CLASS(CORE), ACCESS(READ_WRITE)) }, { OPEN(CORE, WRITE) } },
	{ YES, "both, both",
	  { IF_OPEN(CLASS(CORE), ACCESS(READ_WRITE)) }, { OPEN(CORE, READ_WRITE) } },
	{ NO, "both, exec",
	  { IF_OPEN(CLASS(CORE), ACCESS(READ_WRITE)) }, { OPEN(CORE, EXEC) } },
	{ NO, "exec, read",
	  { IF_OPEN(CLASS(CORE), ACCESS(EXEC)) }, { OPEN(CORE, READ) } },
	{ NO, "exec, write",
	  { IF_OPEN(CLASS(CORE), ACCESS(EXEC)) }, { OPEN(CORE, WRITE) } },
	{ NO, "exec, both",
	  { IF_OPEN(CLASS(CORE), ACCESS(EXEC)) }, { OPEN(CORE, READ_WRITE) } },
	{ YES, "exec, exec",
	  { IF_OPEN(CLASS(CORE), ACCESS(EXEC)) }, { OPEN(CORE, EXEC) } },
	{ NO, "all but write",
	  { IF_OPEN(CLASS(CORE), ALL_ACCESSES ^ ACCESS(WRITE)) }, { OPEN(CORE, WRITE) } },
	{ YES, "all but write, exec",
	  { IF_OPEN(CLASS(CORE), ALL_ACCESSES ^ ACCESS(WRITE)) }, { OPEN(CORE, EXEC) } },
	{ NO, "no access",		{ IF_OPEN(CLASS(CORE), 0) }, { A_READ } },
	{ NO, "access 0",		{ IF_OPEN(CLASS(CORE), ALL_ACCESSES) }, { A(OPEN) } },
	{ NO, "beyond all bits",	{ IF_OPEN(CLASS(CORE), ~0U) }, { A(OPEN), .access = 32 } },
	{ NO, "the largest",		{ IF_OPEN(CLASS(CORE), ~0U) }, { A(OPEN), .access = ~0U } },
	/* Of what is no open, it is not looked at. */
	{ YES, "a dump has no access",
	  { .types = TYPE(DUMP), .classes = CLASS(CORE) }, { A(DUMP) } },
	{ YES, "a rename has none",
	  { .types = TYPE(RENAME), .classes = CLASS(CORE) }, { A(RENAME) } },
	{ YES, "a link has none",
	  { .types = TYPE(LINK), .classes = CLASS(CORE) }, { A(LINK) } },
	{ YES, "an unlink has none",
	  { .types = TYPE(UNLINK), .classes = CLASS(CORE) }, { A(UNLINK) } },
	{ YES, "an attr has none",
	  { .types = TYPE(ATTR), .classes = CLASS(CORE) }, { A(ATTR) } },

	/* user */
	{ YES, "any user",		{ OF_ALL }, { A_READ, .user = 1000 } },
	{ YES, "root",			{ OF_ALL, USERS(0, 1) }, { A_READ, .user = 0 } },
	{ NO, "root, another",		{ OF_ALL, USERS(0, 1) }, { A_READ, .user = 1 } },
	{ NO, "another, root",		{ OF_ALL, USERS(1, 1) }, { A_READ, .user = 0 } },
	{ YES, "the first of three",	{ OF_ALL, USERS(1, 3) }, { A_READ, .user = 1 } },
	{ YES, "the second of three",	{ OF_ALL, USERS(1, 3) }, { A_READ, .user = 2 } },
	{ YES, "the last of three",	{ OF_ALL, USERS(1, 3) }, { A_READ, .user = 1000 } },
	{ NO, "what is behind the list", { OF_ALL, USERS(1, 3) }, { A_READ, .user = 65534 } },
	{ NO, "what is before the list", { OF_ALL, USERS(1, 3) }, { A_READ, .user = 0 } },
	{ NO, "one less",		{ OF_ALL, USERS(3, 1) }, { A_READ, .user = 999 } },
	{ NO, "one more",		{ OF_ALL, USERS(3, 1) }, { A_READ, .user = 1001 } },
	{ NO, "the same in 16 bits",	{ OF_ALL, USERS(3, 1) }, { A_READ, .user = 66536 } },
	{ YES, "the largest user",	{ OF_ALL, USERS(0, 7) }, { A_READ, .user = 4294967294U } },
	{ NO, "no user",		{ OF_ALL, USERS(0, 7) }, { A_READ, .user = ~0U } },
	{ NO, "its group",		{ OF_ALL, USERS(3, 1) }, { A_READ, .group = 1000 } },
	{ NO, "one of its groups",	{ OF_ALL, USERS(3, 1) }, { A_READ, GROUPS(0, 7) } },
	{ YES, "of a dump",		{ OF_ALL, USERS(3, 1) }, { A(DUMP), .user = 1000 } },
	{ NO, "of another's dump",	{ OF_ALL, USERS(3, 1) }, { A(DUMP), .user = 1 } },
	{ YES, "of a rename",		{ OF_ALL, USERS(3, 1) }, { A(RENAME), .user = 1000 } },
	{ NO, "of another's unlink",	{ OF_ALL, USERS(3, 1) }, { A(UNLINK), .user = 1 } },

	/* group: the effective one, */
	{ YES, "any group",		{ OF_ALL }, { A_READ, .group = 1000 } },
	{ YES, "root's",		{ OF_ALL, GROUPS(0, 1) }, { A_READ, .group = 0 } },
	{ NO, "root's, another",	{ OF_ALL, GROUPS(0, 1) }, { A_READ, .group = 1 } },
	{ YES, "the first of three",	{ OF_ALL, GROUPS(1, 3) }, { A_READ, .group = 1 } },
	{ YES, "the second of three",	{ OF_ALL, GROUPS(1, 3) }, { A_READ, .group = 2 } },
	{ YES, "the last of three",	{ OF_ALL, GROUPS(1, 3) }, { A_READ, .group = 1000 } },
	{ NO, "what is behind the list", { OF_ALL, GROUPS(1, 3) }, { A_READ, .group = 65534 } },
	{ NO, "what is before the list", { OF_ALL, GROUPS(1, 3) }, { A_READ, .group = 0 } },
	{ NO, "its user",		{ OF_ALL, GROUPS(3, 1) }, { A_READ, .user = 1000 } },
	{ YES, "the largest group",
	  { OF_ALL, GROUPS(0, 7) }, { A_READ, .group = 4294967294U } },
	{ NO, "no group",		{ OF_ALL, GROUPS(0, 7) }, { A_READ, .group = ~0U } },
	{ YES, "the group of a dump",	{ OF_ALL, GROUPS(3, 1) }, { A(DUMP), .group = 1000 } },
	/* or one of the others: however many there are, and wherever it stands. */
	{ YES, "the one other",
	  { OF_ALL, GROUPS(0, 1) }, { A_READ, .group = 5, GROUPS(0, 1) } },
	{ NO, "not the one other",
	  { OF_ALL, GROUPS(0, 1) }, { A_READ, .group = 5, GROUPS(1, 1) } },
	{ YES, "the first of two",
	  { OF_ALL, GROUPS(0, 1) }, { A_READ, .group = 5, GROUPS(0, 2) } },
	{ YES, "the last of two",
	  { OF_ALL, GROUPS(1, 1) }, { A_READ, .group = 5, GROUPS(0, 2) } },
	{ NO, "none of two, less",
	  { OF_ALL, GROUPS(0, 1) }, { A_READ, .group = 5, GROUPS(1, 2) } },
	{ NO, "none of two, more",
	  { OF_ALL, GROUPS(3, 1) }, { A_READ, .group = 5, GROUPS(1, 2) } },
	{ YES, "the first of seven",
	  { OF_ALL, GROUPS(0, 1) }, { A_READ, .group = 5, GROUPS(0, 7) } },
	{ YES, "the second of seven",
	  { OF_ALL, GROUPS(1, 1) }, { A_READ, .group = 5, GROUPS(0, 7) } },
	{ YES, "the third of seven",
	  { OF_ALL, GROUPS(2, 1) }, { A_READ, .group = 5, GROUPS(0, 7) } },
	{ YES, "the fourth of seven",
	  { OF_ALL, GROUPS(3, 1) }, { A_READ, .group = 5, GROUPS(0, 7) } },
	{ YES, "the fifth of seven",
	  { OF_ALL, GROUPS(4, 1) }, { A_READ, .group = 5, GROUPS(0, 7) } },
	{ YES, "the sixth of seven",
	  { OF_ALL, GROUPS(5, 1) }, { A_READ, .group = 5, GROUPS(0, 7) } },
	{ YES, "the last of seven",
	  { OF_ALL, GROUPS(6, 1) }, { A_READ, .group = 5, GROUPS(0, 7) } },
	{ NO, "behind its groups",
	  { OF_ALL, GROUPS(6, 1) }, { A_READ, .group = 5, GROUPS(0, 6) } },
	{ NO, "before its groups",
	  { OF_ALL, GROUPS(0, 1) }, { A_READ, .group = 5, GROUPS(1, 6) } },
	{ YES, "the last of both",
	  { OF_ALL, GROUPS(0, 4) }, { A_READ, .group = 5, GROUPS(3, 4) } },
	{ YES, "the effective, of both",
	  { OF_ALL, GROUPS(0, 2) }, { A_READ, .group = 1, GROUPS(3, 4) } },
	{ NO, "neither of both",
	  { OF_ALL, GROUPS(0, 3) }, { A_READ, .group = 5, GROUPS(3, 4) } },
	{ YES, "of an attr",
	  { OF_ALL, GROUPS(3, 1) }, { A(ATTR), .group = 5, GROUPS(3, 4) } },

	/* executable */
	{ YES, "any executable",	{ OF_ALL }, { A_READ, EXE(1, 10, 5) } },
	{ YES, "any, none to rely on",	{ OF_ALL }, { A_READ } },
	{ YES, "the one",		{ OF_ALL, EXES(0, 1) }, { A_READ, EXE(1, 10, 5) } },
	{ NO, "another file system",	{ OF_ALL, EXES(0, 1) }, { A_READ, EXE(2, 10, 5) } },
	{ NO, "another inode",		{ OF_ALL, EXES(0, 1) }, { A_READ, EXE(1, 11, 5) } },
	{ NO, "another generation",	{ OF_ALL, EXES(0, 1) }, { A_READ, EXE(1, 10, 6) } },
	{ NO, "no generation",		{ OF_ALL, EXES(0, 1) }, { A_READ, EXE(1, 10, 0) } },
	{ NO, "the same in 32 bits",
	  { OF_ALL, EXES(0, 1) }, { A_READ, EXE(1, 10 + (1ULL << 32), 5) } },
	{ NO, "none to rely on",	{ OF_ALL, EXES(0, 6) }, { A_READ } },
	{ NO, "none, and a rule of none",
	  { OF_ALL, .executables = nothing, .executable_count = 1 }, { A_READ } },
	{ NO, "one that is gone",
	  { OF_ALL, .executables = gone, .executable_count = 1 }, { A_READ, EXE(1, 10, 5) } },
	{ YES, "the first of three",	{ OF_ALL, EXES(0, 3) }, { A_READ, EXE(1, 10, 5) } },
	{ YES, "the second of three",	{ OF_ALL, EXES(0, 3) }, { A_READ, EXE(3, 30, 0) } },
	{ YES, "the last of three",
	  { OF_ALL, EXES(0, 3) }, { A_READ, EXE(1ULL << 63, 1ULL << 40, ~0U) } },
	{ NO, "what is behind the list", { OF_ALL, EXES(0, 3) }, { A_READ, EXE(2, 10, 5) } },
	{ NO, "what is before the list", { OF_ALL, EXES(1, 3) }, { A_READ, EXE(1, 10, 5) } },
	{ NO, "its directory",		{ OF_ALL, EXES(0, 1) }, { A_READ, DIRS(0, 1) } },
	{ YES, "of a dump",		{ OF_ALL, EXES(0, 1) }, { A(DUMP), EXE(1, 10, 5) } },
	{ NO, "of another's dump",	{ OF_ALL, EXES(0, 1) }, { A(DUMP), EXE(3, 30, 0) } },
	{ YES, "of a link",		{ OF_ALL, EXES(0, 1) }, { A(LINK), EXE(1, 10, 5) } },

	/* directory */
	{ YES, "any directory",		{ OF_ALL }, { A_READ, DIRS(0, 6) } },
	{ YES, "the one above",		{ OF_ALL, DIRS(0, 1) }, { A_READ, DIRS(0, 1) } },
	{ NO, "another file system",	{ OF_ALL, DIRS(0, 1) }, { A_READ, DIRS(3, 1) } },
	{ NO, "another inode",		{ OF_ALL, DIRS(0, 1) }, { A_READ, DIRS(4, 1) } },
	{ NO, "another generation",	{ OF_ALL, DIRS(0, 1) }, { A_READ, DIRS(5, 1) } },
	{ NO, "none above",		{ OF_ALL, DIRS(0, 6) }, { A_READ } },
	{ NO, "one that is gone",
	  { OF_ALL, .directories = gone, .directory_count = 1 }, { A_READ, DIRS(0, 1) } },
	{ YES, "the innermost",		{ OF_ALL, DIRS(0, 1) }, { A_READ, DIRS(0, 3) } },
	{ YES, "the outermost",		{ OF_ALL, DIRS(2, 1) }, { A_READ, DIRS(0, 3) } },
	{ YES, "one between",		{ OF_ALL, DIRS(1, 1) }, { A_READ, DIRS(0, 3) } },
	{ YES, "the last of three",	{ OF_ALL, DIRS(0, 3) }, { A_READ, DIRS(2, 1) } },
	{ YES, "the last of both",	{ OF_ALL, DIRS(0, 3) }, { A_READ, DIRS(2, 4) } },
	{ NO, "none of both",		{ OF_ALL, DIRS(0, 3) }, { A_READ, DIRS(3, 3) } },
	{ NO, "its executable",		{ OF_ALL, DIRS(0, 1) }, { A_READ, EXE(1, 10, 5) } },
	{ YES, "of a rename",		{ OF_ALL, DIRS(0, 1) }, { A(RENAME), DIRS(0, 1) } },
	{ NO, "of an unlink elsewhere",	{ OF_ALL, DIRS(0, 1) }, { A(UNLINK), DIRS(1, 1) } },
	{ NO, "of a dump without a file", { OF_ALL, DIRS(0, 1) }, { A(DUMP) } },

	/* cgroup */
	{ YES, "any cgroup",		{ OF_ALL }, { A_READ, CGROUPS(0, 5) } },
	{ YES, "the one",		{ OF_ALL, CGROUPS(1, 1) }, { A_READ, CGROUPS(1, 1) } },
	{ NO, "another",		{ OF_ALL, CGROUPS(1, 1) }, { A_READ, CGROUPS(0, 1) } },
	{ NO, "none",			{ OF_ALL, CGROUPS(0, 5) }, { A_READ } },
	{ YES, "the innermost",		{ OF_ALL, CGROUPS(0, 1) }, { A_READ, CGROUPS(0, 3) } },
	{ YES, "the outermost",		{ OF_ALL, CGROUPS(2, 1) }, { A_READ, CGROUPS(0, 3) } },
	{ YES, "the last of three",	{ OF_ALL, CGROUPS(0, 3) }, { A_READ, CGROUPS(2, 1) } },
	{ YES, "the last of both",	{ OF_ALL, CGROUPS(0, 3) }, { A_READ, CGROUPS(2, 3) } },
	{ NO, "none of both",		{ OF_ALL, CGROUPS(0, 2) }, { A_READ, CGROUPS(2, 3) } },
	{ NO, "the same in 32 bits",	{ OF_ALL, CGROUPS(1, 1) }, { A_READ, CGROUPS(3, 1) } },
	{ YES, "the largest",		{ OF_ALL, CGROUPS(4, 1) }, { A_READ, CGROUPS(0, 5) } },
	{ NO, "behind the list",	{ OF_ALL, CGROUPS(0, 2) }, { A_READ, CGROUPS(4, 1) } },
	{ YES, "of a dump",		{ OF_ALL, CGROUPS(1, 1) }, { A(DUMP), CGROUPS(0, 2) } },

	/* initial_namespaces */
	{ YES, "in any, in them",	{ OF_ALL }, { A_READ, NS(1) } },
	{ YES, "in any, in others",	{ OF_ALL }, { A_READ, NS(0) } },
	{ YES, "in them, in them",	{ OF_ALL, NS(SO) }, { A_READ, NS(1) } },
	{ NO, "in them, in others",	{ OF_ALL, NS(SO) }, { A_READ, NS(0) } },
	{ NO, "in others, in them",	{ OF_ALL, NS(NOT_SO) }, { A_READ, NS(1) } },
	{ YES, "in others, in others",	{ OF_ALL, NS(NOT_SO) }, { A_READ, NS(0) } },
	{ NO, "a dump in others",	{ OF_ALL, NS(SO) }, { A(DUMP), NS(0) } },
	{ NO, "a rename in them",	{ OF_ALL, NS(NOT_SO) }, { A(RENAME), NS(1) } },

	/* forced, privileged */
	{ YES, "any, forced",		{ IF_DUMP }, { A(DUMP), FORCED(1) } },
	{ YES, "forced, forced",	{ IF_DUMP, FORCED(SO) }, { A(DUMP), FORCED(1) } },
	{ NO, "forced, not",		{ IF_DUMP, FORCED(SO) }, { A(DUMP), FORCED(0) } },
	{ NO, "not forced, forced",	{ IF_DUMP, FORCED(NOT_SO) }, { A(DUMP), FORCED(1) } },
	{ YES, "not forced, not",	{ IF_DUMP, FORCED(NOT_SO) }, { A(DUMP), FORCED(0) } },
	{ YES, "any, privileged",	{ IF_DUMP }, { A(DUMP), PRIVILEGED(1) } },
	{ YES, "privileged, so",	{ IF_DUMP, PRIVILEGED(SO) }, { A(DUMP), PRIVILEGED(1) } },
	{ NO, "privileged, not",	{ IF_DUMP, PRIVILEGED(SO) }, { A(DUMP), PRIVILEGED(0) } },
	{ NO, "not privileged, so",
	  { IF_DUMP, PRIVILEGED(NOT_SO) }, { A(DUMP), PRIVILEGED(1) } },
	{ YES, "not privileged, not",
	  { IF_DUMP, PRIVILEGED(NOT_SO) }, { A(DUMP), PRIVILEGED(0) } },
	{ NO, "forced, privileged",	{ IF_DUMP, FORCED(SO) }, { A(DUMP), PRIVILEGED(1) } },
	{ NO, "privileged, forced",	{ IF_DUMP, PRIVILEGED(SO) }, { A(DUMP), FORCED(1) } },
	{ YES, "both, both",
	  { IF_DUMP, FORCED(SO), PRIVILEGED(SO) }, { A(DUMP), FORCED(1), PRIVILEGED(1) } },
	{ NO, "both, forced",
	  { IF_DUMP, FORCED(SO), PRIVILEGED(SO) }, { A(DUMP), FORCED(1), PRIVILEGED(0) } },
	{ NO, "both, privileged",
	  { IF_DUMP, FORCED(SO), PRIVILEGED(SO) }, { A(DUMP), FORCED(0), PRIVILEGED(1) } },
	{ YES, "one and not the other",
	  { IF_DUMP, FORCED(SO), PRIVILEGED(NOT_SO) }, { A(DUMP), FORCED(1), PRIVILEGED(0) } },
	{ YES, "of an open, forced is not asked", { OF_ALL, FORCED(SO) }, { A_READ } },
	{ YES, "of an open, privileged is not asked", { OF_ALL, PRIVILEGED(SO) }, { A_READ } },
	{ YES, "nor of an unlink",	{ OF_ALL, FORCED(SO), PRIVILEGED(NOT_SO) },
	  { A(UNLINK), PRIVILEGED(1) } },

	/* Several keys: all have to be so. */
	{ YES, "all is so", { ALL_KEYS },
	  { A_READ, BY(1000, 1), EXE(1, 10, 5), DIRS(1, 1), CGROUPS(0, 1), NS(1) } },
	{ NO, "but the type", { ALL_KEYS },
	  { A(LINK), BY(1000, 1), EXE(1, 10, 5), DIRS(1, 1), CGROUPS(0, 1), NS(1) } },
	{ NO, "but the class", { ALL_KEYS },
	  { OPEN(COREDUMP_FILTER, READ), BY(1000, 1), EXE(1, 10, 5), DIRS(1, 1),
	    CGROUPS(0, 1), NS(1) } },
	{ NO, "but the access", { ALL_KEYS },
	  { OPEN(CORE, EXEC), BY(1000, 1), EXE(1, 10, 5), DIRS(1, 1), CGROUPS(0, 1), NS(1) } },
	{ NO, "but the user", { ALL_KEYS },
	  { A_READ, BY(0, 1), EXE(1, 10, 5), DIRS(1, 1), CGROUPS(0, 1), NS(1) } },
	{ NO, "but the group", { ALL_KEYS },
	  { A_READ, BY(1000, 0), EXE(1, 10, 5), DIRS(1, 1), CGROUPS(0, 1), NS(1) } },
	{ NO, "but the executable", { ALL_KEYS },
	  { A_READ, BY(1000, 1), EXE(3, 30, 0), DIRS(1, 1), CGROUPS(0, 1), NS(1) } },
	{ NO, "but the directory", { ALL_KEYS },
	  { A_READ, BY(1000, 1), EXE(1, 10, 5), DIRS(0, 1), CGROUPS(0, 1), NS(1) } },
	{ NO, "but the cgroup", { ALL_KEYS },
	  { A_READ, BY(1000, 1), EXE(1, 10, 5), DIRS(1, 1), CGROUPS(1, 1), NS(1) } },
	{ NO, "but the namespaces", { ALL_KEYS },
	  { A_READ, BY(1000, 1), EXE(1, 10, 5), DIRS(1, 1), CGROUPS(0, 1), NS(0) } },
};

TEST(what_a_rule_matches)
{
	struct cdm_policy policy = {
		.fallback = COREDUMP_MON_ACTION_LOG,
		.classes = ~0U,
		.count = 1,
	};
	struct cdm_policy_answer answer;
	struct cdm_policy_rule rule;
	int i;

	ASSERT_LE(200, ARRAY_SIZE(cases));
	policy.rules = &rule;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		rule = cases[i].rule;
		rule.name = "r";
		rule.action = COREDUMP_MON_ACTION_DENY;
		cdm_policy_decide(&policy, &cases[i].query, &answer);
		EXPECT_EQ(cases[i].match, answer.matched) {
			TH_LOG("%s", cases[i].name);
		}
		EXPECT_EQ(cases[i].match, answer.verdict == COREDUMP_MON_WOULD_DENY) {
			TH_LOG("%s", cases[i].name);
		}
		EXPECT_STREQ(cases[i].match ? "r" : "default", answer.rule) {
			TH_LOG("%s", cases[i].name);
		}
	}
	TH_LOG("%d cases", i);
}

TEST_HARNESS_MAIN
