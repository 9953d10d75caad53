// SPDX-License-Identifier: GPL-2.0
/*
 * Loaded and unloaded over and over while others do all that it looks at; the mode
 * and the rules are switched in each round. Loads the module for itself. With
 * cdm_rounds=N on the kernel's command line so many times.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "kselftest_harness.h"

#include "cdm.h"
#include "cdm_busy.h"
#include "cdm_rules.h"

#define ROUNDS	100

FIXTURE(unload)
{
	struct cdm_busy busy;
	const char *core;
	char core_pattern[256];
	int kmsg;
};

/* Each dump takes the place of the one before. */
static int dump_to(const char *dir)
{
	char pattern[128];

	snprintf(pattern, sizeof(pattern), "%s/core.%%e", dir);
	return cdm_core_pattern(pattern);
}

FIXTURE_SETUP(unload)
{
	const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };

	ASSERT_EQ(0, cdm_busy_up(&self->busy));
	self->core = self->busy.place.cores[0];
	ASSERT_EQ(0, setrlimit(RLIMIT_CORE, &unlimited));
	ASSERT_LT(0, cdm_read_file("/proc/sys/kernel/core_pattern",
				   self->core_pattern,
				   sizeof(self->core_pattern)));
	ASSERT_EQ(0, dump_to(self->busy.place.dir));
	self->kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	ASSERT_LE(0, self->kmsg);
	ASSERT_LE(0, lseek(self->kmsg, 0, SEEK_END));
	ASSERT_EQ(0, cdm_unload());
}

FIXTURE_TEARDOWN(unload)
{
	cdm_core_pattern(self->core_pattern);
	cdm_busy_down(&self->busy);
}

/* Lines of the kernel's log, since it was asked last, that complain. */
static int complaints(int kmsg)
{
	static const char *const words[] = {
		"BUG", "WARNING", "Oops", "Call Trace", "refcount", "RCU",
		"Failed to disarm", "Failed to arm", "blocked for more",
	};
	char line[8192];
	int count = 0, i;
	ssize_t got;

	/* EPIPE: lines were overwritten, the next is read again. */
	while ((got = read(kmsg, line, sizeof(line) - 1)) > 0 ||
	       errno == EPIPE) {
		if (got < 0)
			continue;
		line[got] = '\0';
		for (i = 0; i < ARRAY_SIZE(words); i++) {
			if (!strstr(line, words[i]))
				continue;
			fprintf(stderr, "# %s", line);
			count++;
			break;
		}
	}
	return count;
}

/* Of each of those who open for ever, one refusal in a second is told. */
static int suppress(int fd)
{
	struct coredump_mon_rules set = {
		.size = sizeof(set),
		.flags = COREDUMP_MON_RULES_BUILTIN,
	};

	cdm_rates_off(&set);
	set.rates[COREDUMP_MON_KIND_DENIAL].process = 1;
	return ioctl(fd, COREDUMP_MON_IOC_SET_RULES, &set);
}

/* In every second round, changes are refused: there are gates of them too then. */
static int set_rules(int fd, int round)
{
	static struct cdm_rules rules;

	if (round % 4 >= 2)
		return suppress(fd);
	cdm_rules_begin(&rules);
	cdm_rules_add(&rules, "all", COREDUMP_MON_ACTION_DENY,
		      CDM_CHANGES | CDM_BIT(COREDUMP_MON_OPEN), NULL);
	return cdm_rules_set(fd, &rules);
}

/* Watches the directories, and sees one core file read and refused. */
static int look(FIXTURE_DATA(unload) *self, int round)
{
	const struct cdm_busy_place *place = &self->busy.place;
	const char *const directories[] = { place->dir, place->disk };
	struct cdm_reader reader;
	int ret = -1;
	pid_t pid;

	if (cdm_reader_open(&reader))
		return -1;
	if (cdm_set_directories(reader.fd, directories, 2) ||
	    set_rules(reader.fd, round) ||
	    dump_to(directories[round / 2 % 2]) ||
	    cdm_set_mode(reader.fd, COREDUMP_MON_ENFORCING,
			 round % 2 ? COREDUMP_MON_MODE_HOLD : 0))
		goto out;
	pid = cdm_fork(cdm_open_read, place->cores[round % 2]);
	/* It is among what all the others opened. */
	if (pid < 0 || cdm_wait(pid) == 0 ||
	    !cdm_next_of(&reader, COREDUMP_MON_OPEN, pid))
		goto out;
	/* Every third is unloaded while enforcing: the gate goes with it. */
	if (round % 3)
		ret = cdm_set_mode(reader.fd, COREDUMP_MON_PERMISSIVE, 0);
	else
		ret = 0;
out:
	cdm_reader_close(&reader);
	return ret;
}

