/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether our probes work: kprobes can be switched off behind our back.
 */
#ifndef CDM_HEALTH_H
#define CDM_HEALTH_H

#include <linux/types.h>

int cdm_health_init(void);
void cdm_health_exit(void);
bool cdm_health_off(unsigned int hook);
void cdm_canary(void);

#endif /* CDM_HEALTH_H */
