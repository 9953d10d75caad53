// SPDX-License-Identifier: GPL-2.0
#include <linux/err.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "rules.h"
#include "summary.h"

#define TYPES		(BIT(COREDUMP_MON_DUMP) | BIT(COREDUMP_MON_OPEN) | CHANGES)
#define CHANGES		(BIT(COREDUMP_MON_RENAME) | BIT(COREDUMP_MON_LINK) | \
			 BIT(COREDUMP_MON_UNLINK) | BIT(COREDUMP_MON_ATTR))
#define ACCESSES	(BIT(COREDUMP_MON_ACCESS_READ) | \
			 BIT(COREDUMP_MON_ACCESS_WRITE) | \
			 BIT(COREDUMP_MON_ACCESS_READ_WRITE) | \
			 BIT(COREDUMP_MON_ACCESS_EXEC))

struct cdm_rules __rcu *cdm_rules;

void cdm_rules_free(struct cdm_rules *rules)
{
	kvfree(rules->rules);
	kvfree(rules->ids);
	kvfree(rules->directories);
	kvfree(rules->raw);
	kvfree(rules->text);
	kvfree(rules);
}

/* Whether rules are about a directory. Context: any. */
bool cdm_rules_name(const struct cdm_rules *rules, const struct inode *inode)
{
	struct cdm_policy_id id = cdm_rules_id(inode);
	u32 i;

	if (!rules->filter[cdm_rules_hash(&id)])
		return false;
	for (i = 0; i < rules->directory_count; i++) {
		const struct cdm_policy_id *dir = &rules->directories[i];

		if (dir->ino == id.ino && dir->fs == id.fs &&
		    dir->generation == id.generation)
			return true;
	}
	return false;
}

/* Nothing is that any more; another file may get its numbers. */
static void forget(struct cdm_policy_id *ids, u32 count, u64 fs,
		   const struct inode *inode)
{
	u32 i;

	for (i = 0; i < count; i++) {
		if (ids[i].fs == fs &&
		    (!inode || (ids[i].ino == inode->i_ino &&
				ids[i].generation == inode->i_generation)))
			WRITE_ONCE(ids[i].fs, 0);
	}
}

/* An inode's last name and last reference are dropped. Context: preemption off. */
void cdm_rules_gone(const struct inode *inode)
{
	struct cdm_rules *rules = rcu_dereference_sched(cdm_rules);
	struct cdm_policy_id id = cdm_rules_id(inode);

	if (!rules->filter[cdm_rules_hash(&id)])
		return;
	forget(rules->ids, rules->id_count, id.fs, inode);
	forget(rules->directories, rules->directory_count, id.fs, inode);
}

/* A file system goes away. Context: preemption off. */
void cdm_rules_gone_sb(const struct super_block *sb)
{
	struct cdm_rules *rules = rcu_dereference_sched(cdm_rules);

	forget(rules->ids, rules->id_count, (unsigned long)sb, NULL);
	forget(rules->directories, rules->directory_count, (unsigned long)sb, NULL);
}

static bool is_valid(const struct coredump_mon_rule *raw)
{
	u32 denied = raw->action == COREDUMP_MON_ACTION_DENY ? raw->types : 0;

	return raw->action >= COREDUMP_MON_ACTION_IGNORE &&
	       raw->action <= COREDUMP_MON_ACTION_DENY && raw->priority <= 7 &&
	       raw->types && !(raw->types & ~TYPES) &&
	       raw->classes && !(raw->classes & ~CDM_RULES_CLASSES) &&
	       raw->accesses && !(raw->accesses & ~ACCESSES) &&
	       raw->initial_namespaces <= COREDUMP_MON_YES &&
	       raw->forced <= COREDUMP_MON_YES &&
	       raw->privileged <= COREDUMP_MON_YES && !raw->reserved &&
	       raw->name_len && raw->name_len <= COREDUMP_MON_RULE_NAME_MAX &&
	       !(denied & BIT(COREDUMP_MON_DUMP)) &&
	       /* It is no file of which an open could be refused. */
	       !(denied & BIT(COREDUMP_MON_OPEN) &&
		 raw->classes & BIT(COREDUMP_MON_CLASS_BLOCK_DEVICE));
}

