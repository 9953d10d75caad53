// SPDX-License-Identifier: GPL-2.0
/*
 * A million opens of what nobody watches, tens of thousands of what is
 * watched, and dumps all the while: what was made is read or told as lost.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "kselftest_harness.h"

#include "cdm.h"

#define UNRELATED	1000000
#define UNRELATED_TASKS	4
#define MATCHED		20000
#define MATCHED_TASKS	2
#define DUMPS		60

FIXTURE(flood)
{
	struct cdm_env env;
	struct cdm_reader slow;
};

FIXTURE_SETUP(flood)
{
	ASSERT_EQ(0, cdm_env_up(&self->env));
	ASSERT_EQ(0, cdm_reader_open(&self->slow));
}

FIXTURE_TEARDOWN(flood)
{
	cdm_reader_close(&self->slow);
	cdm_env_down(&self->env);
}

struct work {
	const char *path;
	int count;
};

static void open_many(const void *arg)
{
	const struct work *work = arg;
	int i, fd;

	for (i = 0; i < work->count; i++) {
		fd = open(work->path, O_RDONLY);
		if (fd < 0)
			_exit(1);
		close(fd);
	}
}

/* What a reader got: records made, and of these how many dumps. */
struct tally {
	__u64 made;
	__u64 unmade;
	int dumps;
};

static void count(struct cdm_reader *r, struct tally *tally)
{
	const struct coredump_mon_record *rec;

	while ((rec = cdm_next(r, 0))) {
		if (rec->type == COREDUMP_MON_LOST) {
			const struct coredump_mon_lost *lost = cdm_lost(rec);

			if (lost->cause == COREDUMP_MON_CAUSE_UNMADE) {
				tally->unmade += lost->count;
				tally->made++;
			} else {
				tally->made += lost->count;
			}
			continue;
		}
		tally->made++;
		tally->dumps += rec->type == COREDUMP_MON_DUMP;
	}
}

TEST_F_TIMEOUT(flood, made_is_read_and_lost, 600)
{
	char path[128];
	const struct work unrelated = { path, UNRELATED / UNRELATED_TASKS };
	const struct work matched = {
		"/proc/self/coredump_filter", MATCHED / MATCHED_TASKS,
	};
	struct tally fast = { 0 }, slow = { 0 };
	struct coredump_mon_stats before, after, slow_stats;
	const int signo = SIGABRT;
	int status, dumped = 0, running = 0, failed = 0, i;
	struct timespec start, end;
	pid_t pid;

	snprintf(path, sizeof(path), "%s/file", self->env.elsewhere);
	ASSERT_EQ(0, cdm_make_file(path, "x"));
	ASSERT_EQ(0, cdm_stats(self->slow.fd, &before));
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (i = 0; i < UNRELATED_TASKS; i++)
		running += cdm_fork(open_many, &unrelated) > 0;
	for (i = 0; i < MATCHED_TASKS; i++)
		running += cdm_fork(open_many, &matched) > 0;
	ASSERT_EQ(UNRELATED_TASKS + MATCHED_TASKS, running);
	while (running || dumped < DUMPS) {
		if (dumped < DUMPS) {
			pid = cdm_fork(cdm_raise, &signo);
			ASSERT_LT(0, pid);
			ASSERT_EQ(SIGABRT | 0x80, cdm_wait(pid));
			unlink(cdm_env_core(&self->env, pid));
			dumped++;
		}
		count(&self->env.reader, &fast);
		while (running && waitpid(-1, &status, WNOHANG) > 0) {
			failed += status != 0;
			running--;
		}
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	EXPECT_EQ(0, failed);
	ASSERT_EQ(0, cdm_stats(self->slow.fd, &after));
	count(&self->env.reader, &fast);
	count(&self->slow, &slow);
	TH_LOG("%d unrelated opens, %d matched, %d dumps in %ld s",
	       UNRELATED, MATCHED, DUMPS, (long)(end.tv_sec - start.tv_sec));
	ASSERT_EQ(0, cdm_stats(self->slow.fd, &slow_stats));
	TH_LOG("the slow reader lost %llu of %llu records",
	       (unsigned long long)slow_stats.reader_lost,
	       (unsigned long long)(after.records - before.records));

	/* Whoever reads how: all that was made is accounted for. */
	EXPECT_EQ(after.records - before.records, fast.made);
	EXPECT_EQ(after.records - before.records, slow.made);
	/* And each core was removed again. */
	EXPECT_EQ(MATCHED + 2 * DUMPS,
		  after.records - before.records +
		  after.unmade_memory - before.unmade_memory +
		  after.unmade_pending - before.unmade_pending +
		  after.unmade_dumps - before.unmade_dumps);
	/* No flood of opens pushes a dump out. */
	EXPECT_EQ(DUMPS, fast.dumps);
	EXPECT_EQ(DUMPS, slow.dumps);
	EXPECT_EQ(0, after.pending);
	EXPECT_EQ(0, after.dumps);
	EXPECT_GE(after.ring_bytes, after.ring_used);
}

CDM_HARNESS_MAIN
