/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a probe is hooked: through ftrace, by a kprobe or kretprobe, or to a
 * tracepoint.
 */
#ifndef CDM_HOOK_H
#define CDM_HOOK_H

#include <linux/ftrace.h>
#include <linux/types.h>

struct cdm_probe;

#define CDM_HOOK_GROUP_MAX	16

/**
 * struct cdm_hook - one of a group
 * @addr: where it is
 * @probe: whose handler is called
 */
struct cdm_hook {
	unsigned long addr;
	struct cdm_probe *probe;
};

/**
 * struct cdm_hook_group - functions that are not hot, with one ftrace_ops together,
 *	which calls the handler of each
 * @ops: that
 * @shared: it is in place
 * @count: how many they are
 * @hooks: they
 */
struct cdm_hook_group {
	struct ftrace_ops ops;
	bool shared;
	unsigned int count;
	struct cdm_hook hooks[CDM_HOOK_GROUP_MAX];
};

bool cdm_hook_valid(void);
int cdm_hook_find(const char *symbol, unsigned long *addr, bool *on_ftrace);
int cdm_hook_install(struct cdm_probe *probe);
void cdm_hook_remove(struct cdm_probe *probe);
int cdm_hook_gather(struct cdm_hook_group *group, struct cdm_probe *probe);
int cdm_hook_share(struct cdm_hook_group *group);
void cdm_hook_unshare(struct cdm_hook_group *group);

#endif /* CDM_HOOK_H */
