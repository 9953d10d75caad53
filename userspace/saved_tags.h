/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tags in a file, a line each behind one that says what it is:
 *
 *	UUID INODE GENERATION ORIGIN UID PID NANOSECONDS COMM
 *
 * UUID, of the file system, and COMM are bytes in hexadecimal. What fails is
 * reported with the way out; the functions give -1 then.
 */
#ifndef SAVED_TAGS_H
#define SAVED_TAGS_H

#include <stddef.h>

#include <linux/coredump_mon.h>

#define SAVED_TAGS_PATH "/var/lib/coredump-mon/tags"

/* Takes the place of the file as a whole, or not at all. */
int saved_tags_write(const char *path, const struct coredump_mon_saved_tag *tags,
		     size_t count);

/**
 * saved_tags_read() - tags of a file
 * @path: which; not believed if anybody but root or this user can write to it
 * @tags: to be freed
 * @count: how many
 */
int saved_tags_read(const char *path, struct coredump_mon_saved_tag **tags,
		    size_t *count);

#endif /* SAVED_TAGS_H */
