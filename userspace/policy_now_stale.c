// SPDX-License-Identifier: GPL-2.0
#include "identity.h"
#include "policy_now.h"
#include "policy_resolve.h"

/**
 * struct stale - what is stale, being looked for
 * @see: is told of it
 * @arg: its argument
 */
struct stale {
	void (*see)(const struct policy_stale *stale, void *arg);
	void *arg;
};

static void look_at_path(const struct policy_path *path, void *arg)
{
	const struct stale *stale = arg;
	enum identity identity = identity_compare(path->name, path->kernel);

	if (identity == IDENTITY_OTHER || identity == IDENTITY_GONE)
		stale->see(&(struct policy_stale) {
				path->rule, path->key, path->name,
				identity == IDENTITY_GONE,
			   }, stale->arg);
}

static void look_at_cgroups(const struct policy_rule *rule,
			    const struct device_rule *found,
			    const struct stale *stale)
{
	for (size_t i = 0; i < rule->cgroups.count; i++) {
		struct policy_entry entry = {
			.name = rule->cgroups.entries[i].name,
		};
		struct reason why;
		bool there = resolve_cgroup(&entry, &why);

		if (!there || entry.id != found->cgroups[i])
			stale->see(&(struct policy_stale) {
					rule->name, "cgroup", entry.name, !there,
				   }, stale->arg);
	}
}

void policy_now_stale(const struct policy_now *now,
		      void (*see)(const struct policy_stale *stale, void *arg),
		      void *arg)
{
	const struct stale stale = { see, arg };
	char root[] = "/";
	struct policy_entry entry = { .name = root };
	struct device_rule found;
	struct reason why;

	policy_now_paths(now, look_at_path, (void *)&stale);
	/* Without a hierarchy to look at, nothing can be told. */
	if (!now->policy || !resolve_cgroup(&entry, &why))
		return;
	for (size_t i = 0; i < now->policy->rule_count; i++) {
		const struct policy_rule *rule = &now->policy->rules[i];

		if (policy_rule_counts(rule) &&
		    device_find_rule(&now->rules, rule->name, &found))
			look_at_cgroups(rule, &found, &stale);
	}
}
