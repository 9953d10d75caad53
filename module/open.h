/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Opens of watched files: noted in a handler, told when the opener may sleep.
 */
#ifndef CDM_OPEN_H
#define CDM_OPEN_H

#include <linux/path.h>
#include <linux/coredump_mon.h>

struct file;

int cdm_open_init(void);
void cdm_open_exit(void);
void cdm_open_observed(const struct path *path, struct file *file);
bool cdm_open_refused(struct file *file);
void cdm_open_stats(struct coredump_mon_stats *stats);

#endif /* CDM_OPEN_H */