/* Takes what a descriptor leads to. */
static int take_file(struct cdm_rules *rules, struct coredump_mon_rule_file *from,
		     umode_t type, struct cdm_policy_id *to)
{
	const struct inode *inode;
	struct file *file;
	int err = 0;

	/* See cdm_rules_keep(). */
	if (rules->follow && (from->fd == -1 || type == S_IFDIR))
		return from->fd == -1 ? 0 : -EINVAL;
	if (from->generation || from->dev_major || from->dev_minor || from->ino)
		return -EINVAL;
	file = fget_raw(from->fd);
	if (!file)
		return -EBADF;
	inode = d_backing_inode(file->f_path.dentry);
	if ((inode->i_mode & S_IFMT) == type) {
		*to = cdm_rules_id(inode);
		if (type == S_IFREG)
			cdm_rules_place(rules, file->f_path.dentry);
		*from = (struct coredump_mon_rule_file) {
			.fd = -1,
			.generation = inode->i_generation,
			.dev_major = MAJOR(inode->i_sb->s_dev),
			.dev_minor = MINOR(inode->i_sb->s_dev),
			.ino = inode->i_ino,
		};
	} else {
		err = -EINVAL;
	}
	fput(file);
	return err;
}

static int take_files(struct cdm_rules *rules, struct coredump_mon_rule_file *from,
		      u32 count, umode_t type, struct cdm_policy_id *to)
{
	u32 i;
	int err = 0;

	for (i = 0; i < count && !err; i++)
		err = take_file(rules, &from[i], type, &to[i]);
	return err;
}

static void note_files(struct cdm_rules *rules, const struct cdm_policy_rule *rule)
{
	u32 i;

	for (i = 0; i < rule->directory_count; i++) {
		rules->directories[rules->directory_count++] =
			rule->directories[i];
		rules->filter[cdm_rules_hash(&rule->directories[i])] = true;
	}
	for (i = 0; i < rule->executable_count; i++)
		rules->filter[cdm_rules_hash(&rule->executables[i])] = true;
	rules->id_count += rule->executable_count + rule->directory_count;
}

/* Takes what a rule names, which is behind it; bounds were checked. */
static int take_named(struct cdm_rules *rules, struct cdm_policy_rule *rule,
		      struct coredump_mon_rule *raw, struct cdm_policy_id *ids)
{
	struct coredump_mon_rule_file *files = (void *)(raw + 1);
	int err;

	err = take_files(rules, files, raw->executables, S_IFREG, ids) ?:
	      take_files(rules, files + raw->executables, raw->directories, S_IFDIR,
			 ids + raw->executables);
	if (err)
		return err;
	rule->executables = ids;
	rule->executable_count = raw->executables;
	rule->directories = ids + raw->executables;
	rule->directory_count = raw->directories;
	rule->cgroups = (void *)(files + raw->executables + raw->directories);
	rule->cgroup_count = raw->cgroups;
	rule->users = (void *)(rule->cgroups + raw->cgroups);
	rule->user_count = raw->users;
	rule->groups = rule->users + raw->users;
	rule->group_count = raw->groups;
	rule->name = (void *)(rule->groups + raw->groups);
	if (strnlen(rule->name, raw->name_len + 1) != raw->name_len ||
	    memchr_inv(rule->name + raw->name_len, 0,
		       (char *)raw + raw->len - rule->name - raw->name_len))
		return -EINVAL;
	note_files(rules, rule);
	rules->executables |= raw->executables;
	rules->cgroups |= raw->cgroups;
	if (raw->action == COREDUMP_MON_ACTION_DENY)
		rules->refused |= raw->types & CHANGES;
	return 0;
}

