/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rules: what they are made from, those in force, and how others take their place.
 */
#ifndef CDM_RULES_H
#define CDM_RULES_H

#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/rcupdate.h>

#include "policy.h"

#define CDM_RULES_FILTER_BITS	8
#define CDM_RULES_CLASSES	(BIT(COREDUMP_MON_CLASS_CORE) | \
				 BIT(COREDUMP_MON_CLASS_COREDUMP_FILTER) | \
				 BIT(COREDUMP_MON_CLASS_BLOCK_DEVICE))

/**
 * struct cdm_rules - rules, and what they were made from
 * @policy: they
 * @follow: they are those before, with what has taken the place of executables
 * @refused: changes that some rule denies: BIT(COREDUMP_MON_*)
 * @executables: some rule asks for the executable
 * @cgroups: some rule asks for the cgroup
 * @directory_count: of @directories
 * @directories: all that rules are about
 * @filter: whether one of them, or an executable, has a hash
 * @places: whether the directory and name of an executable have: what takes its place
 * @rules: of @policy
 * @id_count: of @ids
 * @ids: files and directories of @rules; of one that is no more, without @fs
 * @raw: as they were given, with what files are in place of descriptors; what else
 *	the rules name is in there
 * @raw_len: bytes of it
 * @text: the text that goes with them
 * @text_len: bytes of it
 * @summary: of all that
 */
struct cdm_rules {
	struct cdm_policy policy;
	bool follow;
	u32 refused;
	bool executables;
	bool cgroups;
	u32 directory_count;
	struct cdm_policy_id *directories;
	bool filter[1 << CDM_RULES_FILTER_BITS];
	bool places[1 << CDM_RULES_FILTER_BITS];
	struct cdm_policy_rule *rules;
	u32 id_count;
	struct cdm_policy_id *ids;
	void *raw;
	size_t raw_len;
	void *text;
	size_t text_len;
	struct coredump_mon_summary summary;
};

/* Replaced whole; handlers read it with preemption off. */
extern struct cdm_rules __rcu *cdm_rules;

static inline struct cdm_policy_id cdm_rules_id(const struct inode *inode)
{
	return (struct cdm_policy_id) {
		.fs = (unsigned long)inode->i_sb,
		.ino = inode->i_ino,
		.generation = inode->i_generation,
	};
}

static inline u32 cdm_rules_hash(const struct cdm_policy_id *id)
{
	return hash_64(id->ino ^ id->fs, CDM_RULES_FILTER_BITS);
}

struct cdm_rules *cdm_rules_make(const struct coredump_mon_rules *from);
void cdm_rules_free(struct cdm_rules *rules);
bool cdm_rules_name(const struct cdm_rules *rules, const struct inode *inode);
void cdm_rules_gone(const struct inode *inode);
void cdm_rules_gone_sb(const struct super_block *sb);

/* rules_change.c */
int cdm_rules_init(void);
void cdm_rules_exit(void);
long cdm_rules_set(const struct coredump_mon_rules *from);
long cdm_rules_get(struct coredump_mon_rules *to);
void cdm_rules_summary(struct coredump_mon_summary *to);

/* rules_file.c */
void cdm_rules_place(struct cdm_rules *rules, const struct dentry *dentry);
bool cdm_rules_execute(const struct cdm_rules *rules, const struct dentry *dentry);
int cdm_rules_keep(struct cdm_rules *rules, const struct cdm_rules *old);
void cdm_rules_kept(struct cdm_rules *rules, const struct cdm_rules *old);

#endif /* CDM_RULES_H */
