// SPDX-License-Identifier: GPL-2.0
#include <linux/build_bug.h>
#include <linux/capability.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/user_namespace.h>
#include <linux/coredump_mon.h>

#include "alter.h"
#include "alteration.h"
#include "change.h"
#include "chardev.h"
#include "directory.h"
#include "dump.h"
#include "exec.h"
#include "fold.h"
#include "gcore.h"
#include "lock.h"
#include "mode.h"
#include "open.h"
#include "pattern.h"
#include "probe.h"
#include "ring.h"
#include "rules.h"
#include "sender.h"
#include "stand.h"
#include "tag.h"

/**
 * struct request - an ioctl
 * @cmd: COREDUMP_MON_IOC_*; the size in it is that of its structure
 * @first: bytes of the first version of that; 0: it is still the first
 * @changes: it changes something
 * @run: does it: @arg is the structure, all of it known and flags checked;
 *	what it leaves there goes back to the user if the request is one that
 *	reads
 */
struct request {
	unsigned int cmd;
	u32 first;
	bool changes;
	long (*run)(struct file *file, struct cdm_reader *reader, void *arg);
};

union argument {
	u32 size;
	struct coredump_mon_info info;
	struct coredump_mon_probe probe;
	struct coredump_mon_stats stats;
	struct coredump_mon_mode mode;
	struct coredump_mon_buffer buffer;
	struct coredump_mon_tag_file tag;
	struct coredump_mon_seek seek;
	struct coredump_mon_rules rules;
	struct coredump_mon_lock lock;
};

static long get_info(struct file *file, struct cdm_reader *reader, void *arg)
{
	struct coredump_mon_info *info = arg;
	bool relative;

	memset(info, 0, sizeof(*info));
	info->abi_version = COREDUMP_MON_ABI_VERSION;
	strscpy(info->version, THIS_MODULE->version ?: "", sizeof(info->version));
	cdm_mode_info(info);
	info->probes = cdm_probe_count();
	info->pattern = cdm_pattern_kind(&relative);
	BUILD_BUG_ON(sizeof(info->core_pattern) != CDM_PATTERN_SIZE);
	cdm_pattern_get(info->core_pattern);
	info->locked = cdm_lock_is_set();
	cdm_rules_summary(&info->rules);
	return 0;
}

static long get_probe(struct file *file, struct cdm_reader *reader, void *arg)
{
	struct coredump_mon_probe *probe = arg;
	u32 index = probe->index;

	if (probe->flags || probe->reserved)
		return -EINVAL;
	memset(probe, 0, sizeof(*probe));
	return cdm_probe_describe(index, probe);
}

static long get_stats(struct file *file, struct cdm_reader *reader, void *arg)
{
	struct coredump_mon_stats *stats = arg;

	memset(stats, 0, sizeof(*stats));
	stats->readers = cdm_chardev_readers();
	stats->walk_races = cdm_directory_races();
	cdm_directory_stats(stats);
	stats->untagged = cdm_stand_left();
	cdm_ring_stats(stats);
	cdm_tag_stats(stats);
	cdm_gcore_stats(stats);
	cdm_exec_stats(stats);
	cdm_open_stats(stats);
	cdm_alter_stats(stats);
	cdm_alteration_stats(stats);
	cdm_dump_stats(stats);
	cdm_sender_stats(stats);
	cdm_fold_stats(stats);
	if (mutex_lock_interruptible(&reader->lock))
		return -ERESTARTSYS;
	stats->reader_lost = reader->cursor.told;
	mutex_unlock(&reader->lock);
	return 0;
}

static long seek(struct file *file, struct cdm_reader *reader, void *arg)
{
	const struct coredump_mon_seek *seek = arg;
	long ret;

	if (seek->flags)
		return -EINVAL;
	if (mutex_lock_interruptible(&reader->lock))
		return -ERESTARTSYS;
	ret = cdm_ring_seek(&reader->cursor, seek->seq);
	mutex_unlock(&reader->lock);
	return ret;
}

