/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Of one kind of event, what a process or a user makes above a rate is counted, and
 * told in one record.
 */
#ifndef CDM_FOLD_H
#define CDM_FOLD_H

#include <linux/types.h>
#include <linux/coredump_mon.h>

#include "policy.h"

struct cdm_process;

/* @kind, or where it is refused, COREDUMP_MON_KIND_DENIAL. */
static inline u32 cdm_fold_kind(const struct cdm_policy_answer *answer, u32 kind)
{
	return answer->verdict == COREDUMP_MON_DENIED ? COREDUMP_MON_KIND_DENIAL :
							kind;
}

int cdm_fold_init(void);
void cdm_fold_exit(void);
void cdm_fold_set_rates(const struct coredump_mon_rate *rates);
void cdm_fold_get_rates(struct coredump_mon_rate *rates);
bool cdm_fold(u32 kind);
bool cdm_fold_of(u32 kind, const struct cdm_process *process);
void cdm_fold_for(u32 kind, u32 uid);
void cdm_fold_stats(struct coredump_mon_stats *stats);

#endif /* CDM_FOLD_H */
