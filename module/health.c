// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/printk.h>
#include <linux/workqueue.h>
#include <linux/coredump_mon.h>

#include "change.h"
#include "health.h"
#include "probe.h"

/* In the canary's handler alone counted, and by one worker alone looked at. */
static unsigned long beats;
static bool off;
static u32 missed;

/* Context: the worker, preemption off. */
static __always_inline void beat(unsigned long arg, unsigned long unused)
{
	WRITE_ONCE(beats, beats + 1);
}

CDM_PROBE_KPROBE(beat, beat);

struct cdm_probe cdm_probe_canary = {
	.name		= "canary",
	.symbols	= (const char *const[]) { "cdm_canary", NULL },
	.lost		= "whether kprobes work",
	.kprobe		= beat_kprobe,
};

/* Whether kprobes work: one that is in place counts when it is hit. */
static bool alive(void)
{
	unsigned long before = READ_ONCE(beats);

	cdm_canary();
	return READ_ONCE(beats) != before || !cdm_probe_canary.hook;
}

static void look(struct work_struct *work);

static DECLARE_DELAYED_WORK(look_work, look);

static void look(struct work_struct *work)
{
	u32 missed_now = cdm_probe_missed();
	bool off_now = !alive();

	if (off_now != off) {
		WRITE_ONCE(off, off_now);
		cdm_change_probes(COREDUMP_MON_CHANGE_KPROBES, off_now, !off_now);
	}
	if (missed_now != missed)
		cdm_change_probes(COREDUMP_MON_CHANGE_MISSED, missed,
				  missed_now);
	missed = missed_now;
	schedule_delayed_work(&look_work, HZ);
}

/* Whether kprobes are in place but do not work. Context: any. */
bool cdm_health_kprobes_off(void)
{
	return READ_ONCE(off);
}

/**
 * cdm_health_init() - see that kprobes work, and look again each second
 *
 * Return: 0, or -EOPNOTSUPP: they do not
 */
int cdm_health_init(void)
{
	if (!alive()) {
		pr_err("kprobes do not work: kernel.ftrace_enabled or debugfs's kprobes/enabled is 0; nothing would be seen, not loaded\n");
		return -EOPNOTSUPP;
	}
	schedule_delayed_work(&look_work, HZ);
	return 0;
}

void cdm_health_exit(void)
{
	cancel_delayed_work_sync(&look_work);
}
