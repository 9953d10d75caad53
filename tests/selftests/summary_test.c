// SPDX-License-Identifier: GPL-2.0
/*
 * A change of rules is told with what they come to before and after, and with
 * digests by which to tell them apart. What the digests are of, the case "digest"
 * of tests/vm proves.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "cdm_rules.h"

FIXTURE(summary)
{
	struct cdm_env env;
	struct cdm_rules *rules;
	/* Those in force. */
	struct coredump_mon_summary now;
	int dir;
};

FIXTURE_SETUP(summary)
{
	struct coredump_mon_info info;

	self->rules = malloc(sizeof(*self->rules));
	ASSERT_NE(NULL, self->rules);
	ASSERT_EQ(0, cdm_env_up(&self->env));
	ASSERT_EQ(0, cdm_info(self->env.reader.fd, &info));
	self->now = info.rules;
	self->dir = open(self->env.dir, O_PATH);
	ASSERT_LE(0, self->dir);
}

FIXTURE_TEARDOWN(summary)
{
	cdm_env_down(&self->env);
	free(self->rules);
}

/* The record of a change: its old rules are those in force, its new ones are then. */
static bool told(FIXTURE_DATA(summary) *self)
{
	const struct coredump_mon_record *rec =
		cdm_next_of(&self->env.reader, COREDUMP_MON_POLICY, getpid());
	const struct coredump_mon_summary *of[2];
	struct coredump_mon_info info;
	int i;

	for (i = 0; rec && i < 2; i++)
		of[i] = cdm_struct(cdm_get_nth(rec, 0, COREDUMP_MON_A_SUMMARY, i),
				   sizeof(*of[i]));
	if (!rec || !of[0] || !of[1] || !cdm_policy(rec) ||
	    cdm_policy(rec)->change != COREDUMP_MON_CHANGE_RULES ||
	    cdm_policy(rec)->old_value != self->now.count ||
	    cdm_policy(rec)->new_value != of[1]->count ||
	    memcmp(of[0], &self->now, sizeof(self->now)))
		return false;
	self->now = *of[1];
	return !cdm_info(self->env.reader.fd, &info) &&
	       !memcmp(&info.rules, &self->now, sizeof(self->now));
}

/* Two rules, of which one denies; what is given differs a little. */
static bool load(FIXTURE_DATA(summary) *self, int dir, __u32 fallback,
		 const char *text)
{
	const int dirs[] = { dir, -1 };
	const struct cdm_named named = { .directories = dirs };

	cdm_rules_begin(self->rules);
	cdm_rules_add(self->rules, "one", COREDUMP_MON_ACTION_DENY,
		      CDM_BIT(COREDUMP_MON_OPEN), &named);
	cdm_rules_add(self->rules, "two", COREDUMP_MON_ACTION_LOG,
		      CDM_BIT(COREDUMP_MON_OPEN), NULL);
	self->rules->set.fallback = fallback;
	self->rules->set.text = (uintptr_t)text;
	self->rules->set.text_len = strlen(text);
	return !cdm_rules_set(self->env.reader.fd, self->rules) && told(self);
}

static const __u8 none[32];

static bool same(const struct coredump_mon_summary *a,
		 const struct coredump_mon_summary *b)
{
	return !memcmp(a->digest, b->digest, sizeof(a->digest));
}

static bool same_text(const struct coredump_mon_summary *a,
		      const struct coredump_mon_summary *b)
{
	return !memcmp(a->text_digest, b->text_digest, sizeof(a->text_digest));
}

TEST_F(summary, of_what_is_built_in)
{
	EXPECT_EQ(COREDUMP_MON_RULES_BUILTIN, self->now.flags);
	EXPECT_EQ(1, self->now.count);
	EXPECT_EQ(1, self->now.denying);
	EXPECT_EQ(COREDUMP_MON_ACTION_LOG, self->now.fallback);
	EXPECT_EQ(CDM_ALL_CLASSES, self->now.classes);
	EXPECT_NE(0, memcmp(self->now.digest, none, sizeof(none)));
	EXPECT_EQ(0, memcmp(self->now.text_digest, none, sizeof(none)));
}

TEST_F(summary, old_and_new)
{
	const struct coredump_mon_summary builtin = self->now;
	struct coredump_mon_summary first;

	ASSERT_TRUE(load(self, self->dir, COREDUMP_MON_ACTION_IGNORE, "text"));
	EXPECT_EQ(0, self->now.flags);
	EXPECT_EQ(2, self->now.count);
	EXPECT_EQ(1, self->now.denying);
	EXPECT_EQ(COREDUMP_MON_ACTION_IGNORE, self->now.fallback);
	EXPECT_FALSE(same(&self->now, &builtin));
	first = self->now;
	/* The same again, by another descriptor. */
	ASSERT_TRUE(load(self, open(self->env.dir, O_PATH),
			 COREDUMP_MON_ACTION_IGNORE, "text"));
	EXPECT_EQ(0, memcmp(&first, &self->now, sizeof(first)));
	ASSERT_EQ(0, cdm_rules_builtin(self->env.reader.fd));
	ASSERT_TRUE(told(self));
	EXPECT_EQ(0, memcmp(&builtin, &self->now, sizeof(builtin)));
}

TEST_F(summary, digests_differ_as_rules_do)
{
	struct coredump_mon_summary first;

	ASSERT_TRUE(load(self, self->dir, COREDUMP_MON_ACTION_LOG, "text"));
	first = self->now;
	/* Of another text alone. */
	ASSERT_TRUE(load(self, self->dir, COREDUMP_MON_ACTION_LOG, "other text"));
	EXPECT_TRUE(same(&self->now, &first));
	EXPECT_FALSE(same_text(&self->now, &first));
	/* The same text, but another file of that name, or another default. */
	ASSERT_TRUE(load(self, open(self->env.elsewhere, O_PATH),
			 COREDUMP_MON_ACTION_LOG, "text"));
	EXPECT_FALSE(same(&self->now, &first));
	EXPECT_TRUE(same_text(&self->now, &first));
	ASSERT_TRUE(load(self, self->dir, COREDUMP_MON_ACTION_IGNORE, "text"));
	EXPECT_FALSE(same(&self->now, &first));
	EXPECT_TRUE(same_text(&self->now, &first));
	/* No text. */
	ASSERT_TRUE(load(self, self->dir, COREDUMP_MON_ACTION_LOG, ""));
	EXPECT_EQ(0, memcmp(self->now.text_digest, none, sizeof(none)));
	/* No rules are not those that are built in. */
	cdm_rules_begin(self->rules);
	ASSERT_EQ(0, cdm_rules_set(self->env.reader.fd, self->rules));
	ASSERT_TRUE(told(self));
	EXPECT_EQ(0, self->now.flags);
	EXPECT_EQ(0, self->now.count);
	EXPECT_EQ(0, self->now.denying);
}

TEST_F(summary, what_fails_is_not_told)
{
	cdm_rules_begin(self->rules);
	self->rules->set.fallback = COREDUMP_MON_ACTION_DENY;
	EXPECT_EQ(-1, cdm_rules_set(self->env.reader.fd, self->rules));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, cdm_count(&self->env.reader, COREDUMP_MON_POLICY, getpid()));
}

CDM_HARNESS_MAIN
