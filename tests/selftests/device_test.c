// SPDX-License-Identifier: GPL-2.0
/*
 * Reading the device: whole records, cursors, waiting, seeking.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>

#include "kselftest_harness.h"

#include "cdm.h"

FIXTURE(device)
{
	struct cdm_env env;
	unsigned char *buf;
};

FIXTURE_SETUP(device)
{
	ASSERT_EQ(0, cdm_env_up(&self->env));
	self->buf = malloc(COREDUMP_MON_RECORD_MAX);
	ASSERT_NE(NULL, self->buf);
}

FIXTURE_TEARDOWN(device)
{
	free(self->buf);
	cdm_env_down(&self->env);
}

/* Makes records of this process, that many. */
static void make_records(int count)
{
	while (count--)
		close(open("/proc/self/coredump_filter", O_RDONLY));
}

static int open_at_end(int flags)
{
	int fd = open(CDM_DEVICE, O_RDONLY | O_CLOEXEC | flags);

	if (fd >= 0)
		lseek(fd, 0, SEEK_END);
	return fd;
}

/* All that a descriptor has; counts this process's opens among it. */
static int drain(int fd, unsigned char *buf)
{
	int count = 0;
	ssize_t got, pos;

	while ((got = read(fd, buf, COREDUMP_MON_RECORD_MAX)) > 0) {
		for (pos = 0; pos < got;) {
			const struct coredump_mon_record *rec =
				(const void *)(buf + pos);
			const struct coredump_mon_task *task;

			if (!cdm_record_ok(rec, got - pos))
				return -1;
			task = cdm_task(rec, COREDUMP_MON_A_PROCESS);
			if (rec->type == COREDUMP_MON_OPEN && task &&
			    task->pid == (__u32)getpid())
				count++;
			pos += rec->len;
		}
	}
	return errno == EAGAIN ? count : -1;
}

TEST_F(device, empty_and_nonblocking_is_eagain)
{
	int fd = open_at_end(O_NONBLOCK);

	ASSERT_LE(0, fd);
	EXPECT_EQ(-1, read(fd, self->buf, COREDUMP_MON_RECORD_MAX));
	EXPECT_EQ(EAGAIN, errno);
	make_records(1);
	EXPECT_LT(0, read(fd, self->buf, COREDUMP_MON_RECORD_MAX));
	EXPECT_EQ(-1, read(fd, self->buf, COREDUMP_MON_RECORD_MAX));
	EXPECT_EQ(EAGAIN, errno);
	close(fd);
}

TEST_F(device, whole_records_only)
{
	const struct coredump_mon_record *rec = (const void *)self->buf;
	int fd = open_at_end(O_NONBLOCK);
	__u32 first, second;

	ASSERT_LE(0, fd);
	make_records(2);
	ASSERT_LT(0, read(fd, self->buf, COREDUMP_MON_RECORD_MAX));
	first = rec->len;
	ASSERT_TRUE(cdm_record_ok(rec, first));
	second = ((const struct coredump_mon_record *)(self->buf + first))->len;

	make_records(2);
	/* Not even one: an error, and nothing is gone. */
	EXPECT_EQ(-1, read(fd, self->buf, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, read(fd, self->buf, 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, read(fd, self->buf, first - 1));
	EXPECT_EQ(EINVAL, errno);
	/* Exactly one, then one and a part of nothing. */
	EXPECT_EQ(first, read(fd, self->buf, first));
	EXPECT_EQ(second, read(fd, self->buf, second + 100));
	EXPECT_EQ(-1, read(fd, self->buf, COREDUMP_MON_RECORD_MAX));
	EXPECT_EQ(EAGAIN, errno);

	/* Room for one and a half. */
	make_records(2);
	EXPECT_EQ(first, read(fd, self->buf, first + second / 2));
	EXPECT_EQ(second, read(fd, self->buf, COREDUMP_MON_RECORD_MAX));
	close(fd);
}

TEST_F(device, numbers_ascend)
{
	struct coredump_mon_stats stats;
	const struct coredump_mon_record *rec;
	__u64 seq = 0, boottime = 0;
	int i;

	make_records(20);
	for (i = 0; i < 20; i++) {
		rec = cdm_next_of(&self->env.reader, COREDUMP_MON_OPEN,
				  getpid());
		ASSERT_NE(NULL, rec);
		EXPECT_LT(seq, rec->seq);
		EXPECT_LE(boottime, rec->boottime_ns);
		seq = rec->seq;
		boottime = rec->boottime_ns;
	}
	ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &stats));
	EXPECT_LE(seq, stats.records);
	EXPECT_EQ(0, cdm_count(&self->env.reader, COREDUMP_MON_OPEN, getpid()));
}

