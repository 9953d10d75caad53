/* SPDX-License-Identifier: GPL-2.0 */
/* What counts as a core file for the kernel module. */
#ifndef KNOWN_H
#define KNOWN_H

#include <stdbool.h>
#include <sys/stat.h>

#include "device.h"

/**
 * struct known - what the module said
 * @there: it was asked
 * @tags: the tagged files
 * @directories: the watched directories
 */
struct known {
	bool there;
	struct device_list tags;
	struct device_list directories;
};

/* Ask the device at @fd. What fails is reported; -1 then. */
int known_read(struct known *known, int fd);
void known_free(struct known *known);
/* @fd: the file, which tells its generation; or -1. */
bool known_tagged(const struct known *known, const struct stat *st, int fd);
bool known_watched(const struct known *known, const struct stat *directory);

#endif /* KNOWN_H */
