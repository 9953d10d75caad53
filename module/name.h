/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a file stands, taken where nothing may sleep, and nothing kept: a
 * reference would change what the kernel does with a name that goes away.
 */
#ifndef CDM_NAME_H
#define CDM_NAME_H

#include <linux/types.h>
#include <linux/coredump_mon.h>

struct cdm_event;
struct dentry;

/**
 * struct cdm_name - a path from the root of its file system
 * @len: bytes; 0: it was too long, or changed all the time
 * @bytes: not terminated
 */
struct cdm_name {
	u32 len;
	char bytes[COREDUMP_MON_PATH_MAX];
};

void cdm_name_take(struct cdm_name *name, const struct dentry *dentry);
void cdm_name_put(struct cdm_event *event, u16 type,
		  const struct cdm_name *name);

#endif /* CDM_NAME_H */
