/* SPDX-License-Identifier: GPL-2.0 */
/* Where a file of another mount namespace is in ours. */
#ifndef HOST_PATH_H
#define HOST_PATH_H

#include <stdbool.h>

#include "record.h"

/* The longest that host_path() writes, with its terminator. */
#define HOST_PATH_MAX	8192

/**
 * host_path() - find a file by device and path within its file system
 * @file: with both
 * @path: HOST_PATH_MAX bytes, filled in and terminated
 *
 * Return: true, or false if its file system, or the part of it that the file is
 * in, is mounted nowhere here.
 */
bool host_path(const struct file *file, char *path);

#endif /* HOST_PATH_H */
