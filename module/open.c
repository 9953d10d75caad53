// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/sched.h>

#include "compat.h"
#include "dump.h"
#include "event.h"
#include "fold.h"
#include "gcore.h"
#include "judge.h"
#include "later.h"
#include "mode.h"
#include "open.h"
#include "process.h"
#include "switch.h"
#include "watch.h"

/* How many opens may be under way, see struct cdm_later_set. */
#define PENDING_MAX	512
#define HASTY_MAX	256

/**
 * struct finding - what an open turned out to be
 * @id: which file, and what is asked of it
 * @tag: its tag, if @id says that it has one
 * @answer: the policy's
 */
struct finding {
	struct coredump_mon_file_id id;
	struct coredump_mon_tag tag;
	struct cdm_policy_answer answer;
};

/**
 * struct pending - an open whose record is not finished
 * @later: finishes it
 * @file: what is being opened; never followed, only compared
 * @gated: the gate has seen this open
 * @path: with a reference
 * @target: whose /proc/PID file it is, with a reference, or NULL
 * @stamp: when
 * @found: what; nothing, if it is of no class yet
 * @untold: no record is made of it
 * @process: who
 * @gcore: a debugger writes it
 * @whose: whose memory it may come to hold then
 */
struct pending {
	struct cdm_later later;
	struct file *file;
	bool gated;
	struct path path;
	struct pid *target;
	struct cdm_stamp stamp;
	struct finding found;
	bool untold;
	struct cdm_process process;
	bool gcore;
	struct cdm_gcore_whose whose;
};

static struct cdm_later_set set;
static struct pending *all;
static atomic64_t denied;

/*
 * Of a task that uses io_uring an error is not believed; a descriptor proves
 * itself, as it is this file's.
 */
static void put_result(struct cdm_event *event, const struct pending *open)
{
	struct coredump_mon_result result = { .fd = -1 };
	struct file *file;
	long ret;

	if (open->found.answer.verdict == COREDUMP_MON_DENIED) {
		result.error = EACCES;
		goto put;
	}
	if (!cdm_later_returned(&ret))
		return;
	if (IS_ERR_VALUE(ret) && cdm_uses_io_uring())
		return;
	if (IS_ERR_VALUE(ret)) {
		result.error = -ret;
		goto put;
	}
	file = fget_raw(ret);
	if (!file)
		return;
	result.fd = file == open->file ? ret : -1;
	fput(file);
	if (result.fd < 0)
		return;
put:
	cdm_event_put(event, COREDUMP_MON_A_RESULT, &result, sizeof(result));
}

static void tell(const struct pending *open)
{
	const struct cdm_policy_answer *answer = &open->found.answer;
	struct cdm_event event;

	cdm_event_begin(&event, COREDUMP_MON_OPEN, &open->stamp);
	cdm_event_put_decision(&event, answer->verdict, answer->priority,
			       answer->rule);
	cdm_event_put_file(&event, &open->found.id, &open->path,
			   open->found.id.tagged ? &open->found.tag : NULL,
			   !open->process.namespaces.initial);
	put_result(&event, open);
	if (open->target)
		cdm_process_put_target(&event, open->target);
	/* Last, as it is what may be too long. */
	cdm_process_put(&event, &open->process);
	cdm_event_commit(&event, cdm_fold_kind(answer, COREDUMP_MON_KIND_OPEN),
			 open->process.cred);
}

static void finish(struct cdm_later *later)
{
	struct pending *open = container_of(later, struct pending, later);

	if (open->gcore)
		cdm_gcore_watch(&open->path, &open->whose);
	if (!open->untold && !open->found.answer.ignored)
		tell(open);
	cdm_process_release(&open->process);
	put_pid(open->target);
	if (open->path.mnt)
		path_put(&open->path);
}

static u32 access_of(const struct file *file, const struct inode *inode)
{
	if (file->f_flags & __FMODE_EXEC)
		return COREDUMP_MON_ACCESS_EXEC;
	/*
	 * Of a file that this open creates there is nothing to read. That it does
	 * is what NFS and FUSE say of one, too, that their server had already.
	 */
	if (file->f_flags & __O_TMPFILE ||
	    (file->f_mode & FMODE_CREATED && !i_size_read(inode)))
		return COREDUMP_MON_ACCESS_WRITE;
	switch (file->f_mode & (FMODE_READ | FMODE_WRITE)) {
	case FMODE_READ | FMODE_WRITE:
		return COREDUMP_MON_ACCESS_READ_WRITE;
	case FMODE_WRITE:
		return COREDUMP_MON_ACCESS_WRITE;
	}
	return COREDUMP_MON_ACCESS_READ;
}

