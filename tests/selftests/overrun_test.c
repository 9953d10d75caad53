// SPDX-License-Identifier: GPL-2.0
/*
 * A ring that is too small: how many records a reader lost is told exactly,
 * and what matters is not pushed out by opens. Loads the module for itself.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>

#include "kselftest_harness.h"

#include "cdm.h"

#define OPENS	2000

FIXTURE(overrun)
{
	struct cdm_env env;
};

FIXTURE_SETUP(overrun)
{
	ASSERT_EQ(0, cdm_env_up(&self->env));
}

FIXTURE_TEARDOWN(overrun)
{
	cdm_env_down(&self->env);
}

static void make_opens(int count)
{
	while (count--)
		close(open("/proc/self/coredump_filter", O_RDONLY));
}

/* What a reader got to its end. */
struct tally {
	__u64 read;
	__u64 lost;
	__u64 lost_records;
};

/* The numbers of each loss must be about what lies between. */
static bool count_all(struct cdm_reader *r, struct tally *tally)
{
	const struct coredump_mon_record *rec;
	const struct coredump_mon_lost *lost;

	memset(tally, 0, sizeof(*tally));
	while ((rec = cdm_next(r, 0))) {
		if (rec->type != COREDUMP_MON_LOST) {
			tally->read++;
			continue;
		}
		lost = cdm_lost(rec);
		if (!lost || lost->cause != COREDUMP_MON_CAUSE_OVERRUN ||
		    !lost->count || !lost->first_seq ||
		    lost->last_seq != rec->seq ||
		    lost->last_seq - lost->first_seq + 1 < lost->count)
			return false;
		tally->lost += lost->count;
		tally->lost_records++;
	}
	return true;
}

TEST_F(overrun, made_is_read_and_lost)
{
	struct coredump_mon_stats before, after;
	struct tally tally;

	ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &before));
	make_opens(OPENS);
	ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &after));
	EXPECT_EQ(OPENS, after.records - before.records);
	EXPECT_LT(before.evicted, after.evicted);
	EXPECT_GE(after.ring_bytes, after.ring_used);

	ASSERT_TRUE(count_all(&self->env.reader, &tally));
	EXPECT_LT(0, tally.lost);
	EXPECT_LT(0, tally.read);
	EXPECT_EQ(OPENS, tally.read + tally.lost);
	ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &after));
	EXPECT_EQ(tally.lost, after.reader_lost);
	EXPECT_EQ(tally.lost, after.lost - before.lost);
	/* Once is enough. */
	EXPECT_NULL(cdm_next(&self->env.reader, 0));
}

TEST_F(overrun, loss_is_told_before_what_follows)
{
	const struct coredump_mon_record *rec;
	__u64 last;

	make_opens(OPENS);
	rec = cdm_next(&self->env.reader, 0);
	ASSERT_NE(NULL, rec);
	ASSERT_EQ(COREDUMP_MON_LOST, rec->type);
	last = cdm_lost(rec)->last_seq;
	rec = cdm_next(&self->env.reader, 0);
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(COREDUMP_MON_OPEN, rec->type);
	EXPECT_EQ(last + 1, rec->seq);
}

TEST_F(overrun, three_readers)
{
	struct cdm_reader others[2];
	struct tally tallies[3];
	__u64 sum;
	int i;

	ASSERT_EQ(0, cdm_reader_open(&others[0]));
	ASSERT_EQ(0, cdm_reader_open(&others[1]));
	memset(tallies, 0, sizeof(tallies));
	/* One keeps up, one does not, one never reads until the end. */
	for (i = 0, sum = 0; i < OPENS / 10; i++) {
		make_opens(10);
		ASSERT_TRUE(count_all(&others[0], &tallies[0]));
		EXPECT_EQ(10, tallies[0].read);
		if (i % 50)
			continue;
		ASSERT_TRUE(count_all(&others[1], &tallies[1]));
		sum += tallies[1].read + tallies[1].lost;
	}
	ASSERT_TRUE(count_all(&others[1], &tallies[1]));
	EXPECT_EQ(OPENS, sum + tallies[1].read + tallies[1].lost);
	ASSERT_TRUE(count_all(&self->env.reader, &tallies[2]));
	EXPECT_EQ(OPENS, tallies[2].read + tallies[2].lost);
	cdm_reader_close(&others[0]);
	cdm_reader_close(&others[1]);
}

