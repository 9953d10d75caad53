// SPDX-License-Identifier: GPL-2.0
#include <linux/cred.h>
#include <linux/errno.h>
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/lockdep.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/user_namespace.h>

#include "executed.h"
#include "policy.h"

#define SET_BITS	8
#define WAYS		16

/**
 * struct executed - what a process executed, and was judged clean, unless @touched
 * @mm: the process's memory, never followed, only compared; NULL: not in use
 * @pid: of the process
 * @uid: its real user
 * @touched: others could have changed its memory since
 * @start: when it started; with @pid, no other one is the same
 * @exec_id: how often it and its parents had executed something
 * @executable: what it was
 */
struct executed {
	const struct mm_struct *mm;
	u32 pid;
	u32 uid;
	bool touched;
	u64 start;
	u64 exec_id;
	struct cdm_policy_id executable;
};

/*
 * Protects what follows, but that @mm may be read without it; taken with preemption
 * off or in task context, and nothing nests inside.
 */
static DEFINE_RAW_SPINLOCK(lock);
/* By their memory: who touches that need not be of the process that is trusted. */
static struct executed sets[1 << SET_BITS][WAYS];

/*
 * When processes started that were touched before they were judged, and for whom there
 * was no place: the last of some users'.
 */
static u64 unmarked[1 << SET_BITS];

static struct executed *set_of(const struct mm_struct *mm)
{
	return sets[hash_ptr(mm, SET_BITS)];
}

static bool is_of(const struct executed *executed, struct task_struct *task)
{
	return executed->pid == task_tgid_nr(task) &&
	       executed->start == task->group_leader->start_time &&
	       executed->exec_id == READ_ONCE(task->self_exec_id);
}

/* Whether it has neither ended nor executed something else. */
static bool is_current(const struct executed *executed)
{
	struct task_struct *task;
	bool ret;

	rcu_read_lock();
	task = pid_task(find_pid_ns(executed->pid, &init_pid_ns), PIDTYPE_PID);
	/* Its memory is others' as soon as it is dead, which who waits for it makes long. */
	ret = task && is_of(executed, task) && atomic_read(&task->signal->live);
	rcu_read_unlock();
	return ret;
}

/*
 * A place for one more; NULL: this user may have no more in there, see struct
 * cdm_pool.
 */
static struct executed *place(struct executed *set, u32 uid)
{
	struct executed *unused = NULL;
	unsigned int i, left = 0, own = 0;

	lockdep_assert_held(&lock);
	for (i = 0; i < WAYS; i++) {
		if (!set[i].mm || !is_current(&set[i])) {
			unused = &set[i];
			left++;
		} else if (set[i].uid == uid) {
			own++;
		}
	}
	return own < left ? unused : NULL;
}

/* Hardly any memory is there, which is seen without the lock. */
static bool is_there(const struct mm_struct *mm)
{
	const struct executed *set = set_of(mm);
	unsigned int i;

	for (i = 0; i < WAYS; i++) {
		if (READ_ONCE(set[i].mm) == mm)
			return true;
	}
	return false;
}

static struct executed *find(struct task_struct *task)
{
	struct executed *set = set_of(task->mm);
	unsigned int i;

	lockdep_assert_held(&lock);
	for (i = 0; i < WAYS; i++) {
		if (is_of(&set[i], task))
			return &set[i];
	}
	return NULL;
}

static u32 uid_of(struct task_struct *task)
{
	return from_kuid(&init_user_ns, task_uid(task));
}

/* Return: where it is now; NULL: there was no place */
static struct executed *enter(struct task_struct *task, bool touched)
{
	struct executed *executed = place(set_of(task->mm), uid_of(task));

	if (!executed)
		return NULL;
	executed->pid = task_tgid_nr(task);
	executed->uid = uid_of(task);
	executed->touched = touched;
	executed->start = task->group_leader->start_time;
	executed->exec_id = task->self_exec_id;
	WRITE_ONCE(executed->mm, task->mm);
	return executed;
}

static u64 *unmarked_of(struct task_struct *task)
{
	return &unmarked[hash_32(uid_of(task), SET_BITS)];
}

/**
 * cdm_executed_add() - a process has executed something, and was judged clean
 * @task: of it
 * @executable: what
 *
 * Context: task, preemption off or not; @task has not run yet, or is current.
 * Return: 0; -EPERM: others could have changed its memory already; -ENOSPC: there is
 *	no room
 */
int cdm_executed_add(struct task_struct *task, const struct cdm_policy_id *executable)
{
	struct executed *executed;
	int ret = -ENOSPC;

	raw_spin_lock(&lock);
	executed = find(task);
	if (executed) {
		ret = -EPERM;
	} else if (task->group_leader->start_time > *unmarked_of(task)) {
		executed = enter(task, false);
		if (executed) {
			executed->executable = *executable;
			ret = 0;
		}
	}
	raw_spin_unlock(&lock);
	return ret;
}

/**
 * cdm_executed_get() - what the current task executed
 * @executable: set to that
 *
 * Context: as above.
 * Return: false: it was not judged clean, or touched later
 */
bool cdm_executed_get(struct cdm_policy_id *executable)
{
	const struct executed *executed;
	bool found;

	if (!is_there(current->mm))
		return false;
	raw_spin_lock(&lock);
	executed = find(current);
	found = executed && !executed->touched;
	if (found)
		*executable = executed->executable;
	raw_spin_unlock(&lock);
	return found;
}

/*
 * Return: whether the process is there; @trusted: of how many that have its memory this
 * was the end.
 */
static bool touch(struct task_struct *task, unsigned int *trusted)
{
	struct executed *set = set_of(task->mm);
	bool found = false;
	unsigned int i;

	lockdep_assert_held(&lock);
	for (i = 0; i < WAYS; i++) {
		if (set[i].mm != task->mm || !is_current(&set[i]))
			continue;
		found |= is_of(&set[i], task);
		*trusted += !set[i].touched;
		set[i].touched = true;
	}
	return found;
}

/**
 * cdm_executed_touch() - another one may do to a process's memory as it likes
 * @task: of the process, or of one that has the same memory
 * @named: what it executes is what rules name, so that it may be about to be judged
 *
 * Context: preemption off, @task's memory held.
 * Return: how many processes were trusted until now
 */
unsigned int cdm_executed_touch(struct task_struct *task, bool named)
{
	unsigned int trusted = 0;

	if (!named && !is_there(task->mm))
		return 0;
	raw_spin_lock(&lock);
	if (!touch(task, &trusted) && named && !enter(task, true))
		/* It is about to be judged. */
		*unmarked_of(task) = max(*unmarked_of(task),
					 task->group_leader->start_time);
	raw_spin_unlock(&lock);
	return trusted;
}
