// SPDX-License-Identifier: GPL-2.0
/*
 * What is mounted below the directories of a set is a part of them.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"
#include "directory_set.h"
#include "mounts.h"

/**
 * struct found - a mount below a watched directory
 * @path: where
 * @dev: of its file system
 * @is_users: a process of some user is what is asked about what is below
 * @elsewhere: the file system is mounted elsewhere too
 */
struct found {
	char *path;
	dev_t dev;
	bool is_users;
	bool elsewhere;
};

/**
 * struct search - for mounts
 * @set: below its directories
 * @found: what is below
 * @count: how many
 * @unwatched: how many there was no room for, or could not be looked up
 * @again: some of those may be another time
 * @err: of @found, what went wrong
 */
struct search {
	const struct cdm_directory_set *set;
	struct found found[COREDUMP_MON_MOUNTED_MAX];
	u32 count;
	u32 unwatched;
	bool again;
	int err;
};

static bool is_below(const char *path, const char *above, bool or_same)
{
	size_t len = strlen(above);

	/* Of the root, which is above all, nothing but the slash. */
	if (len == 1)
		len = 0;
	if (strncmp(path, above, len))
		return false;
	return path[len] == '/' || (or_same && !path[len]);
}

static bool is_watched(const struct search *search, const char *path, bool or_same)
{
	u32 i;

	for (i = 0; i < search->set->count; i++) {
		const char *real = search->set->all[i].real;

		if (real && is_below(path, real, or_same))
			return true;
	}
	return false;
}

static void find(const struct cdm_mount *mount, void *arg)
{
	struct search *search = arg;
	struct found *found = &search->found[search->count];

	/* Of a user's also what is on the directory: others are below that. */
	if (!is_watched(search, mount->at, mount->is_users))
		return;
	if (search->count == ARRAY_SIZE(search->found)) {
		search->unwatched++;
		return;
	}
	found->path = kstrdup(mount->at, GFP_KERNEL);
	if (!found->path) {
		search->err = -ENOMEM;
		return;
	}
	found->dev = mount->dev;
	found->is_users = mount->is_users;
	search->count++;
}

/* Most file systems that are mounted have nothing to do with any that was found. */
static void find_elsewhere(const struct cdm_mount *mount, void *arg)
{
	struct search *search = arg;
	u32 i;

	for (i = 0; i < search->count; i++) {
		struct found *found = &search->found[i];

		if (found->dev == mount->dev && !found->elsewhere)
			found->elsewhere = !is_watched(search, mount->at, true);
	}
}

/* Looking up what is below a file system of some user's, waits for that user. */
static bool is_users(const struct search *search, const char *path)
{
	u32 i;

	for (i = 0; i < search->count; i++) {
		if (search->found[i].is_users &&
		    is_below(path, search->found[i].path, false))
			return true;
	}
	return false;
}

/* One that cannot be looked up just now stays as it was. Return: as the others */
static int keep(struct cdm_directory_set *set, const struct cdm_directory_set *old,
		const char *path)
{
	const struct cdm_directory *from = cdm_set_find_mounted(old, path);

	return from ? cdm_set_copy(set, from, from->tell.flags) : -EAGAIN;
}

static int add_found(struct cdm_directory_set *set,
		     const struct cdm_directory_set *old, struct search *search)
{
	u32 i;
	int err;

	for (i = 0; i < search->count; i++) {
		const struct found *found = &search->found[i];

		err = is_users(search, found->path) ? -EPERM :
		      cdm_set_add_mounted(set, old, found->path, found->dev,
					  found->elsewhere);
		if (err == -EAGAIN) {
			search->again = true;
			err = keep(set, old, found->path);
		}
		switch (err) {
		case -ENOMEM:
			return err;
		case 0:
		case -EEXIST:
		case -ENOENT:
		case -ENOTDIR:
			continue;
		}
		search->unwatched++;
	}
	return 0;
}

/**
 * cdm_set_add_mounts() - add what is mounted below the directories of a set
 * @set: not in force, with room for COREDUMP_MON_MOUNTED_MAX more
 * @old: the set in force
 * @left: filled in, but for its formers
 *
 * Context: the worker that follows directories.
 * Return: 0, or an error, when nothing was added; -ENOMEM: the set is of no use
 */
int cdm_set_add_mounts(struct cdm_directory_set *set,
		       const struct cdm_directory_set *old,
		       struct cdm_set_left *left)
{
	struct search *search = kvzalloc(sizeof(*search), GFP_KERNEL);
	int err;
	u32 i;

	if (!search)
		return -ENOMEM;
	search->set = set;
	err = cdm_mounts_each(find, search) ?: search->err;
	if (!err && search->count)
		err = cdm_mounts_each(find_elsewhere, search);
	if (!err)
		err = add_found(set, old, search);
	left->unwatched = search->unwatched;
	left->again = search->again;
	for (i = 0; i < search->count; i++)
		kfree(search->found[i].path);
	kvfree(search);
	return err;
}

/* Where it is not known what is mounted now. */
int cdm_set_keep_mounts(struct cdm_directory_set *set,
			const struct cdm_directory_set *old)
{
	u32 i;
	int err = 0;

	for (i = 0; i < old->count && !err; i++) {
		if (cdm_set_mounted(&old->all[i]))
			err = cdm_set_copy(set, &old->all[i],
					   old->all[i].tell.flags);
	}
	return err;
}
