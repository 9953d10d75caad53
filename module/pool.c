// SPDX-License-Identifier: GPL-2.0
#include <linux/cred.h>
#include <linux/hash.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/user_namespace.h>

#include "lock.h"
#include "pool.h"

void cdm_pool_init(struct cdm_pool *pool)
{
	raw_spin_lock_init(&pool->lock);
	INIT_LIST_HEAD(&pool->unused);
}

/* Adds a slot, before any is taken. */
void cdm_pool_put_in(struct cdm_pool *pool, struct cdm_slot *slot)
{
	slot->pool = pool;
	list_add_tail(&slot->node, &pool->unused);
	pool->max++;
}

/**
 * cdm_pool_take_loose() - take a slot that does not keep the module
 * @pool: from here
 *
 * Context: preemption off, or task.
 * Return: the slot; NULL: this user may have no more
 */
struct cdm_slot *cdm_pool_take_loose(struct cdm_pool *pool)
{
	uid_t uid = from_kuid(&init_user_ns, current_real_cred()->uid);
	u8 share = hash_32(uid, CDM_POOL_SHARE_BITS);
	struct cdm_slot *slot = NULL;

	raw_spin_lock(&pool->lock);
	if (pool->shares[share] < pool->max - pool->count) {
		slot = list_first_entry(&pool->unused, struct cdm_slot, node);
		list_del(&slot->node);
		slot->owner = current;
		slot->share = share;
		pool->shares[share]++;
		pool->count++;
	}
	raw_spin_unlock(&pool->lock);
	return slot;
}

/**
 * cdm_pool_take() - take a slot
 * @pool: from here
 *
 * Context: preemption off, or task.
 * Return: the slot; NULL: this user may have no more, or the module is being
 *	removed
 */
struct cdm_slot *cdm_pool_take(struct cdm_pool *pool)
{
	struct cdm_slot *slot;

	/* Of a locked one, removing does not come to an end. */
	if (cdm_lock_is_set())
		__module_get(THIS_MODULE);
	else if (!try_module_get(THIS_MODULE))
		return NULL;
	slot = cdm_pool_take_loose(pool);
	if (!slot)
		module_put(THIS_MODULE);
	return slot;
}

/* Gives a slot back, which has no owner any more. Context: as above. */
void cdm_pool_give_loose(struct cdm_slot *slot)
{
	struct cdm_pool *pool = slot->pool;

	raw_spin_lock(&pool->lock);
	pool->shares[slot->share]--;
	pool->count--;
	list_add(&slot->node, &pool->unused);
	raw_spin_unlock(&pool->lock);
}

/* Gives back what cdm_pool_take() gave. Context: as above. */
void cdm_pool_give(struct cdm_slot *slot)
{
	cdm_pool_give_loose(slot);
	module_put(THIS_MODULE);
}
