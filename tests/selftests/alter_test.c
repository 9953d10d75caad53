// SPDX-License-Identifier: GPL-2.0
/*
 * What is done to core files besides opening them: told once each, with what was
 * and what is, and whether it was done; nothing of files that are none.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "cdm_alter.h"

FIXTURE(alter)
{
	struct cdm_alter alter;
};

FIXTURE_SETUP(alter)
{
	ASSERT_EQ(0, cdm_alter_up(&self->alter));
}

FIXTURE_TEARDOWN(alter)
{
	cdm_env_down(&self->alter.env);
}

TEST_F(alter, renamed)
{
	const struct coredump_mon_record *rec;

	ASSERT_EQ(0, rename(self->alter.core, self->alter.name));
	rec = cdm_next_of_core(&self->alter, COREDUMP_MON_RENAME);
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ(self->alter.core, cdm_fs_path(rec));
	EXPECT_STREQ(self->alter.name, cdm_new_fs_path(rec));
	EXPECT_TRUE(cdm_done(rec));

	/* Out of there, and on. */
	ASSERT_EQ(0, rename(self->alter.name, self->alter.outside));
	rec = cdm_next_of_core(&self->alter, COREDUMP_MON_RENAME);
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ(self->alter.outside, cdm_new_fs_path(rec));
	snprintf(self->alter.name, sizeof(self->alter.name), "%s/on", self->alter.env.elsewhere);
	ASSERT_EQ(0, rename(self->alter.outside, self->alter.name));
	rec = cdm_next_of_core(&self->alter, COREDUMP_MON_RENAME);
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ(self->alter.outside, cdm_fs_path(rec));
	EXPECT_STREQ(self->alter.name, cdm_new_fs_path(rec));
	EXPECT_EQ(1, cdm_file(rec)->tagged);
	EXPECT_NE(NULL, cdm_get(rec, COREDUMP_MON_A_FILE,
				COREDUMP_MON_A_ORIGIN).data);
	EXPECT_EQ(0, cdm_count_alter(&self->alter));
}

TEST_F(alter, moved_in)
{
	const struct coredump_mon_record *rec;
	struct stat st;

	ASSERT_EQ(0, cdm_make_file(self->alter.outside, "a core from elsewhere"));
	ASSERT_EQ(0, stat(self->alter.outside, &st));
	ASSERT_EQ(0, rename(self->alter.outside, self->alter.name));
	rec = cdm_next_of_file(&self->alter, COREDUMP_MON_RENAME, &st);
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ(self->alter.outside, cdm_fs_path(rec));
	EXPECT_STREQ(self->alter.name, cdm_new_fs_path(rec));
	EXPECT_TRUE(cdm_done(rec));
	EXPECT_EQ(0, cdm_count_alter(&self->alter));
}

TEST_F(alter, overwritten)
{
	const struct coredump_mon_record *rec;

	struct stat st;

	ASSERT_EQ(0, cdm_make_file(self->alter.outside, "not so secret"));
	ASSERT_EQ(0, stat(self->alter.outside, &st));
	ASSERT_EQ(0, rename(self->alter.outside, self->alter.core));
	rec = cdm_next_of_core(&self->alter, COREDUMP_MON_UNLINK);
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ(self->alter.core, cdm_fs_path(rec));
	EXPECT_TRUE(cdm_done(rec));
	rec = cdm_next_of_file(&self->alter, COREDUMP_MON_RENAME, &st);
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ(self->alter.core, cdm_new_fs_path(rec));
	EXPECT_EQ(0, cdm_count_alter(&self->alter));
}

TEST_F(alter, exchanged)
{
	const struct coredump_mon_record *rec;
	int i, out = 0, in = 0;

	ASSERT_EQ(0, cdm_make_file(self->alter.outside, "not so secret"));
	ASSERT_EQ(0, renameat2(AT_FDCWD, self->alter.core, AT_FDCWD, self->alter.outside,
			       RENAME_EXCHANGE));
	for (i = 0; i < 2; i++) {
		rec = cdm_next_of(self->alter.reader, COREDUMP_MON_RENAME, getpid());
		ASSERT_NE(NULL, rec);
		EXPECT_TRUE(cdm_done(rec));
		if (cdm_file(rec)->ino == self->alter.st.st_ino)
			out += !strcmp(self->alter.core, cdm_fs_path(rec)) &&
			       !strcmp(self->alter.outside, cdm_new_fs_path(rec));
		else
			in += !strcmp(self->alter.outside, cdm_fs_path(rec)) &&
			      !strcmp(self->alter.core, cdm_new_fs_path(rec));
	}
	EXPECT_EQ(1, out);
	EXPECT_EQ(1, in);
	EXPECT_EQ(0, cdm_count_alter(&self->alter));
}

