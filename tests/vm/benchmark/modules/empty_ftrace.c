// SPDX-License-Identifier: GPL-2.0
/*
 * An ftrace callback on vfs_open that does nothing: what it costs is what any
 * callback there costs at least.
 */
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/module.h>

/* What comes last is of another type on each kernel. */
static void notrace callback(unsigned long ip, unsigned long parent_ip,
			     struct ftrace_ops *ops, void *regs)
{
}

static struct ftrace_ops ops = {
	.func = (ftrace_func_t)(void *)callback,
};

static int __init empty_ftrace_init(void)
{
	/* Only to learn the address, which no kernel tells a module. */
	struct kprobe probe = {
		.symbol_name = "vfs_open",
		.flags = KPROBE_FLAG_DISABLED,
	};
	unsigned long address;
	int ret;

	ret = register_kprobe(&probe);
	if (ret)
		return ret;
	address = (unsigned long)probe.addr;
	unregister_kprobe(&probe);

	ret = ftrace_set_filter_ip(&ops, address, 0, 0);
	if (ret)
		return ret;
	return register_ftrace_function(&ops);
}
module_init(empty_ftrace_init);

static void __exit empty_ftrace_exit(void)
{
	unregister_ftrace_function(&ops);
}
module_exit(empty_ftrace_exit);

MODULE_DESCRIPTION("An empty ftrace callback on vfs_open, to measure");
MODULE_LICENSE("GPL");
