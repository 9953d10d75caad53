/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who makes events: processes, and users with all of theirs. A fixed number of
 * them is known; who is idle makes place for others.
 */
#ifndef CDM_ACTOR_H
#define CDM_ACTOR_H

#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/coredump_mon.h>

#include "event.h"

#define CDM_ACTOR_WAYS	8
/* Kinds of events, 0 included, which is none. */
#define CDM_KINDS	(COREDUMP_MON_KIND_POLICY + 1)

/**
 * struct cdm_folded - events of one kind, not told yet
 * @count: how many
 * @first_seq: number of the last record before the first of them
 * @last_seq: the same of the last of them
 * @first: when the first happened
 * @last: when the last happened
 */
struct cdm_folded {
	u64 count;
	u64 first_seq;
	u64 last_seq;
	struct cdm_stamp first;
	struct cdm_stamp last;
};

/**
 * struct cdm_actor - a process, or a user
 * @asked: when it last did something, CLOCK_BOOTTIME; 0: there is none
 * @uid: the user; COREDUMP_MON_ID_NONE: all who have no place of their own
 * @pid: the process; never followed, only compared; 0: of a user
 * @start_ns: tells two processes of one number apart
 * @told: processes of this user that were told of in this round
 * @kinds: bit N: something of enum coredump_mon_kind N is folded, and until it is
 *	told the actor keeps its place
 * @used_up: see cdm_rate_allows()
 * @folded: what is
 * @task: of a process of which something is folded, its numbers, and those of the
 *	thread that did it first
 * @cred: likewise
 * @comm: likewise
 */
struct cdm_actor {
	u64 asked;
	u32 uid;
	u32 pid;
	u64 start_ns;
	u32 told;
	u32 kinds;
	u64 used_up[CDM_KINDS];
	struct cdm_folded folded[CDM_KINDS];
	struct coredump_mon_task task;
	struct coredump_mon_cred cred;
	char comm[TASK_COMM_LEN];
};

/**
 * struct cdm_actor_set - those with one hash
 * @lock: protects them; taken with preemption off or in task context. That of users
 *	nests inside that of processes.
 * @ways: they
 */
struct cdm_actor_set {
	raw_spinlock_t lock;
	struct cdm_actor ways[CDM_ACTOR_WAYS];
};

int cdm_actor_init(void);
void cdm_actor_exit(void);
struct cdm_actor_set *cdm_actor_set(u32 i);
struct cdm_actor_set *cdm_actor_lock_process(u32 uid, u32 pid, u64 start_ns, u64 now,
					     struct cdm_actor **process)
	__acquires(set);
struct cdm_actor_set *cdm_actor_lock_user(u32 uid, u64 now, struct cdm_actor **user)
	__acquires(set);
void cdm_actor_stats(struct coredump_mon_stats *stats);

#endif /* CDM_ACTOR_H */
