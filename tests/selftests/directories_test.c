// SPDX-License-Identifier: GPL-2.0
/*
 * The list of watched directories, set and got.
 */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "kselftest_harness.h"

#include "cdm.h"

#define LIST	(1 << 20)

FIXTURE(directories)
{
	struct cdm_env env;
	int fd;
	char *list;
};

FIXTURE_SETUP(directories)
{
	ASSERT_EQ(0, cdm_env_up(&self->env));
	self->fd = self->env.reader.fd;
	self->list = malloc(LIST);
	ASSERT_NE(NULL, self->list);
}

FIXTURE_TEARDOWN(directories)
{
	free(self->list);
	cdm_env_down(&self->env);
}

static int get(int fd, void *buf, size_t len, struct coredump_mon_buffer *out)
{
	memset(out, 0, sizeof(*out));
	out->size = sizeof(*out);
	out->buffer = (uintptr_t)buf;
	out->buffer_len = len;
	return ioctl(fd, COREDUMP_MON_IOC_GET_DIRECTORIES, out);
}

static int set(int fd, const void *buf, size_t len, __u32 count)
{
	struct coredump_mon_buffer request = {
		.size = sizeof(request),
		.count = count,
		.buffer_len = len,
		.buffer = (uintptr_t)buf,
	};

	return ioctl(fd, COREDUMP_MON_IOC_SET_DIRECTORIES, &request);
}

/* The entry of a path, or NULL. */
static const struct coredump_mon_directory *
entry(FIXTURE_DATA(directories) *self, const char *path)
{
	struct coredump_mon_buffer out;
	const char *at = self->list;
	__u32 i;

	if (get(self->fd, self->list, LIST, &out))
		return NULL;
	for (i = 0; i < out.count; i++) {
		const struct coredump_mon_directory *dir = (const void *)at;

		if (dir->len % 8 || dir->len < sizeof(*dir) + dir->path_len ||
		    at + dir->len > self->list + out.buffer_len)
			return NULL;
		if (dir->path_len == strlen(path) &&
		    !memcmp(dir + 1, path, dir->path_len))
			return dir;
		at += dir->len;
	}
	return NULL;
}

/* All or nothing: still what the fixture set, and it is still watched. */
static bool unchanged(FIXTURE_DATA(directories) *self)
{
	const char *path = cdm_env_path(&self->env, "witness");
	struct coredump_mon_buffer out;
	pid_t pid;

	if (cdm_make_file(path, "x"))
		return false;
	pid = cdm_fork(cdm_open_read, path);
	return pid > 0 && cdm_wait(pid) == 0 &&
	       cdm_next_of(&self->env.reader, COREDUMP_MON_OPEN, pid) &&
	       entry(self, self->env.dir) &&
	       !get(self->fd, self->list, LIST, &out) && out.count == 1;
}

TEST_F(directories, round_trip)
{
	const struct coredump_mon_directory *dir;
	const char *one = cdm_env_path(&self->env, "one"),
		   *missing = cdm_env_path(&self->env, "missing"),
		   *odd = cdm_env_path(&self->env, "odd\n\x1b[31m\xff");
	/* Nothing is mounted below any. */
	const char *const paths[] = { one, missing, odd, "/etc" };
	struct coredump_mon_buffer out;
	struct stat st;

	ASSERT_EQ(0, mkdir(one, 0755));
	ASSERT_EQ(0, mkdir(odd, 0755));
	ASSERT_EQ(0, cdm_set_directories(self->fd, paths, 4));
	ASSERT_EQ(0, get(self->fd, self->list, LIST, &out));
	EXPECT_EQ(4, out.count);

	ASSERT_EQ(0, stat(one, &st));
	dir = entry(self, one);
	ASSERT_NE(NULL, dir);
	EXPECT_EQ(COREDUMP_MON_DIRECTORY_WATCHED, dir->state);
	EXPECT_EQ(0, dir->flags);
	EXPECT_EQ(st.st_ino, dir->ino);
	EXPECT_EQ(major(st.st_dev), dir->dev_major);
	EXPECT_EQ(minor(st.st_dev), dir->dev_minor);

	dir = entry(self, missing);
	ASSERT_NE(NULL, dir);
	EXPECT_EQ(COREDUMP_MON_DIRECTORY_MISSING, dir->state);
	EXPECT_EQ(0, dir->ino);
	EXPECT_NE(NULL, entry(self, odd));
	EXPECT_NE(NULL, entry(self, "/etc"));
	EXPECT_NULL(entry(self, self->env.dir));

	ASSERT_EQ(0, cdm_set_directories(self->fd, NULL, 0));
	ASSERT_EQ(0, get(self->fd, self->list, LIST, &out));
	EXPECT_EQ(0, out.count);
	EXPECT_EQ(0, out.buffer_len);
}

