// SPDX-License-Identifier: GPL-2.0
#include <linux/dcache.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "directory.h"
#include "event.h"
#include "name.h"

#define TAKE_TRIES	8

/*
 * One component, before what is there already. What a name's pointer leads to
 * stays until a grace period is over, and always has a NUL at its end.
 */
static bool prepend(struct cdm_name *name, u32 *at, const struct dentry *dentry)
{
	const unsigned char *bytes = READ_ONCE(dentry->d_name.name);
	/* Some file systems have longer ones than NAME_MAX. */
	u32 len = strnlen(bytes, PATH_MAX);

	if (*at < len + 1)
		return false;
	*at -= len;
	memcpy(name->bytes + *at, bytes, len);
	name->bytes[--*at] = '/';
	return true;
}

/* From the end; where it begins, or -1: it is too long. */
static int take(struct cdm_name *name, const struct dentry *dentry)
{
	u32 at = sizeof(name->bytes);

	while (READ_ONCE(dentry->d_parent) != dentry) {
		if (!prepend(name, &at, dentry))
			return -1;
		dentry = READ_ONCE(dentry->d_parent);
	}
	if (at == sizeof(name->bytes))
		name->bytes[--at] = '/';
	return at;
}

/**
 * cdm_name_take() - take where a file stands
 * @name: filled in
 * @dentry: the file
 *
 * Context: preemption off.
 */
void cdm_name_take(struct cdm_name *name, const struct dentry *dentry)
{
	int tries, at;

	name->len = 0;
	for (tries = 0; tries < TAKE_TRIES; tries++) {
		unsigned int seq = cdm_rename_begin();

		at = take(name, dentry);
		if (cdm_rename_seen(seq))
			continue;
		if (at >= 0) {
			name->len = sizeof(name->bytes) - at;
			memmove(name->bytes, name->bytes + at, name->len);
		}
		return;
	}
}

/* Appends it. Context: may sleep. */
void cdm_name_put(struct cdm_event *event, u16 type, const struct cdm_name *name)
{
	cdm_event_put_flags(event, type, name->len ? 0 : COREDUMP_MON_ATTR_CUT,
			    name->bytes, name->len);
}
