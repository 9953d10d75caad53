// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/rwsem.h>
#include <linux/sched.h>

#include "change.h"
#include "lock.h"
#include "mode.h"

/*
 * Held for reading while something is changed on request, and for writing while
 * that is forbidden for good; taken in task context, before any other lock.
 */
static DECLARE_RWSEM(changing);

/* From the first request on, or set under @changing; never cleared. */
static bool locked;
module_param_named(lock, locked, bool, 0444);
MODULE_PARM_DESC(lock, "no change and no unloading until reboot: what is built in stays in force (N)");

/* Context: any. */
bool cdm_lock_is_set(void)
{
	return READ_ONCE(locked);
}

/* Takes a reference that nobody puts, and keeps what is enforced now. */
static void lock(void)
{
	__module_get(THIS_MODULE);
	if (cdm_mode_keep())
		cdm_change_mode(COREDUMP_MON_CHANGE_MODE,
				COREDUMP_MON_PERMISSIVE, COREDUMP_MON_ENFORCING);
	cdm_change_mode(COREDUMP_MON_CHANGE_LOCK, 0, 1);
}

/**
 * cdm_lock_set() - COREDUMP_MON_IOC_LOCK
 *
 * Waits for changes that are under way.
 *
 * Return: 0, also if it is locked already; -EINTR: the task is being killed
 */
long cdm_lock_set(void)
{
	if (down_write_killable(&changing))
		return -EINTR;
	if (!locked) {
		lock();
		WRITE_ONCE(locked, true);
	}
	up_write(&changing);
	return 0;
}

/**
 * cdm_lock_change_begin() - something is to be changed on request
 *
 * To be followed by cdm_lock_change_end(), unless it fails.
 *
 * Return: 0; -EPERM: it is locked; -EINTR: the task is being killed
 */
int cdm_lock_change_begin(void)
{
	if (down_read_killable(&changing))
		return -EINTR;
	if (!locked)
		return 0;
	up_read(&changing);
	return -EPERM;
}

void cdm_lock_change_end(void)
{
	up_read(&changing);
}

/* Nothing can fail any more. Return: 0 */
int cdm_lock_init(void)
{
	if (locked)
		lock();
	return 0;
}

/*
 * Only who forces it (rmmod -f) has it unloaded while there are references: to
 * go would pull the rug from under who has the device open. The reference of the
 * lock is never put, so that a locked module does not go at all.
 */
void cdm_lock_exit(void)
{
	if (module_refcount(THIS_MODULE) <= 0)
		return;
	pr_warn("unloading is forced: %s\n", locked ?
		"locked, goes on until reboot for who has the device open" :
		"waits until nobody has the device open");
	while (module_refcount(THIS_MODULE) > 0)
		schedule_timeout_idle(HZ / 10);
}
