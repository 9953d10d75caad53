// SPDX-License-Identifier: GPL-2.0
/*
 * The module's decisions beside a slow and simple reference, for many policies that
 * nobody thought of: policy.c itself, compiled into this program.
 */
#include <stdlib.h>

#include "kselftest_harness.h"

#include "policy.h"

static const struct cdm_policy_id ids[] = {
	{ 1, 10, 0 }, { 1, 11, 0 }, { 2, 10, 0 }, { 1, 10, 7 },
};

/* By their place. */
static const char *const names[] = { "first", "second", "third", "fourth", "fifth" };

static const __u32 numbers[] = { 0, 1, 2, 1000 };
static const __u64 cgroups[] = { 1, 50, 1ULL << 40 };

static unsigned int pick(unsigned int n)
{
	return rand() % n;
}

static struct cdm_policy_rule random_rule(const char *name)
{
	return (struct cdm_policy_rule) {
		.name = name,
		.action = 1 + pick(3),
		.priority = pick(8),
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
	enum { RULES = sizeof(names) / sizeof(*names) };
	struct cdm_policy_rule rules[RULES];
	struct cdm_policy policy = { .rules = rules, .count = RULES };
	struct cdm_policy_answer answer;
	unsigned int hits = 0;
	int i, j;

	srand(1);
	for (i = 0; i < 50000; i++) {
		struct cdm_policy_query query = random_query();
		const struct cdm_policy_rule *rule = NULL;
		__u32 action;

		policy.classes = rand() & 0xe;
		policy.fallback = 1 + pick(2);
		for (j = 0; j < RULES; j++)
			rules[j] = random_rule(names[j]);
		for (j = RULES; j--;) {
			if (reference(&rules[j], &query))
				rule = &rules[j];
		}
		hits += !!rule;
		action = rule ? rule->action : policy.fallback;
		if (!(policy.classes >> query.file_class & 1)) {
			rule = NULL;
			action = COREDUMP_MON_ACTION_IGNORE;
		}
		cdm_policy_decide(&policy, &query, &answer);
		ASSERT_EQ(action == COREDUMP_MON_ACTION_IGNORE, answer.ignored);
		ASSERT_EQ(action != COREDUMP_MON_ACTION_DENY ?
			  COREDUMP_MON_ALLOWED : query.enforcing ?
			  COREDUMP_MON_DENIED : COREDUMP_MON_WOULD_DENY,
			  answer.verdict);
		/* Not one that comes to the same. */
		ASSERT_EQ(!!rule, answer.matched);
		ASSERT_STREQ(rule ? rule->name : "default", answer.rule);
		ASSERT_EQ(rule ? rule->priority : COREDUMP_MON_PRIORITY_NOTICE,
			  answer.priority);
	}
	/* Both happen. */
	EXPECT_LT(5000, hits);
	EXPECT_GT(45000, hits);
}

TEST_HARNESS_MAIN
