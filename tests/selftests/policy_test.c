// SPDX-License-Identifier: GPL-2.0
/*
 * The module's decisions, as tables of cases and beside a slow and simple
 * reference: policy.c itself, compiled into this program.
 */
#include <stdlib.h>

#include "kselftest_harness.h"

#include "policy.h"

static const struct {
	const char *name;
	__u32 file_class;
	__u32 access;
	/* When nothing can be refused, and when it can. */
	__u32 permissive;
	__u32 enforcing;
	__u32 priority;
} cases[] = {
	{
		"a core is read",
		COREDUMP_MON_CLASS_CORE, COREDUMP_MON_ACCESS_READ,
		COREDUMP_MON_WOULD_DENY, COREDUMP_MON_DENIED,
		COREDUMP_MON_PRIORITY_WARNING,
	}, {
		"a core is opened for both",
		COREDUMP_MON_CLASS_CORE, COREDUMP_MON_ACCESS_READ_WRITE,
		COREDUMP_MON_WOULD_DENY, COREDUMP_MON_DENIED,
		COREDUMP_MON_PRIORITY_WARNING,
	}, {
		"a core is executed",
		COREDUMP_MON_CLASS_CORE, COREDUMP_MON_ACCESS_EXEC,
		COREDUMP_MON_WOULD_DENY, COREDUMP_MON_DENIED,
		COREDUMP_MON_PRIORITY_WARNING,
	}, {
		"a core is written",
		COREDUMP_MON_CLASS_CORE, COREDUMP_MON_ACCESS_WRITE,
		COREDUMP_MON_ALLOWED, COREDUMP_MON_ALLOWED,
		COREDUMP_MON_PRIORITY_NOTICE,
	}, {
		"a coredump_filter is read",
		COREDUMP_MON_CLASS_COREDUMP_FILTER, COREDUMP_MON_ACCESS_READ,
		COREDUMP_MON_ALLOWED, COREDUMP_MON_ALLOWED,
		COREDUMP_MON_PRIORITY_NOTICE,
	}, {
		"a coredump_filter is written",
		COREDUMP_MON_CLASS_COREDUMP_FILTER, COREDUMP_MON_ACCESS_WRITE,
		COREDUMP_MON_ALLOWED, COREDUMP_MON_ALLOWED,
		COREDUMP_MON_PRIORITY_NOTICE,
	}, {
		"a coredump_filter is opened for both",
		COREDUMP_MON_CLASS_COREDUMP_FILTER,
		COREDUMP_MON_ACCESS_READ_WRITE,
		COREDUMP_MON_ALLOWED, COREDUMP_MON_ALLOWED,
		COREDUMP_MON_PRIORITY_NOTICE,
	},
	/* What it does not know it lets through: else the system stops. */
	{
		"a core, but nothing is asked of it",
		COREDUMP_MON_CLASS_CORE, 0,
		COREDUMP_MON_ALLOWED, COREDUMP_MON_ALLOWED,
		COREDUMP_MON_PRIORITY_NOTICE,
	}, {
		"a core, asked for in an unknown way",
		COREDUMP_MON_CLASS_CORE, ~0U,
		COREDUMP_MON_ALLOWED, COREDUMP_MON_ALLOWED,
		COREDUMP_MON_PRIORITY_NOTICE,
	}, {
		"an unknown class",
		~0U, COREDUMP_MON_ACCESS_READ,
		COREDUMP_MON_ALLOWED, COREDUMP_MON_ALLOWED,
		COREDUMP_MON_PRIORITY_NOTICE,
	},
};

static struct cdm_policy_answer decide(__u32 file_class, __u32 access,
				       __u32 enforcing)
{
	struct cdm_policy_query query = {
		.type = COREDUMP_MON_OPEN,
		.file_class = file_class,
		.access = access,
		.enforcing = enforcing,
	};
	struct cdm_policy_answer answer;

	cdm_policy_decide(&cdm_policy_builtin, &query, &answer);
	return answer;
}

TEST(builtin)
{
	struct cdm_policy_answer permissive, enforcing;
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		TH_LOG("%s", cases[i].name);
		permissive = decide(cases[i].file_class, cases[i].access, 0);
		enforcing = decide(cases[i].file_class, cases[i].access, 1);
		EXPECT_EQ(cases[i].permissive, permissive.verdict);
		EXPECT_EQ(cases[i].enforcing, enforcing.verdict);
		EXPECT_EQ(cases[i].priority, permissive.priority);
		EXPECT_EQ(cases[i].priority, enforcing.priority);
		/* The mode changes what is done, never which rule decides. */
		EXPECT_STREQ(permissive.rule, enforcing.rule);
		EXPECT_NE('\0', permissive.rule[0]);
	}
}

