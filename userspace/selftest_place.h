/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A directory of the selftest's own, in which the core file of its child ends
 * up whatever kernel.core_pattern says: nothing that is there is written over.
 */
#ifndef SELFTEST_PLACE_H
#define SELFTEST_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/coredump_mon.h>

/**
 * struct place - the directory
 * @top: its path
 * @cores: where in it a core file will be
 * @refused: why none is to be written; NULL: one is
 * @jail: the pattern is absolute: the child must have @top as its root
 */
struct place {
	char top[64];
	char cores[COREDUMP_MON_PATH_MAX];
	const char *refused;
	bool jail;
};

/* Gives -1 with the reason reported. */
int place_make(struct place *place, const struct coredump_mon_info *info);
/* In the child: go there, and dump core or not, as @place says. */
void place_enter(const struct place *place);
/* The path of the file of that inode number in @cores. */
bool place_find(const struct place *place, uint64_t ino, char *path,
		size_t size);
void place_remove(const struct place *place);

#endif /* SELFTEST_PLACE_H */
