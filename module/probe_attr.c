// SPDX-License-Identifier: GPL-2.0
/*
 * What core files are like: mode, owner, size, extended attributes, access
 * control lists.
 */
#include <linux/fs.h>

#include "alter.h"
#include "compat.h"
#include "probe_change.h"

/*
 * int security_inode_setattr([idmap,] struct dentry *dentry, struct iattr *attr)
 *
 * Context: the task that does it, preemption off; as of all that follow.
 */
static __always_inline bool setattr_act(unsigned long arg0, unsigned long arg1,
					unsigned long arg2,
					unsigned long unused,
					unsigned long unused2, bool gate)
{
	unsigned long arg = CDM_SETATTR_DENTRY ? arg1 : arg0;
	unsigned long attr = CDM_SETATTR_DENTRY ? arg2 : arg1;
	const struct dentry *dentry = (const struct dentry *)arg;

	return cdm_alter_matters(dentry) &&
	       cdm_alter_attr(dentry, (const struct iattr *)attr, (void *)arg0, gate);
}

CDM_CHANGE_KPROBE(setattr, setattr_act, CDM_GATES_ATTR);
CDM_CHANGE_FTRACE(setattr, setattr_act, CDM_GATES_ATTR);
CDM_CHANGE_GATE_KPROBE(setattr, setattr_act);
CDM_CHANGE_GATE_FTRACE(setattr, setattr_act);

struct cdm_probe cdm_probe_setattr = {
	.name		= "setattr",
	.symbols	= (const char *const[]) { "security_inode_setattr", NULL },
	.flags		= CDM_PROBE_SHARED,
	.lost		= "changes of mode, owner and size of core files, and copies by an overlay",
	.kprobe		= setattr_kprobe,
	.ftrace		= setattr_ftrace,
};

struct cdm_probe cdm_probe_gate_setattr = {
	.name		= "gate-setattr",
	.symbols	= (const char *const[]) { "security_inode_setattr", NULL },
	.flags		= CDM_PROBE_GATE,
	.gates		= CDM_GATES_ATTR,
	.lost		= "enforcing: no rule refuses changes of mode, owner and size",
	.kprobe		= setattr_gate_kprobe,
	.ftrace		= setattr_gate_ftrace,
};

/*
 * int security_inode_setxattr([idmap,] struct dentry *dentry, const char *name,
 *			       const void *value, size_t size, int flags)
 */
static __always_inline bool setxattr_act(unsigned long arg0,
					 unsigned long arg1,
					 unsigned long arg2,
					 unsigned long arg3,
					 unsigned long arg4, bool gate)
{
	unsigned long arg = CDM_SETXATTR_DENTRY ? arg1 : arg0;
	unsigned long name = CDM_SETXATTR_DENTRY ? arg2 : arg1;
	unsigned long value = CDM_SETXATTR_DENTRY ? arg3 : arg2;
	unsigned long len = CDM_SETXATTR_DENTRY ? arg4 : arg3;
	const struct dentry *dentry = (const struct dentry *)arg;

	/* An empty value may have no address. */
	return cdm_alter_matters(dentry) &&
	       cdm_alter_xattr(dentry, (const char *)name, (const void *)value ?: "", len, gate);
}

CDM_CHANGE_KPROBE(setxattr, setxattr_act, CDM_GATES_ATTR);
CDM_CHANGE_FTRACE(setxattr, setxattr_act, CDM_GATES_ATTR);
CDM_CHANGE_GATE_KPROBE(setxattr, setxattr_act);
CDM_CHANGE_GATE_FTRACE(setxattr, setxattr_act);

struct cdm_probe cdm_probe_setxattr = {
	.name		= "setxattr",
	.symbols	= (const char *const[]) { "security_inode_setxattr", NULL },
	.flags		= CDM_PROBE_SHARED,
	.lost		= "changes of extended attributes of core files",
	.kprobe		= setxattr_kprobe,
	.ftrace		= setxattr_ftrace,
};

struct cdm_probe cdm_probe_gate_setxattr = {
	.name		= "gate-setxattr",
	.symbols	= (const char *const[]) { "security_inode_setxattr", NULL },
	.flags		= CDM_PROBE_GATE,
	.gates		= CDM_GATES_ATTR,
	.lost		= "enforcing: no rule refuses changes of extended attributes",
	.kprobe		= setxattr_gate_kprobe,
	.ftrace		= setxattr_gate_ftrace,
};

/*
 * int security_inode_removexattr([idmap,] struct dentry *dentry,
 *				  const char *name)
 */
static __always_inline bool removexattr_act(unsigned long arg0,
					    unsigned long arg1,
					    unsigned long arg2,
					    unsigned long unused,
					    unsigned long unused2, bool gate)
{
	unsigned long arg = CDM_SETXATTR_DENTRY ? arg1 : arg0;
	unsigned long name = CDM_SETXATTR_DENTRY ? arg2 : arg1;
	const struct dentry *dentry = (const struct dentry *)arg;

	return cdm_alter_matters(dentry) &&
	       cdm_alter_xattr(dentry, (const char *)name, NULL, 0, gate);
}

