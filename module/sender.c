// SPDX-License-Identifier: GPL-2.0
#include <linux/cred.h>
#include <linux/hash.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/user_namespace.h>

#include "process.h"
#include "sender.h"

#define SET_BITS	7
#define WAYS		8
/* One user may have half of a set before it displaces its own. */
#define SHARE_MAX	(WAYS / 2)

/* What of a siginfo is compared: number, errno, code and the first fields. */
#define INFO_BYTES	32

/**
 * struct sent - a signal that one process sent to another
 * @victim: whose; never followed, only compared; NULL: not in use
 * @victim_start: tells two users of one address apart
 * @tid: of the thread that it was sent to; 0: to the whole process
 * @sig: which
 * @special: there is no siginfo, and @info has but a code
 * @time: when, CLOCK_BOOTTIME
 * @info: the siginfo
 * @sender: who
 */
struct sent {
	const struct signal_struct *victim;
	u64 victim_start;
	u32 tid;
	int sig;
	bool special;
	u64 time;
	struct kernel_siginfo info;
	struct cdm_sender sender;
};

/*
 * Protects all that follows. Taken with interrupts off, within the receiver's
 * siglock; nothing nests inside.
 */
static DEFINE_RAW_SPINLOCK(lock);
static struct sent sets[1 << SET_BITS][WAYS];
static u32 count;
static u64 evicted;

static struct sent *set_of(const struct signal_struct *victim, int sig)
{
	return sets[hash_64((unsigned long)victim + sig, SET_BITS)];
}

static struct sent *find(struct sent *set, const struct task_struct *victim,
			 int sig, u32 tid)
{
	int i;

	lockdep_assert_held(&lock);
	for (i = 0; i < WAYS; i++) {
		if (set[i].victim == victim->signal && set[i].sig == sig &&
		    set[i].tid == tid &&
		    set[i].victim_start == victim->group_leader->start_time)
			return &set[i];
	}
	return NULL;
}

/*
 * A place in a full set: the oldest of this user's if it has its share, else
 * the oldest.
 */
static struct sent *displace(struct sent *set, u32 uid)
{
	struct sent *oldest = NULL, *own = NULL;
	int i, share = 0;

	for (i = 0; i < WAYS; i++) {
		if (!oldest || set[i].time < oldest->time)
			oldest = &set[i];
		if (set[i].sender.cred.uid != uid)
			continue;
		share++;
		if (!own || set[i].time < own->time)
			own = &set[i];
	}
	evicted++;
	return share >= SHARE_MAX ? own : oldest;
}

static struct sent *place(struct sent *set, u32 uid)
{
	int i;

	for (i = 0; i < WAYS; i++) {
		if (!set[i].victim) {
			count++;
			return &set[i];
		}
	}
	return displace(set, uid);
}

/* Whether another process than the victim's is the cause. */
static bool by_other(const struct task_struct *victim)
{
	return in_task() && !(current->flags & PF_KTHREAD) &&
	       current->signal != victim->signal;
}

static bool is_special(const struct kernel_siginfo *info)
{
	return info == SEND_SIG_NOINFO || info == SEND_SIG_PRIV;
}

/**
 * cdm_sender_note() - a signal was sent
 * @sig: which
 * @info: its siginfo, or SEND_SIG_*
 * @victim: to whom
 * @group: to the whole process, not to this thread alone
 * @no_info: @info did not get through
 *
 * One that the process itself or the kernel sent takes the place of what is
 * remembered, as it is the newer cause.
 *
 * Context: the sender, within the receiver's siglock.
 */
void cdm_sender_note(int sig, const struct kernel_siginfo *info,
		     struct task_struct *victim, bool group, bool no_info)
{
	const struct cred *cred = current_real_cred();
	u32 tid = group ? 0 : task_pid_nr(victim);
	struct sent *set = set_of(victim->signal, sig);
	struct sent *sent;
	unsigned long flags;
	u32 uid;

	raw_spin_lock_irqsave(&lock, flags);
	sent = find(set, victim, sig, tid);
	if (!by_other(victim)) {
		if (sent) {
			sent->victim = NULL;
			count--;
		}
		goto unlock;
	}
	uid = from_kuid(&init_user_ns, cred->uid);
	if (!sent)
		sent = place(set, uid);
	sent->victim = victim->signal;
	sent->victim_start = victim->group_leader->start_time;
	sent->tid = tid;
	sent->sig = sig;
	sent->time = ktime_get_boot_fast_ns();
	sent->special = no_info || is_special(info);
	if (!sent->special)
		sent->info = *info;
	else
		sent->info.si_code = info == SEND_SIG_PRIV ? SI_KERNEL : SI_USER;
	sent->sender = (struct cdm_sender) {
		.task.pid = task_tgid_nr(current),
		.task.tid = task_pid_nr(current),
		.task.start_ns = current->group_leader->start_boottime,
		.cred = cdm_process_cred(cred, current),
	};
	strscpy(sent->sender.comm, current->comm, sizeof(sent->sender.comm));
unlock:
	raw_spin_unlock_irqrestore(&lock, flags);
}

static bool caused(const struct sent *sent, const struct kernel_siginfo *info)
{
	if (!sent)
		return false;
	if (sent->special)
		return sent->info.si_code == info->si_code;
	return !memcmp(&sent->info, info, INFO_BYTES);
}

/**
 * cdm_sender_find() - who sent the signal that the current task dies of
 * @info: the signal, as the current task got it
 * @sender: filled in
 *
 * Context: any but hard interrupt.
 * Return: false: no other process did, or it is not remembered any more
 */
bool cdm_sender_find(const struct kernel_siginfo *info,
		     struct cdm_sender *sender)
{
	struct sent *set = set_of(current->signal, info->si_signo);
	struct sent *to_thread, *to_group, *sent = NULL;
	unsigned long flags;

	BUILD_BUG_ON(sizeof(*info) < INFO_BYTES);
	raw_spin_lock_irqsave(&lock, flags);
	to_thread = find(set, current, info->si_signo, task_pid_nr(current));
	to_group = find(set, current, info->si_signo, 0);
	if (caused(to_thread, info))
		sent = to_thread;
	else if (caused(to_group, info))
		sent = to_group;
	if (sent)
		*sender = sent->sender;
	raw_spin_unlock_irqrestore(&lock, flags);
	return sent;
}

void cdm_sender_stats(struct coredump_mon_stats *stats)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&lock, flags);
	stats->senders = count;
	stats->senders_evicted = evicted;
	raw_spin_unlock_irqrestore(&lock, flags);
	stats->senders_max = WAYS << SET_BITS;
}
