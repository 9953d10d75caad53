/* SPDX-License-Identifier: GPL-2.0 */
/* Whether what is behind a descriptor is a core file. */
#ifndef CORE_FILE_H
#define CORE_FILE_H

#include "core_kind.h"

/*
 * Look into @fd, a regular file at its beginning. Gives -1 if that cannot be
 * told, with the reason in @why.
 */
int core_file(int fd, enum core_kind *kind, const char **why);

#endif /* CORE_FILE_H */