/* Gives a list to the user, if it fits. */
static long give_list(struct coredump_mon_buffer *buffer, const void *list,
		      size_t len)
{
	bool fits = len <= buffer->buffer_len;

	buffer->buffer_len = len;
	if (!fits)
		return -ENOSPC;
	return copy_to_user(u64_to_user_ptr(buffer->buffer), list, len) ?
	       -EFAULT : 0;
}

static long get_directories(struct file *file, struct cdm_reader *reader,
			    void *arg)
{
	struct coredump_mon_buffer *buffer = arg;
	size_t room = 0, len;
	void *list = NULL;
	long ret;

	if (buffer->flags || buffer->reserved)
		return -EINVAL;
	/* They may have become more in between. */
	for (;;) {
		len = cdm_directory_list(list, room, &buffer->count);
		if (len <= room)
			break;
		kvfree(list);
		room = len;
		list = kvmalloc(room, GFP_KERNEL);
		if (!list)
			return -ENOMEM;
	}
	ret = give_list(buffer, list, len);
	kvfree(list);
	return ret;
}

static long get_tags(struct file *file, struct cdm_reader *reader, void *arg)
{
	struct coredump_mon_buffer *buffer = arg;
	struct coredump_mon_saved_tag *saved;
	struct coredump_mon_tag *tags;
	long ret;
	u32 i;

	if (buffer->flags & ~COREDUMP_MON_BUFFER_SAVED || buffer->reserved)
		return -EINVAL;
	saved = kvcalloc(COREDUMP_MON_TAGS_MAX, sizeof(*saved), GFP_KERNEL);
	if (!saved)
		return -ENOMEM;
	buffer->count = cdm_tag_list(saved, COREDUMP_MON_TAGS_MAX);
	if (buffer->flags & COREDUMP_MON_BUFFER_SAVED) {
		ret = give_list(buffer, saved,
				(size_t)buffer->count * sizeof(*saved));
	} else {
		tags = (struct coredump_mon_tag *)saved;
		for (i = 1; i < buffer->count; i++)
			memmove(&tags[i], &saved[i].tag, sizeof(*tags));
		ret = give_list(buffer, tags,
				(size_t)buffer->count * sizeof(*tags));
	}
	kvfree(saved);
	return ret;
}

/* Enforcing for as long as a descriptor lives. */
static long set_hold(struct cdm_reader *reader, bool hold)
{
	u32 old;
	long ret = 0;

	if (mutex_lock_interruptible(&reader->lock))
		return -ERESTARTSYS;
	if (hold == reader->holds)
		goto unlock;
	if (hold)
		ret = cdm_mode_hold(&old);
	else
		cdm_mode_release(&old);
	if (ret) {
		cdm_change_mode(COREDUMP_MON_CHANGE_REFUSED, 0, -ret);
		goto unlock;
	}
	reader->holds = hold;
	cdm_change_mode(COREDUMP_MON_CHANGE_HOLD, old, hold ? old + 1 : old - 1);
unlock:
	mutex_unlock(&reader->lock);
	return ret;
}

static long set_mode(struct file *file, struct cdm_reader *reader, void *arg)
{
	const struct coredump_mon_mode *mode = arg;
	u32 old;
	long ret;

	if (mode->flags & ~COREDUMP_MON_MODE_HOLD || mode->reserved)
		return -EINVAL;
	if (mode->mode != COREDUMP_MON_PERMISSIVE &&
	    mode->mode != COREDUMP_MON_ENFORCING)
		return -EINVAL;
	if (mode->flags & COREDUMP_MON_MODE_HOLD)
		return set_hold(reader, mode->mode == COREDUMP_MON_ENFORCING);
	ret = cdm_mode_set(mode->mode, &old);
	if (ret)
		cdm_change_mode(COREDUMP_MON_CHANGE_REFUSED, 0, -ret);
	else
		cdm_change_mode(COREDUMP_MON_CHANGE_MODE, old, mode->mode);
	return ret;
}

