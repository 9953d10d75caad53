// SPDX-License-Identifier: GPL-2.0
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/mm_types.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/seccomp.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/task_work.h>
#include <linux/uaccess.h>
#include <linux/user_namespace.h>
#include <linux/coredump_mon.h>

#include "compat.h"
#include "exec.h"
#include "health.h"
#include "pool.h"
#include "probe.h"
#include "rules.h"

/* Executions that may be about to be judged; each for a moment. */
#define JUDGEMENTS_MAX	64

#define SET_BITS	8
#define WAYS		16

/* Nobody who is to be trusted has more threads, ... */
#define THREADS_MAX	1024
/* ... or a child that shares its memory, with so many of such children's own. */
#define SHARERS_MAX	16

/* What has the dynamic loader, or the C library itself, load other code. */
static const char *const loads_code[] = {
	/* All that the loader listens to: LD_PRELOAD, LD_LIBRARY_PATH, LD_AUDIT, ... */
	"LD_",
	/* Has it choose libraries by what hardware there is. */
	"GLIBC_TUNABLES=",
	/* Where iconv(3) takes its modules from. */
	"GCONV_PATH=",
};

/* Of the longest. */
#define NAME_SIZE	sizeof("GLIBC_TUNABLES=")

/**
 * struct judgement - of what the current task has just executed
 * @slot: the pool's
 * @work: judges
 */
struct judgement {
	struct cdm_slot slot;
	struct callback_head work;
};

static struct cdm_pool pool;
static struct judgement judgements[JUDGEMENTS_MAX];

/**
 * struct executed - what a process executed, and was judged clean, unless @touched
 * @pid: of the process; 0: not in use
 * @uid: its real user
 * @touched: others could have changed its memory since
 * @start: when it started; with @pid, no other one is the same
 * @exec_id: how often it and its parents had executed something
 * @executable: what it was
 */
struct executed {
	u32 pid;
	u32 uid;
	bool touched;
	u64 start;
	u64 exec_id;
	struct cdm_policy_id executable;
};

/*
 * Protects what follows, but that @pid may be read without it; taken with preemption
 * off or in task context, and nothing nests inside.
 */
static DEFINE_RAW_SPINLOCK(lock);
static struct executed sets[1 << SET_BITS][WAYS];

/*
 * When processes started that were touched before they were judged, and for whom there
 * was no place: the last of some users'.
 */
static u64 unmarked[1 << SET_BITS];

/* What they executed loads other code, they were traced, filtered, or touched later. */
static atomic64_t unclean;
/* There was no room to judge or to remember. */
static atomic64_t unjudged;

static struct executed *set_of(u32 pid)
{
	return sets[pid % ARRAY_SIZE(sets)];
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
	ret = task && is_of(executed, task);
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
		if (!set[i].pid || !is_current(&set[i])) {
			unused = &set[i];
			left++;
		} else if (set[i].uid == uid) {
			own++;
		}
	}
	return own < left ? unused : NULL;
}

/* Hardly any process is there, which is seen without the lock. */
static bool is_there(u32 pid)
{
	const struct executed *set = set_of(pid);
	unsigned int i;

	for (i = 0; i < WAYS; i++) {
		if (READ_ONCE(set[i].pid) == pid)
			return true;
	}
	return false;
}

static struct executed *find(struct task_struct *task)
{
	struct executed *set = set_of(task_tgid_nr(task));
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
	struct executed *executed = place(set_of(task_tgid_nr(task)), uid_of(task));

	if (!executed)
		return NULL;
	executed->uid = uid_of(task);
	executed->touched = touched;
	executed->start = task->group_leader->start_time;
	executed->exec_id = task->self_exec_id;
	WRITE_ONCE(executed->pid, task_tgid_nr(task));
	return executed;
}

static u64 *unmarked_of(struct task_struct *task)
{
	return &unmarked[hash_32(uid_of(task), SET_BITS)];
}

static void remember(struct task_struct *task, const struct cdm_policy_id *executable)
{
	struct executed *executed;
	bool touched;

	raw_spin_lock(&lock);
	executed = find(task);
	touched = executed;
	if (!executed && task->group_leader->start_time > *unmarked_of(task)) {
		executed = enter(task, false);
		if (executed)
			executed->executable = *executable;
	}
	raw_spin_unlock(&lock);
	if (touched)
		atomic64_inc(&unclean);
	else if (!executed)
		atomic64_inc(&unjudged);
}

