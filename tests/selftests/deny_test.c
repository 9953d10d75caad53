// SPDX-License-Identifier: GPL-2.0
/*
 * Refusing: what is refused in enforcing mode and what never is; how long
 * enforcing lasts.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "kselftest_harness.h"

#include "cdm.h"

FIXTURE(deny)
{
	struct cdm_env env;
	struct cdm_reader *reader;
	int fd;
	const char *core;
};

FIXTURE_SETUP(deny)
{
	ASSERT_EQ(0, cdm_env_up(&self->env));
	self->reader = &self->env.reader;
	self->fd = self->reader->fd;
	self->core = strdup(cdm_env_path(&self->env, "a-core"));
	ASSERT_EQ(0, cdm_make_file(self->core, "secret"));
	ASSERT_EQ(0, chmod(self->core, 0755));
}

FIXTURE_TEARDOWN(deny)
{
	cdm_env_down(&self->env);
}

struct opening {
	const char *path;
	int flags;
};

/* Exits with the errno. */
static void open_it(const void *arg)
{
	const struct opening *opening = arg;

	_exit(open(opening->path, opening->flags, 0600) < 0 ? errno : 0);
}

static bool is_fd_or_error(const struct coredump_mon_result *result)
{
	return result->error ? result->fd < 0 : result->fd >= 0;
}

/*
 * Has a child open something; its errno, or -1 if there was not exactly one
 * record with that verdict and that result.
 */
static int try_flags(struct cdm_reader *r, const char *path, int flags,
		     __u32 verdict)
{
	const struct opening opening = { path, flags };
	const struct coredump_mon_decision *decision;
	const struct coredump_mon_result *result;
	const struct coredump_mon_record *rec;
	pid_t pid = cdm_fork(open_it, &opening);
	int status = cdm_wait(pid);

	rec = cdm_next_of(r, COREDUMP_MON_OPEN, pid);
	if (!WIFEXITED(status) || !rec)
		return -1;
	decision = cdm_decision(rec);
	result = cdm_result(rec);
	if (!decision || decision->verdict != verdict || !result ||
	    result->error != WEXITSTATUS(status) ||
	    !is_fd_or_error(result) ||
	    cdm_count(r, COREDUMP_MON_OPEN, pid))
		return -1;
	return WEXITSTATUS(status);
}

static int try(struct cdm_reader *r, const char *path, __u32 verdict)
{
	return try_flags(r, path, O_RDONLY, verdict);
}

TEST_F(deny, in_enforcing_mode_alone)
{
	struct coredump_mon_stats before, after;

	ASSERT_EQ(0, cdm_stats(self->fd, &before));
	EXPECT_EQ(0, try(self->reader, self->core, COREDUMP_MON_WOULD_DENY));
	ASSERT_EQ(0, cdm_set_mode(self->fd, COREDUMP_MON_ENFORCING, 0));
	EXPECT_EQ(EACCES, try(self->reader, self->core, COREDUMP_MON_DENIED));
	EXPECT_EQ(EACCES, try(self->reader, self->core, COREDUMP_MON_DENIED));
	ASSERT_EQ(0, cdm_stats(self->fd, &after));
	EXPECT_EQ(before.denied + 2, after.denied);
	ASSERT_EQ(0, cdm_set_mode(self->fd, COREDUMP_MON_PERMISSIVE, 0));
	EXPECT_EQ(0, try(self->reader, self->core, COREDUMP_MON_WOULD_DENY));
	ASSERT_EQ(0, cdm_stats(self->fd, &after));
	EXPECT_EQ(before.denied + 2, after.denied);
}

