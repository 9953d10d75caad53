// SPDX-License-Identifier: GPL-2.0
/*
 * Tags: added, listed, dropped; their end, and how many there may be.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "kselftest_harness.h"

#include "cdm.h"

#define ADD	COREDUMP_MON_IOC_TAG_ADD
#define DROP	COREDUMP_MON_IOC_TAG_DROP

FIXTURE(tags)
{
	struct cdm_env env;
	int fd;
	/* Of a file that is not watched otherwise. */
	char path[128];
	struct coredump_mon_tag *list;
	size_t room;
};

FIXTURE_SETUP(tags)
{
	ASSERT_EQ(0, cdm_env_up(&self->env));
	self->fd = self->env.reader.fd;
	snprintf(self->path, sizeof(self->path), "%s/file",
		 self->env.elsewhere);
	ASSERT_EQ(0, cdm_make_file(self->path, "secret"));
	self->room = COREDUMP_MON_TAGS_MAX * sizeof(*self->list);
	self->list = malloc(self->room);
	ASSERT_NE(NULL, self->list);
}

FIXTURE_TEARDOWN(tags)
{
	free(self->list);
	cdm_env_down(&self->env);
}

static int get(FIXTURE_DATA(tags) *self, size_t len,
	       struct coredump_mon_buffer *out)
{
	memset(out, 0, sizeof(*out));
	out->size = sizeof(*out);
	out->buffer = (uintptr_t)self->list;
	out->buffer_len = len;
	return ioctl(self->fd, COREDUMP_MON_IOC_GET_TAGS, out);
}

/* The tag of a file, or NULL. */
static const struct coredump_mon_tag *tag_of(FIXTURE_DATA(tags) *self,
					     const char *path)
{
	struct coredump_mon_buffer out;
	struct stat st;
	__u32 i;

	if (stat(path, &st) || get(self, self->room, &out))
		return NULL;
	for (i = 0; i < out.count; i++)
		if (self->list[i].ino == st.st_ino &&
		    self->list[i].dev_major == major(st.st_dev) &&
		    self->list[i].dev_minor == minor(st.st_dev))
			return &self->list[i];
	return NULL;
}

static __u32 tags_in_use(int fd)
{
	struct coredump_mon_stats stats;

	return cdm_stats(fd, &stats) ? ~0U : stats.tags;
}

/* How many records another process's opening of a file makes. */
static int opens_seen(FIXTURE_DATA(tags) *self, const char *path)
{
	pid_t pid = cdm_fork(cdm_open_read, path);

	if (pid < 0 || cdm_wait(pid))
		return -1;
	return cdm_count(&self->env.reader, COREDUMP_MON_OPEN, pid);
}

TEST_F(tags, added_and_dropped)
{
	const struct coredump_mon_tag *tag;
	__u32 before = tags_in_use(self->fd);

	EXPECT_EQ(0, opens_seen(self, self->path));
	EXPECT_NULL(tag_of(self, self->path));
	prctl(PR_SET_NAME, "tagger");
	ASSERT_EQ(0, cdm_tag(self->fd, ADD, self->path));
	EXPECT_EQ(before + 1, tags_in_use(self->fd));
	EXPECT_EQ(1, opens_seen(self, self->path));
	tag = tag_of(self, self->path);
	ASSERT_NE(NULL, tag);
	EXPECT_EQ(COREDUMP_MON_TAG_USER, tag->origin);
	EXPECT_EQ(getpid(), tag->pid);
	EXPECT_STREQ("tagger", tag->comm);
	EXPECT_EQ(0, tag->reserved);
	EXPECT_EQ(time(NULL) / 600, tag->realtime_ns / 600000000000ULL);

	EXPECT_EQ(-1, cdm_tag(self->fd, ADD, self->path));
	EXPECT_EQ(EEXIST, errno);
	ASSERT_EQ(0, cdm_tag(self->fd, DROP, self->path));
	EXPECT_EQ(-1, cdm_tag(self->fd, DROP, self->path));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(before, tags_in_use(self->fd));
	EXPECT_EQ(0, opens_seen(self, self->path));
}

TEST_F(tags, only_regular_files)
{
	struct coredump_mon_tag_file tag = { .size = sizeof(tag) };
	int fds[2], i;

	EXPECT_EQ(-1, cdm_tag(self->fd, ADD, self->env.elsewhere));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, cdm_tag(self->fd, ADD, "/dev/null"));
	EXPECT_EQ(EINVAL, errno);
	ASSERT_EQ(0, pipe(fds));
	tag.fd = fds[0];
	EXPECT_EQ(-1, ioctl(self->fd, ADD, &tag));
	EXPECT_EQ(EINVAL, errno);

	close(fds[0]);
	for (i = 0; i < 3; i++) {
		const int bad[] = { fds[0], -1, INT_MAX };

		tag.fd = bad[i];
		EXPECT_EQ(-1, ioctl(self->fd, ADD, &tag));
		EXPECT_EQ(EBADF, errno);
		EXPECT_EQ(-1, ioctl(self->fd, DROP, &tag));
		EXPECT_EQ(EBADF, errno);
	}
}

