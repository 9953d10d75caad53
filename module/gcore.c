// SPDX-License-Identifier: GPL-2.0
#include <linux/cred.h>
#include <linux/delay.h>
#include <linux/elf.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fsnotify_backend.h>
#include <linux/magic.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/path.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "change.h"
#include "compat.h"
#include "gcore.h"
#include "later.h"
#include "tag.h"
#include "watch.h"

/* How many files may be waited for. */
#define WATCHED_MAX	512
/* How many may be looked at, see struct cdm_later_set. */
#define PENDING_MAX	32
#define HASTY_MAX	16
#define LOOKS_MAX	(PENDING_MAX + HASTY_MAX)
/* Nobody traces so many threads by accident; then it is not told whose memory it is. */
#define TRACED_MAX	1024

/**
 * struct watched - a file that is being written
 * @slot: the pool's
 * @mark: tells when it is closed
 * @whose: whose memory it would hold
 */
struct watched {
	struct cdm_slot slot;
	struct fsnotify_mark mark;
	struct cdm_gcore_whose whose;
};

/**
 * struct look - at a file that was written
 * @later: finishes it
 * @looker: the task that does; only compared
 * @path: the file, with a reference
 * @mark: of that, with a reference; NULL: there is none any more
 * @whose: whose memory it would hold
 */
struct look {
	struct cdm_later later;
	const struct task_struct *looker;
	struct path path;
	struct fsnotify_mark *mark;
	struct cdm_gcore_whose whose;
};

/*
 * Files are waited for, and not any more, under this; so that none is lost which is
 * opened once more while it is closed.
 */
static DEFINE_MUTEX(lock);
static struct fsnotify_group *group;
static struct cdm_pool pool;
static struct watched *all_watched;

static struct cdm_later_set set;
static struct look *all_looks;
/* May read what users wrote. */
static struct cred *reader;

/* What could not be waited for or looked at. */
static atomic64_t unlooked;

/*
 * Whether looking at a file does nothing but reading it, and waits for no process of
 * some user's: whoever closes it last may have got it from anybody.
 */
static bool is_harmless(const struct inode *inode)
{
	switch (inode->i_sb->s_magic) {
	case FUSE_SUPER_MAGIC:
		atomic64_inc(&unlooked);
		return false;
	case CGROUP_SUPER_MAGIC:
	case CGROUP2_SUPER_MAGIC:
	case DEBUGFS_MAGIC:
	case PROC_SUPER_MAGIC:
	case SYSFS_MAGIC:
	case TRACEFS_MAGIC:
		return false;
	}
	return S_ISREG(inode->i_mode) && inode->i_fop->read_iter &&
	       !inode->i_fop->read;
}

/* Whether a file can be looked at when it is closed. Context: preemption off. */
bool cdm_gcore_file(const struct dentry *dentry)
{
	return is_harmless(d_backing_inode(dentry)) &&
	       is_harmless(d_backing_inode(cdm_real_dentry(dentry)));
}

/* Whether it traces another one too than that; or so many that it is not known. */
static bool adds(const struct task_struct *tracer, struct cdm_gcore_whose *whose)
{
	const struct list_head *head = &tracer->ptraced;
	const struct list_head *at = READ_ONCE(head->next);
	unsigned int n;

	/*
	 * Any of them may leave the list now, and then leads to itself: so there
	 * is a bound.
	 */
	for (n = 0; at != head; n++, at = READ_ONCE(at->next)) {
		const struct task_struct *task =
			list_entry(at, struct task_struct, ptrace_entry);
		u32 pid = task_tgid_nr((struct task_struct *)task);

		if (n == TRACED_MAX || (whose->pid && whose->pid != pid))
			return false;
		if (!whose->pid)
			strscpy(whose->comm, task->comm, sizeof(whose->comm));
		whose->pid = pid;
	}
	return true;
}

/**
 * cdm_gcore_who() - whom the current task traces
 * @whose: filled in
 *
 * Context: any.
 */
void cdm_gcore_who(struct cdm_gcore_whose *whose)
{
	memset(whose, 0, sizeof(*whose));
	rcu_read_lock();
	if (!adds(current, whose) ||
	    (current != current->group_leader &&
	     !adds(current->group_leader, whose)))
		memset(whose, 0, sizeof(*whose));
	rcu_read_unlock();
}

