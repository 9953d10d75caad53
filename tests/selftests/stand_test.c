// SPDX-License-Identifier: GPL-2.0
/*
 * What stood in a directory before it was watched is tagged, and stays a core file
 * wherever it goes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "cdm.h"

FIXTURE(stand)
{
	struct cdm_env env;
	struct coredump_mon_tag *tags;
	/* Not watched yet, with a file some levels below. */
	char dir[128];
	char deep[160];
	char file[192];
};

FIXTURE_SETUP(stand)
{
	ASSERT_EQ(0, cdm_env_up(&self->env));
	self->tags = calloc(COREDUMP_MON_TAGS_MAX, sizeof(*self->tags));
	ASSERT_NE(NULL, self->tags);
	snprintf(self->dir, sizeof(self->dir), "%s/dir", self->env.elsewhere);
	snprintf(self->deep, sizeof(self->deep), "%s/some/levels", self->dir);
	snprintf(self->file, sizeof(self->file), "%s/file", self->deep);
	ASSERT_EQ(0, mkdir(self->dir, 0755));
	snprintf(self->deep, sizeof(self->deep), "%s/some", self->dir);
	ASSERT_EQ(0, mkdir(self->deep, 0755));
	strcat(self->deep, "/levels");
	ASSERT_EQ(0, mkdir(self->deep, 0755));
	ASSERT_EQ(0, cdm_make_file(self->file, "secret"));
}

FIXTURE_TEARDOWN(stand)
{
	free(self->tags);
	cdm_env_down(&self->env);
}

static int watch(FIXTURE_DATA(stand) *self)
{
	const char *const dirs[] = { self->dir };

	return cdm_set_directories(self->env.reader.fd, dirs, 1);
}

/* Why a file is tagged; 0: it is not; -1: that cannot be told. */
static int origin_of(FIXTURE_DATA(stand) *self, const char *path)
{
	struct coredump_mon_buffer out = {
		.size = sizeof(out),
		.buffer = (uintptr_t)self->tags,
		.buffer_len = COREDUMP_MON_TAGS_MAX * sizeof(*self->tags),
	};
	struct stat st;
	__u32 i;

	if (stat(path, &st) ||
	    ioctl(self->env.reader.fd, COREDUMP_MON_IOC_GET_TAGS, &out))
		return -1;
	for (i = 0; i < out.count; i++)
		if (self->tags[i].ino == st.st_ino)
			return self->tags[i].origin;
	return 0;
}

static int opens_of(FIXTURE_DATA(stand) *self, const char *path)
{
	pid_t pid = cdm_fork(cdm_open_read, path);

	if (pid < 0 || cdm_wait(pid))
		return -1;
	return cdm_count(&self->env.reader, COREDUMP_MON_OPEN, pid);
}

TEST_F(stand, tagged_at_any_depth)
{
	char link[160], linked[128];

	/* Not what links lead to. */
	snprintf(linked, sizeof(linked), "%s/linked", self->env.elsewhere);
	snprintf(link, sizeof(link), "%s/link", self->dir);
	ASSERT_EQ(0, cdm_make_file(linked, "nothing"));
	ASSERT_EQ(0, symlink(linked, link));
	EXPECT_EQ(0, origin_of(self, self->file));
	ASSERT_EQ(0, watch(self));
	EXPECT_EQ(COREDUMP_MON_TAG_STOOD, origin_of(self, self->file));
	EXPECT_EQ(0, origin_of(self, linked));
}

/* Its directory is moved away with it. */
TEST_F(stand, stays_core_when_its_directory_goes)
{
	char moved[160];

	ASSERT_EQ(0, watch(self));
	snprintf(moved, sizeof(moved), "%s/moved", self->env.elsewhere);
	ASSERT_EQ(0, rename(self->deep, moved));
	strcat(moved, "/file");
	EXPECT_EQ(1, opens_of(self, moved));
	ASSERT_EQ(0, cdm_set_mode(self->env.reader.fd, COREDUMP_MON_ENFORCING,
				  0));
	EXPECT_EQ(-1, open(moved, O_RDONLY));
	EXPECT_EQ(EACCES, errno);
}

/* One that takes the place of a watched directory is looked into when followed. */
TEST_F(stand, in_one_that_comes_later)
{
	const struct coredump_mon_record *rec;
	char away[160];

	snprintf(away, sizeof(away), "%s/away", self->env.elsewhere);
	ASSERT_EQ(0, rename(self->dir, away));
	ASSERT_EQ(0, watch(self));
	ASSERT_EQ(0, rename(away, self->dir));
	do {
		rec = cdm_next_of(&self->env.reader, COREDUMP_MON_POLICY, 0);
		ASSERT_NE(NULL, rec);
	} while (cdm_policy(rec)->change != COREDUMP_MON_CHANGE_FOLLOWED);
	EXPECT_EQ(COREDUMP_MON_TAG_STOOD, origin_of(self, self->file));
}

/* What is mounted there is looked up, but not looked through. */
TEST_F(stand, not_in_what_is_mounted_there)
{
	const struct coredump_mon_record *rec;

	ASSERT_EQ(0, mount("tmpfs", self->deep, "tmpfs", 0, ""));
	ASSERT_EQ(0, cdm_make_file(self->file, "secret"));
	ASSERT_EQ(0, watch(self));
	do {
		rec = cdm_next_of(&self->env.reader, COREDUMP_MON_POLICY, 0);
		ASSERT_NE(NULL, rec);
	} while (cdm_policy(rec)->change != COREDUMP_MON_CHANGE_FOLLOWED);
	EXPECT_EQ(0, origin_of(self, self->file));
	EXPECT_EQ(1, opens_of(self, self->file));
	ASSERT_EQ(0, umount(self->deep));
}

/* They leave room for those that somebody dumps or asks for, and say so. */
TEST_F_TIMEOUT(stand, bounded, 120)
{
	struct coredump_mon_stats before, after;
	const int more = 100;
	char path[192];
	int i, fd;

	ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &before));
	for (i = 0; i < COREDUMP_MON_TAGS_MAX / 2 + more; i++) {
		snprintf(path, sizeof(path), "%s/%d", self->dir, i);
		fd = open(path, O_CREAT | O_WRONLY, 0600);
		ASSERT_LE(0, fd);
		close(fd);
	}
	ASSERT_EQ(0, watch(self));
	ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &after));
	EXPECT_LE(before.untagged + more, after.untagged);
	EXPECT_GE(COREDUMP_MON_TAGS_MAX / 2 + before.tags, after.tags);
	EXPECT_EQ(before.tags_evicted, after.tags_evicted);
	snprintf(path, sizeof(path), "%s/other", self->env.elsewhere);
	ASSERT_EQ(0, cdm_make_file(path, "secret"));
	EXPECT_EQ(0, cdm_tag(self->env.reader.fd, COREDUMP_MON_IOC_TAG_ADD,
			     path));
	/* Without a tag it is one by its directory. */
	EXPECT_EQ(1, opens_of(self, self->file));
}

CDM_HARNESS_MAIN
