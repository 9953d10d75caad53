/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Is this file a core dump artefact, and of which class.
 */
#ifndef CDM_WATCH_H
#define CDM_WATCH_H

#include <linux/fs.h>
#include <linux/magic.h>

#include "directory.h"
#include "tag.h"

/* Files of /proc/PID are of the first kind, those of an overlay of the second. */
#define CDM_WATCH_SPECIAL	(DCACHE_OP_REVALIDATE | DCACHE_OP_REAL)

/* Whether a file may be of a watched class wherever it is. */
static __always_inline bool cdm_watch_itself_maybe(const struct dentry *dentry,
						   const struct inode *inode)
{
	/* Not here: a call would cost all others some instructions. */
	if (unlikely(dentry->d_flags & CDM_WATCH_SPECIAL))
		return true;
	return cdm_tag_maybe(inode);
}

/**
 * cdm_watch_maybe() - whether a file may be of a watched class
 * @dentry: the file
 * @inode: its inode
 *
 * Quick, and always right when it says no.
 *
 * Context: preemption off.
 */
static __always_inline bool cdm_watch_maybe(const struct dentry *dentry,
					    const struct inode *inode)
{
	return cdm_watch_itself_maybe(dentry, inode) ||
	       cdm_directory_maybe(dentry, inode->i_sb);
}

u32 cdm_watch_class(const struct dentry **dentry, bool *tagged,
		    struct coredump_mon_tag *tag);
void cdm_watch_tag(const struct dentry *dentry, u32 origin);
bool cdm_watch_tag_gcore(const struct dentry *dentry, u32 pid, const char *comm);
void cdm_watch_keep(const struct dentry *dentry, const struct dentry *core, bool tagged);
struct coredump_mon_file_id cdm_watch_id(const struct inode *inode,
					 u32 file_class, u32 access,
					 bool tagged);
bool cdm_watch_enters(const struct dentry *dentry, const struct dentry *name);
bool cdm_watch_moves(const struct dentry *dentry, const struct dentry *name);
struct pid *cdm_watch_target(const struct dentry *dentry);

#endif /* CDM_WATCH_H */
