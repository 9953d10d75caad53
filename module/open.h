/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Opens of watched files: noted in a handler, told when the opener may sleep.
 */
#ifndef CDM_OPEN_H
#define CDM_OPEN_H

#include <linux/fs.h>
#include <linux/coredump_mon.h>

#include "gcore.h"
#include "watch.h"

/**
 * cdm_open_matters() - whether an open may be of interest
 * @file: what is being opened
 * @dentry: which file
 * @inode: its inode
 *
 * Quick, and always right when it says no. A dumping task creates its core
 * file, which is one wherever it is; so what is created is looked at, and what a
 * debugger writes.
 *
 * Context: the opener, preemption off.
 */
static __always_inline bool cdm_open_matters(const struct file *file,
					     const struct dentry *dentry,
					     const struct inode *inode)
{
	/* By one test for most. */
	if (unlikely(file->f_mode & (FMODE_CREATED | FMODE_WRITE)) &&
	    (file->f_mode & FMODE_CREATED || cdm_gcore_maybe(file)))
		return true;
	return cdm_watch_maybe(dentry, inode);
}

int cdm_open_init(void);
void cdm_open_exit(void);
void cdm_open_device(struct file *file);
void cdm_open_observed(const struct path *path, struct file *file);
bool cdm_open_refused(struct file *file);
void cdm_open_stats(struct coredump_mon_stats *stats);

#endif /* CDM_OPEN_H */
