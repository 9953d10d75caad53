/* SPDX-License-Identifier: GPL-2.0 */
/* What was in force before a policy is loaded, to put it back if that fails. */
#ifndef POLICY_UNDO_H
#define POLICY_UNDO_H

#include "policy_now.h"

/**
 * struct policy_undo - the state before, and what was changed since
 * @now: the rules
 * @directories: that were watched
 * @mode: enum coredump_mon_modes
 * @tagged: files that were tagged since, by O_PATH
 * @tagged_count: how many
 * @rules_set: others are in force
 * @directories_set: others are watched
 * @mode_set: it is another one
 */
struct policy_undo {
	struct policy_now now;
	struct device_list directories;
	uint32_t mode;
	int *tagged;
	size_t tagged_count;
	bool rules_set;
	bool directories_set;
	bool mode_set;
};

/*
 * Notes what is in force, with room for @files to be tagged. -1: why not is told;
 * there is nothing to free.
 */
int policy_undo_begin(int fd, size_t files, struct policy_undo *undo);
/* Puts it back, and tells what could not be. */
void policy_undo(int fd, struct policy_undo *undo);
void policy_undo_free(struct policy_undo *undo);

#endif /* POLICY_UNDO_H */
