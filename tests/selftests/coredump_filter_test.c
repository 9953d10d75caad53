// SPDX-License-Identifier: GPL-2.0
/*
 * Opens of /proc/PID/coredump_filter, and whose it is.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"

#include "cdm.h"
#include "cdm_rules.h"

FIXTURE(filter)
{
	struct cdm_env env;
	pid_t target;
	/* A thread of it that is not its first. */
	pid_t thread;
	char path[64];
};

static void *pause_in_thread(void *fd)
{
	pid_t tid = syscall(SYS_gettid);

	prctl(PR_SET_NAME, "second thread");
	write(*(int *)fd, &tid, sizeof(tid));
	cdm_pause(NULL);
	return NULL;
}

static void two_threads(const void *fd)
{
	pthread_t thread;

	prctl(PR_SET_NAME, "the\ttarget\n");
	pthread_create(&thread, NULL, pause_in_thread, (void *)fd);
	cdm_pause(NULL);
}

FIXTURE_SETUP(filter)
{
	int fds[2];

	ASSERT_EQ(0, cdm_env_up(&self->env));
	ASSERT_EQ(0, pipe(fds));
	self->target = cdm_fork(two_threads, &fds[1]);
	ASSERT_LT(0, self->target);
	ASSERT_EQ(sizeof(pid_t), read(fds[0], &self->thread, sizeof(pid_t)));
	close(fds[0]);
	close(fds[1]);
	snprintf(self->path, sizeof(self->path), "/proc/%d/coredump_filter",
		 self->target);
}

FIXTURE_TEARDOWN(filter)
{
	kill(self->target, SIGKILL);
	cdm_wait(self->target);
	cdm_env_down(&self->env);
}

/* The record of an open by a child, with what must be there; or NULL. */
static const struct coredump_mon_record *opened(struct cdm_env *env,
						const char *path)
{
	const struct coredump_mon_record *rec;
	const struct coredump_mon_file_id *file;
	pid_t pid = cdm_fork(cdm_open_read, path);

	if (pid < 0 || cdm_wait(pid))
		return NULL;
	rec = cdm_next_of(&env->reader, COREDUMP_MON_OPEN, pid);
	file = rec ? cdm_file(rec) : NULL;
	if (!file ||
	    file->file_class != COREDUMP_MON_CLASS_COREDUMP_FILTER ||
	    file->access != COREDUMP_MON_ACCESS_READ || file->tagged ||
	    cdm_decision(rec)->verdict != COREDUMP_MON_ALLOWED ||
	    !cdm_task(rec, COREDUMP_MON_A_TARGET))
		return NULL;
	return rec;
}

TEST_F(filter, of_another)
{
	const struct coredump_mon_record *rec;
	char exe[PATH_MAX] = "";

	rec = opened(&self->env, self->path);
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ(self->path, cdm_path(rec));
	EXPECT_EQ(self->target, cdm_task(rec, COREDUMP_MON_A_TARGET)->pid);
	EXPECT_EQ(self->target, cdm_task(rec, COREDUMP_MON_A_TARGET)->ns_pid);
	EXPECT_EQ(getpid(), cdm_task(rec, COREDUMP_MON_A_TARGET)->ppid);
	EXPECT_EQ(0, cdm_cred(rec, COREDUMP_MON_A_TARGET)->uid);
	EXPECT_STREQ("the\ttarget\n",
		     cdm_string(cdm_get(rec, COREDUMP_MON_A_TARGET,
					COREDUMP_MON_A_COMM)));
	ASSERT_LT(0, readlink("/proc/self/exe", exe, sizeof(exe)));
	EXPECT_STREQ(exe, cdm_string(cdm_get(rec, COREDUMP_MON_A_TARGET,
					     COREDUMP_MON_A_EXE)));
}

TEST_F(filter, of_itself)
{
	const struct coredump_mon_record *rec;

	rec = opened(&self->env, "/proc/self/coredump_filter");
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(cdm_task(rec, COREDUMP_MON_A_PROCESS)->pid,
		  cdm_task(rec, COREDUMP_MON_A_TARGET)->pid);
}

/* There is none under task/, but /proc/TID/ leads to the process. */
TEST_F(filter, of_a_thread)
{
	const struct coredump_mon_record *rec;

	snprintf(self->path, sizeof(self->path), "/proc/%d/coredump_filter",
		 self->thread);
	rec = opened(&self->env, self->path);
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(self->target, cdm_task(rec, COREDUMP_MON_A_TARGET)->pid);
}

/* By a rule, as the built-in one lets it be. */
static bool refused(struct cdm_env *env, const char *path)
{
	struct cdm_rules *rules = malloc(sizeof(*rules));
	bool refused;

	cdm_rules_begin(rules);
	cdm_rules_add(rules, "filter", COREDUMP_MON_ACTION_DENY,
		      CDM_BIT(COREDUMP_MON_OPEN), NULL)->classes =
		CDM_BIT(COREDUMP_MON_CLASS_COREDUMP_FILTER);
	refused = !cdm_rules_enforce(&env->reader, rules) &&
		  open(path, O_RDONLY) < 0 && errno == EACCES;
	refused = !cdm_set_mode(env->reader.fd, COREDUMP_MON_PERMISSIVE, 0) &&
		  !cdm_rules_builtin(env->reader.fd) && refused;
	free(rules);
	return refused;
}

