// SPDX-License-Identifier: GPL-2.0
/*
 * Reads and writes of kernel.core_pattern.
 */
#include <linux/sysctl.h>

#include "pattern.h"
#include "probe.h"

struct call {
	bool write;
};

/* Context: preemption off. */
static int enter(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct ctl_table *table =
		(const void *)regs_get_kernel_argument(regs, 0);
	struct call *call = (void *)ri->data;

	call->write = regs_get_kernel_argument(regs, 1);
	cdm_pattern_found(table->data);
	return 0;
}

NOKPROBE_SYMBOL(enter);

/* Context: preemption off. */
static int leave(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct call *call = (void *)ri->data;

	if (call->write && !regs_return_value(regs))
		cdm_pattern_changed();
	return 0;
}

NOKPROBE_SYMBOL(leave);

struct cdm_probe cdm_probe_pattern = {
	.name		= "core_pattern",
	.symbols	= (const char *const[]) { "proc_dostring_coredump", NULL },
	.lost		= "kernel.core_pattern and its directory",
	.entry		= enter,
	.ret		= leave,
	.data_size	= sizeof(struct call),
};
