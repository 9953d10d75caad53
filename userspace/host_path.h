/* SPDX-License-Identifier: GPL-2.0 */
/* Where a file is in our mount namespace. */
#ifndef HOST_PATH_H
#define HOST_PATH_H

#include <stdbool.h>

#include "record.h"

/* The longest that host_path() writes, with its terminator. */
#define HOST_PATH_MAX	8192

/**
 * host_path() - find a file by device and path within its file system
 * @file: on the device
 * @fs_path: the path
 * @path: HOST_PATH_MAX bytes, filled in and terminated
 *
 * Return: true, or false if the device is not known, or the file system, or the
 * part of it that the file is in, is mounted nowhere here.
 */
bool host_path(const struct file *file, const struct string *fs_path,
	       char *path);

/*
 * The same of a file of another mount namespace, beside the path that it has
 * there.
 */
bool host_path_beside(const struct file *file, char *path);

/* The kernel does not say by which mount the file was reached: only FS_PATH. */
static inline bool file_unplaced(const struct file *file)
{
	return !has(file->has | file->cut, COREDUMP_MON_A_PATH) &&
	       has(file->has, COREDUMP_MON_A_FS_PATH) &&
	       !has(file->cut, COREDUMP_MON_A_FS_PATH);
}

#endif /* HOST_PATH_H */
