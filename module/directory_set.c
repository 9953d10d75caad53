// SPDX-License-Identifier: GPL-2.0
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/namei.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/stat.h>
#include <linux/string.h>

#include "compat.h"
#include "directory_set.h"
#include "disk.h"

struct cdm_directory_set *cdm_set_alloc(u32 room)
{
	struct cdm_directory_set *set;

	return kvzalloc(struct_size(set, all, room), GFP_KERNEL);
}

/* Holds no longer what a directory resolved to. Context: may sleep. */
void cdm_set_let_go(struct cdm_directory *dir)
{
	if (dir->own) {
		dput(dir->at.dentry);
		kern_unmount(dir->own);
	} else if (dir->at.mnt) {
		path_put(&dir->at);
	}
	dir->own = NULL;
	dir->at.mnt = NULL;
	kfree(dir->real);
	dir->real = NULL;
}

void cdm_set_free(struct cdm_directory_set *set)
{
	u32 i;

	for (i = 0; i < set->count; i++) {
		cdm_set_let_go(&set->all[i]);
		kfree(set->all[i].path);
	}
	kvfree(set);
}

static void set_hash(struct cdm_directory_set *set, struct cdm_directory *dir)
{
	u8 *filter = &set->filter[cdm_inode_hash(dir->tell.ino, dir->sb,
						 CDM_DIRECTORY_FILTER_BITS)];

	/* Never decremented: a set is replaced whole. */
	if (*filter < U8_MAX)
		++*filter;
	hlist_add_head(&dir->node,
		       &set->buckets[cdm_inode_hash(dir->tell.ino, dir->sb,
						    CDM_DIRECTORY_BUCKET_BITS)]);
}

/* Takes what @dir->at resolved to. */
static void identify(struct cdm_directory_set *set, struct cdm_directory *dir)
{
	const struct inode *inode = d_inode(dir->at.dentry);

	dir->sb = inode->i_sb;
	dir->disk = cdm_disk_of(inode->i_sb);
	dir->generation = inode->i_generation;
	dir->tell.state = COREDUMP_MON_DIRECTORY_WATCHED;
	dir->tell.dev_major = MAJOR(inode->i_sb->s_dev);
	dir->tell.dev_minor = MINOR(inode->i_sb->s_dev);
	dir->tell.ino = inode->i_ino;
	set_hash(set, dir);
}

/*
 * Everybody's directory, /tmp for instance: most files there are no cores, and
 * those that are bear tags.
 */
static bool is_shared(const struct path *at)
{
	umode_t mode = d_inode(at->dentry)->i_mode;

	return mode & S_ISVTX && mode & 0002;
}

/*
 * What a directory's path leads to, with a reference. -EPERM: it is shared, and of
 * the pattern.
 */
static int resolve(const struct cdm_directory *dir, unsigned int lookup,
		   struct path *at)
{
	int err = cdm_kern_path(dir->path, lookup, at);

	if (err)
		return err;
	if (!d_is_dir(at->dentry))
		err = -ENOTDIR;
	else if (dir->tell.flags & COREDUMP_MON_DIRECTORY_PATTERN && is_shared(at))
		err = -EPERM;
	if (err)
		path_put(at);
	return err;
}

/*
 * How paths are looked up again: not through symbolic links, by which whoever may
 * write above would have anything watched; nor as directories, which would mount
 * what is to be mounted when it is in use.
 */
#define LOOKUP_AGAIN	LOOKUP_NO_SYMLINKS

static int add(struct cdm_directory_set *set, const char *path, u32 flags,
	       unsigned int lookup)
{
	struct cdm_directory *dir = &set->all[set->count];
	int err;

	dir->path = kstrdup(path, GFP_KERNEL);
	if (!dir->path)
		return -ENOMEM;
	set->count++;
	dir->tell.flags = flags;
	dir->tell.state = COREDUMP_MON_DIRECTORY_MISSING;
	err = resolve(dir, lookup, &dir->at);
	if (err)
		dir->at.mnt = NULL;
	else
		identify(set, dir);
	return err;
}

