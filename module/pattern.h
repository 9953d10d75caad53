/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kernel.core_pattern, which the kernel does not export: where it is, is
 * learnt from the function that reads and writes it for /proc/sys.
 */
#ifndef CDM_PATTERN_H
#define CDM_PATTERN_H

#include <linux/types.h>

/* CORENAME_MAX_SIZE of fs/coredump.c */
#define CDM_PATTERN_SIZE	128

int cdm_pattern_learn(void);
void cdm_pattern_exit(void);
void cdm_pattern_found(const char *pattern);
void cdm_pattern_changed(void);
void cdm_pattern_get(char *buf);
u32 cdm_pattern_kind(bool *relative);

#endif /* CDM_PATTERN_H */
