// SPDX-License-Identifier: GPL-2.0
#include <linux/cred.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/user_namespace.h>

#include "event.h"
#include "tag_table.h"

static struct cdm_tag *find(const struct inode *inode)
{
	return cdm_tag_find(inode->i_sb, inode->i_ino, inode->i_generation);
}

/**
 * cdm_tag_has() - whether a file is tagged
 * @inode: the file
 * @tell: filled in with what is told of its tag, if it is
 *
 * Context: any but hard interrupt.
 */
bool cdm_tag_has(const struct inode *inode, struct coredump_mon_tag *tell)
{
	struct cdm_tag *tag;

	if (!cdm_tag_maybe(inode))
		return false;
	raw_spin_lock(&cdm_tag_lock);
	tag = find(inode);
	if (tag)
		*tell = tag->tell;
	raw_spin_unlock(&cdm_tag_lock);
	return tag;
}

/* What is told of a tag of the current task's. */
static struct coredump_mon_tag describe(const struct inode *inode, u32 origin)
{
	struct coredump_mon_tag tell = {
		.ino = inode->i_ino,
		.generation = inode->i_generation,
		.origin = origin,
		.pid = task_tgid_nr(current),
		.realtime_ns = cdm_event_now().realtime,
	};

	strscpy(tell.comm, current->comm, sizeof(tell.comm));
	return tell;
}

/* As cdm_tag_add(), of a file that is not tagged. */
static int add(const struct inode *inode, const struct coredump_mon_tag *tell,
	       bool evict)
{
	uid_t uid = from_kuid(&init_user_ns, current_real_cred()->uid);
	struct cdm_tag *tag;

	tag = cdm_tag_make_room(uid, tell,
				cdm_tag_lasting(inode->i_sb, inode->i_generation),
				evict);
	if (!tag)
		return -ENOSPC;
	cdm_tag_get_up(tag, inode->i_sb);
	return 0;
}

/**
 * cdm_tag_add() - tag a file
 * @inode: the file
 * @origin: enum coredump_mon_tag_origin; the current task is who did it
 * @evict: if all tags are in use, the oldest makes place, and is counted: one of
 *	a file that was just written or moved; or for a user who has half of
 *	all, one of its own
 *
 * Context: any but hard interrupt.
 * Return: 0; -EEXIST: it is tagged; -ENOSPC: all are in use
 */
int cdm_tag_add(const struct inode *inode, u32 origin, bool evict)
{
	struct coredump_mon_tag tell = describe(inode, origin);
	int err;

	raw_spin_lock(&cdm_tag_lock);
	err = find(inode) ? -EEXIST : add(inode, &tell, evict);
	raw_spin_unlock(&cdm_tag_lock);
	return err;
}

/**
 * cdm_tag_add_all() - tag files that somebody asks for
 * @files: they
 * @count: how many
 * @added: set for each that was not tagged before
 *
 * Context: any but hard interrupt.
 * Return: 0; -ENOSPC: there is no room for all, and none was tagged
 */
int cdm_tag_add_all(struct file *const *files, u32 count, bool *added)
{
	struct coredump_mon_tag tell;
	u32 i, more = 0;
	int err = 0;

	if (!count)
		return 0;
	tell = describe(file_inode(files[0]), COREDUMP_MON_TAG_USER);
	raw_spin_lock(&cdm_tag_lock);
	for (i = 0; i < count; i++)
		more += !find(file_inode(files[i]));
	if (more > cdm_tag_room())
		err = -ENOSPC;
	for (i = 0; i < count && !err; i++) {
		const struct inode *inode = file_inode(files[i]);

		tell.ino = inode->i_ino;
		tell.generation = inode->i_generation;
		/* Nor is one that is there twice. */
		added[i] = !find(inode) && !add(inode, &tell, false);
	}
	raw_spin_unlock(&cdm_tag_lock);
	return err;
}

/**
 * cdm_tag_gcore() - tag a core file that a debugger wrote
 * @inode: the file
 * @pid: whose memory it holds; 0: not known
 * @comm: of that one
 *
 * In place of a tag that says less.
 *
 * Context: any but hard interrupt.
 * Return: false: nothing changed
 */
bool cdm_tag_gcore(const struct inode *inode, u32 pid, const char *comm)
{
	struct coredump_mon_tag tell = describe(inode, COREDUMP_MON_TAG_GCORE);
	struct cdm_tag *tag;
	bool done;

	tell.pid = pid;
	strscpy(tell.comm, comm, sizeof(tell.comm));
	raw_spin_lock(&cdm_tag_lock);
	tag = find(inode);
	if (tag && cdm_tag_is_incidental(tag->tell.origin)) {
		cdm_tag_end(tag);
		tag = NULL;
	}
	done = !tag && !add(inode, &tell, true);
	raw_spin_unlock(&cdm_tag_lock);
	return done;
}

/**
 * cdm_tag_drop() - end a tag
 * @inode: the file
 *
 * Context: any but hard interrupt.
 * Return: false: it is not tagged
 */
bool cdm_tag_drop(const struct inode *inode)
{
	struct cdm_tag *tag;

	raw_spin_lock(&cdm_tag_lock);
	tag = find(inode);
	if (tag)
		cdm_tag_end(tag);
	raw_spin_unlock(&cdm_tag_lock);
	return tag;
}

/* Whether a tagged file is on a block device. Context: as the others. */
bool cdm_tag_on(dev_t dev)
{
	bool found = false;
	struct cdm_tag *tag;

	raw_spin_lock(&cdm_tag_lock);
	list_for_each_entry(tag, &cdm_tag_used, age)
		found |= tag->sb && (tag->dev == dev || tag->disk == dev);
	raw_spin_unlock(&cdm_tag_lock);
	return found;
}