TEST_F(deny, accesses)
{
	static const struct {
		const char *name;
		int flags;
		int error;
		__u32 verdict;
	} cases[] = {
		{ "a-core", O_RDONLY, EACCES, COREDUMP_MON_DENIED },
		{ "a-core", O_RDWR, EACCES, COREDUMP_MON_DENIED },
		{ "a-core", O_RDWR | O_CREAT, EACCES, COREDUMP_MON_DENIED },
		{ "a-core", O_RDONLY | O_TRUNC, EACCES, COREDUMP_MON_DENIED },
		{ "a-core", O_WRONLY, 0, COREDUMP_MON_ALLOWED },
		{ "a-core", O_WRONLY | O_APPEND, 0, COREDUMP_MON_ALLOWED },
		{ "new", O_RDWR | O_CREAT, 0, COREDUMP_MON_ALLOWED },
		{ "new2", O_RDONLY | O_CREAT, 0, COREDUMP_MON_ALLOWED },
		{ ".", O_RDWR | O_TMPFILE, 0, COREDUMP_MON_ALLOWED },
		/* It is a core from then on. */
		{ "new", O_RDWR | O_CREAT, EACCES, COREDUMP_MON_DENIED },
	};
	struct stat st;
	int i;

	ASSERT_EQ(0, cdm_set_mode(self->fd, COREDUMP_MON_ENFORCING, 0));
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *path = cdm_env_path(&self->env, cases[i].name);

		EXPECT_EQ(cases[i].error,
			  try_flags(self->reader, path, cases[i].flags,
				    cases[i].verdict)) {
			TH_LOG("flags %#o of %s", cases[i].flags,
			       cases[i].name);
		}
	}
	/* Nothing was cut off by what was refused. */
	ASSERT_EQ(0, stat(self->core, &st));
	EXPECT_EQ(6, st.st_size);
}

TEST_F(deny, what_is_no_core_is_let_through)
{
	char path[128];
	int i;

	snprintf(path, sizeof(path), "%s/file", self->env.elsewhere);
	ASSERT_EQ(0, cdm_make_file(path, "x"));
	ASSERT_EQ(0, cdm_set_mode(self->fd, COREDUMP_MON_ENFORCING, 0));
	ASSERT_EQ(EACCES, try(self->reader, self->core, COREDUMP_MON_DENIED));
	EXPECT_EQ(0, cdm_run(cdm_open_read, path));
	EXPECT_EQ(0, cdm_run(cdm_open_read, self->env.dir));
	EXPECT_EQ(0, try(self->reader, "/proc/self/coredump_filter",
			 COREDUMP_MON_ALLOWED));
	/* Neither does anybody need to open it to look at it or remove it. */
	for (i = 0; i < 3; i++) {
		struct stat st;

		EXPECT_EQ(0, stat(self->core, &st));
	}
	EXPECT_LE(0, open(self->core, O_PATH));
	EXPECT_EQ(0, unlink(self->core));
}

TEST_F(deny, whatever_its_name)
{
	const char *core = cdm_env_make_core(&self->env);
	char moved[128], link_[128];

	ASSERT_NE(NULL, core);
	snprintf(moved, sizeof(moved), "%s/song.mp3", self->env.elsewhere);
	snprintf(link_, sizeof(link_), "%s/link", self->env.elsewhere);
	ASSERT_EQ(0, rename(core, moved));
	ASSERT_EQ(0, link(moved, link_));
	ASSERT_EQ(0, cdm_set_mode(self->fd, COREDUMP_MON_ENFORCING, 0));
	EXPECT_EQ(EACCES, try(self->reader, moved, COREDUMP_MON_DENIED));
	EXPECT_EQ(EACCES, try(self->reader, link_, COREDUMP_MON_DENIED));
}

static void execute(const void *path)
{
	execl(path, path, NULL);
	_exit(errno);
}

TEST_F(deny, exec)
{
	const struct coredump_mon_record *rec;
	pid_t pid;

	ASSERT_EQ(0, cdm_make_file(self->core, "#!/bin/true\n"));
	ASSERT_EQ(0, cdm_run(execute, self->core));
	ASSERT_EQ(0, cdm_set_mode(self->fd, COREDUMP_MON_ENFORCING, 0));
	pid = cdm_fork(execute, self->core);
	EXPECT_EQ(EACCES, WEXITSTATUS(cdm_wait(pid)));
	rec = cdm_next_of(self->reader, COREDUMP_MON_OPEN, pid);
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(COREDUMP_MON_DENIED, cdm_decision(rec)->verdict);
	EXPECT_EQ(COREDUMP_MON_ACCESS_EXEC, cdm_file(rec)->access);
	EXPECT_EQ(EACCES, cdm_result(rec)->error);
}