TEST_F(directories, symbolic_link_is_followed)
{
	const struct coredump_mon_directory *dir;
	const char *link_ = cdm_env_path(&self->env, "link");
	struct stat st;

	ASSERT_EQ(0, symlink(self->env.elsewhere, link_));
	ASSERT_EQ(0, cdm_set_directories(self->fd, &link_, 1));
	ASSERT_EQ(0, stat(self->env.elsewhere, &st));
	dir = entry(self, link_);
	ASSERT_NE(NULL, dir);
	EXPECT_EQ(st.st_ino, dir->ino);
}

TEST_F(directories, buffer_too_short)
{
	struct coredump_mon_buffer out;
	__u64 needed;

	EXPECT_EQ(-1, get(self->fd, NULL, 0, &out));
	EXPECT_EQ(ENOSPC, errno);
	EXPECT_EQ(1, out.count);
	needed = out.buffer_len;
	EXPECT_LT(sizeof(struct coredump_mon_directory), needed);
	memset(self->list, 0x5a, needed);
	EXPECT_EQ(-1, get(self->fd, self->list, needed - 1, &out));
	EXPECT_EQ(ENOSPC, errno);
	EXPECT_EQ(needed, out.buffer_len);
	EXPECT_EQ(0x5a, self->list[0]);
	EXPECT_EQ(0, get(self->fd, self->list, needed, &out));
	EXPECT_EQ(needed, out.buffer_len);
	EXPECT_EQ(-1, get(self->fd, (void *)1, LIST, &out));
	EXPECT_EQ(EFAULT, errno);
}

TEST_F(directories, bad_lists_change_nothing)
{
	static const struct {
		const char *list;
		size_t len;
		__u32 count;
		int error;
	} bad[] = {
		{ "relative", 9, 1, EINVAL },
		{ "", 1, 1, EINVAL },
		/* No terminator, too few, too many, something behind. */
		{ "/tmp", 4, 1, EINVAL },
		{ "/tmp\0/var", 10, 1, EINVAL },
		{ "/tmp\0/var", 10, 3, EINVAL },
		{ "/tmp\0/var", 9, 2, EINVAL },
		{ "/tmp", 5, 0, EINVAL },
		{ "", 0, 1, EINVAL },
		/* The first is good, which does not help. */
		{ "/tmp\0var", 9, 2, EINVAL },
		{ "/tmp\0/etc/passwd", 17, 2, ENOTDIR },
		{ "/tmp\0/etc/passwd/x", 19, 2, ENOTDIR },
	};
	int i;

	ASSERT_TRUE(unchanged(self));
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		EXPECT_EQ(-1, set(self->fd, bad[i].list, bad[i].len,
				  bad[i].count)) TH_LOG("list %d", i);
		EXPECT_EQ(bad[i].error, errno) TH_LOG("list %d", i);
	}
	EXPECT_TRUE(unchanged(self));

	EXPECT_EQ(-1, set(self->fd, (void *)1, 5, 1));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, set(self->fd, self->list, ~0ULL, 1));
	EXPECT_NE(0, errno);
	EXPECT_EQ(-1, set(self->fd, self->list, 1ULL << 40, ~0U));
	EXPECT_EQ(E2BIG, errno);
	EXPECT_TRUE(unchanged(self));
}

