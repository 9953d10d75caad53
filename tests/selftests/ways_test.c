// SPDX-License-Identifier: GPL-2.0
/*
 * Ways to the content of a core file on which the kernel itself opens it, or
 * which lead past what others watch.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdint.h>
#include <sys/fanotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "cdm.h"
#include "cdm_uring.h"
#include "cdm_way.h"

/* An overlay whose lower layer is a directory; scene->path is its a-core. */
static int overlay_over(struct cdm_scene *scene, const char *lower)
{
	static const char *const names[] = { "upper", "work", "merged" };
	char dirs[3][PATH_MAX], options[4 * PATH_MAX];
	int i;

	for (i = 0; i < 3; i++) {
		snprintf(dirs[i], PATH_MAX, "%s/%s", scene->elsewhere, names[i]);
		if (mkdir(dirs[i], 0755))
			return -1;
	}
	snprintf(options, sizeof(options), "lowerdir=%s,upperdir=%s,workdir=%s",
		 lower, dirs[0], dirs[1]);
	cdm_way_elsewhere(scene, "merged/a-core");
	return mount("overlay", dirs[2], "overlay", 0, options);
}

static int overlay_over_directory(struct cdm_scene *scene)
{
	return overlay_over(scene, scene->dir);
}

static int overlay_over_tagged(struct cdm_scene *scene)
{
	char lower[PATH_MAX], moved[PATH_MAX];

	snprintf(lower, sizeof(lower), "%s/lower", scene->elsewhere);
	snprintf(moved, sizeof(moved), "%s/a-core", lower);
	if (mkdir(lower, 0755) || rename(scene->core, moved))
		return -1;
	strcpy(scene->core, moved);
	return overlay_over(scene, lower);
}

static void remove_overlay(const struct cdm_scene *scene)
{
	char merged[PATH_MAX];

	snprintf(merged, sizeof(merged), "%s/merged", scene->elsewhere);
	umount2(merged, MNT_DETACH);
}

/* Copied by the kernel, without a look at what is read. */
static int copy_range(const struct cdm_scene *scene)
{
	int from = cdm_way_open(scene->path), to;
	char path[PATH_MAX];
	ssize_t n;

	if (from < 0)
		return from;
	snprintf(path, sizeof(path), "%s/copy", scene->elsewhere);
	to = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	n = syscall(SYS_copy_file_range, from, NULL, to, NULL, 1, 0);
	return n == 1 ? from : -errno;
}

static int make_unnamed_and_link(struct cdm_scene *scene)
{
	char path[64];
	int fd = open(scene->dir, O_TMPFILE | O_RDWR, 0644);

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	strcpy(scene->core, scene->path);
	return fd < 0 || unlink(scene->core) ||
	       linkat(AT_FDCWD, path, AT_FDCWD, scene->core, AT_SYMLINK_FOLLOW) ||
	       close(fd) ? -1 : 0;
}

static int execute(const struct cdm_scene *scene)
{
	execl(scene->path, scene->path, NULL);
	return -errno;
}

static int attach_loop(const struct cdm_scene *scene)
{
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC), loop, fd;
	char path[32];

	snprintf(path, sizeof(path), "/dev/loop%d",
		 ioctl(control, LOOP_CTL_GET_FREE));
	loop = open(path, O_RDONLY | O_CLOEXEC);
	if (control < 0 || loop < 0)
		return -errno;
	fd = cdm_way_open(scene->path);
	if (fd < 0)
		return fd;
	if (ioctl(loop, LOOP_SET_FD, fd))
		return -errno;
	return ioctl(loop, LOOP_CLR_FD) ? -errno : fd;
}

static int has_loop(struct cdm_scene *scene)
{
	return access("/dev/loop-control", F_OK) && system("modprobe -q loop");
}

/* It is none that could be swapped to, as it says when it has read it. */
static int swap_on(const struct cdm_scene *scene)
{
	return swapon(scene->path, 0) ? -errno : 0;
}