/* Has a file looked at when the current task is done with it. Context: task. */
static void look_later(const struct path *path, struct fsnotify_mark *mark,
		       const struct cdm_gcore_whose *whose)
{
	struct cdm_later *later;
	struct look *look;
	bool by_worker;

	later = cdm_later_take(&set, &by_worker);
	if (!later) {
		atomic64_inc(&unlooked);
		return;
	}
	look = container_of(later, struct look, later);
	look->path = *path;
	path_get(path);
	look->mark = mark;
	if (mark)
		refcount_inc(&mark->refcnt);
	look->whose = *whose;
	cdm_later_go(later, by_worker);
}

/* How many descriptions of a file there are that may write. */
static int writers(const struct path *path)
{
	return atomic_read(&d_backing_inode(path->dentry)->i_writecount);
}

/**
 * cdm_gcore_watch() - look at a file when it is closed
 * @path: the file, which somebody opened for writing
 * @whose: whose memory it would hold
 *
 * Context: task.
 */
void cdm_gcore_watch(const struct path *path, const struct cdm_gcore_whose *whose)
{
	struct cdm_slot *slot = cdm_pool_take_loose(&pool);
	struct watched *watched = container_of(slot, struct watched, slot);
	int err;

	if (!slot || !path->mnt) {
		atomic64_inc(&unlooked);
		if (slot)
			cdm_pool_give_loose(slot);
		return;
	}
	watched->whose = *whose;
	fsnotify_init_mark(&watched->mark, group);
	watched->mark.mask = FS_CLOSE_WRITE;
	mutex_lock(&lock);
	/* Where somebody is waited for already, it is whom that one traces. */
	err = fsnotify_add_inode_mark(&watched->mark, d_backing_inode(path->dentry),
				      0);
	if (err && err != -EEXIST)
		atomic64_inc(&unlooked);
	/* Another thread was quick. */
	if (!err && writers(path) <= 0) {
		fsnotify_destroy_mark(&watched->mark, group);
		look_later(path, NULL, whose);
	}
	mutex_unlock(&lock);
	fsnotify_put_mark(&watched->mark);
}

/* Nobody uses it any more. */
static void free_watched(struct fsnotify_mark *mark)
{
	struct watched *watched = container_of(mark, struct watched, mark);

	cdm_pool_give_loose(&watched->slot);
}

/*
 * A file that is waited for was open for writing, and is being closed. It is looked
 * at when that is done, as nobody else's marks may have to wait for what a file
 * system does.
 */
static int closed(struct fsnotify_group *of, u32 mask, const void *data,
		  int data_type, struct inode *dir, const struct qstr *name,
		  u32 cookie, struct fsnotify_iter_info *info)
{
	const struct path *path = fsnotify_data_path(data, data_type);
	struct fsnotify_mark *mark = fsnotify_iter_inode_mark(info);

	if (!path || !mark)
		return 0;
	look_later(path, mark, &container_of(mark, struct watched, mark)->whose);
	mutex_lock(&lock);
	/* It still counts itself. */
	if (writers(path) <= 1)
		fsnotify_destroy_mark(mark, group);
	mutex_unlock(&lock);
	return 0;
}

static const struct fsnotify_ops ops = {
	.handle_event	= closed,
	.free_mark	= free_watched,
};

/* Whether the current task opens a file only to look at it. Context: any. */
bool cdm_gcore_looks(void)
{
	u32 i;

	for (i = 0; i < LOOKS_MAX; i++) {
		if (READ_ONCE(all_looks[i].looker) == current)
			return true;
	}
	return false;
}

/*
 * Where the kernel may not read all, as on a server that trusts no root, the one who
 * wrote it may. Nobody's lease is waited for.
 */
static struct file *open_it(const struct path *path)
{
	const int flags = O_RDONLY | O_LARGEFILE | O_NOATIME | O_NONBLOCK |
			  CDM_OPEN_NONOTIFY;
	struct file *file = dentry_open(path, flags, reader);

	if (PTR_ERR(file) == -EACCES)
		file = dentry_open(path, flags & ~O_NOATIME, current_cred());
	return file;
}

