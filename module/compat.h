/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that differs between kernels. No other file may know of a version.
 */
#ifndef CDM_COMPAT_H
#define CDM_COMPAT_H

#include <linux/file.h>
#include <linux/fs.h>
#include <linux/ftrace.h>
#include <linux/mm_types.h>
#include <linux/ns_common.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/version.h>

/* 94d095ffa0e1 ("ftrace: abstract DYNAMIC_FTRACE_WITH_ARGS accesses"), 6.2 */
#ifdef ftrace_regs_get_argument
#define cdm_ftrace_argument(fregs, n)	ftrace_regs_get_argument(fregs, n)
#define cdm_ftrace_redirect(fregs, ip)	\
	ftrace_regs_set_instruction_pointer(fregs, ip)
#else
#define cdm_ftrace_argument(fregs, n)	\
	regs_get_kernel_argument(&(fregs)->regs, n)
#define cdm_ftrace_redirect(fregs, ip)	\
	ftrace_instruction_pointer_set(fregs, ip)
#endif

/*
 * The file that a memory image was executed from, with a reference, or NULL.
 *
 * 0ede61d8589c ("file: convert to SLAB_TYPESAFE_BY_RCU"), 6.7: a struct file
 * may be used again by another open within a grace period, and get_file_rcu()
 * takes the pointer's address to see to it.
 */
static inline struct file *cdm_mm_exe_file(struct mm_struct *mm)
{
	struct file *file;

	rcu_read_lock();
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	file = get_file_rcu(&mm->exe_file);
#else
	file = rcu_dereference(mm->exe_file);
	if (file && !get_file_rcu(file))
		file = NULL;
#endif
	rcu_read_unlock();
	return file;
}

/*
 * struct mnt_namespace is private to fs/; its first member is what is wanted
 * here since 1a7b8969e664 ("mnt: Use generic ns_common::count"), 5.11. Before
 * that, a counter comes first.
 */
struct cdm_mnt_namespace {
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
	atomic_t count;
#endif
	struct ns_common ns;
};

static inline unsigned int cdm_mnt_ns_inum(const struct mnt_namespace *ns)
{
	return ((const struct cdm_mnt_namespace *)ns)->ns.inum;
}

/* Whether the current task has opened an io_uring; the field is the option's. */
static inline bool cdm_uses_io_uring(void)
{
#ifdef CONFIG_IO_URING
	return current->io_uring;
#else
	return false;
#endif
}

#endif /* CDM_COMPAT_H */