/* Files, cgroups, users and groups that a rule names; no sum of these overflows. */
static u64 named(const struct coredump_mon_rule *raw)
{
	return (u64)raw->executables + raw->directories + raw->cgroups +
	       raw->users + raw->groups;
}

/* The bytes that a rule takes at least; @named is in bounds. */
static size_t least_len(const struct coredump_mon_rule *raw)
{
	return sizeof(*raw) + (raw->executables + raw->directories) *
	       sizeof(struct coredump_mon_rule_file) +
	       raw->cgroups * sizeof(u64) +
	       (raw->users + raw->groups) * sizeof(u32) + raw->name_len + 1;
}

static int take_rule(struct cdm_rules *rules, struct coredump_mon_rule *raw,
		     size_t room, u32 *entries, struct cdm_policy_id **ids)
{
	struct cdm_policy_rule *rule = &rules->rules[rules->policy.count];
	int err;

	if (room < sizeof(*raw) || raw->len > room || !is_valid(raw))
		return -EINVAL;
	if (named(raw) > COREDUMP_MON_RULE_ENTRIES_MAX - *entries)
		return -E2BIG;
	*entries += named(raw);
	if (raw->len % 8 || raw->len < least_len(raw))
		return -EINVAL;
	rule->action = raw->action;
	rule->priority = raw->priority;
	rule->types = raw->types;
	rule->classes = raw->classes;
	rule->accesses = raw->accesses;
	rule->initial_namespaces = raw->initial_namespaces;
	rule->forced = raw->forced;
	rule->privileged = raw->privileged;
	err = take_named(rules, rule, raw, *ids);
	*ids += raw->executables + raw->directories;
	rules->policy.count++;
	return err;
}

static int parse(struct cdm_rules *rules, u32 count)
{
	size_t at = 0;
	u32 entries = 0;
	struct cdm_policy_id *ids;
	u32 files = rules->raw_len / sizeof(struct coredump_mon_rule_file);

	rules->rules = kvcalloc(count + 1, sizeof(*rules->rules), GFP_KERNEL);
	rules->ids = kvcalloc(files + 1, sizeof(*rules->ids), GFP_KERNEL);
	rules->directories = kvcalloc(files + 1, sizeof(*rules->directories),
				      GFP_KERNEL);
	if (!rules->rules || !rules->ids || !rules->directories)
		return -ENOMEM;
	ids = rules->ids;
	rules->policy.rules = rules->rules;
	while (rules->policy.count < count) {
		struct coredump_mon_rule *raw = rules->raw + at;
		int err = take_rule(rules, raw, rules->raw_len - at, &entries,
				    &ids);

		if (err)
			return err;
		at += raw->len;
	}
	return at == rules->raw_len ? 0 : -EINVAL;
}

static int copy_in(void **to, u64 from, size_t len)
{
	*to = kvmalloc(len + 1, GFP_KERNEL);
	if (!*to)
		return -ENOMEM;
	return copy_from_user(*to, u64_to_user_ptr(from), len) ? -EFAULT : 0;
}

/**
 * cdm_rules_make() - rules of what is given
 * @from: numbers and lengths are in bounds
 *
 * Return: they, not in force; or an error as COREDUMP_MON_IOC_SET_RULES has it
 */
struct cdm_rules *cdm_rules_make(const struct coredump_mon_rules *from)
{
	struct cdm_rules *rules = kvzalloc(sizeof(*rules), GFP_KERNEL);
	int err;

	if (!rules)
		return ERR_PTR(-ENOMEM);
	rules->follow = from->flags & COREDUMP_MON_RULES_FOLLOW;
	rules->policy.fallback = from->fallback;
	rules->policy.classes = from->classes;
	rules->raw_len = from->rules_len;
	rules->text_len = from->text_len;
	err = copy_in(&rules->raw, from->rules, from->rules_len) ?:
	      copy_in(&rules->text, from->text, from->text_len) ?:
	      parse(rules, from->count) ?:
	      cdm_summary_make(rules);
	if (!err)
		return rules;
	cdm_rules_free(rules);
	return ERR_PTR(err);
}
