// SPDX-License-Identifier: GPL-2.0
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/sched.h>

#include "alter.h"
#include "attr.h"
#include "compat.h"
#include "event.h"
#include "later.h"
#include "mode.h"
#include "name.h"
#include "policy.h"
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

	cdm_event_begin(&event, alter->type, &alter->stamp);
	cdm_event_put_decision(&event, answer->verdict, answer->priority,
			       answer->rule);
	put_file(&event, alter);
	put_change(&event, alter);
	put_result(&event);
	/* Last, as it is what may be too long. */
	cdm_process_put(&event, &alter->process);
	cdm_event_commit(&event, false, alter->process.cred);
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

/* What is done, to be compared. */
struct act {
	u16 type;
	const struct dentry *dentry;
	const void *with;
};

static bool is_same(const struct alteration *alter, const void *key)
{
	const struct act *act = key;

	return alter->type == act->type && alter->dentry == act->dentry &&
	       alter->with == act->with;
}

/*
 * Whether it is done once more for the same call, which waited for somebody's
 * delegation of the file.
 */
static bool told_before(enum kind kind, u16 type, const struct dentry *dentry,
			const void *with)
{
	const struct act act = { type, dentry, with };

	return has_begun(kind, is_same, &act);
}

/*
 * Begins to note something; NULL: it is nothing to be told, or cannot be. @core:
 * the file is to be a core file, if it is none.
 */
static struct alteration *begin(u16 type, const struct dentry *dentry,
				const void *with, bool core, bool *by_worker)
{
	enum kind kind = type == COREDUMP_MON_ATTR ? ATTRIBUTES : NAMES;
	const struct dentry *class_of = dentry;
	struct cdm_policy_query query = {};
	struct coredump_mon_tag tag;
	struct alteration *alter;
	struct cdm_later *later;
	bool tagged;

	if (!READ_ONCE(cdm_mode_recording))
		return NULL;
	query.file_class = cdm_watch_class(&class_of, &tagged, &tag);
	if (!query.file_class && core) {
		query.file_class = COREDUMP_MON_CLASS_CORE;
		class_of = dentry;
	}
	if (query.file_class != COREDUMP_MON_CLASS_CORE ||
	    told_above(d_backing_inode(dentry)) ||
	    told_before(kind, type, dentry, with))
		return NULL;
	later = cdm_later_take(&sets[kind], by_worker);
	if (!later)
		return NULL;
	alter = container_of(later, struct alteration, later);
	alter->type = type;
	alter->dentry = dentry;
	alter->with = with;
	alter->below = NULL;
	if (dentry->d_flags & DCACHE_OP_REAL)
		alter->below = d_backing_inode(cdm_real_dentry(dentry));
	alter->stamp = cdm_event_now();
	alter->id = cdm_watch_id(d_backing_inode(class_of), query.file_class, 0,
				 tagged);
	alter->tag = tag;
	alter->answer = cdm_policy_decide(&query);
	cdm_name_take(&alter->name, dentry);
	cdm_process_snapshot(&alter->process, *by_worker);
	return alter;
}

/* A file is moved to a name, or gets it. */
static void note_name(u16 type, const struct dentry *dentry,
		      const struct dentry *name)
{
	bool enters = S_ISREG(d_backing_inode(dentry)->i_mode) &&
		      cdm_directory_holds(name);
	struct alteration *alter;
	bool by_worker;

	alter = begin(type, dentry, name, enters, &by_worker);
	if (alter) {
		cdm_name_take(&alter->new_name, name);
		cdm_later_go(&alter->later, by_worker);
	}
	if (enters)
		cdm_watch_tag(dentry, COREDUMP_MON_TAG_MOVED);
	else
		cdm_watch_keep(dentry);
}

/**
 * cdm_alter_rename() - a file is moved
 * @from: its name
 * @to: its new name, which may be one of another file
 * @flags: of renameat2(2)
 *
 * Context: the task that does it, preemption off; as of all the following.
 */
void cdm_alter_rename(const struct dentry *from, const struct dentry *to,
		      unsigned int flags)
{
	note_name(COREDUMP_MON_RENAME, from, to);
	if (!d_backing_inode(to))
		return;
	if (flags & RENAME_EXCHANGE) {
		note_name(COREDUMP_MON_RENAME, to, from);
		return;
	}
	cdm_alter_unlink(to);
	/* It may have other names. */
	cdm_watch_keep(to);
}

/* A file gets one more name. */
void cdm_alter_link(const struct dentry *dentry, const struct dentry *name)
{
	note_name(COREDUMP_MON_LINK, dentry, name);
}

/* A name of a file is removed. */
void cdm_alter_unlink(const struct dentry *dentry)
{
	struct alteration *alter;
	bool by_worker;

	alter = begin(COREDUMP_MON_UNLINK, dentry, NULL, false, &by_worker);
	if (alter)
		cdm_later_go(&alter->later, by_worker);
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
 *
 * The kernel's own emptying of a core file is a part of the dump's record.
 */
void cdm_alter_attr(const struct dentry *dentry, const struct iattr *attr,
		    void *idmap)
{
	struct coredump_mon_attributes diff =
		cdm_attr_compare(d_backing_inode(dentry), attr, idmap);
	struct alteration *alter;
	bool by_worker;

	if (diff.changed && !(current->flags & PF_DUMPCORE)) {
		alter = begin(COREDUMP_MON_ATTR, dentry, attr, false,
			      &by_worker);
		if (alter) {
			alter->attributes = diff;
			cdm_later_go(&alter->later, by_worker);
		}
	}
	keep_copy(dentry);
}

static struct alteration *begin_xattr(const struct dentry *dentry,
				      const char *name, bool *by_worker)
{
	struct alteration *alter = begin(COREDUMP_MON_ATTR, dentry, name, false,
					 by_worker);

	if (!alter)
		return NULL;
	alter->attributes.changed = 0;
	cdm_xattr_take(&alter->xattr, name);
	return alter;
}

/**
 * cdm_alter_xattr() - an extended attribute of a file changes
 * @dentry: the file
 * @name: of the attribute
 * @value: to this; NULL: it is removed
 * @len: bytes
 */
void cdm_alter_xattr(const struct dentry *dentry, const char *name,
		     const void *value, size_t len)
{
	struct alteration *alter;
	bool by_worker;

	alter = begin_xattr(dentry, name, &by_worker);
	if (alter) {
		if (value)
			cdm_xattr_take_value(&alter->xattr, value, len);
		cdm_later_go(&alter->later, by_worker);
	}
	keep_copy(dentry);
}

/**
 * cdm_alter_acl() - an access control list of a file changes
 * @dentry: the file
 * @name: of the list, which is an extended attribute
 * @acl: to this; NULL: it is removed
 */
void cdm_alter_acl(const struct dentry *dentry, const char *name,
		   const struct posix_acl *acl)
{
	struct alteration *alter;
	bool by_worker;

	alter = begin_xattr(dentry, name, &by_worker);
	if (alter) {
		if (acl)
			cdm_xattr_take_acl(&alter->xattr, acl);
		cdm_later_go(&alter->later, by_worker);
	}
	keep_copy(dentry);
}

void cdm_alter_stats(struct coredump_mon_stats *stats)
{
	u32 i;

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
