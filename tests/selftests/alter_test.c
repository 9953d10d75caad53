// SPDX-License-Identifier: GPL-2.0
/*
 * What is done to core files besides opening them: told once each, with what was
 * and what is, and whether it was done; nothing of files that are none.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "cdm.h"

#define NOBODY	65534

FIXTURE(alter)
{
	struct cdm_env env;
	struct cdm_reader *reader;
	/* A core file, another name there, and one that is not watched. */
	char core[128];
	char name[128];
	char outside[128];
	struct stat st;
};

FIXTURE_SETUP(alter)
{
	ASSERT_EQ(0, cdm_env_up(&self->env));
	self->reader = &self->env.reader;
	snprintf(self->core, sizeof(self->core), "%s/a-core", self->env.dir);
	snprintf(self->name, sizeof(self->name), "%s/a-name", self->env.dir);
	snprintf(self->outside, sizeof(self->outside), "%s/outside",
		 self->env.elsewhere);
	ASSERT_EQ(0, cdm_make_file(self->core, "secret"));
	ASSERT_EQ(0, stat(self->core, &self->st));
	ASSERT_EQ(0, cdm_reader_seek(self->reader, SEEK_END));
}

FIXTURE_TEARDOWN(alter)
{
	cdm_env_down(&self->env);
}

static const char *fs_path(const struct coredump_mon_record *rec)
{
	return cdm_string(cdm_get(rec, COREDUMP_MON_A_FILE,
				  COREDUMP_MON_A_FS_PATH));
}

static const char *new_fs_path(const struct coredump_mon_record *rec)
{
	return cdm_string(cdm_get(rec, 0, COREDUMP_MON_A_NEW_FS_PATH));
}

static const struct coredump_mon_attributes *
attributes(const struct coredump_mon_record *rec)
{
	return cdm_struct(cdm_get(rec, 0, COREDUMP_MON_A_ATTRIBUTES),
			  sizeof(struct coredump_mon_attributes));
}

/* The next of a type that this process made, if it is of this file. */
static const struct coredump_mon_record *
next_of_file(FIXTURE_DATA(alter) *self, int type, const struct stat *st)
{
	const struct coredump_mon_record *rec;
	const struct coredump_mon_file_id *id;

	rec = cdm_next_of(self->reader, type, getpid());
	id = rec ? cdm_file(rec) : NULL;
	if (!id || id->ino != st->st_ino || id->dev_major != major(st->st_dev) ||
	    id->dev_minor != minor(st->st_dev) ||
	    id->file_class != COREDUMP_MON_CLASS_CORE || id->access)
		return NULL;
	return rec;
}

static const struct coredump_mon_record *next(FIXTURE_DATA(alter) *self, int type)
{
	return next_of_file(self, type, &self->st);
}

/* Records of all these types that this process made up to now. */
static int count_all(FIXTURE_DATA(alter) *self)
{
	static const int types[] = {
		COREDUMP_MON_RENAME, COREDUMP_MON_LINK, COREDUMP_MON_UNLINK,
		COREDUMP_MON_ATTR,
	};
	const struct coredump_mon_record *rec;
	struct coredump_mon_stats stats;
	__u64 end;
	int count = 0;

	/* A record of our own is behind them. */
	if (cdm_stats(self->reader->fd, &stats) ||
	    cdm_set_mode(self->reader->fd, COREDUMP_MON_PERMISSIVE, 0))
		return -1;
	end = stats.records;
	while ((rec = cdm_next(self->reader, CDM_TIMEOUT_MS))) {
		const struct coredump_mon_task *task =
			cdm_task(rec, COREDUMP_MON_A_PROCESS);

		for (size_t i = 0; i < ARRAY_SIZE(types); i++)
			count += rec->type == types[i] && task &&
				 task->pid == getpid();
		if (rec->seq >= end)
			return count;
	}
	return -1;
}

static bool done(const struct coredump_mon_record *rec)
{
	const struct coredump_mon_decision *decision = cdm_decision(rec);
	const struct coredump_mon_result *result = cdm_result(rec);

	return decision && decision->verdict == COREDUMP_MON_ALLOWED &&
	       result && result->fd == -1 && result->error == 0;
}

