// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "mode.h"
#include "probe.h"

bool cdm_mode_recording;
bool cdm_mode_enforcing;
DEFINE_STATIC_KEY_FALSE(cdm_mode_gate_alone);
DEFINE_STATIC_KEY_ARRAY_FALSE(cdm_mode_gates_alone, CDM_GATES_COUNT);

/* What has to be refused there. */
static const u32 types_of[] = {
	/* A file whose name another one takes is removed. */
	[CDM_GATES_RENAME] = BIT(COREDUMP_MON_RENAME) | BIT(COREDUMP_MON_UNLINK),
	[CDM_GATES_LINK] = BIT(COREDUMP_MON_LINK),
	[CDM_GATES_UNLINK] = BIT(COREDUMP_MON_UNLINK),
	[CDM_GATES_ATTR] = BIT(COREDUMP_MON_ATTR),
};

/*
 * Serialises the coming and going of the gates; taken in task context, held
 * while that sleeps. @lock nests inside.
 */
static DEFINE_MUTEX(gate_lock);
/* Of changes that the rules in force refuse: BIT(COREDUMP_MON_*); under gate_lock. */
static u32 refused;

/*
 * Protects mode, holders, and the writing of cdm_mode_enforcing; taken in task
 * context, by dying tasks too, so nothing is waited for under it.
 */
static DEFINE_RAW_SPINLOCK(lock);
static u32 mode = COREDUMP_MON_PERMISSIVE;
static u32 holders;

static struct workqueue_struct *worker;

static bool wanted_with(u32 with)
{
	lockdep_assert_held(&lock);
	return with == COREDUMP_MON_ENFORCING || holders;
}

static bool wanted(void)
{
	return wanted_with(mode);
}

/* Whether it is, with that mode, or CDM_MODE_STAYS. */
static bool is_wanted(u32 with)
{
	bool ret;

	raw_spin_lock(&lock);
	ret = wanted_with(with == CDM_MODE_STAYS ? mode : with);
	raw_spin_unlock(&lock);
	return ret;
}

/* Says why a gate could not be had. Return: as COREDUMP_MON_IOC_SET_MODE says */
static int refusing_fails(const struct cdm_probe *gate, int err)
{
	pr_warn("cannot enforce: cannot hook %s (error %d)%s\n",
		gate->symbols[0], err, cdm_probe_why(err));
	switch (err) {
	case -EBUSY:
	case -EAGAIN:
		return -EBUSY;
	case -ENOMEM:
		return -ENOMEM;
	}
	return -EOPNOTSUPP;
}

/*
 * Between passing an observer and passing the gate an open does not sleep, so
 * that after synchronize_rcu_tasks() none is between them; nor does a change.
 *
 * Coming: the gate is there before observers step aside, and knows an open
 * that one of them has noted already. Going: observers are back, and nobody is
 * on the way from one that had stepped aside, before the gate goes. So each
 * open is told, and told once (but see noted() in open.c).
 */
static int gate_come(void)
{
	int err;

	lockdep_assert_held(&gate_lock);
	if (cdm_probe_gate.hook)
		return 0;
	err = cdm_probe_install(&cdm_probe_gate);
	if (err)
		return refusing_fails(&cdm_probe_gate, err);
	static_branch_enable(&cdm_mode_gate_alone);
	return 0;
}

static int change_gates_come(unsigned int gates)
{
	const struct cdm_probe *failed;
	int err;

	lockdep_assert_held(&gate_lock);
	err = cdm_probe_install_change_gates(gates, &failed);
	if (err)
		return refusing_fails(failed, err);
	static_branch_enable(&cdm_mode_gates_alone[gates]);
	return 0;
}

/* All but those for these types. */
static void change_gates_go(u32 types)
{
	unsigned int i;
	u32 going = 0;

	lockdep_assert_held(&gate_lock);
	for (i = 0; i < CDM_GATES_COUNT; i++) {
		if (types & types_of[i] ||
		    !static_key_enabled(&cdm_mode_gates_alone[i]))
			continue;
		static_branch_disable(&cdm_mode_gates_alone[i]);
		going |= BIT(i);
	}
	if (!going)
		return;
	synchronize_rcu_tasks();
	for (i = 0; i < CDM_GATES_COUNT; i++) {
		if (going & BIT(i))
			cdm_probe_remove_change_gates(i);
	}
}

/* Those that are of no use any more. */
static void gates_go(struct work_struct *work)
{
	bool keep;

	mutex_lock(&gate_lock);
	keep = is_wanted(CDM_MODE_STAYS);
	change_gates_go(keep ? refused : 0);
	if (!keep && cdm_probe_gate.hook) {
		static_branch_disable(&cdm_mode_gate_alone);
		synchronize_rcu_tasks();
		cdm_probe_remove(&cdm_probe_gate);
	}
	mutex_unlock(&gate_lock);
}

static DECLARE_WORK(gate_work, gates_go);

/* After a change of mode or holders; gates go when nobody waits for it. */
static void settle(void)
{
	lockdep_assert_held(&lock);
	WRITE_ONCE(cdm_mode_enforcing, wanted());
	if (!wanted())
		queue_work(worker, &gate_work);
}

