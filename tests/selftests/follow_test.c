// SPDX-License-Identifier: GPL-2.0
/*
 * A watched directory is what its path leads to, and what it has led to before.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "cdm.h"
#include "cdm_fuse.h"

#define LIST	(1 << 20)

FIXTURE(follow)
{
	struct cdm_env env;
	/* Not there yet, below what is not watched. */
	char path[128];
	char moved[128];
	char *list;
};

FIXTURE_SETUP(follow)
{
	const char *const paths[] = { self->path };

	ASSERT_EQ(0, cdm_env_up(&self->env));
	snprintf(self->path, sizeof(self->path), "%s/cores",
		 self->env.elsewhere);
	snprintf(self->moved, sizeof(self->moved), "%s/moved",
		 self->env.elsewhere);
	self->list = malloc(LIST);
	ASSERT_NE(NULL, self->list);
	ASSERT_EQ(0, cdm_set_directories(self->env.reader.fd, paths, 1));
	ASSERT_EQ(0, cdm_reader_seek(&self->env.reader, SEEK_END));
}

FIXTURE_TEARDOWN(follow)
{
	umount2(self->path, MNT_DETACH);
	free(self->list);
	cdm_env_down(&self->env);
}

/*
 * The next record of a change, if it is of what paths lead to, names none but
 * that one, and says that so many were there and are.
 */
static bool followed_at(FIXTURE_DATA(follow) *self, const char *which, __u32 old,
			__u32 new)
{
	const struct coredump_mon_policy *policy;
	const struct coredump_mon_record *rec;
	const char *path;

	rec = cdm_next_of(&self->env.reader, COREDUMP_MON_POLICY, 0);
	if (!rec)
		return false;
	policy = cdm_policy(rec);
	path = cdm_string(cdm_get(rec, 0, COREDUMP_MON_A_PATH));
	return policy && policy->change == COREDUMP_MON_CHANGE_FOLLOWED &&
	       policy->old_value == old && policy->new_value == new &&
	       path && !strcmp(path, which) &&
	       !cdm_get_nth(rec, 0, COREDUMP_MON_A_PATH, 1).data &&
	       !cdm_get(rec, 0, COREDUMP_MON_A_PROCESS).data;
}

static bool followed(FIXTURE_DATA(follow) *self, __u32 old, __u32 new)
{
	return followed_at(self, self->path, old, new);
}

/* How many entries of the list are in a state and have these flags. */
static int entries(FIXTURE_DATA(follow) *self, __u32 state, __u32 flags)
{
	struct coredump_mon_buffer out = {
		.size = sizeof(out),
		.buffer = (uintptr_t)self->list,
		.buffer_len = LIST,
	};
	const char *at = self->list;
	int n = 0;
	__u32 i;

	if (ioctl(self->env.reader.fd, COREDUMP_MON_IOC_GET_DIRECTORIES, &out))
		return -1;
	for (i = 0; i < out.count; i++) {
		const struct coredump_mon_directory *dir = (const void *)at;

		n += dir->state == state && dir->flags == flags;
		at += dir->len;
	}
	return n;
}

#define NOW	0
#define FORMER	COREDUMP_MON_DIRECTORY_FORMER
#define MOUNTED	COREDUMP_MON_DIRECTORY_MOUNTED

/* Whether a file made there is a core file, seen, and refused while enforcing. */
static bool is_watched(FIXTURE_DATA(follow) *self, const char *dir,
		       const char *name)
{
	char path[256];
	bool refused;
	pid_t pid;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if (access(path, F_OK) && cdm_make_file(path, "x"))
		return false;
	pid = cdm_fork(cdm_open_read, path);
	if (cdm_wait(pid) ||
	    cdm_count(&self->env.reader, COREDUMP_MON_OPEN, pid) != 1)
		return false;
	if (cdm_set_mode(self->env.reader.fd, COREDUMP_MON_ENFORCING, 0))
		return false;
	refused = open(path, O_RDONLY) < 0 && errno == EACCES;
	/* And what is told of the mode is not to be taken for what was followed. */
	return !cdm_set_mode(self->env.reader.fd, COREDUMP_MON_PERMISSIVE, 0) &&
	       cdm_next_of(&self->env.reader, COREDUMP_MON_POLICY, getpid()) &&
	       cdm_next_of(&self->env.reader, COREDUMP_MON_POLICY, getpid()) &&
	       refused;
}

