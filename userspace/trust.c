// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "trust.h"

/* As many as the kernel follows. */
#define LINKS_MAX	40

#define RULE	"a trusted program, and each directory that leads to it, must be writable by root alone"

static bool is_roots(const char *path, const struct stat *st,
		     struct reason *why)
{
	if (st->st_uid)
		return refuse(why, "'%s' belongs to user %u: " RULE, path,
			      st->st_uid);
	if (st->st_mode & 0002)
		return refuse(why, "'%s' is writable by everybody: " RULE,
			      path);
	/* Where there is an access control list, these bits are its mask. */
	if (st->st_mode & 0020)
		return refuse(why, "'%s' is writable by group %u: " RULE, path,
			      st->st_gid);
	return true;
}

/*
 * Replaces in @path the component from @at to @end, which is a symbolic link, by
 * what it leads to.
 */
static bool follow(char *path, size_t at, size_t end, struct reason *why)
{
	char target[PATH_MAX];
	char whole[PATH_MAX];
	char rest = path[end];
	ssize_t n;
	int len;

	path[end] = '\0';
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return refuse(why, "cannot look at '%s': %s", path,
			      strerror(errno));
	path[end] = rest;
	target[n] = '\0';
	len = snprintf(whole, sizeof(whole), "%.*s%s%s",
		       *target == '/' ? 0 : (int)at, path, target, path + end);
	if ((size_t)len >= sizeof(whole))
		return refuse(why, "what '%s' leads to is too long a path",
			      path);
	memcpy(path, whole, (size_t)len + 1);
	return true;
}

bool trust_root_only(const char *path, struct stat *st, struct reason *why)
{
	char walked[PATH_MAX];
	unsigned int links = 0;
	size_t at = 1;

	if (snprintf(walked, sizeof(walked), "%s", path) >= PATH_MAX)
		return refuse(why, "'%s' is too long a path", path);
	if (lstat("/", st))
		return refuse(why, "cannot look at '/': %s", strerror(errno));
	if (!is_roots("/", st, why))
		return false;
	while (at += strspn(walked + at, "/"), walked[at]) {
		size_t end = at + strcspn(walked + at, "/");
		char rest = walked[end];

		walked[end] = '\0';
		if (lstat(walked, st))
			return refuse(why, "cannot look at '%s': %s", walked,
				      strerror(errno));
		if (S_ISLNK(st->st_mode)) {
			if (++links > LINKS_MAX)
				return refuse(why, "'%s' leads through too many symbolic links",
					      path);
			walked[end] = rest;
			if (!follow(walked, at, end, why))
				return false;
			at = 1;
			continue;
		}
		if (!is_roots(walked, st, why))
			return false;
		if (rest && !S_ISDIR(st->st_mode))
			return refuse(why, "'%s' is no directory", walked);
		walked[end] = rest;
		at = end;
	}
	return true;
}
