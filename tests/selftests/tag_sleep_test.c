// SPDX-License-Identifier: GPL-2.0
/*
 * Tags of a file system that is unmounted sleep until it is mounted again; and
 * what was saved of them comes back after the module was reloaded.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "cdm.h"

FIXTURE(tag_sleep)
{
	struct cdm_env env;
	struct cdm_reader *reader;
	/* A disk, where it is mounted, and a file there that is tagged. */
	char image[128];
	char dir[128];
	char file[160];
	struct coredump_mon_saved_tag *list;
};

/* A command of the shell about the disk, whose quiet failure is an error too. */
static int run(FIXTURE_DATA(tag_sleep) *self, const char *format)
{
	char command[512];

	snprintf(command, sizeof(command), format, self->image, self->dir);
	return system(command);
}

static int mount_it(FIXTURE_DATA(tag_sleep) *self)
{
	return run(self, "modprobe -q loop; mount -o loop %s %s");
}

FIXTURE_SETUP(tag_sleep)
{
	ASSERT_EQ(0, cdm_env_up(&self->env));
	self->reader = &self->env.reader;
	snprintf(self->image, sizeof(self->image), "%s/image",
		 self->env.elsewhere);
	snprintf(self->dir, sizeof(self->dir), "%s/disk", self->env.elsewhere);
	snprintf(self->file, sizeof(self->file), "%s/file", self->dir);
	ASSERT_EQ(0, mkdir(self->dir, 0755));
	ASSERT_EQ(0, run(self, "truncate -s 8M %1$s && mkfs.ext4 -q %1$s"));
	ASSERT_EQ(0, mount_it(self));
	ASSERT_EQ(0, cdm_make_file(self->file, "secret"));
	ASSERT_EQ(0, cdm_tag(self->reader->fd, COREDUMP_MON_IOC_TAG_ADD,
			     self->file));
	self->list = calloc(COREDUMP_MON_TAGS_MAX, sizeof(*self->list));
	ASSERT_NE(NULL, self->list);
}

FIXTURE_TEARDOWN(tag_sleep)
{
	umount(self->dir);
	free(self->list);
	cdm_env_down(&self->env);
}

static __u32 asleep(FIXTURE_DATA(tag_sleep) *self)
{
	struct coredump_mon_stats stats;

	return cdm_stats(self->reader->fd, &stats) ? ~0U : stats.tags_asleep;
}

static int opens_of(FIXTURE_DATA(tag_sleep) *self, const char *path)
{
	pid_t pid = cdm_fork(cdm_open_read, path);

	if (pid < 0 || cdm_wait(pid))
		return -1;
	return cdm_count(self->reader, COREDUMP_MON_OPEN, pid);
}

static int buffer_request(FIXTURE_DATA(tag_sleep) *self, unsigned long request,
			  __u32 *count, size_t len)
{
	struct coredump_mon_buffer buffer = {
		.size = sizeof(buffer),
		.flags = COREDUMP_MON_BUFFER_SAVED,
		.count = *count,
		.buffer_len = len,
		.buffer = (uintptr_t)self->list,
	};
	int ret = ioctl(self->reader->fd, request, &buffer);

	*count = buffer.count;
	return ret;
}

/* All tags; how many, or -1. */
static int save(FIXTURE_DATA(tag_sleep) *self)
{
	__u32 count = 0;

	if (buffer_request(self, COREDUMP_MON_IOC_GET_TAGS, &count,
			   COREDUMP_MON_TAGS_MAX * sizeof(*self->list)))
		return -1;
	return count;
}

static int restore(FIXTURE_DATA(tag_sleep) *self, __u32 count)
{
	return buffer_request(self, COREDUMP_MON_IOC_RESTORE_TAGS, &count,
			      count * sizeof(*self->list));
}

static int wake(FIXTURE_DATA(tag_sleep) *self, int fd)
{
	struct coredump_mon_tag_file any = { .size = sizeof(any), .fd = fd };

	return ioctl(self->reader->fd, COREDUMP_MON_IOC_WAKE_TAGS, &any);
}

/* The saved one of the file, at the beginning of the list. */
static bool save_one(FIXTURE_DATA(tag_sleep) *self)
{
	int i, count = save(self);
	struct stat st;

	if (stat(self->file, &st))
		return false;
	for (i = 0; i < count; i++)
		if (self->list[i].tag.ino == st.st_ino && !self->list[i].flags) {
			self->list[0] = self->list[i];
			return true;
		}
	return false;
}