/* The kernel's own dump is never in the way of it. */
TEST_F(deny, dumps_are_written)
{
	const struct coredump_mon_record *rec;
	const int signo = SIGABRT;
	struct stat st;
	pid_t pid;
	int i;

	ASSERT_EQ(0, cdm_set_mode(self->fd, COREDUMP_MON_ENFORCING, 0));
	/* The second time there is a file of that name to be removed. */
	ASSERT_EQ(0, cdm_core_pattern(cdm_env_path(&self->env, "core")));
	for (i = 0; i < 2; i++) {
		pid = cdm_fork(cdm_raise, &signo);
		ASSERT_EQ(SIGABRT | 0x80, cdm_wait(pid));
		rec = cdm_next_of(self->reader, COREDUMP_MON_DUMP, pid);
		ASSERT_NE(NULL, rec);
		EXPECT_EQ(COREDUMP_MON_OUTCOME_WRITTEN, cdm_dump(rec)->outcome);
		ASSERT_EQ(0, stat(cdm_env_path(&self->env, "core"), &st));
		EXPECT_EQ(st.st_size, cdm_dump(rec)->size);
		EXPECT_LT(4096, st.st_size);
	}
	EXPECT_EQ(EACCES, try(self->reader, cdm_env_path(&self->env, "core"),
			      COREDUMP_MON_DENIED));
}

static void hold(const void *fd)
{
	int device = open(CDM_DEVICE, O_RDWR);

	if (cdm_set_mode(device, COREDUMP_MON_ENFORCING,
			 COREDUMP_MON_MODE_HOLD))
		_exit(errno);
	write(*(const int *)fd, "", 1);
	cdm_pause(NULL);
}

static pid_t fork_holder(void)
{
	int fds[2];
	char byte;
	pid_t pid;

	if (pipe(fds))
		return -1;
	pid = cdm_fork(hold, &fds[1]);
	close(fds[1]);
	if (pid < 0 || read(fds[0], &byte, 1) != 1)
		pid = -1;
	close(fds[0]);
	return pid;
}

TEST_F(deny, holder_that_is_killed)
{
	struct coredump_mon_info info;
	pid_t pid = fork_holder();

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, cdm_info(self->fd, &info));
	EXPECT_EQ(1, info.holders);
	EXPECT_EQ(1, info.enforcing);
	EXPECT_EQ(COREDUMP_MON_PERMISSIVE, info.mode);
	EXPECT_EQ(EACCES, try(self->reader, self->core, COREDUMP_MON_DENIED));

	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(SIGKILL, cdm_wait(pid));
	EXPECT_EQ(0, try(self->reader, self->core, COREDUMP_MON_WOULD_DENY));
	ASSERT_EQ(0, cdm_info(self->fd, &info));
	EXPECT_EQ(0, info.holders);
	EXPECT_EQ(0, info.enforcing);
}

TEST_F(deny, two_holders_and_the_mode)
{
	struct coredump_mon_info info;
	pid_t pids[2] = { fork_holder(), fork_holder() };

	ASSERT_LT(0, pids[0]);
	ASSERT_LT(0, pids[1]);
	ASSERT_EQ(0, cdm_info(self->fd, &info));
	EXPECT_EQ(2, info.holders);
	kill(pids[0], SIGKILL);
	cdm_wait(pids[0]);
	EXPECT_EQ(EACCES, try(self->reader, self->core, COREDUMP_MON_DENIED));
	/* The mode is another thing. */
	ASSERT_EQ(0, cdm_set_mode(self->fd, COREDUMP_MON_ENFORCING, 0));
	ASSERT_EQ(0, cdm_set_mode(self->fd, COREDUMP_MON_PERMISSIVE, 0));
	EXPECT_EQ(EACCES, try(self->reader, self->core, COREDUMP_MON_DENIED));
	ASSERT_EQ(0, cdm_set_mode(self->fd, COREDUMP_MON_ENFORCING, 0));
	kill(pids[1], SIGKILL);
	cdm_wait(pids[1]);
	EXPECT_EQ(EACCES, try(self->reader, self->core, COREDUMP_MON_DENIED));
	ASSERT_EQ(0, cdm_set_mode(self->fd, COREDUMP_MON_PERMISSIVE, 0));
	EXPECT_EQ(0, try(self->reader, self->core, COREDUMP_MON_WOULD_DENY));
}

