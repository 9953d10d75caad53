// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "rule_says.h"

/* By name, those that say something; many events ask. */
static const struct policy_rule **rules;
static size_t count;

static int by_name(const void *a, const void *b)
{
	const struct policy_rule *const *left = a, *const *right = b;

	return strcmp((*left)->name, (*right)->name);
}

bool rule_says_use(const struct policy *policy)
{
	free(rules);
	rules = NULL;
	count = 0;
	if (!policy)
		return true;
	rules = calloc(policy->rule_count + 1, sizeof(*rules));
	if (!rules)
		return false;
	for (size_t i = 0; i < policy->rule_count; i++) {
		const struct policy_rule *rule = &policy->rules[i];

		if (rule->message || rule->tags.given)
			rules[count++] = rule;
	}
	qsort(rules, count, sizeof(*rules), by_name);
	return true;
}

static int compare_name(const void *key, const void *element)
{
	const struct policy_rule *const *rule = element;
	const struct string *name = key;
	size_t len = strlen((*rule)->name);
	int order = memcmp(name->data, (*rule)->name,
			   name->len < len ? name->len : len);

	return order ? order : (name->len > len) - (name->len < len);
}

const struct policy_rule *rule_says_find(const struct event *event)
{
	const struct policy_rule *const *found;

	if (!count || !has(event->has, COREDUMP_MON_A_RULE))
		return NULL;
	found = bsearch(&event->rule, rules, count, sizeof(*rules), compare_name);
	return found ? *found : NULL;
}
