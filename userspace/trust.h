/* SPDX-License-Identifier: GPL-2.0 */
/* Who could put something else in the place of a file. */
#ifndef TRUST_H
#define TRUST_H

#include <stdbool.h>
#include <sys/stat.h>

#include "reason.h"

/**
 * trust_root_only() - can root alone change what a path leads to, and the file?
 * @path: absolute
 * @st: filled in: of the file
 * @why: filled in if it is refused
 *
 * Each directory on the way counts, also that of each symbolic link and those
 * that it leads through.
 */
bool trust_root_only(const char *path, struct stat *st, struct reason *why);

#endif /* TRUST_H */
