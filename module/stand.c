// SPDX-License-Identifier: GPL-2.0
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/magic.h>
#include <linux/namei.h>
#include <linux/path.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"
#include "stand.h"
#include "tag.h"

#define NAMES_ROOM		(64 * 1024)
/* How much is looked at for one directory, with all below it. */
#define ENTRIES_MAX		(4 * COREDUMP_MON_TAGS_MAX)
#define DIRECTORIES_MAX		1024

/**
 * struct place - a directory to be looked into
 * @node: in @places
 * @path: with a reference
 */
struct place {
	struct list_head node;
	struct path path;
};

/**
 * struct search - what is being looked at
 * @places: directories that were found, the first found first
 * @directories: how many have been
 * @entries: how many names have been read
 * @names: some of a directory, each terminated
 */
struct search {
	struct list_head places;
	u32 directories;
	u32 entries;
	char *names;
};

/**
 * struct batch - what is read of a directory at once
 * @ctx: for iterate_dir()
 * @names: of regular files and directories, each terminated
 * @len: bytes of them
 * @entries: how many were read, of any kind
 */
struct batch {
	struct dir_context ctx;
	char *names;
	u32 len;
	u32 entries;
};

/* What was not looked at, or could not be tagged. Any context may add to it. */
static atomic64_t left;

static CDM_FILLDIR collect(struct dir_context *ctx, const char *name, int len,
			   loff_t offset, u64 ino, unsigned int type)
{
	struct batch *batch = container_of(ctx, struct batch, ctx);

	if (batch->len + len + 1 > NAMES_ROOM || batch->entries == ENTRIES_MAX)
		return CDM_FILLDIR_STOP;
	batch->entries++;
	if (type != DT_REG && type != DT_DIR && type != DT_UNKNOWN)
		return CDM_FILLDIR_MORE;
	if (len <= 2 && !strncmp(name, "..", len))
		return CDM_FILLDIR_MORE;
	memcpy(batch->names + batch->len, name, len);
	batch->names[batch->len + len] = '\0';
	batch->len += len + 1;
	return CDM_FILLDIR_MORE;
}

static void add_place(struct search *search, const struct path *path)
{
	struct place *place = NULL;

	if (search->directories < DIRECTORIES_MAX)
		place = kmalloc(sizeof(*place), GFP_KERNEL);
	if (!place) {
		atomic64_inc(&left);
		return;
	}
	search->directories++;
	place->path = *path;
	path_get(&place->path);
	list_add_tail(&place->node, &search->places);
}

static void look_at(struct search *search, const struct path *directory,
		    const char *name)
{
	const struct inode *inode;
	struct path path;
	int err;

	/* Neither through links nor to what is mounted there. */
	err = vfs_path_lookup(directory->dentry, directory->mnt, name,
			      LOOKUP_NO_XDEV, &path);
	if (err) {
		if (err != -ENOENT && err != -EXDEV)
			atomic64_inc(&left);
		return;
	}
	inode = d_backing_inode(path.dentry);
	if (S_ISDIR(inode->i_mode))
		add_place(search, &path);
	else if (S_ISREG(inode->i_mode) &&
		 cdm_tag_add(inode, COREDUMP_MON_TAG_STOOD, false) == -ENOSPC)
		atomic64_inc(&left);
	path_put(&path);
}

static bool may_go_on(const struct search *search)
{
	return search->entries < ENTRIES_MAX && !fatal_signal_pending(current);
}

/* False: nothing more is to be looked into. */
static bool look_into(struct search *search, const struct path *directory)
{
	struct batch batch = {
		.ctx.actor = collect,
		.names = search->names,
	};
	struct file *file;
	const char *name;
	int err;

	file = dentry_open(directory, O_RDONLY | O_DIRECTORY | O_NOATIME,
			   current_cred());
	if (IS_ERR(file)) {
		atomic64_inc(&left);
		return true;
	}
	do {
		batch.len = 0;
		batch.entries = 0;
		err = iterate_dir(file, &batch.ctx);
		for (name = batch.names; name < batch.names + batch.len;
		     name += strlen(name) + 1) {
			look_at(search, directory, name);
			cond_resched();
		}
		search->entries += batch.entries;
	} while (!err && batch.entries && may_go_on(search));
	fput(file);
	if (err || batch.entries)
		atomic64_inc(&left);
	return may_go_on(search);
}

/*
 * Whether it is files that are there, and not a process of some user's, for which
 * all others would wait.
 */
static bool may_be_searched(const struct super_block *sb)
{
	switch (sb->s_magic) {
	case FUSE_SUPER_MAGIC:
	case PROC_SUPER_MAGIC:
	case SYSFS_MAGIC:
		return false;
	}
	return true;
}

/**
 * cdm_stand_tag() - tag what stands below a directory
 * @directory: with a reference
 *
 * As far as there is room for what nobody dumped or asked for: what is left out is
 * counted. What is there by its directory is a core file all the same.
 *
 * Context: task, or worker.
 */
void cdm_stand_tag(const struct path *directory)
{
	struct search search = { .names = kvmalloc(NAMES_ROOM, GFP_KERNEL) };
	bool more = search.names && may_be_searched(directory->dentry->d_sb);

	INIT_LIST_HEAD(&search.places);
	if (more)
		add_place(&search, directory);
	else
		atomic64_inc(&left);
	while (!list_empty(&search.places)) {
		struct place *place = list_first_entry(&search.places,
						       struct place, node);

		if (more)
			more = look_into(&search, &place->path);
		else
			atomic64_inc(&left);
		list_del(&place->node);
		path_put(&place->path);
		kfree(place);
	}
	kvfree(search.names);
}

/* Files and directories that were left out. Context: any. */
u64 cdm_stand_left(void)
{
	return atomic64_read(&left);
}
