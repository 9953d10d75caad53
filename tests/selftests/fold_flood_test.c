// SPDX-License-Identifier: GPL-2.0
/*
 * Sixteen processes of four users flood with all they have: what they make is read,
 * lost or suppressed, exactly, whatever becomes of the readers; and others' events get
 * through.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "cdm_rules.h"

#define FLOODERS	16
#define USERS		4
#define FLOODER_UID	5001
#define QUIET_UID	6001
#define READERS		3
#define FLOOD_S		15

enum { ALIVE, STOPPED, KILLED };

/* What one reader got. */
struct tally {
	bool ready;
	bool bad;
	__u64 records;
	__u64 lost;
	/* Of these records, those that tell of others. */
	__u64 tellers;
	__u64 suppressed[COREDUMP_MON_KINDS_MAX + 1];
	__u64 longest_ns;
	/* What is of the quiet user. */
	__u64 quiet;
	__u64 quiet_suppressed;
};

struct shared {
	volatile bool stop;
	/* How far readers are to read; 0: not known yet. */
	volatile __u64 last_seq;
	volatile __u64 made[FLOODERS];
	volatile __u64 quiet;
	volatile struct tally tallies[READERS];
};

FIXTURE(flood)
{
	struct cdm_env env;
	struct shared *shared;
	char core[128];
	pid_t flooders[FLOODERS];
};

/* Children share the fixture's memory as it was when they were made. */
static struct shared *shared;
static const char *core;

FIXTURE_SETUP(flood)
{
	ASSERT_EQ(0, cdm_env_up(&self->env));
	snprintf(self->core, sizeof(self->core), "%s/core", self->env.dir);
	ASSERT_EQ(0, cdm_make_file(self->core, "secret"));
	ASSERT_EQ(0, chmod(self->core, 0666));
	self->shared = mmap(NULL, sizeof(*self->shared), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->shared);
	shared = self->shared;
	core = self->core;
	ASSERT_EQ(0, cdm_set_mode(self->env.reader.fd, COREDUMP_MON_ENFORCING, 0));
}

FIXTURE_TEARDOWN(flood)
{
	cdm_env_down(&self->env);
}

static void become(uid_t uid)
{
	if (setresgid(uid, uid, uid) || setresuid(uid, uid, uid))
		_exit(1);
}

static void open_once(const char *path, int flags)
{
	close(open(path, flags));
}

static void crash(void)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		signal(SIGABRT, SIG_DFL);
		abort();
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFSIGNALED(status))
		_exit(2);
}

/* One event of each of four sorts. */
static void make_event(int sort)
{
	switch (sort) {
	case 0:
		open_once("/proc/self/coredump_filter", O_RDONLY);
		break;
	case 1:
		open_once(core, O_WRONLY);
		break;
	case 2:
		open_once(core, O_RDONLY);
		break;
	case 3:
		crash();
		break;
	}
}

static void flood(const void *arg)
{
	int i = *(const int *)arg;

	become(FLOODER_UID + i / (FLOODERS / USERS));
	for (; !shared->stop; shared->made[i]++)
		make_event(i % 4);
}

/* A few of each, as anybody may. */
static void be_quiet(const void *unused)
{
	int sort = 0;

	become(QUIET_UID);
	for (; !shared->stop; shared->quiet++) {
		make_event(sort++ % 4);
		usleep(300000);
	}
}

static void note_suppressed(volatile struct tally *tally,
			    const struct coredump_mon_record *rec)
{
	const struct coredump_mon_suppressed *s =
		cdm_struct(cdm_get(rec, 0, COREDUMP_MON_A_SUPPRESSED), sizeof(*s));
	__u64 age;

	if (!s || !s->kind || s->kind > COREDUMP_MON_KINDS_MAX) {
		tally->bad = true;
		return;
	}
	tally->tellers++;
	tally->suppressed[s->kind] += s->count;
	if (s->uid == QUIET_UID || s->actor == COREDUMP_MON_ACTOR_OTHERS)
		tally->quiet_suppressed += s->count;
	/* What is told was kept no longer than since its first. */
	age = rec->boottime_ns - s->first_boottime_ns;
	if (age > tally->longest_ns)
		tally->longest_ns = age;
}

static void note(volatile struct tally *tally, const struct coredump_mon_record *rec)
{
	const struct coredump_mon_cred *cred;

	if (rec->type == COREDUMP_MON_LOST &&
	    cdm_lost(rec)->cause == COREDUMP_MON_CAUSE_OVERRUN) {
		tally->lost += cdm_lost(rec)->count;
		return;
	}
	tally->records++;
	if (rec->type == COREDUMP_MON_LOST)
		tally->tellers++;
	if (rec->type == COREDUMP_MON_SUPPRESSED) {
		note_suppressed(tally, rec);
		return;
	}
	cred = cdm_cred(rec, COREDUMP_MON_A_PROCESS);
	tally->quiet += cred && cred->uid == QUIET_UID;
}

static void read_all(const void *arg)
{
	volatile struct tally *tally = &shared->tallies[*(const int *)arg];
	const struct coredump_mon_record *rec;
	struct cdm_reader reader;

	if (cdm_reader_open(&reader))
		_exit(1);
	/* It is to keep up with 16 others. */
	setpriority(PRIO_PROCESS, 0, -20);
	tally->ready = true;
	while (!shared->last_seq || reader.last_seq < shared->last_seq) {
		rec = cdm_next(&reader, 100);
		if (rec)
			note(tally, rec);
	}
}

