// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/jhash.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/string.h>

#include "actor.h"

#define PROCESS_SETS	64
#define USER_SETS	16

static struct cdm_actor_set *processes;
static struct cdm_actor_set *users;
/* Users for whom there is no room are one: the first way. */
static struct cdm_actor_set others;

/* Of the hashes, lest anybody knows who is in one set with whom. */
static u32 seed;

static atomic_t count;
static atomic64_t evicted;

static struct cdm_actor *find(struct cdm_actor_set *set, u32 uid, u32 pid,
			      u64 start_ns)
{
	int i;

	lockdep_assert_held(&set->lock);
	for (i = 0; i < CDM_ACTOR_WAYS; i++) {
		struct cdm_actor *actor = &set->ways[i];

		if (actor->asked && actor->uid == uid && actor->pid == pid &&
		    actor->start_ns == start_ns)
			return actor;
	}
	return NULL;
}

/* A place that is free, or of the idlest of whom there is nothing to tell; or NULL. */
static struct cdm_actor *place(struct cdm_actor_set *set)
{
	struct cdm_actor *idlest = NULL;
	int i;

	lockdep_assert_held(&set->lock);
	for (i = 0; i < CDM_ACTOR_WAYS; i++) {
		struct cdm_actor *actor = &set->ways[i];

		if (!actor->kinds && (!idlest || actor->asked < idlest->asked))
			idlest = actor;
	}
	if (!idlest)
		return NULL;
	if (idlest->asked)
		atomic64_inc(&evicted);
	else
		atomic_inc(&count);
	return idlest;
}

/**
 * cdm_actor_lock_process() - find a process, or have a place for it
 * @uid: its user
 * @pid: its number
 * @start_ns: when it started
 * @now: CLOCK_BOOTTIME
 * @process: set to it; NULL: all in its set have something to tell
 *
 * One that has no place counts as its user alone. No user gets more by having many
 * processes take turns: he has a rate himself.
 *
 * Context: preemption off, or task; bounded; as the following.
 * Return: its set, locked
 */
struct cdm_actor_set *cdm_actor_lock_process(u32 uid, u32 pid, u64 start_ns, u64 now,
					     struct cdm_actor **process)
	__acquires(set)
{
	struct cdm_actor_set *set = &processes[jhash_1word(pid, seed) % PROCESS_SETS];
	struct cdm_actor *actor;

	raw_spin_lock(&set->lock);
	actor = find(set, uid, pid, start_ns);
	if (!actor) {
		actor = place(set);
		if (actor) {
			memset(actor, 0, sizeof(*actor));
			actor->uid = uid;
			actor->pid = pid;
			actor->start_ns = start_ns;
		}
	}
	if (actor)
		actor->asked = now;
	*process = actor;
	return set;
}

/**
 * cdm_actor_lock_user() - find a user, or have a place for him
 * @uid: the user
 * @now: CLOCK_BOOTTIME
 * @user: set to him, or to all who have no place
 *
 * What the former user of a place has used up stays so, in order that nobody gets more
 * by being many users in turn, as who has a range of user ids can be.
 *
 * Return: his set, locked
 */
struct cdm_actor_set *cdm_actor_lock_user(u32 uid, u64 now, struct cdm_actor **user)
	__acquires(set)
{
	struct cdm_actor_set *set = &users[jhash_1word(uid, seed) % USER_SETS];
	struct cdm_actor *actor;

	raw_spin_lock(&set->lock);
	actor = find(set, uid, 0, 0);
	if (!actor) {
		actor = place(set);
		if (actor) {
			actor->uid = uid;
			actor->told = 0;
		}
	}
	if (!actor) {
		raw_spin_unlock(&set->lock);
		set = &others;
		raw_spin_lock(&set->lock);
		actor = &set->ways[0];
	}
	actor->asked = now;
	*user = actor;
	return set;
}

/* All sets, those of processes first; NULL: there are no more. */
struct cdm_actor_set *cdm_actor_set(u32 i)
{
	if (i < PROCESS_SETS)
		return &processes[i];
	i -= PROCESS_SETS;
	if (i < USER_SETS)
		return &users[i];
	return i == USER_SETS ? &others : NULL;
}

void cdm_actor_stats(struct coredump_mon_stats *stats)
{
	stats->actors = atomic_read(&count);
	stats->actors_max = (PROCESS_SETS + USER_SETS) * CDM_ACTOR_WAYS;
	stats->actors_evicted = atomic64_read(&evicted);
}

int cdm_actor_init(void)
{
	int i;

	processes = kvcalloc(PROCESS_SETS, sizeof(*processes), GFP_KERNEL);
	users = kvcalloc(USER_SETS, sizeof(*users), GFP_KERNEL);
	if (!processes || !users) {
		cdm_actor_exit();
		return -ENOMEM;
	}
	/* Three kinds of locks, as they nest. */
	for (i = 0; i < PROCESS_SETS; i++)
		raw_spin_lock_init(&processes[i].lock);
	for (i = 0; i < USER_SETS; i++)
		raw_spin_lock_init(&users[i].lock);
	raw_spin_lock_init(&others.lock);
	seed = get_random_u32();
	others.ways[0].uid = COREDUMP_MON_ID_NONE;
	return 0;
}

void cdm_actor_exit(void)
{
	kvfree(users);
	kvfree(processes);
}
