// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report.h"
#include "selftest_place.h"

/* Whether @pattern climbs: it could lead out of a directory of our own. */
static bool climbs(const char *pattern)
{
	const char *at = pattern;

	while ((at = strstr(at, "../"))) {
		if (at == pattern || at[-1] == '/')
			return true;
		at += 3;
	}
	return false;
}

/* The directories of @pattern below @place->top; those with a % are not made. */
static void make_directories(struct place *place, const char *pattern)
{
	const char *end = strrchr(pattern, '/');
	size_t top = strlen(place->top);
	char *at;

	snprintf(place->cores, sizeof(place->cores), "%s/%.*s", place->top,
		 end ? (int)(end - pattern) : 0, pattern);
	for (at = place->cores + top + 1; *at; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		mkdir(place->cores, 0700);
		*at = '/';
	}
	mkdir(place->cores, 0700);
}

int place_make(struct place *place, const struct coredump_mon_info *info)
{
	const char *tmp = getenv("TMPDIR");

	if (!tmp || !*tmp)
		tmp = "/var/tmp";
	if (snprintf(place->top, sizeof(place->top), "%s/coredump-mon.XXXXXX",
		     tmp) >= (int)sizeof(place->top) || !mkdtemp(place->top)) {
		report("cannot make a directory in %s: %s: name another one in TMPDIR",
		       tmp, strerror(errno));
		return -1;
	}
	place->jail = info->core_pattern[0] == '/';
	switch (info->pattern) {
	case COREDUMP_MON_PATTERN_FILE:
		if (climbs(info->core_pattern))
			place->refused = "kernel.core_pattern leads out of our directory (..)";
		else
			make_directories(place, info->core_pattern);
		break;
	case COREDUMP_MON_PATTERN_UNKNOWN:
		place->refused = "what kernel.core_pattern says is not known";
		break;
	default:
		place->refused = "kernel.core_pattern names a helper, which is left in peace";
	}
	return 0;
}

void place_enter(const struct place *place)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };
	bool dump = !place->refused;

	if (chdir(place->top))
		_exit(EXIT_FAILURE);
	if (dump && place->jail && (chroot(".") || chdir("/")))
		dump = false;
	if (setrlimit(RLIMIT_CORE, &limit) && !getrlimit(RLIMIT_CORE, &limit)) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_CORE, &limit);
	}
	/* Not dumpable, it is neither written nor handed to any helper. */
	if (prctl(PR_SET_DUMPABLE, dump))
		_exit(EXIT_FAILURE);
}

bool place_find(const struct place *place, uint64_t ino, char *path,
		size_t size)
{
	DIR *dir = opendir(place->cores);
	struct dirent *entry;
	bool found = false;
	struct stat st;

	while (dir && !found && (entry = readdir(dir))) {
		found = !fstatat(dirfd(dir), entry->d_name, &st,
				 AT_SYMLINK_NOFOLLOW) &&
			S_ISREG(st.st_mode) && st.st_ino == ino &&
			snprintf(path, size, "%s/%s", place->cores,
				 entry->d_name) < (int)size;
	}
	if (dir)
		closedir(dir);
	return found;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void place_remove(const struct place *place)
{
	if (nftw(place->top, remove_one, 8, FTW_DEPTH | FTW_MOUNT | FTW_PHYS))
		report("%s: cannot remove it: %s: please do so", place->top,
		       strerror(errno));
}
