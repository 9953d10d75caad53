// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/build_bug.h>
#include <linux/cred.h>
#include <linux/irq_work.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/user_namespace.h>
#include <linux/workqueue.h>

#include "actor.h"
#include "fold.h"
#include "process.h"
#include "rate.h"
#include "ring.h"

/*
 * What is folded is told when it is so old, or when nothing came to it for so long;
 * that is looked for each second.
 */
#define TELL_NS		(3ULL * NSEC_PER_SEC)
#define QUIET_NS	NSEC_PER_SEC

/* Of one user, so many processes are told of in one round. */
#define TOLD_MAX	16

/**
 * struct who - who makes an event
 * @kind: enum coredump_mon_kind
 * @now: when
 * @uid: the user
 * @pid: number of the process
 * @tid: number of the thread
 * @start_ns: when the process started
 * @cred: of the thread
 * @task: it
 * @comm: its name
 */
struct who {
	u32 kind;
	struct cdm_stamp now;
	u32 uid;
	u32 pid;
	u32 tid;
	u64 start_ns;
	const struct cred *cred;
	struct task_struct *task;
	const char *comm;
};

/* A process, and a user, has rarely reason for more. */
static const struct coredump_mon_rate defaults[CDM_KINDS] = {
	[COREDUMP_MON_KIND_OPEN]	= { 100, 500 },
	[COREDUMP_MON_KIND_DENIAL]	= { 5, 10 },
	[COREDUMP_MON_KIND_DUMP]	= { 5, 10 },
	[COREDUMP_MON_KIND_CHANGE]	= { 100, 500 },
	[COREDUMP_MON_KIND_TAG]		= { 100, 500 },
	[COREDUMP_MON_KIND_POLICY]	= { 5, 10 },
};

static struct coredump_mon_rate rates[CDM_KINDS];

static atomic64_t suppressed;
static atomic64_t told;
/* Something may be folded, and a round is to come; see go(). */
static bool armed;

static void wake(struct irq_work *work);
static void go(struct work_struct *work);

static struct irq_work waker;
static DECLARE_DELAYED_WORK(rounds, go);

static bool allows(const struct cdm_actor *actor, u32 kind, u64 now, u32 rate)
{
	return !actor || cdm_rate_allows(actor->used_up[kind], now, rate);
}

static void use(struct cdm_actor *actor, u32 kind, u64 now, u32 rate)
{
	if (actor)
		actor->used_up[kind] = cdm_rate_use(actor->used_up[kind], now,
						    rate);
}

static void add(struct cdm_actor *actor, u32 kind, const struct cdm_folded *more)
{
	struct cdm_folded *to = &actor->folded[kind];

	if (!to->count) {
		*to = *more;
	} else {
		to->count += more->count;
		to->first_seq = min(to->first_seq, more->first_seq);
		to->last_seq = max(to->last_seq, more->last_seq);
		if (more->first.boottime < to->first.boottime)
			to->first = more->first;
		if (more->last.boottime > to->last.boottime)
			to->last = more->last;
	}
	actor->kinds |= BIT(kind);
}

static void describe(struct cdm_actor *actor, const struct who *who)
{
	actor->task = (struct coredump_mon_task) {
		.pid = who->pid,
		.tid = who->tid,
		.start_ns = who->start_ns,
	};
	actor->cred = cdm_process_cred(who->cred, who->task);
	strscpy(actor->comm, who->comm, sizeof(actor->comm));
}

/* By the process, which may be NULL, and if that may, by the user. */
static bool folds(struct cdm_actor *process, struct cdm_actor *user,
		  const struct who *who)
{
	const u64 seq = cdm_ring_last(), now = who->now.boottime;
	const struct cdm_folded one = { 1, seq, seq, who->now, who->now };
	u32 of_process = READ_ONCE(rates[who->kind].process);
	u32 of_user = READ_ONCE(rates[who->kind].user);

	if (!allows(process, who->kind, now, of_process)) {
		if (!process->kinds)
			describe(process, who);
		add(process, who->kind, &one);
		return true;
	}
	if (!allows(user, who->kind, now, of_user)) {
		add(user, who->kind, &one);
		return true;
	}
	use(process, who->kind, now, of_process);
	use(user, who->kind, now, of_user);
	return false;
}

/* A round is to come for what was counted just now. */
static void arm(void)
{
	/* Either go() sees that, or it has cleared @armed before: pairs with its. */
	smp_mb__after_atomic();
	if (READ_ONCE(armed))
		return;
	WRITE_ONCE(armed, true);
	irq_work_queue(&waker);
}

static void folded(void)
{
	atomic64_inc(&suppressed);
	arm();
}

static bool ask(const struct who *who)
{
	struct cdm_actor_set *of_processes, *of_users;
	struct cdm_actor *process, *user;
	bool ret;

	of_processes = cdm_actor_lock_process(who->uid, who->pid, who->start_ns,
					      who->now.boottime, &process);
	of_users = cdm_actor_lock_user(who->uid, who->now.boottime, &user);
	ret = folds(process, user, who);
	raw_spin_unlock(&of_users->lock);
	raw_spin_unlock(&of_processes->lock);
	if (ret)
		folded();
	return ret;
}

