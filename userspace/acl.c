// SPDX-License-Identifier: GPL-2.0
#include <endian.h>
#include <string.h>

#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>

#include "acl.h"
#include "array.h"

#define HEADER	sizeof(struct posix_acl_xattr_header)
#define ENTRY	sizeof(struct posix_acl_xattr_entry)

static struct posix_acl_xattr_entry entry_at(const char *at)
{
	struct posix_acl_xattr_entry entry;

	memcpy(&entry, at, sizeof(entry));
	return (struct posix_acl_xattr_entry) {
		.e_tag = le16toh(entry.e_tag),
		.e_perm = le16toh(entry.e_perm),
		.e_id = le32toh(entry.e_id),
	};
}

static bool is_valid(const struct posix_acl_xattr_entry *entry)
{
	switch (entry->e_tag) {
	case ACL_USER_OBJ:
	case ACL_USER:
	case ACL_GROUP_OBJ:
	case ACL_GROUP:
	case ACL_MASK:
	case ACL_OTHER:
		return !(entry->e_perm & ~(ACL_READ | ACL_WRITE | ACL_EXECUTE));
	}
	return false;
}

/* What stands before the colon, of a valid one. */
static const char *tag_name(uint16_t tag)
{
	switch (tag) {
	case ACL_USER_OBJ:
	case ACL_USER:
		return "user";
	case ACL_GROUP_OBJ:
	case ACL_GROUP:
		return "group";
	case ACL_MASK:
		return "mask";
	default:
		return "other";
	}
}

/* Of the whole entries. */
static const char *end_of(const struct string *value)
{
	return value->data + HEADER + (value->len - HEADER) / ENTRY * ENTRY;
}

bool acl_named(const struct xattr *xattr)
{
	static const char *const names[] = {
		"system.posix_acl_access", "system.posix_acl_default",
	};

	if (!has(xattr->has, COREDUMP_MON_A_XATTR_NAME))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (xattr->name.len == strlen(names[i]) &&
		    !memcmp(xattr->name.data, names[i], xattr->name.len))
			return true;
	}
	return false;
}

bool acl_valid(const struct xattr *xattr, enum coredump_mon_attr_type which)
{
	const struct string *value = xattr_value(xattr, which);
	struct posix_acl_xattr_header header;
	struct posix_acl_xattr_entry entry;

	if (!acl_named(xattr) || !has(xattr->has, which) ||
	    value->len < HEADER + ENTRY)
		return false;
	memcpy(&header, value->data, sizeof(header));
	if (le32toh(header.a_version) != POSIX_ACL_XATTR_VERSION)
		return false;
	if ((value->len - HEADER) % ENTRY &&
	    !has(xattr->cut, which))
		return false;
	for (const char *at = value->data + HEADER; at < end_of(value);
	     at += ENTRY) {
		entry = entry_at(at);
		if (!is_valid(&entry))
			return false;
	}
	return true;
}

void acl_write(struct out *out, const struct string *value)
{
	const char *begin = value->data + HEADER;

	for (const char *at = begin; at < end_of(value); at += ENTRY) {
		struct posix_acl_xattr_entry entry = entry_at(at);

		if (at != begin)
			out_char(out, ',');
		out_str(out, tag_name(entry.e_tag));
		out_char(out, ':');
		if (entry.e_tag == ACL_USER || entry.e_tag == ACL_GROUP)
			out_u64(out, entry.e_id);
		out_char(out, ':');
		out_char(out, entry.e_perm & ACL_READ ? 'r' : '-');
		out_char(out, entry.e_perm & ACL_WRITE ? 'w' : '-');
		out_char(out, entry.e_perm & ACL_EXECUTE ? 'x' : '-');
	}
}
