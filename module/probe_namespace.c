// SPDX-License-Identifier: GPL-2.0
/*
 * What is done to core files: one that leaves a watched directory stays one, and
 * so does what an overlay copies of it.
 */
#include <linux/fs.h>

#include "compat.h"
#include "probe.h"
#include "watch.h"

/* Context: the task that does it, preemption off. */
static __always_inline void keep(const struct dentry *dentry)
{
	const struct inode *inode = d_backing_inode(dentry);

	/* Nothing has that name yet. */
	if (!inode)
		return;
	if (unlikely(cdm_watch_maybe(dentry, inode)))
		cdm_watch_keep(dentry);
}

/*
 * int security_inode_rename(struct inode *old_dir, struct dentry *old_dentry,
 *			     struct inode *new_dir, struct dentry *new_dentry, ...)
 *
 * One that is exchanged leaves too, and one that is displaced may have other
 * names.
 */
static __always_inline void rename_entry(unsigned long old_dir,
					 unsigned long old_dentry,
					 unsigned long new_dir,
					 unsigned long new_dentry)
{
	keep((const struct dentry *)old_dentry);
	keep((const struct dentry *)new_dentry);
}

CDM_PROBE_KPROBE4(rename, rename_entry);
CDM_PROBE_FTRACE4(rename, rename_entry);

struct cdm_probe cdm_probe_rename = {
	.name		= "rename",
	.symbols	= (const char *const[]) { "security_inode_rename", NULL },
	.lost		= "core files without a tag that are moved out of watched directories",
	.kprobe		= rename_kprobe,
	.ftrace		= rename_ftrace,
};

/* int security_inode_link(struct dentry *old_dentry, ...); Context: as above. */
static __always_inline void link_entry(unsigned long old_dentry,
				       unsigned long dir)
{
	keep((const struct dentry *)old_dentry);
}

CDM_PROBE_KPROBE(link, link_entry);
CDM_PROBE_FTRACE(link, link_entry);

struct cdm_probe cdm_probe_link = {
	.name		= "link",
	.symbols	= (const char *const[]) { "security_inode_link", NULL },
	.lost		= "core files without a tag that get a name outside of watched directories",
	.kprobe		= link_kprobe,
	.ftrace		= link_ftrace,
};

/*
 * int security_inode_setattr(..., struct dentry *, ...); an overlay copies the file
 * for that. Context: as above.
 */
static __always_inline void setattr_entry(unsigned long arg0, unsigned long arg1)
{
	const struct dentry *dentry =
		(const struct dentry *)(CDM_SETATTR_DENTRY ? arg1 : arg0);

	if (unlikely(dentry->d_flags & DCACHE_OP_REAL))
		keep(dentry);
}

CDM_PROBE_KPROBE(setattr, setattr_entry);
CDM_PROBE_FTRACE(setattr, setattr_entry);

struct cdm_probe cdm_probe_setattr = {
	.name		= "setattr",
	.symbols	= (const char *const[]) { "security_inode_setattr", NULL },
	.lost		= "core files that an overlay copies for a change of mode or owner",
	.kprobe		= setattr_kprobe,
	.ftrace		= setattr_ftrace,
};
