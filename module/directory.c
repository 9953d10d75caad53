// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/namei.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/stat.h>
#include <linux/string.h>

#include "compat.h"
#include "directory.h"
#include "pattern.h"

#define WALK_TRIES	8

struct cdm_directory_set __rcu *cdm_directories;

static const char *const builtin[] = {
	"/var/lib/systemd/coredump",
	"/var/crash",
	"/var/lib/apport/coredump",
};

/* Serialises replacing the set; taken in task context, may sleep inside. */
static DEFINE_MUTEX(lock);
/* The built-in set is in force: it follows kernel.core_pattern. */
static bool follow = true;

static atomic64_t races;

static struct cdm_directory_set *set_now(void)
{
	return rcu_dereference_protected(cdm_directories,
					 lockdep_is_held(&lock));
}

static struct cdm_directory_set *set_alloc(u32 room)
{
	struct cdm_directory_set *set;

	return kvzalloc(struct_size(set, all, room), GFP_KERNEL);
}

static void set_free(struct cdm_directory_set *set)
{
	u32 i;

	for (i = 0; i < set->count; i++) {
		if (set->all[i].at.mnt)
			path_put(&set->all[i].at);
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
	dir->generation = inode->i_generation;
	dir->tell.state = COREDUMP_MON_DIRECTORY_WATCHED;
	dir->tell.dev_major = MAJOR(inode->i_sb->s_dev);
	dir->tell.dev_minor = MINOR(inode->i_sb->s_dev);
	dir->tell.ino = inode->i_ino;
	set_hash(set, dir);
}

static int set_add(struct cdm_directory_set *set, const char *path, u32 flags)
{
	struct cdm_directory *dir = &set->all[set->count];
	int err;

	dir->path = kstrdup(path, GFP_KERNEL);
	if (!dir->path)
		return -ENOMEM;
	set->count++;
	dir->tell.flags = flags;
	dir->tell.state = COREDUMP_MON_DIRECTORY_MISSING;
	err = cdm_kern_path(path, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &dir->at);
	if (!err)
		identify(set, dir);
	return err;
}

/* The same directory in another set, without looking it up again. */
static int set_copy(struct cdm_directory_set *set,
		    const struct cdm_directory *from)
{
	struct cdm_directory *dir = &set->all[set->count];

	dir->path = kstrdup(from->path, GFP_KERNEL);
	if (!dir->path)
		return -ENOMEM;
	set->count++;
	dir->from = from;
	dir->sb = from->sb;
	dir->generation = from->generation;
	dir->tell = from->tell;
	if (dir->tell.state == COREDUMP_MON_DIRECTORY_WATCHED)
		set_hash(set, dir);
	return 0;
}

static void set_publish(struct cdm_directory_set *set)
{
	struct cdm_directory_set *old = set_now();
	u32 i;

	rcu_assign_pointer(cdm_directories, set);
	/* From here on, an inode that goes is noticed without a reference. */
	for (i = 0; i < set->count; i++) {
		if (set->all[i].at.mnt)
			path_put(&set->all[i].at);
		set->all[i].at.mnt = NULL;
	}
	synchronize_rcu();
	/* Nor may one be lost that went while its copy was made. */
	for (i = 0; i < set->count; i++) {
		struct cdm_directory *dir = &set->all[i];

		if (dir->from &&
		    dir->from->tell.state == COREDUMP_MON_DIRECTORY_GONE)
			WRITE_ONCE(dir->tell.state, COREDUMP_MON_DIRECTORY_GONE);
		dir->from = NULL;
	}
	if (old)
		set_free(old);
}

static struct cdm_directory *find(struct cdm_directory_set *set,
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

static bool walk(struct cdm_directory_set *set, const struct dentry *dentry)
{
	unsigned int depth = CDM_DEPTH_MAX;

	while (--depth) {
		const struct dentry *parent = READ_ONCE(dentry->d_parent);
		const struct inode *inode;

		if (parent == dentry)
			return false;
		inode = READ_ONCE(parent->d_inode);
		if (inode && find(set, inode))
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

		if (walk(set, dentry))
			return true;
		if (!cdm_rename_seen(seq))
			return false;
	}
	atomic64_inc(&races);
	return false;
}

u64 cdm_directory_races(void)
{
	return atomic64_read(&races);
}

/**
 * cdm_directory_replace() - watch these directories, and no others
 * @paths: absolute paths, each terminated
 * @len: bytes of them
 * @count: how many they are
 * @old: how many were watched before
 *
 * Context: task; paths are looked up as it sees them.
 * Return: 0, or as COREDUMP_MON_IOC_SET_DIRECTORIES says, when nothing has
 *	changed
 */
int cdm_directory_replace(const char *paths, size_t len, u32 count, u32 *old)
{
	struct cdm_directory_set *set;
	const char *path = paths;
	int err = 0;

	set = set_alloc(count);
	if (!set)
		return -ENOMEM;
	while (set->count < count) {
		size_t n = strnlen(path, paths + len - path);

		if (path + n == paths + len || *path != '/')
			err = -EINVAL;
		else if (n >= COREDUMP_MON_PATH_MAX)
			err = -ENAMETOOLONG;
		else
			err = set_add(set, path, 0);
		if (err == -ENOENT)
			err = 0;
		if (err)
			goto free;
		path += n + 1;
	}
	if (path != paths + len) {
		err = -EINVAL;
		goto free;
	}
	mutex_lock(&lock);
	*old = set_now()->count;
	set_publish(set);
	follow = false;
	mutex_unlock(&lock);
	return 0;

free:
	set_free(set);
	return err;
}

/*
 * The directory of an absolute core_pattern, as far as it is the same for
 * every dump, to @path, of CDM_PATTERN_SIZE bytes. False: there is none.
 */
static bool pattern_directory(const char *pattern, char *path)
{
	const char *end = pattern + strcspn(pattern, "%");

	if (*pattern != '/')
		return false;
	while (end > pattern && *end != '/')
		end--;
	strscpy(path, pattern, end - pattern + 1);
	return end > pattern;
}

/*
 * Everybody's directory, /tmp for instance: most files there are no cores, and
 * those that are bear tags.
 */
static bool is_shared(const struct cdm_directory *dir)
{
	umode_t mode = d_inode(dir->at.dentry)->i_mode;

	return mode & S_ISVTX && mode & 0002;
}

static bool named(const struct cdm_directory_set *set, const char *path)
{
	u32 i;

	for (i = 0; i < set->count; i++) {
		if (!strcmp(set->all[i].path, path))
			return true;
	}
	return false;
}

/**
 * cdm_directory_follow() - watch the directory of kernel.core_pattern
 * @pattern: its new value
 *
 * In place of the directory of the former pattern, unless the built-in set is
 * not in force any more. Not watched are the root directory and shared ones.
 *
 * Context: task.
 * Return: 0, or -ENOMEM, when nothing has changed
 */
int cdm_directory_follow(const char *pattern)
{
	struct cdm_directory_set *set, *old;
	char path[CDM_PATTERN_SIZE];
	int err = 0;
	u32 i;

	mutex_lock(&lock);
	if (!follow)
		goto unlock;
	old = set_now();
	set = set_alloc(old->count + 1);
	if (!set) {
		err = -ENOMEM;
		goto unlock;
	}
	for (i = 0; i < old->count; i++) {
		if (old->all[i].tell.flags & COREDUMP_MON_DIRECTORY_PATTERN)
			continue;
		err = set_copy(set, &old->all[i]);
		if (err)
			goto free;
	}
	if (pattern_directory(pattern, path) && !named(set, path)) {
		struct cdm_directory *dir = &set->all[set->count];

		err = set_add(set, path, COREDUMP_MON_DIRECTORY_PATTERN);
		if (err == -ENOMEM)
			goto free;
		/* What cannot be looked up is missing, as it says itself. */
		err = 0;
		if (dir->at.mnt && is_shared(dir)) {
			hlist_del(&dir->node);
			path_put(&dir->at);
			kfree(dir->path);
			set->count--;
		}
	}
	set_publish(set);
	goto unlock;

free:
	set_free(set);
unlock:
	mutex_unlock(&lock);
	return err;
}

/**
 * cdm_directory_gone() - an inode's last name and last reference are dropped
 * @inode: the inode
 *
 * Context: preemption off.
 */
void cdm_directory_gone(const struct inode *inode)
{
	struct cdm_directory *dir;

	dir = find(rcu_dereference_sched(cdm_directories), inode);
	if (dir)
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

/**
 * cdm_directory_list() - tell the watched directories
 * @buf: to here, as COREDUMP_MON_IOC_GET_DIRECTORIES says
 * @room: its bytes
 * @count: how many there are
 *
 * Return: bytes that all take; nothing was told if that is more than @room
 */
size_t cdm_directory_list(void *buf, size_t room, u32 *count)
{
	struct cdm_directory_set *set;
	size_t need = 0;
	u32 i;

	mutex_lock(&lock);
	set = set_now();
	*count = set->count;
	for (i = 0; i < set->count; i++)
		need += sizeof(set->all[i].tell) + ALIGN(strlen(set->all[i].path), 8);
	for (i = 0; i < set->count && need <= room; i++) {
		struct coredump_mon_directory *tell = buf;
		size_t len = strlen(set->all[i].path);

		*tell = set->all[i].tell;
		tell->len = sizeof(*tell) + ALIGN(len, 8);
		tell->path_len = len;
		memset(tell + 1, 0, ALIGN(len, 8));
		memcpy(tell + 1, set->all[i].path, len);
		buf += tell->len;
	}
	mutex_unlock(&lock);
	return need;
}

int cdm_directory_init(void)
{
	struct cdm_directory_set *set = set_alloc(ARRAY_SIZE(builtin));
	u32 i;

	if (!set)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(builtin); i++) {
		int err = set_add(set, builtin[i], COREDUMP_MON_DIRECTORY_BUILTIN);

		if (err == -ENOMEM) {
			set_free(set);
			return err;
		}
	}
	mutex_lock(&lock);
	set_publish(set);
	mutex_unlock(&lock);
	return 0;
}

void cdm_directory_exit(void)
{
	set_free(rcu_dereference_protected(cdm_directories, true));
}