TEST_F(tag_sleep, until_it_is_mounted_again)
{
	__u32 before = asleep(self);

	EXPECT_EQ(1, opens_of(self, self->file));
	ASSERT_EQ(0, umount(self->dir));
	EXPECT_EQ(before + 1, asleep(self));
	ASSERT_TRUE(save(self) > 0);
	ASSERT_EQ(0, mount_it(self));
	EXPECT_EQ(before, asleep(self));
	EXPECT_EQ(1, opens_of(self, self->file));
	ASSERT_EQ(0, cdm_set_mode(self->reader->fd, COREDUMP_MON_ENFORCING, 0));
	EXPECT_EQ(-1, open(self->file, O_RDONLY));
	EXPECT_EQ(EACCES, errno);
}

/* It is the one file system that they wait for. */
TEST_F(tag_sleep, not_for_another)
{
	__u32 before = asleep(self);

	ASSERT_EQ(0, umount(self->dir));
	ASSERT_EQ(0, run(self, "truncate -s 8M %1$s2 && mkfs.ext4 -q %1$s2"));
	ASSERT_EQ(0, run(self, "mount -o loop %s2 %s"));
	EXPECT_EQ(before + 1, asleep(self));
	ASSERT_EQ(0, cdm_make_file(self->file, "nothing"));
	EXPECT_EQ(0, opens_of(self, self->file));
	ASSERT_EQ(0, umount(self->dir));
	ASSERT_EQ(0, mount_it(self));
	EXPECT_EQ(1, opens_of(self, self->file));
}

/* The file goes while nobody sees it; its number is used again. */
TEST_F(tag_sleep, not_for_another_file)
{
	struct stat st, other;

	ASSERT_EQ(0, stat(self->file, &st));
	ASSERT_EQ(0, umount(self->dir));
	ASSERT_EQ(0, run(self, "debugfs -w -R 'rm file' %s 2>/dev/null"));
	ASSERT_EQ(0, mount_it(self));
	EXPECT_EQ(-1, stat(self->file, &other));
	ASSERT_EQ(0, cdm_make_file(self->file, "nothing"));
	ASSERT_EQ(0, stat(self->file, &other));
	ASSERT_EQ(st.st_ino, other.st_ino);
	EXPECT_EQ(0, opens_of(self, self->file));
}

/* What is made up for one mount alone is no identity. */
TEST_F(tag_sleep, not_on_tmpfs)
{
	__u32 before = asleep(self);

	ASSERT_EQ(0, umount(self->dir));
	ASSERT_EQ(0, mount("tmpfs", self->dir, "tmpfs", 0, ""));
	ASSERT_EQ(0, cdm_make_file(self->file, "secret"));
	ASSERT_EQ(0, cdm_tag(self->reader->fd, COREDUMP_MON_IOC_TAG_ADD,
			     self->file));
	ASSERT_EQ(0, umount(self->dir));
	EXPECT_EQ(before + 1, asleep(self));
}

TEST_F(tag_sleep, saved_and_restored)
{
	struct coredump_mon_saved_tag saved;
	__u32 before;
	int fd;

	ASSERT_TRUE(save_one(self));
	saved = self->list[0];
	EXPECT_EQ(0, saved.flags);
	EXPECT_EQ(getpid(), saved.tag.pid);

	ASSERT_EQ(0, cdm_env_unload(&self->env));
	ASSERT_EQ(0, cdm_env_load(&self->env));
	EXPECT_EQ(0, opens_of(self, self->file));
	before = asleep(self);
	ASSERT_EQ(0, restore(self, 1));
	EXPECT_EQ(before + 1, asleep(self));
	/* Once is enough. */
	ASSERT_EQ(0, restore(self, 1));
	EXPECT_EQ(before + 1, asleep(self));
	fd = open("/proc", O_PATH);
	EXPECT_EQ(0, wake(self, fd));
	close(fd);
	EXPECT_EQ(0, opens_of(self, self->file));
	fd = open(self->dir, O_PATH);
	EXPECT_EQ(0, wake(self, fd));
	close(fd);
	EXPECT_EQ(before, asleep(self));
	EXPECT_EQ(1, opens_of(self, self->file));
	ASSERT_TRUE(save_one(self));
	EXPECT_EQ(0, memcmp(&saved, self->list, sizeof(saved)));
}

TEST_F(tag_sleep, restored_before_it_is_mounted)
{
	ASSERT_TRUE(save_one(self));
	ASSERT_EQ(0, umount(self->dir));
	ASSERT_EQ(0, cdm_env_unload(&self->env));
	ASSERT_EQ(0, cdm_env_load(&self->env));
	ASSERT_EQ(0, restore(self, 1));
	ASSERT_EQ(0, mount_it(self));
	EXPECT_EQ(1, opens_of(self, self->file));
}