static __u64 now(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

TEST_F(device, times_are_of_the_two_clocks)
{
	const struct coredump_mon_record *rec;
	__u64 boot[2], real[2];

	boot[0] = now(CLOCK_BOOTTIME);
	real[0] = now(CLOCK_REALTIME);
	make_records(1);
	boot[1] = now(CLOCK_BOOTTIME);
	real[1] = now(CLOCK_REALTIME);
	rec = cdm_next_of(&self->env.reader, COREDUMP_MON_OPEN, getpid());
	ASSERT_NE(NULL, rec);
	EXPECT_LE(boot[0], rec->boottime_ns);
	EXPECT_GE(boot[1], rec->boottime_ns);
	EXPECT_LE(real[0], rec->realtime_ns);
	EXPECT_GE(real[1], rec->realtime_ns);
}

TEST_F(device, three_readers_have_cursors_of_their_own)
{
	int fds[3], i;

	for (i = 0; i < 3; i++) {
		fds[i] = open_at_end(O_NONBLOCK);
		ASSERT_LE(0, fds[i]);
	}
	make_records(5);
	EXPECT_EQ(5, drain(fds[0], self->buf));
	make_records(3);
	EXPECT_EQ(8, drain(fds[1], self->buf));
	EXPECT_EQ(3, drain(fds[0], self->buf));
	/* One goes away; the last has all. */
	close(fds[1]);
	make_records(1);
	EXPECT_EQ(9, drain(fds[2], self->buf));
	EXPECT_EQ(1, drain(fds[0], self->buf));
	close(fds[0]);
	close(fds[2]);
}

TEST_F(device, new_reader_starts_at_the_oldest)
{
	const struct coredump_mon_record *rec = (const void *)self->buf;
	struct coredump_mon_stats stats;
	int fd;

	make_records(1);
	fd = open(CDM_DEVICE, O_RDONLY | O_NONBLOCK);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, cdm_stats(fd, &stats));
	ASSERT_LT(0, read(fd, self->buf, COREDUMP_MON_RECORD_MAX));
	EXPECT_EQ(stats.first_seq, rec->seq);
	EXPECT_EQ(0, stats.reader_lost);
	EXPECT_LT(0, stats.loaded_ns);
	EXPECT_GT(rec->boottime_ns, stats.loaded_ns);
	close(fd);
}

TEST_F(device, lseek)
{
	const struct coredump_mon_record *rec = (const void *)self->buf;
	static const off_t offsets[] = { 1, -1, 4096, INT64_MAX, INT64_MIN };
	static const int whences[] = { SEEK_CUR, SEEK_DATA, SEEK_HOLE, 17, -1 };
	struct coredump_mon_stats stats;
	int fd = open_at_end(O_NONBLOCK);
	int i;

	ASSERT_LE(0, fd);
	make_records(3);
	EXPECT_EQ(0, lseek(fd, 0, SEEK_END));
	EXPECT_EQ(0, drain(fd, self->buf));
	make_records(1);

	/* What fails does not move. */
	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		EXPECT_EQ(-1, lseek(fd, offsets[i], SEEK_SET));
		EXPECT_EQ(EINVAL, errno);
		EXPECT_EQ(-1, lseek(fd, offsets[i], SEEK_END));
		EXPECT_EQ(EINVAL, errno);
	}
	for (i = 0; i < ARRAY_SIZE(whences); i++) {
		EXPECT_EQ(-1, lseek(fd, 0, whences[i]));
		EXPECT_EQ(EINVAL, errno);
		EXPECT_EQ(-1, lseek(fd, 3, whences[i]));
		EXPECT_EQ(EINVAL, errno);
	}
	EXPECT_EQ(1, drain(fd, self->buf));

	EXPECT_EQ(0, lseek(fd, 0, SEEK_SET));
	ASSERT_EQ(0, cdm_stats(fd, &stats));
	EXPECT_LT(0, read(fd, self->buf, COREDUMP_MON_RECORD_MAX));
	EXPECT_EQ(stats.first_seq, rec->seq);
	/* Skipped, not lost. */
	EXPECT_EQ(0, stats.reader_lost);
	close(fd);
}

