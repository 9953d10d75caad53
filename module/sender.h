/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who sent which signal: remembered when it is sent, as what a siginfo says of
 * its sender is the sender's own word.
 */
#ifndef CDM_SENDER_H
#define CDM_SENDER_H

#include <linux/sched.h>
#include <linux/signal.h>
#include <linux/coredump_mon.h>

/**
 * struct cdm_sender - a process that sent a signal
 * @task: its numbers: pid, tid, start_ns
 * @cred: its real credentials
 * @comm: its name
 */
struct cdm_sender {
	struct coredump_mon_task task;
	struct coredump_mon_cred cred;
	char comm[TASK_COMM_LEN];
};

void cdm_sender_note(int sig, const struct kernel_siginfo *info,
		     struct task_struct *victim, bool group, bool no_info);
bool cdm_sender_find(const struct kernel_siginfo *info,
		     struct cdm_sender *sender);
void cdm_sender_stats(struct coredump_mon_stats *stats);

#endif /* CDM_SENDER_H */
