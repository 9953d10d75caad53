// SPDX-License-Identifier: GPL-2.0
/*
 * The set of watched directories in force, and who puts another in its place.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "change.h"
#include "directory_set.h"
#include "event.h"
#include "follow.h"
#include "mounts.h"
#include "pattern.h"
#include "stand.h"

static const char *const builtin[] = {
	"/var/lib/systemd/coredump",
	"/var/crash",
	"/var/lib/apport/coredump",
};

/* Serialises replacing the set; taken in task context, may sleep inside. */
static DEFINE_MUTEX(lock);
/* The built-in set is in force: it follows kernel.core_pattern. */
static bool follow = true;
/* What is mounted below is to be looked for, whether mounts changed or not. */
static bool look_for_mounts;
/* Former directories that made place for others. */
static u64 evicted;
/* What is mounted below and was left out. */
static u32 unwatched;

static struct cdm_directory_set *set_now(void)
{
	return rcu_dereference_protected(cdm_directories,
					 lockdep_is_held(&lock));
}

/*
 * While one set takes the place of another, who has asked for the tag of a file before
 * is not to be told by the filter of directories that it is of no interest, if by the
 * one it has a tag and by the other a watched directory above it.
 */
static void filter_add(struct cdm_directory_set *set,
		       const struct cdm_directory_set *other, bool add)
{
	u32 i;

	for (i = 0; i < other->count; i++) {
		const struct cdm_directory *dir = &other->all[i];
		u8 *filter = &set->filter[cdm_inode_hash(dir->tell.ino, dir->sb,
							 CDM_DIRECTORY_FILTER_BITS)];

		if (!hlist_unhashed(&dir->node) && *filter < U8_MAX)
			WRITE_ONCE(*filter, add ? *filter + 1 : *filter - 1);
	}
}

