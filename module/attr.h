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
 * struct cdm_xattr - an extended attribute
 * @removed: it is to be removed
 * @cut: @value has not all of it
 * @len: bytes of @value
 * @name: terminated
 * @value: the new one
 */
struct cdm_xattr {
	bool removed;
	bool cut;
	u32 len;
	char name[XATTR_NAME_MAX + 1];
	u8 value[COREDUMP_MON_XATTR_MAX];
};

struct coredump_mon_attributes cdm_attr_compare(const struct inode *inode,
						const struct iattr *attr,
						void *idmap);
void cdm_xattr_take(struct cdm_xattr *xattr, const char *name);
void cdm_xattr_take_value(struct cdm_xattr *xattr, const void *value, size_t len);
void cdm_xattr_take_acl(struct cdm_xattr *xattr, const struct posix_acl *acl);
void cdm_xattr_put(struct cdm_event *event, const struct cdm_xattr *xattr);

#endif /* CDM_ATTR_H */