/*
 * Those that rules need which refuse changes of these types. A task that is on the way
 * into the observer of a change, from before its gate was there, passes none any more,
 * so it is waited for.
 */
static int gates_come(u32 types)
{
	unsigned int i;
	bool came = false;
	int err = gate_come();

	for (i = 0; i < CDM_GATES_COUNT && !err; i++) {
		if (!(types & types_of[i]) ||
		    static_key_enabled(&cdm_mode_gates_alone[i]))
			continue;
		err = change_gates_come(i);
		came |= !err;
	}
	if (came)
		synchronize_rcu_tasks();
	/* What a failed attempt has put in place is of no use. */
	if (err)
		queue_work(worker, &gate_work);
	return err;
}

/**
 * cdm_mode_prepare() - other rules are about to be in force, or another mode with them
 * @types: of changes that they refuse, BIT(COREDUMP_MON_*)
 * @new: enum coredump_mon_modes, or CDM_MODE_STAYS
 *
 * To be followed by cdm_mode_prepared(), unless it fails.
 *
 * Return: 0, when what they refuse can be refused if that is enforced; or as
 *	cdm_mode_set()
 */
int cdm_mode_prepare(u32 types, u32 new)
{
	int err = 0;

	mutex_lock(&gate_lock);
	if (is_wanted(new))
		err = gates_come(types);
	if (err)
		mutex_unlock(&gate_lock);
	return err;
}

/* They are, with that mode, which is not CDM_MODE_STAYS. Return: what it was */
u32 cdm_mode_change(u32 new)
{
	u32 old;

	raw_spin_lock(&lock);
	old = mode;
	mode = new;
	WRITE_ONCE(cdm_mode_enforcing, wanted());
	raw_spin_unlock(&lock);
	return old;
}

/* They are, or others go on to be. */
void cdm_mode_prepared(u32 types)
{
	refused = types;
	queue_work(worker, &gate_work);
	mutex_unlock(&gate_lock);
}

/**
 * cdm_mode_set() - set the mode of the system
 * @new: enum coredump_mon_modes
 * @old: what it was
 *
 * Return: 0, or as COREDUMP_MON_IOC_SET_MODE says, when nothing has changed
 */
int cdm_mode_set(u32 new, u32 *old)
{
	int err = 0;

	mutex_lock(&gate_lock);
	if (new == COREDUMP_MON_ENFORCING)
		err = gates_come(refused);
	if (!err) {
		*old = cdm_mode_change(new);
		queue_work(worker, &gate_work);
	}
	mutex_unlock(&gate_lock);
	return err;
}

/**
 * cdm_mode_hold() - one more descriptor holds enforcing
 * @old: how many did
 *
 * Return: as cdm_mode_set()
 */
int cdm_mode_hold(u32 *old)
{
	int err;

	mutex_lock(&gate_lock);
	err = gates_come(refused);
	if (!err) {
		raw_spin_lock(&lock);
		*old = holders++;
		settle();
		raw_spin_unlock(&lock);
	}
	mutex_unlock(&gate_lock);
	return err;
}

/**
 * cdm_mode_release() - a descriptor does not hold enforcing any more
 * @old: how many did
 *
 * Does not wait for the gate to go, as the caller may be dying.
 */
void cdm_mode_release(u32 *old)
{
	raw_spin_lock(&lock);
	*old = holders--;
	settle();
	raw_spin_unlock(&lock);
}

/**
 * cdm_mode_keep() - keep enforcing what a descriptor may hold alone
 *
 * When it is closed, nothing changes then.
 *
 * Return: whether the mode of the system was permissive, and is not any more
 */
bool cdm_mode_keep(void)
{
	bool changed;

	raw_spin_lock(&lock);
	changed = holders && mode != COREDUMP_MON_ENFORCING;
	if (changed)
		mode = COREDUMP_MON_ENFORCING;
	raw_spin_unlock(&lock);
	return changed;
}

void cdm_mode_info(struct coredump_mon_info *info)
{
	raw_spin_lock(&lock);
	info->mode = mode;
	info->holders = holders;
	info->enforcing = cdm_mode_enforcing;
	raw_spin_unlock(&lock);
	switch (READ_ONCE(cdm_probe_gate.error)) {
	case 0:
	case -EAGAIN:
	case -ENOMEM:
		info->can_enforce = 1;
	}
}

/* All is in place: what handlers see is recorded from now on. */
void cdm_mode_start(void)
{
	WRITE_ONCE(cdm_mode_recording, true);
}

int cdm_mode_init(void)
{
	/* One at a time; going takes seconds on a busy machine. */
	worker = alloc_ordered_workqueue("coredump_mon_mode", 0);
	return worker ? 0 : -ENOMEM;
}

/* Waits until gates that are about to go have gone. */
void cdm_mode_drain(void)
{
	flush_work(&gate_work);
}

void cdm_mode_exit(void)
{
	destroy_workqueue(worker);
}