TEST_F(alter, renamed)
{
	const struct coredump_mon_record *rec;

	ASSERT_EQ(0, rename(self->core, self->name));
	rec = next(self, COREDUMP_MON_RENAME);
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ(self->core, fs_path(rec));
	EXPECT_STREQ(self->name, new_fs_path(rec));
	EXPECT_TRUE(done(rec));

	/* Out of there, and on. */
	ASSERT_EQ(0, rename(self->name, self->outside));
	rec = next(self, COREDUMP_MON_RENAME);
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ(self->outside, new_fs_path(rec));
	snprintf(self->name, sizeof(self->name), "%s/on", self->env.elsewhere);
	ASSERT_EQ(0, rename(self->outside, self->name));
	rec = next(self, COREDUMP_MON_RENAME);
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ(self->outside, fs_path(rec));
	EXPECT_STREQ(self->name, new_fs_path(rec));
	EXPECT_EQ(1, cdm_file(rec)->tagged);
	EXPECT_NE(NULL, cdm_get(rec, COREDUMP_MON_A_FILE,
				COREDUMP_MON_A_ORIGIN).data);
	EXPECT_EQ(0, count_all(self));
}

TEST_F(alter, moved_in)
{
	const struct coredump_mon_record *rec;
	struct stat st;

	ASSERT_EQ(0, cdm_make_file(self->outside, "a core from elsewhere"));
	ASSERT_EQ(0, stat(self->outside, &st));
	ASSERT_EQ(0, rename(self->outside, self->name));
	rec = next_of_file(self, COREDUMP_MON_RENAME, &st);
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ(self->outside, fs_path(rec));
	EXPECT_STREQ(self->name, new_fs_path(rec));
	EXPECT_TRUE(done(rec));
	EXPECT_EQ(0, count_all(self));
}

TEST_F(alter, overwritten)
{
	const struct coredump_mon_record *rec;

	struct stat st;

	ASSERT_EQ(0, cdm_make_file(self->outside, "not so secret"));
	ASSERT_EQ(0, stat(self->outside, &st));
	ASSERT_EQ(0, rename(self->outside, self->core));
	rec = next(self, COREDUMP_MON_UNLINK);
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ(self->core, fs_path(rec));
	EXPECT_TRUE(done(rec));
	rec = next_of_file(self, COREDUMP_MON_RENAME, &st);
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ(self->core, new_fs_path(rec));
	EXPECT_EQ(0, count_all(self));
}

TEST_F(alter, exchanged)
{
	const struct coredump_mon_record *rec;
	int i, out = 0, in = 0;

	ASSERT_EQ(0, cdm_make_file(self->outside, "not so secret"));
	ASSERT_EQ(0, renameat2(AT_FDCWD, self->core, AT_FDCWD, self->outside,
			       RENAME_EXCHANGE));
	for (i = 0; i < 2; i++) {
		rec = cdm_next_of(self->reader, COREDUMP_MON_RENAME, getpid());
		ASSERT_NE(NULL, rec);
		EXPECT_TRUE(done(rec));
		if (cdm_file(rec)->ino == self->st.st_ino)
			out += !strcmp(self->core, fs_path(rec)) &&
			       !strcmp(self->outside, new_fs_path(rec));
		else
			in += !strcmp(self->outside, fs_path(rec)) &&
			      !strcmp(self->core, new_fs_path(rec));
	}
	EXPECT_EQ(1, out);
	EXPECT_EQ(1, in);
	EXPECT_EQ(0, count_all(self));
}

TEST_F(alter, linked_and_unlinked)
{
	const struct coredump_mon_record *rec;

	ASSERT_EQ(0, link(self->core, self->outside));
	rec = next(self, COREDUMP_MON_LINK);
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ(self->core, fs_path(rec));
	EXPECT_STREQ(self->outside, new_fs_path(rec));
	EXPECT_TRUE(done(rec));
	ASSERT_EQ(0, unlink(self->core));
	rec = next(self, COREDUMP_MON_UNLINK);
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ(self->core, fs_path(rec));
	EXPECT_TRUE(done(rec));
	ASSERT_EQ(0, unlink(self->outside));
	rec = next(self, COREDUMP_MON_UNLINK);
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ(self->outside, fs_path(rec));
	EXPECT_EQ(0, count_all(self));
}

