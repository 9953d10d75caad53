/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a set of watched directories is made. What is in force is changed by
 * directory_change.c alone.
 */
#ifndef CDM_DIRECTORY_SET_H
#define CDM_DIRECTORY_SET_H

#include "directory.h"

static inline bool cdm_set_watches(const struct cdm_directory *dir)
{
	return READ_ONCE(dir->tell.state) == COREDUMP_MON_DIRECTORY_WATCHED;
}

static inline bool cdm_set_former(const struct cdm_directory *dir)
{
	return dir->tell.flags & COREDUMP_MON_DIRECTORY_FORMER;
}

static inline bool cdm_set_mounted(const struct cdm_directory *dir)
{
	return dir->tell.flags & COREDUMP_MON_DIRECTORY_MOUNTED;
}

/* Whether it was asked for by its path. */
static inline bool cdm_set_named(const struct cdm_directory *dir)
{
	return !cdm_set_former(dir) && !cdm_set_mounted(dir);
}

/**
 * struct cdm_set_left - what a refreshed set left out
 * @evicted: how many former directories had to make place for others
 * @unwatched: how many mounts are not watched
 * @again: some of those may be another time
 */
struct cdm_set_left {
	u32 evicted;
	u32 unwatched;
	bool again;
};

struct cdm_directory_set *cdm_set_alloc(u32 room);
void cdm_set_let_go(struct cdm_directory *dir);
void cdm_set_free(struct cdm_directory_set *set);
int cdm_set_add(struct cdm_directory_set *set, const char *path, u32 flags);
int cdm_set_copy(struct cdm_directory_set *set,
		 const struct cdm_directory *from, u32 flags);
int cdm_set_add_mounted(struct cdm_directory_set *set,
			const struct cdm_directory_set *old, const char *path,
			dev_t dev, bool elsewhere);
int cdm_set_add_mounts(struct cdm_directory_set *set,
		       const struct cdm_directory_set *old,
		       struct cdm_set_left *left);
int cdm_set_keep_mounts(struct cdm_directory_set *set,
			const struct cdm_directory_set *old);
const struct cdm_directory *
cdm_set_find_mounted(const struct cdm_directory_set *set, const char *path);
bool cdm_set_moved(const struct cdm_directory *dir);
int cdm_set_refresh(struct cdm_directory_set *set,
		    const struct cdm_directory_set *old,
		    struct cdm_set_left *left);

#endif /* CDM_DIRECTORY_SET_H */
