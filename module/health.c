// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/workqueue.h>
#include <linux/coredump_mon.h>

#include "change.h"
#include "health.h"
#include "probe.h"

/**
 * struct kind - a kind of hook that can be switched off behind our back
 * @hook: enum coredump_mon_hook
 * @probe: one of the kind, on the canary
 * @change: enum coredump_mon_change: what is told
 * @beats: counts in the handler of @probe alone
 * @off: does not work; written by one worker alone
 */
struct kind {
	unsigned int hook;
	const struct cdm_probe *probe;
	u32 change;
	unsigned long beats;
	bool off;
};

static struct kind kinds[] = {
	{
		.hook	= COREDUMP_MON_HOOK_KPROBE,
		.probe	= &cdm_probe_canary,
		.change	= COREDUMP_MON_CHANGE_KPROBES,
	},
	{
		.hook	= COREDUMP_MON_HOOK_KRETPROBE,
		.probe	= &cdm_probe_canary_return,
		.change	= COREDUMP_MON_CHANGE_KRETPROBES,
	},
};

static u32 missed;

/* Context: the worker, preemption off. */
static __always_inline void beat(unsigned long unused, unsigned long unused2)
{
	WRITE_ONCE(kinds[0].beats, kinds[0].beats + 1);
}

CDM_PROBE_KPROBE(beat, beat);

struct cdm_probe cdm_probe_canary = {
	.name		= "canary",
	.symbols	= (const char *const[]) { "cdm_canary", NULL },
	.lost		= "whether kprobes work",
	.kprobe		= beat_kprobe,
};

/* Context: as above. */
static int beat_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	WRITE_ONCE(kinds[1].beats, kinds[1].beats + 1);
	return 0;
}

NOKPROBE_SYMBOL(beat_return);

struct cdm_probe cdm_probe_canary_return = {
	.name		= "canary-return",
	.symbols	= (const char *const[]) { "cdm_canary", NULL },
	.lost		= "whether kretprobes work",
	.ret		= beat_return,
};

/* Whether a kind works: one that is in place counts when it is hit. */
static bool alive(const struct kind *kind)
{
	unsigned long before = READ_ONCE(kind->beats);

	cdm_canary();
	return READ_ONCE(kind->beats) != before || !kind->probe->hook;
}

static void look(struct work_struct *work);

static DECLARE_DELAYED_WORK(look_work, look);

static void look(struct work_struct *work)
{
	u32 missed_now = cdm_probe_missed();
	u32 i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		bool off = !alive(&kinds[i]);

		if (off == kinds[i].off)
			continue;
		WRITE_ONCE(kinds[i].off, off);
		cdm_change_probes(kinds[i].change, off, !off);
	}
	if (missed_now != missed)
		cdm_change_probes(COREDUMP_MON_CHANGE_MISSED, missed,
				  missed_now);
	missed = missed_now;
	schedule_delayed_work(&look_work, HZ);
}

/**
 * cdm_health_off() - whether probes of a kind are in place but do not work
 * @hook: enum coredump_mon_hook
 *
 * Context: any.
 */
bool cdm_health_off(unsigned int hook)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (kinds[i].hook == hook)
			return READ_ONCE(kinds[i].off);
	}
	return false;
}

/**
 * cdm_health_init() - see that probes work, and look again each second
 *
 * Return: 0, or -EOPNOTSUPP: one that has to does not
 */
int cdm_health_init(void)
{
	int err;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		kinds[i].off = !alive(&kinds[i]);
	err = cdm_probe_check();
	if (err) {
		pr_err("not loaded: core dumps or opens would not be seen, switch that on\n");
		return err;
	}
	schedule_delayed_work(&look_work, HZ);
	return 0;
}

void cdm_health_exit(void)
{
	cancel_delayed_work_sync(&look_work);
}