/* What the current task executed, if that was judged clean. */
static bool recall(struct cdm_policy_id *executable)
{
	const struct executed *executed;
	bool found;

	if (!is_there(task_tgid_nr(current)))
		return false;
	raw_spin_lock(&lock);
	executed = find(current);
	found = executed && !executed->touched;
	if (found)
		*executable = executed->executable;
	raw_spin_unlock(&lock);
	return found;
}

/* Who traces one thread may change the memory of all. */
static bool is_traced(void)
{
	const struct task_struct *thread;
	unsigned int n = 0;
	bool traced = false;

	rcu_read_lock();
	for_each_thread(current, thread) {
		traced = READ_ONCE(thread->ptrace) || ++n > THREADS_MAX;
		if (traced)
			break;
	}
	rcu_read_unlock();
	return traced;
}

static bool has_code_loaded(const char *variable)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(loads_code); i++) {
		if (!strncmp(variable, loads_code[i], strlen(loads_code[i])))
			return true;
	}
	return false;
}

/* Whether the environment that the current task was given has no such variable. */
static bool is_clean(const struct mm_struct *mm)
{
	unsigned long at = READ_ONCE(mm->env_start);
	unsigned long end = READ_ONCE(mm->env_end);
	char name[NAME_SIZE] = "";

	while (at < end) {
		unsigned long len = min(end - at, sizeof(name) - 1);
		const char __user *variable = (const char __user *)at;

		if (copy_from_user(name, variable, len))
			return false;
		name[len] = '\0';
		if (has_code_loaded(name))
			return false;
		len = strnlen_user(variable, end - at);
		if (!len || len > end - at)
			return false;
		at += len;
		cond_resched();
	}
	return true;
}

/*
 * Whoever answers for a filter's system calls (seccomp_unotify(2)) may give it other
 * files than it opens. What root has filtered is root's.
 */
static bool is_filtered(void)
{
	return seccomp_mode(&current->seccomp) != SECCOMP_MODE_DISABLED &&
	       !uid_eq(current_real_cred()->uid, GLOBAL_ROOT_UID);
}

/* The current task has not run what it executed yet. Context: task. */
static void judge(struct callback_head *work)
{
	struct judgement *judgement = container_of(work, struct judgement, work);
	struct mm_struct *mm = current->mm;
	/* None, if it was killed on its way. */
	struct file *file = mm ? cdm_mm_exe_file(mm) : NULL;

	if (file) {
		struct cdm_policy_id executable = cdm_rules_id(file_inode(file));

		if (!is_traced() && !is_filtered() && is_clean(mm))
			remember(current, &executable);
		else
			atomic64_inc(&unclean);
		fput(file);
	}
	cdm_pool_give(&judgement->slot);
}

/**
 * cdm_exec_done() - the current task has executed something
 * @file: what
 *
 * It is judged before it runs. If it is traced, who does that runs first.
 *
 * Context: task, preemption off or not.
 */
void cdm_exec_done(const struct file *file)
{
	struct judgement *judgement;
	struct cdm_slot *slot;
	bool named;

	/* Nobody is trusted in there. */
	if (current_real_cred()->user_ns != &init_user_ns)
		return;
	rcu_read_lock();
	named = cdm_rules_execute(rcu_dereference(cdm_rules), file->f_path.dentry);
	rcu_read_unlock();
	if (!named)
		return;
	if (is_traced()) {
		atomic64_inc(&unclean);
		return;
	}
	slot = cdm_pool_take(&pool);
	if (!slot) {
		atomic64_inc(&unjudged);
		return;
	}
	judgement = container_of(slot, struct judgement, slot);
	if (task_work_add(current, &judgement->work, TWA_RESUME)) {
		atomic64_inc(&unjudged);
		cdm_pool_give(slot);
	}
}

/**
 * cdm_exec_forked() - the current task has a child, which has not run yet
 * @child: it; what it executes is a copy, which nobody else had a hand in, unless
 *	both have the same memory
 *
 * Context: as above.
 */
