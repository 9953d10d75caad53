/* SPDX-License-Identifier: GPL-2.0 */
/* The rules in force, as a policy. */
#ifndef POLICY_NOW_H
#define POLICY_NOW_H

#include "device.h"
#include "device_rules.h"
#include "identity.h"
#include "out.h"
#include "policy.h"

/**
 * struct policy_now - the rules in force
 * @rules: as the module has them
 * @policy: what they were made from, with names alone (see policy_parse_names());
 *	NULL: they were not made from a policy
 */
struct policy_now {
	struct device_rules rules;
	struct policy *policy;
};

/* 0: filled in, and freed with policy_now_free(); -1: why not is told. */
int policy_now_get(int fd, struct policy_now *now);
/* The same of rules that were got already, and belong to @now after that. */
void policy_now_parse(struct policy_now *now);
void policy_now_free(struct policy_now *now);

static inline bool policy_now_builtin(const struct policy_now *now)
{
	return now->rules.set.flags & COREDUMP_MON_RULES_BUILTIN;
}

/**
 * struct policy_path - what a rule in force names by a path
 * @rule: name of the rule
 * @key: "executable", "directory"
 * @name: the path
 * @kernel: what the kernel has, in @rules.raw
 */
struct policy_path {
	const char *rule;
	const char *key;
	const char *name;
	const struct coredump_mon_rule_file *kernel;
};

/* Calls @see for each. */
void policy_now_paths(const struct policy_now *now,
		      void (*see)(const struct policy_path *path, void *arg),
		      void *arg);

/**
 * struct policy_stale - what a rule names, and would not find as it is
 * @rule: name of the rule
 * @key: "executable", "directory", "cgroup"
 * @name: as the policy has it
 * @gone: nothing has that name any more; else something else has
 */
struct policy_stale {
	const char *rule;
	const char *key;
	const char *name;
	bool gone;
};

/* Calls @see for each. Where it cannot be told, it is not. */
void policy_now_stale(const struct policy_now *now,
		      void (*see)(const struct policy_stale *stale, void *arg),
		      void *arg);

/*
 * Calls @see for each rule that denies what a helper of kernel.core_pattern does to
 * core files, and that policy_parse() would not have. @helper: its path, or NULL.
 */
void policy_now_helper(const struct policy_now *now, const char *helper,
		       void (*see)(const char *rule, void *arg), void *arg);

/**
 * policy_now_write() - write what is in force as a policy
 * @now: the rules; their policy is changed: names are looked up
 * @mode: enum coredump_mon_modes
 * @directories: of COREDUMP_MON_IOC_GET_DIRECTORIES
 *
 * What would not read to what is in force stands above it in comments.
 *
 * Return: true; false: memory does not do
 */
bool policy_now_write(struct policy_now *now, uint32_t mode,
		      const struct device_list *directories, struct out *out);

#endif /* POLICY_NOW_H */