TEST_F(follow, appears_and_is_made_again)
{
	EXPECT_EQ(1, entries(self, COREDUMP_MON_DIRECTORY_MISSING, NOW));
	ASSERT_EQ(0, mkdir(self->path, 0755));
	ASSERT_TRUE(followed(self, 0, 1));
	EXPECT_EQ(1, entries(self, COREDUMP_MON_DIRECTORY_WATCHED, NOW));
	EXPECT_TRUE(is_watched(self, self->path, "one"));

	ASSERT_EQ(0, rename(self->path, self->moved));
	ASSERT_TRUE(followed(self, 1, 0));
	EXPECT_EQ(1, entries(self, COREDUMP_MON_DIRECTORY_GONE, NOW));
	ASSERT_EQ(0, mkdir(self->path, 0755));
	ASSERT_TRUE(followed(self, 0, 1));
	EXPECT_TRUE(is_watched(self, self->path, "two"));
	/* What was in it stays core, and what comes into it is. */
	EXPECT_EQ(1, entries(self, COREDUMP_MON_DIRECTORY_WATCHED, FORMER));
	EXPECT_TRUE(is_watched(self, self->moved, "one"));
	EXPECT_TRUE(is_watched(self, self->moved, "three"));
	EXPECT_FALSE(is_watched(self, self->env.elsewhere, "unrelated"));
}

TEST_F(follow, comes_back)
{
	ASSERT_EQ(0, mkdir(self->path, 0755));
	ASSERT_TRUE(followed(self, 0, 1));
	ASSERT_EQ(0, rename(self->path, self->moved));
	ASSERT_TRUE(followed(self, 1, 0));
	ASSERT_EQ(0, rename(self->moved, self->path));
	ASSERT_TRUE(followed(self, 0, 1));
	EXPECT_TRUE(is_watched(self, self->path, "one"));
	EXPECT_EQ(1, entries(self, COREDUMP_MON_DIRECTORY_WATCHED, NOW));
	EXPECT_EQ(0, entries(self, COREDUMP_MON_DIRECTORY_WATCHED, FORMER));

	/* Not one that was removed meanwhile. */
	ASSERT_EQ(0, rename(self->path, self->moved));
	ASSERT_TRUE(followed(self, 1, 0));
	ASSERT_EQ(0, unlink(strcat(strcpy(self->list, self->moved), "/one")));
	ASSERT_EQ(0, rmdir(self->moved));
	ASSERT_EQ(0, mkdir(self->path, 0755));
	ASSERT_TRUE(followed(self, 0, 1));
	EXPECT_EQ(0, entries(self, COREDUMP_MON_DIRECTORY_WATCHED, FORMER));
}

/* Whoever may write there would have anything watched. */
TEST_F(follow, not_through_symbolic_links)
{
	ASSERT_EQ(0, mkdir(self->path, 0755));
	ASSERT_TRUE(followed(self, 0, 1));
	ASSERT_EQ(0, rename(self->path, self->moved));
	ASSERT_EQ(0, symlink(self->env.elsewhere, self->path));
	poll(NULL, 0, 3000);
	EXPECT_FALSE(is_watched(self, self->env.elsewhere, "unrelated"));
	EXPECT_TRUE(is_watched(self, self->moved, "one"));
	ASSERT_EQ(0, unlink(self->path));
	ASSERT_EQ(0, rename(self->moved, self->path));
	EXPECT_TRUE(is_watched(self, self->path, "two"));
}