CDM_CHANGE_KPROBE(removexattr, removexattr_act, CDM_GATES_ATTR);
CDM_CHANGE_FTRACE(removexattr, removexattr_act, CDM_GATES_ATTR);
CDM_CHANGE_GATE_KPROBE(removexattr, removexattr_act);
CDM_CHANGE_GATE_FTRACE(removexattr, removexattr_act);

struct cdm_probe cdm_probe_removexattr = {
	.name		= "removexattr",
	.symbols	= (const char *const[]) { "security_inode_removexattr", NULL },
	.flags		= CDM_PROBE_SHARED,
	.lost		= "removals of extended attributes of core files",
	.kprobe		= removexattr_kprobe,
	.ftrace		= removexattr_ftrace,
};

struct cdm_probe cdm_probe_gate_removexattr = {
	.name		= "gate-removexattr",
	.symbols	= (const char *const[]) { "security_inode_removexattr", NULL },
	.flags		= CDM_PROBE_GATE,
	.gates		= CDM_GATES_ATTR,
	.lost		= "enforcing: no rule refuses removals of extended attributes",
	.kprobe		= removexattr_gate_kprobe,
	.ftrace		= removexattr_gate_ftrace,
};

/*
 * int security_inode_set_acl(idmap, struct dentry *dentry, const char *acl_name,
 *			      struct posix_acl *kacl)
 *
 * Since e4cc9163032f ("acl: add vfs_set_acl()"), 6.2; before, lists were set as
 * other attributes are.
 */
static __always_inline bool set_acl_act(unsigned long idmap, unsigned long arg,
					unsigned long name, unsigned long acl,
					unsigned long unused, bool gate)
{
	const struct dentry *dentry = (const struct dentry *)arg;

	return cdm_alter_matters(dentry) &&
	       cdm_alter_acl(dentry, (const char *)name, (const struct posix_acl *)acl, gate);
}

CDM_CHANGE_KPROBE(set_acl, set_acl_act, CDM_GATES_ATTR);
CDM_CHANGE_FTRACE(set_acl, set_acl_act, CDM_GATES_ATTR);
CDM_CHANGE_GATE_KPROBE(set_acl, set_acl_act);
CDM_CHANGE_GATE_FTRACE(set_acl, set_acl_act);

struct cdm_probe cdm_probe_set_acl = {
	.name		= "set-acl",
	.symbols	= (const char *const[]) { "security_inode_set_acl", NULL },
	.flags		= CDM_PROBE_SPLIT | CDM_PROBE_SHARED,
	.unless		= &cdm_probe_setxattr,
	.lost		= "changes of access control lists of core files",
	.kprobe		= set_acl_kprobe,
	.ftrace		= set_acl_ftrace,
};

struct cdm_probe cdm_probe_gate_set_acl = {
	.name		= "gate-set-acl",
	.symbols	= (const char *const[]) { "security_inode_set_acl", NULL },
	.flags		= CDM_PROBE_GATE | CDM_PROBE_SPLIT,
	.gates		= CDM_GATES_ATTR,
	.unless		= &cdm_probe_setxattr,
	.lost		= "enforcing: no rule refuses changes of access control lists",
	.kprobe		= set_acl_gate_kprobe,
	.ftrace		= set_acl_gate_ftrace,
};

/*
 * int security_inode_remove_acl(idmap, struct dentry *dentry,
 *				 const char *acl_name)
 */
static __always_inline bool remove_acl_act(unsigned long idmap,
					   unsigned long arg,
					   unsigned long name,
					   unsigned long unused,
					   unsigned long unused2, bool gate)
{
	const struct dentry *dentry = (const struct dentry *)arg;

	return cdm_alter_matters(dentry) &&
	       cdm_alter_acl(dentry, (const char *)name, NULL, gate);
}

CDM_CHANGE_KPROBE(remove_acl, remove_acl_act, CDM_GATES_ATTR);
CDM_CHANGE_FTRACE(remove_acl, remove_acl_act, CDM_GATES_ATTR);
CDM_CHANGE_GATE_KPROBE(remove_acl, remove_acl_act);
CDM_CHANGE_GATE_FTRACE(remove_acl, remove_acl_act);

struct cdm_probe cdm_probe_remove_acl = {
	.name		= "remove-acl",
	.symbols	= (const char *const[]) { "security_inode_remove_acl", NULL },
	.flags		= CDM_PROBE_SPLIT | CDM_PROBE_SHARED,
	.unless		= &cdm_probe_removexattr,
	.lost		= "removals of access control lists of core files",
	.kprobe		= remove_acl_kprobe,
	.ftrace		= remove_acl_ftrace,
};

struct cdm_probe cdm_probe_gate_remove_acl = {
	.name		= "gate-remove-acl",
	.symbols	= (const char *const[]) { "security_inode_remove_acl", NULL },
	.flags		= CDM_PROBE_GATE | CDM_PROBE_SPLIT,
	.gates		= CDM_GATES_ATTR,
	.unless		= &cdm_probe_removexattr,
	.lost		= "enforcing: no rule refuses removals of access control lists",
	.kprobe		= remove_acl_gate_kprobe,
	.ftrace		= remove_acl_gate_ftrace,
};
