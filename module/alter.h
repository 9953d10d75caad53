/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is done to a core file besides opening it: it is moved, gets another name,
 * loses one, changes owner or permissions.
 */
#ifndef CDM_ALTER_H
#define CDM_ALTER_H

#include <linux/fs.h>

#include "watch.h"

struct posix_acl;

/**
 * cdm_alter_matters() - whether what is done to a name may be of interest
 * @dentry: the name, which may be none of a file yet
 *
 * Quick, and always right when it says no.
 *
 * Context: preemption off.
 */
static __always_inline bool cdm_alter_matters(const struct dentry *dentry)
{
	const struct inode *inode = d_backing_inode(dentry);

	return unlikely(inode ? cdm_watch_maybe(dentry, inode) :
				cdm_directory_maybe(dentry, dentry->d_sb));
}

/* The same, where what is done to @other is of none. Both stay where they are. */
static __always_inline bool cdm_alter_matters_beside(const struct dentry *dentry,
						     const struct dentry *other)
{
	const struct inode *inode = d_backing_inode(dentry);

	if (dentry->d_parent != other->d_parent)
		return cdm_alter_matters(dentry);
	return unlikely(inode && cdm_watch_itself_maybe(dentry, inode));
}

bool cdm_alter_rename(const struct dentry *from, const struct dentry *to,
		      unsigned int flags, bool gate);
bool cdm_alter_link(const struct dentry *dentry, const struct dentry *name,
		    bool gate);
bool cdm_alter_unlink(const struct dentry *dentry, bool gate);
bool cdm_alter_attr(const struct dentry *dentry, const struct iattr *attr,
		    void *idmap, bool gate);
bool cdm_alter_xattr(const struct dentry *dentry, const char *name,
		     const void *value, size_t len, bool gate);
bool cdm_alter_acl(const struct dentry *dentry, const char *name,
		   const struct posix_acl *acl, bool gate);
void cdm_alter_stats(struct coredump_mon_stats *stats);

#endif /* CDM_ALTER_H */