/* Through a procfs of one's own; and a line for the table of ways. */
static bool seen_through(FIXTURE_DATA(filter) *self, const char *title,
			 const char *path)
{
	const struct coredump_mon_record *rec = opened(&self->env, path);
	bool seen = rec && self->target ==
			   cdm_task(rec, COREDUMP_MON_A_TARGET)->pid;
	bool denied = refused(&self->env, path);

	printf("# way: `coredump_filter`, %s | %s\n", title,
	       !seen ? "not seen" : denied ? "seen, denied" : "seen");
	fflush(stdout);
	return seen && denied;
}

TEST_F(filter, through_another_mount)
{
	static const struct {
		const char *title;
		const char *options;
	} mounts[] = {
		{ "another mount of procfs", "" },
		{ "procfs with `hidepid`", "hidepid=2" },
		{ "procfs with `subset=pid`", "subset=pid" },
	};
	const struct coredump_mon_record *rec;
	char path[128];
	int i;

	snprintf(path, sizeof(path), "%s/%d/coredump_filter",
		 self->env.elsewhere, self->target);
	for (i = 0; i < ARRAY_SIZE(mounts); i++) {
		ASSERT_EQ(0, mount("proc", self->env.elsewhere, "proc", 0,
				   mounts[i].options));
		EXPECT_TRUE(seen_through(self, mounts[i].title, path));
		ASSERT_EQ(0, umount(self->env.elsewhere));
	}
	ASSERT_EQ(0, mount("proc", self->env.elsewhere, "proc", 0, ""));
	rec = opened(&self->env, path);
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ(path, cdm_path(rec));
}

/* Mounted nowhere. */
TEST_F(filter, through_a_detached_mount)
{
	int context = syscall(SYS_fsopen, "proc", 0), mnt;
	char path[128];

	ASSERT_LE(0, context);
	ASSERT_EQ(0, syscall(SYS_fsconfig, context, 6 /* FSCONFIG_CMD_CREATE */,
			     NULL, NULL, 0));
	mnt = syscall(SYS_fsmount, context, 0, 0);
	ASSERT_LE(0, mnt);
	snprintf(path, sizeof(path), "/proc/self/fd/%d/%d/coredump_filter", mnt,
		 self->target);
	EXPECT_TRUE(seen_through(self, "a procfs that is mounted nowhere", path));
}

static void open_for_writing(const void *path)
{
	_exit(open(path, O_WRONLY) < 0);
}

TEST_F(filter, written)
{
	const struct coredump_mon_record *rec;
	pid_t pid = cdm_fork(open_for_writing, self->path);

	ASSERT_EQ(0, cdm_wait(pid));
	rec = cdm_next_of(&self->env.reader, COREDUMP_MON_OPEN, pid);
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(COREDUMP_MON_CLASS_COREDUMP_FILTER,
		  cdm_file(rec)->file_class);
	EXPECT_EQ(COREDUMP_MON_ACCESS_WRITE, cdm_file(rec)->access);
}

/* The others of /proc/PID, and a file of that name elsewhere. */
TEST_F(filter, others_are_silent)
{
	static const char *const names[] = {
		"status", "maps", "cmdline", "oom_score", "environ",
	};
	char path[128];
	pid_t pid;
	int i;

	ASSERT_NE(NULL, opened(&self->env, self->path));
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "/proc/%d/%s", self->target,
			 names[i]);
		pid = cdm_fork(cdm_open_read, path);
		ASSERT_EQ(0, cdm_wait(pid));
		EXPECT_EQ(0, cdm_count(&self->env.reader, COREDUMP_MON_OPEN,
				       pid));
	}
	snprintf(path, sizeof(path), "%s/coredump_filter",
		 self->env.elsewhere);
	ASSERT_EQ(0, cdm_make_file(path, "x"));
	pid = cdm_fork(cdm_open_read, path);
	ASSERT_EQ(0, cdm_wait(pid));
	EXPECT_EQ(0, cdm_count(&self->env.reader, COREDUMP_MON_OPEN, pid));
}

/* The target may be gone by the time: then there is nothing to say of it. */
TEST_F(filter, of_one_that_exits)
{
	int i;

	for (i = 0; i < 20; i++) {
		pid_t victim = cdm_fork(cdm_pause, NULL);
		char path[64];
		int fd;

		snprintf(path, sizeof(path), "/proc/%d/coredump_filter",
			 victim);
		ASSERT_EQ(0, kill(victim, SIGKILL));
		fd = open(path, O_RDONLY);
		cdm_wait(victim);
		if (fd < 0)
			continue;
		close(fd);
		EXPECT_NE(NULL, cdm_next_of(&self->env.reader,
					    COREDUMP_MON_OPEN, getpid()));
	}
	ASSERT_NE(NULL, opened(&self->env, self->path));
}

CDM_HARNESS_MAIN