TEST_F(alter, linked_and_unlinked)
{
	const struct coredump_mon_record *rec;

	ASSERT_EQ(0, link(self->alter.core, self->alter.outside));
	rec = cdm_next_of_core(&self->alter, COREDUMP_MON_LINK);
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ(self->alter.core, cdm_fs_path(rec));
	EXPECT_STREQ(self->alter.outside, cdm_new_fs_path(rec));
	EXPECT_TRUE(cdm_done(rec));
	ASSERT_EQ(0, unlink(self->alter.core));
	rec = cdm_next_of_core(&self->alter, COREDUMP_MON_UNLINK);
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ(self->alter.core, cdm_fs_path(rec));
	EXPECT_TRUE(cdm_done(rec));
	ASSERT_EQ(0, unlink(self->alter.outside));
	rec = cdm_next_of_core(&self->alter, COREDUMP_MON_UNLINK);
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ(self->alter.outside, cdm_fs_path(rec));
	EXPECT_EQ(0, cdm_count_alter(&self->alter));
}

/* The kernel removes a file that stands where it is to dump. */
TEST_F(alter, removed_by_a_dump)
{
	const struct coredump_mon_record *rec;
	const struct coredump_mon_file_id *id;
	const int signo = SIGSEGV;
	struct stat st;
	pid_t pid;

	ASSERT_EQ(0, cdm_core_pattern(cdm_env_path(&self->alter.env, "core")));
	ASSERT_EQ(0, cdm_write_file("/proc/sys/kernel/core_uses_pid", "0"));
	ASSERT_EQ(0, cdm_make_file(cdm_env_path(&self->alter.env, "core"), "an older"));
	ASSERT_EQ(0, stat(cdm_env_path(&self->alter.env, "core"), &st));
	ASSERT_EQ(0, cdm_set_mode(self->alter.reader->fd, COREDUMP_MON_ENFORCING, 0));
	pid = cdm_fork(cdm_raise, &signo);
	ASSERT_LE(0, pid);
	cdm_wait(pid);
	rec = cdm_next_of(self->alter.reader, COREDUMP_MON_UNLINK, pid);
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ(cdm_env_path(&self->alter.env, "core"), cdm_fs_path(rec));
	id = cdm_file(rec);
	ASSERT_NE(NULL, id);
	EXPECT_EQ(st.st_ino, id->ino);
	/* It never comes back from there. */
	EXPECT_NULL(cdm_result(rec));
	/* And its own is not told as being emptied. */
	EXPECT_EQ(0, cdm_count(self->alter.reader, COREDUMP_MON_ATTR, pid));
}

/* An overlay does below what is asked of it above: that is one event. */
TEST_F(alter, once_through_an_overlay)
{
	char merged[128], path[192], upper[128], work[128], options[512];
	const struct coredump_mon_record *rec;

	snprintf(merged, sizeof(merged), "%s/merged", self->alter.env.elsewhere);
	snprintf(upper, sizeof(upper), "%s/upper", self->alter.env.elsewhere);
	snprintf(work, sizeof(work), "%s/work", self->alter.env.elsewhere);
	snprintf(path, sizeof(path), "%s/a-core", merged);
	ASSERT_EQ(0, mkdir(merged, 0755));
	ASSERT_EQ(0, mkdir(upper, 0755));
	ASSERT_EQ(0, mkdir(work, 0755));
	snprintf(options, sizeof(options), "lowerdir=%s,upperdir=%s,workdir=%s",
		 self->alter.env.dir, upper, work);
	ASSERT_EQ(0, mount("overlay", merged, "overlay", 0, options));
	EXPECT_EQ(0, chmod(path, 0640));
	rec = cdm_next_of(self->alter.reader, COREDUMP_MON_ATTR, getpid());
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ("/a-core", cdm_fs_path(rec));
	EXPECT_TRUE(cdm_done(rec));
	EXPECT_EQ(0, cdm_count_alter(&self->alter));
	/* Now there is a copy of it. */
	EXPECT_EQ(0, chmod(path, 0600));
	EXPECT_EQ(1, cdm_count_alter(&self->alter));
	snprintf(options, sizeof(options), "%s/moved", merged);
	EXPECT_EQ(0, rename(path, options));
	EXPECT_EQ(1, cdm_count_alter(&self->alter));
	EXPECT_EQ(0, unlink(options));
	EXPECT_EQ(1, cdm_count_alter(&self->alter));
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

	snprintf(other, sizeof(other), "%s/other", self->alter.env.elsewhere);
	ASSERT_EQ(0, cdm_make_file(self->alter.outside, "nothing"));
	EXPECT_EQ(0, do_all(self->alter.outside, other));
	EXPECT_EQ(0, mkdir(self->alter.name, 0755));
	EXPECT_EQ(0, chmod(self->alter.name, 0700));
	EXPECT_EQ(0, rmdir(self->alter.name));
	EXPECT_EQ(0, cdm_count_alter(&self->alter));
}

