// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/self/mountinfo, as proc(5) has it: a line a mount, words apart by a
 * space; what in a word would be none is a backslash and three octal digits.
 * To read it takes longer than all else that an event needs, so it is kept.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host_path.h"

/**
 * struct mount - a mount
 * @line: what the others point into
 * @device: "8:1"
 * @root: what of the file system is mounted
 * @target: where
 */
struct mount {
	char *line;
	const char *device;
	const char *root;
	const char *target;
};

static struct mount *mounts;
static size_t count, room;

/* Takes the octal digits of a word back, in place. */
static void unescape(char *word)
{
	char *to = word;

	while (*word) {
		unsigned int byte;
		int len = 0;

		if (sscanf(word, "\\%3o%n", &byte, &len) == 1 && len == 4) {
			*to++ = (char)byte;
			word += len;
		} else {
			*to++ = *word++;
		}
	}
	*to = '\0';
}

/* Takes a line apart. False: it is none of a mount. */
static bool parse(struct mount *mount, char *line)
{
	char *root, *target;

	mount->line = line;
	strsep(&line, " ");
	strsep(&line, " ");
	mount->device = strsep(&line, " ");
	root = strsep(&line, " ");
	target = strsep(&line, " ");
	if (!mount->device || !root || !target)
		return false;
	unescape(root);
	unescape(target);
	mount->root = root;
	mount->target = target;
	return true;
}

static void read_mounts(FILE *file)
{
	char *line = NULL;
	size_t size = 0;

	while (count)
		free(mounts[--count].line);
	rewind(file);
	while (getline(&line, &size, file) > 0) {
		if (count == room) {
			size_t more = 2 * room + 64;
			struct mount *grown = realloc(mounts,
						      more * sizeof(*mounts));

			if (!grown)
				break;
			mounts = grown;
			room = more;
		}
		if (!parse(&mounts[count], line))
			continue;
		count++;
		line = NULL;
		size = 0;
	}
	free(line);
}

/*
 * See that what is kept is what is there. A rename of a directory moves mount
 * points below it without a word: none is kept beyond its second.
 */
static void refresh(void)
{
	static FILE *file;
	static time_t read_at;
	struct pollfd fd = { .events = POLLPRI };
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	if (file) {
		fd.fd = fileno(file);
		if (poll(&fd, 1, 0) == 0 && now.tv_sec == read_at)
			return;
	} else {
		file = fopen("/proc/self/mountinfo", "re");
		if (!file)
			return;
	}
	read_at = now.tv_sec;
	read_mounts(file);
}

/* What of a path is below a directory; NULL: it is not. */
static const char *below(const struct string *path, const char *dir)
{
	size_t len = strcmp(dir, "/") ? strlen(dir) : 0;

	if (len > path->len || memcmp(path->data, dir, len))
		return NULL;
	if (len < path->len && path->data[len] != '/')
		return NULL;
	return path->data + len;
}

bool host_path(const struct file *file, const struct string *fs_path,
	       char *path)
{
	char device[32];

	if (!has(file->has, COREDUMP_MON_A_FILE_ID) ||
	    memchr(fs_path->data, '\0', fs_path->len))
		return false;
	snprintf(device, sizeof(device), "%u:%u", file->id.dev_major,
		 file->id.dev_minor);
	refresh();
	for (const struct mount *mount = mounts; mount < mounts + count;
	     mount++) {
		const char *target = mount->target;
		const char *rest;
		int len;

		if (strcmp(mount->device, device))
			continue;
		rest = below(fs_path, mount->root);
		if (!rest)
			continue;
		len = (int)(fs_path->data + fs_path->len - rest);
		if (!strcmp(target, "/") && len)
			target = "";
		return snprintf(path, HOST_PATH_MAX, "%s%.*s", target, len,
				rest) < HOST_PATH_MAX;
	}
	return false;
}

bool host_path_beside(const struct file *file, char *path)
{
	return has(file->has | file->cut, COREDUMP_MON_A_PATH) &&
	       has(file->has, COREDUMP_MON_A_FS_PATH) &&
	       !has(file->cut, COREDUMP_MON_A_FS_PATH) &&
	       host_path(file, &file->fs_path, path);
}