/* Of which class it is, and what the policy says. 0: of none. */
static u32 decide(const struct dentry *dentry, const struct file *file,
		  struct finding *found)
{
	u32 file_class, access = access_of(file, d_backing_inode(dentry));
	const struct dentry *which;
	unsigned int begin;
	bool tagged;

	do {
		begin = cdm_switch_begin();
		which = dentry;
		found->answer = (struct cdm_policy_answer) {};
		file_class = cdm_watch_class(&which, &tagged, &found->tag);
		if (file_class)
			cdm_judge(COREDUMP_MON_OPEN, file_class, access,
				  READ_ONCE(cdm_mode_enforcing), which,
				  &found->answer);
	} while (cdm_switch_seen(begin));
	if (file_class)
		found->id = cdm_watch_id(d_backing_inode(which), file_class, access,
					 tagged);
	return file_class;
}

/* What is written there is a core file wherever it goes. */
static void mark_written(const struct dentry *dentry,
			 const struct finding *found)
{
	if (found->id.file_class == COREDUMP_MON_CLASS_CORE &&
	    found->id.access & COREDUMP_MON_ACCESS_WRITE &&
	    found->answer.verdict != COREDUMP_MON_DENIED)
		cdm_watch_tag(dentry, COREDUMP_MON_TAG_WRITTEN);
}

/* Whether it is a debugger's, of a file that may become a core file. */
static bool is_gcore(const struct file *file, const struct dentry *dentry)
{
	return cdm_gcore_maybe(file) && !(file->f_mode & FMODE_NOACCOUNT) &&
	       cdm_gcore_file(dentry);
}

/* Whether there is nothing to be told of it, or too much was. */
static bool is_untold(const struct finding *found)
{
	return !found->id.file_class || found->answer.ignored ||
	       cdm_fold(cdm_fold_kind(&found->answer, COREDUMP_MON_KIND_OPEN));
}

static void note(const struct path *path, struct file *file, bool gated,
		 const struct finding *found, bool gcore)
{
	bool untold = is_untold(found);
	struct cdm_later *later;
	struct pending *open;
	bool by_worker;

	gcore &= found->answer.verdict != COREDUMP_MON_DENIED;
	if (untold && !gcore)
		return;
	later = cdm_later_take(&set, &by_worker);
	if (!later)
		return;
	open = container_of(later, struct pending, later);
	open->file = file;
	open->gated = gated;
	open->path = (struct path) {};
	if (cdm_path_get(path))
		open->path = *path;
	open->target = NULL;
	if (found->id.file_class == COREDUMP_MON_CLASS_COREDUMP_FILTER)
		open->target = cdm_watch_target(path->dentry);
	open->stamp = cdm_event_now();
	open->found = *found;
	open->untold = untold;
	cdm_process_snapshot(&open->process, by_worker);
	open->gcore = gcore;
	if (gcore)
		cdm_gcore_who(&open->whose);
	cdm_later_go(later, by_worker);
}

static bool noted_in(struct cdm_pool *in, struct pending *open,
		     const struct file *file, const struct finding *found)
{
	const struct pending *end = open + in->max;
	bool told = false;

	raw_spin_lock(&in->lock);
	for (; open < end && !told; open++) {
		if (open->later.slot.owner != current || open->gated ||
		    open->file != file ||
		    open->path.dentry != file->f_path.dentry)
			continue;
		open->gated = true;
		told = !open->untold;
		/* If it is not to be told, this one may be. */
		if (told && found->id.file_class)
			open->found = *found;
		if (!told || found->answer.verdict == COREDUMP_MON_DENIED)
			open->gcore = false;
	}
	raw_spin_unlock(&in->lock);
	return told;
}

/*
 * Whether a stacked file system opens what is below a file that is a core file
 * itself: that was decided when the user opened it, by what was asked for (that
 * the file was created, for one), which this does not know.
 */
static bool decided_above(const struct file *file)
{
	const struct dentry *above;
	struct coredump_mon_tag tag;
	bool tagged;

	if (!(file->f_mode & FMODE_NOACCOUNT))
		return false;
	above = cdm_user_dentry(file);
	if (above == file->f_path.dentry && !(above->d_flags & DCACHE_OP_REAL))
		return false;
	return cdm_watch_class(&above, &tagged, &tag);
}

