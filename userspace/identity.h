/* SPDX-License-Identifier: GPL-2.0 */
/* Whether a path leads to the file that the kernel has. */
#ifndef IDENTITY_H
#define IDENTITY_H

#include <linux/coredump_mon.h>

enum identity {
	IDENTITY_SAME,
	IDENTITY_OTHER,		/* surely another one */
	IDENTITY_GONE,		/* the path leads nowhere */
	IDENTITY_UNKNOWN,	/* it cannot be told here */
};

/* Mounts may be others than before. */
void identity_renew(void);
/* @kernel: as the kernel gave it. */
enum identity identity_compare(const char *path,
			       const struct coredump_mon_rule_file *kernel);

#endif /* IDENTITY_H */