TEST_F(follow, mounted_over)
{
	int dir, fd;

	ASSERT_EQ(0, mkdir(self->path, 0755));
	ASSERT_TRUE(followed(self, 0, 1));
	ASSERT_TRUE(is_watched(self, self->path, "below"));
	dir = open(self->path, O_PATH);
	ASSERT_LE(0, dir);
	ASSERT_EQ(0, mount("tmpfs", self->path, "tmpfs", 0, ""));
	ASSERT_TRUE(followed(self, 1, 1));
	EXPECT_TRUE(is_watched(self, self->path, "above"));
	/* What is below can be reached still. */
	fd = openat(dir, "below", O_RDONLY);
	EXPECT_LE(0, fd);
	EXPECT_EQ(1, cdm_count(&self->env.reader, COREDUMP_MON_OPEN, getpid()));
	close(fd);
	close(dir);

	/* Nor is it in the way of the unmount. */
	ASSERT_EQ(0, umount(self->path));
	ASSERT_TRUE(followed(self, 0, 1));
	EXPECT_TRUE(is_watched(self, self->path, "below"));
	EXPECT_EQ(0, entries(self, COREDUMP_MON_DIRECTORY_WATCHED, FORMER));
}

TEST_F(follow, file_system_comes_back)
{
	char path[256];
	const char *const paths[] = { path };

	snprintf(path, sizeof(path), "%s/cores", self->path);
	strcpy(self->moved, self->path);
	ASSERT_EQ(0, mkdir(self->moved, 0755));
	ASSERT_EQ(0, cdm_set_directories(self->env.reader.fd, paths, 1));
	strcpy(self->path, path);
	ASSERT_NE(NULL, cdm_next_of(&self->env.reader, COREDUMP_MON_POLICY,
				    getpid()));
	ASSERT_EQ(0, mount("tmpfs", self->moved, "tmpfs", 0, ""));
	ASSERT_EQ(0, mkdir(self->path, 0755));
	ASSERT_TRUE(followed(self, 0, 1));
	EXPECT_TRUE(is_watched(self, self->path, "one"));
	ASSERT_EQ(0, umount(self->moved));
	EXPECT_EQ(1, entries(self, COREDUMP_MON_DIRECTORY_GONE, NOW));
	ASSERT_EQ(0, mount("tmpfs", self->moved, "tmpfs", 0, ""));
	ASSERT_EQ(0, mkdir(self->path, 0755));
	/* It had gone, whether that was looked at or not. */
	ASSERT_TRUE(followed(self, 0, 1));
	EXPECT_TRUE(is_watched(self, self->path, "two"));
	ASSERT_EQ(0, umount(self->moved));
}

/* No more are kept than may be, and that is counted. */
TEST_F(follow, bound)
{
	enum { MANY = COREDUMP_MON_FORMERS_MAX + 6 };
	static char paths[MANY][160];
	const char *list[MANY];
	struct coredump_mon_stats before, after;
	int i;

	ASSERT_EQ(0, mkdir(self->path, 0755));
	ASSERT_TRUE(followed(self, 0, 1));
	for (i = 0; i < MANY; i++) {
		snprintf(paths[i], sizeof(paths[i]), "%s/%d", self->path, i);
		ASSERT_EQ(0, mkdir(paths[i], 0755));
		list[i] = paths[i];
	}
	ASSERT_EQ(0, cdm_set_directories(self->env.reader.fd, list, MANY));
	ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &before));
	ASSERT_EQ(0, rename(self->path, self->moved));
	for (i = 0; i < 100; i++) {
		if (!entries(self, COREDUMP_MON_DIRECTORY_WATCHED, NOW))
			break;
		poll(NULL, 0, 100);
	}
	EXPECT_EQ(MANY, entries(self, COREDUMP_MON_DIRECTORY_GONE, NOW));
	EXPECT_EQ(COREDUMP_MON_FORMERS_MAX,
		  entries(self, COREDUMP_MON_DIRECTORY_WATCHED, FORMER));
	ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &after));
	EXPECT_EQ(before.formers_evicted + 6, after.formers_evicted);
	snprintf(paths[0], sizeof(paths[0]), "%s/%d", self->moved, MANY - 1);
	EXPECT_TRUE(is_watched(self, paths[0], "file"));
	snprintf(paths[0], sizeof(paths[0]), "%s/0", self->moved);
	EXPECT_FALSE(is_watched(self, paths[0], "file"));
}

