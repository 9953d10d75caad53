// SPDX-License-Identifier: GPL-2.0
/*
 * The gate of opens: security_file_open(), which every one passes on its way, with
 * an error as a clean way back. There only while something may be refused; those of
 * changes, which are beside their observers, only where a rule refuses such changes.
 */
#include <linux/fs.h>

#include "open.h"
#include "probe.h"

/*
 * Takes the place of a gated function when something is refused; whatever
 * arguments that has are in registers. Must neither sleep nor fault: nothing
 * waits for a task that sleeps here when the module goes.
 */
int notrace cdm_probe_refuse(void)
{
	return -EACCES;
}

NOKPROBE_SYMBOL(cdm_probe_refuse);

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
		cdm_ftrace_redirect(fregs, (unsigned long)cdm_probe_refuse);
	preempt_enable_notrace();
}

NOKPROBE_SYMBOL(gate_ftrace);

/* Only where kprobes are breakpoints: 1 says that the way back is set. */
static int gate_kprobe(struct kprobe *p, struct pt_regs *regs)
{
	if (!refused((struct file *)regs_get_kernel_argument(regs, 0)))
		return 0;
	instruction_pointer_set(regs, (unsigned long)cdm_probe_refuse);
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
