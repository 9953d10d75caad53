/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A fixed number of slots for what a handler has begun and a task or worker
 * will finish, shared fairly among users. A slot in use keeps the module, unless
 * it is a loose one, as the function that will finish it is in there: rmmod says
 * busy until then.
 */
#ifndef CDM_POOL_H
#define CDM_POOL_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#define CDM_POOL_SHARE_BITS	6

struct task_struct;

/**
 * struct cdm_slot - to be the first member of what a pool consists of
 * @node: in @unused of @pool
 * @pool: whose it is
 * @owner: the task that took it; never followed, only compared, so its user
 *	clears it before that task may be freed
 * @share: index in @shares of the pool
 */
struct cdm_slot {
	struct list_head node;
	struct cdm_pool *pool;
	struct task_struct *owner;
	u8 share;
};

/**
 * struct cdm_pool - slots
 * @lock: protects the rest of the pool and of its slots; taken with preemption
 *	off or in task context, and nothing nests inside
 * @unused: slots that are free
 * @count: how many are not
 * @max: how many there are
 * @shares: of @count, how many are whose: by a hash of the user, who gets one
 *	more only while he has less than there are free: alone he may have
 *	half, and however many gather, some are left for others
 */
struct cdm_pool {
	raw_spinlock_t lock;
	struct list_head unused;
	u32 count;
	u32 max;
	u16 shares[1 << CDM_POOL_SHARE_BITS];
};

void cdm_pool_init(struct cdm_pool *pool);
void cdm_pool_put_in(struct cdm_pool *pool, struct cdm_slot *slot);
struct cdm_slot *cdm_pool_take(struct cdm_pool *pool);
void cdm_pool_give(struct cdm_slot *slot);
struct cdm_slot *cdm_pool_take_loose(struct cdm_pool *pool);
void cdm_pool_give_loose(struct cdm_slot *slot);

#endif /* CDM_POOL_H */