/* Has a file system of its own watched, with which goes what is mounted below. */
static bool watch_mount(FIXTURE_DATA(follow) *self)
{
	const char *const paths[] = { self->path };

	return !mkdir(self->path, 0755) &&
	       !mount("tmpfs", self->path, "tmpfs", 0, NULL) &&
	       !cdm_set_directories(self->env.reader.fd, paths, 1) &&
	       cdm_next_of(&self->env.reader, COREDUMP_MON_POLICY, getpid());
}

/* Makes a directory in the watched one, and mounts something there. */
static int mount_at(FIXTURE_DATA(follow) *self, const char *source,
		    const char *name, unsigned long flags)
{
	snprintf(self->moved, sizeof(self->moved), "%s/%s", self->path, name);
	if (access(self->moved, F_OK) && mkdir(self->moved, 0755))
		return -1;
	return mount(source, self->moved, "tmpfs", flags, NULL);
}

TEST_F(follow, mounted_below)
{
	char above[128], other[128];

	ASSERT_TRUE(watch_mount(self));
	/* As the kernel escapes it. */
	ASSERT_EQ(0, mount_at(self, "tmpfs", "a b\\\n#", 0));
	strcpy(above, self->moved);
	ASSERT_TRUE(followed_at(self, above, 1, 2));
	EXPECT_EQ(1, entries(self, COREDUMP_MON_DIRECTORY_WATCHED, MOUNTED));
	EXPECT_TRUE(is_watched(self, above, "one"));

	ASSERT_EQ(0, mount_at(self, "tmpfs", "a b\\\n#/below", 0));
	ASSERT_TRUE(followed_at(self, self->moved, 2, 3));
	EXPECT_TRUE(is_watched(self, self->moved, "two"));

	/* It had gone, whether that was looked at or not. */
	ASSERT_EQ(0, umount(self->moved));
	ASSERT_TRUE(followed_at(self, self->moved, 2, 2));

	/* Where else it is mounted later, it is what it was. */
	snprintf(other, sizeof(other), "%s/other", self->env.elsewhere);
	ASSERT_EQ(0, mkdir(other, 0755));
	ASSERT_EQ(0, mount(above, other, NULL, MS_BIND, NULL));
	ASSERT_TRUE(followed_at(self, above, 2, 1));
	EXPECT_EQ(1, entries(self, COREDUMP_MON_DIRECTORY_WATCHED, FORMER));
	EXPECT_TRUE(is_watched(self, other, "one"));
	ASSERT_EQ(0, umount(other));
	ASSERT_TRUE(followed_at(self, above, 1, 2));

	/* It is in nobody's way. */
	ASSERT_EQ(0, umount(above));
	ASSERT_TRUE(followed_at(self, above, 1, 1));
	EXPECT_EQ(0, entries(self, COREDUMP_MON_DIRECTORY_GONE, MOUNTED));
	EXPECT_FALSE(is_watched(self, self->env.elsewhere, "unrelated"));
}