/* These read it, and then say that it is none: each kernel in its own way. */
static int load_as_module(const struct cdm_scene *scene)
{
	int fd = cdm_way_open(scene->path);

	if (fd >= 0)
		syscall(SYS_finit_module, fd, "", 0);
	return fd;
}

static int load_as_kernel(const struct cdm_scene *scene)
{
	int fd = cdm_way_open(scene->path);

	if (fd >= 0)
		syscall(SYS_kexec_file_load, fd, -1, 1, "",
			4 /* KEXEC_FILE_NO_INITRAMFS */);
	return fd;
}

/* What is inherited was opened when nobody watched. */
static int open_for_writing(struct cdm_scene *scene)
{
	scene->arg = open(scene->core, O_WRONLY | O_APPEND);
	return scene->arg < 0 ? -1 : 0;
}

static void close_it(const struct cdm_scene *scene)
{
	close(scene->arg);
}

/* The kernel opens the file for who is told of a write to it. */
static int listen_for_writes(const struct cdm_scene *scene)
{
	struct fanotify_event_metadata event;
	int group = fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC, O_RDONLY);

	if (group < 0 || fanotify_mark(group, FAN_MARK_ADD, FAN_MODIFY, AT_FDCWD,
				       scene->path) ||
	    write(scene->arg, "more", 4) != 4)
		return -errno;
	if (read(group, &event, sizeof(event)) < 0)
		return -errno;
	return event.fd;
}

static int map_it(struct cdm_scene *scene)
{
	int fd = open(scene->core, O_RDONLY);
	size_t page = sysconf(_SC_PAGESIZE);
	uintptr_t at = (uintptr_t)mmap(NULL, page, PROT_READ, MAP_SHARED, fd, 0);

	close(fd);
	snprintf(scene->path, sizeof(scene->path), "/proc/self/map_files/%lx-%lx",
		 at, at + page);
	return 0;
}

static int open_through_ring(const struct cdm_scene *scene)
{
	static const struct cdm_uring_how hows[] = {
		{ .opcode = IORING_OP_OPENAT },
		{ .opcode = IORING_OP_OPENAT, .flags = IOSQE_ASYNC },
		{ .opcode = IORING_OP_OPENAT, .polled = true },
		{ .opcode = IORING_OP_OPENAT, .direct = true },
		{ .opcode = IORING_OP_OPENAT2 },
		{ .opcode = IORING_OP_OPENAT2, .flags = IOSQE_ASYNC },
		{ .opcode = IORING_OP_OPENAT2, .polled = true },
		{ .opcode = IORING_OP_OPENAT2, .direct = true },
	};
	const struct cdm_uring_how *how = &hows[scene->arg];
	struct cdm_uring ring;
	int result;

	if (cdm_uring_up(&ring, 1, how) ||
	    cdm_uring_open(&ring, scene->path, how, 1, &result))
		return -ENOSYS;
	return result;
}

/* Direct descriptors are of 5.15. */
static int has_ring(struct cdm_scene *scene)
{
	return open_through_ring(scene) < 0;
}

FIXTURE(ways)
{
	struct cdm_env env;
};

FIXTURE_VARIANT(ways)
{
	struct cdm_way way;
};

FIXTURE_VARIANT_ADD(ways, overlay) {
	.way = {
		.title = "an overlay over the directory",
		.prepare = overlay_over_directory,
		.undo = remove_overlay,
	},
};

FIXTURE_VARIANT_ADD(ways, overlay_tagged) {
	.way = {
		.title = "an overlay over the file, moved elsewhere",
		.prepare = overlay_over_tagged,
		.undo = remove_overlay,
		.tagged = true,
	},
};

FIXTURE_VARIANT_ADD(ways, tmpfile) {
	.way = {
		.title = "made with `O_TMPFILE`, given a name with `linkat`",
		.prepare = make_unnamed_and_link,
	},
};

