// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <linux/coredump_mon.h>

#include "hook.h"
#include "probe.h"

static char *hook = "auto";
module_param(hook, charp, 0444);
MODULE_PARM_DESC(hook, "how functions are hooked where there is a choice: auto, ftrace or kprobe (auto)");

/* Whether the parameter is one of its words; complains if not. */
bool cdm_hook_valid(void)
{
	if (!strcmp(hook, "auto") || !strcmp(hook, "ftrace") ||
	    !strcmp(hook, "kprobe"))
		return true;
	pr_err("hook=%s: must be auto, ftrace or kprobe\n", hook);
	return false;
}

/*
 * A kprobe may refuse only at the entry, and there only as a breakpoint: one that
 * rides on ftrace takes the kernel down when it is gone before others on the
 * function.
 */
static bool may_kprobe(const struct cdm_probe *probe)
{
	if (probe->flags & CDM_PROBE_GATE && CDM_KPROBES_ON_FTRACE)
		return false;
	return strcmp(hook, "ftrace");
}

/* Whether ftrace is tried first. */
static bool wants_ftrace(const struct cdm_probe *probe)
{
	return probe->ftrace && (strcmp(hook, "kprobe") || !may_kprobe(probe));
}

/* A dump sleeps inside the functions that write it: as many may be under way. */
#define KRETPROBE_MAXACTIVE	512

#define FTRACE_TRIES		10

/*
 * Where a symbol is, by a kprobe that is never armed: much cheaper than by
 * name through ftrace, and it finds what modules may not look up. On ftrace:
 * a kprobe there would not be a breakpoint.
 */
int cdm_hook_find(const char *symbol, unsigned long *addr, bool *on_ftrace)
{
	struct kprobe kp = {
		.symbol_name = symbol,
		.flags = KPROBE_FLAG_DISABLED,
	};
	int err;

	err = register_kprobe(&kp);
	if (err)
		return err;
	*addr = (unsigned long)kp.addr;
	*on_ftrace = kp.flags & KPROBE_FLAG_FTRACE;
	unregister_kprobe(&kp);
	return 0;
}

static int register_ops(struct ftrace_ops *ops)
{
	int err, tries;

	for (tries = 0; ; tries++) {
		err = register_ftrace_function(ops);
		/* A BPF trampoline that is being changed: it passes. */
		if (err != -EAGAIN || tries == FTRACE_TRIES)
			break;
		msleep(20);
	}
	if (err)
		cdm_ftrace_free(ops);
	return err;
}

/* With PERMANENT, ftrace_enabled=0 fails instead of blinding us. */
static unsigned long flags_of(const struct cdm_probe *probe)
{
	unsigned long flags = FTRACE_OPS_FL_PERMANENT | CDM_FTRACE_FLAGS;

	if (probe->flags & CDM_PROBE_GATE)
		flags |= FTRACE_OPS_FL_IPMODIFY;
	return flags;
}

static int install_ftrace(struct cdm_probe *probe)
{
	unsigned long addr;
	bool on_ftrace;
	int err;

	err = cdm_hook_find(probe->symbol, &addr, &on_ftrace);
	if (err)
		return err;
	memset(&probe->ops, 0, sizeof(probe->ops));
	probe->ops.func = probe->ftrace;
	probe->ops.flags = flags_of(probe);
	err = ftrace_set_filter_ip(&probe->ops, addr, 0, 0);
	if (err)
		return err;
	err = register_ops(&probe->ops);
	if (err)
		return err;
	probe->hook = COREDUMP_MON_HOOK_FTRACE;
	return 0;
}

/* ftrace's call is not always the first instruction. */
#define CALL_OFFSET_MAX	16

static void notrace shared_ftrace(unsigned long ip, unsigned long parent_ip,
				  struct ftrace_ops *ops,
				  struct cdm_ftrace_regs *fregs)
{
	const struct cdm_hook_group *group =
		container_of(ops, struct cdm_hook_group, ops);
	const struct cdm_hook *hook = group->hooks;
	const struct cdm_hook *end = hook + group->count;

	/* By a pointer: an index would be checked each time. */
	for (; hook != end; hook++) {
		if (ip - hook->addr < CALL_OFFSET_MAX) {
			hook->probe->ftrace(ip, parent_ip, ops, fregs);
			return;
		}
	}
}

NOKPROBE_SYMBOL(shared_ftrace);

static void forget(struct cdm_hook_group *group)
{
	while (group->count)
		group->hooks[--group->count].probe->hook = COREDUMP_MON_HOOK_NONE;
}

/**
 * cdm_hook_gather() - have a probe among those that cdm_hook_share() hooks
 * @group: together with these; all of them are gates, or none
 * @probe: which
 *
 * Return: 0; -ENOENT: there is no such function; -EOPNOTSUPP: it is to be hooked
 *	otherwise; or what ftrace gave
 */
int cdm_hook_gather(struct cdm_hook_group *group, struct cdm_probe *probe)
{
	unsigned long addr;
	bool on_ftrace;
	int err;

	if (!wants_ftrace(probe))
		return -EOPNOTSUPP;
	err = cdm_hook_find(probe->symbol, &addr, &on_ftrace);
	if (err)
		return err;
	if (WARN_ON_ONCE(group->count == CDM_HOOK_GROUP_MAX))
		return -EOPNOTSUPP;
	if (!group->count) {
		memset(&group->ops, 0, sizeof(group->ops));
		group->ops.func = shared_ftrace;
		group->ops.flags = flags_of(probe);
	}
	err = ftrace_set_filter_ip(&group->ops, addr, 0, 0);
	if (err)
		return err;
	group->hooks[group->count].addr = addr;
	group->hooks[group->count++].probe = probe;
	probe->hook = COREDUMP_MON_HOOK_FTRACE;
	return 0;
}

