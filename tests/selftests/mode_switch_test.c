// SPDX-License-Identifier: GPL-2.0
/*
 * Modes switched under load: no open is missed, none is told twice, and each
 * record says what really became of its open.
 */
#include <fcntl.h>
#include <signal.h>

#include "kselftest_harness.h"

#include "cdm.h"

#define OPENERS		4
#define OPENS		3000
#define SWITCHES	30

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

/* What an opener saw, written when it is done, and what was read of it. */
struct sum {
	pid_t pid;
	unsigned int opened;
	unsigned int denied;
};

struct work {
	const char *core;
	int fd;
};

static void open_many(const void *arg)
{
	const struct work *work = arg;
	struct sum sum = { .pid = getpid() };
	int i;

	for (i = 0; i < OPENS; i++) {
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
	_exit(write(work->fd, &sum, sizeof(sum)) != sizeof(sum));
}

/* Reads all there is; returns how many the reader was told it lost. */
static int collect(struct cdm_reader *r, struct sum sums[OPENERS])
{
	const struct coredump_mon_record *rec;
	int lost = 0, i;

	while ((rec = cdm_next(r, 0))) {
		const struct coredump_mon_task *task;

		if (rec->type == COREDUMP_MON_LOST)
			lost += cdm_lost(rec)->count;
		if (rec->type != COREDUMP_MON_OPEN)
			continue;
		task = cdm_task(rec, COREDUMP_MON_A_PROCESS);
		for (i = 0; i < OPENERS; i++) {
			if (task->pid != (__u32)sums[i].pid)
				continue;
			if (cdm_decision(rec)->verdict == COREDUMP_MON_DENIED)
				sums[i].denied++;
			else
				sums[i].opened++;
		}
	}
	return lost;
}

TEST_F_TIMEOUT(mode_switch, under_load, 240)
{
	struct sum told[OPENERS] = { 0 }, seen;
	struct coredump_mon_stats before, after;
	unsigned int denied = 0, opened = 0;
	struct work work = { self->core };
	int fds[2], lost = 0, running, i, j;
	pid_t pid;

	ASSERT_EQ(0, pipe(fds));
	work.fd = fds[1];
	ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &before));
	for (i = 0; i < OPENERS; i++) {
		told[i].pid = cdm_fork(open_many, &work);
		ASSERT_LT(0, told[i].pid);
	}
	/* Until all are done, and a few times at least. */
	for (i = 0, running = OPENERS; running || i < SWITCHES; i++) {
		ASSERT_EQ(0, cdm_set_mode(self->env.reader.fd,
					  i % 2 ? COREDUMP_MON_PERMISSIVE :
						  COREDUMP_MON_ENFORCING, 0));
		lost += collect(&self->env.reader, told);
		while (running && (pid = waitpid(-1, NULL, WNOHANG)) > 0)
			running--;
	}
	ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &after));
	lost += collect(&self->env.reader, told);
	EXPECT_EQ(0, lost);
	EXPECT_EQ(before.unmade_pending, after.unmade_pending);
	EXPECT_EQ(before.unmade_memory, after.unmade_memory);

	for (i = 0; i < OPENERS; i++) {
		ASSERT_EQ(sizeof(seen), read(fds[0], &seen, sizeof(seen)));
		for (j = 0; j < OPENERS && told[j].pid != seen.pid; j++)
			;
		ASSERT_GT(OPENERS, j);
		EXPECT_EQ(seen.opened, told[j].opened);
		EXPECT_EQ(seen.denied, told[j].denied);
		opened += seen.opened;
		denied += seen.denied;
	}
	EXPECT_EQ(OPENERS * OPENS, opened + denied);
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

CDM_HARNESS_MAIN