/**
 * cdm_fold() - the current task has made an event
 * @kind: enum coredump_mon_kind
 *
 * Context: preemption off, or task; bounded.
 * Return: whether it is counted, and gets no record
 */
bool cdm_fold(u32 kind)
{
	const struct cred *cred = current_real_cred();
	const struct who who = {
		.kind = kind,
		.now = cdm_event_now(),
		.uid = from_kuid(&init_user_ns, cred->uid),
		.pid = task_tgid_nr(current),
		.tid = task_pid_nr(current),
		.start_ns = current->group_leader->start_boottime,
		.cred = cred,
		.task = current,
		.comm = current->comm,
	};

	return ask(&who);
}

/* The same of one that a process has made. */
bool cdm_fold_of(u32 kind, const struct cdm_process *process)
{
	const struct who who = {
		.kind = kind,
		.now = cdm_event_now(),
		.uid = from_kuid(&init_user_ns, process->cred->uid),
		.pid = process->ids.pid,
		.tid = process->ids.tid,
		.start_ns = process->ids.start_ns,
		.cred = process->cred,
		.task = process->task,
		.comm = process->comm,
	};

	return ask(&who);
}

/**
 * cdm_fold_for() - an event had no room among the records
 * @kind: enum coredump_mon_kind
 * @uid: whose it is
 *
 * Context: task.
 */
void cdm_fold_for(u32 kind, u32 uid)
{
	const u64 seq = cdm_ring_last();
	const struct cdm_stamp now = cdm_event_now();
	const struct cdm_folded one = { 1, seq, seq, now, now };
	struct cdm_actor_set *set;
	struct cdm_actor *user;

	set = cdm_actor_lock_user(uid, now.boottime, &user);
	add(user, kind, &one);
	raw_spin_unlock(&set->lock);
	folded();
}

/*
 * What is told. All from process on is of a process alone, and comm as long as it
 * needs to be.
 */
struct suppressed_record {
	struct coredump_mon_record record;
	struct coredump_mon_attr suppressed_attr;
	struct coredump_mon_suppressed suppressed;
	struct coredump_mon_attr process;
	struct coredump_mon_attr task_attr;
	struct coredump_mon_task task;
	struct coredump_mon_attr cred_attr;
	struct coredump_mon_cred cred;
	struct coredump_mon_attr comm_attr;
	char comm[TASK_COMM_LEN];
};

static u32 actor_type(const struct cdm_actor *actor)
{
	if (actor->pid)
		return COREDUMP_MON_ACTOR_PROCESS;
	return actor->uid == COREDUMP_MON_ID_NONE ? COREDUMP_MON_ACTOR_OTHERS :
						    COREDUMP_MON_ACTOR_USER;
}

static void put_process(struct suppressed_record *r, const struct cdm_actor *actor,
			u32 comm_len)
{
	r->process.type = COREDUMP_MON_A_PROCESS;
	r->process.flags = COREDUMP_MON_ATTR_NESTED;
	r->process.len = offsetof(struct suppressed_record, comm) -
			 offsetof(struct suppressed_record, task_attr) +
			 ALIGN(comm_len, 8);
	r->task_attr.type = COREDUMP_MON_A_TASK;
	r->task_attr.len = sizeof(r->task);
	r->task = actor->task;
	r->cred_attr.type = COREDUMP_MON_A_CRED;
	r->cred_attr.len = sizeof(r->cred);
	r->cred = actor->cred;
	r->comm_attr.type = COREDUMP_MON_A_COMM;
	r->comm_attr.len = comm_len;
	memcpy(r->comm, actor->comm, comm_len);
}

/* Return: bytes of the record */
static u32 make_suppressed(struct suppressed_record *r, u32 kind,
			   const struct cdm_actor *actor, const struct cdm_stamp *now)
{
	const struct cdm_folded *folded = &actor->folded[kind];
	u32 comm_len = strlen(actor->comm);

	BUILD_BUG_ON(sizeof(*r) % 8);
	memset(r, 0, sizeof(*r));
	r->record.type = COREDUMP_MON_SUPPRESSED;
	r->record.version = COREDUMP_MON_ABI_VERSION;
	r->record.boottime_ns = now->boottime;
	r->record.realtime_ns = now->realtime;
	r->suppressed_attr.type = COREDUMP_MON_A_SUPPRESSED;
	r->suppressed_attr.len = sizeof(r->suppressed);
	r->suppressed = (struct coredump_mon_suppressed) {
		.kind = kind,
		.actor = actor_type(actor),
		.uid = actor->uid,
		.count = folded->count,
		.first_seq = folded->first_seq,
		.last_seq = folded->last_seq,
		.first_boottime_ns = folded->first.boottime,
		.first_realtime_ns = folded->first.realtime,
		.last_boottime_ns = folded->last.boottime,
		.last_realtime_ns = folded->last.realtime,
	};
	if (!actor->pid)
		return offsetof(struct suppressed_record, process);
	put_process(r, actor, comm_len);
	return offsetof(struct suppressed_record, comm) + ALIGN(comm_len, 8);
}

