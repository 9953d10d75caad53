// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/sched.h>

#include "alteration.h"
#include "compat.h"
#include "event.h"
#include "fold.h"

/* How many may be under way of each kind, see struct cdm_later_set. */
#define PENDING_MAX	64
#define HASTY_MAX	32
#define PER_KIND	(PENDING_MAX + HASTY_MAX)

static struct cdm_later_set sets[CDM_ALTERATION_KINDS];
/* Of each kind, the hasty ones are the last. */
static struct cdm_alteration *all;

static void put_file(struct cdm_event *event, const struct cdm_alteration *alter)
{
	u32 nest = cdm_event_nest(event, COREDUMP_MON_A_FILE);

	cdm_event_put(event, COREDUMP_MON_A_FILE_ID, &alter->id,
		      sizeof(alter->id));
	cdm_name_put(event, COREDUMP_MON_A_FS_PATH, &alter->name);
	if (alter->id.tagged)
		cdm_event_put(event, COREDUMP_MON_A_ORIGIN, &alter->tag,
			      sizeof(alter->tag));
	cdm_event_nest_end(event, nest);
}

static void put_change(struct cdm_event *event, const struct cdm_alteration *alter)
{
	switch (alter->type) {
	case COREDUMP_MON_RENAME:
	case COREDUMP_MON_LINK:
		cdm_name_put(event, COREDUMP_MON_A_NEW_FS_PATH,
			     &alter->new_name);
		break;
	case COREDUMP_MON_ATTR:
		if (alter->attributes.changed)
			cdm_event_put(event, COREDUMP_MON_A_ATTRIBUTES,
				      &alter->attributes,
				      sizeof(alter->attributes));
		else
			cdm_xattr_put(event, &alter->xattr);
		break;
	}
}

/* With io_uring, nothing proves that what the call gives back is of this. */
static void put_result(struct cdm_event *event)
{
	struct coredump_mon_result result = { .fd = -1 };
	long ret;

	if (cdm_uses_io_uring() || !cdm_later_returned(&ret))
		return;
	if (IS_ERR_VALUE(ret))
		result.error = -ret;
	cdm_event_put(event, COREDUMP_MON_A_RESULT, &result, sizeof(result));
}

static void tell(struct cdm_later *later)
{
	struct cdm_alteration *alter = container_of(later, struct cdm_alteration, later);
	const struct cdm_policy_answer *answer = &alter->answer;
	struct cdm_event event;

	if (alter->untold)
		return;
	cdm_event_begin(&event, alter->type, &alter->stamp);
	cdm_event_put_decision(&event, answer->verdict, answer->priority,
			       answer->rule);
	put_file(&event, alter);
	put_change(&event, alter);
	put_result(&event);
	/* Last, as it is what may be too long. */
	cdm_process_put(&event, &alter->process);
	cdm_event_commit(&event, cdm_fold_kind(answer, COREDUMP_MON_KIND_CHANGE),
			 alter->process.cred);
	cdm_process_release(&alter->process);
}

/**
 * cdm_alteration_begun() - whether the current task has something under way that is
 *	like this, for the system call that it is in
 * @kind: among these
 * @like: whether one is
 * @key: for @like
 *
 * Where the call is one of many (a kernel thread's, or io_uring's) or over (what a
 * worker is to finish), it may be of another: then it is rather told twice than not.
 *
 * Context: as for all here that does not say: the task that does it, preemption off.
 */
bool cdm_alteration_begun(enum cdm_alteration_kind kind,
			  bool (*like)(const struct cdm_alteration *alter,
				       const void *key),
			  const void *key)
{
	const struct cdm_alteration *alter = all + kind * PER_KIND;
	const struct cdm_alteration *end = alter + PENDING_MAX;

	if (current->flags & (PF_KTHREAD | PF_IO_WORKER) || cdm_uses_io_uring())
		return false;
	/* Only its own: nobody else begins or finishes those. */
	for (; alter < end; alter++) {
		if (READ_ONCE(alter->later.slot.owner) == current &&
		    like(alter, key))
			return true;
	}
	return false;
}

/* Begins one, to be filled in, and let go of by cdm_later_go(). NULL: there is no room. */
struct cdm_alteration *cdm_alteration_take(enum cdm_alteration_kind kind, bool *by_worker)
{
	struct cdm_later *later = cdm_later_take(&sets[kind], by_worker);

	return later ? container_of(later, struct cdm_alteration, later) : NULL;
}

void cdm_alteration_stats(struct coredump_mon_stats *stats)
{
	u32 i;

	for (i = 0; i < CDM_ALTERATION_KINDS; i++) {
		stats->altering += READ_ONCE(sets[i].pending.count) +
				   READ_ONCE(sets[i].hasty.count);
		stats->altering_max += sets[i].pending.max + sets[i].hasty.max;
	}
}

int cdm_alteration_init(void)
{
	u32 i;
	int err;

	all = kvcalloc(CDM_ALTERATION_KINDS * PER_KIND, sizeof(*all), GFP_KERNEL);
	if (!all)
		return -ENOMEM;
	for (i = 0; i < CDM_ALTERATION_KINDS; i++) {
		err = cdm_later_init(&sets[i], "coredump_mon_alter", tell);
		if (err) {
			while (i--)
				cdm_later_exit(&sets[i]);
			kvfree(all);
			return err;
		}
	}
	for (i = 0; i < CDM_ALTERATION_KINDS * PER_KIND; i++)
		cdm_later_put_in(&sets[i / PER_KIND], &all[i].later,
				 i % PER_KIND >= PENDING_MAX);
	return 0;
}

void cdm_alteration_exit(void)
{
	u32 i;

	for (i = 0; i < CDM_ALTERATION_KINDS * PER_KIND; i++)
		cdm_later_settle(&all[i].later);
	for (i = 0; i < CDM_ALTERATION_KINDS; i++)
		cdm_later_exit(&sets[i]);
	kvfree(all);
}
