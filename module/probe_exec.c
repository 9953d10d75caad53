// SPDX-License-Identifier: GPL-2.0
/*
 * What is executed, and by whom it is inherited, seen by tracepoints that run when it
 * is done, and before any of it runs; and whoever reaches into a process.
 */
#include <linux/binfmts.h>
#include <linux/ptrace.h>
#include <linux/sched.h>

#include "exec.h"
#include "probe.h"

/* Context: the task that executes; neither sleeps nor allocates. */
static void process_exec(void *data, struct task_struct *task, pid_t old_pid,
			 struct linux_binprm *bprm)
{
	if (bprm->file)
		cdm_exec_done(bprm->file);
}

struct cdm_probe cdm_probe_exec = {
	.name		= "exec",
	.symbols	= (const char *const[]) { "sched_process_exec", NULL },
	.lost		= "what is executed: no rule that names an executable matches",
	.tracepoint	= process_exec,
};

/* Context: the parent, as above. */
static void process_fork(void *data, struct task_struct *parent,
			 struct task_struct *child)
{
	cdm_exec_forked(child);
}

struct cdm_probe cdm_probe_fork = {
	.name		= "fork",
	.symbols	= (const char *const[]) { "sched_process_fork", NULL },
	.lost		= "children of who matches a rule that names an executable",
	.tracepoint	= process_fork,
};

/*
 * int security_ptrace_access_check(struct task_struct *child, unsigned int mode);
 * what is left to ask when users and capabilities permit it, for ptrace(2),
 * process_vm_writev(2), /proc/PID/mem and the like. Context: who asks, preemption off,
 * the child's task_lock() held.
 */
static __always_inline void ptrace_entry(unsigned long child, unsigned long mode)
{
	if (mode & PTRACE_MODE_ATTACH)
		cdm_exec_touched((struct task_struct *)child);
}

CDM_PROBE_KPROBE(ptrace, ptrace_entry);
CDM_PROBE_FTRACE(ptrace, ptrace_entry);

struct cdm_probe cdm_probe_ptrace = {
	.name		= "ptrace",
	.symbols	= (const char *const[]) { "security_ptrace_access_check", NULL },
	.flags		= CDM_PROBE_SHARED,
	.lost		= "who reaches into processes: no rule that names an executable matches",
	.kprobe		= ptrace_kprobe,
	.ftrace		= ptrace_ftrace,
};