/* What each of the other kinds of event comes to by the built-in rule. */
TEST(builtin_lets_changes_through)
{
	struct cdm_policy_query query = {
		.file_class = COREDUMP_MON_CLASS_CORE,
		.enforcing = 1,
	};
	struct cdm_policy_answer answer;

	for (query.type = COREDUMP_MON_RENAME; query.type <= COREDUMP_MON_ATTR;
	     query.type++) {
		cdm_policy_decide(&cdm_policy_builtin, &query, &answer);
		EXPECT_EQ(COREDUMP_MON_ALLOWED, answer.verdict);
		EXPECT_EQ(0, answer.ignored);
		EXPECT_STREQ("default", answer.rule);
	}
}

#define RULE(n, a, t)	.name = n, .action = COREDUMP_MON_ACTION_##a,		\
			.types = 1 << COREDUMP_MON_##t,				\
			.classes = 1 << COREDUMP_MON_CLASS_CORE,		\
			.accesses = 1 << COREDUMP_MON_ACCESS_READ
#define ANY_OPEN	RULE("r", DENY, OPEN)
#define A_DUMP		RULE("r", DENY, DUMP)
#define DUMPED		.type = COREDUMP_MON_DUMP, .enforcing = 1,		\
			.file_class = COREDUMP_MON_CLASS_CORE
#define A_READ		.type = COREDUMP_MON_OPEN,				\
			.file_class = COREDUMP_MON_CLASS_CORE,			\
			.access = COREDUMP_MON_ACCESS_READ, .enforcing = 1

static const struct cdm_policy_id ids[] = {
	{ 1, 10, 0 }, { 1, 11, 0 }, { 2, 10, 0 }, { 1, 10, 7 },
};

static const __u32 numbers[] = { 0, 1, 2, 1000 };
static const __u64 cgroups[] = { 1, 50, 1ULL << 40 };

/* One thing that a rule asks for, and whether that is so. */
static const struct {
	const char *name;
	struct cdm_policy_rule rule;
	struct cdm_policy_query query;
	int match;
} asks[] = {
	{ "nothing more", { ANY_OPEN }, { A_READ }, 1 },
	{ "another type", { ANY_OPEN },
	  { .type = COREDUMP_MON_LINK, .file_class = COREDUMP_MON_CLASS_CORE }, 0 },
	{ "another class", { ANY_OPEN },
	  { .type = COREDUMP_MON_OPEN, .access = COREDUMP_MON_ACCESS_READ,
	    .file_class = COREDUMP_MON_CLASS_COREDUMP_FILTER }, 0 },
	{ "another access", { ANY_OPEN },
	  { .type = COREDUMP_MON_OPEN, .access = COREDUMP_MON_ACCESS_WRITE,
	    .file_class = COREDUMP_MON_CLASS_CORE }, 0 },
	{ "a user", { ANY_OPEN, .users = numbers, .user_count = 4 },
	  { A_READ, .user = 1000 }, 1 },
	{ "root", { ANY_OPEN, .users = numbers, .user_count = 1 },
	  { A_READ, .user = 0 }, 1 },
	{ "another user", { ANY_OPEN, .users = numbers, .user_count = 3 },
	  { A_READ, .user = 1000 }, 0 },
	{ "a group", { ANY_OPEN, .groups = numbers, .group_count = 2 },
	  { A_READ, .group = 1 }, 1 },
	{ "a supplementary group", { ANY_OPEN, .groups = numbers + 3, .group_count = 1 },
	  { A_READ, .group = 5, .groups = numbers, .group_count = 4 }, 1 },
	{ "another group", { ANY_OPEN, .groups = numbers + 3, .group_count = 1 },
	  { A_READ, .group = 5, .groups = numbers, .group_count = 3 }, 0 },
	{ "an executable", { ANY_OPEN, .executables = ids, .executable_count = 2 },
	  { A_READ, .executable = { 1, 11, 0 } }, 1 },
	{ "on another file system",
	  { ANY_OPEN, .executables = ids, .executable_count = 2 },
	  { A_READ, .executable = { 2, 11, 0 } }, 0 },
	{ "of another generation",
	  { ANY_OPEN, .executables = ids, .executable_count = 2 },
	  { A_READ, .executable = { 1, 10, 7 } }, 0 },
	{ "one that is not to be relied on",
	  { ANY_OPEN, .executables = (const struct cdm_policy_id[]) { { 0, 0, 0 } },
	    .executable_count = 1 }, { A_READ }, 0 },
	{ "a directory", { ANY_OPEN, .directories = ids, .directory_count = 1 },
	  { A_READ, .directories = ids, .directory_count = 3 }, 1 },
	{ "another directory", { ANY_OPEN, .directories = ids, .directory_count = 1 },
	  { A_READ, .directories = ids + 1, .directory_count = 3 }, 0 },
	{ "no directory", { ANY_OPEN, .directories = ids, .directory_count = 1 },
	  { A_READ }, 0 },
	{ "a cgroup", { ANY_OPEN, .cgroups = cgroups + 2, .cgroup_count = 1 },
	  { A_READ, .cgroups = cgroups, .cgroup_count = 3 }, 1 },
	{ "another cgroup", { ANY_OPEN, .cgroups = cgroups + 2, .cgroup_count = 1 },
	  { A_READ, .cgroups = cgroups, .cgroup_count = 2 }, 0 },
	{ "a forced dump", { A_DUMP, .forced = COREDUMP_MON_YES },
	  { DUMPED, .forced = 1 }, 1 },
	{ "one that is not", { A_DUMP, .forced = COREDUMP_MON_YES }, { DUMPED }, 0 },
	{ "a privileged one", { A_DUMP, .privileged = COREDUMP_MON_YES },
	  { DUMPED, .privileged = 1 }, 1 },
	{ "one that is not", { A_DUMP, .privileged = COREDUMP_MON_NO },
	  { DUMPED, .privileged = 1 }, 0 },
	{ "of an open, a dump's are not looked at",
	  { ANY_OPEN, .forced = COREDUMP_MON_YES, .privileged = COREDUMP_MON_YES },
	  { A_READ }, 1 },
	{ "initial namespaces", { ANY_OPEN, .initial_namespaces = COREDUMP_MON_YES },
	  { A_READ, .initial_namespaces = 1 }, 1 },
	{ "not in them", { ANY_OPEN, .initial_namespaces = COREDUMP_MON_YES },
	  { A_READ }, 0 },
	{ "others", { ANY_OPEN, .initial_namespaces = COREDUMP_MON_NO },
	  { A_READ }, 1 },
	{ "in them", { ANY_OPEN, .initial_namespaces = COREDUMP_MON_NO },
	  { A_READ, .initial_namespaces = 1 }, 0 },
};

