/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A policy as a file says it, with all names resolved: what the module is given,
 * and what can be written out again. coredump-mon.policy(5) is the same for
 * people.
 */
#ifndef POLICY_H
#define POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/coredump_mon.h>

#define POLICY_VERSION		1
#define POLICY_RULES_MAX	COREDUMP_MON_RULES_MAX
/* Of all rules and watched files together, lists expanded where they are used. */
#define POLICY_ENTRIES_MAX	COREDUMP_MON_RULE_ENTRIES_MAX
/* Bytes. */
#define POLICY_NAME_MAX		COREDUMP_MON_RULE_NAME_MAX
#define POLICY_MESSAGE_MAX	256
#define POLICY_DESCRIPTION_MAX	1024
#define POLICY_TAG_MAX		64
#define POLICY_PATH_MAX		(COREDUMP_MON_PATH_MAX - 1)
/* Tags of one rule. */
#define POLICY_TAGS_MAX		16

/* The mode is not asked for. */
#define POLICY_MODE_KEEP	UINT32_MAX

enum policy_action {
	POLICY_IGNORE	= COREDUMP_MON_ACTION_IGNORE,
	POLICY_LOG	= COREDUMP_MON_ACTION_LOG,
	/* While permissive, what would be is told. */
	POLICY_DENY	= COREDUMP_MON_ACTION_DENY,
};

/* A key that asks for something to be so, or not to be so, or is not there. */
enum policy_tristate {
	POLICY_ANY	= COREDUMP_MON_ANY,
	POLICY_NO	= COREDUMP_MON_NO,
	POLICY_YES	= COREDUMP_MON_YES,
};

/**
 * struct policy_entry - one name, and what it is
 * @name: as it was written; that of a path is the path
 * @id: a user's or a group's number; inode number of an executable, a directory
 *	or a file; the id of a cgroup; 0 where there is none (a tag, a watched
 *	directory that does not exist)
 * @dev_major: of the file system that the inode is on; else 0
 * @dev_minor: the same
 */
struct policy_entry {
	char *name;
	uint64_t id;
	uint32_t dev_major;
	uint32_t dev_minor;
};

/**
 * struct policy_entries - a list of them
 * @entries: in the order in which they were written, lists expanded
 * @count: how many
 * @given: the key is there, be it with none
 */
struct policy_entries {
	struct policy_entry *entries;
	size_t count;
	bool given;
};

/**
 * struct policy_rule - an event that all of this holds for is treated so
 * @name: unique; what COREDUMP_MON_A_RULE says
 * @description: NULL: none
 * @message: NULL: the usual one; what begins with % stands for a field of the
 *	event, see policy_fields.h
 * @tags: names alone
 * @enabled: 1, or 0: the rule counts as not there
 * @action: enum policy_action
 * @priority: syslog(3)'s level
 * @types: BIT() of each enum coredump_mon_type; never 0, and only those that all
 *	other keys say something of
 * @classes: BIT() of each enum coredump_mon_class; if nothing was asked, all, or
 *	all that can be denied. Not looked at for a dump.
 * @accesses: BIT() of each enum coredump_mon_access, likewise; looked at for an
 *	open alone
 * @initial_namespaces: enum policy_tristate: of the process
 * @forced: the same, of a dump
 * @privileged: the same, of a dump
 * @executables: of the process: any of them; not given: whatever it is; given with
 *	none: nothing matches. And so on:
 * @users: of the process
 * @groups: of the process
 * @directories: that the file is in, at any depth
 * @cgroups: that the process is in, at any depth
 */
struct policy_rule {
	char *name;
	char *description;
	char *message;
	struct policy_entries tags;
	uint32_t enabled;
	uint32_t action;
	uint32_t priority;
	uint32_t types;
	uint32_t classes;
	uint32_t accesses;
	uint32_t initial_namespaces;
	uint32_t forced;
	uint32_t privileged;
	struct policy_entries executables;
	struct policy_entries users;
	struct policy_entries groups;
	struct policy_entries directories;
	struct policy_entries cgroups;
};

/**
 * struct policy - a policy
 * @version: POLICY_VERSION
 * @mode: enum coredump_mon_modes; POLICY_MODE_KEEP: as it is
 * @fallback: enum policy_action: of what no rule is about; never POLICY_DENY
 * @classes: BIT() of each enum coredump_mon_class that is watched
 * @rates: by enum coredump_mon_kind: events per second of a process and of a user that
 *	are told; 0: the usual
 * @directories: whose files are core files; not given: as they are
 * @files: that are core files
 * @rules: in their order: the first that matches counts
 * @rule_count: how many
 */
struct policy {
	uint32_t version;
	uint32_t mode;
	uint32_t fallback;
	uint32_t classes;
	struct coredump_mon_rate rates[COREDUMP_MON_KINDS_MAX + 1];
	struct policy_entries directories;
	struct policy_entries files;
	struct policy_rule *rules;
	size_t rule_count;
};

void policy_free(struct policy *policy);
/* Do they say the same, with the same names? */
bool policy_equal(const struct policy *a, const struct policy *b);
/* Can the rule match anything? Else it is not given to the module. */
bool policy_rule_counts(const struct policy_rule *rule);
/* What counts for POLICY_ENTRIES_MAX. */
size_t policy_entry_count(const struct policy *policy);

#endif /* POLICY_H */
