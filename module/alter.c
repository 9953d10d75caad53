// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/cred.h>
#include <linux/mm.h>
#include <linux/sched.h>

#include "alter.h"
#include "attr.h"
#include "compat.h"
#include "event.h"
#include "fold.h"
#include "judge.h"
#include "later.h"
#include "mode.h"
#include "name.h"
#include "process.h"

/* How many may be under way of each kind, see struct cdm_later_set. */
#define PENDING_MAX	64
#define HASTY_MAX	32
#define PER_KIND	(PENDING_MAX + HASTY_MAX)

/*
 * Names and attributes, apart: whoever changes attributes in a loop hides no
 * removal.
 */
enum kind { NAMES, ATTRIBUTES, KINDS };

/**
 * struct alteration - something that is done to a core file
 * @later: finishes it
 * @type: enum coredump_mon_type
 * @untold: no record is made of it, and nothing is there of what follows @below
 * @dentry: what it is done to; as @with and @below never followed, only compared
 * @with: the other name, or where the caller has what changes
 * @below: of a stacked file system, the inode below; else NULL
 * @stamp: when
 * @id: which file
 * @tag: its tag, if @id says that it has one
 * @answer: the policy's
 * @process: who
 * @name: where it stood
 * @new_name: where it will stand
 * @attributes: what changes; nothing: @xattr does
 * @xattr: which
 */
struct alteration {
	struct cdm_later later;
	u16 type;
	bool untold;
	const struct dentry *dentry;
	const void *with;
	const struct inode *below;
	struct cdm_stamp stamp;
	struct coredump_mon_file_id id;
	struct coredump_mon_tag tag;
	struct cdm_policy_answer answer;
	struct cdm_process process;
	struct cdm_name name;
	union {
		struct cdm_name new_name;
		struct {
			struct coredump_mon_attributes attributes;
			struct cdm_xattr xattr;
		};
	};
};

static struct cdm_later_set sets[KINDS];
static atomic64_t denied;
/* Of each kind, the hasty ones are the last. */
static struct alteration *all;

static void put_file(struct cdm_event *event, const struct alteration *alter)
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

static void put_change(struct cdm_event *event, const struct alteration *alter)
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
	struct alteration *alter = container_of(later, struct alteration, later);
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

/*
 * Whether the current task has something under way that is like this, for the
 * system call that it is in. Where that is one of many (a kernel thread's, or
 * io_uring's) or over (what a worker is to finish), it may be of another: then it
 * is rather told twice than not.
 */
