// SPDX-License-Identifier: GPL-2.0
/*
 * What is too long, odd or missing: arguments, paths, executables. A record
 * tells the truth about what was cut.
 */
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"

#include "cdm_process.h"

/* The kernel's bound for one argument, its end included. */
#define ARGUMENT	(32 * 4096)
#define ARGUMENTS	17

FIXTURE(hostile)
{
	struct cdm_env env;
	const char *file;
	/* What a shell reads, and where it writes to when it is there. */
	char script[1024];
	char fifo[128];
	const char *const *argv;
};

FIXTURE_SETUP(hostile)
{
	ASSERT_EQ(0, cdm_env_up(&self->env));
	self->file = strdup(cdm_env_path(&self->env, "a-core"));
	ASSERT_EQ(0, cdm_make_file(self->file, "secret"));
	snprintf(self->fifo, sizeof(self->fifo), "%s/fifo",
		 self->env.elsewhere);
	ASSERT_EQ(0, mkfifo(self->fifo, 0600));
	snprintf(self->script, sizeof(self->script),
		 "exec 3<%s; echo >%s; sleep 9 & wait", self->file,
		 self->fifo);
}

FIXTURE_TEARDOWN(hostile)
{
	cdm_env_down(&self->env);
}

/* The script on its standard input, the arguments as they are. */
static void run_shell(const void *arg)
{
	const FIXTURE_DATA(hostile) *self = arg;
	const struct rlimit stack = { 64 << 20, RLIM_INFINITY };
	int fds[2];

	if (pipe(fds) || dup2(fds[0], 0) ||
	    write(fds[1], self->script, strlen(self->script)) < 0)
		_exit(1);
	close(fds[1]);
	setrlimit(RLIMIT_STACK, &stack);
	syscall(SYS_execve, "/bin/sh", self->argv, environ);
	_exit(1);
}

/* A shell that has the file open, and its record. */
static const struct coredump_mon_record *
shell(FIXTURE_DATA(hostile) *self, pid_t *pid, const char *const *argv)
{
	int fd;
	char byte;

	self->argv = argv;
	*pid = cdm_fork(run_shell, self);
	fd = open(self->fifo, O_RDONLY);
	if (*pid < 0 || fd < 0 || read(fd, &byte, 1) != 1)
		return NULL;
	close(fd);
	return cdm_next_of(&self->env.reader, COREDUMP_MON_OPEN, *pid);
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	cdm_wait(pid);
}

TEST_F(hostile, arguments_of_two_megabytes)
{
	const char *argv[ARGUMENTS + 4] = { "sh", "-s" };
	const struct coredump_mon_record *rec;
	char *argument = malloc(ARGUMENT);
	pid_t pid;
	int i;

	ASSERT_NE(NULL, argument);
	memset(argument, '\n', ARGUMENT);
	argument[ARGUMENT - 1] = '\0';
	for (i = 2; i < ARGUMENTS + 2; i++)
		argv[i] = argument;
	rec = shell(self, &pid, argv);
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(COREDUMP_MON_CMDLINE_MAX,
		  cdm_get(rec, PROCESS, COREDUMP_MON_A_CMDLINE).len);
	cdm_check_process(_metadata, rec, pid);
	end(pid);
	free(argument);
}

/* The same, when it dumps: taken from memory that goes away. */
TEST_F(hostile, arguments_of_a_dump)
{
	static const char *const argv[] = {
		"sh", "-s", "a b", "", "\xff\xfe\n\x1b[2J", NULL,
	};
	const struct coredump_mon_record *rec;
	struct cdm_value cmdline;
	const char *expected = "sh\0-s\0a b\0\0\xff\xfe\n\x1b[2J";
	pid_t pid;

	rec = shell(self, &pid, argv);
	ASSERT_NE(NULL, rec);
	cdm_check_process(_metadata, rec, pid);
	ASSERT_EQ(0, kill(pid, SIGSEGV));
	ASSERT_EQ(SIGSEGV | 0x80, cdm_wait(pid));
	rec = cdm_next_of(&self->env.reader, COREDUMP_MON_DUMP, pid);
	ASSERT_NE(NULL, rec);
	cmdline = cdm_get(rec, PROCESS, COREDUMP_MON_A_CMDLINE);
	ASSERT_EQ(19, cmdline.len);
	EXPECT_EQ(0, memcmp(expected, cmdline.data, 19));
	EXPECT_EQ(0, cmdline.flags);
}

