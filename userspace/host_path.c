// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/self/mountinfo, as proc(5) has it: a line a mount, words apart by a
 * space; what in a word would be none is a backslash and three octal digits.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host_path.h"

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

/* One line, taken apart: true if it is a mount of the file's, then told. */
static bool leads_to(const struct file *file, char *line, char *path)
{
	char device[32];
	char *root = NULL, *target = NULL;
	const char *rest;
	int len;

	snprintf(device, sizeof(device), "%u:%u", file->id.dev_major,
		 file->id.dev_minor);
	strsep(&line, " ");
	strsep(&line, " ");
	if (!line || strcmp(strsep(&line, " "), device))
		return false;
	root = strsep(&line, " ");
	target = strsep(&line, " ");
	if (!root || !target)
		return false;
	unescape(root);
	unescape(target);
	rest = below(&file->fs_path, root);
	if (!rest)
		return false;
	len = (int)(file->fs_path.data + file->fs_path.len - rest);
	snprintf(path, HOST_PATH_MAX, "%s%.*s", strcmp(target, "/") ? target : "",
		 len, rest);
	return true;
}

bool host_path(const struct file *file, char *path)
{
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	bool found = false;
	char *line = NULL;
	size_t size = 0;

	if (!mounts)
		return false;
	while (!found && getline(&line, &size, mounts) > 0)
		found = leads_to(file, line, path);
	free(line);
	fclose(mounts);
	return found;
}