TEST_F(device, poll)
{
	struct pollfd pollfd = { .events = POLLIN | POLLRDNORM };

	pollfd.fd = open_at_end(O_NONBLOCK);
	ASSERT_LE(0, pollfd.fd);
	EXPECT_EQ(0, poll(&pollfd, 1, 0));
	make_records(1);
	EXPECT_EQ(1, poll(&pollfd, 1, CDM_TIMEOUT_MS));
	EXPECT_EQ(POLLIN | POLLRDNORM, pollfd.revents);
	/* Until it is read. */
	EXPECT_EQ(1, poll(&pollfd, 1, 0));
	EXPECT_EQ(1, drain(pollfd.fd, self->buf));
	EXPECT_EQ(0, poll(&pollfd, 1, 0));
	close(pollfd.fd);
}

static void *make_one_later(void *unused)
{
	poll(NULL, 0, 200);
	make_records(1);
	return NULL;
}

TEST_F(device, poll_wakes)
{
	struct pollfd pollfd = { .events = POLLIN };
	pthread_t thread;

	pollfd.fd = open_at_end(O_NONBLOCK);
	ASSERT_LE(0, pollfd.fd);
	ASSERT_EQ(0, pthread_create(&thread, NULL, make_one_later, NULL));
	EXPECT_EQ(1, poll(&pollfd, 1, CDM_TIMEOUT_MS));
	pthread_join(thread, NULL);
	close(pollfd.fd);
}

TEST_F(device, blocked_reader_is_woken)
{
	int fd = open_at_end(0);
	pthread_t thread;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, pthread_create(&thread, NULL, make_one_later, NULL));
	EXPECT_LT(0, read(fd, self->buf, COREDUMP_MON_RECORD_MAX));
	pthread_join(thread, NULL);
	close(fd);
}

static void on_signal(int signo)
{
}

static void *interrupt_later(void *thread)
{
	poll(NULL, 0, 200);
	pthread_kill(*(pthread_t *)thread, SIGUSR1);
	return NULL;
}

TEST_F(device, blocked_reader_is_interrupted)
{
	struct sigaction action = { .sa_handler = on_signal };
	pthread_t self_thread = pthread_self(), thread;
	int fd = open_at_end(0);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
	ASSERT_EQ(0, pthread_create(&thread, NULL, interrupt_later,
				    &self_thread));
	EXPECT_EQ(-1, read(fd, self->buf, COREDUMP_MON_RECORD_MAX));
	EXPECT_EQ(EINTR, errno);
	pthread_join(thread, NULL);
	close(fd);
}

TEST_F(device, efault_leaves_records_unread)
{
	int fd = open_at_end(O_NONBLOCK);

	ASSERT_LE(0, fd);
	make_records(2);
	EXPECT_EQ(-1, syscall(SYS_read, fd, 1L, COREDUMP_MON_RECORD_MAX));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, syscall(SYS_read, fd, 0L, COREDUMP_MON_RECORD_MAX));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(2, drain(fd, self->buf));
	close(fd);
}