TEST_F(directories, loop_of_links)
{
	const char *link_ = cdm_env_path(&self->env, "loop");

	ASSERT_EQ(0, symlink(link_, link_));
	EXPECT_EQ(-1, cdm_set_directories(self->fd, &link_, 1));
	EXPECT_EQ(ELOOP, errno);
	EXPECT_TRUE(unchanged(self));
}

TEST_F(directories, long_path)
{
	char *path = self->list;
	int i;

	/* "/./././tmp", of 4095 bytes: as long as a path can be. */
	for (i = 0; i < 4091; i += 2)
		memcpy(path + i, "/.", 2);
	strcpy(path + 4091, "/tmp");
	ASSERT_EQ('.', path[4089]);
	path[4090] = '/';
	ASSERT_EQ(4095, strlen(path));
	EXPECT_EQ(0, set(self->fd, path, 4096, 1));

	memmove(path + 2, path, 4096);
	EXPECT_EQ(-1, set(self->fd, path, 4098, 1));
	EXPECT_EQ(ENAMETOOLONG, errno);
}

TEST_F(directories, as_many_as_there_may_be)
{
	struct coredump_mon_buffer out;
	const char *path;
	char name[32], *end = self->list;
	int i;

	for (i = 0; i <= COREDUMP_MON_DIRECTORIES_MAX; i++) {
		snprintf(name, sizeof(name), "d%d", i);
		path = cdm_env_path(&self->env, name);
		ASSERT_EQ(0, mkdir(path, 0755));
		end = stpcpy(end, path) + 1;
	}
	EXPECT_EQ(-1, set(self->fd, self->list, end - self->list, i));
	EXPECT_EQ(E2BIG, errno);
	EXPECT_TRUE(unchanged(self));

	for (i = 0, end = self->list; i < COREDUMP_MON_DIRECTORIES_MAX; i++) {
		snprintf(name, sizeof(name), "d%d", i);
		end = stpcpy(end, cdm_env_path(&self->env, name)) + 1;
	}
	EXPECT_EQ(0, set(self->fd, self->list, end - self->list, i));
	ASSERT_EQ(0, get(self->fd, self->list, LIST, &out));
	EXPECT_EQ(COREDUMP_MON_DIRECTORIES_MAX, out.count);
	path = cdm_env_path(&self->env, "d1023");
	EXPECT_EQ(COREDUMP_MON_DIRECTORY_WATCHED, entry(self, path)->state);
}

TEST_F(directories, removed_is_gone)
{
	const char *path = cdm_env_path(&self->env, "removed");

	ASSERT_EQ(0, mkdir(path, 0755));
	ASSERT_EQ(0, cdm_set_directories(self->fd, &path, 1));
	ASSERT_EQ(COREDUMP_MON_DIRECTORY_WATCHED, entry(self, path)->state);
	ASSERT_EQ(0, rmdir(path));
	EXPECT_EQ(COREDUMP_MON_DIRECTORY_GONE, entry(self, path)->state);
}

/* Watching a directory does not keep its file system mounted. */
TEST_F(directories, unmounted_is_gone)
{
	const char *path = self->env.elsewhere;
	const struct coredump_mon_directory *dir;
	struct stat st;

	ASSERT_EQ(0, mount("tmpfs", path, "tmpfs", 0, ""));
	ASSERT_EQ(0, stat(path, &st));
	ASSERT_EQ(0, cdm_set_directories(self->fd, &path, 1));
	ASSERT_EQ(COREDUMP_MON_DIRECTORY_WATCHED, entry(self, path)->state);
	ASSERT_EQ(0, umount(path));
	/* Or it has been followed to what is below already. */
	dir = entry(self, path);
	if (dir->state != COREDUMP_MON_DIRECTORY_GONE)
		EXPECT_NE(makedev(dir->dev_major, dir->dev_minor), st.st_dev);
}

#define DEEP	4200

