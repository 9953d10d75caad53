// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "policy_now.h"
#include "policy_read.h"

/* What the module's own rule comes to. */
static const char builtin[] =
	"version: 1\n"
	"rules:\n"
	"- name: core-read\n"
	"  description: Nobody takes the content of a core file.\n"
	"  match: {type: open, class: core, access: [read, read-write, exec]}\n"
	"  action: deny\n"
	"  priority: WARNING\n"
	"default: log\n";

/* Were these made of each other? */
static bool agree(const struct policy_rule *rule, const struct device_rule *now)
{
	return rule->executables.count == now->head->executables &&
	       rule->directories.count == now->head->directories &&
	       rule->cgroups.count == now->head->cgroups &&
	       rule->users.count == now->head->users &&
	       rule->groups.count == now->head->groups;
}

/* Others may have loaded rules, with a text of their own. */
static bool all_agree(const struct policy_now *now)
{
	struct device_rule found;
	uint32_t count = 0;

	for (size_t i = 0; i < now->policy->rule_count; i++) {
		const struct policy_rule *rule = &now->policy->rules[i];

		if (!policy_rule_counts(rule))
			continue;
		if (!device_find_rule(&now->rules, rule->name, &found) ||
		    !agree(rule, &found))
			return false;
		count++;
	}
	return count == now->rules.set.count;
}

void policy_now_parse(struct policy_now *now)
{
	bool is_builtin = policy_now_builtin(now);
	struct policy_errors errors = {
		.file = "",
		.text = is_builtin ? builtin : now->rules.text,
		.len = is_builtin ? strlen(builtin) :
				    (size_t)now->rules.set.text_len,
	};

	now->policy = policy_parse_names(&errors);
	policy_errors_free(&errors);
	if (now->policy && !is_builtin && !all_agree(now)) {
		policy_free(now->policy);
		now->policy = NULL;
	}
}

int policy_now_get(int fd, struct policy_now *now)
{
	if (device_get_rules(fd, &now->rules))
		return -1;
	policy_now_parse(now);
	return 0;
}

void policy_now_free(struct policy_now *now)
{
	policy_free(now->policy);
	device_free_rules(&now->rules);
	now->policy = NULL;
}

void policy_now_paths(const struct policy_now *now,
		      void (*see)(const struct policy_path *path, void *arg),
		      void *arg)
{
	struct device_rule found;

	for (size_t i = 0; now->policy && i < now->policy->rule_count; i++) {
		const struct policy_rule *rule = &now->policy->rules[i];

		if (!policy_rule_counts(rule) ||
		    !device_find_rule(&now->rules, rule->name, &found))
			continue;
		for (size_t j = 0; j < rule->executables.count; j++)
			see(&(struct policy_path) {
				rule->name, "executable",
				rule->executables.entries[j].name,
				&found.executables[j],
			    }, arg);
		for (size_t j = 0; j < rule->directories.count; j++)
			see(&(struct policy_path) {
				rule->name, "directory",
				rule->directories.entries[j].name,
				&found.directories[j],
			    }, arg);
	}
}
