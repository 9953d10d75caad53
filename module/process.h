/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who did it. A handler, which may not sleep, takes a snapshot of the current
 * task: numbers, and references to what is looked at later, where sleeping is
 * allowed: there it becomes an attribute of a record.
 */
#ifndef CDM_PROCESS_H
#define CDM_PROCESS_H

#include <linux/path.h>
#include <linux/sched.h>
#include <linux/coredump_mon.h>

#include "event.h"

struct cred;
struct mm_struct;

/**
 * struct cdm_ancestor - one of the parents
 * @task: its thread group leader, with a reference
 * @comm: as it was
 */
struct cdm_ancestor {
	struct task_struct *task;
	char comm[TASK_COMM_LEN];
};

/**
 * struct cdm_process - a task as it was at one moment
 * @task: with a reference
 * @cred: its real credentials, with a reference
 * @exe: what it executes, with a reference; no mount: nothing (a kernel thread)
 * @mm: its memory, only to be compared
 * @cmdline: its arguments, if they were taken; NULL: they were not
 * @cmdline_len: bytes of them
 * @cmdline_cut: there are more
 * @arguments: room for @cmdline, unless that is longer
 * @cwd: its current directory, with a reference; no mount: it has none
 * @ids: its numbers
 * @namespaces: its namespaces
 * @comm: its name
 * @tty: name of its controlling terminal; empty: none
 * @ancestors: the parent first
 * @ancestor_count: how many
 */
struct cdm_process {
	struct task_struct *task;
	const struct cred *cred;
	struct path exe;
	struct mm_struct *mm;
	char *cmdline;
	u32 cmdline_len;
	bool cmdline_cut;
	char arguments[256];
	struct path cwd;
	struct coredump_mon_task ids;
	struct coredump_mon_namespaces namespaces;
	char comm[TASK_COMM_LEN];
	char tty[16];
	struct cdm_ancestor ancestors[COREDUMP_MON_ANCESTORS_MAX];
	unsigned int ancestor_count;
};

int cdm_process_init(void);
bool cdm_process_initial(void);
void cdm_process_snapshot(struct cdm_process *process, bool cmdline);
void cdm_process_put(struct cdm_event *event, const struct cdm_process *process);
struct coredump_mon_cred cdm_process_cred(const struct cred *cred,
					  struct task_struct *task);
void cdm_process_release(struct cdm_process *process);
void cdm_process_put_current(struct cdm_event *event);
void cdm_process_put_target(struct cdm_event *event, struct pid *pid);

#endif /* CDM_PROCESS_H */
