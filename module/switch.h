/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One policy takes the place of another: rules, watched directories, tags and mode,
 * at once. Who decides by more than one of these begins before the first and decides
 * again if a switch was seen.
 */
#ifndef CDM_SWITCH_H
#define CDM_SWITCH_H

#include <linux/preempt.h>
#include <linux/seqlock.h>

/* Written under the rules' lock. */
extern seqcount_t cdm_switch;

/*
 * Waits for a switch that is under way, which sleeps no more than who waits: a few
 * stores, and the tagging of COREDUMP_MON_RULE_ENTRIES_MAX files at most.
 *
 * Context: preemption off.
 */
static __always_inline unsigned int cdm_switch_begin(void)
{
	return raw_read_seqcount_begin(&cdm_switch);
}

static __always_inline bool cdm_switch_seen(unsigned int begin)
{
	return unlikely(read_seqcount_retry(&cdm_switch, begin));
}

/* Between these a policy is switched; no sleeping. */
static inline void cdm_switch_on(void)
{
	preempt_disable();
	raw_write_seqcount_begin(&cdm_switch);
}

static inline void cdm_switch_done(void)
{
	raw_write_seqcount_end(&cdm_switch);
	preempt_enable();
}

#endif /* CDM_SWITCH_H */