TEST_F(tag_sleep, restoring_is_told)
{
	const struct coredump_mon_record *rec;

	ASSERT_TRUE(save_one(self));
	self->list[0].tag.ino += 1000;
	ASSERT_EQ(0, cdm_reader_seek(self->reader, SEEK_END));
	ASSERT_EQ(0, restore(self, 1));
	rec = cdm_next_of(self->reader, COREDUMP_MON_POLICY, getpid());
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(COREDUMP_MON_CHANGE_RESTORED, cdm_policy(rec)->change);
	EXPECT_EQ(cdm_policy(rec)->old_value + 1, cdm_policy(rec)->new_value);
}

/* All or nothing. */
TEST_F(tag_sleep, what_is_wrong_is_refused)
{
	struct coredump_mon_saved_tag good;
	__u32 before = asleep(self), count = 2;
	size_t i;

	ASSERT_TRUE(save_one(self));
	good = self->list[0];
	good.tag.ino += 1000;
	for (i = 0; i < 5; i++) {
		struct coredump_mon_saved_tag *bad = &self->list[1];

		self->list[0] = good;
		*bad = good;
		bad->tag.ino++;
		switch (i) {
		case 0:
			memset(bad->uuid, 0, sizeof(bad->uuid));
			break;
		case 1:
			bad->tag.generation = 0;
			break;
		case 2:
			bad->tag.origin = COREDUMP_MON_TAG_GCORE + 1;
			break;
		case 3:
			memset(bad->tag.comm, 'x', sizeof(bad->tag.comm));
			break;
		case 4:
			bad->flags = ~COREDUMP_MON_TAG_ASLEEP;
			break;
		}
		EXPECT_EQ(-1, restore(self, 2));
		EXPECT_EQ(EINVAL, errno);
	}
	EXPECT_EQ(-1, buffer_request(self, COREDUMP_MON_IOC_RESTORE_TAGS, &count,
				     sizeof(good)));
	EXPECT_EQ(EINVAL, errno);
	count = COREDUMP_MON_TAGS_MAX + 1;
	EXPECT_EQ(-1, buffer_request(self, COREDUMP_MON_IOC_RESTORE_TAGS, &count,
				     count * sizeof(good)));
	EXPECT_EQ(E2BIG, errno);
	EXPECT_EQ(before, asleep(self));
	EXPECT_EQ(-1, wake(self, -1));
	EXPECT_EQ(EBADF, errno);
}

/* The youngest, where there is no room for all: nobody can keep them out. */
TEST_F(tag_sleep, as_many_as_there_may_be)
{
	struct coredump_mon_saved_tag good;
	struct coredump_mon_stats before, after;
	size_t i;

	ASSERT_TRUE(save_one(self));
	good = self->list[0];
	ASSERT_EQ(0, cdm_stats(self->reader->fd, &before));
	ASSERT_LT(0, before.tags);
	for (i = 0; i < COREDUMP_MON_TAGS_MAX; i++) {
		self->list[i] = good;
		self->list[i].tag.ino += 1000 + i;
	}
	ASSERT_EQ(0, restore(self, COREDUMP_MON_TAGS_MAX));
	ASSERT_EQ(0, cdm_stats(self->reader->fd, &after));
	EXPECT_EQ(COREDUMP_MON_TAGS_MAX, after.tags);
	EXPECT_EQ(before.tags_evicted + before.tags, after.tags_evicted);
	ASSERT_LT(0, save(self));
	for (i = 0; i < COREDUMP_MON_TAGS_MAX; i++)
		if (self->list[i].tag.ino == good.tag.ino + 1000 +
					     COREDUMP_MON_TAGS_MAX - 1)
			break;
	EXPECT_GT(COREDUMP_MON_TAGS_MAX, i);
	/* The others are to find room. */
	ASSERT_EQ(0, cdm_env_unload(&self->env));
	ASSERT_EQ(0, cdm_env_load(&self->env));
}

/* Who may claim any UUID wakes nothing. */
TEST_F(tag_sleep, not_for_one_in_a_user_namespace)
{
	char uuid[16], options[512];
	__u32 before = asleep(self);

	ASSERT_TRUE(save_one(self));
	memcpy(uuid, self->list[0].uuid, sizeof(uuid));
	ASSERT_EQ(0, umount(self->dir));
	EXPECT_EQ(before + 1, asleep(self));
	/* An overlay takes its UUID from there. */
	ASSERT_EQ(0, run(self, "mkdir %1$s-upper %1$s-work"));
	snprintf(self->file, sizeof(self->file), "%s-upper", self->image);
	ASSERT_EQ(0, setxattr(self->file, "trusted.overlay.uuid", uuid,
			      sizeof(uuid), 0));
	snprintf(options, sizeof(options), "lowerdir=/srv,upperdir=%s,workdir=%s-work",
		 self->file, self->image);
	ASSERT_EQ(0, mount("none", self->dir, "overlay", 0, options));
	EXPECT_EQ(before + 1, asleep(self));
}

CDM_HARNESS_MAIN
