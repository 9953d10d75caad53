// SPDX-License-Identifier: GPL-2.0
/*
 * Names of core files: moved, made, removed. One that leaves a watched directory
 * stays a core file.
 */
#include <linux/fs.h>

#include "alter.h"
#include "probe_change.h"

/*
 * int security_inode_rename(struct inode *old_dir, struct dentry *old_dentry,
 *			     struct inode *new_dir, struct dentry *new_dentry,
 *			     unsigned int flags)
 *
 * Context: the task that does it, preemption off; as of all that follow.
 */
static __always_inline bool rename_act(unsigned long old_dir,
				       unsigned long old_dentry,
				       unsigned long new_dir,
				       unsigned long new_dentry,
				       unsigned long flags, bool gate)
{
	const struct dentry *from = (const struct dentry *)old_dentry;
	const struct dentry *to = (const struct dentry *)new_dentry;

	return (cdm_alter_matters(from) || cdm_alter_matters_beside(to, from)) &&
	       cdm_alter_rename(from, to, flags, gate);
}

CDM_CHANGE_KPROBE(rename, rename_act, CDM_GATES_RENAME);
CDM_CHANGE_FTRACE(rename, rename_act, CDM_GATES_RENAME);
CDM_CHANGE_GATE_KPROBE(rename, rename_act);
CDM_CHANGE_GATE_FTRACE(rename, rename_act);

struct cdm_probe cdm_probe_rename = {
	.name		= "rename",
	.symbols	= (const char *const[]) { "security_inode_rename", NULL },
	.flags		= CDM_PROBE_SHARED,
	.lost		= "moves of core files, and those without a tag that are moved away",
	.kprobe		= rename_kprobe,
	.ftrace		= rename_ftrace,
};

struct cdm_probe cdm_probe_gate_rename = {
	.name		= "gate-rename",
	.symbols	= (const char *const[]) { "security_inode_rename", NULL },
	.flags		= CDM_PROBE_GATE,
	.gates		= CDM_GATES_RENAME,
	.lost		= "enforcing: no rule refuses renames",
	.kprobe		= rename_gate_kprobe,
	.ftrace		= rename_gate_ftrace,
};

/*
 * int security_inode_link(struct dentry *old_dentry, struct inode *dir,
 *			   struct dentry *new_dentry)
 */
static __always_inline bool link_act(unsigned long old_dentry,
				     unsigned long dir,
				     unsigned long new_dentry,
				     unsigned long unused,
				     unsigned long unused2, bool gate)
{
	const struct dentry *dentry = (const struct dentry *)old_dentry;
	const struct dentry *name = (const struct dentry *)new_dentry;

	return (cdm_alter_matters(dentry) || cdm_alter_matters(name)) &&
	       cdm_alter_link(dentry, name, gate);
}

CDM_CHANGE_KPROBE(link, link_act, CDM_GATES_LINK);
CDM_CHANGE_FTRACE(link, link_act, CDM_GATES_LINK);
CDM_CHANGE_GATE_KPROBE(link, link_act);
CDM_CHANGE_GATE_FTRACE(link, link_act);

struct cdm_probe cdm_probe_link = {
	.name		= "link",
	.symbols	= (const char *const[]) { "security_inode_link", NULL },
	.flags		= CDM_PROBE_SHARED,
	.lost		= "links to core files, and those without a tag that get a name elsewhere",
	.kprobe		= link_kprobe,
	.ftrace		= link_ftrace,
};

struct cdm_probe cdm_probe_gate_link = {
	.name		= "gate-link",
	.symbols	= (const char *const[]) { "security_inode_link", NULL },
	.flags		= CDM_PROBE_GATE,
	.gates		= CDM_GATES_LINK,
	.lost		= "enforcing: no rule refuses links",
	.kprobe		= link_gate_kprobe,
	.ftrace		= link_gate_ftrace,
};

/* int security_inode_unlink(struct inode *dir, struct dentry *dentry) */
static __always_inline bool unlink_act(unsigned long dir, unsigned long arg,
				       unsigned long unused2,
				       unsigned long unused3,
				       unsigned long unused4, bool gate)
{
	const struct dentry *dentry = (const struct dentry *)arg;

	return cdm_alter_matters(dentry) &&
	       cdm_alter_unlink(dentry, gate);
}

CDM_CHANGE_KPROBE(unlink, unlink_act, CDM_GATES_UNLINK);
CDM_CHANGE_FTRACE(unlink, unlink_act, CDM_GATES_UNLINK);
CDM_CHANGE_GATE_KPROBE(unlink, unlink_act);
CDM_CHANGE_GATE_FTRACE(unlink, unlink_act);

struct cdm_probe cdm_probe_unlink = {
	.name		= "unlink",
	.symbols	= (const char *const[]) { "security_inode_unlink", NULL },
	.flags		= CDM_PROBE_SHARED,
	.lost		= "removals of core files",
	.kprobe		= unlink_kprobe,
	.ftrace		= unlink_ftrace,
};

struct cdm_probe cdm_probe_gate_unlink = {
	.name		= "gate-unlink",
	.symbols	= (const char *const[]) { "security_inode_unlink", NULL },
	.flags		= CDM_PROBE_GATE,
	.gates		= CDM_GATES_UNLINK,
	.lost		= "enforcing: no rule refuses removals",
	.kprobe		= unlink_gate_kprobe,
	.ftrace		= unlink_gate_ftrace,
};
