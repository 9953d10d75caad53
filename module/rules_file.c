// SPDX-License-Identifier: GPL-2.0
/*
 * Files that rules name: where they stand, and how rules follow them.
 */
#include <linux/dcache.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/stringhash.h>

#include "rules.h"

/* By its directory and name. */
static u32 hash_place(const struct dentry *dentry)
{
	struct cdm_policy_id id = { };
	const unsigned char *name;
	const struct inode *dir;

	rcu_read_lock();
	dir = READ_ONCE(READ_ONCE(dentry->d_parent)->d_inode);
	if (dir)
		id = cdm_rules_id(dir);
	/* It stays until a grace period is over, and always has a NUL at its end. */
	name = READ_ONCE(dentry->d_name.name);
	id.ino ^= (u64)full_name_hash(NULL, name, strnlen(name, NAME_MAX)) << 32;
	rcu_read_unlock();
	return cdm_rules_hash(&id);
}

/* Rules name an executable. */
void cdm_rules_place(struct cdm_rules *rules, const struct dentry *dentry)
{
	rules->places[hash_place(dentry)] = true;
}

/*
 * Whether rules may be about an executable, or about one whose place it has taken, so
 * that they are about to follow it. Context: any.
 */
bool cdm_rules_execute(const struct cdm_rules *rules, const struct dentry *dentry)
{
	struct cdm_policy_id id;

	if (!rules->executables)
		return false;
	id = cdm_rules_id(d_backing_inode(dentry));
	return rules->filter[cdm_rules_hash(&id)] ||
	       rules->places[hash_place(dentry)];
}

/* What a rule names that is to be as in one that is in force. */
static int keep_of_rule(const struct coredump_mon_rule *raw,
			const struct coredump_mon_rule *old,
			struct cdm_policy_id *ids, const struct cdm_policy_id *old_ids)
{
	const struct coredump_mon_rule_file *files = (const void *)(raw + 1);
	const struct coredump_mon_rule_file *old_files = (const void *)(old + 1);
	u32 i;

	for (i = 0; i < raw->executables + raw->directories; i++) {
		/* It was given, and has taken its place. */
		if (ids[i].ino)
			continue;
		if (memcmp(&files[i], &old_files[i], sizeof(files[i])))
			return -ESTALE;
		ids[i] = old_ids[i];
	}
	return 0;
}

/**
 * cdm_rules_keep() - take what is to be as it is from rules in force
 * @rules: not in force yet
 * @old: those in force
 *
 * Return: 0, or -ESTALE: they are not made from the same
 */
int cdm_rules_keep(struct cdm_rules *rules, const struct cdm_rules *old)
{
	u32 i, n = 0;
	size_t at;

	if (!old->raw || rules->raw_len != old->raw_len ||
	    rules->text_len != old->text_len ||
	    memcmp(rules->text, old->text, old->text_len))
		return -ESTALE;
	for (at = 0; at < old->raw_len; ) {
		const struct coredump_mon_rule *raw = rules->raw + at;
		const struct coredump_mon_rule *was = old->raw + at;

		if (raw->len != was->len || raw->executables != was->executables ||
		    raw->directories != was->directories ||
		    keep_of_rule(raw, was, rules->ids + n, old->ids + n))
			return -ESTALE;
		n += raw->executables + raw->directories;
		at += raw->len;
	}
	for (i = 0; i < old->directory_count; i++)
		rules->directories[i] = old->directories[i];
	/* More than there is to find does no harm. */
	for (i = 0; i < ARRAY_SIZE(rules->filter); i++) {
		rules->filter[i] |= old->filter[i];
		rules->places[i] |= old->places[i];
	}
	return 0;
}

static void forget_kept(struct cdm_policy_id *ids, const struct cdm_policy_id *old,
			u32 count)
{
	u32 i;

	for (i = 0; i < count; i++) {
		if (!READ_ONCE(old[i].fs) && ids[i].ino == old[i].ino &&
		    ids[i].generation == old[i].generation)
			WRITE_ONCE(ids[i].fs, 0);
	}
}

/*
 * What went just before the rules were in force that have it from others, which
 * nobody uses any more.
 */
void cdm_rules_kept(struct cdm_rules *rules, const struct cdm_rules *old)
{
	forget_kept(rules->ids, old->ids, old->id_count);
	forget_kept(rules->directories, old->directories, old->directory_count);
}
