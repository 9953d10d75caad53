/* SPDX-License-Identifier: GPL-2.0 */
/* How far a reader came, kept in a file for the one that comes after it. */
#ifndef RESUME_H
#define RESUME_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct resume - the file's one line
 * @fd: the file, locked; -1: nothing is kept
 * @path: its name, for messages
 * @boot: id of the boot, 32 hexadecimal digits
 * @loaded_ns: coredump_mon_stats.loaded_ns: numbers are of that load
 * @done: number of the last record that is dealt with; 0: none
 * @begun: number of the one that is being dealt with; @done: none is
 * @held: number of the first record that was left out and not told with a count
 *	yet; 0: there is none
 * @failed: that it could not be written was reported
 */
struct resume {
	int fd;
	const char *path;
	char boot[33];
	uint64_t loaded_ns;
	uint64_t done;
	uint64_t begun;
	uint64_t held;
	bool failed;
};

/*
 * Open @path and read what it holds, if that is of this boot; else all is 0.
 * Gives -1 with the reason reported.
 */
int resume_open(struct resume *resume, const char *path);
/* Keep it; what fails is reported once. */
void resume_keep(struct resume *resume);

#endif /* RESUME_H */