static int start_flooders(FIXTURE_DATA(flood) *self)
{
	int i;

	shared->stop = false;
	for (i = 0; i < FLOODERS; i++) {
		self->flooders[i] = cdm_fork(flood, &i);
		if (self->flooders[i] < 0)
			return -1;
	}
	return 0;
}

static int stop_flooders(FIXTURE_DATA(flood) *self)
{
	int i, failed = 0;

	shared->stop = true;
	for (i = 0; i < FLOODERS; i++)
		failed += cdm_wait(self->flooders[i]) != 0;
	return failed;
}

/* Until all is told. */
static int settle(int fd, struct coredump_mon_stats *stats)
{
	int tries;

	for (tries = 0; tries < 3000; tries++) {
		if (cdm_stats(fd, stats))
			return -1;
		if (!stats->suppressed_untold && !stats->pending && !stats->dumps)
			return 0;
		usleep(10000);
	}
	return -1;
}

/* Such that also an emulated machine is fast enough for a flood. */
static int set_rates(int fd)
{
	struct coredump_mon_rules set = {
		.size = sizeof(set),
		.flags = COREDUMP_MON_RULES_BUILTIN,
		.rates = {
			[COREDUMP_MON_KIND_OPEN] = { 5, 12 },
			[COREDUMP_MON_KIND_DENIAL] = { 5, 10 },
			[COREDUMP_MON_KIND_DUMP] = { 1, 2 },
		},
	};

	return ioctl(fd, COREDUMP_MON_IOC_SET_RULES, &set);
}

static __u64 unmade(const struct coredump_mon_stats *stats)
{
	return stats->unmade_memory + stats->unmade_pending + stats->unmade_dumps;
}

TEST_F_TIMEOUT(flood, made_is_read_lost_or_suppressed, 300)
{
	volatile struct tally *alive = &self->shared->tallies[ALIVE];
	volatile struct tally *stopped = &self->shared->tallies[STOPPED];
	struct coredump_mon_stats before, after;
	int fd = self->env.reader.fd, i;
	pid_t readers[READERS], quiet;
	__u64 made = 0, suppressed = 0;

	ASSERT_EQ(0, set_rates(fd));
	for (i = 0; i < READERS; i++) {
		readers[i] = cdm_fork(read_all, &i);
		ASSERT_LT(0, readers[i]);
		while (!shared->tallies[i].ready)
			usleep(1000);
	}
	ASSERT_EQ(0, cdm_stats(fd, &before));
	ASSERT_EQ(0, kill(readers[STOPPED], SIGSTOP));
	ASSERT_EQ(0, start_flooders(self));
	quiet = cdm_fork(be_quiet, NULL);
	ASSERT_LT(0, quiet);
	sleep(FLOOD_S / 2);
	ASSERT_EQ(0, kill(readers[KILLED], SIGKILL));
	sleep(FLOOD_S / 2);
	EXPECT_EQ(0, stop_flooders(self));
	EXPECT_EQ(0, cdm_wait(quiet));
	ASSERT_EQ(0, settle(fd, &after));
	shared->last_seq = after.records;
	ASSERT_EQ(0, kill(readers[STOPPED], SIGCONT));
	EXPECT_EQ(0, cdm_wait(readers[ALIVE]));
	EXPECT_EQ(0, cdm_wait(readers[STOPPED]));
	EXPECT_EQ(SIGKILL, cdm_wait(readers[KILLED]));

	for (i = 0; i < FLOODERS; i++)
		made += shared->made[i];
	made += shared->quiet;
	for (i = 0; i <= COREDUMP_MON_KINDS_MAX; i++)
		suppressed += alive->suppressed[i];
	TH_LOG("%llu made: %llu told, %llu suppressed and told by %llu, %llu unmade; the stopped reader lost %llu",
	       (unsigned long long)made,
	       (unsigned long long)(alive->records - alive->tellers),
	       (unsigned long long)suppressed, (unsigned long long)alive->tellers,
	       (unsigned long long)(unmade(&after) - unmade(&before)),
	       (unsigned long long)stopped->lost);
	TH_LOG("what was suppressed was told within %llu ms",
	       (unsigned long long)(alive->longest_ns / 1000000));
	EXPECT_FALSE(alive->bad);
	EXPECT_FALSE(stopped->bad);
	/* For each reader, all records that there are. */
	EXPECT_EQ(after.records - before.records, alive->records + alive->lost);
	EXPECT_EQ(after.records - before.records, stopped->records + stopped->lost);
	EXPECT_LT(0, stopped->lost);
	/* And with what is not one, all that was made. */
	ASSERT_EQ(0, alive->lost);
	EXPECT_EQ(after.suppressed - before.suppressed, suppressed);
	EXPECT_EQ(made, alive->records - alive->tellers + suppressed +
			unmade(&after) - unmade(&before));
	EXPECT_LT(0, alive->suppressed[COREDUMP_MON_KIND_OPEN]);
	EXPECT_LT(0, alive->suppressed[COREDUMP_MON_KIND_DENIAL]);
	EXPECT_LT(0, alive->suppressed[COREDUMP_MON_KIND_DUMP]);
	/* While it lasted, at least every five seconds. */
	EXPECT_GE(5000000000ULL, alive->longest_ns);
	/* Nobody else had less for it. */
	EXPECT_LT(0, shared->quiet);
	EXPECT_EQ(shared->quiet, alive->quiet);
	EXPECT_EQ(0, alive->quiet_suppressed);
}

int main(int argc, char **argv)
{
	cdm_main_up();
	atexit(cdm_reload);
	if (cdm_unload() || cdm_load("ring_kib=256"))
		ksft_exit_fail_msg("modprobe " CDM_MODULE " ring_kib=256: failed\n");
	return test_harness_run(argc, argv);
}
