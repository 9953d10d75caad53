// SPDX-License-Identifier: GPL-2.0
/*
 * Dumps that have to wait: for a thread of their own that cannot be woken, or
 * for the file system that they are to go to.
 */
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>

#include "kselftest_harness.h"

#include "cdm.h"
#include "cdm_fuse.h"

FIXTURE(wait)
{
	struct cdm_env env;
	/* Whoever looks something up in env.elsewhere waits for this. */
	int silent;
};

FIXTURE_SETUP(wait)
{
	ASSERT_EQ(0, cdm_env_up(&self->env));
	self->silent = cdm_fuse_mount(self->env.elsewhere);
}

static void give_up(FIXTURE_DATA(wait) *self)
{
	if (self->silent >= 0)
		close(self->silent);
	self->silent = -1;
}

FIXTURE_TEARDOWN(wait)
{
	give_up(self);
	cdm_env_down(&self->env);
}

/* Waits until so many dumps are under way, or are counted as not made. */
static bool dumping(FIXTURE_DATA(wait) *self, __u64 count)
{
	struct coredump_mon_stats stats;
	int i;

	for (i = 0; i < 1000; i++) {
		if (cdm_stats(self->env.reader.fd, &stats))
			return false;
		if (stats.dumps + stats.unmade_dumps == count)
			return true;
		usleep(50000);
	}
	return false;
}

struct stuck {
	const char *path;
	int go;
	int silent;
};

static void *look_up(void *path)
{
	access(path, F_OK);
	return NULL;
}

/* Dumps when it is told to; another thread of it cannot be woken. */
static void abort_beside_stuck(const void *arg)
{
	const struct stuck *stuck = arg;
	pthread_t thread;
	char byte;

	/* Else it is not given up when the parent closes its own. */
	close(stuck->silent);
	if (pthread_create(&thread, NULL, look_up, (void *)stuck->path) ||
	    read(stuck->go, &byte, 1) != 1)
		_exit(1);
	abort();
}

/*
 * The kernel begins by waiting for all threads of the process, and only then
 * looks at the pattern. Has it changed in between; the record's DUMP, or NULL.
 */
static const struct coredump_mon_dump *
change_pattern(FIXTURE_DATA(wait) *self, const char *pattern,
	       const struct coredump_mon_record **rec, pid_t *pid)
{
	char path[128];
	struct stuck stuck = { .path = path, .silent = self->silent };
	int go[2];

	snprintf(path, sizeof(path), "%s/x", self->env.elsewhere);
	if (pipe(go))
		return NULL;
	stuck.go = go[0];
	*pid = cdm_fork(abort_beside_stuck, &stuck);
	if (*pid < 0 || cdm_fuse_wait(self->silent) || write(go[1], "", 1) != 1)
		return NULL;
	if (!dumping(self, 1) || cdm_core_pattern(pattern))
		return NULL;
	give_up(self);
	close(go[0]);
	close(go[1]);
	if (cdm_wait(*pid) != (SIGABRT | 0x80))
		return NULL;
	*rec = cdm_next_of(&self->env.reader, COREDUMP_MON_DUMP, *pid);
	return *rec ? cdm_dump(*rec) : NULL;
}

TEST_F(wait, file_becomes_pipe_before_it_begins)
{
	const struct coredump_mon_record *rec;
	const struct coredump_mon_dump *dump;
	char pattern[128], path[128];
	pid_t pid;
	int i;

	if (self->silent < 0)
		SKIP(return, "no FUSE in this kernel");
	snprintf(pattern, sizeof(pattern), "|/bin/dd of=%s/piped status=none",
		 self->env.dir);
	dump = change_pattern(self, pattern, &rec, &pid);
	ASSERT_NE(NULL, dump);
	EXPECT_EQ(COREDUMP_MON_PATTERN_PIPE, dump->pattern);
	EXPECT_EQ(COREDUMP_MON_OUTCOME_PIPED, dump->outcome);
	EXPECT_NULL(cdm_file(rec));
	/* That is what the kernel did. */
	EXPECT_EQ(-1, access(cdm_env_core(&self->env, pid), F_OK));
	snprintf(path, sizeof(path), "%s/piped", self->env.dir);
	for (i = 0; i < 100 && access(path, F_OK); i++)
		usleep(50000);
	EXPECT_GT(100, i);
}

