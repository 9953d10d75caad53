// SPDX-License-Identifier: GPL-2.0
/*
 * The module's decisions, as tables: policy.c itself, compiled into this program.
 * What one rule matches is in policy_match_test.c.
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
		permissive = decide(cases[i].file_class, cases[i].access, 0);
		enforcing = decide(cases[i].file_class, cases[i].access, 1);
		EXPECT_EQ(cases[i].permissive, permissive.verdict) {
			TH_LOG("%s", cases[i].name);
		}
		EXPECT_EQ(cases[i].enforcing, enforcing.verdict) {
			TH_LOG("%s", cases[i].name);
		}
		EXPECT_EQ(cases[i].priority, permissive.priority) {
			TH_LOG("%s", cases[i].name);
		}
		EXPECT_EQ(cases[i].priority, enforcing.priority) {
			TH_LOG("%s", cases[i].name);
		}
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

/* A rule about reads of core files, and such a read. */
#define ANY_OPEN	.types = 1 << COREDUMP_MON_OPEN,			\
			.classes = ~0U,						\
			.accesses = 1 << COREDUMP_MON_ACCESS_READ
#define A_READ		.type = COREDUMP_MON_OPEN,				\
			.file_class = COREDUMP_MON_CLASS_CORE,			\
			.access = COREDUMP_MON_ACCESS_READ, .user = 1000

/*
 * Policies, a letter for each rule: it denies, logs or ignores; a small one is about
 * somebody else. What no rule is about is L or I. Then: which one decides, from 0 on,
 * and what comes of it when nothing can be refused, and when it can.
 */
static const struct {
	const char *rules;
	char fallback;
	int decides;
	const char *permissive;
	const char *enforcing;
} orders[] = {
	{ "",		'L',	-1,	"allowed",	"allowed" },
	{ "",		'I',	-1,	"ignored",	"ignored" },
	{ "D",		'L',	0,	"would-deny",	"denied" },
	{ "D",		'I',	0,	"would-deny",	"denied" },
	{ "L",		'L',	0,	"allowed",	"allowed" },
	{ "L",		'I',	0,	"allowed",	"allowed" },
	{ "I",		'L',	0,	"ignored",	"ignored" },
	{ "I",		'I',	0,	"ignored",	"ignored" },
	{ "d",		'L',	-1,	"allowed",	"allowed" },
	{ "d",		'I',	-1,	"ignored",	"ignored" },
	{ "l",		'I',	-1,	"ignored",	"ignored" },
	{ "i",		'L',	-1,	"allowed",	"allowed" },
	{ "DL",		'I',	0,	"would-deny",	"denied" },
	{ "DI",		'I',	0,	"would-deny",	"denied" },
	{ "LD",		'I',	0,	"allowed",	"allowed" },
	{ "LI",		'I',	0,	"allowed",	"allowed" },
	{ "ID",		'L',	0,	"ignored",	"ignored" },
	{ "IL",		'L',	0,	"ignored",	"ignored" },
	{ "dL",		'I',	1,	"allowed",	"allowed" },
	{ "dI",		'L',	1,	"ignored",	"ignored" },
	{ "lD",		'I',	1,	"would-deny",	"denied" },
	{ "lI",		'L',	1,	"ignored",	"ignored" },
	{ "iD",		'L',	1,	"would-deny",	"denied" },
	{ "iL",		'I',	1,	"allowed",	"allowed" },
	{ "DD",		'L',	0,	"would-deny",	"denied" },
	{ "dD",		'L',	1,	"would-deny",	"denied" },
	{ "Dd",		'L',	0,	"would-deny",	"denied" },
	{ "dd",		'L',	-1,	"allowed",	"allowed" },
	{ "dli",	'L',	-1,	"allowed",	"allowed" },
	{ "dli",	'I',	-1,	"ignored",	"ignored" },
	{ "Dli",	'I',	0,	"would-deny",	"denied" },
	{ "dLi",	'I',	1,	"allowed",	"allowed" },
	{ "dlI",	'L',	2,	"ignored",	"ignored" },
	{ "diLD",	'I',	2,	"allowed",	"allowed" },
	{ "liDL",	'I',	2,	"would-deny",	"denied" },
	{ "dldIDL",	'L',	3,	"ignored",	"ignored" },
	{ "lllllllD",	'L',	7,	"would-deny",	"denied" },
	{ "dddddddL",	'I',	7,	"allowed",	"allowed" },
	{ "dddddddd",	'I',	-1,	"ignored",	"ignored" },
};

#define ORDER_MAX	8

static __u32 action_of(char letter)
{
	switch (letter) {
	case 'D':
	case 'd':
		return COREDUMP_MON_ACTION_DENY;
	case 'L':
	case 'l':
		return COREDUMP_MON_ACTION_LOG;
	default:
		return COREDUMP_MON_ACTION_IGNORE;
	}
}

static const char *words(const struct cdm_policy_answer *answer)
{
	static const char *const verdicts[] = {
		[COREDUMP_MON_ALLOWED] = "allowed",
		[COREDUMP_MON_WOULD_DENY] = "would-deny",
		[COREDUMP_MON_DENIED] = "denied",
	};

	/* What is ignored is let through. */
	if (answer->ignored)
		return answer->verdict == COREDUMP_MON_ALLOWED ? "ignored" : "?";
	return verdicts[answer->verdict];
}