/* Records of the one lane do not push out those of the other. */
TEST_F(overrun, dumps_denials_and_changes_stay)
{
	const int signo = SIGSEGV;
	const char *core = cdm_env_make_core(&self->env);
	struct cdm_reader *r = &self->env.reader;
	const struct coredump_mon_record *rec;
	int found = 0;
	pid_t dumper, denied;

	ASSERT_NE(NULL, core);
	dumper = cdm_fork(cdm_raise, &signo);
	cdm_wait(dumper);
	ASSERT_EQ(0, cdm_set_mode(r->fd, COREDUMP_MON_ENFORCING, 0));
	denied = cdm_fork(cdm_open_read, core);
	ASSERT_NE(0, cdm_wait(denied));
	ASSERT_EQ(0, cdm_set_mode(r->fd, COREDUMP_MON_PERMISSIVE, 0));
	make_opens(OPENS);

	ASSERT_EQ(0, cdm_reader_seek(r, SEEK_SET));
	while ((rec = cdm_next(r, 0))) {
		const struct coredump_mon_task *task =
			cdm_task(rec, COREDUMP_MON_A_PROCESS);

		if (rec->type == COREDUMP_MON_DUMP &&
		    task->pid == (__u32)dumper)
			found |= 1;
		if (rec->type == COREDUMP_MON_OPEN &&
		    task->pid == (__u32)denied)
			found |= 2;
		if (rec->type == COREDUMP_MON_POLICY &&
		    task->pid == (__u32)getpid() &&
		    cdm_policy(rec)->change == COREDUMP_MON_CHANGE_MODE)
			found |= cdm_policy(rec)->new_value ? 4 : 8;
	}
	EXPECT_EQ(15, found);
}

/* Skipping is not losing. */
TEST_F(overrun, lseek_loses_nothing)
{
	struct coredump_mon_stats stats;
	struct tally tally;

	make_opens(OPENS);
	ASSERT_EQ(0, cdm_reader_seek(&self->env.reader, SEEK_END));
	EXPECT_NULL(cdm_next(&self->env.reader, 0));
	make_opens(OPENS);
	ASSERT_EQ(0, cdm_reader_seek(&self->env.reader, SEEK_SET));
	ASSERT_TRUE(count_all(&self->env.reader, &tally));
	EXPECT_EQ(0, tally.lost);
	EXPECT_LT(0, tally.read);
	ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &stats));
	EXPECT_EQ(0, stats.reader_lost);
}

/* Going on after a record: what is gone of that is told. */
TEST_F(overrun, seek_tells_what_is_gone)
{
	struct coredump_mon_seek seek = { .size = sizeof(seek) };
	struct coredump_mon_stats stats;
	struct tally tally;

	make_opens(OPENS);
	ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &stats));
	ASSERT_EQ(0, ioctl(self->env.reader.fd, COREDUMP_MON_IOC_SEEK, &seek));
	ASSERT_TRUE(count_all(&self->env.reader, &tally));
	EXPECT_EQ(stats.records, tally.read + tally.lost);
	EXPECT_EQ(stats.evicted, tally.lost);
}

/* A new reader is not told of what was gone before it came. */
TEST_F(overrun, new_reader_lost_nothing)
{
	struct cdm_reader reader = { 0 };
	struct tally tally;

	make_opens(OPENS);
	ASSERT_EQ(0, cdm_reader_open(&reader));
	close(reader.fd);
	reader.fd = open(CDM_DEVICE, O_RDWR | O_NONBLOCK);
	ASSERT_LE(0, reader.fd);
	ASSERT_TRUE(count_all(&reader, &tally));
	EXPECT_EQ(0, tally.lost);
	EXPECT_LT(0, tally.read);
	cdm_reader_close(&reader);
}

int main(int argc, char **argv)
{
	cdm_main_up();
	if (cdm_unload() || cdm_load("ring_kib=64"))
		ksft_exit_fail_msg("modprobe " CDM_MODULE " ring_kib=64: failed\n");
	/* The harness exits by itself. */
	atexit(cdm_reload);
	return test_harness_run(argc, argv);
}
