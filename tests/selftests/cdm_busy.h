/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Processes that do for ever what the module looks at: they open in each way,
 * dump, read, move, change, trace and mount. Each counts how often it got through.
 */
#ifndef _CDM_BUSY_H
#define _CDM_BUSY_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#define CDM_BUSY	26

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#endif

/**
 * struct cdm_busy_place - where they do it
 * @dir: on tmpfs, and watched
 * @disk: on a file system that is on a disk, and watched
 * @elsewhere: on that disk, and not watched
 * @cores: what they open: a file in @dir and one in @disk
 */
struct cdm_busy_place {
	char dir[64];
	char disk[64];
	char elsewhere[64];
	char cores[2][96];
};

/**
 * struct cdm_busy_kind - what some of them do
 * @name: for people
 * @count: how many do so
 * @rest_ms: how long one rests after each time
 * @of_module: there is nothing to do while the module is not loaded
 * @unrefused: nothing of it has to have been refused, whatever the rules are
 * @begin: before the first time; -1: it cannot be done here; may be NULL
 * @once: 0: done; EACCES: refused; EAGAIN: there was nothing to do; any other
 *	errno ends the process, and the test with it
 */
struct cdm_busy_kind {
	const char *name;
	int count;
	int rest_ms;
	bool of_module;
	bool unrefused;
	int (*begin)(const struct cdm_busy_place *place, int number);
	int (*once)(const struct cdm_busy_place *place);
};

/* Those that need file systems or rings of their own: cdm_busy_more.c */
extern const struct cdm_busy_kind cdm_busy_more[];
extern const int cdm_busy_mores;

/* What each of them writes, and all read. */
struct cdm_busy_work {
	unsigned long done;
	unsigned long refused;
};

struct cdm_busy {
	struct cdm_busy_place place;
	struct cdm_busy_work *work;
	pid_t pids[CDM_BUSY];
};

/* Makes the place. */
int cdm_busy_up(struct cdm_busy *busy);
void cdm_busy_down(struct cdm_busy *busy);

void cdm_busy_begin(struct cdm_busy *busy);
void cdm_busy_end(struct cdm_busy *busy);

/*
 * Waits until each has got through its work once more (but those for which there
 * has to be a module). Returns how many have not, or have ended, and says which.
 */
int cdm_busy_works(const struct cdm_busy *busy);
/* How many never got through, or were never refused; prints it of each. */
int cdm_busy_untouched(const struct cdm_busy *busy);

/* For those who mount: unmounts what is there, as soon as nobody looks it up. */
int cdm_busy_unmount(const char *at);
/* A directory there, with nothing mounted that a killed process left. */
int cdm_busy_mkdir(const char *at);

#endif /* _CDM_BUSY_H */
