// SPDX-License-Identifier: GPL-2.0
/*
 * The rules in force, and who puts others in their place: with the rest of a policy,
 * if that is asked for.
 */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "change.h"
#include "directory.h"
#include "fold.h"
#include "mode.h"
#include "rules.h"
#include "summary.h"
#include "switch.h"
#include "tag.h"

/**
 * struct next - what is to take the place of what is in force
 * @rules: they
 * @asks_directories: directories too
 * @directories: these
 * @files: to be tagged
 * @tagged: for each: it was not tagged before
 * @file_count: how many
 * @mode: enum coredump_mon_modes, or CDM_MODE_STAYS
 */
struct next {
	struct cdm_rules *rules;
	bool asks_directories;
	struct cdm_directory_next directories;
	struct file **files;
	bool *tagged;
	u32 file_count;
	u32 mode;
};

/* Serialises changing the rules, and keeps those in force; taken in task context. */
static DEFINE_MUTEX(lock);
static struct cdm_rules builtin;
seqcount_t cdm_switch = SEQCNT_ZERO(cdm_switch);

static struct cdm_rules *rules_now(void)
{
	return rcu_dereference_protected(cdm_rules, lockdep_is_held(&lock));
}

/* A rule with nothing but a name, and all that the most may name. */
#define RAW_MAX		(COREDUMP_MON_RULES_MAX * \
			 (sizeof(struct coredump_mon_rule) + \
			  ALIGN(COREDUMP_MON_RULE_NAME_MAX + 1, 8) + 8) + \
			 COREDUMP_MON_RULE_ENTRIES_MAX * \
			 sizeof(struct coredump_mon_rule_file))

static bool is_rate(u32 rate)
{
	return rate <= COREDUMP_MON_RATE_MAX || rate == COREDUMP_MON_RATE_OFF;
}

/* Kinds have them, and nothing else. */
static bool rates_valid(const struct coredump_mon_rate *rates)
{
	u32 i;

	for (i = 0; i <= COREDUMP_MON_KINDS_MAX; i++) {
		bool is_kind = i && i <= COREDUMP_MON_KIND_POLICY;

		if (!is_rate(rates[i].process) || !is_rate(rates[i].user) ||
		    (!is_kind && (rates[i].process || rates[i].user)))
			return false;
	}
	return true;
}

/* What is there has the flag that says so, and nothing is there that cannot be. */
static bool is_valid(const struct coredump_mon_rules *from)
{
	const u32 rest = COREDUMP_MON_RULES_DIRECTORIES | COREDUMP_MON_RULES_MODE;

	if (from->flags & ~(COREDUMP_MON_RULES_BUILTIN | COREDUMP_MON_RULES_FOLLOW |
			    rest) ||
	    from->reserved || from->more_reserved || !rates_valid(from->rates))
		return false;
	if (from->flags & COREDUMP_MON_RULES_BUILTIN &&
	    (from->count || from->fallback || from->classes || from->rules_len ||
	     from->text_len))
		return false;
	if (from->flags & COREDUMP_MON_RULES_FOLLOW &&
	    (from->flags & (COREDUMP_MON_RULES_BUILTIN | rest) || from->file_count))
		return false;
	if (!(from->flags & COREDUMP_MON_RULES_DIRECTORIES) &&
	    (from->directories || from->directories_len || from->directory_count))
		return false;
	if (from->mode > (from->flags & COREDUMP_MON_RULES_MODE ?
			  COREDUMP_MON_ENFORCING : 0))
		return false;
	return from->file_count || !from->files;
}

static struct cdm_rules *take_rules(const struct coredump_mon_rules *from)
{
	if (from->flags & COREDUMP_MON_RULES_BUILTIN)
		return &builtin;
	if (from->count > COREDUMP_MON_RULES_MAX || from->rules_len > RAW_MAX ||
	    from->text_len > COREDUMP_MON_RULES_TEXT_MAX)
		return ERR_PTR(-E2BIG);
	if ((from->fallback != COREDUMP_MON_ACTION_LOG &&
	     from->fallback != COREDUMP_MON_ACTION_IGNORE) ||
	    from->classes & ~CDM_RULES_CLASSES)
		return ERR_PTR(-EINVAL);
	return cdm_rules_make(from);
}