/*
 * Whether an observer has noted this very open before the gate saw it: while
 * the gate comes, one may have passed the observer already. One that a worker
 * has told of by now is told again, and one that was too much is counted again.
 */
static bool noted(const struct file *file, const struct finding *found)
{
	return noted_in(&set.pending, all, file, found) ||
	       noted_in(&set.hasty, all + PENDING_MAX, file, found);
}

/**
 * cdm_open_observed() - a file is being opened
 * @path: which
 * @file: so far as it is
 *
 * Context: the opener, preemption off.
 */
void cdm_open_observed(const struct path *path, struct file *file)
{
	struct finding found = {};
	bool gcore;

	/* Through this no content can be had. */
	if (file->f_flags & O_PATH)
		return;
	/* The kernel's own opening of a core is a part of the dump's record. */
	if (current->flags & PF_DUMPCORE) {
		cdm_dump_opened(path);
		return;
	}
	if (!READ_ONCE(cdm_mode_recording) || cdm_gcore_looks())
		return;
	gcore = is_gcore(file, path->dentry);
	if ((!decide(path->dentry, file, &found) && !gcore) ||
	    decided_above(file))
		return;
	note(path, file, false, &found, gcore);
	mark_written(path->dentry, &found);
}

/**
 * cdm_open_device() - a block device is being opened
 * @file: by which
 *
 * Who reads the one that a file system is on, or the whole disk, reads the files.
 * No rule is about it.
 *
 * Context: the opener, preemption off.
 */
void cdm_open_device(struct file *file)
{
	const struct inode *inode = d_backing_inode(file->f_path.dentry);
	struct finding found = {};
	unsigned int begin;
	bool on_it;

	if (!(file->f_mode & FMODE_READ) || !READ_ONCE(cdm_mode_recording))
		return;
	found.id = cdm_watch_id(inode, COREDUMP_MON_CLASS_BLOCK_DEVICE,
				access_of(file, inode), false);
	do {
		begin = cdm_switch_begin();
		on_it = cdm_directory_on(inode->i_rdev) || cdm_tag_on(inode->i_rdev);
		if (on_it)
			cdm_judge(COREDUMP_MON_OPEN, found.id.file_class,
				  found.id.access, false, file->f_path.dentry,
				  &found.answer);
	} while (cdm_switch_seen(begin));
	if (!on_it)
		return;
	note(&file->f_path, file, false, &found, false);
}

/**
 * cdm_open_refused() - whether an open has to be refused
 * @file: with path and inode
 *
 * Makes the record too, unless an observer did.
 *
 * Context: the opener, preemption off, from the gate.
 */
bool cdm_open_refused(struct file *file)
{
	struct finding found = {};
	bool gcore;

	if (current->flags & PF_DUMPCORE) {
		cdm_dump_opened(&file->f_path);
		return false;
	}
	if (cdm_gcore_looks())
		return false;
	gcore = is_gcore(file, file->f_path.dentry);
	if ((!decide(file->f_path.dentry, file, &found) && !gcore) ||
	    decided_above(file))
		return false;
	if (!noted(file, &found))
		note(&file->f_path, file, true, &found, gcore);
	mark_written(file->f_path.dentry, &found);
	if (found.answer.verdict != COREDUMP_MON_DENIED)
		return false;
	atomic64_inc(&denied);
	return true;
}

void cdm_open_stats(struct coredump_mon_stats *stats)
{
	stats->pending = READ_ONCE(set.pending.count) + READ_ONCE(set.hasty.count);
	stats->pending_max = set.pending.max + set.hasty.max;
	stats->denied += atomic64_read(&denied);
}

int cdm_open_init(void)
{
	int err;
	u32 i;

	all = kvcalloc(PENDING_MAX + HASTY_MAX, sizeof(*all), GFP_KERNEL);
	if (!all)
		return -ENOMEM;
	err = cdm_later_init(&set, "coredump_mon_open", finish);
	if (err) {
		kvfree(all);
		return err;
	}
	for (i = 0; i < PENDING_MAX + HASTY_MAX; i++)
		cdm_later_put_in(&set, &all[i].later, i >= PENDING_MAX);
	return 0;
}

void cdm_open_exit(void)
{
	u32 i;

	for (i = 0; i < PENDING_MAX + HASTY_MAX; i++)
		cdm_later_settle(&all[i].later);
	cdm_later_exit(&set);
	kvfree(all);
}
