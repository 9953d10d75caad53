// SPDX-License-Identifier: GPL-2.0
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/user_namespace.h>
#include <linux/xattr.h>

#include "attr.h"
#include "compat.h"
#include "event.h"

/**
 * cdm_attr_compare() - what changes; what is as it was does not
 * @inode: of the file, as it is
 * @attr: as it is to be
 * @idmap: of the mount
 *
 * Context: any.
 */
struct coredump_mon_attributes cdm_attr_compare(const struct inode *inode,
						const struct iattr *attr,
						void *idmap)
{
	const uid_t uid = from_kuid(&init_user_ns, inode->i_uid);
	const gid_t gid = from_kgid(&init_user_ns, inode->i_gid);
	const loff_t size = i_size_read(inode);
	struct coredump_mon_attributes diff = {
		.old_mode = inode->i_mode,
		.new_mode = inode->i_mode,
		.old_uid = uid,
		.new_uid = uid,
		.old_gid = gid,
		.new_gid = gid,
		.old_size = size,
		.new_size = size,
	};

	/* Of the rest there is nothing in it. */
	if (attr->ia_valid & ATTR_MODE)
		diff.new_mode = attr->ia_mode;
	if (attr->ia_valid & ATTR_UID)
		diff.new_uid = from_kuid(&init_user_ns,
					 cdm_attr_uid(idmap, inode, attr));
	if (attr->ia_valid & ATTR_GID)
		diff.new_gid = from_kgid(&init_user_ns,
					 cdm_attr_gid(idmap, inode, attr));
	if (attr->ia_valid & ATTR_SIZE)
		diff.new_size = attr->ia_size;
	if (diff.new_mode != diff.old_mode)
		diff.changed |= COREDUMP_MON_ATTRIBUTE_MODE;
	if (diff.new_uid != diff.old_uid)
		diff.changed |= COREDUMP_MON_ATTRIBUTE_UID;
	if (diff.new_gid != diff.old_gid)
		diff.changed |= COREDUMP_MON_ATTRIBUTE_GID;
	if (diff.new_size != diff.old_size)
		diff.changed |= COREDUMP_MON_ATTRIBUTE_SIZE;
	return diff;
}

static u32 acl_id(const struct posix_acl_entry *entry)
{
	switch (entry->e_tag) {
	case ACL_USER:
		return from_kuid(&init_user_ns, entry->e_uid);
	case ACL_GROUP:
		return from_kgid(&init_user_ns, entry->e_gid);
	}
	return ACL_UNDEFINED_ID;
}

static void take_acl(struct cdm_xattr_value *to, const struct posix_acl *acl)
{
	struct posix_acl_xattr_header *header = (void *)to->bytes;
	struct posix_acl_xattr_entry *out = (void *)(header + 1);
	const struct posix_acl_entry *entry, *end;

	to->told = true;
	header->a_version = cpu_to_le32(POSIX_ACL_XATTR_VERSION);
	FOREACH_ACL_ENTRY(entry, acl, end) {
		if ((void *)(out + 1) > (void *)to->bytes + sizeof(to->bytes)) {
			to->cut = true;
			break;
		}
		out->e_tag = cpu_to_le16(entry->e_tag);
		out->e_perm = cpu_to_le16(entry->e_perm);
		out->e_id = cpu_to_le32(acl_id(entry));
		out++;
	}
	to->len = (void *)out - (void *)to->bytes;
}

/*
 * What it was, of an access control list that the kernel remembers, as it does once it
 * was asked for. All others would have to be read, which sleeps.
 */
static void take_old(struct cdm_xattr_value *old, const struct inode *inode,
		     const char *name)
{
	struct posix_acl *acl;

	if (strcmp(name, XATTR_NAME_POSIX_ACL_ACCESS))
		return;
	rcu_read_lock();
	acl = cdm_cached_acl(inode);
	if (!acl)
		old->told = true;
	else if (!is_uncached_acl(acl))
		take_acl(old, acl);
	rcu_read_unlock();
}

/* Begins with one that is to be removed. Context: any, as the following. */
void cdm_xattr_take(struct cdm_xattr *xattr, const struct inode *inode,
		    const char *name)
{
	memset(xattr, 0, sizeof(*xattr));
	strscpy(xattr->name, name, sizeof(xattr->name));
	take_old(&xattr->old, inode, name);
}

/* And gives it a new value. */
void cdm_xattr_take_value(struct cdm_xattr *xattr, const void *value, size_t len)
{
	struct cdm_xattr_value *new = &xattr->new;

	new->told = true;
	new->cut = len > sizeof(new->bytes);
	new->len = min(len, sizeof(new->bytes));
	memcpy(new->bytes, value, new->len);
}

/**
 * cdm_xattr_take_acl() - take a new access control list
 * @xattr: to here, in the form that user space knows
 * @acl: the list
 *
 * Context: any.
 */
void cdm_xattr_take_acl(struct cdm_xattr *xattr, const struct posix_acl *acl)
{
	take_acl(&xattr->new, acl);
}

static void put_value(struct cdm_event *event, u16 type,
		      const struct cdm_xattr_value *value)
{
	if (value->told)
		cdm_event_put_flags(event, type,
				    value->cut ? COREDUMP_MON_ATTR_CUT : 0,
				    value->bytes, value->len);
}

/* Appends it. Context: may sleep. */
void cdm_xattr_put(struct cdm_event *event, const struct cdm_xattr *xattr)
{
	u32 nest = cdm_event_nest(event, COREDUMP_MON_A_XATTR);

	cdm_event_put_string(event, COREDUMP_MON_A_XATTR_NAME, xattr->name);
	put_value(event, COREDUMP_MON_A_XATTR_OLD, &xattr->old);
	put_value(event, COREDUMP_MON_A_XATTR_VALUE, &xattr->new);
	cdm_event_nest_end(event, nest);
}
