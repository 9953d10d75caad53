/* SPDX-License-Identifier: GPL-2.0 */
/* Access control lists, as extended attributes hold them. */
#ifndef ACL_H
#define ACL_H

#include "out.h"
#include "record.h"

/* Is it one, by its name? */
bool acl_named(const struct xattr *xattr);
/*
 * And one of its values, COREDUMP_MON_A_XATTR_OLD or _VALUE, is one indeed. Of a value
 * that was cut, the entries that are whole count.
 */
bool acl_valid(const struct xattr *xattr, enum coredump_mon_attr_type which);
/* Text as acl(5) has it, with ids as numbers; only if acl_valid(). */
void acl_write(struct out *out, const struct string *value);

#endif /* ACL_H */
