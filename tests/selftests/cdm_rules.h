/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rules for the module, built one behind the other.
 */
#ifndef _CDM_RULES_H
#define _CDM_RULES_H

#include "cdm.h"

#define CDM_RULES_ROOM	(1 << 20)

#define CDM_BIT(n)	(1U << (n))
#define CDM_CHANGES	(CDM_BIT(COREDUMP_MON_RENAME) | CDM_BIT(COREDUMP_MON_LINK) | \
			 CDM_BIT(COREDUMP_MON_UNLINK) | CDM_BIT(COREDUMP_MON_ATTR))
#define CDM_ALL_CLASSES	(CDM_BIT(COREDUMP_MON_CLASS_CORE) | \
			 CDM_BIT(COREDUMP_MON_CLASS_COREDUMP_FILTER) | \
			 CDM_BIT(COREDUMP_MON_CLASS_BLOCK_DEVICE))

struct cdm_rules {
	struct coredump_mon_rules set;
	char raw[CDM_RULES_ROOM] __attribute__((aligned(8)));
};

/* What a rule names, each ended by a 0 or -1 or not there. */
struct cdm_named {
	const int *executables;
	const int *directories;
	const __u64 *cgroups;
	const __s64 *users;
	const __s64 *groups;
};

/* Nothing is suppressed. */
void cdm_rates_off(struct coredump_mon_rules *set);
/* None yet; what no rule matches is told, however much it is. */
void cdm_rules_begin(struct cdm_rules *rules);
/*
 * One more: of any access to a core file, but for what is given. Returns it, for
 * what else it is to ask.
 */
struct coredump_mon_rule *cdm_rules_add(struct cdm_rules *rules, const char *name,
					__u32 action, __u32 types,
					const struct cdm_named *named);
int cdm_rules_set(int fd, struct cdm_rules *rules);
/* As they are built in, but that nothing is suppressed. */
int cdm_rules_builtin(int fd);
/* Has them in force and goes enforcing, and skips what is told of that. */
int cdm_rules_enforce(struct cdm_reader *reader, struct cdm_rules *rules);

#endif /* _CDM_RULES_H */
