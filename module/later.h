/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a handler has begun and is finished where sleeping is allowed: in the task
 * on its way back to user space, or in a worker where there is no such way.
 */
#ifndef CDM_LATER_H
#define CDM_LATER_H

#include <linux/irq_work.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "pool.h"

struct coredump_mon_stats;

/**
 * struct cdm_later - to be the first member of what is finished later
 * @slot: the pool's
 * @task_work: finishes it in the task
 * @irq_work: wakes @work
 * @work: finishes it in a worker
 * @set: whose it is
 */
struct cdm_later {
	struct cdm_slot slot;
	struct callback_head task_work;
	struct irq_work irq_work;
	struct work_struct work;
	struct cdm_later_set *set;
};

/**
 * struct cdm_later_set - those of one kind
 * @pending: as long as a task is blocked, it keeps its slot of these
 * @hasty: where those are what a user has many of: are finished by a worker at
 *	once
 * @workers: they
 * @finish: finishes one; may sleep
 */
struct cdm_later_set {
	struct cdm_pool pending;
	struct cdm_pool hasty;
	struct workqueue_struct *workers;
	void (*finish)(struct cdm_later *later);
};

int cdm_later_init(struct cdm_later_set *set, const char *workers,
		   void (*finish)(struct cdm_later *later));
void cdm_later_put_in(struct cdm_later_set *set, struct cdm_later *later,
		      bool hasty);
void cdm_later_settle(struct cdm_later *later);
void cdm_later_exit(struct cdm_later_set *set);
struct cdm_later *cdm_later_take(struct cdm_later_set *set, bool *by_worker);
void cdm_later_go(struct cdm_later *later, bool by_worker);
bool cdm_later_returned(long *ret);

#endif /* CDM_LATER_H */
