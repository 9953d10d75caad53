/* SPDX-License-Identifier: GPL-2.0 */
/* What is in a packed file that anybody may have made. */
#ifndef UNPACK_H
#define UNPACK_H

#include <stddef.h>
#include <sys/types.h>

/*
 * The first bytes of what @fd, a file at its beginning, holds in zstd's, lz4's,
 * xz's or gzip's format: how many there are, at most @size; 0 too if it is
 * damaged. A child without any rights does it. -1 if that dies, takes too long,
 * or cannot be had, with the reason in @why.
 */
ssize_t unpack(int fd, void *head, size_t size, const char **why);

#endif /* UNPACK_H */
