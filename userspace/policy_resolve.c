// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include "array.h"
#include "nearest.h"
#include "policy_resolve.h"
#include "trust.h"

/* So many users or groups are looked at for one of a like name. */
#define NAMES_MAX	10000

/* Is the name a number? Then that is the id, whether or not it is in use. */
static bool is_number(const char *name)
{
	return !name[strspn(name, "0123456789")];
}

static bool parse_id(struct policy_entry *entry, struct reason *why)
{
	unsigned long long id;

	errno = 0;
	id = strtoull(entry->name, NULL, 10);
	/* The last one is the kernel's "none". */
	if (errno || id >= UINT32_MAX)
		return refuse(why, "the number '%.64s' is too large: at most %u is possible",
			      entry->name, UINT32_MAX - 1);
	entry->id = id;
	return true;
}

/* Gives false, with what @nearest knows about it. */
static bool unknown(const char *what, const struct nearest *nearest,
		    struct reason *why)
{
	if (errno)
		return refuse(why, "cannot look up the %s '%.64s': %s", what,
			      nearest->word, strerror(errno));
	if (*nearest->found)
		return refuse(why, "there is no %s '%.64s': did you mean '%s'?",
			      what, nearest->word, nearest->found);
	return refuse(why, "there is no %s '%.64s' on this system", what,
		      nearest->word);
}

/* What functions say of a name that is not there, beside 0. */
static void forget_absence(void)
{
	if (errno == ENOENT || errno == ESRCH || errno == EBADF ||
	    errno == EPERM)
		errno = 0;
}

bool resolve_user(struct policy_entry *entry, struct reason *why)
{
	const struct passwd *user;
	struct nearest nearest;

	if (is_number(entry->name))
		return parse_id(entry, why);
	errno = 0;
	user = getpwnam(entry->name);
	if (user) {
		entry->id = user->pw_uid;
		return true;
	}
	forget_absence();
	nearest_begin(&nearest, entry->name);
	if (!errno) {
		setpwent();
		for (int i = 0; i < NAMES_MAX && (user = getpwent()); i++)
			nearest_offer(&nearest, user->pw_name);
		endpwent();
		errno = 0;
	}
	return unknown("user", &nearest, why);
}

bool resolve_group(struct policy_entry *entry, struct reason *why)
{
	const struct group *group;
	struct nearest nearest;

	if (is_number(entry->name))
		return parse_id(entry, why);
	errno = 0;
	group = getgrnam(entry->name);
	if (group) {
		entry->id = group->gr_gid;
		return true;
	}
	forget_absence();
	nearest_begin(&nearest, entry->name);
	if (!errno) {
		setgrent();
		for (int i = 0; i < NAMES_MAX && (group = getgrent()); i++)
			nearest_offer(&nearest, group->gr_name);
		endgrent();
		errno = 0;
	}
	return unknown("group", &nearest, why);
}

static bool is_absolute(const struct policy_entry *entry, struct reason *why)
{
	if (*entry->name != '/')
		return refuse(why, "'%.64s' is not absolute: a path begins with /",
			      entry->name);
	if (strlen(entry->name) > POLICY_PATH_MAX)
		return refuse(why, "a path of %zu bytes: at most %d are possible",
			      strlen(entry->name), POLICY_PATH_MAX);
	return true;
}

static void take_inode(struct policy_entry *entry, const struct stat *st)
{
	entry->id = st->st_ino;
	entry->dev_major = major(st->st_dev);
	entry->dev_minor = minor(st->st_dev);
}

/* Of a script the interpreter is what runs, and reads. */
static bool is_script(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	char head[2] = "";
	bool script;

	if (fd < 0)
		return false;
	script = read(fd, head, sizeof(head)) == sizeof(head) &&
		 head[0] == '#' && head[1] == '!';
	close(fd);
	return script;
}

bool resolve_executable(struct policy_entry *entry, struct reason *why)
{
	struct stat st;

	if (!is_absolute(entry, why) ||
	    !trust_root_only(entry->name, &st, why))
		return false;
	if (!S_ISREG(st.st_mode) || !(st.st_mode & 0111))
		return refuse(why, "'%s' is no regular file that can be executed",
			      entry->name);
	if (is_script(entry->name))
		return refuse(why, "'%s' is a script: what opens files is its interpreter, which runs others' scripts too",
			      entry->name);
	take_inode(entry, &st);
	return true;
}

bool resolve_directory(struct policy_entry *entry, struct reason *why)
{
	struct stat st;

	if (!is_absolute(entry, why))
		return false;
	if (stat(entry->name, &st))
		return refuse(why, "cannot look at '%s': %s", entry->name,
			      strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return refuse(why, "'%s' is no directory", entry->name);
	take_inode(entry, &st);
	return true;
}

bool resolve_watched(struct policy_entry *entry, struct reason *why)
{
	struct stat st;

	if (!is_absolute(entry, why))
		return false;
	/* The module waits for it. */
	if (stat(entry->name, &st) && errno == ENOENT)
		return true;
	return resolve_directory(entry, why);
}

bool resolve_file(struct policy_entry *entry, struct reason *why)
{
	struct stat st;

	if (!is_absolute(entry, why))
		return false;
	if (stat(entry->name, &st))
		return refuse(why, "cannot look at '%s': %s", entry->name,
			      strerror(errno));
	if (!S_ISREG(st.st_mode))
		return refuse(why, "'%s' is no regular file, and cannot be a core file",
			      entry->name);
	take_inode(entry, &st);
	return true;
}

/* Where the cgroup v2 hierarchy is mounted, alone or beside those of v1. */
static const char *cgroup_mount(void)
{
	static const char *const mounts[] = {
		"/sys/fs/cgroup", "/sys/fs/cgroup/unified",
	};
	struct statfs fs;

	for (size_t i = 0; i < ARRAY_SIZE(mounts); i++) {
		if (!statfs(mounts[i], &fs) &&
		    (unsigned int)fs.f_type == CGROUP2_SUPER_MAGIC)
			return mounts[i];
	}
	return NULL;
}

/* As the kernel writes them: no component is empty, "." or "..". */
static bool is_cgroup_path(const char *path)
{
	if (!strcmp(path, "/"))
		return true;
	while (*path == '/') {
		size_t len = strcspn(++path, "/");

		if (!len || (len == 1 && *path == '.') ||
		    (len == 2 && path[0] == '.' && path[1] == '.'))
			return false;
		path += len;
	}
	return !*path;
}

bool resolve_cgroup(struct policy_entry *entry, struct reason *why)
{
	const char *mount = cgroup_mount();
	char path[POLICY_PATH_MAX + 64];
	struct stat st;

	if (!is_absolute(entry, why))
		return false;
	if (!is_cgroup_path(entry->name))
		return refuse(why, "'%s' is no path of a cgroup: expected one as in /proc/PID/cgroup behind 0::",
			      entry->name);
	if (!mount)
		return refuse(why, "no cgroup v2 hierarchy is mounted at /sys/fs/cgroup here");
	snprintf(path, sizeof(path), "%s%s", mount, entry->name);
	if (stat(path, &st))
		return refuse(why, "cannot look at the cgroup '%s': %s",
			      entry->name, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return refuse(why, "'%s' is no cgroup", entry->name);
	entry->id = st.st_ino;
	return true;
}

bool resolve_tag(struct policy_entry *entry, struct reason *why)
{
	if (strlen(entry->name) > POLICY_TAG_MAX)
		return refuse(why, "a tag of %zu bytes: at most %d are possible",
			      strlen(entry->name), POLICY_TAG_MAX);
	return true;
}
