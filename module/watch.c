// SPDX-License-Identifier: GPL-2.0
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/proc_fs.h>
#include <linux/stat.h>
#include <linux/string.h>

#include "compat.h"
#include "watch.h"

/* Which file it is, in a record's words. Context: any. */
struct coredump_mon_file_id cdm_watch_id(const struct inode *inode,
					 u32 file_class, u32 access,
					 bool tagged)
{
	return (struct coredump_mon_file_id) {
		.dev_major = MAJOR(inode->i_sb->s_dev),
		.dev_minor = MINOR(inode->i_sb->s_dev),
		.ino = inode->i_ino,
		.generation = inode->i_generation,
		.file_class = file_class,
		.access = access,
		.tagged = tagged,
	};
}

/* The process that a directory of procfs is about; NULL: none. */
static struct pid *pid_of(const struct dentry *dentry)
{
	const struct qstr *name = &dentry->d_name;
	unsigned int nr = 0;
	u32 i;

	/* procfs names are numbers of its pid namespace, and never change. */
	for (i = 0; i < name->len; i++) {
		if (name->name[i] < '0' || name->name[i] > '9' ||
		    nr > PID_MAX_LIMIT)
			return NULL;
		nr = nr * 10 + name->name[i] - '0';
	}
	return find_pid_ns(nr, proc_pid_ns(dentry->d_sb));
}

/**
 * cdm_watch_target() - whose /proc/PID/coredump_filter it is
 * @dentry: the file
 *
 * Context: preemption off.
 * Return: the PID, with a reference; NULL: there is none any more
 */
struct pid *cdm_watch_target(const struct dentry *dentry)
{
	struct pid *pid;

	rcu_read_lock();
	pid = get_pid(pid_of(dentry->d_parent));
	rcu_read_unlock();
	return pid;
}

/* What cdm_watch_maybe() does not tell of files that are not what they seem. */
static bool special_maybe(const struct dentry *dentry)
{
	const struct inode *inode = d_backing_inode(dentry);
	const struct dentry *real;

	if (inode->i_sb->s_magic == PROC_SUPER_MAGIC)
		return dentry->d_name.len == sizeof("coredump_filter") - 1;
	if (cdm_tag_maybe(inode) || cdm_directory_maybe(dentry, inode->i_sb))
		return true;
	real = cdm_real_dentry(dentry);
	if (real == dentry)
		return false;
	inode = d_backing_inode(real);
	return cdm_tag_maybe(inode) || cdm_directory_maybe(real, inode->i_sb);
}

static u32 class_of(const struct dentry *dentry, bool *tagged,
		    struct coredump_mon_tag *tag)
{
	const struct inode *inode = d_backing_inode(dentry);

	*tagged = false;
	if (!S_ISREG(inode->i_mode))
		return 0;
	if (inode->i_sb->s_magic == PROC_SUPER_MAGIC)
		return memcmp(dentry->d_name.name, "coredump_filter",
			      sizeof("coredump_filter") - 1) ?
		       0 : COREDUMP_MON_CLASS_COREDUMP_FILTER;
	*tagged = cdm_tag_has(inode, tag);
	return *tagged || cdm_directory_holds(dentry) ?
	       COREDUMP_MON_CLASS_CORE : 0;
}

/**
 * cdm_watch_class() - of which watched class a file is; only regular ones are
 * @dentry: the file, for which cdm_watch_maybe() did not say no; of a stacked file
 *	system, the one below takes its place if that is what is of the class
 * @tagged: it is a core file by its tag
 * @tag: filled in then
 *
 * Context: preemption off.
 * Return: enum coredump_mon_class; 0: none
 */
u32 cdm_watch_class(const struct dentry **dentry, bool *tagged,
		    struct coredump_mon_tag *tag)
{
	const struct dentry *real;
	u32 file_class;

	if ((*dentry)->d_flags & CDM_WATCH_SPECIAL && !special_maybe(*dentry)) {
		*tagged = false;
		return 0;
	}
	file_class = class_of(*dentry, tagged, tag);
	real = cdm_real_dentry(*dentry);
	if (file_class || real == *dentry)
		return file_class;
	*dentry = real;
	return class_of(real, tagged, tag);
}

/**
 * cdm_watch_tag() - tag a file
 * @dentry: the file
 * @origin: enum coredump_mon_tag_origin
 *
 * Of a stacked file system also the one below, and the file itself, which may get
 * a copy of its own.
 *
 * Context: preemption off.
 */
void cdm_watch_tag(const struct dentry *dentry, u32 origin)
{
	const struct dentry *real = cdm_real_dentry(dentry);

	cdm_tag_add(d_backing_inode(dentry), origin, true);
	if (real != dentry)
		cdm_tag_add(d_backing_inode(real), origin, true);
}

/**
 * cdm_watch_tag_gcore() - tag a core file that a debugger wrote
 * @dentry: the file
 * @pid: as cdm_tag_gcore() has it
 * @comm: the same
 *
 * Return: false: nothing changed
 */
bool cdm_watch_tag_gcore(const struct dentry *dentry, u32 pid, const char *comm)
{
	const struct dentry *real = cdm_real_dentry(dentry);

	if (real != dentry)
		cdm_tag_gcore(d_backing_inode(real), pid, comm);
	return cdm_tag_gcore(d_backing_inode(dentry), pid, comm);
}

/**
 * cdm_watch_keep() - have a core file stay one wherever it goes
 * @dentry: the file
 * @core: what is of the class, as cdm_watch_class() has it
 * @tagged: that is so by its tag
 *
 * Of a stacked file system, the file itself too: it may get a copy of its own.
 *
 * Context: preemption off.
 */
void cdm_watch_keep(const struct dentry *dentry, const struct dentry *core, bool tagged)
{
	/* All in a directory that moves is where it was, in that. */
	if (!S_ISREG(d_backing_inode(core)->i_mode))
		return;
	if (!tagged)
		cdm_tag_add(d_backing_inode(core), COREDUMP_MON_TAG_MOVED, true);
	if (core != dentry)
		cdm_tag_add(d_backing_inode(dentry), COREDUMP_MON_TAG_MOVED,
			    true);
}

/* Whether a file comes into a watched directory by a name. Context: preemption off. */
bool cdm_watch_enters(const struct dentry *dentry, const struct dentry *name)
{
	return S_ISREG(d_backing_inode(dentry)->i_mode) &&
	       cdm_directory_holds(name);
}

/* Whether it is a directory, all of which moves in, out or about by it. Likewise. */
bool cdm_watch_moves(const struct dentry *dentry, const struct dentry *name)
{
	return S_ISDIR(d_backing_inode(dentry)->i_mode) &&
	       (cdm_directory_holds(dentry) || cdm_directory_holds(name));
}