/**
 * cdm_hook_share() - hook those that were gathered
 * @group: they
 *
 * Context: may sleep.
 * Return: 0; or what ftrace gave: none of them is hooked
 */
int cdm_hook_share(struct cdm_hook_group *group)
{
	int err;

	if (!group->count)
		return 0;
	err = register_ops(&group->ops);
	if (err)
		forget(group);
	else
		group->shared = true;
	return err;
}

/* Undoes that, or gathering. Context: may sleep, for seconds on a busy machine. */
void cdm_hook_unshare(struct cdm_hook_group *group)
{
	if (!group->count)
		return;
	if (group->shared)
		unregister_ftrace_function(&group->ops);
	group->shared = false;
	cdm_ftrace_free(&group->ops);
	forget(group);
}

/*
 * Behind ftrace's call, where arguments still are where they were: a breakpoint
 * serves without ftrace too, and has nothing to do with what others hook at the
 * function's entry.
 *
 * It is registered first and armed then, as is a kretprobe: since 7.3 registering
 * does not tell when that could not be done.
 */
static int install_kprobe(struct cdm_probe *probe)
{
	unsigned long addr;
	bool on_ftrace;
	int err;

	err = cdm_hook_find(probe->symbol, &addr, &on_ftrace);
	if (err)
		return err;
	if (on_ftrace)
		addr += MCOUNT_INSN_SIZE;
	memset(&probe->kp, 0, sizeof(probe->kp));
	probe->kp.addr = (kprobe_opcode_t *)addr;
	probe->kp.pre_handler = probe->kprobe;
	probe->kp.flags = KPROBE_FLAG_DISABLED;
	err = register_kprobe(&probe->kp);
	if (err)
		return err;
	err = enable_kprobe(&probe->kp);
	if (err)
		unregister_kprobe(&probe->kp);
	else
		probe->hook = COREDUMP_MON_HOOK_KPROBE;
	return err;
}

static int install_kretprobe(struct cdm_probe *probe)
{
	int err;

	memset(&probe->krp, 0, sizeof(probe->krp));
	probe->krp.kp.symbol_name = probe->symbol;
	probe->krp.kp.flags = KPROBE_FLAG_DISABLED;
	probe->krp.entry_handler = probe->entry;
	probe->krp.handler = probe->ret;
	probe->krp.data_size = probe->data_size;
	probe->krp.maxactive = KRETPROBE_MAXACTIVE;
	err = register_kretprobe(&probe->krp);
	if (err)
		return err;
	err = enable_kretprobe(&probe->krp);
	if (err)
		unregister_kretprobe(&probe->krp);
	else
		probe->hook = COREDUMP_MON_HOOK_KRETPROBE;
	return err;
}

static void match_tracepoint(struct tracepoint *tp, void *data)
{
	struct cdm_probe *probe = data;

	if (!strcmp(tp->name, probe->symbol))
		probe->tp = tp;
}

static int install_tracepoint(struct cdm_probe *probe)
{
	int err;

	probe->tp = NULL;
	for_each_kernel_tracepoint(match_tracepoint, probe);
	if (!probe->tp)
		return -ENOENT;
	err = tracepoint_probe_register(probe->tp, probe->tracepoint, NULL);
	if (!err)
		probe->hook = COREDUMP_MON_HOOK_TRACEPOINT;
	return err;
}

/**
 * cdm_hook_install() - hook a probe's symbol
 * @probe: which
 *
 * Context: may sleep.
 * Return: 0; -ENOENT: there is no such symbol; or what the hook gave
 */
int cdm_hook_install(struct cdm_probe *probe)
{
	int err;

	if (probe->tracepoint)
		return install_tracepoint(probe);
	if (probe->ret)
		return install_kretprobe(probe);
	if (wants_ftrace(probe)) {
		err = install_ftrace(probe);
		if (!err || err == -ENOENT || err == -ENOMEM ||
		    !may_kprobe(probe))
			return err;
	}
	return install_kprobe(probe);
}

/**
 * cdm_hook_remove() - undo cdm_hook_install()
 * @probe: which; nothing happens if it is not hooked
 *
 * Context: may sleep, for seconds on a busy machine.
 */
void cdm_hook_remove(struct cdm_probe *probe)
{
	switch (probe->hook) {
	case COREDUMP_MON_HOOK_KPROBE:
		unregister_kprobe(&probe->kp);
		break;
	case COREDUMP_MON_HOOK_KRETPROBE:
		unregister_kretprobe(&probe->krp);
		break;
	case COREDUMP_MON_HOOK_FTRACE:
		/* cdm_hook_unshare() does it. */
		if (!probe->ops.func)
			break;
		unregister_ftrace_function(&probe->ops);
		cdm_ftrace_free(&probe->ops);
		break;
	case COREDUMP_MON_HOOK_TRACEPOINT:
		tracepoint_probe_unregister(probe->tp, probe->tracepoint, NULL);
		tracepoint_synchronize_unregister();
		break;
	}
}