static bool has_begun(enum kind kind,
		      bool (*like)(const struct alteration *alter, const void *key),
		      const void *key)
{
	const struct alteration *alter = all + kind * PER_KIND;
	const struct alteration *end = alter + PENDING_MAX;

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

static bool is_below(const struct alteration *alter, const void *inode)
{
	return alter->below == inode;
}

/*
 * Whether a stacked file system does to the file below what is asked of its own,
 * by whoever mounted it: that is told of already.
 */
static bool told_above(const struct inode *inode)
{
	if (rcu_access_pointer(current->cred) ==
	    rcu_access_pointer(current->real_cred))
		return false;
	return has_begun(NAMES, is_below, inode) ||
	       has_begun(ATTRIBUTES, is_below, inode);
}

/**
 * struct act - what is done
 * @type: enum coredump_mon_type
 * @dentry: to this
 * @with: as struct alteration has it
 * @gate: it can be refused
 * @core: the file is to be a core file, if it is none
 * @denied: it is refused
 * @by_worker: see cdm_later_take()
 */
struct act {
	u16 type;
	const struct dentry *dentry;
	const void *with;
	bool gate;
	bool core;
	bool denied;
	bool by_worker;
};

static bool is_same(const struct alteration *alter, const void *key)
{
	const struct act *act = key;

	return alter->type == act->type && alter->dentry == act->dentry &&
	       alter->with == act->with;
}

static enum kind kind_of(const struct act *act)
{
	return act->type == COREDUMP_MON_ATTR ? ATTRIBUTES : NAMES;
}

/* A dump is not kept from making room for its core. */
static const struct cdm_policy_answer dumping = {
	.verdict = COREDUMP_MON_ALLOWED,
	.priority = COREDUMP_MON_PRIORITY_NOTICE,
	.rule = "default",
};

static void decide(struct act *act, const struct dentry *core,
		   struct cdm_policy_answer *answer)
{
	if (current->flags & PF_DUMPCORE)
		*answer = dumping;
	else
		cdm_judge(act->type, COREDUMP_MON_CLASS_CORE, 0,
			  act->gate && READ_ONCE(cdm_mode_enforcing), core,
			  answer);
	act->denied = answer->verdict == COREDUMP_MON_DENIED;
	if (act->denied)
		atomic64_inc(&denied);
}

/* Begins to note something; NULL: it is nothing to be told, or cannot be. */
static struct alteration *begin(struct act *act)
{
	const struct dentry *dentry = act->dentry, *core = dentry;
	struct cdm_policy_answer answer;
	struct coredump_mon_tag tag;
	struct alteration *alter;
	struct cdm_later *later;
	u32 file_class;
	bool tagged;

	if (!READ_ONCE(cdm_mode_recording))
		return NULL;
	file_class = cdm_watch_class(&core, &tagged, &tag);
	if (!file_class && act->core) {
		file_class = COREDUMP_MON_CLASS_CORE;
		core = dentry;
	}
	/*
	 * What is done once more for the same call, which waited for somebody's
	 * delegation of the file, was let through before.
	 */
	if (file_class != COREDUMP_MON_CLASS_CORE ||
	    told_above(d_backing_inode(dentry)) ||
	    has_begun(kind_of(act), is_same, act))
		return NULL;
	decide(act, core, &answer);
	if (answer.ignored)
		return NULL;
	later = cdm_later_take(&sets[kind_of(act)], &act->by_worker);
	if (!later)
		return NULL;
	alter = container_of(later, struct alteration, later);
	alter->type = act->type;
	alter->dentry = dentry;
	alter->with = act->with;
	alter->below = NULL;
	if (dentry->d_flags & DCACHE_OP_REAL)
		alter->below = d_backing_inode(cdm_real_dentry(dentry));
	/* So much is there that it is known if it is done again, or below. */
	alter->untold = cdm_fold(cdm_fold_kind(&answer, COREDUMP_MON_KIND_CHANGE));
	if (alter->untold) {
		cdm_later_go(later, act->by_worker);
		return NULL;
	}
	alter->stamp = cdm_event_now();
	alter->id = cdm_watch_id(d_backing_inode(core), file_class, 0, tagged);
	alter->tag = tag;
	alter->answer = answer;
	cdm_name_take(&alter->name, dentry);
	cdm_process_snapshot(&alter->process, act->by_worker);
	return alter;
}

static void go(struct alteration *alter, const struct act *act)
{
	if (alter)
		cdm_later_go(&alter->later, act->by_worker);
}

/* A file or directory is moved to a name, or gets it. */
static bool note_name(u16 type, const struct dentry *dentry,
		      const struct dentry *name, bool gate)
{
	struct act act = {
		.type = type,
		.dentry = dentry,
		.with = name,
		.gate = gate,
		.core = cdm_watch_enters(dentry, name) || cdm_watch_moves(dentry, name),
	};
	struct alteration *alter = begin(&act);

	if (alter)
		cdm_name_take(&alter->new_name, name);
	go(alter, &act);
	return act.denied;
}

/* It is, or is to be, where a core file is, or was one. */
static void keep_moved(const struct dentry *dentry, const struct dentry *name)
{
	if (cdm_watch_enters(dentry, name))
		cdm_watch_tag(dentry, COREDUMP_MON_TAG_MOVED);
	else
		cdm_watch_keep(dentry);
}

/**
 * cdm_alter_rename() - a file is moved
 * @from: its name
 * @to: its new name, which may be one of another file
 * @flags: of renameat2(2)
 * @gate: it can be refused
 *
 * As of all the following:
 * Context: the task that does it, preemption off.
 * Return: whether it is to be refused
 */
bool cdm_alter_rename(const struct dentry *from, const struct dentry *to,
		      unsigned int flags, bool gate)
{
	bool exchange = flags & RENAME_EXCHANGE && d_backing_inode(to);
	bool refused = note_name(COREDUMP_MON_RENAME, from, to, gate);

	if (exchange)
		refused |= note_name(COREDUMP_MON_RENAME, to, from, gate);
	else if (d_backing_inode(to))
		refused |= cdm_alter_unlink(to, gate);
	if (refused)
		return true;
	keep_moved(from, to);
	if (exchange)
		keep_moved(to, from);
	else if (d_backing_inode(to))
		/* It may have other names. */
		cdm_watch_keep(to);
	return false;
}

/* A file gets one more name. */
bool cdm_alter_link(const struct dentry *dentry, const struct dentry *name,
		    bool gate)
{
	if (note_name(COREDUMP_MON_LINK, dentry, name, gate))
		return true;
	keep_moved(dentry, name);
	return false;
}

/* A name of a file is removed. */
bool cdm_alter_unlink(const struct dentry *dentry, bool gate)
{
	struct act act = { COREDUMP_MON_UNLINK, dentry, NULL, gate };

	go(begin(&act), &act);
	return act.denied;
}

/* An overlay copies the file, for any change of it. */
static void keep_copy(const struct dentry *dentry)
{
	if (dentry->d_flags & DCACHE_OP_REAL)
		cdm_watch_keep(dentry);
}

/**
 * cdm_alter_attr() - mode, owner or size of a file change
 * @dentry: the file
 * @attr: to this, and maybe its times
 * @idmap: of the mount
 * @gate: it can be refused
 *
 * The kernel's own emptying of a core file is a part of the dump's record.
 */
bool cdm_alter_attr(const struct dentry *dentry, const struct iattr *attr,
		    void *idmap, bool gate)
{
	struct coredump_mon_attributes diff =
		cdm_attr_compare(d_backing_inode(dentry), attr, idmap);
	struct act act = { COREDUMP_MON_ATTR, dentry, attr, gate };

	if (diff.changed && !(current->flags & PF_DUMPCORE)) {
		struct alteration *alter = begin(&act);

		if (alter)
			alter->attributes = diff;
		go(alter, &act);
	}
	keep_copy(dentry);
	return act.denied;
}

static struct alteration *begin_xattr(struct act *act, const char *name)
{
	struct alteration *alter = begin(act);

	if (!alter)
		return NULL;
	alter->attributes.changed = 0;
	cdm_xattr_take(&alter->xattr, d_backing_inode(act->dentry), name);
	return alter;
}

/**
 * cdm_alter_xattr() - an extended attribute of a file changes
 * @dentry: the file
 * @name: of the attribute
 * @value: to this; NULL: it is removed
 * @len: bytes
 * @gate: it can be refused
 */
bool cdm_alter_xattr(const struct dentry *dentry, const char *name,
		     const void *value, size_t len, bool gate)
{
	struct act act = { COREDUMP_MON_ATTR, dentry, name, gate };
	struct alteration *alter = begin_xattr(&act, name);

	if (alter && value)
		cdm_xattr_take_value(&alter->xattr, value, len);
	go(alter, &act);
	keep_copy(dentry);
	return act.denied;
}

/* The same of an access control list, which has the name of such an attribute. */
bool cdm_alter_acl(const struct dentry *dentry, const char *name,
		   const struct posix_acl *acl, bool gate)
{
	struct act act = { COREDUMP_MON_ATTR, dentry, name, gate };
	struct alteration *alter = begin_xattr(&act, name);

	if (alter && acl)
		cdm_xattr_take_acl(&alter->xattr, acl);
	go(alter, &act);
	keep_copy(dentry);
	return act.denied;
}

void cdm_alter_stats(struct coredump_mon_stats *stats)
{
	u32 i;

	stats->denied += atomic64_read(&denied);
	for (i = 0; i < KINDS; i++) {
		stats->altering += READ_ONCE(sets[i].pending.count) +
				   READ_ONCE(sets[i].hasty.count);
		stats->altering_max += sets[i].pending.max + sets[i].hasty.max;
	}
}

int cdm_alter_init(void)
{
	u32 i;
	int err;

	all = kvcalloc(KINDS * PER_KIND, sizeof(*all), GFP_KERNEL);
	if (!all)
		return -ENOMEM;
	for (i = 0; i < KINDS; i++) {
		err = cdm_later_init(&sets[i], "coredump_mon_alter", tell);
		if (err) {
			while (i--)
				cdm_later_exit(&sets[i]);
			kvfree(all);
			return err;
		}
	}
	for (i = 0; i < KINDS * PER_KIND; i++)
		cdm_later_put_in(&sets[i / PER_KIND], &all[i].later,
				 i % PER_KIND >= PENDING_MAX);
	return 0;
}

void cdm_alter_exit(void)
{
	u32 i;

	for (i = 0; i < KINDS * PER_KIND; i++)
		cdm_later_settle(&all[i].later);
	for (i = 0; i < KINDS; i++)
		cdm_later_exit(&sets[i]);
	kvfree(all);
}
