// SPDX-License-Identifier: GPL-2.0
/*
 * Puts probes in place and takes them away; the one table of all.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/moduleparam.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <linux/coredump_mon.h>

#include "health.h"
#include "probe.h"

static char *hook = "auto";
module_param(hook, charp, 0444);
MODULE_PARM_DESC(hook, "how functions are hooked where there is a choice: auto, ftrace or kprobe (auto)");

/*
 * In the order in which they are put in place: what a dump's entry begins, the
 * others finish, so it comes behind them.
 */
static struct cdm_probe *const probes[] = {
	&cdm_probe_canary,
	&cdm_probe_canary_return,
	&cdm_probe_pattern,
	&cdm_probe_signal,
	&cdm_probe_evict,
	&cdm_probe_umount,
	&cdm_probe_mount,
	&cdm_probe_rename,
	&cdm_probe_link,
	&cdm_probe_unlink,
	&cdm_probe_setattr,
	&cdm_probe_setxattr,
	&cdm_probe_removexattr,
	&cdm_probe_set_acl,
	&cdm_probe_remove_acl,
	&cdm_probe_open,
	&cdm_probe_vfs_open,
	&cdm_probe_finish_open,
	&cdm_probe_dump_emit,
	&cdm_probe_dump_range,
	&cdm_probe_dump_end,
	&cdm_probe_dump,
	&cdm_probe_gate,
};

/* A dump sleeps inside the functions that write it: as many may be under way. */
#define KRETPROBE_MAXACTIVE	512

#define FTRACE_TRIES		10

/*
 * Where a symbol is, by a kprobe that is never armed: much cheaper than by
 * name through ftrace, and it finds what modules may not look up. On ftrace:
 * a kprobe there would not be a breakpoint.
 */
static int find(const char *symbol, unsigned long *addr, bool *on_ftrace)
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

static int install_ftrace(struct cdm_probe *probe)
{
	unsigned long addr;
	bool on_ftrace;
	int err, tries;

	err = find(probe->symbol, &addr, &on_ftrace);
	if (err)
		return err;
	memset(&probe->ops, 0, sizeof(probe->ops));
	probe->ops.func = probe->ftrace;
	/* With PERMANENT, ftrace_enabled=0 fails instead of blinding us. */
	probe->ops.flags = FTRACE_OPS_FL_PERMANENT | CDM_FTRACE_FLAGS;
	if (probe->flags & CDM_PROBE_GATE)
		probe->ops.flags |= FTRACE_OPS_FL_IPMODIFY;
	err = ftrace_set_filter_ip(&probe->ops, addr, 0, 0);
	if (err)
		return err;
	for (tries = 0; ; tries++) {
		err = register_ftrace_function(&probe->ops);
		/* A BPF trampoline that is being changed: it passes. */
		if (err != -EAGAIN || tries == FTRACE_TRIES)
			break;
		msleep(20);
	}
	if (err) {
		cdm_ftrace_free(&probe->ops);
		return err;
	}
	probe->hook = COREDUMP_MON_HOOK_FTRACE;
	return 0;
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

	err = find(probe->symbol, &addr, &on_ftrace);
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

static bool wants_ftrace(const struct cdm_probe *probe)
{
	return probe->ftrace && (strcmp(hook, "kprobe") || !may_kprobe(probe));
}

static int install_symbol(struct cdm_probe *probe)
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
 * cdm_probe_install() - put a probe in place
 * @probe: which; not in place
 *
 * Context: may sleep.
 * Return: 0; -ENOENT: none of its symbols is there; -EBUSY: somebody else has
 *	the function and does not share it; or what the hook gave. Kept in
 *	@probe->error.
 */
int cdm_probe_install(struct cdm_probe *probe)
{
	const char *const *symbol;

	for (symbol = probe->symbols; *symbol; symbol++) {
		probe->symbol = *symbol;
		probe->error = install_symbol(probe);
		if (probe->error != -ENOENT)
			break;
	}
	if (probe->error == -ENOENT)
		probe->symbol = NULL;
	return probe->error;
}

static u64 nmissed(const struct cdm_probe *probe)
{
	switch (probe->hook) {
	case COREDUMP_MON_HOOK_KPROBE:
		return probe->missed + probe->kp.nmissed;
	case COREDUMP_MON_HOOK_KRETPROBE:
		return probe->missed + probe->krp.nmissed +
		       probe->krp.kp.nmissed;
	}
	return probe->missed;
}

/**
 * cdm_probe_remove() - take a probe away
 * @probe: which; nothing happens if it is not in place
 *
 * Its handler may still be running when this returns, unless it was hooked
 * through ftrace: synchronize_rcu_tasks() before the module's text goes.
 *
 * Context: may sleep, for seconds on a busy machine.
 */
void cdm_probe_remove(struct cdm_probe *probe)
{
	switch (probe->hook) {
	case COREDUMP_MON_HOOK_KPROBE:
		unregister_kprobe(&probe->kp);
		break;
	case COREDUMP_MON_HOOK_KRETPROBE:
		unregister_kretprobe(&probe->krp);
		break;
	case COREDUMP_MON_HOOK_FTRACE:
		unregister_ftrace_function(&probe->ops);
		cdm_ftrace_free(&probe->ops);
		break;
	case COREDUMP_MON_HOOK_TRACEPOINT:
		tracepoint_probe_unregister(probe->tp, probe->tracepoint, NULL);
		tracepoint_synchronize_unregister();
		break;
	}
	probe->missed = nmissed(probe);
	probe->hook = COREDUMP_MON_HOOK_NONE;
}

unsigned int cdm_probe_count(void)
{
	return ARRAY_SIZE(probes);
}

/* Hits that all probes did not see. Context: any. */
u64 cdm_probe_missed(void)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		sum += nmissed(probes[i]);
	return sum;
}

