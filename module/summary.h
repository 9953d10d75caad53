/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rules in short: what they come to, and digests that tell them from others.
 */
#ifndef CDM_SUMMARY_H
#define CDM_SUMMARY_H

#include <linux/coredump_mon.h>

struct cdm_rules;

int cdm_summary_make(struct cdm_rules *rules);
void cdm_summary_head(const struct cdm_rules *rules,
		      struct coredump_mon_rules *head);

#endif /* CDM_SUMMARY_H */