TEST(what_a_rule_asks_for)
{
	struct cdm_policy policy = {
		.fallback = COREDUMP_MON_ACTION_LOG,
		.classes = ~0U,
		.count = 1,
	};
	struct cdm_policy_answer answer;
	int i;

	for (i = 0; i < ARRAY_SIZE(asks); i++) {
		TH_LOG("%s", asks[i].name);
		policy.rules = &asks[i].rule;
		cdm_policy_decide(&policy, &asks[i].query, &answer);
		EXPECT_EQ(asks[i].match, answer.verdict == COREDUMP_MON_DENIED);
		EXPECT_STREQ(asks[i].match ? "r" : "default", answer.rule);
	}
}

TEST(first_match_counts)
{
	const struct cdm_policy_rule rules[] = {
		{ ANY_OPEN, .users = numbers + 3, .user_count = 1 },
		{ RULE("second", IGNORE, OPEN) },
		{ RULE("third", DENY, OPEN) },
	};
	struct cdm_policy policy = {
		.fallback = COREDUMP_MON_ACTION_LOG,
		.classes = 1 << COREDUMP_MON_CLASS_CORE,
		.count = 3,
		.rules = rules,
	};
	struct cdm_policy_query query = { A_READ };
	struct cdm_policy_answer answer;

	cdm_policy_decide(&policy, &query, &answer);
	EXPECT_STREQ("second", answer.rule);
	EXPECT_EQ(1, answer.ignored);
	EXPECT_EQ(COREDUMP_MON_ALLOWED, answer.verdict);
	query.user = 1000;
	cdm_policy_decide(&policy, &query, &answer);
	EXPECT_STREQ("r", answer.rule);
	EXPECT_EQ(0, answer.ignored);
	/* A class that is of no interest is no rule's. */
	query.file_class = COREDUMP_MON_CLASS_COREDUMP_FILTER;
	cdm_policy_decide(&policy, &query, &answer);
	EXPECT_EQ(1, answer.ignored);
}

static unsigned int pick(unsigned int n)
{
	return rand() % n;
}

static struct cdm_policy_rule random_rule(void)
{
	return (struct cdm_policy_rule) {
		.name = "r",
		.action = 1 + pick(3),
		.types = rand() & 0x1fe,
		.classes = rand() & 0xe,
		.accesses = rand() & 0x1e,
		.initial_namespaces = pick(3),
		.forced = pick(3),
		.privileged = pick(3),
		.executable_count = pick(2) * pick(4),
		.directory_count = pick(2) * pick(4),
		.cgroup_count = pick(2) * pick(3),
		.user_count = pick(2) * pick(4),
		.group_count = pick(2) * pick(4),
		.executables = ids,
		.directories = ids,
		.cgroups = cgroups,
		.users = numbers,
		.groups = numbers,
	};
}

