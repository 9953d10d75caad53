/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lock: no more changes and no unloading, until reboot.
 */
#ifndef CDM_LOCK_H
#define CDM_LOCK_H

#include <linux/types.h>

int cdm_lock_init(void);
void cdm_lock_exit(void);
bool cdm_lock_is_set(void);
long cdm_lock_set(void);
int cdm_lock_change_begin(void);
void cdm_lock_change_end(void);

#endif /* CDM_LOCK_H */