TEST_F(follow, mounted_below_before)
{
	const char *const paths[] = { self->path };
	int dir, fd;

	ASSERT_TRUE(watch_mount(self));
	ASSERT_EQ(0, cdm_set_directories(self->env.reader.fd, NULL, 0));
	ASSERT_EQ(0, mount_at(self, "tmpfs", "disk", 0));
	EXPECT_FALSE(is_watched(self, self->moved, "stood"));
	ASSERT_EQ(0, cdm_set_directories(self->env.reader.fd, paths, 1));
	ASSERT_NE(NULL, cdm_next_of(&self->env.reader, COREDUMP_MON_POLICY,
				    getpid()));
	ASSERT_TRUE(followed_at(self, self->moved, 1, 2));
	EXPECT_TRUE(is_watched(self, self->moved, "stood"));

	/* Nobody else has it mounted, but a descriptor leads there. */
	dir = open(self->moved, O_PATH);
	ASSERT_LE(0, dir);
	ASSERT_EQ(0, umount2(self->moved, MNT_DETACH));
	ASSERT_TRUE(followed_at(self, self->moved, 2, 1));
	EXPECT_EQ(1, entries(self, COREDUMP_MON_DIRECTORY_WATCHED, FORMER));
	fd = openat(dir, "new", O_RDWR | O_CREAT, 0600);
	EXPECT_LE(0, fd);
	EXPECT_EQ(1, cdm_count(&self->env.reader, COREDUMP_MON_OPEN, getpid()));
	close(fd);
	close(dir);
}

/* A program's libraries, for one, for an analysis of its core. */
TEST_F(follow, not_what_is_mounted_elsewhere_too)
{
	ASSERT_TRUE(watch_mount(self));
	ASSERT_EQ(0, mount_at(self, "/usr", "usr", MS_BIND));
	ASSERT_TRUE(followed_at(self, self->moved, 1, 1));
	EXPECT_EQ(1, entries(self, COREDUMP_MON_DIRECTORY_ELSEWHERE, MOUNTED));
	EXPECT_FALSE(is_watched(self, "/usr/bin", "env"));
	EXPECT_FALSE(is_watched(self, self->moved, "bin/env"));
	ASSERT_EQ(0, umount(self->moved));
	ASSERT_TRUE(followed_at(self, self->moved, 1, 1));

	/* What is below anyway is. */
	ASSERT_EQ(0, mount_at(self, "tmpfs", "one", 0));
	ASSERT_TRUE(followed_at(self, self->moved, 1, 2));
	snprintf(self->list, LIST, "%s/two", self->path);
	ASSERT_EQ(0, mkdir(self->list, 0755));
	ASSERT_EQ(0, mount(self->moved, self->list, NULL, MS_BIND, NULL));
	EXPECT_TRUE(is_watched(self, self->list, "file"));
	poll(NULL, 0, 2000);
	EXPECT_EQ(1, entries(self, COREDUMP_MON_DIRECTORY_WATCHED, MOUNTED));
	EXPECT_EQ(0, entries(self, COREDUMP_MON_DIRECTORY_ELSEWHERE, MOUNTED));
}

/* Any user who may write there may mount one whose server answers nobody. */
TEST_F(follow, waits_for_no_user)
{
	int fuse;

	ASSERT_TRUE(watch_mount(self));
	snprintf(self->moved, sizeof(self->moved), "%s/fuse", self->path);
	ASSERT_EQ(0, mkdir(self->moved, 0755));
	fuse = cdm_fuse_mount(self->moved);
	if (fuse < 0)
		SKIP(return, "no FUSE here");
	ASSERT_TRUE(followed_at(self, self->moved, 1, 2));
	ASSERT_EQ(0, mount_at(self, "tmpfs", "disk", 0));
	EXPECT_TRUE(followed_at(self, self->moved, 2, 3));
	close(fuse);
}

TEST_F(follow, mounted_bound)
{
	struct coredump_mon_stats stats;
	char name[16];
	int i;

	ASSERT_TRUE(watch_mount(self));
	for (i = 0; i < COREDUMP_MON_MOUNTED_MAX + 3; i++) {
		snprintf(name, sizeof(name), "%d", i);
		ASSERT_EQ(0, mount_at(self, "tmpfs", name, 0));
	}
	for (i = 0; i < 100; i++) {
		ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &stats));
		if (stats.mounts_unwatched == 3)
			break;
		poll(NULL, 0, 100);
	}
	EXPECT_EQ(3, stats.mounts_unwatched);
	EXPECT_EQ(COREDUMP_MON_MOUNTED_MAX,
		  entries(self, COREDUMP_MON_DIRECTORY_WATCHED, MOUNTED));
}

CDM_HARNESS_MAIN
