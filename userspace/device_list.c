// SPDX-License-Identifier: GPL-2.0
/* Requests that carry lists, and files. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "device.h"
#include "report.h"

/* Nobody's list grows faster than we ask again. */
#define TRIES 8

int device_list(int fd, unsigned long request, uint32_t flags,
		struct device_list *list)
{
	struct coredump_mon_buffer buffer;
	size_t size = 0;

	memset(list, 0, sizeof(*list));
	for (int i = 0; i < TRIES; i++) {
		memset(&buffer, 0, sizeof(buffer));
		buffer.size = sizeof(buffer);
		buffer.flags = flags;
		buffer.buffer_len = size;
		buffer.buffer = (uintptr_t)list->data;
		if (!ioctl(fd, request, &buffer)) {
			list->count = buffer.count;
			list->len = buffer.buffer_len < size ?
				    (size_t)buffer.buffer_len : size;
			return 0;
		}
		if (errno != ENOSPC || buffer.buffer_len <= size)
			break;
		size = (size_t)buffer.buffer_len;
		free(list->data);
		list->data = malloc(size);
		if (!list->data) {
			report("out of memory for a list of %zu bytes", size);
			return -1;
		}
	}
	report("cannot read the list: %s: try again; if it stays so, install module and tool of one version",
	       strerror(errno));
	free(list->data);
	list->data = NULL;
	return -1;
}

bool device_next_directory(const struct device_list *list, size_t *at,
			   struct coredump_mon_directory *directory,
			   const char **path)
{
	size_t left = list->len - *at;

	if (left < sizeof(*directory))
		return false;
	memcpy(directory, list->data + *at, sizeof(*directory));
	if (directory->len < sizeof(*directory) || directory->len > left ||
	    directory->path_len > directory->len - sizeof(*directory))
		return false;
	*path = list->data + *at + sizeof(*directory);
	*at += directory->len;
	return true;
}

bool device_next_tag(const struct device_list *list, size_t *at,
		     struct coredump_mon_saved_tag *tag)
{
	if (list->len - *at < sizeof(*tag))
		return false;
	memcpy(tag, list->data + *at, sizeof(*tag));
	tag->tag.comm[sizeof(tag->tag.comm) - 1] = '\0';
	*at += sizeof(*tag);
	return true;
}

static void report_directories(int fd, int error)
{
	switch (error) {
	case EPERM:
		device_refused(fd, "set the watched directories");
		break;
	case E2BIG:
		report("cannot set the watched directories: more than %d: name fewer, what is below one is watched with it",
		       COREDUMP_MON_DIRECTORIES_MAX);
		break;
	case ENAMETOOLONG:
		report("cannot set the watched directories: a path is longer than %d bytes: name a shorter way to it",
		       COREDUMP_MON_PATH_MAX - 1);
		break;
	case ENOTDIR:
		report("cannot set the watched directories: one of them is not a directory: name the directory it is in");
		break;
	default:
		report("cannot set the watched directories: %s: nothing was changed",
		       strerror(error));
	}
}

int device_set_directories(int fd, char *const *paths, uint32_t count)
{
	struct coredump_mon_buffer buffer = { .size = sizeof(buffer) };
	size_t len = 0;
	char *data;
	char *to;
	int ret;

	for (uint32_t i = 0; i < count; i++)
		len += strlen(paths[i]) + 1;
	data = malloc(len);
	if (!data) {
		report("out of memory for %u paths", count);
		return -1;
	}
	to = data;
	for (uint32_t i = 0; i < count; i++)
		to = stpcpy(to, paths[i]) + 1;
	buffer.count = count;
	buffer.buffer_len = len;
	buffer.buffer = (uintptr_t)data;
	ret = ioctl(fd, COREDUMP_MON_IOC_SET_DIRECTORIES, &buffer);
	if (ret)
		report_directories(fd, errno);
	free(data);
	return ret;
}

static void report_tag(int fd, int error, const char *path)
{
	switch (error) {
	case EPERM:
		device_refused(fd, "change tags");
		break;
	case EINVAL:
		report("%s: not a regular file: only those can be core files",
		       path);
		break;
	case EEXIST:
		report("%s: it is tagged already", path);
		break;
	case ENOENT:
		report("%s: it is not tagged: 'coredump-mon tags list' shows what is",
		       path);
		break;
	case ENOSPC:
		report("%s: there are %d tags already: drop some first",
		       path, COREDUMP_MON_TAGS_MAX);
		break;
	default:
		report("%s: cannot change its tag: %s", path, strerror(error));
	}
}

int device_tag_fd(int fd, unsigned long request, int file, const char *name)
{
	struct coredump_mon_tag_file tag = { .size = sizeof(tag), .fd = file };

	if (!ioctl(fd, request, &tag))
		return 0;
	if (errno == (request == COREDUMP_MON_IOC_TAG_ADD ? EEXIST : ENOENT))
		return 1;
	report_tag(fd, errno, name);
	return -1;
}

int device_tag(int fd, unsigned long request, const char *path)
{
	int file;
	int ret;

	/* Refused to nobody, and no open of a core file in the log. */
	file = open(path, O_PATH | O_CLOEXEC);
	if (file < 0) {
		report("%s: %s", path, strerror(errno));
		return -1;
	}
	ret = device_tag_fd(fd, request, file, path);
	if (ret > 0)
		report_tag(fd, errno, path);
	close(file);
	return ret ? -1 : 0;
}

static void report_restoring(int fd, int error)
{
	switch (error) {
	case EPERM:
		device_refused(fd, "restore tags");
		break;
	case EINVAL:
		report("cannot restore tags: one of them cannot be of any file: no tag was restored");
		break;
	default:
		report("cannot restore tags: %s: no tag was restored",
		       strerror(error));
	}
}

int device_restore_tags(int fd, const struct coredump_mon_saved_tag *tags,
			size_t count)
{
	struct coredump_mon_buffer buffer = {
		.size = sizeof(buffer),
		.flags = COREDUMP_MON_BUFFER_SAVED,
		.count = (uint32_t)count,
		.buffer_len = count * sizeof(*tags),
		.buffer = (uintptr_t)tags,
	};
	int ret = ioctl(fd, COREDUMP_MON_IOC_RESTORE_TAGS, &buffer);

	if (ret)
		report_restoring(fd, errno);
	return ret;
}

int device_wake_tags(int fd, int dir)
{
	struct coredump_mon_tag_file any = { .size = sizeof(any), .fd = dir };
	int ret = ioctl(fd, COREDUMP_MON_IOC_WAKE_TAGS, &any);

	if (ret && errno == EPERM)
		device_refused(fd, "have tags wake");
	else if (ret)
		report("cannot have tags wake: %s", strerror(errno));
	return ret;
}
