/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What of a file's attributes is to change: taken in a handler, put into a record.
 */
#ifndef CDM_ATTR_H
#define CDM_ATTR_H

#include <linux/fs.h>
#include <linux/limits.h>
#include <linux/types.h>
#include <linux/coredump_mon.h>

struct cdm_event;
struct posix_acl;

/**
 * struct cdm_xattr_value - what an extended attribute is
 * @told: it is to be told
 * @cut: @bytes are not all of it
 * @len: of @bytes; 0: it may be that there is no such attribute
 * @bytes: the value
 */
struct cdm_xattr_value {
	bool told;
	bool cut;
	u32 len;
	u8 bytes[COREDUMP_MON_XATTR_MAX];
};

/**
 * struct cdm_xattr - an extended attribute
 * @name: terminated
 * @old: what it was; told if that can be known without sleeping
 * @new: what it is to be; not told if it is to be removed
 */
struct cdm_xattr {
	char name[XATTR_NAME_MAX + 1];
	struct cdm_xattr_value old;
	struct cdm_xattr_value new;
};

struct coredump_mon_attributes cdm_attr_compare(const struct inode *inode,
						const struct iattr *attr,
						void *idmap);
void cdm_xattr_take(struct cdm_xattr *xattr, const struct inode *inode,
		    const char *name);
void cdm_xattr_take_value(struct cdm_xattr *xattr, const void *value, size_t len);
void cdm_xattr_take_acl(struct cdm_xattr *xattr, const struct posix_acl *acl);
void cdm_xattr_put(struct cdm_event *event, const struct cdm_xattr *xattr);

#endif /* CDM_ATTR_H */
