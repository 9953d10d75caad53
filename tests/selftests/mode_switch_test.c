// SPDX-License-Identifier: GPL-2.0
/*
 * Modes switched under load: no open is missed, none is told twice, and each
 * record says what really became of its open. Loads the module for itself.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>

#include "kselftest_harness.h"

#include "cdm.h"

#define OPENERS		4
#define SWITCHES	24

FIXTURE(mode_switch)
{
	struct cdm_env env;
	const char *core;
};

FIXTURE_SETUP(mode_switch)
{
	ASSERT_EQ(0, cdm_env_up(&self->env));
	self->core = strdup(cdm_env_path(&self->env, "a-core"));
	ASSERT_EQ(0, cdm_make_file(self->core, "secret"));
}

FIXTURE_TEARDOWN(mode_switch)
{
	cdm_env_down(&self->env);
}

/* How often an opener was let through and refused: its own word, or ours. */
struct sum {
	pid_t pid;
	unsigned int opened;
	unsigned int denied;
};

struct work {
	const char *core;
	/* Closed at its other end: stop. Sums are written to the other. */
	int stop[2];
	int sums[2];
};

static void open_many(const void *arg)
{
	const struct work *work = arg;
	struct pollfd pollfd = { .fd = work->stop[0] };
	struct sum sum = { .pid = getpid() };
	int i;

	close(work->stop[1]);
	for (i = 0; i % 8 || !poll(&pollfd, 1, i % 64 ? 0 : 4); i++) {
		int fd = open(work->core, O_RDONLY);

		if (fd >= 0) {
			sum.opened++;
			close(fd);
		} else if (errno == EACCES) {
			sum.denied++;
		} else {
			_exit(1);
		}
	}
	_exit(write(work->sums[1], &sum, sizeof(sum)) != sizeof(sum));
}

struct collection {
	struct cdm_reader *reader;
	struct sum sums[OPENERS];
	bool done;
	bool failed;
	__u64 lost;
};

static void collect(struct collection *c, const struct coredump_mon_record *rec)
{
	const struct coredump_mon_result *result;
	const struct coredump_mon_task *task;
	bool denied;
	int i;

	if (rec->type == COREDUMP_MON_LOST)
		c->lost += cdm_lost(rec)->count;
	if (rec->type != COREDUMP_MON_OPEN)
		return;
	task = cdm_task(rec, COREDUMP_MON_A_PROCESS);
	for (i = 0; i < OPENERS; i++) {
		if (task->pid != (__u32)c->sums[i].pid)
			continue;
		denied = cdm_decision(rec)->verdict == COREDUMP_MON_DENIED;
		c->sums[i].denied += denied;
		c->sums[i].opened += !denied;
		/* What it says became of it. */
		result = cdm_result(rec);
		c->failed |= result->error != (denied ? EACCES : 0);
	}
}

static void *collect_until_done(void *arg)
{
	struct collection *c = arg;
	const struct coredump_mon_record *rec;
	bool done;

	do {
		done = __atomic_load_n(&c->done, __ATOMIC_ACQUIRE);
		while ((rec = cdm_next(c->reader, 50)))
			collect(c, rec);
	} while (!done);
	return NULL;
}

TEST_F_TIMEOUT(mode_switch, under_load, 240)
{
	struct collection c = { .reader = &self->env.reader };
	struct coredump_mon_stats before, after;
	unsigned int denied = 0, opened = 0;
	struct work work = { self->core };
	struct sum seen;
	pthread_t thread;
	int i, j;

	ASSERT_EQ(0, pipe(work.stop));
	ASSERT_EQ(0, pipe(work.sums));
	ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &before));
	for (i = 0; i < OPENERS; i++) {
		c.sums[i].pid = cdm_fork(open_many, &work);
		ASSERT_LT(0, c.sums[i].pid);
	}
	ASSERT_EQ(0, pthread_create(&thread, NULL, collect_until_done, &c));
	for (i = 0; i < SWITCHES; i++) {
		ASSERT_EQ(0, cdm_set_mode(self->env.reader.fd,
					  i % 2 ? COREDUMP_MON_PERMISSIVE :
						  COREDUMP_MON_ENFORCING, 0));
		/* Now at once, now when the gate has come or gone. */
		usleep(i % 3 * 100000);
	}
	close(work.stop[1]);
	for (i = 0; i < OPENERS; i++)
		waitpid(c.sums[i].pid, NULL, 0);
	__atomic_store_n(&c.done, true, __ATOMIC_RELEASE);
	pthread_join(thread, NULL);

	ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &after));
	EXPECT_EQ(0, c.lost);
	EXPECT_EQ(0, after.unmade_pending - before.unmade_pending);
	EXPECT_EQ(0, after.unmade_memory - before.unmade_memory);
	EXPECT_FALSE(c.failed);
	for (i = 0; i < OPENERS; i++) {
		ASSERT_EQ(sizeof(seen), read(work.sums[0], &seen,
					     sizeof(seen)));
		for (j = 0; j < OPENERS && c.sums[j].pid != seen.pid; j++)
			;
		ASSERT_GT(OPENERS, j);
		EXPECT_EQ(seen.opened, c.sums[j].opened);
		EXPECT_EQ(seen.denied, c.sums[j].denied);
		opened += seen.opened;
		denied += seen.denied;
	}
	EXPECT_EQ(denied, after.denied - before.denied);
	/* It was both. */
	EXPECT_LT(0, opened);
	EXPECT_LT(0, denied);
	TH_LOG("%u opened, %u denied", opened, denied);
}

/* A switch is over when it returns, on every CPU. */
TEST_F(mode_switch, holds_when_it_returns)
{
	int i;

	for (i = 0; i < 10; i++) {
		ASSERT_EQ(0, cdm_set_mode(self->env.reader.fd,
					  COREDUMP_MON_ENFORCING, 0));
		EXPECT_NE(0, cdm_run(cdm_open_read, self->core));
		EXPECT_EQ(-1, open(self->core, O_RDONLY));
		EXPECT_EQ(EACCES, errno);
		ASSERT_EQ(0, cdm_set_mode(self->env.reader.fd,
					  COREDUMP_MON_PERMISSIVE, 0));
		EXPECT_EQ(0, cdm_run(cdm_open_read, self->core));
	}
}

int main(int argc, char **argv)
{
	cdm_main_up();
	/* Room for what comes while the reader waits for a CPU. */
	if (cdm_unload() || cdm_load("ring_kib=16384"))
		ksft_exit_fail_msg("modprobe " CDM_MODULE " ring_kib=16384: failed\n");
	/* The harness exits by itself. */
	atexit(cdm_reload);
	return test_harness_run(argc, argv);
}
