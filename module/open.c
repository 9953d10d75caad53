// SPDX-License-Identifier: GPL-2.0
#include <asm/syscall.h>
#include <linux/atomic.h>
#include <linux/file.h>
#include <linux/irq_work.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/task_work.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "dump.h"
#include "event.h"
#include "mode.h"
#include "open.h"
#include "policy.h"
#include "pool.h"
#include "process.h"
#include "ring.h"
#include "watch.h"

/*
 * Opens whose records their openers will make: as long as one is blocked, it
 * keeps its slot. And where that is what a user has many of, further ones, whose
 * records a worker makes at once, without the result.
 */
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
 * @slot: the pool's
 * @task_work: finishes it in the opener, on its way back to user space
 * @irq_work: where there is no such way (a kernel thread), wakes @work
 * @work: finishes it in a worker
 * @file: what is being opened; never followed, only compared
 * @gated: the gate has seen this open
 * @path: with a reference
 * @target: whose /proc/PID file it is, with a reference, or NULL
 * @stamp: when
 * @found: what
 * @process: who
 */
struct pending {
	struct cdm_slot slot;
	struct callback_head task_work;
	struct irq_work irq_work;
	struct work_struct work;
	struct file *file;
	bool gated;
	struct path path;
	struct pid *target;
	struct cdm_stamp stamp;
	struct finding found;
	struct cdm_process process;
};

static struct cdm_pool pool;
static struct cdm_pool hasty;
static struct pending *all;
static struct workqueue_struct *workers;
static atomic64_t denied;

/*
 * What the system call gives back, where this is known: its register is set
 * when the task is on its way to user space. With io_uring, it may be that of
 * another call or the task's own word, so an error is not believed then; a
 * descriptor proves itself, as it is this file's.
 */
