// SPDX-License-Identifier: GPL-2.0
/* Tags that outlive the module, and the machine's run. */
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd_tags.h"
#include "command.h"
#include "device.h"
#include "report.h"
#include "saved_tags.h"

static error_t parse_file(int key, char *arg, struct argp_state *state)
{
	const char **path = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (state->arg_num)
			return ARGP_ERR_UNKNOWN;
		*path = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const char *parse(const char *doc, int argc, char **argv)
{
	struct argp argp = {
		.parser = parse_file,
		.args_doc = "[FILE]",
		.doc = doc,
	};
	const char *path = SAVED_TAGS_PATH;

	command_parse(&argp, argc, argv, &path);
	return path;
}

/* Leaves those that can be known again; gives how many cannot. */
static size_t keep_lasting(struct coredump_mon_saved_tag *tags, size_t *count)
{
	static const struct coredump_mon_saved_tag none;
	size_t kept = 0, lost;

	for (size_t i = 0; i < *count; i++) {
		if (memcmp(tags[i].uuid, none.uuid, sizeof(none.uuid)))
			tags[kept++] = tags[i];
	}
	lost = *count - kept;
	*count = kept;
	return lost;
}

int tags_save(int argc, char **argv)
{
	const char *path = parse("Write the tags to FILE (" SAVED_TAGS_PATH "), for 'tags restore'.",
				 argc, argv);
	struct coredump_mon_saved_tag *tags;
	struct device_list list;
	size_t count, lost;
	int fd = device_open(O_RDONLY);
	int ret;

	if (fd < 0)
		return EXIT_FAILURE;
	ret = device_list(fd, COREDUMP_MON_IOC_GET_TAGS,
			  COREDUMP_MON_BUFFER_SAVED, &list);
	close(fd);
	if (ret)
		return EXIT_FAILURE;
	tags = (struct coredump_mon_saved_tag *)list.data;
	count = list.len / sizeof(*tags);
	lost = keep_lasting(tags, &count);
	/* Nobody else's business, and there before any service ran. */
	if (!strcmp(path, SAVED_TAGS_PATH))
		mkdir("/var/lib/coredump-mon", 0700);
	ret = saved_tags_write(path, tags, count);
	free(list.data);
	if (ret)
		return EXIT_FAILURE;
	if (lost)
		report("%zu of %zu tags were not saved: their file system could not be known again",
		       lost, lost + count);
	return EXIT_SUCCESS;
}

/*
 * Has sleeping tags of all mounted file systems wake. Of those on a device alone,
 * as others have none; a dead network's is better not touched.
 */
static int wake(int fd)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	const struct mntent *mount;
	int ret = 0;

	if (!mounts) {
		report("cannot read /proc/self/mounts: %s: mount /proc",
		       strerror(errno));
		return -1;
	}
	while (!ret && (mount = getmntent(mounts))) {
		int dir;

		if (strncmp(mount->mnt_fsname, "/dev/", strlen("/dev/")))
			continue;
		dir = open(mount->mnt_dir, O_PATH | O_CLOEXEC);
		/* Another one is mounted over it, or it has gone since. */
		if (dir < 0)
			continue;
		ret = device_wake_tags(fd, dir);
		close(dir);
	}
	endmntent(mounts);
	return ret;
}

int tags_restore(int argc, char **argv)
{
	const char *path = parse("Tag what 'tags save' wrote to FILE (" SAVED_TAGS_PATH ") (root).",
				 argc, argv);
	struct coredump_mon_saved_tag *tags;
	size_t count;
	int fd, ret;

	/* Where nothing was ever saved, there is nothing to restore. */
	if (!strcmp(path, SAVED_TAGS_PATH) && access(path, F_OK) &&
	    errno == ENOENT)
		return EXIT_SUCCESS;
	if (saved_tags_read(path, &tags, &count))
		return EXIT_FAILURE;
	fd = device_open(O_RDWR);
	if (fd < 0) {
		free(tags);
		return EXIT_FAILURE;
	}
	ret = device_restore_tags(fd, tags, count) || wake(fd);
	close(fd);
	free(tags);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
