/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rules to verdict: a pure function of its arguments, so that it can be tested
 * as a table, also in user space.
 */
#ifndef CDM_POLICY_H
#define CDM_POLICY_H

#include <linux/coredump_mon.h>

/**
 * struct cdm_policy_query - what is to be decided
 * @file_class: enum coredump_mon_class
 * @access: enum coredump_mon_access
 * @enforcing: whether a refusal can be carried out
 */
struct cdm_policy_query {
	__u32 file_class;
	__u32 access;
	__u32 enforcing;
};

/**
 * struct cdm_policy_answer - what was decided
 * @verdict: enum coredump_mon_verdict
 * @priority: enum coredump_mon_priority
 * @rule: name of the rule
 */
struct cdm_policy_answer {
	__u32 verdict;
	__u32 priority;
	const char *rule;
};

struct cdm_policy_answer cdm_policy_decide(const struct cdm_policy_query *query);

#endif /* CDM_POLICY_H */
