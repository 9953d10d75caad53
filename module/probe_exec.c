// SPDX-License-Identifier: GPL-2.0
/*
 * What is executed, and by whom it is inherited, seen by tracepoints that run when it
 * is done, and before any of it runs.
 */
#include <linux/binfmts.h>
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
