// SPDX-License-Identifier: GPL-2.0
/*
 * Overlays: what is below is looked at with each open, and nothing that is done
 * there comes to be otherwise; a core file that is copied up stays one.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "cdm.h"

FIXTURE(overlay)
{
	struct cdm_env env;
	/* The merged directory, and the core file of the lower layer there. */
	char merged[128];
	char core[192];
};

FIXTURE_VARIANT(overlay)
{
	const char *options;
};

FIXTURE_VARIANT_ADD(overlay, plain)
{
	.options = "",
};

/* What is copied up by a chmod has no data of its own. */
FIXTURE_VARIANT_ADD(overlay, metacopy)
{
	.options = ",metacopy=on",
};

FIXTURE_SETUP(overlay)
{
	char upper[128], work[128], options[512];

	ASSERT_EQ(0, cdm_env_up(&self->env));
	ASSERT_EQ(0, cdm_make_file(cdm_env_path(&self->env, "a-core"), "secret"));
	snprintf(upper, sizeof(upper), "%s/upper", self->env.elsewhere);
	snprintf(work, sizeof(work), "%s/work", self->env.elsewhere);
	snprintf(self->merged, sizeof(self->merged), "%s/merged",
		 self->env.elsewhere);
	snprintf(self->core, sizeof(self->core), "%s/a-core", self->merged);
	ASSERT_EQ(0, mkdir(upper, 0755));
	ASSERT_EQ(0, mkdir(work, 0755));
	ASSERT_EQ(0, mkdir(self->merged, 0755));
	snprintf(options, sizeof(options), "lowerdir=%s,upperdir=%s,workdir=%s%s",
		 self->env.dir, upper, work, variant->options);
	ASSERT_EQ(0, mount("overlay", self->merged, "overlay", 0, options));
	ASSERT_EQ(0, cdm_reader_seek(&self->env.reader, SEEK_END));
}

FIXTURE_TEARDOWN(overlay)
{
	umount2(self->merged, MNT_DETACH);
	cdm_env_down(&self->env);
}

static const char *in(const char *dir, const char *name)
{
	static char paths[4][256];
	static unsigned int last;
	char *path = paths[last++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
	return path;
}

static int opens_of(FIXTURE_DATA(overlay) *self, const char *path)
{
	pid_t pid = cdm_fork(cdm_open_read, path);

	if (cdm_wait(pid))
		return -1;
	return cdm_count(&self->env.reader, COREDUMP_MON_OPEN, pid);
}

TEST_F(overlay, stays_core_when_copied_up)
{
	int fd;

	EXPECT_EQ(1, opens_of(self, self->core));
	/* That copies it, or what is known of it alone. */
	ASSERT_EQ(0, chmod(self->core, 0640));
	EXPECT_EQ(1, opens_of(self, self->core));
	/* That copies all of it. */
	fd = open(self->core, O_WRONLY | O_APPEND);
	ASSERT_LE(0, fd);
	close(fd);
	EXPECT_EQ(1, opens_of(self, self->core));
	ASSERT_EQ(0, rename(self->core, in(self->merged, "moved")));
	EXPECT_EQ(1, opens_of(self, in(self->merged, "moved")));
	ASSERT_EQ(0, cdm_set_mode(self->env.reader.fd, COREDUMP_MON_ENFORCING,
				  0));
	EXPECT_EQ(-1, open(in(self->merged, "moved"), O_RDONLY));
	EXPECT_EQ(EACCES, errno);
}

TEST_F(overlay, stays_core_when_renamed)
{
	ASSERT_EQ(0, rename(self->core, in(self->merged, "moved")));
	EXPECT_EQ(1, opens_of(self, in(self->merged, "moved")));
}

/* As a dump helper does, whatever the layers are opened for. */
TEST_F(overlay, what_is_created_is_not_refused)
{
	const char *const paths[] = { self->merged };
	const char *created = in(self->merged, "created");
	const struct coredump_mon_record *rec;
	int fd;

	ASSERT_EQ(0, cdm_set_directories(self->env.reader.fd, paths, 1));
	ASSERT_EQ(0, cdm_set_mode(self->env.reader.fd, COREDUMP_MON_ENFORCING,
				  0));
	fd = open(created, O_RDWR | O_CREAT | O_EXCL, 0600);
	ASSERT_LE(0, fd);
	EXPECT_EQ(6, write(fd, "secret", 6));
	close(fd);
	rec = cdm_next_of(&self->env.reader, COREDUMP_MON_OPEN, getpid());
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(COREDUMP_MON_ALLOWED, cdm_decision(rec)->verdict);
	EXPECT_EQ(COREDUMP_MON_ACCESS_WRITE, cdm_file(rec)->access);
	EXPECT_EQ(0, cdm_count(&self->env.reader, COREDUMP_MON_OPEN, getpid()));
	EXPECT_EQ(-1, open(created, O_RDONLY));
	EXPECT_EQ(EACCES, errno);
	/* Nor can it be had from the layer. */
	EXPECT_EQ(-1, open(in(self->env.elsewhere, "upper/created"), O_RDONLY));
	EXPECT_EQ(EACCES, errno);
}

TEST_F(overlay, everything_else_is_as_ever)
{
	char fd_path[64], content[8] = "";
	struct stat st;
	int fd;

	ASSERT_EQ(0, cdm_set_mode(self->env.reader.fd, COREDUMP_MON_ENFORCING,
				  0));
	ASSERT_EQ(0, cdm_make_file(in(self->merged, "new"), "new"));
	ASSERT_EQ(0, link(in(self->merged, "new"), in(self->merged, "link")));
	ASSERT_EQ(0, rename(in(self->merged, "link"), in(self->merged, "name")));
	ASSERT_EQ(0, mkdir(in(self->merged, "dir"), 0755));
	ASSERT_EQ(0, rename(in(self->merged, "dir"), in(self->merged, "dir2")));
	fd = open(in(self->merged, "name"), O_RDWR | O_TRUNC);
	ASSERT_LE(0, fd);
	EXPECT_EQ(3, write(fd, "abc", 3));
	EXPECT_EQ(3, pread(fd, content, sizeof(content), 0));
	EXPECT_STREQ("abc", content);
	close(fd);
	/* Not in every kernel's overlay. */
	fd = open(self->merged, O_TMPFILE | O_RDWR, 0600);
	if (fd >= 0) {
		snprintf(fd_path, sizeof(fd_path), "/proc/self/fd/%d", fd);
		EXPECT_EQ(0, linkat(AT_FDCWD, fd_path, AT_FDCWD,
				    in(self->merged, "unnamed"),
				    AT_SYMLINK_FOLLOW));
		close(fd);
	}
	/* The file itself is not read for that, or by its own file system alone. */
	ASSERT_EQ(0, stat(self->core, &st));
	ASSERT_EQ(0, unlink(in(self->merged, "new")));
	EXPECT_EQ(0, cdm_count(&self->env.reader, COREDUMP_MON_OPEN, getpid()));
	ASSERT_EQ(0, unlink(self->core));
	EXPECT_EQ(0, stat(cdm_env_path(&self->env, "a-core"), &st));
}

CDM_HARNESS_MAIN