static bool is_core(const struct path *path)
{
	struct elf32_hdr head;
	struct file *file = open_it(path);
	loff_t pos = 0;
	ssize_t n;

	if (IS_ERR(file)) {
		atomic64_inc(&unlooked);
		return false;
	}
	/* Of 64 bits, it is the same up to where the type is. */
	n = kernel_read(file, &head, sizeof(head), &pos);
	fput(file);
	if (n < 0)
		atomic64_inc(&unlooked);
	if (n < offsetofend(struct elf32_hdr, e_type) ||
	    memcmp(head.e_ident, ELFMAG, SELFMAG))
		return false;
	return head.e_ident[EI_DATA] == ELFDATA2MSB ?
	       be16_to_cpu((__force __be16)head.e_type) == ET_CORE :
	       le16_to_cpu((__force __le16)head.e_type) == ET_CORE;
}

static void finish_look(struct cdm_later *later)
{
	struct look *look = container_of(later, struct look, later);
	u32 old = cdm_tag_count();
	bool core;

	WRITE_ONCE(look->looker, current);
	core = is_core(&look->path);
	WRITE_ONCE(look->looker, NULL);
	/* Two that closed at the same time each took the other for one more. */
	if (look->mark) {
		mutex_lock(&lock);
		if (writers(&look->path) <= 0)
			fsnotify_destroy_mark(look->mark, group);
		mutex_unlock(&lock);
		fsnotify_put_mark(look->mark);
	}
	if (core && cdm_watch_tag_gcore(look->path.dentry, look->whose.pid,
					look->whose.comm))
		cdm_change_tag(COREDUMP_MON_CHANGE_TAG_ADD, &look->path, old,
			       cdm_tag_count());
	path_put(&look->path);
}

void cdm_gcore_stats(struct coredump_mon_stats *stats)
{
	stats->unlooked = atomic64_read(&unlooked);
}

static void free_all(void)
{
	if (reader)
		put_cred(reader);
	kvfree(all_looks);
	kvfree(all_watched);
}

int cdm_gcore_init(void)
{
	int err = -ENOMEM;
	u32 i;

	all_watched = kvcalloc(WATCHED_MAX, sizeof(*all_watched), GFP_KERNEL);
	all_looks = kvcalloc(LOOKS_MAX, sizeof(*all_looks), GFP_KERNEL);
	reader = prepare_kernel_cred(&init_task);
	if (!all_watched || !all_looks || !reader)
		goto free;
	err = cdm_later_init(&set, "coredump_mon_gcore", finish_look);
	if (err)
		goto free;
	group = cdm_fsnotify_group(&ops);
	if (IS_ERR(group)) {
		err = PTR_ERR(group);
		cdm_later_exit(&set);
		goto free;
	}
	cdm_pool_init(&pool);
	for (i = 0; i < WATCHED_MAX; i++)
		cdm_pool_put_in(&pool, &all_watched[i].slot);
	for (i = 0; i < LOOKS_MAX; i++)
		cdm_later_put_in(&set, &all_looks[i].later, i >= PENDING_MAX);
	return 0;

free:
	free_all();
	return err;
}

static struct fsnotify_mark *first_mark(void)
{
	struct fsnotify_mark *mark;

	mutex_lock(&group->mark_mutex);
	mark = list_first_entry_or_null(&group->marks_list, struct fsnotify_mark,
					g_list);
	if (mark)
		refcount_inc(&mark->refcnt);
	mutex_unlock(&group->mark_mutex);
	return mark;
}

/* When nothing new is waited for. */
void cdm_gcore_exit(void)
{
	struct fsnotify_mark *mark;
	u32 i;

	while ((mark = first_mark())) {
		fsnotify_destroy_mark(mark, group);
		fsnotify_put_mark(mark);
	}
	fsnotify_put_group(group);
	/*
	 * Those that go with their inode are let go of by whoever does that. And
	 * until nobody is told of a close any more.
	 */
	while (READ_ONCE(pool.count)) {
		fsnotify_wait_marks_destroyed();
		msleep(20);
	}
	fsnotify_wait_marks_destroyed();
	for (i = 0; i < LOOKS_MAX; i++)
		cdm_later_settle(&all_looks[i].later);
	cdm_later_exit(&set);
	free_all();
}