TEST_F(hostile, no_arguments)
{
	static const char *const argv[] = { NULL };
	const struct coredump_mon_record *rec;
	pid_t pid;

	rec = shell(self, &pid, argv);
	ASSERT_NE(NULL, rec);
	cdm_check_process(_metadata, rec, pid);
	ASSERT_EQ(0, kill(pid, SIGSEGV));
	ASSERT_EQ(SIGSEGV | 0x80, cdm_wait(pid));
	rec = cdm_next_of(&self->env.reader, COREDUMP_MON_DUMP, pid);
	ASSERT_NE(NULL, rec);
	EXPECT_GE(1, cdm_get(rec, PROCESS, COREDUMP_MON_A_CMDLINE).len);
}

/* A process's record when it dumps says the same as when it lived. */
TEST_F(hostile, process_of_a_dump)
{
	static unsigned char copy[COREDUMP_MON_RECORD_MAX];
	const struct coredump_mon_record *rec;
	static const int attrs[] = {
		COREDUMP_MON_A_TASK, COREDUMP_MON_A_CRED,
		COREDUMP_MON_A_NAMESPACES, COREDUMP_MON_A_COMM,
		COREDUMP_MON_A_EXE, COREDUMP_MON_A_CMDLINE, COREDUMP_MON_A_CWD,
		COREDUMP_MON_A_CGROUP, COREDUMP_MON_A_ANCESTOR,
	};
	static const char *const argv[] = { "sh", NULL };
	struct cdm_value then, now;
	pid_t pid;
	int i;

	rec = shell(self, &pid, argv);
	ASSERT_NE(NULL, rec);
	cdm_check_process(_metadata, rec, pid);
	memcpy(copy, rec, rec->len);
	ASSERT_EQ(0, kill(pid, SIGABRT));
	ASSERT_EQ(SIGABRT | 0x80, cdm_wait(pid));
	rec = cdm_next_of(&self->env.reader, COREDUMP_MON_DUMP, pid);
	ASSERT_NE(NULL, rec);
	for (i = 0; i < ARRAY_SIZE(attrs); i++) {
		then = cdm_get((const void *)copy, PROCESS, attrs[i]);
		now = cdm_get(rec, PROCESS, attrs[i]);
		ASSERT_NE(NULL, now.data) TH_LOG("attribute %d", attrs[i]);
		ASSERT_EQ(then.len, now.len) TH_LOG("attribute %d", attrs[i]);
		EXPECT_EQ(then.flags, now.flags);
		EXPECT_EQ(0, memcmp(then.data, now.data, now.len)) {
			TH_LOG("attribute %d", attrs[i]);
		}
	}
}

TEST_F(hostile, names_of_files)
{
	static const char *const names[] = {
		"new\nline", "\x1b]0;title\x07", "\xff\xfe\x80", "%s%n", " ",
		"\"'\\", "core (deleted)",
	};
	const struct coredump_mon_record *rec;
	const char *path;
	pid_t pid;
	int i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		path = cdm_env_path(&self->env, names[i]);
		ASSERT_EQ(0, cdm_make_file(path, "x"));
		pid = cdm_fork(cdm_open_read, path);
		ASSERT_EQ(0, cdm_wait(pid));
		rec = cdm_next_of(&self->env.reader, COREDUMP_MON_OPEN, pid);
		ASSERT_NE(NULL, rec);
		EXPECT_STREQ(path, cdm_path(rec));
	}
}

/* Goes down until the path of the current directory has that length. */
static int go_down(size_t len)
{
	char name[256], cwd[64];
	size_t now;

	if (syscall(SYS_getcwd, cwd, sizeof(cwd)) < 0)
		return -1;
	for (now = strlen(cwd); now < len;) {
		size_t part = len - now - 1 < 200 ? len - now - 1 : 199;

		/* The rest must have room for a name. */
		if (len - now - 1 - part == 1)
			part--;
		memset(name, 'p', part);
		name[part] = '\0';
		if (mkdir(name, 0755) || chdir(name))
			return -1;
		now += part + 1;
	}
	return 0;
}

