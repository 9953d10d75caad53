// SPDX-License-Identifier: GPL-2.0
#include "policy.h"

#define BIT_OF(n)	(1U << (n))

/*
 * Reading takes the secrets out, executing maps them. Writing alone does
 * neither: it is what the kernel's dump helper does (creating counts as
 * writing), and gcore.
 */
static const struct cdm_policy_rule builtin_rule = {
	.name		= "core-read",
	.action		= COREDUMP_MON_ACTION_DENY,
	.priority	= COREDUMP_MON_PRIORITY_WARNING,
	.types		= BIT_OF(COREDUMP_MON_OPEN),
	.classes	= BIT_OF(COREDUMP_MON_CLASS_CORE),
	.accesses	= BIT_OF(COREDUMP_MON_ACCESS_READ) |
			  BIT_OF(COREDUMP_MON_ACCESS_READ_WRITE) |
			  BIT_OF(COREDUMP_MON_ACCESS_EXEC),
};

/* Nobody takes the content of a core file; all else is let through. */
const struct cdm_policy cdm_policy_builtin = {
	.fallback	= COREDUMP_MON_ACTION_LOG,
	.classes	= ~0U,
	.count		= 1,
	.rules		= &builtin_rule,
};

static int has_bit(__u32 mask, __u32 bit)
{
	return bit < 32 && mask & BIT_OF(bit);
}

static int has_id(const struct cdm_policy_id *ids, __u32 count,
		  const struct cdm_policy_id *id)
{
	__u32 i;

	for (i = 0; i < count; i++) {
		if (ids[i].ino == id->ino && ids[i].fs == id->fs &&
		    ids[i].generation == id->generation)
			return 1;
	}
	return 0;
}

static int has_number(const __u32 *numbers, __u32 count, __u32 number)
{
	__u32 i;

	for (i = 0; i < count; i++) {
		if (numbers[i] == number)
			return 1;
	}
	return 0;
}

static int has_sorted(const __u32 *numbers, __u32 count, __u32 number)
{
	while (count) {
		__u32 middle = count / 2;

		if (numbers[middle] == number)
			return 1;
		if (numbers[middle] < number) {
			numbers += middle + 1;
			count -= middle + 1;
		} else {
			count = middle;
		}
	}
	return 0;
}

static int in_directory(const struct cdm_policy_rule *rule,
			const struct cdm_policy_query *query)
{
	__u32 i;

	for (i = 0; i < query->directory_count; i++) {
		if (has_id(rule->directories, rule->directory_count,
			   &query->directories[i]))
			return 1;
	}
	return 0;
}

static int in_cgroup(const struct cdm_policy_rule *rule,
		     const struct cdm_policy_query *query)
{
	__u32 i, j;

	for (i = 0; i < query->cgroup_count; i++) {
		for (j = 0; j < rule->cgroup_count; j++) {
			if (rule->cgroups[j] == query->cgroups[i])
				return 1;
		}
	}
	return 0;
}

static int in_group(const struct cdm_policy_rule *rule,
		    const struct cdm_policy_query *query)
{
	__u32 i;

	for (i = 0; i < rule->group_count; i++) {
		if (rule->groups[i] == query->group ||
		    has_sorted(query->groups, query->group_count,
			       rule->groups[i]))
			return 1;
	}
	return 0;
}

static int is_so(__u32 tristate, __u32 so)
{
	return tristate == COREDUMP_MON_ANY ||
	       (tristate == COREDUMP_MON_YES) == !!so;
}

/* Who does it. */
static int is_by(const struct cdm_policy_rule *rule,
		 const struct cdm_policy_query *query)
{
	if (!is_so(rule->initial_namespaces, query->initial_namespaces))
		return 0;
	if (rule->user_count &&
	    !has_number(rule->users, rule->user_count, query->user))
		return 0;
	if (rule->executable_count &&
	    !(query->executable.ino &&
	      has_id(rule->executables, rule->executable_count,
		     &query->executable)))
		return 0;
	if (rule->group_count && !in_group(rule, query))
		return 0;
	return !rule->cgroup_count || in_cgroup(rule, query);
}

static int matches(const struct cdm_policy_rule *rule,
		   const struct cdm_policy_query *query)
{
	if (!has_bit(rule->types, query->type) ||
	    !has_bit(rule->classes, query->file_class))
		return 0;
	if (query->type == COREDUMP_MON_OPEN &&
	    !has_bit(rule->accesses, query->access))
		return 0;
	if (query->type == COREDUMP_MON_DUMP &&
	    !(is_so(rule->forced, query->forced) &&
	      is_so(rule->privileged, query->privileged)))
		return 0;
	if (rule->directory_count && !in_directory(rule, query))
		return 0;
	return is_by(rule, query);
}

/* What no rule is about. */
static const struct cdm_policy_rule fallback = {
	.name		= "default",
	.priority	= COREDUMP_MON_PRIORITY_NOTICE,
};

static void act(__u32 action, const struct cdm_policy_query *query,
		struct cdm_policy_answer *answer)
{
	answer->ignored = action == COREDUMP_MON_ACTION_IGNORE;
	if (action != COREDUMP_MON_ACTION_DENY)
		answer->verdict = COREDUMP_MON_ALLOWED;
	else
		answer->verdict = query->enforcing ? COREDUMP_MON_DENIED :
						     COREDUMP_MON_WOULD_DENY;
}

/**
 * cdm_policy_decide() - what is to be done about something
 * @policy: by these rules
 * @query: it
 * @answer: filled in, the same for the same policy and query
 *
 * Context: any; touches nothing but its arguments.
 */
void cdm_policy_decide(const struct cdm_policy *policy,
		       const struct cdm_policy_query *query,
		       struct cdm_policy_answer *answer)
{
	const struct cdm_policy_rule *rule = &fallback;
	__u32 action = policy->fallback;
	__u32 i;

	if (!has_bit(policy->classes, query->file_class)) {
		action = COREDUMP_MON_ACTION_IGNORE;
	} else {
		for (i = 0; i < policy->count; i++) {
			if (!matches(&policy->rules[i], query))
				continue;
			rule = &policy->rules[i];
			action = rule->action;
			break;
		}
	}
	act(action, query, answer);
	answer->priority = rule->priority;
	answer->matched = rule != &fallback;
	for (i = 0; i < COREDUMP_MON_RULE_NAME_MAX && rule->name[i]; i++)
		answer->rule[i] = rule->name[i];
	answer->rule[i] = '\0';
}