/* Below so many directories, in the working directory in the end. */
static int go_down(const char *dir, int levels)
{
	if (chdir(dir))
		return -1;
	while (levels--)
		if ((mkdir("d", 0755) && errno != EEXIST) || chdir("d"))
			return -1;
	return 0;
}

struct deep {
	const char *dir;
	int levels;
};

static void read_deep(const void *arg)
{
	const struct deep *deep = arg;

	if (go_down(deep->dir, deep->levels))
		_exit(200);
	_exit(open("file", O_RDONLY) < 0 ? errno : 0);
}

static void make_deep(const void *arg)
{
	const struct deep *deep = arg;

	_exit(go_down(deep->dir, deep->levels) || cdm_make_file("file", "secret"));
}

/* However far below a watched directory, a file is a core file. */
TEST_F_TIMEOUT(directories, deep_below, 120)
{
	static const int levels[] = { 1, 100, 4090, 4094, 4095, 4096, 4097, DEEP };
	const struct coredump_mon_record *rec;
	struct deep deep = { self->env.elsewhere };
	int i;

	ASSERT_EQ(0, mount("tmpfs", deep.dir, "tmpfs", 0, ""));
	for (i = 0; i < ARRAY_SIZE(levels); i++) {
		deep.levels = levels[i];
		ASSERT_EQ(0, cdm_run(make_deep, &deep));
	}
	ASSERT_EQ(0, cdm_set_directories(self->fd, &deep.dir, 1));
	for (i = 0; i < ARRAY_SIZE(levels); i++) {
		pid_t pid;

		deep.levels = levels[i];
		pid = cdm_fork(read_deep, &deep);
		ASSERT_EQ(0, cdm_wait(pid)) TH_LOG("level %d", levels[i]);
		rec = cdm_next_of(&self->env.reader, COREDUMP_MON_OPEN, pid);
		ASSERT_NE(NULL, rec) TH_LOG("level %d", levels[i]);
		EXPECT_EQ(COREDUMP_MON_CLASS_CORE, cdm_file(rec)->file_class);
		/*
		 * What is too deep to tell was one when it was written; what is not
		 * so deep was found as it stood there.
		 */
		EXPECT_EQ(levels[i] < 1000 || levels[i] > 4090,
			  cdm_file(rec)->tagged);
		EXPECT_EQ(COREDUMP_MON_WOULD_DENY, cdm_decision(rec)->verdict);
	}
	ASSERT_EQ(0, cdm_set_mode(self->fd, COREDUMP_MON_ENFORCING, 0));
	for (i = 0; i < ARRAY_SIZE(levels); i++) {
		deep.levels = levels[i];
		EXPECT_EQ(EACCES, WEXITSTATUS(cdm_run(read_deep, &deep)))
			TH_LOG("level %d", levels[i]);
	}
}

TEST_F(directories, changes_are_told)
{
	const struct coredump_mon_policy *policy;
	const struct coredump_mon_record *rec;
	const char *const paths[] = { self->env.dir, self->env.elsewhere };

	ASSERT_EQ(0, cdm_set_directories(self->fd, paths, 2));
	rec = cdm_next_of(&self->env.reader, COREDUMP_MON_POLICY, getpid());
	ASSERT_NE(NULL, rec);
	policy = cdm_policy(rec);
	ASSERT_NE(NULL, policy);
	EXPECT_EQ(COREDUMP_MON_CHANGE_DIRECTORIES, policy->change);
	EXPECT_EQ(1, policy->old_value);
	EXPECT_EQ(2, policy->new_value);
	EXPECT_EQ(0, policy->enforcing);
	EXPECT_STREQ(self->env.dir,
		     cdm_string(cdm_get_nth(rec, 0, COREDUMP_MON_A_PATH, 0)));
	EXPECT_STREQ(self->env.elsewhere,
		     cdm_string(cdm_get_nth(rec, 0, COREDUMP_MON_A_PATH, 1)));
	EXPECT_NULL(cdm_get_nth(rec, 0, COREDUMP_MON_A_PATH, 2).data);
}

CDM_HARNESS_MAIN
