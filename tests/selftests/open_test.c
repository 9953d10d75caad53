// SPDX-License-Identifier: GPL-2.0
/*
 * Opens: what is seen of a core file and of coredump_filter, by whatever way
 * it is reached, and what is silent.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "kselftest_harness.h"

#include "cdm.h"

FIXTURE(open)
{
	struct cdm_env env;
	struct cdm_reader *reader;
	/* A file in the watched directory. */
	const char *file;
};

FIXTURE_SETUP(open)
{
	ASSERT_EQ(0, cdm_env_up(&self->env));
	self->reader = &self->env.reader;
	self->file = strdup(cdm_env_path(&self->env, "a-core"));
	ASSERT_EQ(0, cdm_make_file(self->file, "secret"));
}

FIXTURE_TEARDOWN(open)
{
	cdm_env_down(&self->env);
}

/* An open that a child makes, and what it does before. */
struct opening {
	const char *path;
	int flags;
	void (*before)(const struct opening *opening);
	const char *arg;
};

#define FAILED	255

/* Exits with the number of the descriptor. */
static void open_it(const void *arg)
{
	const struct opening *opening = arg;
	int fd;

	if (opening->before)
		opening->before(opening);
	fd = open(opening->path, opening->flags, 0640);
	_exit(fd < 0 ? FAILED : fd);
}

/*
 * The one record of an open that succeeded, its result checked; NULL if there
 * is none, or more than one.
 */
static const struct coredump_mon_record *opened(struct cdm_reader *r,
						const struct opening *opening)
{
	static unsigned char copy[COREDUMP_MON_RECORD_MAX];
	const struct coredump_mon_result *result;
	const struct coredump_mon_record *rec;
	pid_t pid = cdm_fork(open_it, opening);
	int status = cdm_wait(pid);

	if (!WIFEXITED(status) || WEXITSTATUS(status) == FAILED)
		return NULL;
	rec = cdm_next_of(r, COREDUMP_MON_OPEN, pid);
	if (!rec)
		return NULL;
	memcpy(copy, rec, rec->len);
	rec = (const void *)copy;
	result = cdm_result(rec);
	if (!result || result->error || result->fd != WEXITSTATUS(status) ||
	    cdm_count(r, COREDUMP_MON_OPEN, pid))
		return NULL;
	return rec;
}

/* How many records an open makes, whatever comes of it. */
static int count_opened(struct cdm_reader *r, const struct opening *opening)
{
	pid_t pid = cdm_fork(open_it, opening);

	cdm_wait(pid);
	return cdm_count(r, COREDUMP_MON_OPEN, pid);
}

/* Class core, read, by that name, and of the file that it is of. */
static bool is_core_read(const struct coredump_mon_record *rec,
			 const char *path, const char *file)
{
	const struct coredump_mon_file_id *id = rec ? cdm_file(rec) : NULL;
	struct stat st;

	return id && !stat(file, &st) && id->ino == st.st_ino &&
	       id->dev_major == major(st.st_dev) &&
	       id->dev_minor == minor(st.st_dev) &&
	       id->file_class == COREDUMP_MON_CLASS_CORE &&
	       id->access == COREDUMP_MON_ACCESS_READ &&
	       cdm_decision(rec)->verdict == COREDUMP_MON_WOULD_DENY &&
	       (!path || !strcmp(path, cdm_path(rec)));
}

