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
 * @enters: it comes into a watched directory
 * @answer: of what is done to a core file
 */
struct finding {
	const struct dentry *core;
	u32 file_class;
	bool tagged;
	struct coredump_mon_tag tag;
	bool enters;
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

static void look_at(const struct act *act, struct finding *found)
{
	found->core = act->dentry;
	found->file_class = cdm_watch_class(&found->core, &found->tagged, &found->tag);
	found->enters = act->name && cdm_watch_enters(act->dentry, act->name);
	if (!found->file_class &&
	    (found->enters || (act->name && cdm_watch_moves(act->dentry, act->name)))) {
		found->file_class = COREDUMP_MON_CLASS_CORE;
		found->core = act->dentry;
	}
	if (found->file_class == COREDUMP_MON_CLASS_CORE)
		judge(act, found);
}

/* Looks at what is done, which may be two things, as one. */
static void look(const struct act *acts, struct finding *found, unsigned int n)
{
	unsigned int begin, i;

	do {
		begin = cdm_switch_begin();
		for (i = 0; i < n; i++)
			look_at(&acts[i], &found[i]);
	} while (cdm_switch_seen(begin));
}

/* Begins to note something; NULL: it is nothing to be told, or cannot be. */
static struct cdm_alteration *begin(struct act *act, const struct finding *found)
{
	const struct dentry *dentry = act->dentry;
	struct cdm_alteration *alter;

	/*
	 * What is done once more for the same call, which waited for somebody's
	 * delegation of the file, was let through before.
	 */
	if (!READ_ONCE(cdm_mode_recording) ||
	    found->file_class != COREDUMP_MON_CLASS_CORE ||
	    told_above(d_backing_inode(dentry)) ||
	    cdm_alteration_begun(kind_of(act), is_same, act))
		return NULL;
	act->denied = found->answer.verdict == COREDUMP_MON_DENIED;
	if (act->denied)
		atomic64_inc(&denied);
	if (found->answer.ignored)
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
	alter->untold = cdm_fold(cdm_fold_kind(&found->answer, COREDUMP_MON_KIND_CHANGE));
	if (alter->untold) {
		cdm_later_go(&alter->later, act->by_worker);
		return NULL;
	}
	alter->stamp = cdm_event_now();
	alter->id = cdm_watch_id(d_backing_inode(found->core), found->file_class, 0,
				 found->tagged);
	alter->tag = found->tag;
	alter->answer = found->answer;
	cdm_name_take(&alter->name, dentry);
	cdm_process_snapshot(&alter->process, act->by_worker);
	return alter;
}

static void go(struct cdm_alteration *alter, const struct act *act)
{
	if (alter)
		cdm_later_go(&alter->later, act->by_worker);
}

static bool note(struct act *act, const struct finding *found)
{
	struct cdm_alteration *alter = begin(act, found);

	if (alter && act->name)
		cdm_name_take(&alter->new_name, act->name);
	go(alter, act);
	return act->denied;
}

/* It is, or is to be, where a core file is, or was one. */
static void keep_moved(const struct dentry *dentry, const struct finding *found)
{
	if (found->enters)
		cdm_watch_tag(dentry, COREDUMP_MON_TAG_MOVED);
	else if (found->file_class == COREDUMP_MON_CLASS_CORE)
		cdm_watch_keep(dentry, found->core, found->tagged);
}

static struct act moved(u16 type, const struct dentry *dentry,
			const struct dentry *name, bool gate)
{
	return (struct act) {
		.type = type, .dentry = dentry, .with = name, .gate = gate, .name = name,
	};
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
	unsigned int n = d_backing_inode(to) ? 2 : 1, i;
	struct act acts[2] = { moved(COREDUMP_MON_RENAME, from, to, gate) };
	struct finding found[2];
	bool refused = false;

	if (flags & RENAME_EXCHANGE)
		acts[1] = moved(COREDUMP_MON_RENAME, to, from, gate);
	else
		acts[1] = (struct act) { COREDUMP_MON_UNLINK, to, NULL, gate };
	look(acts, found, n);
	for (i = 0; i < n; i++)
		refused |= note(&acts[i], &found[i]);
	/* What loses a name may have others. */
	for (i = 0; i < n && !refused; i++)
		keep_moved(acts[i].dentry, &found[i]);
	return refused;
}

/* A file gets one more name. */
bool cdm_alter_link(const struct dentry *dentry, const struct dentry *name,
		    bool gate)
{
	struct act act = moved(COREDUMP_MON_LINK, dentry, name, gate);
	struct finding found;

	look(&act, &found, 1);
	if (note(&act, &found))
		return true;
	keep_moved(dentry, &found);
	return false;
}

/* A name of a file is removed. */
bool cdm_alter_unlink(const struct dentry *dentry, bool gate)
{
	struct act act = { COREDUMP_MON_UNLINK, dentry, NULL, gate };
	struct finding found;

	look(&act, &found, 1);
	return note(&act, &found);
}

/* An overlay copies the file, for any change of it. */
static void keep_copy(const struct dentry *dentry, const struct finding *found)
{
	if (dentry->d_flags & DCACHE_OP_REAL &&
	    found->file_class == COREDUMP_MON_CLASS_CORE)
		cdm_watch_keep(dentry, found->core, found->tagged);
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
	struct finding found;

	look(&act, &found, 1);
	if (diff.changed && !(current->flags & PF_DUMPCORE)) {
		struct cdm_alteration *alter = begin(&act, &found);

		if (alter)
			alter->attributes = diff;
		go(alter, &act);
	}
	keep_copy(dentry, &found);
	return act.denied;
}

static struct cdm_alteration *begin_xattr(struct act *act, struct finding *found,
					  const char *name)
{
	struct cdm_alteration *alter;

	look(act, found, 1);
	alter = begin(act, found);
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
	struct finding found;
	struct cdm_alteration *alter = begin_xattr(&act, &found, name);

	if (alter && value)
		cdm_xattr_take_value(&alter->xattr, value, len);
	go(alter, &act);
	keep_copy(dentry, &found);
	return act.denied;
}

/* The same of an access control list, which has the name of such an attribute. */
bool cdm_alter_acl(const struct dentry *dentry, const char *name,
		   const struct posix_acl *acl, bool gate)
{
	struct act act = { COREDUMP_MON_ATTR, dentry, name, gate };
	struct finding found;
	struct cdm_alteration *alter = begin_xattr(&act, &found, name);

	if (alter && acl)
		cdm_xattr_take_acl(&alter->xattr, acl);
	go(alter, &act);
	keep_copy(dentry, &found);
	return act.denied;
}

void cdm_alter_stats(struct coredump_mon_stats *stats)
{
	stats->denied += atomic64_read(&denied);
}