static int rounds_wanted(void)
{
	char line[4096] = "";
	const char *at;

	cdm_read_file("/proc/cmdline", line, sizeof(line));
	at = strstr(line, "cdm_rounds=");
	return at ? atoi(at + strlen("cdm_rounds=")) : ROUNDS;
}

TEST_F_TIMEOUT(unload, under_load, 10000)
{
	struct timespec start, end;
	int rounds = rounds_wanted();
	int round, idle;

	cdm_busy_begin(&self->busy);
	/* Where nothing watches, each gets through its work. */
	ASSERT_EQ(0, cdm_busy_works(&self->busy));
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (round = 0; round < rounds; round++) {
		ASSERT_EQ(0, cdm_load(NULL)) TH_LOG("round %d", round);
		EXPECT_EQ(0, look(self, round)) TH_LOG("round %d", round);
		ASSERT_EQ(0, cdm_unload()) TH_LOG("round %d", round);
		ASSERT_EQ(0, complaints(self->kmsg)) TH_LOG("round %d", round);
		if (round % 10 == 9) {
			clock_gettime(CLOCK_MONOTONIC, &end);
			TH_LOG("%d rounds in %ld s", round + 1,
			       (long)(end.tv_sec - start.tv_sec));
		}
	}

	/* Nobody was disturbed by it, and none was left alone. */
	EXPECT_EQ(0, cdm_busy_works(&self->busy));
	idle = cdm_busy_untouched(&self->busy);
	/* In fewer, it is a matter of luck. */
	if (rounds >= 20)
		EXPECT_EQ(0, idle);
	cdm_busy_end(&self->busy);
	EXPECT_EQ(0, complaints(self->kmsg));
}

/* Watches one directory, and closes the device again. */
static int watch(FIXTURE_DATA(unload) *self)
{
	const char *const directories[] = { self->busy.place.dir };
	int fd = open(CDM_DEVICE, O_RDWR);
	int ret = cdm_set_directories(fd, directories, 1);

	close(fd);
	return ret;
}

/* Whatever they were at, nothing is left behind that keeps the module. */
TEST_F_TIMEOUT(unload, everybody_is_killed, 240)
{
	struct coredump_mon_stats stats;
	struct cdm_reader reader;
	int round, i;

	ASSERT_EQ(0, cdm_load(NULL));
	ASSERT_EQ(0, watch(self));
	for (round = 0; round < 30; round++) {
		ASSERT_EQ(0, cdm_reader_open(&reader));
		ASSERT_EQ(0, cdm_set_mode(reader.fd, round % 2, 0));
		cdm_busy_begin(&self->busy);
		poll(NULL, 0, 20 + round * 7);
		cdm_busy_end(&self->busy);
		for (i = 0; i < 500; i++) {
			ASSERT_EQ(0, cdm_stats(reader.fd, &stats));
			if (!stats.pending && !stats.altering &&
			    !stats.dumps && stats.readers == 1)
				break;
			poll(NULL, 0, 20);
		}
		EXPECT_EQ(0, stats.pending) TH_LOG("round %d", round);
		EXPECT_EQ(0, stats.altering) TH_LOG("round %d", round);
		EXPECT_EQ(0, stats.dumps) TH_LOG("round %d", round);
		EXPECT_EQ(1, stats.readers) TH_LOG("round %d", round);
		cdm_reader_close(&reader);
	}
	EXPECT_EQ(0, cdm_unload());
	EXPECT_EQ(0, complaints(self->kmsg));
}

/* An open that waits for somebody who has a lease on the file. */
static pid_t open_leased(FIXTURE_DATA(unload) *self, int *lease)
{
	struct coredump_mon_stats stats;
	int device = open(CDM_DEVICE, O_RDONLY), i;
	pid_t pid;

	signal(SIGIO, SIG_IGN);
	*lease = open(self->core, O_WRONLY);
	if (device < 0 || *lease < 0 || fcntl(*lease, F_SETLEASE, F_WRLCK))
		return -1;
	pid = cdm_fork(cdm_open_read, self->core);
	for (i = 0; i < 500; i++) {
		if (cdm_stats(device, &stats) || stats.pending == 1)
			break;
		poll(NULL, 0, 20);
	}
	close(device);
	return stats.pending == 1 ? pid : -1;
}

