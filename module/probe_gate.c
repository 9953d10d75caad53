// SPDX-License-Identifier: GPL-2.0
/*
 * The gate: security_file_open(), which every open passes on its way, with an
 * error as a clean way back. There only while something may be refused.
 */
#include <linux/fs.h>

#include "open.h"
#include "probe.h"

/*
 * Takes the place of security_file_open(), whose signature it has, when an
 * open is refused. Must neither sleep nor fault: nothing waits for a task that
 * sleeps here when the module goes.
 */
static int notrace refuse(struct file *file)
{
	return -EACCES;
}

NOKPROBE_SYMBOL(refuse);

/* Whether to refuse. Context: the opener, preemption off. */
static __always_inline bool refused(struct file *file)
{
	return unlikely(cdm_open_matters(file, file->f_path.dentry,
					 file->f_inode)) &&
	       cdm_open_refused(file);
}

/* int security_file_open(struct file *file); Context: the opener. */
static void notrace gate_ftrace(unsigned long ip, unsigned long parent_ip,
				struct ftrace_ops *ops,
				struct cdm_ftrace_regs *fregs)
{
	preempt_disable_notrace();
	if (refused((struct file *)cdm_ftrace_argument(fregs, 0)))
		cdm_ftrace_redirect(fregs, (unsigned long)refuse);
	preempt_enable_notrace();
}

NOKPROBE_SYMBOL(gate_ftrace);

/* Only where kprobes are breakpoints: 1 says that the way back is set. */
static int gate_kprobe(struct kprobe *p, struct pt_regs *regs)
{
	if (!refused((struct file *)regs_get_kernel_argument(regs, 0)))
		return 0;
	instruction_pointer_set(regs, (unsigned long)refuse);
	return 1;
}

NOKPROBE_SYMBOL(gate_kprobe);

struct cdm_probe cdm_probe_gate = {
	.name		= "gate",
	.symbols	= (const char *const[]) { "security_file_open", NULL },
	.flags		= CDM_PROBE_GATE,
	.lost		= "enforcing: nothing is refused",
	.kprobe		= gate_kprobe,
	.ftrace		= gate_ftrace,
};
