// SPDX-License-Identifier: GPL-2.0
/*
 * The block device of a file system with core files, and the whole disk: who reads
 * those reads the files.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/blkpg.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "cdm.h"

#define MIB	(1024LL * 1024)

FIXTURE(block)
{
	struct cdm_env env;
	/* A disk with one partition, where that is mounted, a file there. */
	char disk[64];
	char part[80];
	char dir[128];
	char file[160];
};

static int run(const char *format, const char *a, const char *b)
{
	char command[512];

	snprintf(command, sizeof(command), format, a, b);
	return system(command);
}

/* A loop device for a file of that name, made for it. */
static int attach(FIXTURE_DATA(block) *self, const char *name, char *device)
{
	char image[128], command[256];
	FILE *output;
	int n;

	snprintf(image, sizeof(image), "%s/%s", self->env.elsewhere, name);
	if (run("modprobe -q loop; truncate -s 9M %s%s", image, ""))
		return -1;
	snprintf(command, sizeof(command), "losetup --show -Pf %s", image);
	output = popen(command, "r");
	if (!output)
		return -1;
	n = fscanf(output, "%63s", device);
	return pclose(output) || n != 1 ? -1 : 0;
}

static int add_partition(const char *disk)
{
	struct blkpg_partition part = {
		.start = MIB, .length = 8 * MIB, .pno = 1,
	};
	struct blkpg_ioctl_arg arg = {
		.op = BLKPG_ADD_PARTITION, .datalen = sizeof(part), .data = &part,
	};
	int fd, ret;

	/*
	 * When one that wrote to it has closed it, udev has the table read, and
	 * there is none: so that has to be over, and not to come again.
	 */
	if (run("udevadm settle%s%s", "", ""))
		return -1;
	fd = open(disk, O_RDONLY);
	ret = ioctl(fd, BLKPG, &arg);
	close(fd);
	return ret;
}

FIXTURE_SETUP(block)
{
	ASSERT_EQ(0, cdm_env_up(&self->env));
	snprintf(self->dir, sizeof(self->dir), "%s/mounted",
		 self->env.elsewhere);
	snprintf(self->file, sizeof(self->file), "%s/file", self->dir);
	ASSERT_EQ(0, mkdir(self->dir, 0755));
	ASSERT_EQ(0, attach(self, "image", self->disk));
	ASSERT_EQ(0, add_partition(self->disk));
	snprintf(self->part, sizeof(self->part), "%sp1", self->disk);
	ASSERT_EQ(0, run("mkfs.ext4 -q %s && mount %1$s %s", self->part,
			 self->dir));
	ASSERT_EQ(0, cdm_make_file(self->file, "secret"));
	/* What udev does with a new disk is over. */
	ASSERT_EQ(0, run("udevadm settle%s%s", "", ""));
}

FIXTURE_TEARDOWN(block)
{
	umount(self->dir);
	run("losetup -d %s%s", self->disk, "");
	cdm_env_down(&self->env);
}

static int opens_of(FIXTURE_DATA(block) *self, const char *path)
{
	pid_t pid = cdm_fork(cdm_open_read, path);

	if (pid < 0 || cdm_wait(pid))
		return -1;
	return cdm_count(&self->env.reader, COREDUMP_MON_OPEN, pid);
}

static void open_for_writing(const void *path)
{
	_exit(open(path, O_WRONLY) < 0);
}

TEST_F(block, of_a_tagged_file)
{
	const struct coredump_mon_record *rec;
	char other[64];
	pid_t pid;

	EXPECT_EQ(0, opens_of(self, self->part));
	EXPECT_EQ(0, opens_of(self, self->disk));
	ASSERT_EQ(0, cdm_tag(self->env.reader.fd, COREDUMP_MON_IOC_TAG_ADD,
			     self->file));
	pid = cdm_fork(cdm_open_read, self->part);
	ASSERT_EQ(0, cdm_wait(pid));
	rec = cdm_next_of(&self->env.reader, COREDUMP_MON_OPEN, pid);
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(COREDUMP_MON_CLASS_BLOCK_DEVICE, cdm_file(rec)->file_class);
	EXPECT_EQ(COREDUMP_MON_ACCESS_READ, cdm_file(rec)->access);
	EXPECT_EQ(COREDUMP_MON_ALLOWED, cdm_decision(rec)->verdict);
	EXPECT_STREQ(self->part, cdm_path(rec));
	EXPECT_EQ(0, cdm_count(&self->env.reader, COREDUMP_MON_OPEN, pid));
	EXPECT_EQ(1, opens_of(self, self->disk));
	printf("# way: the block device of its file system, or the whole disk | seen\n");
	fflush(stdout);

	/* No rule is about it, and while enforcing it is told as ever. */
	ASSERT_EQ(0, cdm_set_mode(self->env.reader.fd, COREDUMP_MON_ENFORCING,
				  0));
	EXPECT_EQ(1, opens_of(self, self->part));
	ASSERT_EQ(0, cdm_set_mode(self->env.reader.fd, COREDUMP_MON_PERMISSIVE,
				  0));

	/* Who only writes reads nothing, and another disk has none of it. */
	pid = cdm_fork(open_for_writing, self->part);
	EXPECT_EQ(0, cdm_wait(pid));
	EXPECT_EQ(0, cdm_count(&self->env.reader, COREDUMP_MON_OPEN, pid));
	ASSERT_EQ(0, attach(self, "other", other));
	EXPECT_EQ(0, opens_of(self, other));
	EXPECT_EQ(0, run("losetup -d %s%s", other, ""));

	/* Until it is unmounted, as far as can be known. */
	ASSERT_EQ(0, umount(self->dir));
	EXPECT_EQ(0, opens_of(self, self->part));
	EXPECT_EQ(0, opens_of(self, self->disk));
}

TEST_F(block, of_a_watched_directory)
{
	const char *const dirs[] = { self->dir };

	ASSERT_EQ(0, cdm_set_directories(self->env.reader.fd, dirs, 1));
	EXPECT_EQ(1, opens_of(self, self->part));
	EXPECT_EQ(1, opens_of(self, self->disk));
	ASSERT_EQ(0, umount(self->dir));
	EXPECT_EQ(0, opens_of(self, self->part));
}

CDM_HARNESS_MAIN
