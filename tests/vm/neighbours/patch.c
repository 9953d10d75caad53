// SPDX-License-Identifier: GPL-2.0
/*
 * A livepatch of security_file_open that asks no security module and lets
 * everybody through. It counts how often a task named "prober" comes by.
 */
#include <linux/fs.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/string.h>

static unsigned long seen;
module_param(seen, ulong, 0444);
MODULE_PARM_DESC(seen, "how often");

/* One prober at a time: no two hits at once. */
static int patched_security_file_open(struct file *file)
{
	if (!strcmp(current->comm, "prober"))
		WRITE_ONCE(seen, seen + 1);
	return 0;
}

static struct klp_func functions[] = {
	{
		.old_name = "security_file_open",
		.new_func = patched_security_file_open,
	},
	{ }
};

/* Without a name: of the kernel itself. */
static struct klp_object objects[] = {
	{ .funcs = functions },
	{ }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objects,
};

static int __init patch_init(void)
{
	return klp_enable_patch(&patch);
}
module_init(patch_init);

/* Not before it has been disabled in /sys/kernel/livepatch. */
static void __exit patch_exit(void)
{
}
module_exit(patch_exit);

MODULE_INFO(livepatch, "Y");
MODULE_DESCRIPTION("Patches security_file_open");
MODULE_LICENSE("GPL");
