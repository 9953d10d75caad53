// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "device.h"
#include "device_rules.h"
#include "record.h"
#include "report.h"

/* Nobody loads rules faster than we ask again. */
#define TRIES 8

/* Gives false if memory does not do. */
static bool make_room(struct device_rules *rules)
{
	device_free_rules(rules);
	rules->raw = malloc((size_t)rules->set.rules_len + 1);
	rules->text = calloc(1, (size_t)rules->set.text_len + 1);
	if (rules->raw && rules->text)
		return true;
	device_free_rules(rules);
	return false;
}

int device_get_rules(int fd, struct device_rules *rules)
{
	uint64_t rules_len = 0;
	uint64_t text_len = 0;

	memset(rules, 0, sizeof(*rules));
	for (int i = 0; i < TRIES; i++) {
		rules->set = (struct coredump_mon_rules) {
			.size = sizeof(rules->set),
			.rules_len = rules_len,
			.text_len = text_len,
		};
		if (!make_room(rules)) {
			report("out of memory for the rules");
			return -1;
		}
		rules->set.rules = (uintptr_t)rules->raw;
		rules->set.text = (uintptr_t)rules->text;
		if (!ioctl(fd, COREDUMP_MON_IOC_GET_RULES, &rules->set)) {
			rules->text[rules->set.text_len] = '\0';
			return 0;
		}
		if (errno != ENOSPC)
			break;
		rules_len = rules->set.rules_len;
		text_len = rules->set.text_len;
	}
	report("cannot read the rules in force: %s: try again; if it stays so, install module and tool of one version",
	       strerror(errno));
	device_free_rules(rules);
	return -1;
}

void device_free_rules(struct device_rules *rules)
{
	free(rules->raw);
	free(rules->text);
	rules->raw = NULL;
	rules->text = NULL;
}

/* The bytes of a rule, with all that it names; more than any has, if that is so. */
static size_t needed(const struct coredump_mon_rule *head)
{
	return sizeof(*head) + ((size_t)head->executables + head->directories) *
	       sizeof(struct coredump_mon_rule_file) +
	       head->cgroups * sizeof(uint64_t) +
	       ((size_t)head->users + head->groups) * sizeof(uint32_t) +
	       head->name_len + 1;
}

bool device_next_rule(const struct device_rules *rules, size_t *at,
		      struct device_rule *rule)
{
	size_t left = (size_t)rules->set.rules_len - *at;
	const struct coredump_mon_rule *head =
		(const void *)(rules->raw + *at);

	if (left < sizeof(*head) || head->len > left || head->len % 8 ||
	    needed(head) > head->len)
		return false;
	rule->head = head;
	rule->executables = (const void *)(head + 1);
	rule->directories = rule->executables + head->executables;
	rule->cgroups = (const void *)(rule->directories + head->directories);
	rule->users = (const void *)(rule->cgroups + head->cgroups);
	rule->groups = rule->users + head->users;
	rule->name = (const void *)(rule->groups + head->groups);
	*at += head->len;
	return !rule->name[head->name_len];
}

bool device_find_rule(const struct device_rules *rules, const char *name,
		      struct device_rule *rule)
{
	size_t at = 0;

	while (device_next_rule(rules, &at, rule)) {
		if (!strcmp(rule->name, name))
			return true;
	}
	return false;
}

int device_rules_deny(int fd, uint32_t types)
{
	struct device_rules rules;
	struct device_rule rule;
	bool deny;
	size_t at = 0;

	if (device_get_rules(fd, &rules))
		return -1;
	deny = rules.set.flags & COREDUMP_MON_RULES_BUILTIN &&
	       types & BIT(COREDUMP_MON_OPEN);
	while (device_next_rule(&rules, &at, &rule))
		deny |= rule.head->action == COREDUMP_MON_ACTION_DENY &&
			rule.head->types & types;
	device_free_rules(&rules);
	return deny;
}

void device_report_rules(int fd, int error)
{
	switch (error) {
	case EPERM:
		device_refused(fd, "load rules");
		break;
	case EBUSY:
		report("cannot load rules: something else has a function that would refuse what they deny (a livepatch, for instance): remove that first, or go permissive; or kernel.ftrace_enabled is 0: set it to 1");
		break;
	case EOPNOTSUPP:
		report("cannot load rules: this kernel has no way to refuse what they deny, its log ('dmesg') says why: deny opens alone, or go permissive");
		break;
	case E2BIG:
		report("cannot load rules: they are more than the module takes: %d rules, %d entries, %u bytes of text, %d watched directories; or it is of another version than the tool",
		       COREDUMP_MON_RULES_MAX, COREDUMP_MON_RULE_ENTRIES_MAX,
		       COREDUMP_MON_RULES_TEXT_MAX, COREDUMP_MON_DIRECTORIES_MAX);
		break;
	case ENOSPC:
		report("cannot load rules: there is no room for tags of the files that the policy watches, as there can be %d: drop some first",
		       COREDUMP_MON_TAGS_MAX);
		break;
	case ENOTDIR:
	case ENAMETOOLONG:
	case ELOOP:
	case EACCES:
		report("cannot load rules: a directory that the policy watches: %s: name another way to it",
		       strerror(error));
		break;
	case ENOMEM:
		report("cannot load rules: the kernel has no memory for them: free some and try again");
		break;
	case EINVAL:
		report("cannot load rules: module and tool do not fit together (%s): install both of one version, and load the module anew",
		       strerror(error));
		break;
	default:
		report("cannot load rules: %s", strerror(error));
	}
}

int device_set_rules(int fd, const struct coredump_mon_rules *set)
{
	if (!ioctl(fd, COREDUMP_MON_IOC_SET_RULES, set))
		return 0;
	device_report_rules(fd, errno);
	return -1;
}

int device_follow_rules(int fd, struct coredump_mon_rules *set)
{
	set->flags = COREDUMP_MON_RULES_FOLLOW;
	return ioctl(fd, COREDUMP_MON_IOC_SET_RULES, set) ? errno : 0;
}

int device_set_builtin_rules(int fd)
{
	struct coredump_mon_rules set = {
		.size = sizeof(set),
		.flags = COREDUMP_MON_RULES_BUILTIN,
	};

	return device_set_rules(fd, &set);
}