TEST_F(tags, by_any_kind_of_descriptor)
{
	static const int flags[] = { O_RDONLY, O_WRONLY, O_RDWR, O_PATH };
	struct coredump_mon_tag_file tag = { .size = sizeof(tag) };
	int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		tag.fd = open(self->path, flags[i]);
		ASSERT_LE(0, tag.fd);
		EXPECT_EQ(0, ioctl(self->fd, ADD, &tag));
		EXPECT_EQ(0, ioctl(self->fd, DROP, &tag));
		close(tag.fd);
	}
}

TEST_F(tags, stay_with_the_file)
{
	char moved[160], hard[160], soft[160];

	snprintf(moved, sizeof(moved), "%s.txt", self->path);
	snprintf(hard, sizeof(hard), "%s.hard", self->path);
	snprintf(soft, sizeof(soft), "%s.soft", self->path);
	ASSERT_EQ(0, cdm_tag(self->fd, ADD, self->path));
	ASSERT_EQ(0, rename(self->path, moved));
	ASSERT_EQ(0, link(moved, hard));
	ASSERT_EQ(0, symlink(moved, soft));
	EXPECT_EQ(1, opens_seen(self, moved));
	EXPECT_EQ(1, opens_seen(self, hard));
	EXPECT_EQ(1, opens_seen(self, soft));
	/* Not with its name. */
	ASSERT_EQ(0, cdm_make_file(self->path, "innocent"));
	EXPECT_EQ(0, opens_seen(self, self->path));
	ASSERT_EQ(0, unlink(moved));
	EXPECT_EQ(1, opens_seen(self, hard));
}

TEST_F(tags, end_with_the_file)
{
	__u32 before = tags_in_use(self->fd);
	int fd = open(self->path, O_RDONLY);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, cdm_tag(self->fd, ADD, self->path));
	ASSERT_EQ(0, unlink(self->path));
	/* Somebody has it open: it can be opened again. */
	EXPECT_EQ(before + 1, tags_in_use(self->fd));
	ASSERT_EQ(0, close(fd));
	EXPECT_EQ(before, tags_in_use(self->fd));

	/* The next file, with the same inode number most likely, has none. */
	ASSERT_EQ(0, cdm_make_file(self->path, "innocent"));
	EXPECT_EQ(0, opens_seen(self, self->path));
}

/* Nothing is held that would make umount say busy. */
TEST_F(tags, do_not_hold_the_file_system)
{
	ASSERT_EQ(0, mount("tmpfs", self->env.elsewhere, "tmpfs", 0, ""));
	ASSERT_EQ(0, cdm_make_file(self->path, "secret"));
	ASSERT_EQ(0, cdm_tag(self->fd, ADD, self->path));
	EXPECT_EQ(1, opens_seen(self, self->path));
	EXPECT_EQ(0, umount(self->env.elsewhere));
}

TEST_F(tags, of_a_dump_say_whose)
{
	const char *core = cdm_env_make_core(&self->env);
	const struct coredump_mon_tag *tag;

	ASSERT_NE(NULL, core);
	tag = tag_of(self, core);
	ASSERT_NE(NULL, tag);
	EXPECT_EQ(COREDUMP_MON_TAG_DUMP, tag->origin);
	EXPECT_EQ(atoi(strrchr(core, '.') + 1), tag->pid);
	EXPECT_STREQ("tags_test", tag->comm);
}

/* In the watched directory, but without a tag. */
static bool make_standing(FIXTURE_DATA(tags) *self, const char *path)
{
	const char *const dirs[] = { self->env.dir };

	return !cdm_set_directories(self->fd, NULL, 0) &&
	       !cdm_make_file(path, "secret") &&
	       !cdm_set_directories(self->fd, dirs, 1) &&
	       !cdm_tag(self->fd, DROP, path) && !tag_of(self, path);
}

static bool is_tagged(FIXTURE_DATA(tags) *self, const char *path, __u32 origin)
{
	const struct coredump_mon_tag *tag = tag_of(self, path);

	return tag && tag->origin == origin && tag->pid == getpid() &&
	       opens_seen(self, path) == 1;
}

