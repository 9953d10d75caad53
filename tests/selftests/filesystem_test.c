// SPDX-License-Identifier: GPL-2.0
/*
 * Ways to a core file that not every file system has: clones of it, which share
 * its blocks, and an overlay that has fs-verity look at what is below it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fsverity.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "cdm.h"
#include "cdm_way.h"

/* Of linux/fs.h, which older C libraries do not go together with. */
#ifndef FICLONE
struct file_clone_range {
	__s64 src_fd;
	__u64 src_offset;
	__u64 src_length;
	__u64 dest_offset;
};

#define FICLONE		_IOW(0x94, 9, int)
#define FICLONERANGE	_IOW(0x94, 13, struct file_clone_range)
#endif

#define LEN	6 /* of "secret" */

/*
 * A disk of that size, made by such a command, is mounted elsewhere; a directory of
 * it takes the place of the watched one, and the core file is there.
 */
static int on_disk(struct cdm_scene *scene, const char *size, const char *mkfs)
{
	char command[1024];

	snprintf(command, sizeof(command),
		 "modprobe -q loop; cd %1$s && truncate -s %3$s disk && %4$s disk && mount -o loop disk %1$s && mkdir %1$s/cores && cp -p %2$s/a-core %1$s/cores/ && mount --bind %1$s/cores %2$s",
		 scene->elsewhere, scene->dir, size, mkfs);
	cdm_way_elsewhere(scene, "cores/a-core");
	return system(command) ? -1 : 0;
}

static void unmount(const struct cdm_scene *scene)
{
	umount2(scene->dir, MNT_DETACH);
}

static int on_xfs(struct cdm_scene *scene)
{
	return on_disk(scene, "320M", "mkfs.xfs -q");
}

static bool is_copy(int fd)
{
	char content[LEN];

	return pread(fd, content, LEN, 0) == LEN &&
	       !memcmp(content, "secret", LEN);
}

static int clone_file(int from, int to)
{
	return ioctl(to, FICLONE, from);
}

static int clone_range(int from, int to)
{
	const struct file_clone_range all = { .src_fd = from };

	return ioctl(to, FICLONERANGE, &all);
}

static int copy_range(int from, int to)
{
	return syscall(SYS_copy_file_range, from, NULL, to, NULL, LEN, 0) ==
	       LEN ? 0 : -1;
}

static int (*const copies[])(int from, int to) = {
	clone_file, clone_range, copy_range,
};

static int copy_it(const struct cdm_scene *scene)
{
	int from = cdm_way_open(scene->path), to;
	char path[PATH_MAX];

	if (from < 0)
		return from;
	snprintf(path, sizeof(path), "%s/copy", scene->elsewhere);
	to = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (to < 0 || copies[scene->arg](from, to))
		return -errno;
	return is_copy(to) ? from : -EIO;
}

/* Nothing of it is in memory, nor has it been copied up. */
static int mount_fresh(const struct cdm_scene *scene)
{
	char options[4 * PATH_MAX], upper[PATH_MAX], work[PATH_MAX],
	     merged[PATH_MAX];

	snprintf(upper, sizeof(upper), "%s/over/upper.%d", scene->elsewhere,
		 getpid());
	snprintf(work, sizeof(work), "%s/over/work.%d", scene->elsewhere,
		 getpid());
	snprintf(merged, sizeof(merged), "%s/merged", scene->elsewhere);
	snprintf(options, sizeof(options),
		 "lowerdir=%s/cores,upperdir=%s,workdir=%s,metacopy=on,verity=on",
		 scene->elsewhere, upper, work);
	sync();
	return mkdir(upper, 0755) || mkdir(work, 0755) ||
	       cdm_write_file("/proc/sys/vm/drop_caches", "3") ||
	       mount("overlay", merged, "overlay", 0, options) ? -1 : 0;
}