static long set_directories(struct file *file, struct cdm_reader *reader,
			    void *arg)
{
	const struct coredump_mon_buffer *buffer = arg;
	struct cdm_directory_next next;
	long ret;

	if (buffer->flags || buffer->reserved)
		return -EINVAL;
	ret = cdm_directory_take(&next, buffer->buffer, buffer->buffer_len,
				 buffer->count);
	if (ret)
		return ret;
	ret = cdm_directory_begin_change(&next);
	if (!ret) {
		cdm_directory_change(&next);
		cdm_change_directories(next.paths, next.old_count, next.count);
		cdm_directory_end_change(&next);
	}
	cdm_directory_free(&next);
	return ret;
}

static long restore_tags(struct file *file, struct cdm_reader *reader, void *arg)
{
	const struct coredump_mon_buffer *buffer = arg;
	struct coredump_mon_saved_tag *saved;
	u32 old = cdm_tag_count();
	long ret = 0;
	u32 i;

	if (buffer->flags != COREDUMP_MON_BUFFER_SAVED || buffer->reserved)
		return -EINVAL;
	if (buffer->count > COREDUMP_MON_TAGS_MAX)
		return -E2BIG;
	if (buffer->buffer_len != (u64)buffer->count * sizeof(*saved))
		return -EINVAL;
	saved = kvmalloc(buffer->buffer_len + 1, GFP_KERNEL);
	if (!saved)
		return -ENOMEM;
	if (copy_from_user(saved, u64_to_user_ptr(buffer->buffer),
			   buffer->buffer_len))
		ret = -EFAULT;
	for (i = 0; i < buffer->count && !ret; i++)
		ret = cdm_tag_saved_valid(&saved[i]) ? 0 : -EINVAL;
	if (!ret) {
		cdm_tag_restore(saved, buffer->count);
		cdm_change_mode(COREDUMP_MON_CHANGE_RESTORED, old,
				cdm_tag_count());
	}
	kvfree(saved);
	return ret;
}

static long wake_tags(struct file *file, struct cdm_reader *reader, void *arg)
{
	const struct coredump_mon_tag_file *any = arg;
	struct file *there;

	if (any->flags || any->reserved)
		return -EINVAL;
	there = fget_raw(any->fd);
	if (!there)
		return -EBADF;
	cdm_tag_wake_sb(there->f_path.dentry->d_sb);
	fput(there);
	return 0;
}

static long change_tag(const struct coredump_mon_tag_file *tag, u32 change)
{
	u32 old = cdm_tag_count();
	const struct inode *inode;
	struct file *file;
	long ret;

	if (tag->flags || tag->reserved)
		return -EINVAL;
	file = fget_raw(tag->fd);
	if (!file)
		return -EBADF;
	inode = d_backing_inode(file->f_path.dentry);
	if (!S_ISREG(inode->i_mode))
		ret = -EINVAL;
	else if (change == COREDUMP_MON_CHANGE_TAG_ADD)
		ret = cdm_tag_add(inode, COREDUMP_MON_TAG_USER, false);
	else
		ret = cdm_tag_drop(inode) ? 0 : -ENOENT;
	if (!ret)
		cdm_change_tag(change, &file->f_path, old, cdm_tag_count());
	fput(file);
	return ret;
}

static long tag_add(struct file *file, struct cdm_reader *reader, void *arg)
{
	return change_tag(arg, COREDUMP_MON_CHANGE_TAG_ADD);
}

static long tag_drop(struct file *file, struct cdm_reader *reader, void *arg)
{
	return change_tag(arg, COREDUMP_MON_CHANGE_TAG_DROP);
}

static long set_rules(struct file *file, struct cdm_reader *reader, void *arg)
{
	return cdm_rules_set(arg);
}

static long get_rules(struct file *file, struct cdm_reader *reader, void *arg)
{
	return cdm_rules_get(arg);
}

static long set_lock(struct file *file, struct cdm_reader *reader, void *arg)
{
	const struct coredump_mon_lock *lock = arg;

	return lock->flags ? -EINVAL : cdm_lock_set();
}

