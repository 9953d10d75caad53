// SPDX-License-Identifier: GPL-2.0
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cdm_rules.h"

void cdm_rates_off(struct coredump_mon_rules *set)
{
	int kind;

	for (kind = 1; kind <= COREDUMP_MON_KIND_POLICY; kind++) {
		set->rates[kind].process = COREDUMP_MON_RATE_OFF;
		set->rates[kind].user = COREDUMP_MON_RATE_OFF;
	}
}

void cdm_rules_begin(struct cdm_rules *rules)
{
	memset(&rules->set, 0, sizeof(rules->set));
	rules->set.size = sizeof(rules->set);
	rules->set.fallback = COREDUMP_MON_ACTION_LOG;
	rules->set.classes = CDM_ALL_CLASSES;
	rules->set.rules = (uintptr_t)rules->raw;
	cdm_rates_off(&rules->set);
}

/* Appends descriptors, ended by -1. */
static __u32 put_files(char **to, const int *fds)
{
	__u32 n = 0;

	for (; fds && *fds >= 0; fds++, n++) {
		struct coredump_mon_rule_file file = { .fd = *fds };

		memcpy(*to, &file, sizeof(file));
		*to += sizeof(file);
	}
	return n;
}

/* Appends numbers, ended by -1. */
static __u32 put_ids(char **to, const __s64 *ids)
{
	__u32 n = 0;

	for (; ids && *ids >= 0; ids++, n++) {
		__u32 id = (__u32)*ids;

		memcpy(*to, &id, sizeof(id));
		*to += sizeof(id);
	}
	return n;
}

struct coredump_mon_rule *cdm_rules_add(struct cdm_rules *rules, const char *name,
					__u32 action, __u32 types,
					const struct cdm_named *named)
{
	static const struct cdm_named nothing;
	struct coredump_mon_rule *rule = (void *)(rules->raw + rules->set.rules_len);
	char *at = (char *)(rule + 1);
	const __u64 *cgroup;

	named = named ? named : &nothing;
	*rule = (struct coredump_mon_rule) {
		.name_len = strlen(name),
		.action = action,
		.priority = COREDUMP_MON_PRIORITY_WARNING,
		.types = types,
		.classes = CDM_BIT(COREDUMP_MON_CLASS_CORE),
		.accesses = CDM_BIT(COREDUMP_MON_ACCESS_READ) |
			    CDM_BIT(COREDUMP_MON_ACCESS_WRITE) |
			    CDM_BIT(COREDUMP_MON_ACCESS_READ_WRITE) |
			    CDM_BIT(COREDUMP_MON_ACCESS_EXEC),
	};
	rule->executables = put_files(&at, named->executables);
	rule->directories = put_files(&at, named->directories);
	for (cgroup = named->cgroups; cgroup && *cgroup; cgroup++) {
		memcpy(at, cgroup, sizeof(*cgroup));
		at += sizeof(*cgroup);
		rule->cgroups++;
	}
	rule->users = put_ids(&at, named->users);
	rule->groups = put_ids(&at, named->groups);
	strcpy(at, name);
	at += strlen(name) + 1;
	while ((at - rules->raw) % 8)
		*at++ = '\0';
	rule->len = at - (char *)rule;
	rules->set.rules_len += rule->len;
	rules->set.count++;
	return rule;
}

int cdm_rules_set(int fd, struct cdm_rules *rules)
{
	return ioctl(fd, COREDUMP_MON_IOC_SET_RULES, &rules->set);
}

int cdm_rules_builtin(int fd)
{
	struct coredump_mon_rules set = {
		.size = sizeof(set),
		.flags = COREDUMP_MON_RULES_BUILTIN,
	};

	cdm_rates_off(&set);
	return ioctl(fd, COREDUMP_MON_IOC_SET_RULES, &set);
}

int cdm_rules_enforce(struct cdm_reader *reader, struct cdm_rules *rules)
{
	if (cdm_rules_set(reader->fd, rules) ||
	    cdm_set_mode(reader->fd, COREDUMP_MON_ENFORCING, 0))
		return -1;
	return cdm_reader_seek(reader, SEEK_END);
}