/* What follows when a set has taken the place of another, which was added to its filter. */
static void set_settle(struct cdm_directory_set *set, struct cdm_directory_set *old)
{
	u32 i;

	/*
	 * From here on, an inode that goes is noticed without a reference, and
	 * what comes into a directory too.
	 */
	for (i = 0; i < set->count; i++) {
		const struct path *at = &set->all[i].at;

		if (at->mnt && !cdm_directory_find(old, d_inode(at->dentry)))
			cdm_stand_tag(at);
		cdm_set_let_go(&set->all[i]);
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
	filter_add(set, old, false);
	cdm_set_free(old);
}

static void set_publish(struct cdm_directory_set *set)
{
	struct cdm_directory_set *old = set_now();

	filter_add(set, old, true);
	rcu_assign_pointer(cdm_directories, set);
	set_settle(set, old);
}

static u32 count_named(const struct cdm_directory_set *set)
{
	u32 i, n = 0;

	for (i = 0; i < set->count; i++)
		n += cdm_set_named(&set->all[i]);
	return n;
}

static int set_make(struct cdm_directory_next *next, size_t len, u32 count)
{
	struct cdm_directory_set *set = cdm_set_alloc(count + COREDUMP_MON_MOUNTED_MAX);
	const char *path = next->paths;

	next->set = set;
	if (!set)
		return -ENOMEM;
	while (set->count < count) {
		size_t n = strnlen(path, next->paths + len - path);
		int err;

		if (path + n == next->paths + len || *path != '/')
			return -EINVAL;
		if (n >= COREDUMP_MON_PATH_MAX)
			return -ENAMETOOLONG;
		err = cdm_set_add(set, path, 0);
		if (err && err != -ENOENT)
			return err;
		path += n + 1;
	}
	return path == next->paths + len ? 0 : -EINVAL;
}

/**
 * cdm_directory_take() - look up what is to be watched, and nothing else
 * @next: filled in; freed by the caller with cdm_directory_free()
 * @paths: address of absolute paths in user space, each terminated
 * @len: bytes of them
 * @count: how many they are
 *
 * Context: task; paths are looked up as it sees them.
 * Return: 0, or as COREDUMP_MON_IOC_SET_DIRECTORIES says, when there is nothing to
 *	free
 */
int cdm_directory_take(struct cdm_directory_next *next, u64 paths, u64 len, u32 count)
{
	int err;

	*next = (struct cdm_directory_next) {};
	if (count > COREDUMP_MON_DIRECTORIES_MAX ||
	    len > (u64)COREDUMP_MON_DIRECTORIES_MAX * COREDUMP_MON_PATH_MAX)
		return -E2BIG;
	next->paths = kvmalloc(len + 1, GFP_KERNEL);
	if (!next->paths)
		return -ENOMEM;
	err = copy_from_user(next->paths, u64_to_user_ptr(paths), len) ?
	      -EFAULT : set_make(next, len, count);
	if (err)
		cdm_directory_free(next);
	return err;
}

/* What is not in force of it. */
void cdm_directory_free(struct cdm_directory_next *next)
{
	if (next->set)
		cdm_set_free(next->set);
	kvfree(next->paths);
}

/* The next one that somebody asked for. */
static const struct cdm_directory *next_named(const struct cdm_directory_set *set,
					      u32 *i)
{
	while (*i < set->count) {
		const struct cdm_directory *dir = &set->all[(*i)++];

		if (cdm_set_named(dir))
			return dir;
	}
	return NULL;
}

/* Whether the same paths were asked for. */
static bool same_paths(const struct cdm_directory_set *a,
		       const struct cdm_directory_set *b)
{
	const struct cdm_directory *x, *y;
	u32 i = 0, j = 0;

	do {
		x = next_named(a, &i);
		y = next_named(b, &j);
	} while (x && y && !strcmp(x->path, y->path));
	return !x && !y;
}

/**
 * cdm_directory_begin_change() - have no others put directories in place
 * @next: what is to be
 *
 * What is mounted below stays watched where the same paths are asked for; else it is
 * found soon after.
 *
 * To be followed by cdm_directory_change(), unless that is not to be, and by
 * cdm_directory_end_change().
 *
 * Return: 0; -ERESTARTSYS or -ENOMEM: it was not begun
 */
int cdm_directory_begin_change(struct cdm_directory_next *next)
{
	const struct cdm_directory_set *now;
	bool same;

	if (mutex_lock_interruptible(&lock))
		return -ERESTARTSYS;
	now = set_now();
	same = same_paths(now, next->set);
	next->old_count = count_named(now);
	next->count = count_named(next->set);
	next->differs = !same || follow;
	if (same && cdm_set_keep_mounts(next->set, now)) {
		mutex_unlock(&lock);
		return -ENOMEM;
	}
	filter_add(next->set, now, true);
	return 0;
}

/* Has them in force; where that is within a switch, at once with all else. */
void cdm_directory_change(struct cdm_directory_next *next)
{
	next->old = set_now();
	rcu_assign_pointer(cdm_directories, next->set);
}

/* Context: sleeps. */
void cdm_directory_end_change(struct cdm_directory_next *next)
{
	struct cdm_directory_set *old = next->old;

	if (old) {
		set_settle(next->set, old);
		next->set = NULL;
		follow = false;
		look_for_mounts = true;
	}
	mutex_unlock(&lock);
	if (old)
		cdm_follow_now();
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

static bool named(const struct cdm_directory_set *set, const char *path)
{
	u32 i;

	for (i = 0; i < set->count; i++) {
		if (cdm_set_named(&set->all[i]) &&
		    !strcmp(set->all[i].path, path))
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
	set = cdm_set_alloc(old->count + 1);
	if (!set) {
		err = -ENOMEM;
		goto unlock;
	}
	for (i = 0; i < old->count; i++) {
		if (old->all[i].tell.flags & COREDUMP_MON_DIRECTORY_PATTERN)
			continue;
		err = cdm_set_copy(set, &old->all[i], old->all[i].tell.flags);
		if (err)
			goto free;
	}
	if (pattern_directory(pattern, path) && !named(set, path)) {
		err = cdm_set_add(set, path, COREDUMP_MON_DIRECTORY_PATTERN);
		if (err == -ENOMEM)
			goto free;
		if (err == -EPERM)
			kfree(set->all[--set->count].path);
		/* What cannot be looked up is missing, as it says itself. */
		err = 0;
	}
	set_publish(set);
	look_for_mounts = true;
	goto unlock;

free:
	cdm_set_free(set);
unlock:
	mutex_unlock(&lock);
	return err;
}

static u32 count_there(const struct cdm_directory_set *set)
{
	u32 i, n = 0;

	for (i = 0; i < set->count; i++)
		n += cdm_set_watches(&set->all[i]) && !cdm_set_former(&set->all[i]);
	return n;
}

static bool any_moved(const struct cdm_directory_set *set)
{
	u32 i;

	for (i = 0; i < set->count; i++) {
		if (set->all[i].moved)
			return true;
	}
	return false;
}

/**
 * cdm_directory_refresh() - watch what the paths lead to now, and what is mounted
 *	below
 *
 * What a path has led to is watched on, as a former directory, as what is in
 * there are core files still. Where any leads elsewhere than before, that is told
 * before others can take the place of them.
 *
 * Context: the worker that follows directories.
 */
void cdm_directory_refresh(void)
{
	struct cdm_directory_set *now, *set;
	struct cdm_set_left left = {};
	bool changed;
	u32 i, there;

	mutex_lock(&lock);
	now = set_now();
	changed = cdm_mounts_changed() || look_for_mounts;
	for (i = 0; i < now->count && !changed; i++)
		changed = cdm_set_moved(&now->all[i]);
	if (!changed)
		goto unlock;
	set = cdm_set_alloc(2 * now->count + COREDUMP_MON_MOUNTED_MAX);
	/* There may be memory for it next time. */
	look_for_mounts = true;
	if (!set || cdm_set_refresh(set, now, &left)) {
		if (set)
			cdm_set_free(set);
		goto unlock;
	}
	look_for_mounts = left.again;
	WRITE_ONCE(unwatched, left.unwatched);
	there = count_there(now);
	/* Or it was as before again when it was looked up for the set. */
	if (any_moved(set)) {
		WRITE_ONCE(evicted, evicted + left.evicted);
		set_publish(set);
		cdm_change_followed(there, count_there(set));
	} else {
		cdm_set_free(set);
	}
unlock:
	mutex_unlock(&lock);
}

/* Appends the paths of those that this refresh found elsewhere. */
void cdm_directory_put_moved(struct cdm_event *event)
{
	const struct cdm_directory_set *set = set_now();
	u32 i;

	for (i = 0; i < set->count; i++) {
		if (set->all[i].moved)
			cdm_event_put_string(event, COREDUMP_MON_A_PATH,
					     set->all[i].path);
	}
}

void cdm_directory_stats(struct coredump_mon_stats *stats)
{
	stats->formers_evicted = READ_ONCE(evicted);
	stats->mounts_unwatched = READ_ONCE(unwatched);
}

/**
 * cdm_directory_begin() - watch the built-in directories
 *
 * When probes are in place: what is written into one after this has looked at it
 * is noticed by them.
 *
 * Return: 0, or -ENOMEM
 */
int cdm_directory_begin(void)
{
	struct cdm_directory_set *set = cdm_set_alloc(ARRAY_SIZE(builtin));
	u32 i;

	if (!set)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(builtin); i++) {
		int err = cdm_set_add(set, builtin[i], COREDUMP_MON_DIRECTORY_BUILTIN);

		if (err == -ENOMEM) {
			cdm_set_free(set);
			return err;
		}
	}
	mutex_lock(&lock);
	set_publish(set);
	mutex_unlock(&lock);
	return 0;
}

/* None yet: handlers are to find a set. Return: 0, or -ENOMEM */
int cdm_directory_init(void)
{
	struct cdm_directory_set *set = cdm_set_alloc(0);

	if (!set)
		return -ENOMEM;
	rcu_assign_pointer(cdm_directories, set);
	return 0;
}

void cdm_directory_exit(void)
{
	cdm_set_free(rcu_dereference_protected(cdm_directories, true));
}