/**
 * cdm_set_add() - add a directory
 * @set: not in force, with room for it
 * @path: its path
 * @flags: COREDUMP_MON_DIRECTORY_*
 *
 * What it leads to is held until the set is in force.
 *
 * Context: task; the path is looked up as it sees it.
 * Return: 0; -ENOMEM: the set is of no use; or why it is missing
 */
int cdm_set_add(struct cdm_directory_set *set, const char *path, u32 flags)
{
	return add(set, path, flags, LOOKUP_FOLLOW | LOOKUP_DIRECTORY);
}

/**
 * cdm_set_copy() - add a directory of the set in force
 * @set: not in force, with room for it
 * @from: which; not looked up again
 * @flags: COREDUMP_MON_DIRECTORY_*
 *
 * Return: 0, or -ENOMEM: it was not added
 */
int cdm_set_copy(struct cdm_directory_set *set,
		 const struct cdm_directory *from, u32 flags)
{
	struct cdm_directory *dir = &set->all[set->count];

	dir->path = kstrdup(from->path, GFP_KERNEL);
	if (!dir->path)
		return -ENOMEM;
	set->count++;
	dir->from = from;
	dir->sb = from->sb;
	dir->disk = from->disk;
	dir->generation = from->generation;
	dir->tell = from->tell;
	dir->tell.flags = flags;
	if (dir->tell.state == COREDUMP_MON_DIRECTORY_WATCHED)
		set_hash(set, dir);
	return 0;
}

static bool is_same(const struct cdm_directory *a, const struct cdm_directory *b)
{
	return a->sb == b->sb && a->tell.ino == b->tell.ino &&
	       a->generation == b->generation;
}

/* Whether it was watched before; if it has gone, that is known of that one. */
static bool was_watched(struct cdm_directory *dir,
			const struct cdm_directory_set *old)
{
	u32 i;

	for (i = 0; i < old->count; i++) {
		if (cdm_set_watches(&old->all[i]) &&
		    is_same(dir, &old->all[i])) {
			dir->from = &old->all[i];
			return true;
		}
	}
	return false;
}

/*
 * Nobody is to find his file system in use while others are looked up. What was
 * watched before is let go of; another one is held by a mount of our own, where there
 * can be one.
 */
static void hold_loosely(struct cdm_directory *dir,
			 const struct cdm_directory_set *old)
{
	struct vfsmount *own;

	if (was_watched(dir, old)) {
		path_put(&dir->at);
		dir->at.mnt = NULL;
		return;
	}
	own = clone_private_mount(&dir->at);
	if (IS_ERR(own))
		return;
	mntput(dir->at.mnt);
	dir->at.mnt = own;
	dir->own = own;
}

/* Whether something is a directory of a set, or below one. */
static bool holds(struct cdm_directory_set *set, const struct dentry *dentry)
{
	bool found;

	rcu_read_lock();
	found = cdm_directory_find(set, d_inode(dentry)) ||
		cdm_directory_walk(set, dentry);
	rcu_read_unlock();
	return found;
}

/**
 * cdm_set_add_mounted() - add what is mounted somewhere
 * @set: not in force, with room for it
 * @old: the set in force
 * @path: there
 * @dev: device of its file system
 * @elsewhere: the file system is mounted elsewhere too; then it is only told of, as
 *	its files are what they are there
 *
 * Context: as cdm_set_add().
 * Return: 0; -ENOMEM: the set is of no use; -EEXIST: the set has it already; or what
 *	is not there
 */
