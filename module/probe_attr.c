// SPDX-License-Identifier: GPL-2.0
/*
 * What core files are like: mode, owner, size, extended attributes, access
 * control lists.
 */
#include <linux/fs.h>

#include "alter.h"
#include "compat.h"
#include "probe.h"

/*
 * int security_inode_setattr([idmap,] struct dentry *dentry, struct iattr *attr)
 *
 * Context: the task that does it, preemption off; as of all that follow.
 */
static __always_inline void setattr_entry(unsigned long arg0, unsigned long arg1,
					  unsigned long arg2,
					  unsigned long unused,
					  unsigned long unused2)
{
	unsigned long arg = CDM_SETATTR_DENTRY ? arg1 : arg0;
	unsigned long attr = CDM_SETATTR_DENTRY ? arg2 : arg1;
	const struct dentry *dentry = (const struct dentry *)arg;

	if (cdm_alter_matters(dentry))
		cdm_alter_attr(dentry, (const struct iattr *)attr, (void *)arg0);
}

CDM_PROBE_KPROBE5(setattr, setattr_entry);
CDM_PROBE_FTRACE5(setattr, setattr_entry);

struct cdm_probe cdm_probe_setattr = {
	.name		= "setattr",
	.symbols	= (const char *const[]) { "security_inode_setattr", NULL },
	.flags		= CDM_PROBE_SHARED,
	.lost		= "changes of mode, owner and size of core files, and copies by an overlay",
	.kprobe		= setattr_kprobe,
	.ftrace		= setattr_ftrace,
};

/*
 * int security_inode_setxattr([idmap,] struct dentry *dentry, const char *name,
 *			       const void *value, size_t size, int flags)
 */
static __always_inline void setxattr_entry(unsigned long arg0, unsigned long arg1,
					   unsigned long arg2, unsigned long arg3,
					   unsigned long arg4)
{
	unsigned long arg = CDM_SETXATTR_DENTRY ? arg1 : arg0;
	unsigned long name = CDM_SETXATTR_DENTRY ? arg2 : arg1;
	unsigned long value = CDM_SETXATTR_DENTRY ? arg3 : arg2;
	unsigned long len = CDM_SETXATTR_DENTRY ? arg4 : arg3;
	const struct dentry *dentry = (const struct dentry *)arg;

	/* An empty value may have no address. */
	if (cdm_alter_matters(dentry))
		cdm_alter_xattr(dentry, (const char *)name,
				(const void *)value ?: "", len);
}

CDM_PROBE_KPROBE5(setxattr, setxattr_entry);
CDM_PROBE_FTRACE5(setxattr, setxattr_entry);

struct cdm_probe cdm_probe_setxattr = {
	.name		= "setxattr",
	.symbols	= (const char *const[]) { "security_inode_setxattr", NULL },
	.flags		= CDM_PROBE_SHARED,
	.lost		= "changes of extended attributes of core files",
	.kprobe		= setxattr_kprobe,
	.ftrace		= setxattr_ftrace,
};

/*
 * int security_inode_removexattr([idmap,] struct dentry *dentry,
 *				  const char *name)
 */
static __always_inline void removexattr_entry(unsigned long arg0,
					      unsigned long arg1,
					      unsigned long arg2,
					      unsigned long unused,
					      unsigned long unused2)
{
	unsigned long arg = CDM_SETXATTR_DENTRY ? arg1 : arg0;
	unsigned long name = CDM_SETXATTR_DENTRY ? arg2 : arg1;
	const struct dentry *dentry = (const struct dentry *)arg;

	if (cdm_alter_matters(dentry))
		cdm_alter_xattr(dentry, (const char *)name, NULL, 0);
}

CDM_PROBE_KPROBE5(removexattr, removexattr_entry);
CDM_PROBE_FTRACE5(removexattr, removexattr_entry);

struct cdm_probe cdm_probe_removexattr = {
	.name		= "removexattr",
	.symbols	= (const char *const[]) { "security_inode_removexattr", NULL },
	.flags		= CDM_PROBE_SHARED,
	.lost		= "removals of extended attributes of core files",
	.kprobe		= removexattr_kprobe,
	.ftrace		= removexattr_ftrace,
};

/*
 * int security_inode_set_acl(idmap, struct dentry *dentry, const char *acl_name,
 *			      struct posix_acl *kacl)
 *
 * Since e4cc9163032f ("acl: add vfs_set_acl()"), 6.2; before, lists were set as
 * other attributes are.
 */
static __always_inline void set_acl_entry(unsigned long idmap, unsigned long arg,
					  unsigned long name, unsigned long acl,
					  unsigned long unused)
{
	const struct dentry *dentry = (const struct dentry *)arg;

	if (cdm_alter_matters(dentry))
		cdm_alter_acl(dentry, (const char *)name,
			      (const struct posix_acl *)acl);
}

CDM_PROBE_KPROBE5(set_acl, set_acl_entry);
CDM_PROBE_FTRACE5(set_acl, set_acl_entry);

struct cdm_probe cdm_probe_set_acl = {
	.name		= "set-acl",
	.symbols	= (const char *const[]) { "security_inode_set_acl", NULL },
	.flags		= CDM_PROBE_SPLIT | CDM_PROBE_SHARED,
	.unless		= &cdm_probe_setxattr,
	.lost		= "changes of access control lists of core files",
	.kprobe		= set_acl_kprobe,
	.ftrace		= set_acl_ftrace,
};

/*
 * int security_inode_remove_acl(idmap, struct dentry *dentry,
 *				 const char *acl_name)
 */
static __always_inline void remove_acl_entry(unsigned long idmap,
					     unsigned long arg,
					     unsigned long name,
					     unsigned long unused,
					     unsigned long unused2)
{
	const struct dentry *dentry = (const struct dentry *)arg;

	if (cdm_alter_matters(dentry))
		cdm_alter_acl(dentry, (const char *)name, NULL);
}

CDM_PROBE_KPROBE5(remove_acl, remove_acl_entry);
CDM_PROBE_FTRACE5(remove_acl, remove_acl_entry);

struct cdm_probe cdm_probe_remove_acl = {
	.name		= "remove-acl",
	.symbols	= (const char *const[]) { "security_inode_remove_acl", NULL },
	.flags		= CDM_PROBE_SPLIT | CDM_PROBE_SHARED,
	.unless		= &cdm_probe_removexattr,
	.lost		= "removals of access control lists of core files",
	.kprobe		= remove_acl_kprobe,
	.ftrace		= remove_acl_ftrace,
};
