// SPDX-License-Identifier: GPL-2.0
#include <linux/audit.h>
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/mm.h>
#include <linux/nsproxy.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/tty.h>
#include <linux/tty_driver.h>
#include <linux/uaccess.h>
#include <linux/user_namespace.h>

#include "compat.h"
#include "process.h"

static unsigned int initial_mnt_ns;

/* Which mount namespace is the initial one: that of PID 1. Return: 0 */
int cdm_process_init(void)
{
	struct task_struct *init = init_pid_ns.child_reaper;

	task_lock(init);
	if (init->nsproxy)
		initial_mnt_ns = cdm_mnt_ns_inum(init->nsproxy->mnt_ns);
	task_unlock(init);
	return 0;
}

static struct coredump_mon_task take_ids(struct task_struct *task)
{
	struct coredump_mon_task ids = {
		.pid = task_tgid_nr(task),
		.tid = task_pid_nr(task),
		.ppid = task_ppid_nr(task),
		.sid = task_session_nr_ns(task, &init_pid_ns),
		.pgid = task_pgrp_nr_ns(task, &init_pid_ns),
		.start_ns = task->start_boottime,
	};
	struct pid_namespace *ns;

	/* None, when it has been reaped, and its leader may be no more. */
	rcu_read_lock();
	ns = task_active_pid_ns(task);
	if (ns) {
		ids.start_ns = task->group_leader->start_boottime;
		ids.ns_pid = task_tgid_nr_ns(task, ns);
		ids.ns_tid = task_pid_nr_ns(task, ns);
		ids.ns_ppid = task_ppid_nr_ns(task, ns);
	}
	rcu_read_unlock();
	return ids;
}

static void take_namespaces(struct coredump_mon_namespaces *ns,
			    const struct cred *cred)
{
	const struct pid_namespace *pid_ns = task_active_pid_ns(current);

	memset(ns, 0, sizeof(*ns));
	if (current->nsproxy)
		ns->mnt = cdm_mnt_ns_inum(current->nsproxy->mnt_ns);
	if (pid_ns)
		ns->pid = pid_ns->ns.inum;
	ns->user = cred->user_ns->ns.inum;
	ns->initial = ns->mnt && ns->mnt == initial_mnt_ns &&
		      pid_ns == &init_pid_ns &&
		      cred->user_ns == &init_user_ns;
}

/* Whether the current task is in the initial namespaces. Context: preemption off. */
bool cdm_process_initial(void)
{
	struct coredump_mon_namespaces ns;

	take_namespaces(&ns, current_real_cred());
	return ns.initial;
}

static void take_tty(char *name, size_t room)
{
	/* Its own, which it has as long as it can open or dump. */
	struct sighand_struct *sighand = rcu_dereference_raw(current->sighand);
	struct tty_struct *tty;
	unsigned long flags;

	*name = '\0';
	/* Changing signal->tty takes this lock. */
	if (!cdm_lock_irqsave(&sighand->siglock, flags))
		return;
	tty = current->signal->tty;
	/* Its name in the kernel is not its name in /dev. */
	if (tty && !strcmp(tty->driver->name, "pts"))
		scnprintf(name, room, "pts/%d", tty->index);
	else if (tty)
		strscpy(name, tty->name, room);
	cdm_unlock_irqrestore(&sighand->siglock, flags);
}

static void take_ancestors(struct cdm_process *process)
{
	struct task_struct *task = current;

	process->ancestor_count = 0;
	rcu_read_lock();
	while (process->ancestor_count < COREDUMP_MON_ANCESTORS_MAX) {
		struct cdm_ancestor *ancestor;

		task = rcu_dereference(task->real_parent)->group_leader;
		if (!task_tgid_nr(task))
			break;
		ancestor = &process->ancestors[process->ancestor_count++];
		ancestor->task = get_task_struct(task);
		strscpy(ancestor->comm, task->comm, sizeof(ancestor->comm));
	}
	rcu_read_unlock();
}

/*
 * Reads from the current task's memory. What is not there is not waited for:
 * its owner could keep us waiting forever.
 */
static u32 read_own(void *to, unsigned long from, u32 len)
{
	u32 done = 0;

	while (done < len) {
		u32 chunk = min_t(u32, len - done,
				  PAGE_SIZE - offset_in_page(from + done));

		if (copy_from_user_nofault(to + done,
					   (void __user *)(from + done), chunk))
			break;
		done += chunk;
	}
	return done;
}