static int rmmod(void)
{
	return syscall(SYS_delete_module, CDM_MODULE, O_NONBLOCK) ? errno : 0;
}

/* What is not finished makes rmmod say busy, not hang. */
TEST_F(unload, with_an_open_pending)
{
	struct cdm_reader reader;
	const struct coredump_mon_record *rec;
	pid_t pid;
	int lease;

	ASSERT_EQ(0, cdm_load(NULL));
	ASSERT_EQ(0, watch(self));
	pid = open_leased(self, &lease);
	ASSERT_LT(0, pid);
	EXPECT_EQ(EAGAIN, rmmod());
	EXPECT_EQ(0, access(CDM_DEVICE, F_OK));
	/* Let through: its record comes, and the module may go. */
	ASSERT_EQ(0, fcntl(lease, F_SETLEASE, F_UNLCK));
	ASSERT_EQ(0, cdm_wait(pid));
	ASSERT_EQ(0, cdm_reader_open(&reader));
	ASSERT_EQ(0, cdm_reader_seek(&reader, SEEK_SET));
	rec = cdm_next_of(&reader, COREDUMP_MON_OPEN, pid);
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(0, cdm_result(rec)->error);
	cdm_reader_close(&reader);
	close(lease);
	EXPECT_EQ(0, cdm_unload());
}

/* Nobody knows what the system call of a killed task gave. */
TEST_F(unload, with_an_open_killed)
{
	struct cdm_reader reader;
	pid_t pid;
	int lease;

	ASSERT_EQ(0, cdm_load(NULL));
	ASSERT_EQ(0, watch(self));
	pid = open_leased(self, &lease);
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(SIGKILL, cdm_wait(pid));
	ASSERT_EQ(0, cdm_reader_open(&reader));
	ASSERT_EQ(0, cdm_reader_seek(&reader, SEEK_SET));
	EXPECT_NE(NULL, cdm_next_of(&reader, COREDUMP_MON_OPEN, pid));
	cdm_reader_close(&reader);
	close(lease);
	EXPECT_EQ(0, cdm_unload());
	EXPECT_EQ(0, complaints(self->kmsg));
}

static void force(const void *device)
{
	/* Else it waits for itself. */
	close(*(const int *)device);
	_exit(syscall(SYS_delete_module, CDM_MODULE, O_NONBLOCK | O_TRUNC) ?
	      errno : 0);
}

/* Who forces it waits for who reads, and nobody falls. */
TEST_F_TIMEOUT(unload, forced_while_it_is_read, 120)
{
	struct coredump_mon_stats stats;
	struct cdm_reader reader;
	int status = 0;
	pid_t pid;

	ASSERT_EQ(0, cdm_load(NULL));
	ASSERT_EQ(0, cdm_reader_open(&reader));
	pid = cdm_fork(force, &reader.fd);
	ASSERT_LT(0, pid);
	poll(NULL, 0, 1000);
	if (waitpid(pid, &status, WNOHANG) == pid) {
		ASSERT_EQ(EAGAIN, WEXITSTATUS(status));
		cdm_reader_close(&reader);
		SKIP(return, "the kernel lets nobody force it");
	}
	EXPECT_EQ(0, access("/sys/module/" CDM_MODULE, F_OK));
	EXPECT_EQ(0, cdm_stats(reader.fd, &stats));
	EXPECT_EQ(-1, open(CDM_DEVICE, O_RDONLY));
	EXPECT_EQ(ENODEV, errno);
	cdm_reader_close(&reader);
	EXPECT_EQ(0, cdm_wait(pid));
	EXPECT_NE(0, access("/sys/module/" CDM_MODULE, F_OK));
	EXPECT_EQ(0, complaints(self->kmsg));
	/* Nothing of it was left that would be in the way. */
	ASSERT_EQ(0, cdm_load(NULL));
	EXPECT_EQ(0, cdm_unload());
}

int main(int argc, char **argv)
{
	cdm_main_up();
	/* The harness exits by itself. */
	atexit(cdm_reload);
	return test_harness_run(argc, argv);
}