TEST_F(wait, pipe_becomes_file_before_it_begins)
{
	const struct coredump_mon_record *rec;
	const struct coredump_mon_dump *dump;
	struct stat st;
	pid_t pid;

	if (self->silent < 0)
		SKIP(return, "no FUSE in this kernel");
	ASSERT_EQ(0, cdm_core_pattern("|/bin/false"));
	dump = change_pattern(self,
			      cdm_env_path(&self->env, "core.%p"), &rec, &pid);
	ASSERT_NE(NULL, dump);
	EXPECT_EQ(COREDUMP_MON_PATTERN_FILE, dump->pattern);
	EXPECT_EQ(COREDUMP_MON_OUTCOME_WRITTEN, dump->outcome);
	ASSERT_EQ(0, stat(cdm_env_core(&self->env, pid), &st));
	ASSERT_NE(NULL, cdm_file(rec));
	EXPECT_EQ(st.st_ino, cdm_file(rec)->ino);
	EXPECT_EQ(st.st_size, dump->size);
}

/* Of one user: more than there are places for. */
#define BURST	300

struct burst {
	int go[2];
	int silent;
};

static void abort_when_told(const void *arg)
{
	const struct burst *burst = arg;
	char byte;

	close(burst->silent);
	/* Ends when the writing end is closed. */
	close(burst->go[1]);
	read(burst->go[0], &byte, 1);
	abort();
}

/* What is beyond the bound is counted, and what is within is told. */
TEST_F_TIMEOUT(wait, more_than_places, 180)
{
	const struct coredump_mon_record *rec;
	struct coredump_mon_stats stats;
	pid_t pids[BURST];
	char pattern[128];
	struct burst burst = { .silent = self->silent };
	int made = 0, lost = 0, i;
	__u32 dumps;

	if (self->silent < 0)
		SKIP(return, "no FUSE in this kernel");
	snprintf(pattern, sizeof(pattern), "%s/core.%%p", self->env.elsewhere);
	ASSERT_EQ(0, cdm_core_pattern(pattern));
	ASSERT_EQ(0, pipe(burst.go));
	for (i = 0; i < BURST; i++) {
		pids[i] = cdm_fork(abort_when_told, &burst);
		ASSERT_LT(0, pids[i]);
	}
	close(burst.go[0]);
	close(burst.go[1]);
	EXPECT_TRUE(dumping(self, BURST));
	ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &stats));
	dumps = stats.dumps;
	/* Alone, a user has half of them. */
	EXPECT_EQ(stats.dumps_max / 2, dumps);
	EXPECT_EQ(BURST - dumps, stats.unmade_dumps);

	give_up(self);
	for (i = 0; i < BURST; i++)
		EXPECT_EQ(SIGABRT, cdm_wait(pids[i]));
	while ((rec = cdm_next(&self->env.reader, 500))) {
		if (rec->type == COREDUMP_MON_LOST) {
			ASSERT_EQ(COREDUMP_MON_CAUSE_UNMADE,
				  cdm_lost(rec)->cause);
			lost += cdm_lost(rec)->count;
		}
		if (rec->type != COREDUMP_MON_DUMP)
			continue;
		EXPECT_EQ(COREDUMP_MON_OUTCOME_FAILED, cdm_dump(rec)->outcome);
		for (i = 0; i < BURST; i++)
			if (cdm_task(rec, COREDUMP_MON_A_PROCESS)->pid ==
			    (__u32)pids[i])
				break;
		ASSERT_GT(BURST, i);
		/* Nobody dies twice. */
		pids[i] = -1;
		made++;
	}
	EXPECT_EQ(dumps, made);
	EXPECT_EQ(BURST - dumps, lost);
	ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &stats));
	EXPECT_EQ(BURST - dumps, stats.unmade_dumps);
	EXPECT_EQ(0, stats.dumps);
}

int main(int argc, char **argv)
{
	cdm_main_up();
	/* Counts from 0. */
	cdm_reload();
	return test_harness_run(argc, argv);
}
