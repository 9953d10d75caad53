// SPDX-License-Identifier: GPL-2.0
/*
 * Puts probes in place and takes them away; the one table of all.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/coredump_mon.h>

#include "health.h"
#include "hook.h"
#include "mode.h"
#include "probe.h"

/*
 * In the order in which they are put in place, but that those which are hooked
 * together come first: of these, what is called most often is found first. What a
 * dump's entry begins, the others finish, so it comes behind them.
 */
static struct cdm_probe *const probes[] = {
	&cdm_probe_canary,
	&cdm_probe_canary_return,
	&cdm_probe_pattern,
	&cdm_probe_signal,
	&cdm_probe_exec,
	&cdm_probe_fork,
	&cdm_probe_unlink,
	&cdm_probe_rename,
	&cdm_probe_setattr,
	&cdm_probe_link,
	&cdm_probe_evict,
	&cdm_probe_umount,
	&cdm_probe_mount,
	&cdm_probe_setxattr,
	&cdm_probe_removexattr,
	&cdm_probe_set_acl,
	&cdm_probe_remove_acl,
	&cdm_probe_ptrace,
	&cdm_probe_blkdev_open,
	&cdm_probe_open,
	&cdm_probe_vfs_open,
	&cdm_probe_finish_open,
	&cdm_probe_dump_emit,
	&cdm_probe_dump_range,
	&cdm_probe_dump_end,
	&cdm_probe_dump,
	&cdm_probe_gate,
	&cdm_probe_gate_rename,
	&cdm_probe_gate_link,
	&cdm_probe_gate_unlink,
	&cdm_probe_gate_setattr,
	&cdm_probe_gate_setxattr,
	&cdm_probe_gate_removexattr,
	&cdm_probe_gate_set_acl,
	&cdm_probe_gate_remove_acl,
};

/* Those that come together. */
static struct cdm_hook_group observers;
static struct cdm_hook_group change_gates[CDM_GATES_COUNT];

static int install(struct cdm_probe *probe, int (*hook)(struct cdm_probe *probe))
{
	const char *const *symbol;

	for (symbol = probe->symbols; *symbol; symbol++) {
		probe->symbol = *symbol;
		probe->error = hook(probe);
		if (probe->error != -ENOENT)
			break;
	}
	if (probe->error == -ENOENT)
		probe->symbol = NULL;
	return probe->error;
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
	return install(probe, cdm_hook_install);
}

static int gather_observer(struct cdm_probe *probe)
{
	return cdm_hook_gather(&observers, probe);
}

static int gather_gate(struct cdm_probe *probe)
{
	return cdm_hook_gather(&change_gates[probe->gates], probe);
}

static bool is_change_gate(const struct cdm_probe *probe, unsigned int gates)
{
	return probe->flags & CDM_PROBE_GATE && probe != &cdm_probe_gate &&
	       probe->gates == gates;
}

static int install_change_gate(struct cdm_probe *gate)
{
	int err = install(gate, gather_gate);

	if (err == -EOPNOTSUPP)
		err = cdm_probe_install(gate);
	/* Other kernels have it, which this one does not call. */
	return err == -ENOENT && gate->unless ? 0 : err;
}

/**
 * cdm_probe_install_change_gates() - put gates of changes in place, all or none
 * @gates: which, enum cdm_mode_gates
 * @failed: set to the one that could not be had, if any
 *
 * Context: may sleep.
 * Return: as cdm_probe_install()
 */
int cdm_probe_install_change_gates(unsigned int gates, const struct cdm_probe **failed)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(probes) && !err; i++) {
		if (!is_change_gate(probes[i], gates))
			continue;
		*failed = probes[i];
		err = install_change_gate(probes[i]);
	}
	/* If it fails, it may be for any of them. */
	if (!err)
		err = cdm_hook_share(&change_gates[gates]);
	if (err)
		cdm_probe_remove_change_gates(gates);
	return err;
}

/* Undoes that. Context: as cdm_probe_remove(). */
void cdm_probe_remove_change_gates(unsigned int gates)
{
	unsigned int i;

	cdm_hook_unshare(&change_gates[gates]);
	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		if (is_change_gate(probes[i], gates))
			cdm_probe_remove(probes[i]);
	}
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
 * through ftrace: synchronize_rcu_tasks() before the module's text goes. One that
 * shares its hook is called until cdm_hook_unshare().
 *
 * Context: may sleep, for seconds on a busy machine.
 */
void cdm_probe_remove(struct cdm_probe *probe)
{
	cdm_hook_remove(probe);
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

/* Whether one that comes later is there to be hooked. */
static int look_for(struct cdm_probe *probe)
{
	unsigned long addr;
	bool on_ftrace;

	probe->error = cdm_hook_find(probe->symbols[0], &addr, &on_ftrace);
	return probe->error;
}

/* Those that can be hooked together; what cannot is left to be hooked alone. */
static void share(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		if (probes[i]->flags & CDM_PROBE_SHARED && !is_spare(probes[i]))
			install(probes[i], gather_observer);
	}
	cdm_hook_share(&observers);
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

	if (!cdm_hook_valid())
		return -EINVAL;
	share();
	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		struct cdm_probe *probe = probes[i];

		if (probe->hook || is_spare(probe))
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

	for (i = 0; i < CDM_GATES_COUNT; i++)
		cdm_hook_unshare(&change_gates[i]);
	for (i = ARRAY_SIZE(probes); i--; )
		cdm_probe_remove(probes[i]);
	cdm_hook_unshare(&observers);
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
