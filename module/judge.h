/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Asks the rules in force about what the current task does.
 */
#ifndef CDM_JUDGE_H
#define CDM_JUDGE_H

#include <linux/dcache.h>

#include "policy.h"

void cdm_judge(u32 type, u32 file_class, u32 access, bool enforcing,
	       const struct dentry *dentry, struct cdm_policy_answer *answer);
void cdm_judge_dump(bool forced, bool privileged, const struct dentry *dentry,
		    struct cdm_policy_answer *answer);

#endif /* CDM_JUDGE_H */
