// SPDX-License-Identifier: GPL-2.0
/*
 * Has an allocation fail, of those that a task makes while it is in a function:
 * insmod starve.ko during=FUNCTION. In /sys/module/starve/parameters:
 * nth: which one, counted from 1 each time that the function is entered; 0: none
 * all: Y: it and all that follow
 * made: how many there were the last time
 *
 * What one place allocates again and again counts as one, the first of which
 * fails. The kernel's stack traces about that are kept out of the log.
 */
#include <linux/gfp.h>
#include <linux/jhash.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/stacktrace.h>

static char *during = "";
module_param(during, charp, 0444);
static unsigned int nth;
module_param(nth, uint, 0644);
static bool all;
module_param(all, bool, 0644);
static unsigned int made;
module_param(made, uint, 0444);

static struct task_struct *in_it;
static u32 last_place;

static int enter(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	if (in_it)
		return 1;
	made = 0;
	last_place = 0;
	WRITE_ONCE(in_it, current);
	return 0;
}

NOKPROBE_SYMBOL(enter);

static int leave(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	WRITE_ONCE(in_it, NULL);
	return 0;
}

NOKPROBE_SYMBOL(leave);

/* Whether what is about to be allocated is not to be had. */
static bool starved(void)
{
	unsigned long places[16];
	u32 place;

	if (READ_ONCE(in_it) != current || !in_task())
		return false;
	place = jhash(places, sizeof(places[0]) *
		      stack_trace_save(places, ARRAY_SIZE(places), 0), 1);
	if (place != last_place)
		made++;
	else if (made == nth && !all)
		return false;
	last_place = place;
	return nth && (made == nth || (all && made > nth));
}

static int fail_errno(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	regs_set_return_value(regs, -ENOMEM);
	return 0;
}

NOKPROBE_SYMBOL(fail_errno);

static int fail_pointer(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const void *p = (void *)regs_return_value(regs);

	if (is_vmalloc_addr(p))
		return 0;
	kfree(p);
	regs_set_return_value(regs, 0);
	return 0;
}

NOKPROBE_SYMBOL(fail_pointer);

static int slab(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	return !starved();
}

NOKPROBE_SYMBOL(slab);

/* void warn_alloc(gfp_t gfp_mask, ...) */
static int silence(struct kprobe *p, struct pt_regs *regs)
{
	if (READ_ONCE(in_it) == current)
		regs->di |= __GFP_NOWARN;
	return 0;
}

NOKPROBE_SYMBOL(silence);

static struct kprobe warning = {
	.symbol_name = "warn_alloc",
	.pre_handler = silence,
};

static struct kretprobe function = {
	.entry_handler = enter,
	.handler = leave,
};

/*
 * 4f6923fbb352 ("mm: make should_failslab always available for fault
 * injection"), undone by a7526fe8b94e ("mm, slab: put should_failslab() back
 * behind CONFIG_SHOULD_FAILSLAB"), 6.11: what is allocated then is given back.
 */
#define ERRNO(name)							\
	{ .kp.symbol_name = name, .entry_handler = slab, .handler = fail_errno }
#define POINTER(name)							\
	{ .kp.symbol_name = name, .entry_handler = slab, .handler = fail_pointer }

static struct kretprobe slabs[] = {
	/* Large ones are pages, which no slab is asked for. */
	POINTER("__kmalloc_large_node"),
	POINTER("___kmalloc_large_node"),
	/* Where those are parts of others (5.10), who asks for large ones. */
	POINTER("kvmalloc_node"),
	ERRNO("should_failslab"),
	POINTER("__kmalloc_noprof"),
	POINTER("__kmalloc_node_noprof"),
	POINTER("__kmalloc_cache_noprof"),
	POINTER("__kmalloc_cache_node_noprof"),
	POINTER("__kmalloc_node_track_caller_noprof"),
	POINTER("__kvmalloc_node_noprof"),
};

/* So many kinds of large ones, each enough. */
#define LARGE	2

static void remove_all(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(slabs); i++)
		if (slabs[i].kp.addr)
			unregister_kretprobe(&slabs[i]);
	unregister_kprobe(&warning);
}

static int __init starve_init(void)
{
	int i, err = register_kprobe(&warning);
	bool installed = false;

	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(slabs); i++) {
		if (i == LARGE && installed)
			continue;
		err = register_kretprobe(&slabs[i]);
		if (err)
			slabs[i].kp.addr = NULL;
		else
			installed = true;
		if (!err && slabs[i].handler == fail_errno)
			break;
	}
	function.kp.symbol_name = during;
	err = installed ? register_kretprobe(&function) : -ENOENT;
	if (err)
		remove_all();
	return err;
}
module_init(starve_init);

static void __exit starve_exit(void)
{
	unregister_kretprobe(&function);
	remove_all();
}
module_exit(starve_exit);

MODULE_DESCRIPTION("Has allocations fail");
MODULE_LICENSE("GPL");