/* Where the current task's arguments are; of how many bytes so many are told. */
static u32 cmdline_bytes(unsigned long *start, unsigned long *want)
{
	unsigned long end = READ_ONCE(current->mm->arg_end);

	*start = READ_ONCE(current->mm->arg_start);
	*want = end > *start ? end - *start : 0;
	return min_t(unsigned long, *want, COREDUMP_MON_CMDLINE_MAX);
}

static void take_cmdline(struct cdm_process *process)
{
	unsigned long start, want;
	u32 len = cmdline_bytes(&start, &want);

	process->cmdline = process->arguments;
	if (len > sizeof(process->arguments)) {
		process->cmdline = cdm_alloc_atomic(len);
		if (!process->cmdline) {
			process->cmdline = process->arguments;
			len = sizeof(process->arguments);
		}
	}
	process->cmdline_len = read_own(process->cmdline, start, len);
	process->cmdline_cut = process->cmdline_len < want;
}

static void take_exe(struct path *path)
{
	struct file *exe = cdm_mm_exe_file(current->mm);

	if (!exe)
		return;
	if (cdm_path_get(&exe->f_path))
		*path = exe->f_path;
	fput(exe);
}

/**
 * cdm_process_snapshot() - how the current task is now
 * @process: filled in; cdm_process_release() must follow
 * @cmdline: with its arguments, as a worker will make a record of it, perhaps
 *	when the task has exited
 *
 * Context: any task, preemption off; neither sleeps nor faults.
 */
void cdm_process_snapshot(struct cdm_process *process, bool cmdline)
{
	process->task = get_task_struct(current);
	process->cred = get_cred(current_real_cred());
	process->mm = current->flags & PF_KTHREAD ? NULL : current->mm;
	process->cmdline = NULL;
	memset(&process->exe, 0, sizeof(process->exe));
	memset(&process->cwd, 0, sizeof(process->cwd));
	if (process->mm) {
		take_exe(&process->exe);
		if (cmdline)
			take_cmdline(process);
	}
	if (current->fs && !cdm_get_pwd(&process->cwd))
		process->cwd.mnt = NULL;
	process->ids = take_ids(current);
	take_namespaces(&process->namespaces, process->cred);
	strscpy(process->comm, current->comm, sizeof(process->comm));
	take_tty(process->tty, sizeof(process->tty));
	take_ancestors(process);
}

/**
 * cdm_process_cred() - credentials in a record's words
 * @cred: the credentials
 * @task: whose, for what audit knows of it
 *
 * Context: any.
 */
struct coredump_mon_cred cdm_process_cred(const struct cred *cred,
					  struct task_struct *task)
{
	struct user_namespace *ns = &init_user_ns;
	struct coredump_mon_cred ids = {
		.uid = from_kuid(ns, cred->uid),
		.euid = from_kuid(ns, cred->euid),
		.suid = from_kuid(ns, cred->suid),
		.fsuid = from_kuid(ns, cred->fsuid),
		.gid = from_kgid(ns, cred->gid),
		.egid = from_kgid(ns, cred->egid),
		.sgid = from_kgid(ns, cred->sgid),
		.fsgid = from_kgid(ns, cred->fsgid),
		.loginuid = from_kuid(ns, audit_get_loginuid(task)),
		.sessionid = audit_get_sessionid(task),
	};

	BUILD_BUG_ON(sizeof(cred->cap_effective) != sizeof(ids.cap_effective));
	memcpy(&ids.cap_effective, &cred->cap_effective,
	       sizeof(ids.cap_effective));
	return ids;
}

static void put_ids(struct cdm_event *event, const struct cred *cred,
		    struct task_struct *task)
{
	struct coredump_mon_cred ids = cdm_process_cred(cred, task);

	cdm_event_put(event, COREDUMP_MON_A_CRED, &ids, sizeof(ids));
}

static void put_cmdline(struct cdm_event *event,
			const struct cdm_process *process)
{
	unsigned long start, want;
	void *value;
	u32 len;

	if (process->cmdline) {
		cdm_event_put_flags(event, COREDUMP_MON_A_CMDLINE,
				    process->cmdline_cut ?
				    COREDUMP_MON_ATTR_CUT : 0,
				    process->cmdline, process->cmdline_len);
		return;
	}
	/* It exited, or has executed something else. */
	if (process->mm != current->mm) {
		cdm_event_put_flags(event, COREDUMP_MON_A_CMDLINE,
				    COREDUMP_MON_ATTR_CUT, "", 0);
		return;
	}
	len = cmdline_bytes(&start, &want);
	value = cdm_event_reserve(event, COREDUMP_MON_A_CMDLINE, len);
	if (!value)
		return;
	len = read_own(value, start, len);
	cdm_event_trim(event, value, len < want ? COREDUMP_MON_ATTR_CUT : 0,
		       len);
}