static struct cdm_policy_query random_query(void)
{
	return (struct cdm_policy_query) {
		.type = 1 + pick(8),
		.file_class = 1 + pick(3),
		.access = 1 + pick(4),
		.enforcing = pick(2),
		.initial_namespaces = pick(2),
		.forced = pick(2),
		.privileged = pick(2),
		.executable = pick(4) ? ids[pick(4)] : (struct cdm_policy_id) {},
		.user = numbers[pick(4)],
		.group = numbers[pick(4)],
		.group_count = pick(4),
		.directory_count = pick(4),
		.cgroup_count = pick(3),
		.groups = numbers + 1,
		.directories = ids + 1,
		.cgroups = cgroups + 1,
	};
}

static bool one_of_ids(const struct cdm_policy_id *a, size_t n,
		       const struct cdm_policy_id *b, size_t m)
{
	size_t i, j;

	for (i = 0; i < n; i++)
		for (j = 0; j < m; j++)
			if (a[i].fs == b[j].fs && a[i].ino == b[j].ino &&
			    a[i].generation == b[j].generation)
				return true;
	return false;
}

static bool one_of(const void *a, size_t n, const void *b, size_t m, size_t size)
{
	size_t i, j;

	for (i = 0; i < n; i++)
		for (j = 0; j < m; j++)
			if (!memcmp((const char *)a + i * size,
				    (const char *)b + j * size, size))
				return true;
	return false;
}

/* What is asked for, one after the other. */
static bool reference(const struct cdm_policy_rule *rule,
		      const struct cdm_policy_query *query)
{
	const struct cdm_policy_id *exe = &query->executable;
	bool ok = rule->types >> query->type & 1 &&
		  rule->classes >> query->file_class & 1;

	if (query->type == COREDUMP_MON_OPEN)
		ok &= rule->accesses >> query->access & 1;
	if (rule->initial_namespaces == COREDUMP_MON_YES)
		ok &= query->initial_namespaces;
	if (rule->initial_namespaces == COREDUMP_MON_NO)
		ok &= !query->initial_namespaces;
	if (query->type == COREDUMP_MON_DUMP) {
		ok &= rule->forced != COREDUMP_MON_YES || query->forced;
		ok &= rule->forced != COREDUMP_MON_NO || !query->forced;
		ok &= rule->privileged != COREDUMP_MON_YES || query->privileged;
		ok &= rule->privileged != COREDUMP_MON_NO || !query->privileged;
	}
	if (rule->executable_count)
		ok &= exe->ino && one_of_ids(exe, 1, rule->executables,
					     rule->executable_count);
	if (rule->directory_count)
		ok &= one_of_ids(query->directories, query->directory_count,
				 rule->directories, rule->directory_count);
	if (rule->cgroup_count)
		ok &= one_of(query->cgroups, query->cgroup_count, rule->cgroups,
			     rule->cgroup_count, sizeof(__u64));
	if (rule->user_count)
		ok &= one_of(&query->user, 1, rule->users, rule->user_count,
			     sizeof(__u32));
	if (rule->group_count)
		ok &= one_of(&query->group, 1, rule->groups, rule->group_count,
			     sizeof(__u32)) ||
		      one_of(query->groups, query->group_count, rule->groups,
			     rule->group_count, sizeof(__u32));
	return ok;
}

TEST(as_the_reference_says)
{
	enum { RULES = 5 };
	struct cdm_policy_rule rules[RULES];
	struct cdm_policy policy = { .rules = rules, .count = RULES };
	struct cdm_policy_answer answer;
	unsigned int hits = 0;
	int i, j;

	srand(1);
	for (i = 0; i < 50000; i++) {
		struct cdm_policy_query query = random_query();
		__u32 action;

		policy.classes = rand() & 0xe;
		policy.fallback = 1 + pick(2);
		for (j = 0; j < RULES; j++)
			rules[j] = random_rule();
		action = policy.fallback;
		for (j = 0; j < RULES; j++) {
			if (reference(&rules[j], &query)) {
				action = rules[j].action;
				hits++;
				break;
			}
		}
		if (!(policy.classes >> query.file_class & 1))
			action = COREDUMP_MON_ACTION_IGNORE;
		cdm_policy_decide(&policy, &query, &answer);
		ASSERT_EQ(action == COREDUMP_MON_ACTION_IGNORE, answer.ignored);
		ASSERT_EQ(action != COREDUMP_MON_ACTION_DENY ?
			  COREDUMP_MON_ALLOWED : query.enforcing ?
			  COREDUMP_MON_DENIED : COREDUMP_MON_WOULD_DENY,
			  answer.verdict);
	}
	/* Both happen. */
	EXPECT_LT(5000, hits);
	EXPECT_GT(45000, hits);
}

TEST_HARNESS_MAIN
