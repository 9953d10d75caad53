/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Permissive or enforcing: who wants it, and the gates that come and go with it.
 */
#ifndef CDM_MODE_H
#define CDM_MODE_H

#include <linux/jump_label.h>
#include <linux/types.h>
#include <linux/coredump_mon.h>

/*
 * Handlers may begin records. Not while the module is being loaded: that may
 * fail, and then nothing waits for what is not finished.
 */
extern bool cdm_mode_recording;
/* Opens are refused: read by handlers. */
extern bool cdm_mode_enforcing;
/* The gate makes the records of opens; observers step aside. */
DECLARE_STATIC_KEY_FALSE(cdm_mode_gate_alone);
/* The same of changes, which have gates only where a rule refuses any. */
DECLARE_STATIC_KEY_FALSE(cdm_mode_change_gates_alone);

int cdm_mode_init(void);
void cdm_mode_exit(void);
void cdm_mode_start(void);
void cdm_mode_drain(void);
int cdm_mode_set(u32 mode, u32 *old);
int cdm_mode_prepare(bool refuses_changes);
void cdm_mode_prepared(bool refuses_changes);
int cdm_mode_hold(u32 *old);
void cdm_mode_release(u32 *old);
bool cdm_mode_keep(void);
void cdm_mode_info(struct coredump_mon_info *info);

#endif /* CDM_MODE_H */
