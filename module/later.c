// SPDX-License-Identifier: GPL-2.0
#include <asm/syscall.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/task_stack.h>
#include <linux/task_work.h>

#include "later.h"
#include "ring.h"

static void finish(struct cdm_later *later)
{
	struct cdm_pool *pool = later->slot.pool;

	/* From here on whoever looks for what the task has begun leaves it alone. */
	raw_spin_lock(&pool->lock);
	later->slot.owner = NULL;
	raw_spin_unlock(&pool->lock);
	later->set->finish(later);
	cdm_pool_give(&later->slot);
}

static void finish_in_worker(struct work_struct *work)
{
	finish(container_of(work, struct cdm_later, work));
}

static void finish_in_task(struct callback_head *work)
{
	struct cdm_later *later = container_of(work, struct cdm_later, task_work);

	if (current->fs) {
		finish(later);
		return;
	}
	/*
	 * Killed on its way, and has no root for paths any more. Waits, so that
	 * whoever waits for it finds its file systems free.
	 */
	__module_get(THIS_MODULE);
	queue_work(later->set->workers, &later->work);
	flush_work(&later->work);
	module_put(THIS_MODULE);
}

static void wake_worker(struct irq_work *work)
{
	struct cdm_later *later = container_of(work, struct cdm_later, irq_work);

	queue_work(later->set->workers, &later->work);
}

/**
 * cdm_later_take() - begin something
 * @set: of this kind
 * @by_worker: set to whether a worker will finish it, which cannot see all that
 *	the task could
 *
 * Context: preemption off, or task.
 * Return: it; NULL: there is no room, which is counted
 */
struct cdm_later *cdm_later_take(struct cdm_later_set *set, bool *by_worker)
{
	struct cdm_slot *slot = cdm_pool_take(&set->pending);

	*by_worker = !slot || current->flags & PF_KTHREAD;
	if (!slot)
		slot = cdm_pool_take(&set->hasty);
	if (!slot) {
		cdm_ring_unmade(CDM_UNMADE_PENDING);
		return NULL;
	}
	return container_of(slot, struct cdm_later, slot);
}

/* Has it finished. Context: as above. */
void cdm_later_go(struct cdm_later *later, bool by_worker)
{
	if (by_worker ||
	    task_work_add(current, &later->task_work, TWA_RESUME))
		irq_work_queue(&later->irq_work);
}

/**
 * cdm_later_returned() - what the current task's system call gives back
 * @ret: set to that; an error is one of errno(3), negative
 *
 * To be asked in cdm_later_set's finish(). With io_uring, it may be that of another
 * call or the task's own word.
 *
 * Return: false: it is not known
 */
bool cdm_later_returned(long *ret)
{
	/* A worker, or one that has no such way. */
	if (current->flags & (PF_KTHREAD | PF_IO_WORKER | PF_EXITING))
		return false;
	*ret = syscall_get_return_value(current, current_pt_regs());
	/* The kernel's own, for a call that a signal interrupts. */
	if (*ret < -511 && IS_ERR_VALUE(*ret))
		*ret = -EINTR;
	return true;
}

int cdm_later_init(struct cdm_later_set *set, const char *workers,
		   void (*finish)(struct cdm_later *later))
{
	set->workers = alloc_workqueue("%s", WQ_UNBOUND, 0, workers);
	if (!set->workers)
		return -ENOMEM;
	set->finish = finish;
	cdm_pool_init(&set->pending);
	cdm_pool_init(&set->hasty);
	return 0;
}

/* Adds one, before any is taken. */
void cdm_later_put_in(struct cdm_later_set *set, struct cdm_later *later,
		      bool hasty)
{
	init_task_work(&later->task_work, finish_in_task);
	init_irq_work(&later->irq_work, wake_worker);
	INIT_WORK(&later->work, finish_in_worker);
	later->set = set;
	cdm_pool_put_in(hasty ? &set->hasty : &set->pending, &later->slot);
}

/* One that a worker finished may be done before who woke that. */
void cdm_later_settle(struct cdm_later *later)
{
	irq_work_sync(&later->irq_work);
}

/* When all of them are settled. */
void cdm_later_exit(struct cdm_later_set *set)
{
	destroy_workqueue(set->workers);
}