static const struct request requests[] = {
	{ COREDUMP_MON_IOC_INFO,
	  offsetofend(struct coredump_mon_info, core_pattern), false, get_info },
	{ COREDUMP_MON_IOC_PROBE, 0, false, get_probe },
	{ COREDUMP_MON_IOC_STATS,
	  offsetofend(struct coredump_mon_stats, loaded_ns), false, get_stats },
	{ COREDUMP_MON_IOC_SEEK, 0, false, seek },
	{ COREDUMP_MON_IOC_GET_DIRECTORIES, 0, false, get_directories },
	{ COREDUMP_MON_IOC_GET_TAGS, 0, false, get_tags },
	{ COREDUMP_MON_IOC_GET_RULES,
	  offsetofend(struct coredump_mon_rules, text), false, get_rules },
	{ COREDUMP_MON_IOC_SET_MODE, 0, true, set_mode },
	{ COREDUMP_MON_IOC_SET_DIRECTORIES, 0, true, set_directories },
	{ COREDUMP_MON_IOC_TAG_ADD, 0, true, tag_add },
	{ COREDUMP_MON_IOC_TAG_DROP, 0, true, tag_drop },
	{ COREDUMP_MON_IOC_RESTORE_TAGS, 0, true, restore_tags },
	{ COREDUMP_MON_IOC_WAKE_TAGS, 0, true, wake_tags },
	{ COREDUMP_MON_IOC_SET_RULES,
	  offsetofend(struct coredump_mon_rules, text), true, set_rules },
	{ COREDUMP_MON_IOC_LOCK, 0, true, set_lock },
};

/* By type and number: the encoded size may be an older or a newer one. */
static const struct request *find(unsigned int cmd)
{
	unsigned int i;

	if (_IOC_TYPE(cmd) != COREDUMP_MON_IOC_MAGIC)
		return NULL;
	for (i = 0; i < ARRAY_SIZE(requests); i++) {
		if (_IOC_NR(requests[i].cmd) == _IOC_NR(cmd))
			return &requests[i];
	}
	return NULL;
}

/* Gives back as much of a structure as both sides know. */
static int give_back(void __user *to, union argument *arg, u32 user_size,
		     u32 size)
{
	arg->size = size;
	if (copy_to_user(to, arg, min(user_size, size)))
		return -EFAULT;
	return 0;
}

/* Has a request done that the caller may make. */
static long carry_out(const struct request *request, struct file *file,
		      void __user *user)
{
	u32 size = _IOC_SIZE(request->cmd), user_size;
	union argument argument = {};
	long ret;

	if (get_user(user_size, (u32 __user *)user))
		return -EFAULT;
	if (user_size < (request->first ?: size))
		return -EINVAL;
	if (user_size > PAGE_SIZE)
		return -E2BIG;
	ret = copy_struct_from_user(&argument, size, user, user_size);
	if (ret)
		return ret;
	ret = request->run(file, file->private_data, &argument);
	/* A list that does not fit says how much room it needs. */
	if (_IOC_DIR(request->cmd) & _IOC_READ && (!ret || ret == -ENOSPC) &&
	    give_back(user, &argument, user_size, size))
		return -EFAULT;
	return ret;
}

/**
 * cdm_ioctl() - a request
 * @file: the descriptor's
 * @cmd: COREDUMP_MON_IOC_*
 * @arg: its structure, in user space
 *
 * Return: as the ABI header says, which gives the order of the checks too
 */
long cdm_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	const struct request *request = find(cmd);
	void __user *user = (void __user *)arg;
	long ret;

	if (!request)
		return -ENOTTY;
	if (request->changes && !(file->f_mode & FMODE_WRITE))
		return -EBADF;
	if (request->changes && !capable(CAP_MAC_ADMIN))
		return -EPERM;
	if (!request->changes || request->run == set_lock)
		return carry_out(request, file, user);
	ret = cdm_lock_change_begin();
	if (ret)
		return ret;
	ret = carry_out(request, file, user);
	cdm_lock_change_end();
	return ret;
}