TEST_F(alter, what_fails_is_not_told_as_done)
{
	const struct coredump_mon_record *rec;

	ASSERT_EQ(0, cdm_make_file(self->outside, ""));
	ASSERT_EQ(0, mount(self->outside, self->core, NULL, MS_BIND, NULL));
	EXPECT_EQ(-1, unlinkat(AT_FDCWD, self->core, 0));
	EXPECT_EQ(EBUSY, errno);
	ASSERT_EQ(0, umount(self->core));
	EXPECT_EQ(0, count_all(self));

	ASSERT_EQ(0, chmod(self->env.dir, 0755));
	ASSERT_EQ(0, seteuid(NOBODY));
	EXPECT_EQ(-1, chmod(self->core, 0777));
	EXPECT_EQ(EPERM, errno);
	ASSERT_EQ(0, seteuid(0));
	rec = next(self, COREDUMP_MON_ATTR);
	ASSERT_NE(NULL, rec);
	ASSERT_NE(NULL, cdm_result(rec));
	EXPECT_EQ(EPERM, cdm_result(rec)->error);
	ASSERT_NE(NULL, attributes(rec));
	EXPECT_EQ(self->st.st_mode, attributes(rec)->old_mode);
	EXPECT_EQ(S_IFREG | 0777, attributes(rec)->new_mode);
}

TEST_F(alter, mode_owner_and_size)
{
	const struct timespec now[] = { { .tv_nsec = UTIME_NOW },
					{ .tv_nsec = UTIME_NOW } };
	const struct coredump_mon_attributes *diff;
	const struct coredump_mon_record *rec;
	int fd;

	ASSERT_EQ(0, chmod(self->core, 0604));
	rec = next(self, COREDUMP_MON_ATTR);
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ(self->core, fs_path(rec));
	EXPECT_TRUE(done(rec));
	diff = attributes(rec);
	ASSERT_NE(NULL, diff);
	EXPECT_EQ(COREDUMP_MON_ATTRIBUTE_MODE, diff->changed);
	EXPECT_EQ(self->st.st_mode, diff->old_mode);
	EXPECT_EQ(S_IFREG | 0604, diff->new_mode);
	EXPECT_EQ(0, diff->reserved);

	ASSERT_EQ(0, chown(self->core, NOBODY, 7));
	diff = attributes(next(self, COREDUMP_MON_ATTR));
	ASSERT_NE(NULL, diff);
	EXPECT_EQ(COREDUMP_MON_ATTRIBUTE_UID | COREDUMP_MON_ATTRIBUTE_GID,
		  diff->changed);
	EXPECT_EQ(0, diff->old_uid);
	EXPECT_EQ(NOBODY, diff->new_uid);
	EXPECT_EQ(0, diff->old_gid);
	EXPECT_EQ(7, diff->new_gid);

	ASSERT_EQ(0, truncate(self->core, 3));
	diff = attributes(next(self, COREDUMP_MON_ATTR));
	ASSERT_NE(NULL, diff);
	EXPECT_EQ(COREDUMP_MON_ATTRIBUTE_SIZE, diff->changed);
	EXPECT_EQ(6, diff->old_size);
	EXPECT_EQ(3, diff->new_size);

	fd = open(self->core, O_WRONLY | O_TRUNC);
	ASSERT_LE(0, fd);
	rec = next(self, COREDUMP_MON_ATTR);
	ASSERT_NE(NULL, rec);
	EXPECT_TRUE(done(rec));
	diff = attributes(rec);
	ASSERT_NE(NULL, diff);
	EXPECT_EQ(3, diff->old_size);
	EXPECT_EQ(0, diff->new_size);

	/* What is as it was is no change, and times are none of these. */
	EXPECT_EQ(0, fchmod(fd, 0604));
	EXPECT_EQ(0, fchown(fd, -1, -1));
	EXPECT_EQ(0, ftruncate(fd, 0));
	EXPECT_EQ(0, futimens(fd, now));
	close(fd);
	EXPECT_EQ(0, count_all(self));
}

