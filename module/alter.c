// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/cred.h>
#include <linux/sched.h>

#include "alter.h"
#include "alteration.h"
#include "compat.h"
#include "fold.h"
#include "judge.h"
#include "mode.h"
#include "switch.h"

static atomic64_t denied;

static bool is_below(const struct cdm_alteration *alter, const void *inode)
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
	return cdm_alteration_begun(CDM_ALTERATION_NAMES, is_below, inode) ||
	       cdm_alteration_begun(CDM_ALTERATION_ATTRIBUTES, is_below, inode);
}

/**
 * struct act - what is done
 * @type: enum coredump_mon_type
 * @dentry: to this
 * @with: as struct cdm_alteration has it
 * @gate: it can be refused
 * @name: the name that the file is to have, which may be one of a core file
 * @denied: it is refused
 * @by_worker: see cdm_later_take()
 */
struct act {
	u16 type;
	const struct dentry *dentry;
	const void *with;
	bool gate;
	const struct dentry *name;
	bool denied;
	bool by_worker;
};

static bool is_same(const struct cdm_alteration *alter, const void *key)
{
	const struct act *act = key;

	return alter->type == act->type && alter->dentry == act->dentry &&
	       alter->with == act->with;
}

static enum cdm_alteration_kind kind_of(const struct act *act)
{
	return act->type == COREDUMP_MON_ATTR ? CDM_ALTERATION_ATTRIBUTES :
						CDM_ALTERATION_NAMES;
}

/* A dump is not kept from making room for its core. */
static const struct cdm_policy_answer dumping = {
	.verdict = COREDUMP_MON_ALLOWED,
	.priority = COREDUMP_MON_PRIORITY_NOTICE,
	.rule = "default",
};

/**
 * struct finding - what is done to, and what the policy says of that
 * @core: the file that is a core file, or will be one
 * @file_class: enum coredump_mon_class; 0: none
 * @tagged: it is a core file by its tag
 * @tag: that
 * @answer: of what is done to a core file
 */
struct finding {
	const struct dentry *core;
	u32 file_class;
	bool tagged;
	struct coredump_mon_tag tag;
	struct cdm_policy_answer answer;
};

static void judge(const struct act *act, struct finding *found)
{
	if (current->flags & PF_DUMPCORE)
		found->answer = dumping;
	else
		cdm_judge(act->type, COREDUMP_MON_CLASS_CORE, 0,
			  act->gate && READ_ONCE(cdm_mode_enforcing), found->core,
			  &found->answer);
}

static bool becomes_core(const struct act *act)
{
	return act->name && (cdm_watch_enters(act->dentry, act->name) ||
			     cdm_watch_moves(act->dentry, act->name));
}

static void look(const struct act *act, struct finding *found)
{
	unsigned int begin;

	do {
		begin = cdm_switch_begin();
		found->core = act->dentry;
		found->file_class = cdm_watch_class(&found->core, &found->tagged,
						    &found->tag);
		if (!found->file_class && becomes_core(act)) {
			found->file_class = COREDUMP_MON_CLASS_CORE;
			found->core = act->dentry;
		}
		if (found->file_class == COREDUMP_MON_CLASS_CORE)
			judge(act, found);
	} while (cdm_switch_seen(begin));
}

/* Begins to note something; NULL: it is nothing to be told, or cannot be. */
static struct cdm_alteration *begin(struct act *act)
{
	const struct dentry *dentry = act->dentry;
	struct cdm_alteration *alter;
	struct finding found;

	if (!READ_ONCE(cdm_mode_recording))
		return NULL;
	look(act, &found);
	/*
	 * What is done once more for the same call, which waited for somebody's
	 * delegation of the file, was let through before.
	 */
	if (found.file_class != COREDUMP_MON_CLASS_CORE ||
	    told_above(d_backing_inode(dentry)) ||
	    cdm_alteration_begun(kind_of(act), is_same, act))
		return NULL;
	act->denied = found.answer.verdict == COREDUMP_MON_DENIED;
	if (act->denied)
		atomic64_inc(&denied);
	if (found.answer.ignored)
		return NULL;
	alter = cdm_alteration_take(kind_of(act), &act->by_worker);
	if (!alter)
		return NULL;
	alter->type = act->type;
	alter->dentry = dentry;
	alter->with = act->with;
	alter->below = NULL;
	if (dentry->d_flags & DCACHE_OP_REAL)
		alter->below = d_backing_inode(cdm_real_dentry(dentry));
	/* So much is there that it is known if it is done again, or below. */
	alter->untold = cdm_fold(cdm_fold_kind(&found.answer, COREDUMP_MON_KIND_CHANGE));
	if (alter->untold) {
		cdm_later_go(&alter->later, act->by_worker);
		return NULL;
	}
	alter->stamp = cdm_event_now();
	alter->id = cdm_watch_id(d_backing_inode(found.core), found.file_class, 0,
				 found.tagged);
	alter->tag = found.tag;
	alter->answer = found.answer;
	cdm_name_take(&alter->name, dentry);
	cdm_process_snapshot(&alter->process, act->by_worker);
	return alter;
}

static void go(struct cdm_alteration *alter, const struct act *act)
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
		.name = name,
	};
	struct cdm_alteration *alter = begin(&act);

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
		struct cdm_alteration *alter = begin(&act);

		if (alter)
			alter->attributes = diff;
		go(alter, &act);
	}
	keep_copy(dentry);
	return act.denied;
}

static struct cdm_alteration *begin_xattr(struct act *act, const char *name)
{
	struct cdm_alteration *alter = begin(act);

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
	struct cdm_alteration *alter = begin_xattr(&act, name);

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
	struct cdm_alteration *alter = begin_xattr(&act, name);

	if (alter && acl)
		cdm_xattr_take_acl(&alter->xattr, acl);
	go(alter, &act);
	keep_copy(dentry);
	return act.denied;
}

void cdm_alter_stats(struct coredump_mon_stats *stats)
{
	stats->denied += atomic64_read(&denied);
}