static void put_cgroup(struct cdm_event *event, struct task_struct *task)
{
	char *value = cdm_event_reserve(event, COREDUMP_MON_A_CGROUP,
					COREDUMP_MON_PATH_MAX);
	u16 flags = 0;
	int len;

	if (!value)
		return;
	rcu_read_lock();
	len = cgroup_path(task_dfl_cgroup(task), value, COREDUMP_MON_PATH_MAX);
	rcu_read_unlock();
	if (len >= COREDUMP_MON_PATH_MAX) {
		len = COREDUMP_MON_PATH_MAX - 1;
		flags = COREDUMP_MON_ATTR_CUT;
	}
	cdm_event_trim(event, value, flags, max(len, 0));
}

/* What is told of a task that is not the one that acts. */
static void put_other(struct cdm_event *event, struct task_struct *task,
		      const char *comm)
{
	struct coredump_mon_task ids = take_ids(task);
	struct file *exe = NULL;

	cdm_event_put(event, COREDUMP_MON_A_TASK, &ids, sizeof(ids));
	cdm_event_put_string(event, COREDUMP_MON_A_COMM, comm);
	task_lock(task);
	if (task->mm && !(task->flags & PF_KTHREAD))
		exe = cdm_mm_exe_file(task->mm);
	task_unlock(task);
	if (!exe)
		return;
	cdm_event_put_path(event, COREDUMP_MON_A_EXE, &exe->f_path);
	fput(exe);
}

static void put_ancestor(struct cdm_event *event,
			 const struct cdm_ancestor *ancestor)
{
	u32 nest = cdm_event_nest(event, COREDUMP_MON_A_ANCESTOR);

	put_other(event, ancestor->task, ancestor->comm);
	cdm_event_nest_end(event, nest);
}

/**
 * cdm_process_put() - append a process to a record
 * @event: the record
 * @process: the snapshot
 *
 * Context: sleeps; a worker, or the task itself as long as it has a root
 *	directory, without which no path can be told.
 */
void cdm_process_put(struct cdm_event *event, const struct cdm_process *process)
{
	u32 nest = cdm_event_nest(event, COREDUMP_MON_A_PROCESS);
	unsigned int i;

	cdm_event_put(event, COREDUMP_MON_A_TASK, &process->ids,
		      sizeof(process->ids));
	put_ids(event, process->cred, process->task);
	cdm_event_put(event, COREDUMP_MON_A_NAMESPACES, &process->namespaces,
		      sizeof(process->namespaces));
	cdm_event_put_string(event, COREDUMP_MON_A_COMM, process->comm);
	cdm_event_put_path(event, COREDUMP_MON_A_EXE, &process->exe);
	if (process->mm)
		put_cmdline(event, process);
	cdm_event_put_path(event, COREDUMP_MON_A_CWD, &process->cwd);
	if (*process->tty)
		cdm_event_put_string(event, COREDUMP_MON_A_TTY, process->tty);
	put_cgroup(event, process->task);
	for (i = 0; i < process->ancestor_count; i++)
		put_ancestor(event, &process->ancestors[i]);
	cdm_event_nest_end(event, nest);
}

/* Context: sleeps. */
void cdm_process_release(struct cdm_process *process)
{
	while (process->ancestor_count)
		put_task_struct(process->ancestors[--process->ancestor_count].task);
	if (process->cwd.mnt)
		path_put(&process->cwd);
	if (process->exe.mnt)
		path_put(&process->exe);
	if (process->cmdline != process->arguments)
		kfree(process->cmdline);
	put_cred(process->cred);
	put_task_struct(process->task);
}

/* Appends the current task as the process of a record. Context: sleeps. */
void cdm_process_put_current(struct cdm_event *event)
{
	struct cdm_process process;

	cdm_process_snapshot(&process, false);
	cdm_process_put(event, &process);
	cdm_process_release(&process);
}

/**
 * cdm_process_put_target() - append whose /proc/PID file it is
 * @event: the record
 * @pid: the PID
 *
 * Context: sleeps.
 */
void cdm_process_put_target(struct cdm_event *event, struct pid *pid)
{
	struct task_struct *task = get_pid_task(pid, PIDTYPE_PID);
	char comm[TASK_COMM_LEN];
	const struct cred *cred;
	u32 nest;

	if (!task)
		return;
	cred = get_task_cred(task);
	get_task_comm(comm, task);
	nest = cdm_event_nest(event, COREDUMP_MON_A_TARGET);
	put_other(event, task, comm);
	put_ids(event, cred, task);
	cdm_event_nest_end(event, nest);
	put_cred(cred);
	put_task_struct(task);
}
