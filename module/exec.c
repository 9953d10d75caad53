// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm_types.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/seccomp.h>
#include <linux/string.h>
#include <linux/task_work.h>
#include <linux/uaccess.h>
#include <linux/user_namespace.h>
#include <linux/coredump_mon.h>

#include "compat.h"
#include "exec.h"
#include "executed.h"
#include "health.h"
#include "pool.h"
#include "probe.h"
#include "rules.h"

/* Executions that may be about to be judged; each for a moment. */
#define JUDGEMENTS_MAX	64

/* Nobody who is to be trusted has more threads. */
#define THREADS_MAX	1024

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

/* What they executed loads other code, they were traced, filtered, or touched later. */
static atomic64_t unclean;
/* There was no room to judge or to remember, or too many threads to look at. */
static atomic64_t unjudged;

static void remember(struct task_struct *task, const struct cdm_policy_id *executable)
{
	switch (cdm_executed_add(task, executable)) {
	case -EPERM:
		atomic64_inc(&unclean);
		break;
	case -ENOSPC:
		atomic64_inc(&unjudged);
		break;
	}
}

/* Who traces one thread may change the memory of all. */
static bool is_traced(void)
{
	const struct task_struct *thread;
	unsigned int n = 0;
	bool traced = false;

	rcu_read_lock();
	for_each_thread(current, thread) {
		traced = READ_ONCE(thread->ptrace);
		if (traced || ++n > THREADS_MAX)
			break;
	}
	rcu_read_unlock();
	if (n > THREADS_MAX)
		atomic64_inc(&unjudged);
	return traced || n > THREADS_MAX;
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

	if (child->mm != current->mm && cdm_executed_get(&executable))
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

/**
 * cdm_exec_touched() - another one may do to a process's memory as it likes
 * @task: of the process, or of one that has the same memory, as after vfork(2)
 *
 * Context: preemption off, @task's memory held.
 */
void cdm_exec_touched(struct task_struct *task)
{
	unsigned int ended;
	bool named;

	if (!task->mm)
		return;
	rcu_read_lock();
	named = __task_cred(task)->user_ns == &init_user_ns && is_named(task->mm);
	rcu_read_unlock();
	ended = cdm_executed_touch(task, named);
	/* Hardly ever; the line is everybody's. */
	if (ended)
		atomic64_add(ended, &unclean);
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

	return cdm_executed_get(&executed) && executed.ino == id->ino &&
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
