// SPDX-License-Identifier: GPL-2.0
/*
 * Places from which a core file is opened: mounts, roots and namespaces. Whatever
 * it is called there, it is the same inode.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "cdm.h"
#include "cdm_way.h"

/* Not in every suite's headers. */
#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE		1
#endif
#ifndef OPEN_TREE_CLOEXEC
#define OPEN_TREE_CLOEXEC	O_CLOEXEC
#endif
#ifndef MOVE_MOUNT_F_EMPTY_PATH
#define MOVE_MOUNT_F_EMPTY_PATH	4
#endif

static int bind_the_directory(struct cdm_scene *scene)
{
	cdm_way_elsewhere(scene, "a-core");
	return mount(scene->dir, scene->elsewhere, NULL, MS_BIND, NULL);
}

static int bind_the_file(struct cdm_scene *scene)
{
	cdm_way_elsewhere(scene, "file");
	return cdm_make_file(scene->path, "x") ||
	       mount(scene->core, scene->path, NULL, MS_BIND, NULL) ? -1 : 0;
}

static void unmount_the_file(const struct cdm_scene *scene)
{
	umount2(scene->path, MNT_DETACH);
}

static int clone_tree(const char *path)
{
	return syscall(SYS_open_tree, AT_FDCWD, path,
		       OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
}

static int open_in_detached_tree(const struct cdm_scene *scene)
{
	int tree = clone_tree(scene->dir), fd;

	if (tree < 0)
		return -errno;
	fd = openat(tree, "a-core", O_RDONLY);
	return fd < 0 ? -errno : fd;
}

static int open_detached_file(const struct cdm_scene *scene)
{
	return cdm_way_reopen(clone_tree(scene->core));
}

/* Mounts made from here on are nobody else's. */
static int own_mounts(void)
{
	return unshare(CLONE_NEWNS) ||
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ? -1 : 0;
}

static int open_in_moved_mount(const struct cdm_scene *scene)
{
	char path[PATH_MAX];
	int tree;

	if (own_mounts())
		return -errno;
	tree = clone_tree(scene->dir);
	if (tree < 0 || syscall(SYS_move_mount, tree, "", AT_FDCWD,
				scene->elsewhere, MOVE_MOUNT_F_EMPTY_PATH))
		return -errno;
	snprintf(path, sizeof(path), "%s/a-core", scene->elsewhere);
	return cdm_way_open(path);
}

static int open_in_mount_namespace(const struct cdm_scene *scene)
{
	if (own_mounts() || mount(scene->dir, "/mnt", NULL, MS_BIND, NULL))
		return -errno;
	return cdm_way_open("/mnt/a-core");
}

static int open_in_chroot(const struct cdm_scene *scene)
{
	return chroot(scene->dir) ? -errno : cdm_way_open("/a-core");
}

static int make_old_root(struct cdm_scene *scene)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/old", scene->dir);
	return mkdir(path, 0755);
}

static int open_in_new_root(const struct cdm_scene *scene)
{
	if (own_mounts() || mount(scene->dir, scene->dir, NULL, MS_BIND, NULL) ||
	    chdir(scene->dir) || syscall(SYS_pivot_root, ".", "old"))
		return -errno;
	return cdm_way_open("/a-core");
}

static int open_in_user_namespace(const struct cdm_scene *scene)
{
	if (setresgid(1234, 1234, 1234) || setresuid(1234, 1234, 1234) ||
	    unshare(CLONE_NEWUSER | CLONE_NEWNS))
		return -errno;
	return cdm_way_open(scene->path);
}

static void open_and_exit(const void *path)
{
	int fd = cdm_way_open(path);

	_exit(fd < 0 ? -fd : 0);
}

static int open_in_pid_namespace(const struct cdm_scene *scene)
{
	if (unshare(CLONE_NEWPID))
		return -errno;
	return -WEXITSTATUS(cdm_run(open_and_exit, scene->path));
}

FIXTURE(places)
{
	struct cdm_env env;
};

FIXTURE_VARIANT(places)
{
	struct cdm_way way;
};

FIXTURE_VARIANT_ADD(places, bind_directory) {
	.way = {
		.title = "a bind mount of the directory",
		.prepare = bind_the_directory,
	},
};

FIXTURE_VARIANT_ADD(places, bind_file) {
	.way = {
		.title = "a bind mount of the file",
		.prepare = bind_the_file,
		.undo = unmount_the_file,
	},
};

FIXTURE_VARIANT_ADD(places, open_tree) {
	.way = {
		.title = "`open_tree`: in a detached tree",
		.open = open_in_detached_tree,
	},
};

FIXTURE_VARIANT_ADD(places, open_tree_file) {
	.way = {
		.title = "`open_tree` of the file itself",
		.open = open_detached_file,
	},
};

FIXTURE_VARIANT_ADD(places, move_mount) {
	.way = {
		.title = "`move_mount` of a detached tree",
		.open = open_in_moved_mount,
	},
};

FIXTURE_VARIANT_ADD(places, mount_namespace) {
	.way = {
		.title = "another mount namespace",
		.open = open_in_mount_namespace,
	},
};

FIXTURE_VARIANT_ADD(places, chroot) {
	.way = {
		.title = "`chroot`",
		.open = open_in_chroot,
	},
};

FIXTURE_VARIANT_ADD(places, pivot_root) {
	.way = {
		.title = "`pivot_root`",
		.prepare = make_old_root,
		.open = open_in_new_root,
	},
};

FIXTURE_VARIANT_ADD(places, user_namespace) {
	.way = {
		.title = "another user namespace",
		.open = open_in_user_namespace,
	},
};

FIXTURE_VARIANT_ADD(places, pid_namespace) {
	.way = {
		.title = "another PID namespace",
		.open = open_in_pid_namespace,
	},
};

FIXTURE_SETUP(places)
{
	ASSERT_EQ(0, cdm_env_up(&self->env));
}

FIXTURE_TEARDOWN(places)
{
	cdm_env_down(&self->env);
}

TEST_F(places, works_is_seen_is_denied)
{
	const char *wrong;
	bool skip;

	wrong = cdm_way_try(&self->env, &variant->way, &skip);
	if (skip)
		SKIP(return, "this kernel has no such thing");
	EXPECT_EQ(NULL, wrong) TH_LOG("%s: %s", variant->way.title, wrong);
}

CDM_HARNESS_MAIN