TEST_F(open, access)
{
	static const struct {
		int flags;
		const char *name;
		__u32 access;
		__u32 verdict;
	} cases[] = {
		{ O_RDONLY, "a-core", COREDUMP_MON_ACCESS_READ,
		  COREDUMP_MON_WOULD_DENY },
		{ O_WRONLY, "a-core", COREDUMP_MON_ACCESS_WRITE,
		  COREDUMP_MON_ALLOWED },
		{ O_RDWR, "a-core", COREDUMP_MON_ACCESS_READ_WRITE,
		  COREDUMP_MON_WOULD_DENY },
		{ O_WRONLY | O_TRUNC, "a-core", COREDUMP_MON_ACCESS_WRITE,
		  COREDUMP_MON_ALLOWED },
		{ O_WRONLY | O_APPEND, "a-core", COREDUMP_MON_ACCESS_WRITE,
		  COREDUMP_MON_ALLOWED },
		{ O_RDWR | O_CREAT, "a-core", COREDUMP_MON_ACCESS_READ_WRITE,
		  COREDUMP_MON_WOULD_DENY },
		/* Who creates it reads nothing of anybody's. */
		{ O_RDWR | O_CREAT, "new", COREDUMP_MON_ACCESS_WRITE,
		  COREDUMP_MON_ALLOWED },
		{ O_RDONLY | O_CREAT | O_EXCL, "new2",
		  COREDUMP_MON_ACCESS_WRITE, COREDUMP_MON_ALLOWED },
		{ O_RDWR | O_TMPFILE, ".", COREDUMP_MON_ACCESS_WRITE,
		  COREDUMP_MON_ALLOWED },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct opening opening = {
			cdm_env_path(&self->env, cases[i].name), cases[i].flags,
		};
		const struct coredump_mon_record *rec;

		TH_LOG("flags %#o of %s", cases[i].flags, cases[i].name);
		rec = opened(self->reader, &opening);
		ASSERT_NE(NULL, rec);
		ASSERT_NE(NULL, cdm_file(rec));
		EXPECT_EQ(COREDUMP_MON_CLASS_CORE, cdm_file(rec)->file_class);
		EXPECT_EQ(cases[i].access, cdm_file(rec)->access);
		ASSERT_NE(NULL, cdm_decision(rec));
		EXPECT_EQ(cases[i].verdict, cdm_decision(rec)->verdict);
		EXPECT_LT(0, cdm_get(rec, 0, COREDUMP_MON_A_RULE).len);
		EXPECT_NULL(cdm_get(rec, 0, COREDUMP_MON_A_TARGET).data);
	}
}

TEST_F(open, everything_else_is_silent)
{
	const char *inside = cdm_env_path(&self->env, "directory"),
		   *fifo = cdm_env_path(&self->env, "fifo");
	char unrelated[128];
	const struct opening silent[] = {
		{ unrelated, O_RDONLY },
		{ unrelated, O_RDWR },
		{ "/proc/self/status", O_RDONLY },
		{ "/proc/sys/kernel/core_pattern", O_RDONLY },
		{ "/dev/null", O_RDWR },
		/* The directory, what is no regular file, what is not there. */
		{ self->env.dir, O_RDONLY },
		{ inside, O_RDONLY },
		{ fifo, O_RDWR },
		{ cdm_env_path(&self->env, "none"), O_RDONLY },
		{ self->file, O_RDWR | O_CREAT | O_EXCL },
		/* No data comes through such a descriptor. */
		{ self->file, O_PATH },
	};
	const struct opening core = { self->file, O_RDONLY };
	int count, i;

	snprintf(unrelated, sizeof(unrelated), "%s/file", self->env.elsewhere);
	ASSERT_EQ(0, cdm_make_file(unrelated, "x"));
	ASSERT_EQ(0, mkdir(inside, 0755));
	ASSERT_EQ(0, mkfifo(fifo, 0600));
	ASSERT_EQ(1, count_opened(self->reader, &core));
	for (i = 0; i < ARRAY_SIZE(silent); i++) {
		count = count_opened(self->reader, &silent[i]);
		EXPECT_EQ(0, count) TH_LOG("%s", silent[i].path);
	}
	ASSERT_EQ(1, count_opened(self->reader, &core));
}

static void become_user(const struct opening *opening)
{
	if (setresgid(1234, 1234, 1234) || setresuid(1234, 1234, 1234))
		_exit(FAILED);
}

/* What the permissions of the file refuse never comes to an open. */
TEST_F(open, refused_by_permissions_is_silent)
{
	const struct opening opening = { self->file, O_RDONLY, become_user };

	EXPECT_EQ(1, count_opened(self->reader, &opening));
	ASSERT_EQ(0, chmod(self->file, 0600));
	EXPECT_EQ(0, count_opened(self->reader, &opening));
}

static void open_path_first(const struct opening *opening)
{
	if (open(opening->arg, O_PATH) != 100 &&
	    dup2(open(opening->arg, O_PATH), 100) != 100)
		_exit(FAILED);
}

