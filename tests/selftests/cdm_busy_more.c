// SPDX-License-Identifier: GPL-2.0
/*
 * Busy with what takes a ring, a handle or a file system of one's own.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "cdm.h"
#include "cdm_busy.h"
#include "cdm_fuse.h"
#include "cdm_uring.h"

/* How an open for reading ended. */
static int open_close(const char *path)
{
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static const struct cdm_uring_how hows[] = {
	{ .opcode = IORING_OP_OPENAT },
	{ .opcode = IORING_OP_OPENAT, .flags = IOSQE_ASYNC },
	{ .opcode = IORING_OP_OPENAT2, .polled = true },
};

static struct cdm_uring ring;
static int how;

static int ring_up(const struct cdm_busy_place *place, int number)
{
	how = number;
	return cdm_uring_up(&ring, 2, &hows[how]);
}

static int open_through_ring(const struct cdm_busy_place *place)
{
	int results[2], i, ret = 0;

	if (cdm_uring_open(&ring, place->cores[1], &hows[how], 2, results))
		return EIO;
	for (i = 0; i < 2; i++) {
		if (results[i] < 0)
			ret = -results[i];
		else
			close(results[i]);
	}
	return ret;
}

static struct {
	struct file_handle head;
	unsigned char room[MAX_HANDLE_SZ];
} handle = { .head.handle_bytes = MAX_HANDLE_SZ };
static int mount_fd;

static int handle_begin(const struct cdm_busy_place *place, int number)
{
	int id;

	mount_fd = open(place->elsewhere, O_RDONLY | O_DIRECTORY);
	return mount_fd < 0 || name_to_handle_at(AT_FDCWD, place->cores[1],
						 &handle.head, &id, 0) ? -1 : 0;
}

static int open_by_handle(const struct cdm_busy_place *place)
{
	int fd = open_by_handle_at(mount_fd, &handle.head, O_RDONLY);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/* user::rw- user:1234:r-- group::r-- mask::r-- other::--- */
static const struct {
	uint32_t version;
	struct {
		uint16_t tag, perm;
		uint32_t id;
	} entries[5];
} acl = { 2, { { 1, 6, -1 }, { 2, 4, 1234 }, { 4, 4, -1 }, { 0x10, 4, -1 },
	       { 0x20, 0, -1 } } };

/* On either file system; another file than that which others open. */
static int change_attributes(const struct cdm_busy_place *place)
{
	const char *const dirs[] = { place->dir, place->disk };
	char name[128];
	int i, ret = 0;

	for (i = 0; i < 2; i++) {
		snprintf(name, sizeof(name), "%s/attributes", dirs[i]);
		if (access(name, F_OK) && cdm_make_file(name, "secret"))
			return errno;
		if (setxattr(name, "trusted.cdm", "value", 5, 0) ||
		    removexattr(name, "trusted.cdm") ||
		    setxattr(name, "system.posix_acl_access", &acl,
			     sizeof(acl), 0) ||
		    removexattr(name, "system.posix_acl_access"))
			ret = ret ?: errno;
	}
	return ret;
}

static int cut(const struct cdm_busy_place *place)
{
	static const char block[16384];
	char name[128];
	int fd, ret = 0;

	snprintf(name, sizeof(name), "%s/cut", place->disk);
	fd = open(name, O_RDWR | O_CREAT, 0600);
	if (fd < 0)
		return errno;
	if (pwrite(fd, block, sizeof(block), 0) != sizeof(block) ||
	    fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 4096,
		      4096) ||
	    ftruncate(fd, 8192) || truncate(name, 0))
		ret = errno;
	close(fd);
	return ret;
}

/* Each time another, whose lower file is copied up: to where that syncs nothing. */
static char merged[96], upper[128], options[384];

static int overlay_begin(const struct cdm_busy_place *place, int number)
{
	char at[96], work[128];

	snprintf(at, sizeof(at), "%s/upper", place->elsewhere);
	snprintf(upper, sizeof(upper), "%s/upper", at);
	snprintf(work, sizeof(work), "%s/work", at);
	snprintf(merged, sizeof(merged), "%s/merged", place->elsewhere);
	snprintf(options, sizeof(options), "lowerdir=%s,upperdir=%s,workdir=%s",
		 place->disk, upper, work);
	if (cdm_busy_mkdir(merged) || cdm_busy_mkdir(at) ||
	    mount("tmpfs", at, "tmpfs", 0, NULL) || mkdir(upper, 0755) ||
	    mkdir(work, 0755))
		return -1;
	strcat(upper, "/a-core");
	return 0;
}

static int overlay(const struct cdm_busy_place *place)
{
	char core[128];
	int fd, ret = 0;

	/* It was a core file when it was copied, and so it is refused. */
	if (unlink(upper) && errno != ENOENT)
		return errno;
	if (mount("overlay", merged, "overlay", 0, options))
		return errno;
	snprintf(core, sizeof(core), "%s/a-core", merged);
	ret = open_close(core);
	fd = open(core, O_WRONLY | O_APPEND);
	if (fd < 0)
		ret = ret ?: errno;
	close(fd);
	ret = ret ?: open_close(core);
	return cdm_busy_unmount(merged) ?: ret;
}

static char fuse[96], fuse_core[128];
static int fuse_fd;

static int fuse_begin(const struct cdm_busy_place *place, int number)
{
	snprintf(fuse, sizeof(fuse), "%s/fuse", place->dir);
	snprintf(fuse_core, sizeof(fuse_core), "%s/" CDM_FUSE_CORE, fuse);
	return cdm_busy_mkdir(fuse);
}

static void open_and_wait(const void *unused)
{
	/* Else it waits for itself. */
	close(fuse_fd);
	cdm_open_read(fuse_core);
}

/* Somebody is in his open as the server goes away, or is refused before. */
static int fuse_deserted(void)
{
	pid_t pid = cdm_fork(open_and_wait, NULL);
	int waits = cdm_fuse_wait_open(fuse_fd, pid), status;

	close(fuse_fd);
	if (pid < 0 || waits < 0 || waitpid(pid, &status, 0) != pid ||
	    !WIFEXITED(status) || WEXITSTATUS(status) != 1 ||
	    open_close(fuse_core) != ENOTCONN)
		return EIO;
	return waits ? 0 : EACCES;
}

static int open_on_fuse(const struct cdm_busy_place *place)
{
	int ret = 0, deserted, i;
	pid_t server;

	fuse_fd = cdm_fuse_mount(fuse);
	if (fuse_fd < 0)
		return ENODEV;
	server = cdm_fuse_answer(fuse_fd);
	if (server < 0)
		return ECHILD;
	/* Until the module has found what is mounted here. */
	for (i = 0; i < 25 && !ret; i++) {
		ret = open_close(fuse_core);
		poll(NULL, 0, 50);
	}
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	deserted = fuse_deserted();
	return cdm_busy_unmount(fuse) ?: deserted ?: ret;
}

const struct cdm_busy_kind cdm_busy_more[] = {
	{ .name = "io_uring", .count = 3, .rest_ms = 50, .begin = ring_up,
	  .once = open_through_ring },
	{ .name = "open by handle", .count = 1, .rest_ms = 25,
	  .begin = handle_begin, .once = open_by_handle },
	{ .name = "extended attributes and ACLs", .count = 1, .rest_ms = 50,
	  .once = change_attributes },
	{ .name = "punch and truncate", .count = 1, .rest_ms = 50,
	  .once = cut },
	{ .name = "overlay", .count = 1, .rest_ms = 200,
	  .begin = overlay_begin, .once = overlay },
	{ .name = "FUSE", .count = 1, .rest_ms = 50,
	  .begin = fuse_begin, .once = open_on_fuse },
};

const int cdm_busy_mores = ARRAY_SIZE(cdm_busy_more);