TEST(first_match_counts)
{
	static const char *const names[ORDER_MAX] = {
		"0", "1", "2", "3", "4", "5", "6", "7",
	};
	static const __u32 root;
	struct cdm_policy_rule rules[ORDER_MAX];
	struct cdm_policy policy = { .classes = ~0U, .rules = rules };
	struct cdm_policy_query query = { A_READ };
	struct cdm_policy_answer answer;
	int i, j;

	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		int decides = orders[i].decides;

		policy.fallback = action_of(orders[i].fallback);
		policy.count = strlen(orders[i].rules);
		for (j = 0; j < ORDER_MAX; j++) {
			/* What is behind them would deny. */
			char letter = j < policy.count ? orders[i].rules[j] : 'D';

			rules[j] = (struct cdm_policy_rule) {
				ANY_OPEN,
				.name = names[j],
				.action = action_of(letter),
				.priority = j,
				.users = &root,
				.user_count = letter >= 'a',
			};
		}
		for (j = 0; j < 2; j++) {
			query.enforcing = j;
			cdm_policy_decide(&policy, &query, &answer);
			EXPECT_STREQ(j ? orders[i].enforcing :
				     orders[i].permissive, words(&answer)) {
				TH_LOG("'%s'", orders[i].rules);
			}
			EXPECT_STREQ(decides < 0 ? "default" : names[decides],
				     answer.rule) {
				TH_LOG("'%s'", orders[i].rules);
			}
			EXPECT_EQ(decides < 0 ? COREDUMP_MON_PRIORITY_NOTICE :
				  decides, answer.priority) {
				TH_LOG("'%s'", orders[i].rules);
			}
			EXPECT_EQ(decides >= 0, answer.matched) {
				TH_LOG("'%s'", orders[i].rules);
			}
		}
	}
}

/* A class that is of no interest is no rule's, whatever these say. */
TEST(classes_of_no_interest)
{
	static const struct {
		__u32 classes;
		__u32 file_class;
		int told;
	} watched[] = {
		{ 0, COREDUMP_MON_CLASS_CORE, 0 },
		{ 1 << COREDUMP_MON_CLASS_CORE, COREDUMP_MON_CLASS_CORE, 1 },
		{ 1 << COREDUMP_MON_CLASS_CORE, COREDUMP_MON_CLASS_COREDUMP_FILTER, 0 },
		{ 1 << COREDUMP_MON_CLASS_CORE, COREDUMP_MON_CLASS_BLOCK_DEVICE, 0 },
		{ 1 << COREDUMP_MON_CLASS_COREDUMP_FILTER, COREDUMP_MON_CLASS_CORE, 0 },
		{ 1 << COREDUMP_MON_CLASS_BLOCK_DEVICE, COREDUMP_MON_CLASS_BLOCK_DEVICE, 1 },
		{ ~0U, COREDUMP_MON_CLASS_COREDUMP_FILTER, 1 },
		{ ~(1U << COREDUMP_MON_CLASS_CORE), COREDUMP_MON_CLASS_CORE, 0 },
		{ ~0U, 32 + COREDUMP_MON_CLASS_CORE, 0 },
		{ ~0U, ~0U, 0 },
	};
	const struct cdm_policy_rule rule = {
		ANY_OPEN, .name = "r", .action = COREDUMP_MON_ACTION_DENY,
	};
	struct cdm_policy policy = {
		.fallback = COREDUMP_MON_ACTION_LOG, .count = 1, .rules = &rule,
	};
	struct cdm_policy_query query = { A_READ, .enforcing = 1 };
	struct cdm_policy_answer answer;
	int i;

	for (i = 0; i < ARRAY_SIZE(watched); i++) {
		policy.classes = watched[i].classes;
		query.file_class = watched[i].file_class;
		cdm_policy_decide(&policy, &query, &answer);
		EXPECT_EQ(!watched[i].told, answer.ignored) TH_LOG("number %d", i);
		EXPECT_EQ(watched[i].told, answer.matched) TH_LOG("number %d", i);
		EXPECT_EQ(watched[i].told, answer.verdict == COREDUMP_MON_DENIED)
			TH_LOG("number %d", i);
	}
}

/* Names of all lengths are whole, and none writes beyond its place. */
TEST(names)
{
	char name[COREDUMP_MON_RULE_NAME_MAX + 2];
	struct cdm_policy_rule rule = {
		ANY_OPEN, .name = name, .action = COREDUMP_MON_ACTION_LOG,
	};
	struct cdm_policy policy = {
		.fallback = COREDUMP_MON_ACTION_LOG,
		.classes = ~0U,
		.count = 1,
		.rules = &rule,
	};
	struct cdm_policy_query query = { A_READ };
	struct cdm_policy_answer answer;
	int len;

	for (len = 1; len <= COREDUMP_MON_RULE_NAME_MAX; len++) {
		memset(name, '\xff', len);
		name[len] = '\0';
		cdm_policy_decide(&policy, &query, &answer);
		EXPECT_STREQ(name, answer.rule);
	}
	/* One that has no end. */
	memset(name, 'x', sizeof(name));
	cdm_policy_decide(&policy, &query, &answer);
	EXPECT_EQ(COREDUMP_MON_RULE_NAME_MAX, strlen(answer.rule));
}

TEST_HARNESS_MAIN