/* All that is in it moves too, tagged or not. */
TEST_F(alter, directories)
{
	const struct coredump_mon_record *rec;
	char sub[128], there[160];
	struct stat st;

	snprintf(sub, sizeof(sub), "%s/sub", self->alter.env.dir);
	snprintf(there, sizeof(there), "%s/core", sub);
	ASSERT_EQ(0, mkdir(sub, 0755));
	ASSERT_EQ(0, cdm_make_file(there, "core"));
	ASSERT_EQ(0, stat(sub, &st));
	ASSERT_EQ(0, rename(sub, self->alter.outside));
	rec = cdm_next_of_file(&self->alter, COREDUMP_MON_RENAME, &st);
	ASSERT_NE(NULL, rec);
	EXPECT_TRUE(cdm_done(rec));
	EXPECT_STREQ(sub, cdm_fs_path(rec));
	EXPECT_STREQ(self->alter.outside, cdm_new_fs_path(rec));
	/* Outside, it is none any more. */
	snprintf(there, sizeof(there), "%s/another", self->alter.env.elsewhere);
	ASSERT_EQ(0, rename(self->alter.outside, there));
	EXPECT_EQ(0, cdm_count_alter(&self->alter));
	ASSERT_EQ(0, rename(there, sub));
	rec = cdm_next_of_file(&self->alter, COREDUMP_MON_RENAME, &st);
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(0, cdm_count_alter(&self->alter));
}

TEST_F(alter, works_with_and_without)
{
	ASSERT_EQ(0, cdm_env_unload(&self->alter.env));
	EXPECT_EQ(0, do_all(self->alter.core, self->alter.name));
	ASSERT_EQ(0, cdm_env_load(&self->alter.env));
	EXPECT_EQ(0, cdm_count_alter(&self->alter));
	EXPECT_EQ(0, undo(self->alter.core));
	EXPECT_EQ(3, cdm_count_alter(&self->alter));
	EXPECT_EQ(0, do_all(self->alter.core, self->alter.name));
	EXPECT_EQ(8, cdm_count_alter(&self->alter));
	/* No rule refuses that. */
	ASSERT_EQ(0, cdm_set_mode(self->alter.reader->fd, COREDUMP_MON_ENFORCING, 0));
	EXPECT_EQ(0, undo(self->alter.core));
	EXPECT_EQ(0, do_all(self->alter.core, self->alter.name));
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
	ASSERT_EQ(0, chdir(self->alter.env.dir));
	for (i = 0; i < 25; i++) {
		ASSERT_EQ(0, mkdir(name, 0700));
		ASSERT_EQ(0, chdir(name));
	}
	fd = open("core", O_CREAT | O_WRONLY, 0600);
	ASSERT_LE(0, fd);
	close(fd);
	ASSERT_EQ(0, stat("core", &st));
	ASSERT_EQ(0, chmod("core", 0640));
	rec = cdm_next_of_file(&self->alter, COREDUMP_MON_ATTR, &st);
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ("", cdm_fs_path(rec));
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

	snprintf(above, sizeof(above), "%s/above", self->alter.env.dir);
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
		rec = cdm_next_of(self->alter.reader, COREDUMP_MON_ATTR, getpid());
		ASSERT_NE(NULL, rec);
		if (cdm_get(rec, COREDUMP_MON_A_FILE,
			    COREDUMP_MON_A_FS_PATH).flags)
			continue;
		told++;
		if (strcmp(cdm_fs_path(rec), path))
			ASSERT_STREQ(longer, cdm_fs_path(rec));
	}
	/* Only where it changed again and again while it was looked at is none. */
	EXPECT_LE(200, told);
}

CDM_HARNESS_MAIN
