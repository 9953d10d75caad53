// SPDX-License-Identifier: GPL-2.0
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/user_namespace.h>

#include "compat.h"
#include "directory.h"
#include "exec.h"
#include "judge.h"
#include "process.h"
#include "rules.h"

/* So many that are about one thing nobody names; the innermost count then. */
#define DIRECTORIES_MAX	16
/* The outermost count. */
#define CGROUPS_MAX	32

#define WALK_TRIES	8

static u32 find_above(const struct cdm_rules *rules, const struct dentry *dentry,
		      struct cdm_policy_id *found)
{
	unsigned int depth = CDM_DEPTH_MAX;
	u32 n = 0;

	while (--depth && n < DIRECTORIES_MAX) {
		const struct dentry *parent = READ_ONCE(dentry->d_parent);
		const struct inode *inode;

		if (parent == dentry)
			break;
		inode = READ_ONCE(parent->d_inode);
		if (inode && cdm_rules_name(rules, inode))
			found[n++] = cdm_rules_id(inode);
		dentry = parent;
	}
	return n;
}

/* The directories above a file that some rule is about. */
static u32 fill_directories(const struct cdm_rules *rules,
			    const struct dentry *dentry,
			    struct cdm_policy_id *found)
{
	int tries;
	u32 n;

	for (tries = 0; tries < WALK_TRIES; tries++) {
		unsigned int seq = cdm_rename_begin();

		n = find_above(rules, dentry, found);
		if (!cdm_rename_seen(seq))
			return n;
	}
	cdm_directory_raced();
	return n;
}

/*
 * The cgroups that the current task is in: the outermost, as it may make others in its
 * own.
 */
static u32 fill_cgroups(u64 *found)
{
	struct cgroup *cgroup;
	u32 n = 0;

	rcu_read_lock();
	for (cgroup = task_dfl_cgroup(current); cgroup && n < CDM_DEPTH_MAX;
	     cgroup = cgroup_parent(cgroup))
		found[n++ % CGROUPS_MAX] = cgroup_id(cgroup);
	rcu_read_unlock();
	return min_t(u32, n, CGROUPS_MAX);
}

/* By its real credentials, as a file system may lend it others. */
static void judge(struct cdm_policy_query *query, const struct dentry *dentry,
		  struct cdm_policy_answer *answer)
{
	const struct cdm_rules *rules = rcu_dereference_sched(cdm_rules);
	const struct cred *cred = current_real_cred();
	struct cdm_policy_id directories[DIRECTORIES_MAX];
	u64 cgroups[CGROUPS_MAX];

	BUILD_BUG_ON(sizeof(kgid_t) != sizeof(u32));
	query->initial_namespaces = cdm_process_initial();
	query->user = from_kuid(&init_user_ns, cred->euid);
	query->group = from_kgid(&init_user_ns, cred->egid);
	query->group_count = cred->group_info->ngroups;
	query->groups = (const u32 *)cred->group_info->gid;
	query->directories = directories;
	query->cgroups = cgroups;
	if (rules->executables &&
	    !cdm_exec_is(rules, query->type == COREDUMP_MON_DUMP, &query->executable))
		query->executable = (struct cdm_policy_id) { };
	if (rules->directory_count && dentry)
		query->directory_count = fill_directories(rules, dentry,
							  directories);
	if (rules->cgroups)
		query->cgroup_count = fill_cgroups(cgroups);
	cdm_policy_decide(&rules->policy, query, answer);
}

/**
 * cdm_judge() - what is to be done about what the current task does
 * @type: enum coredump_mon_type
 * @file_class: enum coredump_mon_class
 * @access: enum coredump_mon_access, of an open
 * @enforcing: whether a refusal can be carried out
 * @dentry: the file
 * @answer: filled in
 *
 * Context: preemption off.
 */
void cdm_judge(u32 type, u32 file_class, u32 access, bool enforcing,
	       const struct dentry *dentry, struct cdm_policy_answer *answer)
{
	struct cdm_policy_query query = {
		.type = type,
		.file_class = file_class,
		.access = access,
		.enforcing = enforcing,
	};

	judge(&query, dentry, answer);
}

/**
 * cdm_judge_dump() - what is to be done about the current task's dump
 * @forced: somebody else sent the signal
 * @privileged: the task is
 * @dentry: the core file; NULL: there is none
 * @answer: filled in
 *
 * Context: preemption off.
 */
void cdm_judge_dump(bool forced, bool privileged, const struct dentry *dentry,
		    struct cdm_policy_answer *answer)
{
	struct cdm_policy_query query = {
		.type = COREDUMP_MON_DUMP,
		.file_class = COREDUMP_MON_CLASS_CORE,
		.forced = forced,
		.privileged = privileged,
	};

	judge(&query, dentry, answer);
}
