/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Processes that open, dump, read, move, change, trace and mount for ever.
 */
#ifndef _CDM_BUSY_H
#define _CDM_BUSY_H

#include <sys/types.h>

#define CDM_BUSY	18

/* @dir: theirs; @core: a file that some open; those that read, read the device. */
void cdm_busy_begin(const char *dir, const char *core, pid_t pids[CDM_BUSY]);
void cdm_busy_end(const pid_t pids[CDM_BUSY]);

#endif /* _CDM_BUSY_H */
