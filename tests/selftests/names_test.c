// SPDX-License-Identifier: GPL-2.0
/*
 * Ways of naming a core file: whatever leads to it, leads to its inode.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "cdm.h"
#include "cdm_way.h"

/* Not in every suite's headers. */
#ifndef RESOLVE_CACHED
#define RESOLVE_CACHED		0x20
#endif
#ifndef RENAME_EXCHANGE
#define RENAME_EXCHANGE		2
#endif

static int symlink_to_it(struct cdm_scene *scene)
{
	cdm_way_elsewhere(scene, "link");
	return symlink(scene->core, scene->path);
}

static int through_dotdot(struct cdm_scene *scene)
{
	snprintf(scene->path, sizeof(scene->path), "%s/../%s/./a-core",
		 scene->dir, strrchr(scene->dir, '/') + 1);
	return 0;
}

static int open_relative(const struct cdm_scene *scene)
{
	return chdir(scene->dir) ? -errno : cdm_way_open("./a-core");
}

static int through_proc_root(struct cdm_scene *scene)
{
	snprintf(scene->path, sizeof(scene->path), "/proc/self/root%s",
		 scene->core);
	return 0;
}

static int open_through_proc_cwd(const struct cdm_scene *scene)
{
	return chdir(scene->dir) ? -errno :
				   cdm_way_open("/proc/self/cwd/a-core");
}

static int reopen_o_path(const struct cdm_scene *scene)
{
	return cdm_way_reopen(open(scene->core, O_PATH));
}

/* With the RESOLVE flag that is the scene's argument. */
static int open_with_openat2(const struct cdm_scene *scene)
{
	const struct open_how how = { .resolve = scene->arg };
	int dir = open(scene->dir, O_PATH | O_DIRECTORY), fd, i;
	struct stat st;

	/* RESOLVE_CACHED: what is not, asks for another try. */
	for (i = 0; i < 100; i++) {
		fd = syscall(__NR_openat2, dir, "a-core", &how, sizeof(how));
		if (fd >= 0 || errno != EAGAIN)
			break;
		stat(scene->core, &st);
	}
	return fd < 0 ? -errno : fd;
}

/* RESOLVE_CACHED is of 5.12. */
static int has_openat2(struct cdm_scene *scene)
{
	return open_with_openat2(scene) < 0 ? -1 : 0;
}

static int get_handle(const struct cdm_scene *scene, struct file_handle *handle)
{
	int mount_id;

	handle->handle_bytes = MAX_HANDLE_SZ;
	return name_to_handle_at(AT_FDCWD, scene->core, handle, &mount_id, 0);
}

