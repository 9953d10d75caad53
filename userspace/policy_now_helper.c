// SPDX-License-Identifier: GPL-2.0
#include "identity.h"
#include "policy_helper.h"
#include "policy_now.h"

static bool is_about_root(const struct device_rule *rule)
{
	for (uint32_t i = 0; i < rule->head->users; i++) {
		if (!rule->users[i])
			return true;
	}
	return !rule->head->users;
}

static bool is_about_program(const struct device_rule *rule, const char *path)
{
	for (uint32_t i = 0; i < rule->head->executables; i++) {
		if (identity_compare(path, &rule->executables[i]) == IDENTITY_SAME)
			return true;
	}
	return !rule->head->executables;
}

void policy_now_helper(const struct policy_now *now, const char *helper,
		       void (*see)(const char *rule, void *arg), void *arg)
{
	struct device_rule rule;
	size_t at = 0;

	while (helper && device_next_rule(&now->rules, &at, &rule)) {
		if (rule.head->action == COREDUMP_MON_ACTION_DENY &&
		    policy_helper_does(rule.head->types, rule.head->classes,
				       rule.head->accesses) &&
		    is_about_root(&rule) && is_about_program(&rule, helper))
			see(rule.name, arg);
	}
}
