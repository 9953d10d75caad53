// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "directory_set.h"

#define WALK_TRIES	8

struct cdm_directory_set __rcu *cdm_directories;

static atomic64_t races;

/* The watched directory that an inode is, or NULL. Context: any. */
struct cdm_directory *cdm_directory_find(struct cdm_directory_set *set,
					 const struct inode *inode)
{
	struct hlist_head *bucket =
		&set->buckets[cdm_inode_hash(inode->i_ino, inode->i_sb,
					     CDM_DIRECTORY_BUCKET_BITS)];
	struct cdm_directory *dir;

	hlist_for_each_entry(dir, bucket, node) {
		if (dir->tell.ino == inode->i_ino && dir->sb == inode->i_sb &&
		    dir->generation == inode->i_generation &&
		    READ_ONCE(dir->tell.state) == COREDUMP_MON_DIRECTORY_WATCHED)
			return dir;
	}
	return NULL;
}

/* Whether something is below a directory of a set. Context: RCU, any. */
bool cdm_directory_walk(struct cdm_directory_set *set,
			const struct dentry *dentry)
{
	unsigned int depth = CDM_DEPTH_MAX;

	while (--depth) {
		const struct dentry *parent = READ_ONCE(dentry->d_parent);
		const struct inode *inode;

		if (parent == dentry)
			return false;
		inode = READ_ONCE(parent->d_inode);
		if (inode && cdm_directory_find(set, inode))
			return true;
		dentry = parent;
	}
	return true;
}

/**
 * cdm_directory_holds() - whether a file is below a watched directory
 * @dentry: the file
 *
 * A no that renames going on elsewhere make doubtful is looked up again, a few
 * times; if it stays doubtful, that is counted. Of a file that is too deep to
 * tell the answer is yes.
 *
 * Context: preemption off.
 */
bool cdm_directory_holds(const struct dentry *dentry)
{
	struct cdm_directory_set *set = rcu_dereference_sched(cdm_directories);
	int tries;

	for (tries = 0; tries < WALK_TRIES; tries++) {
		unsigned int seq = cdm_rename_begin();

		if (cdm_directory_walk(set, dentry))
			return true;
		if (!cdm_rename_seen(seq))
			return false;
	}
	cdm_directory_raced();
	return false;
}

/* Whether a watched directory is on a block device. Context: preemption off. */
bool cdm_directory_on(dev_t dev)
{
	struct cdm_directory_set *set = rcu_dereference_sched(cdm_directories);
	u32 i;

	for (i = 0; i < set->count; i++) {
		const struct cdm_directory *dir = &set->all[i];

		if (READ_ONCE(dir->tell.state) == COREDUMP_MON_DIRECTORY_WATCHED &&
		    (MKDEV(dir->tell.dev_major, dir->tell.dev_minor) == dev ||
		     dir->disk == dev))
			return true;
	}
	return false;
}

/* What is above a file could not be told for renames. Context: any. */
void cdm_directory_raced(void)
{
	atomic64_inc(&races);
}

u64 cdm_directory_races(void)
{
	return atomic64_read(&races);
}

/**
 * cdm_directory_gone() - an inode's last name and last reference are dropped
 * @inode: the inode
 *
 * Context: preemption off.
 */
void cdm_directory_gone(const struct inode *inode)
{
	struct cdm_directory_set *set = rcu_dereference_sched(cdm_directories);
	struct cdm_directory *dir;

	/* Paths may lead to the same one. */
	while ((dir = cdm_directory_find(set, inode)))
		WRITE_ONCE(dir->tell.state, COREDUMP_MON_DIRECTORY_GONE);
}

/* A file system goes away. Context: preemption off. */
void cdm_directory_gone_sb(const struct super_block *sb)
{
	struct cdm_directory_set *set = rcu_dereference_sched(cdm_directories);
	u32 i;

	for (i = 0; i < set->count; i++) {
		struct cdm_directory *dir = &set->all[i];

		if (dir->sb == sb)
			WRITE_ONCE(dir->tell.state, COREDUMP_MON_DIRECTORY_GONE);
	}
}

/* What is mounted no more is no part of anything. */
static bool is_told(const struct cdm_directory *dir)
{
	return !cdm_set_mounted(dir) ||
	       READ_ONCE(dir->tell.state) != COREDUMP_MON_DIRECTORY_GONE;
}

/**
 * cdm_directory_list() - tell the watched directories
 * @buf: to here, as COREDUMP_MON_IOC_GET_DIRECTORIES says
 * @room: its bytes
 * @count: how many there are
 *
 * Does not wait for who is looking paths up, which may take long.
 *
 * Return: bytes that all take; not all were told if that is more than @room
 */
size_t cdm_directory_list(void *buf, size_t room, u32 *count)
{
	struct cdm_directory_set *set;
	size_t need = 0;
	u32 i;

	rcu_read_lock();
	set = rcu_dereference(cdm_directories);
	*count = 0;
	for (i = 0; i < set->count; i++) {
		size_t len = strlen(set->all[i].path);
		struct coredump_mon_directory *tell = buf + need;

		if (!is_told(&set->all[i]))
			continue;
		++*count;
		need += sizeof(*tell) + ALIGN(len, 8);
		if (need > room)
			continue;
		*tell = set->all[i].tell;
		tell->len = sizeof(*tell) + ALIGN(len, 8);
		tell->path_len = len;
		memset(tell + 1, 0, ALIGN(len, 8));
		memcpy(tell + 1, set->all[i].path, len);
	}
	rcu_read_unlock();
	return need;
}
