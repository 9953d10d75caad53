/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The watched directories: as an administrator names them, and as inodes.
 */
#ifndef CDM_DIRECTORY_H
#define CDM_DIRECTORY_H

#include <linux/compiler.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/path.h>
#include <linux/rcupdate.h>
#include <linux/seqlock.h>
#include <linux/coredump_mon.h>

#include "tag.h"

struct cdm_event;

#define CDM_DIRECTORY_FILTER_BITS	16

/* Nobody nests deeper by accident; what does counts as watched. */
#define CDM_DEPTH_MAX			4096

#define CDM_DIRECTORY_BUCKET_BITS	8

/**
 * struct cdm_directory - a watched directory
 * @node: in its bucket, if it was there
 * @sb: never followed, only compared: umount ends the watch
 * @disk: the whole disk, see cdm_disk_of()
 * @path: as it was named
 * @real: that without links, as PID 1 sees it, while the set is made; or NULL
 * @at: what it resolved to; held only while the set is made
 * @own: if there is one, @at is on this mount, which is nobody else's
 * @from: what it is a copy of, while the set is made
 * @moved: its path was found to lead elsewhere than before
 * @tell: what is told of it; its numbers are its identity
 * @generation: of its inode
 */
struct cdm_directory {
	struct hlist_node node;
	const struct super_block *sb;
	dev_t disk;
	char *path;
	char *real;
	struct path at;
	struct vfsmount *own;
	const struct cdm_directory *from;
	bool moved;
	struct coredump_mon_directory tell;
	u32 generation;
};

/**
 * struct cdm_directory_set - all watched directories
 * @filter: how many of them have a hash: tells handlers of nearly every
 *	directory that it is not watched, by one load
 * @buckets: those that are there, by the same hash
 * @count: how many
 * @all: they
 */
struct cdm_directory_set {
	u8 filter[1 << CDM_DIRECTORY_FILTER_BITS];
	struct hlist_head buckets[1 << CDM_DIRECTORY_BUCKET_BITS];
	u32 count;
	struct cdm_directory all[];
};

/**
 * struct cdm_directory_next - directories that somebody asks for
 * @paths: they, each terminated
 * @count: how many
 * @set: made of them; NULL: it is in force
 * @old: what it took the place of, until the change ends; NULL: of nothing
 * @old_count: how many others had been asked for
 * @differs: they are not the same ones
 */
struct cdm_directory_next {
	char *paths;
	u32 count;
	struct cdm_directory_set *set;
	struct cdm_directory_set *old;
	u32 old_count;
	bool differs;
};

/* Replaced whole; handlers read it with preemption off. */
extern struct cdm_directory_set __rcu *cdm_directories;

/*
 * Tells whether what was seen of parents in between may never have been so, as
 * renames went on. The plain counter inside the lock, as waiting for a writer
 * is what a handler may not do; while there is one, the begin matches no end.
 */
static __always_inline unsigned int cdm_rename_begin(void)
{
	return raw_seqcount_begin(&rename_lock.seqcount.seqcount);
}

static __always_inline bool cdm_rename_seen(unsigned int begin)
{
	return unlikely(read_seqcount_retry(&rename_lock.seqcount.seqcount,
					    begin));
}

/* Whether this may be a watched directory. */
static __always_inline bool cdm_directory_hit(const struct dentry *dentry,
					      const u8 *filter,
					      const struct super_block *sb)
{
	const struct inode *inode = READ_ONCE(dentry->d_inode);

	if (unlikely(!inode))
		return true;
	return unlikely(filter[cdm_inode_hash(inode->i_ino, sb,
					      CDM_DIRECTORY_FILTER_BITS)]);
}

/*
 * Whether a file may be below a watched directory; false means that it is not.
 * This is what an unrelated open pays for, some dozen instructions a level.
 */
static __always_inline bool cdm_directory_maybe(const struct dentry *dentry,
						const struct super_block *sb)
{
	const u8 *filter = rcu_dereference_sched(cdm_directories)->filter;
	unsigned int seq = cdm_rename_begin();
	unsigned int rounds;
	const struct dentry *parent = READ_ONCE(dentry->d_parent);

	/* Most are not deep, and need no count. */
	if (cdm_directory_hit(parent, filter, sb))
		return true;
	dentry = READ_ONCE(parent->d_parent);
	if (dentry == parent)
		return cdm_rename_seen(seq);
	/* Not before, for those who need none. */
	rounds = CDM_DEPTH_MAX / 2;
	OPTIMIZER_HIDE_VAR(rounds);
	/*
	 * Two levels a round, without moving pointers about. One without a
	 * parent is its own.
	 */
	do {
		if (cdm_directory_hit(dentry, filter, sb))
			return true;
		parent = READ_ONCE(dentry->d_parent);
		if (parent == dentry)
			return cdm_rename_seen(seq);
		if (cdm_directory_hit(parent, filter, sb))
			return true;
		dentry = READ_ONCE(parent->d_parent);
		if (dentry == parent)
			return cdm_rename_seen(seq);
	} while (--rounds);
	return true;
}

struct cdm_directory *cdm_directory_find(struct cdm_directory_set *set,
					 const struct inode *inode);
bool cdm_directory_walk(struct cdm_directory_set *set,
			const struct dentry *dentry);
int cdm_directory_init(void);
int cdm_directory_begin(void);
void cdm_directory_exit(void);
bool cdm_directory_holds(const struct dentry *dentry);
bool cdm_directory_on(dev_t dev);
int cdm_directory_take(struct cdm_directory_next *next, u64 paths, u64 len, u32 count);
void cdm_directory_free(struct cdm_directory_next *next);
int cdm_directory_begin_change(struct cdm_directory_next *next);
void cdm_directory_change(struct cdm_directory_next *next);
void cdm_directory_end_change(struct cdm_directory_next *next);
int cdm_directory_follow(const char *pattern);
void cdm_directory_refresh(void);
void cdm_directory_put_moved(struct cdm_event *event);
void cdm_directory_stats(struct coredump_mon_stats *stats);
void cdm_directory_gone(const struct inode *inode);
void cdm_directory_gone_sb(const struct super_block *sb);
size_t cdm_directory_list(void *buf, size_t room, u32 *count);
void cdm_directory_raced(void);
u64 cdm_directory_races(void);

#endif /* CDM_DIRECTORY_H */