static struct cdm_value xattr(const struct coredump_mon_record *rec, int type)
{
	return cdm_get(rec, COREDUMP_MON_A_XATTR, type);
}

TEST_F(alter, extended_attributes)
{
	const struct coredump_mon_record *rec;
	struct cdm_value value;
	char big[1000];

	ASSERT_EQ(0, setxattr(self->core, "user.note", "mine\n", 5, 0));
	rec = next(self, COREDUMP_MON_ATTR);
	ASSERT_NE(NULL, rec);
	EXPECT_TRUE(done(rec));
	EXPECT_NULL(attributes(rec));
	EXPECT_STREQ("user.note",
		     cdm_string(xattr(rec, COREDUMP_MON_A_XATTR_NAME)));
	EXPECT_STREQ("mine\n",
		     cdm_string(xattr(rec, COREDUMP_MON_A_XATTR_VALUE)));

	memset(big, 'x', sizeof(big));
	ASSERT_EQ(0, setxattr(self->core, "user.note", big, sizeof(big), 0));
	rec = next(self, COREDUMP_MON_ATTR);
	ASSERT_NE(NULL, rec);
	value = xattr(rec, COREDUMP_MON_A_XATTR_VALUE);
	EXPECT_EQ(COREDUMP_MON_XATTR_MAX, value.len);
	EXPECT_EQ(COREDUMP_MON_ATTR_CUT, value.flags);

	ASSERT_EQ(0, setxattr(self->core, "user.note", NULL, 0, 0));
	rec = next(self, COREDUMP_MON_ATTR);
	ASSERT_NE(NULL, rec);
	value = xattr(rec, COREDUMP_MON_A_XATTR_VALUE);
	EXPECT_NE(NULL, value.data);
	EXPECT_EQ(0, value.len);

	ASSERT_EQ(0, removexattr(self->core, "user.note"));
	rec = next(self, COREDUMP_MON_ATTR);
	ASSERT_NE(NULL, rec);
	EXPECT_TRUE(done(rec));
	EXPECT_STREQ("user.note",
		     cdm_string(xattr(rec, COREDUMP_MON_A_XATTR_NAME)));
	EXPECT_NULL(xattr(rec, COREDUMP_MON_A_XATTR_VALUE).data);

	EXPECT_EQ(-1, removexattr(self->core, "user.note"));
	rec = next(self, COREDUMP_MON_ATTR);
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(ENODATA, cdm_result(rec)->error);
	EXPECT_EQ(0, count_all(self));
}

TEST_F(alter, access_control_lists)
{
	struct {
		struct posix_acl_xattr_header header;
		struct posix_acl_xattr_entry entries[5];
	} acl = {
		{ POSIX_ACL_XATTR_VERSION },
		{
			{ ACL_USER_OBJ, 6, ACL_UNDEFINED_ID },
			{ ACL_USER, 4, NOBODY },
			{ ACL_GROUP_OBJ, 4, ACL_UNDEFINED_ID },
			{ ACL_MASK, 4, ACL_UNDEFINED_ID },
			{ ACL_OTHER, 0, ACL_UNDEFINED_ID },
		},
	};
	const char *const name = "system.posix_acl_access";
	const struct coredump_mon_record *rec;
	struct cdm_value value;

	ASSERT_EQ(0, setxattr(self->core, name, &acl, sizeof(acl), 0));
	rec = next(self, COREDUMP_MON_ATTR);
	ASSERT_NE(NULL, rec);
	EXPECT_TRUE(done(rec));
	EXPECT_STREQ(name, cdm_string(xattr(rec, COREDUMP_MON_A_XATTR_NAME)));
	value = xattr(rec, COREDUMP_MON_A_XATTR_VALUE);
	ASSERT_EQ(sizeof(acl), value.len);
	EXPECT_EQ(0, memcmp(&acl, value.data, sizeof(acl)));

	ASSERT_EQ(0, removexattr(self->core, name));
	rec = next(self, COREDUMP_MON_ATTR);
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ(name, cdm_string(xattr(rec, COREDUMP_MON_A_XATTR_NAME)));
	EXPECT_NULL(xattr(rec, COREDUMP_MON_A_XATTR_VALUE).data);
	EXPECT_EQ(0, count_all(self));
}

