// SPDX-License-Identifier: GPL-2.0
/*
 * A kprobe on vfs_open that does nothing: what it costs is what any kprobe
 * there costs at least.
 */
#include <linux/kprobes.h>
#include <linux/module.h>

static int pre_handler(struct kprobe *p, struct pt_regs *regs)
{
	return 0;
}

NOKPROBE_SYMBOL(pre_handler);

static struct kprobe probe = {
	.symbol_name = "vfs_open",
	.pre_handler = pre_handler,
};

static int __init empty_kprobe_init(void)
{
	return register_kprobe(&probe);
}
module_init(empty_kprobe_init);

static void __exit empty_kprobe_exit(void)
{
	unregister_kprobe(&probe);
}
module_exit(empty_kprobe_exit);

MODULE_DESCRIPTION("An empty kprobe on vfs_open, to measure");
MODULE_LICENSE("GPL");