static int take_file(struct next *next, int fd)
{
	struct file *file = fget_raw(fd);

	if (!file)
		return -EBADF;
	next->files[next->file_count++] = file;
	return S_ISREG(file_inode(file)->i_mode) ? 0 : -EINVAL;
}

static int take_files(struct next *next, const struct coredump_mon_rules *from)
{
	size_t len = (size_t)from->file_count * sizeof(int);
	int *fds, err;

	if (!from->file_count)
		return 0;
	if (from->file_count > COREDUMP_MON_RULE_ENTRIES_MAX)
		return -E2BIG;
	fds = kvmalloc(len, GFP_KERNEL);
	next->files = kvcalloc(from->file_count, sizeof(*next->files), GFP_KERNEL);
	next->tagged = kvcalloc(from->file_count, sizeof(*next->tagged), GFP_KERNEL);
	if (!fds || !next->files || !next->tagged)
		err = -ENOMEM;
	else
		err = copy_from_user(fds, u64_to_user_ptr(from->files), len) ?
		      -EFAULT : 0;
	while (!err && next->file_count < from->file_count)
		err = take_file(next, fds[next->file_count]);
	kvfree(fds);
	return err;
}

static int take(struct next *next, const struct coredump_mon_rules *from)
{
	struct cdm_rules *rules;
	int err;

	if (!is_valid(from))
		return -EINVAL;
	if (from->flags & COREDUMP_MON_RULES_MODE)
		next->mode = from->mode;
	rules = take_rules(from);
	if (IS_ERR(rules))
		return PTR_ERR(rules);
	next->rules = rules;
	err = take_files(next, from);
	if (err || !(from->flags & COREDUMP_MON_RULES_DIRECTORIES))
		return err;
	err = cdm_directory_take(&next->directories, from->directories,
				 from->directories_len, from->directory_count);
	next->asks_directories = !err;
	return err;
}

static void let_go(struct next *next)
{
	if (next->rules && next->rules != &builtin)
		cdm_rules_free(next->rules);
	if (next->asks_directories)
		cdm_directory_free(&next->directories);
	while (next->file_count)
		fput(next->files[--next->file_count]);
	kvfree(next->files);
	kvfree(next->tagged);
}

/* No decision is by a part of it. Return: 0; -ENOSPC: nothing has changed */
static int put(struct next *next, const struct coredump_mon_rate *rates, u32 *old_mode)
{
	int err;

	cdm_switch_on();
	err = cdm_tag_add_all(next->files, next->file_count, next->tagged);
	if (!err) {
		rcu_assign_pointer(cdm_rules, next->rules);
		/* What is followed has the rates that are. */
		if (!next->rules->follow)
			cdm_fold_set_rates(rates);
		if (next->asks_directories)
			cdm_directory_change(&next->directories);
		if (next->mode != CDM_MODE_STAYS)
			*old_mode = cdm_mode_change(next->mode);
	}
	cdm_switch_done();
	return err;
}

/* What was asked for and is as it was is no change, but for the rules. */
static void tell(const struct next *next, const struct cdm_rules *old, u32 old_tags,
		 u32 old_mode)
{
	const struct cdm_directory_next *directories = &next->directories;
	u32 i;

	cdm_change_rules(&old->summary, &next->rules->summary);
	if (next->asks_directories && directories->differs)
		cdm_change_directories(directories->paths, directories->old_count,
				       directories->count);
	for (i = 0; i < next->file_count; i++) {
		if (!next->tagged[i])
			continue;
		cdm_change_tag(COREDUMP_MON_CHANGE_TAG_ADD, &next->files[i]->f_path,
			       old_tags, old_tags + 1);
		old_tags++;
	}
	if (next->mode != CDM_MODE_STAYS && next->mode != old_mode)
		cdm_change_mode(COREDUMP_MON_CHANGE_MODE, old_mode, next->mode);
}

