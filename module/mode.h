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

/* What changes pass: each has its gates only where a rule needs them. */
enum cdm_mode_gates {
	CDM_GATES_RENAME,
	CDM_GATES_LINK,
	CDM_GATES_UNLINK,
	CDM_GATES_ATTR,
	CDM_GATES_COUNT,
};

/* The same as of opens, of these. */
extern struct static_key_false cdm_mode_gates_alone[CDM_GATES_COUNT];

/* No mode: it is not to change. */
#define CDM_MODE_STAYS	U32_MAX

int cdm_mode_init(void);
void cdm_mode_exit(void);
void cdm_mode_start(void);
void cdm_mode_drain(void);
int cdm_mode_set(u32 mode, u32 *old);
int cdm_mode_prepare(u32 types, u32 new);
u32 cdm_mode_change(u32 new);
void cdm_mode_prepared(u32 types);
int cdm_mode_hold(u32 *old);
void cdm_mode_release(u32 *old);
bool cdm_mode_keep(void);
void cdm_mode_info(struct coredump_mon_info *info);

#endif /* CDM_MODE_H */
