// SPDX-License-Identifier: GPL-2.0
/*
 * Opens on FUSE. One with O_CREAT goes to ->atomic_open(), unless the file is
 * known to be there: what that looks up and finds is opened as ever; what it does
 * not find is created and opened at once, past vfs_open().
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "cdm.h"
#include "cdm_fuse.h"
#include "cdm_way.h"

/* Over the directory that is watched from then on. */
static int serve(struct cdm_scene *scene)
{
	return cdm_fuse_serve(scene->dir);
}

static int serve_late(struct cdm_scene *scene)
{
	snprintf(scene->path, sizeof(scene->path), "%s/" CDM_FUSE_LATE,
		 scene->dir);
	return serve(scene);
}

static void unmount(const struct cdm_scene *scene)
{
	umount2(scene->dir, MNT_DETACH);
}

/* Not only opened: its content is had. */
static int open_or_create(const struct cdm_scene *scene)
{
	int fd = open(scene->path, O_RDWR | O_CREAT, 0644);
	char byte;

	if (fd < 0)
		return -errno;
	return read(fd, &byte, 1) == 1 ? fd : -ENODATA;
}

FIXTURE(fuse)
{
	struct cdm_env env;
};

FIXTURE_VARIANT(fuse)
{
	struct cdm_way way;
};

FIXTURE_VARIANT_ADD(fuse, path) {
	.way = {
		.title = "FUSE, its path",
		.prepare = serve,
		.undo = unmount,
		.access = COREDUMP_MON_ACCESS_READ,
	},
};

FIXTURE_VARIANT_ADD(fuse, found) {
	.way = {
		.title = "FUSE, `O_CREAT` of what is there",
		.prepare = serve,
		.open = open_or_create,
		.undo = unmount,
		.access = COREDUMP_MON_ACCESS_READ_WRITE,
	},
};

FIXTURE_VARIANT_ADD(fuse, late) {
	.way = {
		.title = "FUSE, `O_CREAT` of what comes in between",
		.prepare = serve_late,
		.open = open_or_create,
		.undo = unmount,
		.access = COREDUMP_MON_ACCESS_READ_WRITE,
	},
};

FIXTURE_SETUP(fuse)
{
	ASSERT_EQ(0, cdm_env_up(&self->env));
}

FIXTURE_TEARDOWN(fuse)
{
	cdm_env_down(&self->env);
}

TEST_F(fuse, works_is_seen_is_denied)
{
	const char *wrong;
	bool skip;

	wrong = cdm_way_try(&self->env, &variant->way, &skip);
	if (skip)
		SKIP(return, "this kernel has no such thing");
	EXPECT_EQ(NULL, wrong) TH_LOG("%s: %s", variant->way.title, wrong);
}

FIXTURE(created)
{
	struct cdm_env env;
	bool served;
};

FIXTURE_SETUP(created)
{
	const char *const paths[] = { self->env.dir };

	ASSERT_EQ(0, cdm_env_up(&self->env));
	self->served = !cdm_fuse_serve(self->env.dir);
	ASSERT_EQ(0, cdm_set_directories(self->env.reader.fd, paths, 1));
	ASSERT_EQ(0, cdm_reader_seek(&self->env.reader, SEEK_END));
}

FIXTURE_TEARDOWN(created)
{
	umount2(self->env.dir, MNT_DETACH);
	cdm_env_down(&self->env);
}

TEST_F(created, is_written_and_not_refused)
{
	static const __u32 modes[] = {
		COREDUMP_MON_PERMISSIVE, COREDUMP_MON_ENFORCING,
	};
	static const int flags[] = { O_WRONLY, O_RDWR, O_RDWR | O_EXCL };
	const struct coredump_mon_record *rec;
	int mode, i;

	if (!self->served)
		SKIP(return, "no FUSE in this kernel");
	for (mode = 0; mode < 2; mode++) {
		ASSERT_EQ(0, cdm_set_mode(self->env.reader.fd, modes[mode], 0));
		for (i = 0; i < 3; i++) {
			int fd = open(cdm_env_path(&self->env, "new"),
				      flags[i] | O_CREAT, 0600);

			ASSERT_LE(0, fd);
			close(fd);
			rec = cdm_next_of(&self->env.reader, COREDUMP_MON_OPEN,
					  getpid());
			ASSERT_NE(NULL, rec);
			EXPECT_EQ(COREDUMP_MON_ALLOWED,
				  cdm_decision(rec)->verdict);
			EXPECT_EQ(COREDUMP_MON_ACCESS_WRITE,
				  cdm_file(rec)->access);
			EXPECT_EQ(0, cdm_count(&self->env.reader,
					       COREDUMP_MON_OPEN, getpid()));
		}
	}
}

CDM_HARNESS_MAIN
