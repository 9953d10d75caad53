/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What processes executed that were judged clean, for as long as nobody else could
 * change their memory: a fixed number of them, shared fairly among users.
 */
#ifndef CDM_EXECUTED_H
#define CDM_EXECUTED_H

#include <linux/types.h>

struct cdm_policy_id;
struct task_struct;

int cdm_executed_add(struct task_struct *task, const struct cdm_policy_id *executable);
bool cdm_executed_get(struct cdm_policy_id *executable);
unsigned int cdm_executed_touch(struct task_struct *task, bool named);

#endif /* CDM_EXECUTED_H */