static int unmount_overlay(const struct cdm_scene *scene)
{
	char merged[PATH_MAX];

	snprintf(merged, sizeof(merged), "%s/merged", scene->elsewhere);
	return umount2(merged, MNT_DETACH);
}

static int seal(const char *path)
{
	const struct fsverity_enable_arg arg = {
		.version = 1,
		.hash_algorithm = FS_VERITY_HASH_ALG_SHA256,
		.block_size = 4096,
	};
	int fd = open(path, O_RDONLY), ret;

	ret = ioctl(fd, FS_IOC_ENABLE_VERITY, &arg);
	close(fd);
	return ret;
}

static int overlay_with_verity(struct cdm_scene *scene)
{
	char over[PATH_MAX], merged[PATH_MAX];

	snprintf(over, sizeof(over), "%s/over", scene->elsewhere);
	snprintf(merged, sizeof(merged), "%s/merged", scene->elsewhere);
	if (on_disk(scene, "16M", "mkfs.ext4 -q -b 4096 -O verity") ||
	    seal(scene->path) || mkdir(over, 0755) || mkdir(merged, 0755) ||
	    mount("tmpfs", over, "tmpfs", 0, NULL) || mount_fresh(scene))
		return -1;
	return unmount_overlay(scene);
}

/*
 * What it knows of the file is copied up, its digest too: for that the overlay
 * opens the file by kernel_file_open(), which nobody asked it to. Whatever comes
 * of that, it says EIO.
 */
static int change_mode(const struct cdm_scene *scene)
{
	char path[PATH_MAX];
	int ret = 0;

	if (mount_fresh(scene))
		return -errno;
	snprintf(path, sizeof(path), "%s/merged/a-core", scene->elsewhere);
	if (chmod(path, 0600))
		ret = errno == EIO ? -EACCES : -errno;
	return unmount_overlay(scene) ? -errno : ret;
}

FIXTURE(filesystem)
{
	struct cdm_env env;
};

FIXTURE_VARIANT(filesystem)
{
	struct cdm_way way;
};

FIXTURE_VARIANT_ADD(filesystem, clone) {
	.way = {
		.title = "`FICLONE` of it, on XFS",
		.prepare = on_xfs,
		.open = copy_it,
		.undo = unmount,
		.access = COREDUMP_MON_ACCESS_READ,
		.arg = 0,
	},
};

FIXTURE_VARIANT_ADD(filesystem, clone_range) {
	.way = {
		.title = "`FICLONERANGE` of it, on XFS",
		.prepare = on_xfs,
		.open = copy_it,
		.undo = unmount,
		.access = COREDUMP_MON_ACCESS_READ,
		.arg = 1,
	},
};

FIXTURE_VARIANT_ADD(filesystem, copy_range) {
	.way = {
		.title = "`copy_file_range` out of it, on XFS",
		.prepare = on_xfs,
		.open = copy_it,
		.undo = unmount,
		.access = COREDUMP_MON_ACCESS_READ,
		.arg = 2,
	},
};

FIXTURE_VARIANT_ADD(filesystem, verity) {
	.way = {
		.title = "an overlay over it, with fs-verity",
		.prepare = overlay_with_verity,
		.open = change_mode,
		.undo = unmount,
		.access = COREDUMP_MON_ACCESS_READ,
	},
};

FIXTURE_SETUP(filesystem)
{
	ASSERT_EQ(0, cdm_env_up(&self->env));
}

FIXTURE_TEARDOWN(filesystem)
{
	cdm_env_down(&self->env);
}

TEST_F(filesystem, works_is_seen_is_denied)
{
	const char *wrong;
	bool skip;

	wrong = cdm_way_try(&self->env, &variant->way, &skip);
	if (skip)
		SKIP(return, "this kernel has no such thing");
	EXPECT_EQ(NULL, wrong) TH_LOG("%s: %s", variant->way.title, wrong);
}

CDM_HARNESS_MAIN