/* The file has no known directory then: nothing but its handle leads to it. */
static int open_by_handle(const struct cdm_scene *scene)
{
	char space[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	struct file_handle *handle = (void *)space;
	int mount = open(scene->elsewhere, O_RDONLY | O_DIRECTORY), fd;

	if (mount < 0 || get_handle(scene, handle))
		return -errno;
	sync();
	if (scene->arg && cdm_write_file("/proc/sys/vm/drop_caches", "3"))
		return -errno;
	fd = open_by_handle_at(mount, handle, O_RDONLY);
	return fd < 0 ? -errno : fd;
}

static int hard_link_to_it(struct cdm_scene *scene)
{
	cdm_way_elsewhere(scene, "link");
	return link(scene->core, scene->path);
}

static int move_it(struct cdm_scene *scene)
{
	cdm_way_elsewhere(scene, "holiday.jpg");
	if (rename(scene->core, scene->path))
		return -1;
	strcpy(scene->core, scene->path);
	return 0;
}

static int exchange_it(struct cdm_scene *scene)
{
	cdm_way_elsewhere(scene, "holiday.jpg");
	if (cdm_make_file(scene->path, "x") ||
	    syscall(SYS_renameat2, AT_FDCWD, scene->core, AT_FDCWD, scene->path,
		    RENAME_EXCHANGE))
		return -1;
	strcpy(scene->core, scene->path);
	return 0;
}

FIXTURE(names)
{
	struct cdm_env env;
};

FIXTURE_VARIANT(names)
{
	struct cdm_way way;
};

FIXTURE_VARIANT_ADD(names, path) {
	.way = {
		.title = "its path",
	},
};

FIXTURE_VARIANT_ADD(names, link) {
	.way = {
		.title = "a symbolic link",
		.prepare = symlink_to_it,
	},
};

FIXTURE_VARIANT_ADD(names, dotdot) {
	.way = {
		.title = "a path with `..`",
		.prepare = through_dotdot,
	},
};

FIXTURE_VARIANT_ADD(names, relative) {
	.way = {
		.title = "a relative path",
		.open = open_relative,
	},
};

FIXTURE_VARIANT_ADD(names, proc_root) {
	.way = {
		.title = "`/proc/self/root`",
		.prepare = through_proc_root,
	},
};

FIXTURE_VARIANT_ADD(names, proc_cwd) {
	.way = {
		.title = "`/proc/self/cwd`",
		.open = open_through_proc_cwd,
	},
};

FIXTURE_VARIANT_ADD(names, proc_fd) {
	.way = {
		.title = "`/proc/self/fd/N`, opened with `O_PATH`",
		.open = reopen_o_path,
	},
};

FIXTURE_VARIANT_ADD(names, no_xdev) {
	.way = {
		.title = "`openat2`, `RESOLVE_NO_XDEV`",
		.prepare = has_openat2,
		.open = open_with_openat2,
		.arg = RESOLVE_NO_XDEV,
	},
};

FIXTURE_VARIANT_ADD(names, no_magiclinks) {
	.way = {
		.title = "`openat2`, `RESOLVE_NO_MAGICLINKS`",
		.prepare = has_openat2,
		.open = open_with_openat2,
		.arg = RESOLVE_NO_MAGICLINKS,
	},
};

FIXTURE_VARIANT_ADD(names, no_symlinks) {
	.way = {
		.title = "`openat2`, `RESOLVE_NO_SYMLINKS`",
		.prepare = has_openat2,
		.open = open_with_openat2,
		.arg = RESOLVE_NO_SYMLINKS,
	},
};

FIXTURE_VARIANT_ADD(names, beneath) {
	.way = {
		.title = "`openat2`, `RESOLVE_BENEATH`",
		.prepare = has_openat2,
		.open = open_with_openat2,
		.arg = RESOLVE_BENEATH,
	},
};

FIXTURE_VARIANT_ADD(names, in_root) {
	.way = {
		.title = "`openat2`, `RESOLVE_IN_ROOT`",
		.prepare = has_openat2,
		.open = open_with_openat2,
		.arg = RESOLVE_IN_ROOT,
	},
};

FIXTURE_VARIANT_ADD(names, cached) {
	.way = {
		.title = "`openat2`, `RESOLVE_CACHED`",
		.prepare = has_openat2,
		.open = open_with_openat2,
		.arg = RESOLVE_CACHED,
	},
};

FIXTURE_VARIANT_ADD(names, handle) {
	.way = {
		.title = "`open_by_handle_at`",
		.open = open_by_handle,
		.tagged = true,
	},
};

FIXTURE_VARIANT_ADD(names, handle_uncached) {
	.way = {
		.title = "`open_by_handle_at`, nothing of it cached",
		.open = open_by_handle,
		.arg = 1,
	},
};

FIXTURE_VARIANT_ADD(names, hard_link) {
	.way = {
		.title = "a hard link elsewhere",
		.prepare = hard_link_to_it,
		.tagged = true,
	},
};

FIXTURE_VARIANT_ADD(names, renamed) {
	.way = {
		.title = "renamed elsewhere",
		.prepare = move_it,
		.tagged = true,
	},
};

FIXTURE_VARIANT_ADD(names, exchanged) {
	.way = {
		.title = "`RENAME_EXCHANGE` with a file elsewhere",
		.prepare = exchange_it,
		.tagged = true,
	},
};

FIXTURE_SETUP(names)
{
	ASSERT_EQ(0, cdm_env_up(&self->env));
}

FIXTURE_TEARDOWN(names)
{
	cdm_env_down(&self->env);
}

TEST_F(names, works_is_seen_is_denied)
{
	const char *wrong;
	bool skip;

	wrong = cdm_way_try(&self->env, &variant->way, &skip);
	if (skip)
		SKIP(return, "this kernel has no such thing");
	EXPECT_EQ(NULL, wrong) TH_LOG("%s: %s", variant->way.title, wrong);
}

CDM_HARNESS_MAIN