TEST_F(open, reopened_o_path_is_seen)
{
	const struct opening opening = {
		"/proc/self/fd/100", O_RDONLY, open_path_first, self->file,
	};

	EXPECT_TRUE(is_core_read(opened(self->reader, &opening), self->file,
				 self->file));
}

TEST_F(open, at_any_depth)
{
	char path[PATH_MAX];
	struct opening opening = { path, O_RDONLY };
	int depth;

	strcpy(path, self->env.dir);
	for (depth = 1; depth <= 30; depth++) {
		strcat(path, "/d");
		ASSERT_EQ(0, mkdir(path, 0755));
		if (depth != 1 && depth != 30)
			continue;
		strcat(path, "/file");
		ASSERT_EQ(0, cdm_make_file(path, "x"));
		EXPECT_TRUE(is_core_read(opened(self->reader, &opening), path,
					 path)) TH_LOG("depth %d", depth);
		*strrchr(path, '/') = '\0';
	}
}

static void change_directory(const struct opening *opening)
{
	if (chdir(opening->arg))
		_exit(FAILED);
}

static void change_root(const struct opening *opening)
{
	if (chroot(opening->arg))
		_exit(FAILED);
}

TEST_F(open, relative_chroot_and_link)
{
	char link_[128];
	const struct opening relative = {
		"./a-core", O_RDONLY, change_directory, self->env.dir,
	};
	const struct opening chrooted = {
		"/a-core", O_RDONLY, change_root, self->env.dir,
	};
	const struct opening linked = { link_, O_RDONLY };

	EXPECT_TRUE(is_core_read(opened(self->reader, &relative), self->file,
				 self->file));
	EXPECT_TRUE(is_core_read(opened(self->reader, &chrooted), NULL,
				 self->file));
	snprintf(link_, sizeof(link_), "%s/link", self->env.elsewhere);
	ASSERT_EQ(0, symlink(self->file, link_));
	EXPECT_TRUE(is_core_read(opened(self->reader, &linked), self->file,
				 self->file));
}

TEST_F(open, bind_mount)
{
	char path[128];
	const struct opening opening = { path, O_RDONLY };

	ASSERT_EQ(0, mount(self->env.dir, self->env.elsewhere, NULL, MS_BIND,
			   NULL));
	snprintf(path, sizeof(path), "%s/a-core", self->env.elsewhere);
	EXPECT_TRUE(is_core_read(opened(self->reader, &opening), path,
				 self->file));
}

/* The mount is of that namespace alone. */
static void bind_mount_privately(const struct opening *opening)
{
	if (unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount(opening->arg, "/mnt", NULL, MS_BIND, NULL))
		_exit(FAILED);
}

TEST_F(open, other_mount_namespace)
{
	const struct opening opening = {
		"/mnt/a-core", O_RDONLY, bind_mount_privately, self->env.dir,
	};
	const struct coredump_mon_record *rec;
	const struct coredump_mon_namespaces *namespaces;

	rec = opened(self->reader, &opening);
	EXPECT_TRUE(is_core_read(rec, NULL, self->file));
	namespaces = cdm_struct(cdm_get(rec, COREDUMP_MON_A_PROCESS,
					COREDUMP_MON_A_NAMESPACES),
				sizeof(*namespaces));
	ASSERT_NE(NULL, namespaces);
	EXPECT_EQ(0, namespaces->initial);
}

/* A core that was moved away and got another name stays a core. */
TEST_F(open, renamed_and_hard_linked_core)
{
	const char *core = cdm_env_make_core(&self->env);
	const struct coredump_mon_record *rec;
	char moved[128], link_[128];
	const struct opening by_name = { moved, O_RDONLY };
	const struct opening by_link = { link_, O_RDONLY };

	ASSERT_NE(NULL, core);
	snprintf(moved, sizeof(moved), "%s/holiday.jpg", self->env.elsewhere);
	snprintf(link_, sizeof(link_), "%s/link", self->env.elsewhere);
	ASSERT_EQ(0, rename(core, moved));
	ASSERT_EQ(0, link(moved, link_));
	rec = opened(self->reader, &by_name);
	EXPECT_TRUE(is_core_read(rec, moved, moved));
	EXPECT_EQ(1, cdm_file(rec)->tagged);
	rec = opened(self->reader, &by_link);
	EXPECT_TRUE(is_core_read(rec, link_, moved));
	ASSERT_EQ(0, unlink(moved));
	EXPECT_EQ(1, count_opened(self->reader, &by_link));
}

