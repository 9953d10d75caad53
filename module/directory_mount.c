// SPDX-License-Identifier: GPL-2.0
/*
 * What is mounted below the directories of a set is a part of them.
 */
#include <linux/err.h>
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
 * @real: paths of those that are there, without links, as PID 1 sees them
 * @reals: how many
 * @found: what is below
 * @count: how many
 * @unwatched: how many there was no room for
 * @err: of @found, what went wrong
 */
struct search {
	const struct cdm_directory_set *set;
	char **real;
	u32 reals;
	struct found found[COREDUMP_MON_MOUNTED_MAX];
	u32 count;
	u32 unwatched;
	int err;
};

static bool is_below(const char *path, const char *above, bool or_same)
{
	size_t len = strlen(above);

	if (strncmp(path, above, len))
		return false;
	return path[len] == '/' || (or_same && !path[len]);
}

static bool is_watched(const struct search *search, const char *path, bool or_same)
{
	u32 i;

	for (i = 0; i < search->reals; i++) {
		if (is_below(path, search->real[i], or_same))
			return true;
	}
	return false;
}

static void find(const struct cdm_mount *mount, void *arg)
{
	struct search *search = arg;
	struct found *found = &search->found[search->count];

	if (!is_watched(search, mount->at, false))
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

static int find_real(struct search *search)
{
	char *buf = kmalloc(PATH_MAX, GFP_KERNEL);
	u32 i;

	search->real = kvcalloc(search->set->count, sizeof(*search->real),
				GFP_KERNEL);
	if (!buf || (!search->real && search->set->count)) {
		kfree(buf);
		return -ENOMEM;
	}
	for (i = 0; i < search->set->count; i++) {
		const struct path *at = &search->set->all[i].at;
		char *path = at->mnt ? cdm_d_path(at, buf, PATH_MAX) : NULL;

		if (IS_ERR_OR_NULL(path))
			continue;
		/* All paths are below the root, which has nothing before its slash. */
		if (!strcmp(path, "/"))
			path++;
		search->real[search->reals] = kstrdup(path, GFP_KERNEL);
		if (!search->real[search->reals]) {
			kfree(buf);
			return -ENOMEM;
		}
		search->reals++;
	}
	kfree(buf);
	return 0;
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

static int add_found(struct cdm_directory_set *set, const struct search *search)
{
	u32 i;
	int err;

	for (i = 0; i < search->count; i++) {
		const struct found *found = &search->found[i];

		if (is_users(search, found->path))
			continue;
		err = cdm_set_add_mounted(set, found->path, found->dev,
					  found->elsewhere);
		if (err == -ENOMEM)
			return err;
	}
	return 0;
}

/**
 * cdm_set_add_mounts() - add what is mounted below the directories of a set
 * @set: not in force, with room for COREDUMP_MON_MOUNTED_MAX more
 * @unwatched: how many more there are
 *
 * Context: the worker that follows directories.
 * Return: 0, or an error, when nothing was added; -ENOMEM: the set is of no use
 */
int cdm_set_add_mounts(struct cdm_directory_set *set, u32 *unwatched)
{
	struct search *search = kvzalloc(sizeof(*search), GFP_KERNEL);
	int err;
	u32 i;

	if (!search)
		return -ENOMEM;
	search->set = set;
	err = find_real(search) ?: cdm_mounts_each(find, search) ?:
	      search->err;
	if (!err && search->count)
		err = cdm_mounts_each(find_elsewhere, search);
	if (!err)
		err = add_found(set, search);
	*unwatched = search->unwatched;
	for (i = 0; i < search->reals; i++)
		kfree(search->real[i]);
	for (i = 0; i < search->count; i++)
		kfree(search->found[i].path);
	kvfree(search->real);
	kvfree(search);
	return err;
}