struct deep {
	const char *dir;
	size_t len;
};

/* Opens a file, of which the path of that length is, and then dumps there. */
static void open_deep(const void *arg)
{
	const struct deep *deep = arg;

	if (chdir(deep->dir) || go_down(deep->len - 2) ||
	    cdm_make_file("f", "x") || open("f", O_RDONLY) < 0)
		_exit(1);
	raise(SIGABRT);
}

static void check_long_path(struct __test_metadata *_metadata,
			    FIXTURE_DATA(hostile) *self, size_t len, bool cut)
{
	const struct deep deep = { self->env.dir, len };
	const struct coredump_mon_record *rec;
	const struct coredump_mon_file_id *file;
	struct cdm_value path;
	pid_t pid;

	ASSERT_EQ(0, cdm_core_pattern("c"));
	pid = cdm_fork(open_deep, &deep);
	ASSERT_EQ(SIGABRT | 0x80, cdm_wait(pid));
	do {
		rec = cdm_next_of(&self->env.reader, COREDUMP_MON_OPEN, pid);
		file = rec ? cdm_file(rec) : NULL;
		ASSERT_NE(NULL, file);
	} while (file->access != COREDUMP_MON_ACCESS_READ);
	path = cdm_get(rec, COREDUMP_MON_A_FILE, COREDUMP_MON_A_PATH);
	ASSERT_NE(NULL, path.data);
	EXPECT_GE(COREDUMP_MON_PATH_MAX, path.len);
	EXPECT_EQ(cut ? COREDUMP_MON_ATTR_CUT : 0, path.flags);
	if (!cut) {
		ASSERT_EQ(len, path.len);
		EXPECT_EQ(0, memcmp(self->env.dir, path.data,
				    strlen(self->env.dir)));
		EXPECT_EQ(0, memcmp("/f", (const char *)path.data + len - 2,
				    2));
	}
	rec = cdm_next_of(&self->env.reader, COREDUMP_MON_DUMP, pid);
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(COREDUMP_MON_OUTCOME_WRITTEN, cdm_dump(rec)->outcome);
	ASSERT_NE(NULL, cdm_file(rec));
	path = cdm_get(rec, COREDUMP_MON_A_FILE, COREDUMP_MON_A_PATH);
	EXPECT_EQ(cut ? COREDUMP_MON_ATTR_CUT : 0, path.flags);
	/* The current directory is two bytes shorter. */
	path = cdm_get(rec, PROCESS, COREDUMP_MON_A_CWD);
	EXPECT_EQ(cut ? COREDUMP_MON_ATTR_CUT : 0, path.flags);
}

TEST_F(hostile, long_path)
{
	check_long_path(_metadata, self, 2000, false);
}

/* As long as a system call takes one. */
TEST_F(hostile, longest_path)
{
	check_long_path(_metadata, self, 4095, false);
}

TEST_F(hostile, longer_path)
{
	check_long_path(_metadata, self, 6000, true);
}

TEST_F(hostile, deleted_executable_and_directory)
{
	const struct coredump_mon_record *rec;
	char copy[96], dir[96];
	static const char *const argv[] = { "sh", NULL };
	pid_t pid;

	snprintf(copy, sizeof(copy), "%s/sh", self->env.elsewhere);
	snprintf(dir, sizeof(dir), "%s/gone", self->env.elsewhere);
	snprintf(self->script, sizeof(self->script),
		 "cp /bin/sh %s && mkdir %s && cd %s && rmdir %s && exec %s -c 'rm %s; exec 3<%s; echo >%s; sleep 9 & wait'",
		 copy, dir, dir, dir, copy, copy, self->file, self->fifo);
	rec = shell(self, &pid, argv);
	ASSERT_NE(NULL, rec);
	cdm_check_process(_metadata, rec, pid);
	end(pid);
}

CDM_HARNESS_MAIN