static void put_result(struct cdm_event *event, const struct pending *open)
{
	struct coredump_mon_result result = { .fd = -1 };
	struct pt_regs *regs = current_pt_regs();
	struct file *file;
	long ret;

	if (open->found.answer.verdict == COREDUMP_MON_DENIED) {
		result.error = EACCES;
		goto put;
	}
	/* A worker, or one that has no such way. */
	if (current->flags & (PF_KTHREAD | PF_IO_WORKER | PF_EXITING))
		return;
	ret = syscall_get_return_value(current, regs);
	if (IS_ERR_VALUE(ret) && cdm_uses_io_uring())
		return;
	if (IS_ERR_VALUE(ret)) {
		/* The kernel's own, for a call that a signal interrupts. */
		result.error = ret < -511 ? EINTR : -ret;
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

static void tell(struct pending *open)
{
	struct coredump_mon_decision decision = {};
	struct cdm_event event;

	/* From here on the gate leaves it alone. */
	raw_spin_lock(&open->slot.pool->lock);
	open->slot.owner = NULL;
	raw_spin_unlock(&open->slot.pool->lock);
	decision.verdict = open->found.answer.verdict;
	decision.priority = open->found.answer.priority;
	cdm_event_begin(&event, COREDUMP_MON_OPEN, &open->stamp);
	cdm_event_put(&event, COREDUMP_MON_A_DECISION, &decision,
		      sizeof(decision));
	cdm_event_put_string(&event, COREDUMP_MON_A_RULE, open->found.answer.rule);
	cdm_event_put_file(&event, &open->found.id, &open->path,
			   open->found.id.tagged ? &open->found.tag : NULL,
			   !open->process.namespaces.initial);
	put_result(&event, open);
	if (open->target)
		cdm_process_put_target(&event, open->target);
	/* Last, as it is what may be too long. */
	cdm_process_put(&event, &open->process);
	cdm_event_commit(&event, decision.verdict == COREDUMP_MON_DENIED,
			 open->process.cred);

	cdm_process_release(&open->process);
	put_pid(open->target);
	if (open->path.mnt)
		path_put(&open->path);
	cdm_pool_give(&open->slot);
}

static void tell_in_worker(struct work_struct *work)
{
	tell(container_of(work, struct pending, work));
}

static void tell_in_task(struct callback_head *work)
{
	struct pending *open = container_of(work, struct pending, task_work);

	if (current->fs) {
		tell(open);
		return;
	}
	/*
	 * Killed on its way, and has no root for paths any more. Waits, so that
	 * whoever waits for it finds its file systems free.
	 */
	__module_get(THIS_MODULE);
	queue_work(workers, &open->work);
	flush_work(&open->work);
	module_put(THIS_MODULE);
}

static void wake_worker(struct irq_work *work)
{
	struct pending *open = container_of(work, struct pending, irq_work);

	queue_work(workers, &open->work);
}

static u32 access_of(const struct file *file)
{
	if (file->f_flags & __FMODE_EXEC)
		return COREDUMP_MON_ACCESS_EXEC;
	/* Of a file that this open creates there is nothing to read. */
	if (file->f_mode & FMODE_CREATED || file->f_flags & __O_TMPFILE)
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
	struct cdm_policy_query query;
	bool tagged;

	query.file_class = cdm_watch_class(&dentry, &tagged, &found->tag);
	if (!query.file_class)
		return 0;
	query.access = access_of(file);
	query.enforcing = READ_ONCE(cdm_mode_enforcing);
	found->answer = cdm_policy_decide(&query);
	found->id = cdm_watch_id(d_backing_inode(dentry), query.file_class,
				 query.access, tagged);
	return query.file_class;
}

/*
 * What is written there is a core file wherever it goes. Of a stacked file system
 * also the one below, and the file itself, which may get a copy of its own.
 */
static void mark_written(const struct dentry *dentry,
			 const struct finding *found)
{
	const struct dentry *real = cdm_real_dentry(dentry);

	if (found->id.file_class != COREDUMP_MON_CLASS_CORE ||
	    !(found->id.access & COREDUMP_MON_ACCESS_WRITE) ||
	    found->answer.verdict == COREDUMP_MON_DENIED)
		return;
	cdm_tag_add(d_backing_inode(dentry), COREDUMP_MON_TAG_WRITTEN, true);
	if (real != dentry)
		cdm_tag_add(d_backing_inode(real), COREDUMP_MON_TAG_WRITTEN, true);
}

static void note(const struct path *path, struct file *file, bool gated,
		 const struct finding *found)
{
	struct cdm_slot *slot = cdm_pool_take(&pool);
	bool by_worker = !slot || current->flags & PF_KTHREAD;
	struct pending *open;

	if (!slot)
		slot = cdm_pool_take(&hasty);
	if (!slot) {
		cdm_ring_unmade(CDM_UNMADE_PENDING);
		return;
	}
	open = container_of(slot, struct pending, slot);
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
	cdm_process_snapshot(&open->process, by_worker);
	if (by_worker ||
	    task_work_add(current, &open->task_work, TWA_RESUME))
		irq_work_queue(&open->irq_work);
}

static bool noted_in(struct cdm_pool *in, struct pending *open,
		     const struct file *file,
		     const struct cdm_policy_answer *answer)
{
	const struct pending *end = open + in->max;
	bool found = false;

	raw_spin_lock(&in->lock);
	for (; open < end && !found; open++) {
		if (open->slot.owner != current || open->gated ||
		    open->file != file ||
		    open->path.dentry != file->f_path.dentry)
			continue;
		open->gated = true;
		open->found.answer = *answer;
		found = true;
	}
	raw_spin_unlock(&in->lock);
	return found;
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
 * has told of by now is told again.
 */
static bool noted(const struct file *file, const struct cdm_policy_answer *answer)
{
	return noted_in(&pool, all, file, answer) ||
	       noted_in(&hasty, all + PENDING_MAX, file, answer);
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
	struct finding found;

	/* Through this no content can be had. */
	if (file->f_flags & O_PATH)
		return;
	/* The kernel's own opening of a core is a part of the dump's record. */
	if (current->flags & PF_DUMPCORE) {
		cdm_dump_opened(path);
		return;
	}
	if (!READ_ONCE(cdm_mode_recording) ||
	    !decide(path->dentry, file, &found) || decided_above(file))
		return;
	note(path, file, false, &found);
	mark_written(path->dentry, &found);
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
	struct finding found;

	if (current->flags & PF_DUMPCORE) {
		cdm_dump_opened(&file->f_path);
		return false;
	}
	if (!decide(file->f_path.dentry, file, &found) ||
	    decided_above(file))
		return false;
	if (!noted(file, &found.answer))
		note(&file->f_path, file, true, &found);
	mark_written(file->f_path.dentry, &found);
	if (found.answer.verdict != COREDUMP_MON_DENIED)
		return false;
	atomic64_inc(&denied);
	return true;
}

void cdm_open_stats(struct coredump_mon_stats *stats)
{
	stats->pending = READ_ONCE(pool.count) + READ_ONCE(hasty.count);
	stats->pending_max = pool.max + hasty.max;
	stats->denied = atomic64_read(&denied);
}

int cdm_open_init(void)
{
	u32 i;

	all = kvcalloc(PENDING_MAX + HASTY_MAX, sizeof(*all), GFP_KERNEL);
	if (!all)
		return -ENOMEM;
	workers = alloc_workqueue("coredump_mon_open", WQ_UNBOUND, 0);
	if (!workers) {
		kvfree(all);
		return -ENOMEM;
	}
	cdm_pool_init(&pool);
	cdm_pool_init(&hasty);
	for (i = 0; i < PENDING_MAX + HASTY_MAX; i++) {
		init_task_work(&all[i].task_work, tell_in_task);
		init_irq_work(&all[i].irq_work, wake_worker);
		INIT_WORK(&all[i].work, tell_in_worker);
		cdm_pool_put_in(i < PENDING_MAX ? &pool : &hasty, &all[i].slot);
	}
	return 0;
}

void cdm_open_exit(void)
{
	u32 i;

	/* A worker may be done before who woke it. */
	for (i = 0; i < PENDING_MAX + HASTY_MAX; i++)
		irq_work_sync(&all[i].irq_work);
	destroy_workqueue(workers);
	kvfree(all);
}