/* In the current directory, since that tells which file system is meant. */
static void open_handle(const void *dir)
{
	char space[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	struct file_handle *handle = (void *)space;
	int mount_id, fd;

	handle->handle_bytes = MAX_HANDLE_SZ;
	if (chdir(dir) ||
	    name_to_handle_at(AT_FDCWD, "core", handle, &mount_id, 0))
		_exit(FAILED);
	fd = open_by_handle_at(AT_FDCWD, handle, O_RDONLY);
	_exit(fd < 0 ? FAILED : 0);
}

TEST_F(open, by_handle)
{
	const char *core = cdm_env_path(&self->env, "core");
	const struct coredump_mon_record *rec;
	pid_t pid;

	ASSERT_EQ(0, cdm_core_pattern(core));
	ASSERT_NE(NULL, cdm_env_make_core(&self->env));
	pid = cdm_fork(open_handle, self->env.dir);
	ASSERT_EQ(0, cdm_wait(pid));
	rec = cdm_next_of(self->reader, COREDUMP_MON_OPEN, pid);
	EXPECT_TRUE(is_core_read(rec, NULL, core));
	EXPECT_EQ(0, cdm_count(self->reader, COREDUMP_MON_OPEN, pid));
}

static void execute(const void *path)
{
	execl(path, path, NULL);
	_exit(FAILED);
}

TEST_F(open, exec)
{
	const struct coredump_mon_record *rec;
	const char *script = cdm_env_path(&self->env, "script");
	pid_t pid;

	ASSERT_EQ(0, cdm_make_file(script, "#!/bin/true\n"));
	ASSERT_EQ(0, chmod(script, 0755));
	pid = cdm_fork(execute, script);
	ASSERT_EQ(0, cdm_wait(pid));
	rec = cdm_next_of(self->reader, COREDUMP_MON_OPEN, pid);
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(COREDUMP_MON_ACCESS_EXEC, cdm_file(rec)->access);
	EXPECT_EQ(COREDUMP_MON_WOULD_DENY, cdm_decision(rec)->verdict);
	EXPECT_STREQ(script, cdm_path(rec));

	/* Not to be executed: no open comes of it. */
	ASSERT_EQ(0, chmod(script, 0644));
	pid = cdm_fork(execute, script);
	ASSERT_EQ(FAILED, WEXITSTATUS(cdm_wait(pid)));
	EXPECT_EQ(0, cdm_count(self->reader, COREDUMP_MON_OPEN, pid));
}

/* It was let through to the file system, which has no direct I/O. */
TEST_F(open, errno_of_a_failure)
{
	const char *const directories[] = { self->env.elsewhere };
	const struct coredump_mon_record *rec;
	char path[128];
	const struct opening good = { path, O_RDONLY };
	const struct opening bad = { path, O_RDONLY | O_DIRECT };
	pid_t pid;

	ASSERT_EQ(0, mount("ramfs", self->env.elsewhere, "ramfs", 0, ""));
	ASSERT_EQ(0, cdm_set_directories(self->reader->fd, directories, 1));
	snprintf(path, sizeof(path), "%s/core", self->env.elsewhere);
	ASSERT_EQ(0, cdm_make_file(path, "x"));
	EXPECT_TRUE(is_core_read(opened(self->reader, &good), path, path));
	pid = cdm_fork(open_it, &bad);
	ASSERT_EQ(FAILED, WEXITSTATUS(cdm_wait(pid)));
	rec = cdm_next_of(self->reader, COREDUMP_MON_OPEN, pid);
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(-1, cdm_result(rec)->fd);
	EXPECT_EQ(EINVAL, cdm_result(rec)->error);
}

CDM_HARNESS_MAIN