/* The kernel removes a file that stands where it is to dump. */
TEST_F(alter, removed_by_a_dump)
{
	const struct coredump_mon_record *rec;
	const struct coredump_mon_file_id *id;
	const int signo = SIGSEGV;
	struct stat st;
	pid_t pid;

	ASSERT_EQ(0, cdm_core_pattern(cdm_env_path(&self->env, "core")));
	ASSERT_EQ(0, cdm_write_file("/proc/sys/kernel/core_uses_pid", "0"));
	ASSERT_EQ(0, cdm_make_file(cdm_env_path(&self->env, "core"), "an older"));
	ASSERT_EQ(0, stat(cdm_env_path(&self->env, "core"), &st));
	ASSERT_EQ(0, cdm_set_mode(self->reader->fd, COREDUMP_MON_ENFORCING, 0));
	pid = cdm_fork(cdm_raise, &signo);
	ASSERT_LE(0, pid);
	cdm_wait(pid);
	rec = cdm_next_of(self->reader, COREDUMP_MON_UNLINK, pid);
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ(cdm_env_path(&self->env, "core"), fs_path(rec));
	id = cdm_file(rec);
	ASSERT_NE(NULL, id);
	EXPECT_EQ(st.st_ino, id->ino);
	/* It never comes back from there. */
	EXPECT_NULL(cdm_result(rec));
	/* And its own is not told as being emptied. */
	EXPECT_EQ(0, cdm_count(self->reader, COREDUMP_MON_ATTR, pid));
}

/* An overlay does below what is asked of it above: that is one event. */
TEST_F(alter, once_through_an_overlay)
{
	char merged[128], path[192], upper[128], work[128], options[512];
	const struct coredump_mon_record *rec;

	snprintf(merged, sizeof(merged), "%s/merged", self->env.elsewhere);
	snprintf(upper, sizeof(upper), "%s/upper", self->env.elsewhere);
	snprintf(work, sizeof(work), "%s/work", self->env.elsewhere);
	snprintf(path, sizeof(path), "%s/a-core", merged);
	ASSERT_EQ(0, mkdir(merged, 0755));
	ASSERT_EQ(0, mkdir(upper, 0755));
	ASSERT_EQ(0, mkdir(work, 0755));
	snprintf(options, sizeof(options), "lowerdir=%s,upperdir=%s,workdir=%s",
		 self->env.dir, upper, work);
	ASSERT_EQ(0, mount("overlay", merged, "overlay", 0, options));
	EXPECT_EQ(0, chmod(path, 0640));
	rec = cdm_next_of(self->reader, COREDUMP_MON_ATTR, getpid());
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ("/a-core", fs_path(rec));
	EXPECT_TRUE(done(rec));
	EXPECT_EQ(0, count_all(self));
	/* Now there is a copy of it. */
	EXPECT_EQ(0, chmod(path, 0600));
	EXPECT_EQ(1, count_all(self));
	snprintf(options, sizeof(options), "%s/moved", merged);
	EXPECT_EQ(0, rename(path, options));
	EXPECT_EQ(1, count_all(self));
	EXPECT_EQ(0, unlink(options));
	EXPECT_EQ(1, count_all(self));
	umount2(merged, MNT_DETACH);
}

/* All of it, to a file and on to another name; 0: it works. */
static int do_all(const char *path, const char *other)
{
	return chmod(path, 0640) || chown(path, 1, 1) || truncate(path, 1) ||
	       setxattr(path, "user.x", "y", 1, 0) ||
	       removexattr(path, "user.x") || link(path, other) ||
	       unlink(path) || rename(other, path);
}

/* So that it changes something again. */
static int undo(const char *path)
{
	return chmod(path, 0600) || chown(path, 0, 0) || truncate(path, 7);
}

TEST_F(alter, nothing_of_other_files)
{
	char other[128];

	snprintf(other, sizeof(other), "%s/other", self->env.elsewhere);
	ASSERT_EQ(0, cdm_make_file(self->outside, "nothing"));
	EXPECT_EQ(0, do_all(self->outside, other));
	EXPECT_EQ(0, mkdir(self->name, 0755));
	EXPECT_EQ(0, chmod(self->name, 0700));
	EXPECT_EQ(0, rmdir(self->name));
	EXPECT_EQ(0, count_all(self));
}

