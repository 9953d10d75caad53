/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who is what the rules name as an executable: a process that executed it while we
 * watched, with nothing in its environment that has it load other code, and whose
 * memory nobody could have changed since.
 */
#ifndef CDM_EXEC_H
#define CDM_EXEC_H

#include <linux/types.h>

struct cdm_policy_id;
struct cdm_rules;
struct coredump_mon_stats;
struct file;
struct task_struct;

int cdm_exec_init(void);
void cdm_exec_done(const struct file *file);
void cdm_exec_forked(struct task_struct *child);
void cdm_exec_touched(struct task_struct *task);
bool cdm_exec_is(const struct cdm_rules *rules, bool dumping, struct cdm_policy_id *id);
void cdm_exec_stats(struct coredump_mon_stats *stats);

#endif /* CDM_EXEC_H */
