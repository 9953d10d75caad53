// SPDX-License-Identifier: GPL-2.0
/*
 * Somebody else's hooks on the functions that we hook: of one kind, on up to
 * nine of them. They count how often a task named "prober" comes by.
 */
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/string.h>

#define HOOKS_MAX	9

static char *kind = "kprobe";
module_param(kind, charp, 0444);
MODULE_PARM_DESC(kind, "kprobe, post (kprobe with a post_handler), kretprobe or owner (may change where a function goes)");

static char *functions[HOOKS_MAX];
static unsigned int count;
module_param_array(functions, charp, &count, 0444);
MODULE_PARM_DESC(functions, "what is hooked");

static unsigned long seen[HOOKS_MAX];
module_param_array(seen, ulong, NULL, 0444);
MODULE_PARM_DESC(seen, "hits of each, in that order");

static struct hook {
	struct kprobe kp;
	struct kretprobe krp;
	struct ftrace_ops ops;
} hooks[HOOKS_MAX];

/* One prober at a time: no two hits at once. */
static nokprobe_inline void hit(int index)
{
	if (!strcmp(current->comm, "prober"))
		WRITE_ONCE(seen[index], seen[index] + 1);
}

static int pre_handler(struct kprobe *kp, struct pt_regs *regs)
{
	if (!kp->post_handler)
		hit(container_of(kp, struct hook, kp) - hooks);
	return 0;
}

NOKPROBE_SYMBOL(pre_handler);

static void post_handler(struct kprobe *kp, struct pt_regs *regs,
			 unsigned long flags)
{
	hit(container_of(kp, struct hook, kp) - hooks);
}

NOKPROBE_SYMBOL(post_handler);

/* How an instance leads to its kretprobe differs between kernels. */
#define RETURN_HANDLER(index)						\
static int return_##index(struct kretprobe_instance *ri,		\
			  struct pt_regs *regs)				\
{									\
	hit(index);							\
	return 0;							\
}									\
NOKPROBE_SYMBOL(return_##index)

RETURN_HANDLER(0);
RETURN_HANDLER(1);
RETURN_HANDLER(2);
RETURN_HANDLER(3);
RETURN_HANDLER(4);
RETURN_HANDLER(5);
RETURN_HANDLER(6);
RETURN_HANDLER(7);
RETURN_HANDLER(8);

static const kretprobe_handler_t return_handlers[HOOKS_MAX] = {
	return_0, return_1, return_2, return_3,
	return_4, return_5, return_6, return_7, return_8,
};

/* On 5.10 the last argument is a structure of another name. */
static void notrace callback(unsigned long ip, unsigned long parent_ip,
			     struct ftrace_ops *ops, void *regs)
{
	hit(container_of(ops, struct hook, ops) - hooks);
}

static int hook_owner(struct hook *hook, char *function)
{
	int err;

	hook->ops.func = (ftrace_func_t)(void *)callback;
	hook->ops.flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_SAVE_REGS;
	err = ftrace_set_filter(&hook->ops, function, strlen(function), 1);
	return err ?: register_ftrace_function(&hook->ops);
}

static int hook_function(int index)
{
	struct hook *hook = &hooks[index];

	if (!strcmp(kind, "owner"))
		return hook_owner(hook, functions[index]);
	if (!strcmp(kind, "kretprobe")) {
		hook->krp.kp.symbol_name = functions[index];
		hook->krp.handler = return_handlers[index];
		hook->krp.maxactive = 64;
		return register_kretprobe(&hook->krp);
	}
	hook->kp.symbol_name = functions[index];
	hook->kp.pre_handler = pre_handler;
	if (!strcmp(kind, "post"))
		hook->kp.post_handler = post_handler;
	return register_kprobe(&hook->kp);
}

static void unhook_function(int index)
{
	struct hook *hook = &hooks[index];

	if (hook->ops.func)
		unregister_ftrace_function(&hook->ops);
	else if (hook->krp.handler)
		unregister_kretprobe(&hook->krp);
	else
		unregister_kprobe(&hook->kp);
}

static int __init neighbour_init(void)
{
	int err, i;

	for (i = 0; i < count; i++) {
		err = hook_function(i);
		if (!err)
			continue;
		while (i--)
			unhook_function(i);
		return err;
	}
	return 0;
}
module_init(neighbour_init);

static void __exit neighbour_exit(void)
{
	int i;

	for (i = count; i--; )
		unhook_function(i);
}
module_exit(neighbour_exit);

MODULE_DESCRIPTION("Hooks what coredump_mon hooks");
MODULE_LICENSE("GPL");