TEST_F(alter, works_with_and_without)
{
	ASSERT_EQ(0, cdm_env_unload(&self->env));
	EXPECT_EQ(0, do_all(self->core, self->name));
	ASSERT_EQ(0, cdm_env_load(&self->env));
	EXPECT_EQ(0, count_all(self));
	EXPECT_EQ(0, undo(self->core));
	EXPECT_EQ(3, count_all(self));
	EXPECT_EQ(0, do_all(self->core, self->name));
	EXPECT_EQ(8, count_all(self));
	/* No rule refuses that. */
	ASSERT_EQ(0, cdm_set_mode(self->reader->fd, COREDUMP_MON_ENFORCING, 0));
	EXPECT_EQ(0, undo(self->core));
	EXPECT_EQ(0, do_all(self->core, self->name));
}

/* Deeper than a path can be told: which file it is, is. */
TEST_F(alter, too_deep_to_name)
{
	const struct coredump_mon_record *rec;
	char name[201];
	struct stat st;
	int i, fd;

	memset(name, 'd', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	ASSERT_EQ(0, chdir(self->env.dir));
	for (i = 0; i < 25; i++) {
		ASSERT_EQ(0, mkdir(name, 0700));
		ASSERT_EQ(0, chdir(name));
	}
	fd = open("core", O_CREAT | O_WRONLY, 0600);
	ASSERT_LE(0, fd);
	close(fd);
	ASSERT_EQ(0, stat("core", &st));
	ASSERT_EQ(0, chmod("core", 0640));
	rec = next_of_file(self, COREDUMP_MON_ATTR, &st);
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ("", fs_path(rec));
	EXPECT_EQ(COREDUMP_MON_ATTR_CUT,
		  cdm_get(rec, COREDUMP_MON_A_FILE,
			  COREDUMP_MON_A_FS_PATH).flags);
	EXPECT_EQ(0, unlink("core"));
	for (i = 0; i < 25; i++) {
		ASSERT_EQ(0, chdir(".."));
		ASSERT_EQ(0, rmdir(name));
	}
	ASSERT_EQ(0, chdir("/"));
}

static volatile bool stop;

/* Moves a directory above the file between a short name and a long one. */
static void *move_above(void *arg)
{
	char two[256], *one = arg;

	snprintf(two, sizeof(two), "%s-which-is-long-enough-to-stand-elsewhere-in-memory",
		 one);
	while (!stop) {
		rename(one, two);
		rename(two, one);
	}
	return NULL;
}

TEST_F(alter, names_are_whole)
{
	char above[128], path[256], longer[256];
	const struct coredump_mon_record *rec;
	pthread_t thread;
	int i, fd, told = 0;

	snprintf(above, sizeof(above), "%s/above", self->env.dir);
	snprintf(path, sizeof(path), "%s/core", above);
	snprintf(longer, sizeof(longer),
		 "%s-which-is-long-enough-to-stand-elsewhere-in-memory/core",
		 above);
	ASSERT_EQ(0, mkdir(above, 0700));
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	ASSERT_LE(0, fd);
	stop = false;
	ASSERT_EQ(0, pthread_create(&thread, NULL, move_above, above));
	for (i = 0; i < 300; i++)
		ASSERT_EQ(0, fchmod(fd, i % 2 ? 0600 : 0640));
	stop = true;
	pthread_join(thread, NULL);
	close(fd);
	for (i = 0; i < 300; i++) {
		rec = cdm_next_of(self->reader, COREDUMP_MON_ATTR, getpid());
		ASSERT_NE(NULL, rec);
		if (cdm_get(rec, COREDUMP_MON_A_FILE,
			    COREDUMP_MON_A_FS_PATH).flags)
			continue;
		told++;
		if (strcmp(fs_path(rec), path))
			ASSERT_STREQ(longer, fs_path(rec));
	}
	/* Only where it changed again and again while it was looked at is none. */
	EXPECT_LE(200, told);
}

CDM_HARNESS_MAIN
