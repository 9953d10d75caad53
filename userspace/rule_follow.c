// SPDX-License-Identifier: GPL-2.0
#include "policy_now.h"
#include "record.h"
#include "report.h"
#include "rule_follow.h"
#include "rule_says.h"

static struct policy_now now;

void rule_follow(int fd)
{
	rule_says_use(NULL);
	policy_now_free(&now);
	if (policy_now_get(fd, &now))
		return;
	if (!rule_says_use(now.policy))
		report("out of memory for messages and tags of the rules in force");
}

void rule_follow_record(int fd, const void *record)
{
	static struct event event;

	if (record_type(record) == COREDUMP_MON_POLICY &&
	    record_decode(record, &event) &&
	    has(event.has, COREDUMP_MON_A_POLICY) &&
	    event.policy.change == COREDUMP_MON_CHANGE_RULES)
		rule_follow(fd);
}
