// SPDX-License-Identifier: GPL-2.0
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/path.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/string_helpers.h>

#include "compat.h"
#include "mounts.h"

/* Of a longer line only the beginning counts, in which it says what is mounted where. */
#define ROOM	(5 * 4 * PATH_MAX)

/* Used by the one worker that follows directories, and when that is no more. */
static struct vfsmount *procfs;
/* Tells whether there was a change since it was opened or asked. */
static struct file *table;

/* As a worker sees it, which is in the initial PID namespace. */
static struct file *open_table(void)
{
	struct file *file;
	struct path path;
	int err;

	if (!procfs) {
		struct file_system_type *type = get_fs_type("proc");
		struct vfsmount *mnt = type ? kern_mount(type) : ERR_PTR(-ENODEV);

		if (IS_ERR(mnt))
			return ERR_CAST(mnt);
		procfs = mnt;
	}
	err = vfs_path_lookup(procfs->mnt_root, procfs, "1/mountinfo", 0, &path);
	if (err)
		return ERR_PTR(err);
	file = dentry_open(&path, O_RDONLY, current_cred());
	path_put(&path);
	return file;
}

/* Whether mounts came or went since cdm_mounts_each(). Context: the worker. */
bool cdm_mounts_changed(void)
{
	return !table || vfs_poll(table, NULL) & EPOLLERR;
}

/* Ends a field, which is replaced by what it stands for. NULL: it is the last. */
static char *cut(char **line)
{
	char *field = strsep(line, " ");

	if (field)
		string_unescape_inplace(field, UNESCAPE_OCTAL);
	return field;
}

/*
 * ID PARENT MAJOR:MINOR ROOT AT OPTIONS [TAG...] - TYPE SOURCE OPTIONS, see
 * proc_pid_mountinfo(5).
 */
static bool parse(char *line, struct cdm_mount *mount)
{
	unsigned int major, minor;
	char *field;

	cut(&line);
	cut(&line);
	field = cut(&line);
	if (!field || sscanf(field, "%u:%u", &major, &minor) != 2)
		return false;
	mount->dev = MKDEV(major, minor);
	cut(&line);
	mount->at = cut(&line);
	while (line && strncmp(line, "- ", 2))
		cut(&line);
	cut(&line);
	field = cut(&line);
	/* Where the line ends before it says so, it may be. */
	mount->is_users = !field || !strncmp(field, "fuse", 4);
	return mount->at;
}

static int read_table(struct file *file, char *buf,
		      void (*each)(const struct cdm_mount *mount, void *arg),
		      void *arg)
{
	bool too_long = false;
	size_t len = 0;
	loff_t pos = 0;

	for (;;) {
		ssize_t n = kernel_read(file, buf + len, ROOM - len, &pos);
		char *line = buf, *end;
		struct cdm_mount mount;

		if (n <= 0)
			return n;
		len += n;
		while ((end = memchr(line, '\n', buf + len - line))) {
			*end = '\0';
			if (!too_long && parse(line, &mount))
				each(&mount, arg);
			too_long = false;
			line = end + 1;
		}
		len -= line - buf;
		memmove(buf, line, len);
		if (len == ROOM) {
			buf[ROOM] = '\0';
			if (!too_long && parse(buf, &mount))
				each(&mount, arg);
			too_long = true;
			len = 0;
		}
		cond_resched();
	}
}

/**
 * cdm_mounts_each() - look at each mount that PID 1 sees
 * @each: called with each, and @arg
 * @arg: for it
 *
 * Context: the worker.
 * Return: 0, or an error: not all were seen
 */
int cdm_mounts_each(void (*each)(const struct cdm_mount *mount, void *arg),
		    void *arg)
{
	char *buf = kvmalloc(ROOM + 1, GFP_KERNEL);
	struct file *file;
	int err;

	if (!buf)
		return -ENOMEM;
	/* Another one, as PID 1 may have changed its root. */
	file = open_table();
	err = PTR_ERR_OR_ZERO(file);
	if (!err) {
		if (table)
			fput(table);
		table = file;
		err = read_table(file, buf, each, arg);
	}
	kvfree(buf);
	return err;
}

/* When there is no worker any more. */
void cdm_mounts_exit(void)
{
	if (table)
		fput(table);
	if (procfs)
		kern_unmount(procfs);
}