int cdm_set_add_mounted(struct cdm_directory_set *set,
			const struct cdm_directory_set *old, const char *path,
			dev_t dev, bool elsewhere)
{
	struct cdm_directory *dir = &set->all[set->count];
	struct path at;
	int err;

	/* What is mounted has its parents cached; nobody is to be asked for them. */
	err = cdm_kern_path(path, LOOKUP_AGAIN | LOOKUP_CACHED, &at);
	if (err)
		return err;
	if (!d_is_dir(at.dentry))
		err = -ENOTDIR;
	else if (at.dentry != at.mnt->mnt_root || at.dentry->d_sb->s_dev != dev)
		err = -ENOENT;
	else if (holds(set, at.dentry))
		err = -EEXIST;
	else
		dir->path = kstrdup(path, GFP_KERNEL);
	if (!dir->path) {
		path_put(&at);
		return err ?: -ENOMEM;
	}
	set->count++;
	dir->tell.flags = COREDUMP_MON_DIRECTORY_MOUNTED;
	if (elsewhere) {
		dir->tell.state = COREDUMP_MON_DIRECTORY_ELSEWHERE;
		path_put(&at);
		return 0;
	}
	/* Should it go meanwhile, the mounts are looked at once more. */
	dir->at = at;
	identify(set, dir);
	was_watched(dir, old);
	path_put(&dir->at);
	dir->at.mnt = NULL;
	return 0;
}

static bool leads_to(const struct cdm_directory *dir, const struct inode *inode)
{
	return cdm_set_watches(dir) && dir->sb == inode->i_sb &&
	       dir->tell.ino == inode->i_ino &&
	       dir->generation == inode->i_generation;
}

/* Whether an error says that a path leads nowhere; others tell nothing. */
static bool leads_nowhere(int err)
{
	return err == -ENOENT || err == -ENOTDIR || err == -EPERM;
}

/* Whether a path leads elsewhere than before. Context: as cdm_set_add(). */
bool cdm_set_moved(const struct cdm_directory *dir)
{
	struct path at;
	bool moved;
	int err;

	if (!cdm_set_named(dir))
		return false;
	err = resolve(dir, LOOKUP_AGAIN, &at);
	if (err)
		return leads_nowhere(err) && cdm_set_watches(dir);
	moved = !leads_to(dir, d_inode(at.dentry));
	path_put(&at);
	return moved;
}

/* What its path does not lead to any more, and nothing else in the set. */
static bool becomes_former(const struct cdm_directory_set *set,
			   const struct cdm_directory *dir)
{
	u32 i;

	if (!cdm_set_watches(dir))
		return false;
	for (i = 0; i < set->count; i++) {
		if (cdm_set_watches(&set->all[i]) && is_same(&set->all[i], dir))
			return false;
	}
	return true;
}

/* Of those that are former ones already, or of those that are not yet. */
static int add_formers(struct cdm_directory_set *set,
		       const struct cdm_directory_set *old, bool already,
		       u32 *too_many)
{
	u32 i;
	int err;

	for (i = 0; i < old->count; i++) {
		const struct cdm_directory *dir = &old->all[i];

		if (cdm_set_former(dir) != already || !becomes_former(set, dir))
			continue;
		if (*too_many) {
			--*too_many;
			continue;
		}
		err = cdm_set_copy(set, dir, COREDUMP_MON_DIRECTORY_FORMER);
		if (err)
			return err;
	}
	return 0;
}

/* Its path without links. Return: 0, or -ENOMEM */
static int find_real(struct cdm_directory *dir)
{
	char *buf = kmalloc(PATH_MAX, GFP_KERNEL);
	char *real;

	if (!buf)
		return -ENOMEM;
	real = cdm_d_path(&dir->at, buf, PATH_MAX);
	/* One that is too long has nothing mounted below. */
	if (!IS_ERR(real))
		dir->real = kstrdup(real, GFP_KERNEL);
	kfree(buf);
	return IS_ERR(real) || dir->real ? 0 : -ENOMEM;
}

