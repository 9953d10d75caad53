/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rules to verdict: a pure function of its arguments, so that it can be tested
 * as a table, also in user space.
 */
#ifndef CDM_POLICY_H
#define CDM_POLICY_H

#include <linux/coredump_mon.h>

/**
 * struct cdm_policy_id - a file or directory
 * @fs: its file system, whatever tells that from others
 * @ino: inode number
 * @generation: of that
 */
struct cdm_policy_id {
	__u64 fs;
	__u64 ino;
	__u32 generation;
};

/**
 * struct cdm_policy_rule - as struct coredump_mon_rule has it
 * @name: terminated
 * @action: enum coredump_mon_action
 * @priority: syslog(3)'s level
 * @types: bits of enum coredump_mon_type
 * @classes: bits of enum coredump_mon_class
 * @accesses: bits of enum coredump_mon_access
 * @initial_namespaces: enum coredump_mon_tristate
 * @forced: enum coredump_mon_tristate, of a dump
 * @privileged: enum coredump_mon_tristate, of a dump
 * @executable_count: of @executables; 0: any; and so on
 * @directory_count: of @directories
 * @cgroup_count: of @cgroups
 * @user_count: of @users
 * @group_count: of @groups
 * @executables: one of which the process executes
 * @directories: one of which the file is below
 * @cgroups: one of which the process is in
 * @users: one of which is its effective one
 * @groups: one of which it is in
 */
struct cdm_policy_rule {
	const char *name;
	__u32 action;
	__u32 priority;
	__u32 types;
	__u32 classes;
	__u32 accesses;
	__u32 initial_namespaces;
	__u32 forced;
	__u32 privileged;
	__u32 executable_count;
	__u32 directory_count;
	__u32 cgroup_count;
	__u32 user_count;
	__u32 group_count;
	const struct cdm_policy_id *executables;
	const struct cdm_policy_id *directories;
	const __u64 *cgroups;
	const __u32 *users;
	const __u32 *groups;
};

/**
 * struct cdm_policy - rules; the first that matches counts
 * @fallback: enum coredump_mon_action of what no rule matches
 * @classes: bits of enum coredump_mon_class: all else is ignored
 * @count: how many rules
 * @rules: they
 */
struct cdm_policy {
	__u32 fallback;
	__u32 classes;
	__u32 count;
	const struct cdm_policy_rule *rules;
};

/**
 * struct cdm_policy_query - what is to be decided
 * @type: enum coredump_mon_type
 * @file_class: enum coredump_mon_class
 * @access: enum coredump_mon_access, of an open
 * @enforcing: whether a refusal can be carried out
 * @initial_namespaces: whether the process is in them
 * @forced: of a dump, whether somebody else sent the signal
 * @privileged: of a dump, whether the process is
 * @executable: of the process; no @ino: not to be relied on
 * @user: its effective user id
 * @group: its effective group id
 * @group_count: of @groups
 * @directory_count: of @directories
 * @cgroup_count: of @cgroups
 * @groups: its supplementary group ids, ascending
 * @directories: those above the file that some rule is about
 * @cgroups: those that it is in
 */
struct cdm_policy_query {
	__u32 type;
	__u32 file_class;
	__u32 access;
	__u32 enforcing;
	__u32 initial_namespaces;
	__u32 forced;
	__u32 privileged;
	struct cdm_policy_id executable;
	__u32 user;
	__u32 group;
	__u32 group_count;
	__u32 directory_count;
	__u32 cgroup_count;
	const __u32 *groups;
	const struct cdm_policy_id *directories;
	const __u64 *cgroups;
};

/**
 * struct cdm_policy_answer - what was decided
 * @verdict: enum coredump_mon_verdict
 * @priority: syslog(3)'s level
 * @ignored: 1: no record is to be made
 * @matched: 1: by a rule; 0: no rule is about it
 * @rule: name of the rule, terminated
 */
struct cdm_policy_answer {
	__u32 verdict;
	__u32 priority;
	__u32 ignored;
	__u32 matched;
	char rule[COREDUMP_MON_RULE_NAME_MAX + 1];
};

extern const struct cdm_policy cdm_policy_builtin;

void cdm_policy_decide(const struct cdm_policy *policy,
		       const struct cdm_policy_query *query,
		       struct cdm_policy_answer *answer);

#endif /* CDM_POLICY_H */