void cdm_exec_forked(struct task_struct *child)
{
	struct cdm_policy_id executable;

	if (child->mm != current->mm && recall(&executable))
		remember(child, &executable);
}

static bool is_named(struct mm_struct *mm)
{
	const struct cdm_rules *rules;
	struct file *file;
	bool named = false;

	rcu_read_lock();
	rules = rcu_dereference(cdm_rules);
	file = rules->executables ? cdm_mm_exe_file(mm) : NULL;
	if (file) {
		named = cdm_rules_execute(rules, file->f_path.dentry);
		fput(file);
	}
	rcu_read_unlock();
	return named;
}

static void touch(struct task_struct *task, bool named)
{
	struct executed *executed;
	bool trusted;

	if (!named && !is_there(task_tgid_nr(task)))
		return;
	raw_spin_lock(&lock);
	executed = find(task);
	trusted = executed && !executed->touched;
	if (trusted)
		executed->touched = true;
	else if (!executed && named && !enter(task, true))
		/* It is about to be judged. */
		*unmarked_of(task) = max(*unmarked_of(task),
					 task->group_leader->start_time);
	raw_spin_unlock(&lock);
	if (trusted)
		atomic64_inc(&unclean);
}

/**
 * cdm_exec_touched() - another one may do to a process's memory as it likes
 * @task: of the process, or of one that has the same memory, as after vfork(2)
 *
 * Context: preemption off, @task's memory held.
 */
void cdm_exec_touched(struct task_struct *task)
{
	struct mm_struct *mm = task->mm;
	unsigned int n;
	bool named;

	if (!mm)
		return;
	rcu_read_lock();
	named = __task_cred(task)->user_ns == &init_user_ns && is_named(mm);
	for (n = 0; n < SHARERS_MAX && READ_ONCE(task->mm) == mm; n++) {
		touch(task, named);
		task = rcu_dereference(task->real_parent);
	}
	rcu_read_unlock();
}

/* Whether root alone may write to it. An ACL's mask is where the group's bits are. */
static bool is_roots(const struct inode *inode)
{
	return uid_eq(inode->i_uid, GLOBAL_ROOT_UID) &&
	       !(READ_ONCE(inode->i_mode) & 0022);
}

/* Whether it is what the current task executes still, see prctl(2), PR_SET_MM. */
static bool is_executed(const struct cdm_policy_id *id)
{
	struct cdm_policy_id executed;

	return recall(&executed) && executed.ino == id->ino &&
	       executed.fs == id->fs && executed.generation == id->generation;
}

static bool sees_touches(void)
{
	return cdm_probe_ptrace.hook && !cdm_health_off(cdm_probe_ptrace.hook);
}

/**
 * cdm_exec_is() - what the current task executes, as far as it can be relied on
 * @rules: those that name executables
 * @dumping: nobody is trusted by it
 * @id: set to that
 *
 * Context: preemption off.
 * Return: false: nothing that they name, or not to be relied on
 */
bool cdm_exec_is(const struct cdm_rules *rules, bool dumping, struct cdm_policy_id *id)
{
	struct mm_struct *mm = current->mm;
	struct file *file;
	bool roots;

	if (!mm || current->flags & PF_KTHREAD ||
	    current_real_cred()->user_ns != &init_user_ns)
		return false;
	file = cdm_mm_exe_file(mm);
	if (!file)
		return false;
	*id = cdm_rules_id(file_inode(file));
	roots = is_roots(file_inode(file));
	fput(file);
	return rules->filter[cdm_rules_hash(id)] &&
	       (dumping || (roots && sees_touches() && is_executed(id))) &&
	       !is_traced();
}

void cdm_exec_stats(struct coredump_mon_stats *stats)
{
	stats->executed_unclean = atomic64_read(&unclean);
	stats->executed_unjudged = atomic64_read(&unjudged);
}

/* Return: 0 */
int cdm_exec_init(void)
{
	unsigned int i;

	cdm_pool_init(&pool);
	for (i = 0; i < ARRAY_SIZE(judgements); i++) {
		init_task_work(&judgements[i].work, judge);
		cdm_pool_put_in(&pool, &judgements[i].slot);
	}
	return 0;
}
