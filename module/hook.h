/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a probe is hooked: through ftrace, by a kprobe or kretprobe, or to a
 * tracepoint.
 */
#ifndef CDM_HOOK_H
#define CDM_HOOK_H

#include <linux/types.h>

struct cdm_probe;

bool cdm_hook_valid(void);
int cdm_hook_find(const char *symbol, unsigned long *addr, bool *on_ftrace);
int cdm_hook_install(struct cdm_probe *probe);
void cdm_hook_remove(struct cdm_probe *probe);
int cdm_hook_gather(struct cdm_probe *probe);
int cdm_hook_share(void);
void cdm_hook_unshare(void);

#endif /* CDM_HOOK_H */
