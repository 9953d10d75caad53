// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#include <linux/fs.h>

#include "known.h"

int known_read(struct known *known, int fd)
{
	if (device_list(fd, COREDUMP_MON_IOC_GET_TAGS,
			COREDUMP_MON_BUFFER_SAVED, &known->tags) ||
	    device_list(fd, COREDUMP_MON_IOC_GET_DIRECTORIES, 0,
			&known->directories))
		return -1;
	known->there = true;
	return 0;
}

void known_free(struct known *known)
{
	free(known->tags.data);
	free(known->directories.data);
}

static bool is_same(const struct stat *st, uint32_t dev_major,
		    uint32_t dev_minor, uint64_t ino)
{
	return st->st_ino == ino && major(st->st_dev) == dev_major &&
	       minor(st->st_dev) == dev_minor;
}

bool known_tagged(const struct known *known, const struct stat *st, int fd)
{
	struct coredump_mon_saved_tag saved;
	const struct coredump_mon_tag *tag = &saved.tag;
	/* An int comes back, whatever the name of the request says. */
	unsigned int generation[2] = { 0 };
	size_t at = 0;

	while (device_next_tag(&known->tags, &at, &saved)) {
		if (saved.flags & COREDUMP_MON_TAG_ASLEEP ||
		    !is_same(st, tag->dev_major, tag->dev_minor, tag->ino))
			continue;
		if (fd < 0 || ioctl(fd, FS_IOC_GETVERSION, generation) ||
		    generation[0] == tag->generation)
			return true;
	}
	return false;
}

bool known_watched(const struct known *known, const struct stat *directory)
{
	struct coredump_mon_directory watched;
	const char *path;
	size_t at = 0;

	while (device_next_directory(&known->directories, &at, &watched,
				     &path)) {
		if (watched.state == COREDUMP_MON_DIRECTORY_WATCHED &&
		    is_same(directory, watched.dev_major, watched.dev_minor,
			    watched.ino))
			return true;
	}
	return false;
}