/* Another one sees what it would see. */
static bool is_spare(const struct cdm_probe *probe)
{
	if (!probe->unless || !probe->unless->hook)
		return false;
	return !(probe->flags & CDM_PROBE_SPLIT) || probe->error == -ENOENT;
}

/* Whose words count: one that is in place has no spare in place beside it. */
static const struct cdm_probe *stands_for(const struct cdm_probe *probe)
{
	return probe->hook && probe->spare ? probe->spare : probe;
}

/**
 * cdm_probe_describe() - say how a probe is
 * @index: which, from 0
 * @desc: filled in, but for its size
 *
 * Return: 0, or -ENOENT: there is none with that index
 */
int cdm_probe_describe(unsigned int index, struct coredump_mon_probe *desc)
{
	const struct cdm_probe *probe;

	if (index >= ARRAY_SIZE(probes))
		return -ENOENT;
	probe = probes[index];
	desc->index = index;
	if (is_spare(probe))
		desc->flags |= COREDUMP_MON_PROBE_SPARE;
	else if (stands_for(probe)->flags & CDM_PROBE_REQUIRED)
		desc->flags |= COREDUMP_MON_PROBE_REQUIRED;
	if (probe->flags & CDM_PROBE_GATE)
		desc->flags |= COREDUMP_MON_PROBE_GATE;
	if (cdm_health_off(probe->hook))
		desc->flags |= COREDUMP_MON_PROBE_OFF;
	desc->hook = probe->hook;
	/* That a spare one is not there is no matter. */
	desc->error = is_spare(probe) ? 0 : -probe->error;
	desc->nmissed = nmissed(probe);
	strscpy(desc->name, probe->name, sizeof(desc->name));
	strscpy(desc->symbol, probe->symbol ?: "", sizeof(desc->symbol));
	strscpy(desc->lost, stands_for(probe)->lost, sizeof(desc->lost));
	return 0;
}

/* One that fails for want of memory alone can be had another time. */
static bool must_have(const struct cdm_probe *probe)
{
	return probe->flags & CDM_PROBE_REQUIRED || probe->error == -ENOMEM;
}

/* What an errno of a probe comes from, and what can be done. */
const char *cdm_probe_why(int err)
{
	switch (err) {
	case -ENOENT:
		return ": this kernel has no such function, a newer coredump_mon may know another";
	case -ENOMEM:
		return ": no memory, try again when there is some";
	case -EBUSY:
	case -EAGAIN:
		return ": remove the livepatch or module that has it, or set ftrace_enabled to 1";
	}
	return ": debugfs's kprobes/blacklist, or what the kernel logged before, may tell why";
}

/* That a probe is missing, by all the names that were looked for. */
static void complain(const struct cdm_probe *probe)
{
	const char *const *symbol = probe->symbols;
	char names[128];
	int len;

	len = scnprintf(names, sizeof(names), "%s", *symbol);
	while (*++symbol)
		len += scnprintf(names + len, sizeof(names) - len, " or %s",
				 *symbol);
	if (must_have(probe))
		pr_err("not loaded: %s would not be seen, cannot hook %s (error %d)%s\n",
		       probe->lost, names, probe->error,
		       cdm_probe_why(probe->error));
	else
		pr_warn("%s: lost, cannot hook %s (error %d)%s\n", probe->lost,
			names, probe->error, cdm_probe_why(probe->error));
}

static bool hook_valid(void)
{
	return !strcmp(hook, "auto") || !strcmp(hook, "ftrace") ||
	       !strcmp(hook, "kprobe");
}

/* Whether one that comes later is there to be hooked. */
static int look_for(struct cdm_probe *probe)
{
	unsigned long addr;
	bool on_ftrace;

	probe->error = find(probe->symbols[0], &addr, &on_ftrace);
	return probe->error;
}

/**
 * cdm_probe_init() - put all probes in place, but for the gate, which is looked
 * for
 *
 * Return: 0, or the errno of the first probe that failed and has to be there,
 *	when none is in place any more
 */
int cdm_probe_init(void)
{
	unsigned int i;
	int err;

	if (!hook_valid()) {
		pr_err("hook=%s: must be auto, ftrace or kprobe\n", hook);
		return -EINVAL;
	}
	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		struct cdm_probe *probe = probes[i];

		if (is_spare(probe))
			continue;
		err = probe->flags & CDM_PROBE_GATE ? look_for(probe) :
						      cdm_probe_install(probe);
		if (!err || is_spare(probe))
			continue;
		/* Of memory, the caller tells. */
		if (err != -ENOMEM)
			complain(probe);
		if (must_have(probe)) {
			cdm_probe_exit();
			return err;
		}
	}
	return 0;
}

void cdm_probe_exit(void)
{
	unsigned int i;

	for (i = ARRAY_SIZE(probes); i--; )
		cdm_probe_remove(probes[i]);
}

/**
 * cdm_probe_check() - tell of probes that are in place but see nothing
 *
 * Return: 0, or -EOPNOTSUPP: it is of no use to go on without one of them
 */
int cdm_probe_check(void)
{
	const struct cdm_probe *probe;
	int err = 0;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		probe = probes[i];
		if (!cdm_health_off(probe->hook))
			continue;
		pr_warn("%s is switched off (kernel.ftrace_enabled or debugfs's kprobes/enabled is 0); not seen: %s\n",
			probe->symbol, stands_for(probe)->lost);
		if (stands_for(probe)->flags & CDM_PROBE_REQUIRED)
			err = -EOPNOTSUPP;
	}
	return err;
}