/* Under the lock. */
static int change(struct next *next, const struct coredump_mon_rules *from)
{
	struct cdm_rules *rules = next->rules, *old = rules_now();
	u32 old_tags, old_mode = 0;
	int err = 0;

	if (rules->follow)
		err = cdm_rules_keep(rules, old) ?: cdm_summary_make(rules);
	if (err)
		return err;
	err = cdm_mode_prepare(rules->refused, next->mode);
	if (err) {
		if (next->mode == COREDUMP_MON_ENFORCING)
			cdm_change_mode(COREDUMP_MON_CHANGE_REFUSED, 0, -err);
		return err;
	}
	old_tags = cdm_tag_count();
	err = put(next, from->rates, &old_mode);
	if (!err)
		synchronize_rcu();
	cdm_mode_prepared(err ? old->refused : rules->refused);
	if (err)
		return err;
	if (rules->follow)
		cdm_rules_kept(rules, old);
	tell(next, old, old_tags, old_mode);
	next->rules = old;
	return 0;
}

/**
 * cdm_rules_set() - COREDUMP_MON_IOC_SET_RULES
 * @from: the rules, and what else is asked for
 *
 * Return: 0, or as the request says, when nothing has changed
 */
long cdm_rules_set(const struct coredump_mon_rules *from)
{
	struct next next = { .mode = CDM_MODE_STAYS };
	int err = take(&next, from);

	if (!err && next.asks_directories)
		err = cdm_directory_begin_change(&next.directories);
	if (err)
		goto let_go;
	mutex_lock(&lock);
	err = change(&next, from);
	mutex_unlock(&lock);
	if (next.asks_directories)
		cdm_directory_end_change(&next.directories);
let_go:
	let_go(&next);
	return err;
}

static int copy_out(u64 to, const void *from, size_t len)
{
	return copy_to_user(u64_to_user_ptr(to), from, len) ? -EFAULT : 0;
}

/* Rules and text, one behind the other, to be copied out without the lock. */
static void *duplicate(const struct cdm_rules *rules)
{
	void *copy = kvmalloc(rules->raw_len + rules->text_len + 1, GFP_KERNEL);

	if (copy) {
		memcpy(copy, rules->raw, rules->raw_len);
		memcpy(copy + rules->raw_len, rules->text, rules->text_len);
	}
	return copy;
}

/**
 * cdm_rules_get() - COREDUMP_MON_IOC_GET_RULES
 * @to: filled in
 *
 * Return: 0, or as the request says
 */
long cdm_rules_get(struct coredump_mon_rules *to)
{
	u64 rules_room = to->rules_len, text_room = to->text_len;
	const struct cdm_rules *rules;
	void *copy;
	long ret;

	if (to->flags || to->count || to->fallback || to->classes ||
	    to->reserved || memchr_inv(to->rates, 0, sizeof(*to) -
				       offsetof(struct coredump_mon_rules, rates)))
		return -EINVAL;
	mutex_lock(&lock);
	rules = rules_now();
	cdm_summary_head(rules, to);
	cdm_fold_get_rates(to->rates);
	copy = duplicate(rules);
	mutex_unlock(&lock);
	if (!copy)
		return -ENOMEM;
	if (to->rules_len > rules_room || to->text_len > text_room)
		ret = -ENOSPC;
	else
		ret = copy_out(to->rules, copy, to->rules_len) ?:
		      copy_out(to->text, copy + to->rules_len, to->text_len);
	kvfree(copy);
	return ret;
}

/* Those in force now, in short. */
void cdm_rules_summary(struct coredump_mon_summary *to)
{
	rcu_read_lock();
	*to = rcu_dereference(cdm_rules)->summary;
	rcu_read_unlock();
}

/* Return: 0, or -ENOMEM */
int cdm_rules_init(void)
{
	builtin.policy = cdm_policy_builtin;
	rcu_assign_pointer(cdm_rules, &builtin);
	return cdm_summary_make(&builtin);
}

void cdm_rules_exit(void)
{
	struct cdm_rules *rules = rcu_dereference_protected(cdm_rules, true);

	if (rules != &builtin)
		cdm_rules_free(rules);
}