/* The mounted one of a set that is at a path; NULL: none. */
const struct cdm_directory *
cdm_set_find_mounted(const struct cdm_directory_set *set, const char *path)
{
	u32 i;

	for (i = 0; i < set->count; i++) {
		if (cdm_set_mounted(&set->all[i]) &&
		    !strcmp(set->all[i].path, path))
			return &set->all[i];
	}
	return NULL;
}

/*
 * What there is no more is told to be gone, as one without a file system, and then
 * is nothing.
 */
static int compare_mounted(struct cdm_directory_set *set,
			   const struct cdm_directory_set *old)
{
	u32 i;

	for (i = 0; i < set->count; i++) {
		struct cdm_directory *dir = &set->all[i];
		const struct cdm_directory *before;

		if (!cdm_set_mounted(dir))
			continue;
		before = cdm_set_find_mounted(old, dir->path);
		dir->moved = !before || before->tell.state != dir->tell.state ||
			     (cdm_set_watches(dir) && !is_same(dir, before));
	}
	for (i = 0; i < old->count; i++) {
		const struct cdm_directory *from = &old->all[i];
		struct cdm_directory *dir = &set->all[set->count];

		if (!cdm_set_mounted(from) || cdm_set_find_mounted(set, from->path) ||
		    (from->tell.state == COREDUMP_MON_DIRECTORY_GONE &&
		     !from->sb))
			continue;
		dir->path = kstrdup(from->path, GFP_KERNEL);
		if (!dir->path)
			return -ENOMEM;
		set->count++;
		dir->tell.flags = COREDUMP_MON_DIRECTORY_MOUNTED;
		dir->tell.state = COREDUMP_MON_DIRECTORY_GONE;
		dir->moved = true;
	}
	return 0;
}

/**
 * cdm_set_refresh() - look all paths of a set up again
 * @set: empty, with room for twice as many and COREDUMP_MON_MOUNTED_MAX more
 * @old: the set in force
 * @left: filled in
 *
 * Context: as cdm_set_add_mounts().
 * Return: 0, or an error: the set is of no use
 */
int cdm_set_refresh(struct cdm_directory_set *set,
		    const struct cdm_directory_set *old,
		    struct cdm_set_left *left)
{
	u32 i, formers = 0, too_many = 0;
	int err;

	for (i = 0; i < old->count; i++) {
		const struct cdm_directory *from = &old->all[i];
		struct cdm_directory *dir = &set->all[set->count];

		if (!cdm_set_named(from))
			continue;
		err = add(set, from->path, from->tell.flags, LOOKUP_AGAIN);
		if (err && err != -ENOMEM && !leads_nowhere(err)) {
			/* As it was. */
			kfree(dir->path);
			memset(dir, 0, sizeof(*dir));
			set->count--;
			err = cdm_set_copy(set, from, from->tell.flags);
			if (!err)
				continue;
		}
		if (err == -ENOMEM)
			return err;
		if (err && from->tell.state != COREDUMP_MON_DIRECTORY_MISSING)
			dir->tell.state = COREDUMP_MON_DIRECTORY_GONE;
		if (!err) {
			err = find_real(dir);
			hold_loosely(dir, old);
		}
		if (err == -ENOMEM)
			return err;
		dir->moved = cdm_set_watches(dir) != cdm_set_watches(from) ||
			     (cdm_set_watches(dir) && !is_same(dir, from));
	}
	err = cdm_set_add_mounts(set, old, left);
	if (!err)
		err = compare_mounted(set, old);
	else if (err != -ENOMEM)
		err = cdm_set_keep_mounts(set, old);
	if (err)
		return err;
	for (i = 0; i < old->count; i++)
		formers += becomes_former(set, &old->all[i]);
	if (formers > COREDUMP_MON_FORMERS_MAX)
		too_many = formers - COREDUMP_MON_FORMERS_MAX;
	left->evicted = too_many;
	/* The oldest go first. */
	err = add_formers(set, old, true, &too_many);
	return err ?: add_formers(set, old, false, &too_many);
}
