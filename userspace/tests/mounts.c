// SPDX-License-Identifier: GPL-2.0
/* Whether mounts are followed, in a namespace of our own. Speaks TAP. */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "../host_path.h"

static bool passed = true;

#define CHECK(condition) do {						\
	if (!(condition)) {						\
		printf("# %s:%d: %s\n", __FILE__, __LINE__, #condition);	\
		passed = false;						\
	}								\
} while (0)

static bool is_at(const struct file *file, const char *expected)
{
	static const struct string name = { "/a/b", 4 };
	char path[HOST_PATH_MAX];

	if (!host_path(file, &name, path))
		return !expected;
	return expected && !strcmp(path, expected);
}

/* Mounts come, move and go while what is known of them is kept. */
static void follow_mounts(const char *dir)
{
	struct file file = { .has = BIT(COREDUMP_MON_A_FILE_ID) };
	char first[64], second[64], below[64], path[80];
	struct stat st;

	snprintf(first, sizeof(first), "%s/first", dir);
	snprintf(second, sizeof(second), "%s/sec ond\\", dir);
	snprintf(below, sizeof(below), "%s/first/a", dir);
	CHECK(!mkdir(first, 0700) && !mkdir(second, 0700));
	CHECK(is_at(&file, NULL));
	CHECK(!mount("none", first, "tmpfs", 0, NULL));
	CHECK(!mkdir(below, 0700) && !stat(below, &st));
	file.id.dev_major = major(st.st_dev);
	file.id.dev_minor = minor(st.st_dev);
	snprintf(path, sizeof(path), "%s/a/b", first);
	CHECK(is_at(&file, path));
	/* Only a part of it. */
	CHECK(!mount(below, second, NULL, MS_BIND, NULL));
	CHECK(!umount2(first, MNT_DETACH));
	snprintf(path, sizeof(path), "%s/b", second);
	CHECK(is_at(&file, path));
	CHECK(!umount2(second, MNT_DETACH));
	CHECK(is_at(&file, NULL));
	file.has = 0;
	CHECK(is_at(&file, NULL));
}

static bool own_namespace(void)
{
	return (!unshare(CLONE_NEWNS) ||
		!unshare(CLONE_NEWUSER | CLONE_NEWNS)) &&
	       !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
	       !mount("none", "/tmp", "tmpfs", 0, NULL);
}

int main(void)
{
	puts("1..1");
	if (!own_namespace()) {
		puts("ok 1 mounts are followed as they come and go # SKIP no mount namespace can be had here");
		return EXIT_SUCCESS;
	}
	follow_mounts("/tmp");
	printf("%s 1 mounts are followed as they come and go\n",
	       passed ? "ok" : "not ok");
	return passed ? EXIT_SUCCESS : EXIT_FAILURE;
}