/* A buffer of which the end, where the second record would go, is bad. */
TEST_F(device, half_mapped_buffer)
{
	const size_t page = sysconf(_SC_PAGESIZE);
	int fd = open_at_end(O_NONBLOCK);
	unsigned char *pages;
	ssize_t got;

	ASSERT_LE(0, fd);
	make_records(1);
	got = read(fd, self->buf, COREDUMP_MON_RECORD_MAX);
	ASSERT_LT(0, got);
	ASSERT_GT(page, got + 8);
	pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, pages);
	ASSERT_EQ(0, munmap(pages + page, page));

	make_records(2);
	EXPECT_EQ(-1, read(fd, pages + page - got - 8, page));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(got, read(fd, pages + page - got - 8, got + 8));
	EXPECT_EQ(1, drain(fd, self->buf));
	close(fd);
}

TEST_F(device, write_is_einval)
{
	int fd = open(CDM_DEVICE, O_RDWR);

	ASSERT_LE(0, fd);
	EXPECT_EQ(-1, write(fd, "enforcing", 9));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, write(fd, NULL, 0));
	EXPECT_EQ(EINVAL, errno);
	close(fd);
}

TEST_F(device, huge_and_odd_counts)
{
	int fd = open_at_end(O_NONBLOCK);
	unsigned char *pages = mmap(NULL, 4 << 20, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_LE(0, fd);
	ASSERT_NE(MAP_FAILED, pages);
	make_records(3);
	/* Longer than there is memory behind it, which is not needed. */
	EXPECT_LT(0, read(fd, pages, 1 << 30));
	make_records(1);
	EXPECT_LT(0, read(fd, pages + 3, 65521));
	close(fd);
}

static void read_for_ever(const void *unused)
{
	char buf[4096];
	int fd = open_at_end(0);

	for (;;)
		if (read(fd, buf, sizeof(buf)) < 0)
			_exit(1);
}

TEST_F(device, readers_killed_in_mid_read)
{
	struct coredump_mon_stats before, after;
	int i, tries;

	ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &before));
	for (i = 0; i < 20; i++) {
		pid_t pid = cdm_fork(read_for_ever, NULL);

		ASSERT_LT(0, pid);
		make_records(i);
		ASSERT_EQ(0, kill(pid, SIGKILL));
		ASSERT_EQ(SIGKILL, cdm_wait(pid) & 0x7f);
	}
	/* The last reference may be dropped a moment after the wait. */
	for (tries = 0; tries < 100; tries++) {
		ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &after));
		if (after.readers == before.readers)
			break;
		poll(NULL, 0, 20);
	}
	EXPECT_EQ(before.readers, after.readers);
	make_records(1);
	EXPECT_NE(NULL, cdm_next_of(&self->env.reader, COREDUMP_MON_OPEN,
				    getpid()));
}

/* One that stops reading holds nobody up. */
TEST_F(device, reader_that_stops_reading)
{
	int lazy = open_at_end(O_NONBLOCK), i;

	ASSERT_LE(0, lazy);
	for (i = 0; i < 20; i++) {
		make_records(5);
		EXPECT_EQ(5, cdm_count(&self->env.reader, COREDUMP_MON_OPEN,
				       getpid()));
	}
	/* The fences of cdm_count() are opens too. */
	EXPECT_EQ(20 * 6, drain(lazy, self->buf));
	close(lazy);
}

TEST_F(device, readers_max)
{
	struct coredump_mon_stats stats;
	int fds[COREDUMP_MON_READERS_MAX], count, i;

	ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &stats));
	for (count = stats.readers; count < COREDUMP_MON_READERS_MAX; count++) {
		fds[count] = open(CDM_DEVICE, O_RDONLY);
		ASSERT_LE(0, fds[count]);
	}
	EXPECT_EQ(-1, open(CDM_DEVICE, O_RDONLY));
	EXPECT_EQ(EBUSY, errno);
	ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &stats));
	EXPECT_EQ(COREDUMP_MON_READERS_MAX, stats.readers);
	close(fds[--count]);
	fds[count] = open(CDM_DEVICE, O_RDONLY);
	EXPECT_LE(0, fds[count]);
	for (i = count; i >= 1; i--)
		close(fds[i]);
}

CDM_HARNESS_MAIN
