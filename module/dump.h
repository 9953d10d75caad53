/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Dumps in progress: begun, followed and ended by handlers in the dumping
 * task, told by a worker when it exits.
 */
#ifndef CDM_DUMP_H
#define CDM_DUMP_H

#include <linux/path.h>
#include <linux/signal.h>
#include <linux/coredump_mon.h>

int cdm_dump_init(void);
void cdm_dump_exit(void);
void cdm_dump_begin(const struct kernel_siginfo *info);
void cdm_dump_opened(const struct path *path);
void cdm_dump_emitted(bool all);
void cdm_dump_end(void);
void cdm_dump_stats(struct coredump_mon_stats *stats);

#endif /* CDM_DUMP_H */
