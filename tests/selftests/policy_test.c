// SPDX-License-Identifier: GPL-2.0
/*
 * The module's decisions, as a table of cases: policy.c itself, compiled into
 * this program.
 */
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
	struct cdm_policy_query query = { file_class, access, enforcing };

	return cdm_policy_decide(&query);
}

TEST(table_of_cases)
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

TEST(same_query_same_answer)
{
	struct cdm_policy_answer first = decide(COREDUMP_MON_CLASS_CORE,
						COREDUMP_MON_ACCESS_READ, 1);
	int i;

	for (i = 0; i < 1000; i++) {
		struct cdm_policy_answer other;

		decide(i % 4, i % 8, i % 2);
		other = decide(COREDUMP_MON_CLASS_CORE,
			       COREDUMP_MON_ACCESS_READ, 1);
		ASSERT_EQ(first.verdict, other.verdict);
		ASSERT_EQ(first.priority, other.priority);
		ASSERT_STREQ(first.rule, other.rule);
	}
}

TEST_HARNESS_MAIN
