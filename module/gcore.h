/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Core files that are no dump of the kernel's: what a process writes while it traces
 * another, as gdb's gcore does, is looked at when it is closed.
 */
#ifndef CDM_GCORE_H
#define CDM_GCORE_H

#include <linux/fs.h>
#include <linux/list.h>
#include <linux/sched.h>

struct coredump_mon_stats;

/**
 * struct cdm_gcore_whose - whose memory a core file holds
 * @pid: thread group; 0: of one of several
 * @comm: terminated
 */
struct cdm_gcore_whose {
	u32 pid;
	char comm[TASK_COMM_LEN];
};

/**
 * cdm_gcore_maybe() - whether an open may be of a file to become a core file
 * @file: what is being opened
 *
 * Of the threads of a process, the one that opens and the first are asked.
 *
 * Context: the opener.
 */
static __always_inline bool cdm_gcore_maybe(const struct file *file)
{
	return file->f_mode & FMODE_WRITE &&
	       !(list_empty(&current->ptraced) &&
		 list_empty(&current->group_leader->ptraced));
}

int cdm_gcore_init(void);
void cdm_gcore_exit(void);
bool cdm_gcore_file(const struct dentry *dentry);
void cdm_gcore_who(struct cdm_gcore_whose *whose);
void cdm_gcore_watch(const struct path *path, const struct cdm_gcore_whose *whose);
bool cdm_gcore_looks(void);
void cdm_gcore_stats(struct coredump_mon_stats *stats);

#endif /* CDM_GCORE_H */