FIXTURE_VARIANT_ADD(ways, copy_file_range) {
	.way = {
		.title = "`copy_file_range` out of it",
		.open = copy_range,
	},
};

FIXTURE_VARIANT_ADD(ways, execve) {
	.way = {
		.title = "`execve` of it",
		.open = execute,
		.gives = ENOEXEC,
	},
};

FIXTURE_VARIANT_ADD(ways, loop) {
	.way = {
		.title = "a loop device over it",
		.prepare = has_loop,
		.open = attach_loop,
	},
};

FIXTURE_VARIANT_ADD(ways, swapon) {
	.way = {
		.title = "`swapon` of it",
		.open = swap_on,
		.gives = EINVAL,
	},
};

FIXTURE_VARIANT_ADD(ways, finit_module) {
	.way = {
		.title = "`finit_module` of it",
		.open = load_as_module,
	},
};

FIXTURE_VARIANT_ADD(ways, kexec) {
	.way = {
		.title = "`kexec_file_load` of it",
		.open = load_as_kernel,
	},
};

FIXTURE_VARIANT_ADD(ways, fanotify) {
	.way = {
		.title = "a fanotify listener, told of a write to it",
		.prepare = open_for_writing,
		.open = listen_for_writes,
		.undo = close_it,
	},
};

FIXTURE_VARIANT_ADD(ways, map_files) {
	.way = {
		.title = "`/proc/PID/map_files` of who has mapped it",
		.prepare = map_it,
	},
};

FIXTURE_VARIANT_ADD(ways, uring) {
	.way = {
		.title = "io_uring, `openat`",
		.prepare = has_ring,
		.open = open_through_ring,
		.arg = 0,
	},
};

FIXTURE_VARIANT_ADD(ways, uring_worker) {
	.way = {
		.title = "io_uring, `openat` by a worker",
		.prepare = has_ring,
		.open = open_through_ring,
		.arg = 1,
	},
};

FIXTURE_VARIANT_ADD(ways, uring_polled) {
	.way = {
		.title = "io_uring, `openat` by SQPOLL",
		.prepare = has_ring,
		.open = open_through_ring,
		.arg = 2,
	},
};

FIXTURE_VARIANT_ADD(ways, uring_direct) {
	.way = {
		.title = "io_uring, `openat` to a direct descriptor",
		.prepare = has_ring,
		.open = open_through_ring,
		.arg = 3,
	},
};

FIXTURE_VARIANT_ADD(ways, uring2) {
	.way = {
		.title = "io_uring, `openat2`",
		.prepare = has_ring,
		.open = open_through_ring,
		.arg = 4,
	},
};

FIXTURE_VARIANT_ADD(ways, uring2_worker) {
	.way = {
		.title = "io_uring, `openat2` by a worker",
		.prepare = has_ring,
		.open = open_through_ring,
		.arg = 5,
	},
};

FIXTURE_VARIANT_ADD(ways, uring2_polled) {
	.way = {
		.title = "io_uring, `openat2` by SQPOLL",
		.prepare = has_ring,
		.open = open_through_ring,
		.arg = 6,
	},
};

FIXTURE_VARIANT_ADD(ways, uring2_direct) {
	.way = {
		.title = "io_uring, `openat2` to a direct descriptor",
		.prepare = has_ring,
		.open = open_through_ring,
		.arg = 7,
	},
};

FIXTURE_SETUP(ways)
{
	ASSERT_EQ(0, cdm_env_up(&self->env));
}

FIXTURE_TEARDOWN(ways)
{
	cdm_env_down(&self->env);
}

TEST_F(ways, works_is_seen_is_denied)
{
	const char *wrong;
	bool skip;

	wrong = cdm_way_try(&self->env, &variant->way, &skip);
	if (skip)
		SKIP(return, "this kernel has no such thing");
	EXPECT_EQ(NULL, wrong) TH_LOG("%s: %s", variant->way.title, wrong);
}

CDM_HARNESS_MAIN