static bool is_due(const struct cdm_folded *folded, u64 now)
{
	return folded->count && (now - folded->first.boottime >= TELL_NS ||
				 now - folded->last.boottime >= QUIET_NS);
}

/* Makes a record of what is due of an actor. Return: its bytes; 0: nothing is */
static u32 take_due(struct cdm_actor_set *set, struct cdm_actor *actor, u32 kind,
		    struct suppressed_record *r)
{
	struct cdm_stamp now;
	u32 len = 0;

	raw_spin_lock(&set->lock);
	now = cdm_event_now();
	if (is_due(&actor->folded[kind], now.boottime)) {
		len = make_suppressed(r, kind, actor, &now);
		actor->folded[kind].count = 0;
		actor->kinds &= ~BIT(kind);
	}
	raw_spin_unlock(&set->lock);
	return len;
}

/*
 * Whether enough was told of a user's processes, and this counts as his. Else who has
 * many would push out what was told of others.
 */
static bool counts_as_users(const struct coredump_mon_suppressed *s)
{
	const struct cdm_folded folded = {
		s->count, s->first_seq, s->last_seq,
		{ s->first_boottime_ns, s->first_realtime_ns },
		{ s->last_boottime_ns, s->last_realtime_ns },
	};
	struct cdm_actor_set *set;
	struct cdm_actor *user;
	bool counts;

	if (s->actor != COREDUMP_MON_ACTOR_PROCESS)
		return false;
	set = cdm_actor_lock_user(s->uid, s->last_boottime_ns, &user);
	counts = user->told++ >= TOLD_MAX;
	if (counts)
		add(user, s->kind, &folded);
	raw_spin_unlock(&set->lock);
	return counts;
}

static void tell_due(struct cdm_actor_set *set, struct cdm_actor *actor)
{
	struct suppressed_record r;
	u32 kind, len;

	for (kind = 1; kind < CDM_KINDS; kind++) {
		len = take_due(set, actor, kind, &r);
		if (!len || counts_as_users(&r.suppressed))
			continue;
		cdm_ring_commit_told(&r.record, len);
		atomic64_add(r.suppressed.count, &told);
	}
}

static void tell_set(struct cdm_actor_set *set)
{
	int i;

	for (i = 0; i < CDM_ACTOR_WAYS; i++) {
		if (READ_ONCE(set->ways[i].kinds))
			tell_due(set, &set->ways[i]);
	}
	cond_resched();
}

static void begin_round(struct cdm_actor_set *set)
{
	int i;

	raw_spin_lock(&set->lock);
	for (i = 0; i < CDM_ACTOR_WAYS; i++)
		set->ways[i].told = 0;
	raw_spin_unlock(&set->lock);
}

/* Users come last, as what is of processes may come to be theirs. */
static void go(struct work_struct *work)
{
	struct cdm_actor_set *set;
	u32 i;

	WRITE_ONCE(armed, false);
	/* For what is counted from here on there is another round: see arm(). */
	smp_mb();
	for (i = 0; (set = cdm_actor_set(i)); i++)
		begin_round(set);
	for (i = 0; (set = cdm_actor_set(i)); i++)
		tell_set(set);
	if (atomic64_read(&suppressed) == atomic64_read(&told))
		return;
	WRITE_ONCE(armed, true);
	schedule_delayed_work(&rounds, HZ);
}

/* A handler is in no place to wake a worker. */
static void wake(struct irq_work *work)
{
	schedule_delayed_work(&rounds, HZ);
}

/* 0: as at first. To be serialised by the caller. */
void cdm_fold_set_rates(const struct coredump_mon_rate *given)
{
	int i;

	for (i = 1; i < CDM_KINDS; i++) {
		WRITE_ONCE(rates[i].process,
			   given[i].process ?: defaults[i].process);
		WRITE_ONCE(rates[i].user, given[i].user ?: defaults[i].user);
	}
}

/* Likewise. */
void cdm_fold_get_rates(struct coredump_mon_rate *to)
{
	memcpy(to, rates, sizeof(rates));
}

void cdm_fold_stats(struct coredump_mon_stats *stats)
{
	u64 done = atomic64_read(&told);

	stats->suppressed = atomic64_read(&suppressed);
	/* What is told may be counted here a moment later. */
	if (stats->suppressed > done)
		stats->suppressed_untold = stats->suppressed - done;
	cdm_actor_stats(stats);
}

int cdm_fold_init(void)
{
	memcpy(rates, defaults, sizeof(rates));
	init_irq_work(&waker, wake);
	return cdm_actor_init();
}

/* What is not told yet goes with the ring, which nobody can read any more. */
void cdm_fold_exit(void)
{
	irq_work_sync(&waker);
	cancel_delayed_work_sync(&rounds);
	cdm_actor_exit();
}
