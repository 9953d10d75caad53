// SPDX-License-Identifier: GPL-2.0
/*
 * coredump_mon: sees core dumps being made, and every touch of one afterwards.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>

#include "alteration.h"
#include "chardev.h"
#include "directory.h"
#include "dump.h"
#include "exec.h"
#include "fold.h"
#include "follow.h"
#include "gcore.h"
#include "health.h"
#include "lock.h"
#include "mode.h"
#include "open.h"
#include "pattern.h"
#include "probe.h"
#include "process.h"
#include "ring.h"
#include "rules.h"
#include "tag.h"

/*
 * Tasks may be preempted at the end of a function of ours, behind the last
 * that they did there: until then its text stays.
 */
static void leave(void)
{
	synchronize_rcu_tasks();
}

/*
 * What handlers use is there before them and goes after them. The exit is the
 * exact reverse; a step with one side alone says why.
 */
static const struct {
	int (*init)(void);
	void (*exit)(void);
} steps[] = {
	{ NULL, leave },
	/* Only learns something. */
	{ cdm_process_init, NULL },
	{ cdm_ring_init, cdm_ring_exit },
	{ cdm_fold_init, cdm_fold_exit },
	{ cdm_rules_init, cdm_rules_exit },
	/* Only makes ready; what is under way keeps the module. */
	{ cdm_exec_init, NULL },
	{ cdm_tag_init, cdm_tag_exit },
	{ cdm_directory_init, cdm_directory_exit },
	{ cdm_gcore_init, cdm_gcore_exit },
	{ cdm_open_init, cdm_open_exit },
	{ cdm_alteration_init, cdm_alteration_exit },
	{ cdm_dump_init, cdm_dump_exit },
	{ cdm_mode_init, cdm_mode_exit },
	/* What a probe may have begun, when no probe can any more. */
	{ NULL, cdm_pattern_exit },
	{ cdm_probe_init, cdm_probe_exit },
	/* The gate is this one's to take away, if it is about to. */
	{ NULL, cdm_mode_drain },
	{ cdm_health_init, cdm_health_exit },
	{ cdm_directory_begin, NULL },
	/* A probe tells it. */
	{ cdm_pattern_learn, NULL },
	{ cdm_follow_init, cdm_follow_exit },
	/* The last that may fail, as it cannot while it is open. */
	{ cdm_chardev_init, cdm_chardev_exit },
	{ cdm_lock_init, cdm_lock_exit },
};

static void unwind(int done)
{
	while (done--) {
		if (steps[done].exit)
			steps[done].exit();
	}
}

static int __init coredump_mon_init(void)
{
	int i, err;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		err = steps[i].init ? steps[i].init() : 0;
		if (err) {
			if (err == -ENOMEM)
				pr_err("not loaded: no memory, try again when there is some\n");
			unwind(i);
			return err;
		}
	}
	cdm_mode_start();
	return 0;
}

static void __exit coredump_mon_exit(void)
{
	unwind(ARRAY_SIZE(steps));
}

module_init(coredump_mon_init);
module_exit(coredump_mon_exit);

MODULE_DESCRIPTION("Sees core dumps being made and core files being touched");
MODULE_AUTHOR("The coredump_mon developers");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
