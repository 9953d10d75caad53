// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include "identity.h"

/* linux/exportfs.h: inode number and generation, 32 bits each. */
#define FILEID_INO32_GEN	1

/**
 * struct inside - a file as the kernel knows it within, which is not what stat(2)
 *	says of btrfs, overlay and others
 * @mount: number of its mount; 0: not known
 * @ino: inode number; 0: not known
 */
struct inside {
	unsigned int mount;
	uint64_t ino;
};

static void read_inside(int fd, struct inside *inside)
{
	char path[64];
	char line[256];
	unsigned int number;
	uint64_t ino;
	FILE *info;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	info = fopen(path, "re");
	while (info && fgets(line, sizeof(line), info)) {
		if (sscanf(line, "mnt_id: %u", &number) == 1)
			inside->mount = number;
		/* Since Linux 5.14. */
		if (sscanf(line, "ino: %" SCNu64, &ino) == 1)
			inside->ino = ino;
	}
	if (info)
		fclose(info);
}

/* Before that, what stat(2) says is right of all but the file systems named. */
static void guess_ino(int fd, struct inside *inside)
{
	struct statfs fs;
	struct stat st;

	if (!fstatfs(fd, &fs) &&
	    (unsigned int)fs.f_type != OVERLAYFS_SUPER_MAGIC && !fstat(fd, &st))
		inside->ino = st.st_ino;
}

/**
 * struct mount - a mount
 * @number: its number; 0: none
 * @major: device of its file system
 * @minor: the same
 */
struct mount {
	unsigned int number;
	unsigned int major;
	unsigned int minor;
};

/* What is not found has no number. */
static struct mount find_mount(unsigned int number)
{
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	struct mount found = { 0 };
	char *line = NULL;
	size_t size = 0;

	while (mounts && !found.number && getline(&line, &size, mounts) > 0) {
		struct mount mount;

		if (sscanf(line, "%u %*u %u:%u", &mount.number, &mount.major,
			   &mount.minor) == 3 && mount.number == number)
			found = mount;
	}
	free(line);
	if (mounts)
		fclose(mounts);
	return found;
}

/* There may be many mounts, and most programs are on one of them. */
static struct mount last;

void identity_renew(void)
{
	last.number = 0;
}

/* Is the mount surely one of another device? */
static bool on_other_device(unsigned int number,
			    const struct coredump_mon_rule_file *kernel)
{
	if (last.number != number)
		last = find_mount(number);
	return last.number && (last.major != kernel->dev_major ||
			       last.minor != kernel->dev_minor);
}

/* Inode numbers are used again, with another generation. */
static bool is_later(int fd, const struct coredump_mon_rule_file *kernel)
{
	struct {
		struct file_handle head;
		uint32_t words[32];
	} handle = { .head = { .handle_bytes = sizeof(handle.words) } };
	int mount;

	return !name_to_handle_at(fd, "", &handle.head, &mount, AT_EMPTY_PATH) &&
	       handle.head.handle_type == FILEID_INO32_GEN &&
	       handle.head.handle_bytes == 2 * sizeof(uint32_t) &&
	       handle.words[0] == (uint32_t)kernel->ino &&
	       handle.words[1] != kernel->generation;
}

static enum identity compare(int fd, const struct coredump_mon_rule_file *kernel)
{
	struct inside inside = { 0 };

	read_inside(fd, &inside);
	if (!inside.ino)
		guess_ino(fd, &inside);
	if (!inside.ino)
		return IDENTITY_UNKNOWN;
	if (inside.ino != kernel->ino || is_later(fd, kernel) ||
	    (inside.mount && on_other_device(inside.mount, kernel)))
		return IDENTITY_OTHER;
	return IDENTITY_SAME;
}

enum identity identity_compare(const char *path,
			       const struct coredump_mon_rule_file *kernel)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	enum identity identity;

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? IDENTITY_GONE :
							     IDENTITY_UNKNOWN;
	identity = compare(fd, kernel);
	close(fd);
	return identity;
}