/* A descriptor lives until its last copy is closed, in whatever process. */
TEST_F(deny, held_by_copies)
{
	int device = open(CDM_DEVICE, O_RDWR | O_CLOEXEC), copy;
	struct coredump_mon_info info;
	pid_t pid;

	ASSERT_EQ(0, cdm_set_mode(device, COREDUMP_MON_ENFORCING,
				  COREDUMP_MON_MODE_HOLD));
	/* Once more does not count twice. */
	ASSERT_EQ(0, cdm_set_mode(device, COREDUMP_MON_ENFORCING,
				  COREDUMP_MON_MODE_HOLD));
	copy = dup(device);
	pid = cdm_fork(cdm_pause, NULL);
	ASSERT_EQ(0, cdm_info(self->fd, &info));
	EXPECT_EQ(1, info.holders);
	close(device);
	EXPECT_EQ(EACCES, try(self->reader, self->core, COREDUMP_MON_DENIED));
	close(copy);
	EXPECT_EQ(EACCES, try(self->reader, self->core, COREDUMP_MON_DENIED));
	kill(pid, SIGKILL);
	cdm_wait(pid);
	EXPECT_EQ(0, try(self->reader, self->core, COREDUMP_MON_WOULD_DENY));
}

TEST_F(deny, hold_is_let_go)
{
	ASSERT_EQ(0, cdm_set_mode(self->fd, COREDUMP_MON_ENFORCING,
				  COREDUMP_MON_MODE_HOLD));
	EXPECT_EQ(EACCES, try(self->reader, self->core, COREDUMP_MON_DENIED));
	ASSERT_EQ(0, cdm_set_mode(self->fd, COREDUMP_MON_PERMISSIVE,
				  COREDUMP_MON_MODE_HOLD));
	EXPECT_EQ(0, try(self->reader, self->core, COREDUMP_MON_WOULD_DENY));
	/* Also if there is none. */
	ASSERT_EQ(0, cdm_set_mode(self->fd, COREDUMP_MON_PERMISSIVE,
				  COREDUMP_MON_MODE_HOLD));
}

static bool told(struct cdm_reader *r, pid_t pid, __u32 change, __u32 old_value,
		 __u32 new_value, __u32 enforcing)
{
	const struct coredump_mon_record *rec =
		cdm_next_of(r, COREDUMP_MON_POLICY, pid);
	const struct coredump_mon_policy *policy = rec ? cdm_policy(rec) : NULL;

	return policy && policy->change == change &&
	       policy->old_value == old_value &&
	       policy->new_value == new_value && policy->enforcing == enforcing;
}

TEST_F(deny, changes_are_told)
{
	pid_t pid;

	ASSERT_EQ(0, cdm_set_mode(self->fd, COREDUMP_MON_ENFORCING, 0));
	EXPECT_TRUE(told(self->reader, getpid(), COREDUMP_MON_CHANGE_MODE,
			 COREDUMP_MON_PERMISSIVE, COREDUMP_MON_ENFORCING, 1));
	ASSERT_EQ(0, cdm_set_mode(self->fd, COREDUMP_MON_PERMISSIVE, 0));
	EXPECT_TRUE(told(self->reader, getpid(), COREDUMP_MON_CHANGE_MODE,
			 COREDUMP_MON_ENFORCING, COREDUMP_MON_PERMISSIVE, 0));
	pid = fork_holder();
	EXPECT_TRUE(told(self->reader, pid, COREDUMP_MON_CHANGE_HOLD, 0, 1, 1));
	kill(pid, SIGKILL);
	cdm_wait(pid);
	EXPECT_TRUE(told(self->reader, pid, COREDUMP_MON_CHANGE_HOLD, 1, 0, 0));
}

/* How the gate is in place. */
static __u32 gate(int fd)
{
	struct coredump_mon_probe probe;
	__u32 index = 0;

	do {
		memset(&probe, 0, sizeof(probe));
		probe.size = sizeof(probe);
		probe.index = index++;
		if (ioctl(fd, COREDUMP_MON_IOC_PROBE, &probe))
			return ~0U;
	} while (!(probe.flags & COREDUMP_MON_PROBE_GATE));
	return probe.hook;
}

/* Else it would keep others out of that function. */
TEST_F(deny, gate_is_there_only_while_needed)
{
	int i;

	EXPECT_EQ(COREDUMP_MON_HOOK_NONE, gate(self->fd));
	ASSERT_EQ(0, cdm_set_mode(self->fd, COREDUMP_MON_ENFORCING, 0));
	EXPECT_NE(COREDUMP_MON_HOOK_NONE, gate(self->fd));
	ASSERT_EQ(0, cdm_set_mode(self->fd, COREDUMP_MON_PERMISSIVE, 0));
	for (i = 0; i < 100 && gate(self->fd) != COREDUMP_MON_HOOK_NONE; i++)
		poll(NULL, 0, 100);
	EXPECT_EQ(COREDUMP_MON_HOOK_NONE, gate(self->fd));
}

CDM_HARNESS_MAIN