/* What comes to be in a watched directory, or leaves it, is a core file. */
TEST_F(tags, written_moved_and_linked)
{
	const char *core = cdm_env_path(&self->env, "standing");
	char away[128];

	snprintf(away, sizeof(away), "%s/away", self->env.elsewhere);
	ASSERT_TRUE(make_standing(self, core));
	ASSERT_EQ(0, rename(core, away));
	EXPECT_TRUE(is_tagged(self, away, COREDUMP_MON_TAG_MOVED));
	ASSERT_EQ(0, unlink(away));

	ASSERT_TRUE(make_standing(self, core));
	ASSERT_EQ(0, link(core, away));
	EXPECT_TRUE(is_tagged(self, away, COREDUMP_MON_TAG_MOVED));
	ASSERT_EQ(0, unlink(away));
	ASSERT_EQ(0, unlink(core));

	ASSERT_TRUE(make_standing(self, core));
	EXPECT_EQ(0, opens_seen(self, self->path));
	ASSERT_EQ(0, syscall(SYS_renameat2, AT_FDCWD, self->path, AT_FDCWD, core,
			     RENAME_EXCHANGE));
	EXPECT_TRUE(is_tagged(self, self->path, COREDUMP_MON_TAG_MOVED));
	EXPECT_EQ(1, opens_seen(self, core));
	ASSERT_EQ(0, unlink(core));

	ASSERT_EQ(0, cdm_make_file(core, "x"));
	EXPECT_TRUE(is_tagged(self, core, COREDUMP_MON_TAG_WRITTEN));
	ASSERT_EQ(0, unlink(core));
	ASSERT_TRUE(make_standing(self, core));
	EXPECT_EQ(1, opens_seen(self, core));
	EXPECT_NULL(tag_of(self, core));
	EXPECT_EQ(0, close(open(core, O_WRONLY)));
	EXPECT_TRUE(is_tagged(self, core, COREDUMP_MON_TAG_WRITTEN));
}

TEST_F(tags, changes_are_told)
{
	const struct coredump_mon_policy *policy;
	const struct coredump_mon_record *rec;
	__u32 before = tags_in_use(self->fd);
	struct stat st;

	ASSERT_EQ(0, stat(self->path, &st));
	ASSERT_EQ(0, cdm_tag(self->fd, ADD, self->path));
	rec = cdm_next_of(&self->env.reader, COREDUMP_MON_POLICY, getpid());
	ASSERT_NE(NULL, rec);
	policy = cdm_policy(rec);
	ASSERT_NE(NULL, policy);
	EXPECT_EQ(COREDUMP_MON_CHANGE_TAG_ADD, policy->change);
	EXPECT_EQ(before, policy->old_value);
	EXPECT_EQ(before + 1, policy->new_value);
	EXPECT_STREQ(self->path, cdm_path(rec));
	EXPECT_EQ(st.st_ino, cdm_file(rec)->ino);

	ASSERT_EQ(0, cdm_tag(self->fd, DROP, self->path));
	rec = cdm_next_of(&self->env.reader, COREDUMP_MON_POLICY, getpid());
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(COREDUMP_MON_CHANGE_TAG_DROP, cdm_policy(rec)->change);
	EXPECT_EQ(before, cdm_policy(rec)->new_value);
	EXPECT_EQ(st.st_ino, cdm_file(rec)->ino);
}

/* A file that is watched by its tag alone, one of many. */
static const char *nth(FIXTURE_DATA(tags) *self, int n)
{
	snprintf(self->path, sizeof(self->path), "%s/%d", self->env.elsewhere,
		 n);
	return self->path;
}

TEST_F_TIMEOUT(tags, as_many_as_there_may_be, 120)
{
	struct coredump_mon_stats stats;
	struct coredump_mon_buffer out;
	const char *core;
	int failed = 0, i, count;

	ASSERT_EQ(0, mount("tmpfs", self->env.elsewhere, "tmpfs", 0, ""));
	ASSERT_EQ(0, cdm_stats(self->fd, &stats));
	EXPECT_EQ(COREDUMP_MON_TAGS_MAX, stats.tags_max);
	count = stats.tags_max - stats.tags;
	for (i = 0; i <= count; i++)
		failed += cdm_make_file(nth(self, i), "") != 0;
	for (i = 0; i < count; i++)
		failed += cdm_tag(self->fd, ADD, nth(self, i)) != 0;
	ASSERT_EQ(0, failed);
	EXPECT_EQ(-1, cdm_tag(self->fd, ADD, nth(self, count)));
	EXPECT_EQ(ENOSPC, errno);
	EXPECT_EQ(stats.tags_max, tags_in_use(self->fd));

	EXPECT_EQ(0, get(self, self->room, &out));
	EXPECT_EQ(COREDUMP_MON_TAGS_MAX, out.count);
	EXPECT_EQ(self->room, out.buffer_len);
	EXPECT_EQ(-1, get(self, self->room - 1, &out));
	EXPECT_EQ(ENOSPC, errno);
	EXPECT_EQ(self->room, out.buffer_len);

	EXPECT_EQ(1, opens_seen(self, nth(self, 0)));
	EXPECT_EQ(1, opens_seen(self, nth(self, count - 1)));
	EXPECT_EQ(0, opens_seen(self, nth(self, count)));

	/* A dump takes the place of another, which is counted. */
	core = cdm_env_make_core(&self->env);
	ASSERT_NE(NULL, core);
	EXPECT_NE(NULL, tag_of(self, core));
	ASSERT_EQ(0, cdm_stats(self->fd, &stats));
	EXPECT_EQ(stats.tags_max, stats.tags);
	EXPECT_LE(1, stats.tags_evicted);

	for (i = 0; i < count; i++)
		failed += unlink(nth(self, i)) != 0;
	ASSERT_EQ(0, failed);
	EXPECT_GE(stats.tags_max - count + 1, tags_in_use(self->fd));
}

CDM_HARNESS_MAIN
