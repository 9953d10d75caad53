// SPDX-License-Identifier: GPL-2.0
/*
 * A user who floods pushes out his own, not what others have in a table or in
 * the ring.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "cdm.h"
#include "cdm_uring.h"

#define FLOODER		4242
/* Several times what a lane of 64 KiB holds, as a record has over 500 bytes. */
#define OPENS		1000

FIXTURE(share)
{
	struct cdm_env env;
};

FIXTURE_SETUP(share)
{
	ASSERT_EQ(0, cdm_env_up(&self->env));
}

FIXTURE_TEARDOWN(share)
{
	cdm_env_down(&self->env);
}

static void flood(const void *unused)
{
	int i, fd;

	if (setresgid(FLOODER, FLOODER, FLOODER) ||
	    setresuid(FLOODER, FLOODER, FLOODER))
		_exit(1);
	for (i = 0; i < OPENS; i++) {
		fd = open("/proc/thread-self/../../coredump_filter", O_RDONLY);
		if (fd < 0)
			_exit(2);
		close(fd);
	}
}

TEST_F(share, flooder_loses_alone)
{
	int by_root = 0, by_flooder = 0;
	const struct coredump_mon_record *rec;
	struct coredump_mon_stats before, after;
	const char *path;

	path = cdm_env_path(&self->env, "file");
	ASSERT_EQ(0, cdm_make_file(path, "secret"));
	ASSERT_EQ(0, cdm_run(cdm_open_read, path));
	ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &before));
	ASSERT_EQ(0, cdm_run(flood, NULL));
	ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &after));
	/* The flood was one: it pushed something out. */
	ASSERT_EQ(OPENS, after.records - before.records);
	ASSERT_LT(before.evicted + OPENS / 2, after.evicted);

	ASSERT_EQ(0, cdm_reader_seek(&self->env.reader, SEEK_SET));
	while ((rec = cdm_next(&self->env.reader, 0))) {
		const struct coredump_mon_cred *cred;

		if (rec->type != COREDUMP_MON_OPEN)
			continue;
		cred = cdm_cred(rec, COREDUMP_MON_A_PROCESS);
		ASSERT_NE(NULL, cred);
		by_flooder += cred->uid == FLOODER;
		if (!cred->uid && !strcmp(cdm_path(rec), path) &&
		    cdm_file(rec)->access == COREDUMP_MON_ACCESS_READ)
			by_root++;
	}
	EXPECT_EQ(1, by_root);
	EXPECT_LT(0, by_flooder);
	EXPECT_LT(by_flooder, OPENS / 2);
}

static const int dumping[] = {
	SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGXCPU,
	SIGXFSZ, SIGSYS,
};

/* A stopped child that was sent each signal, and will get them when it goes on. */
static pid_t begin_signalled(void)
{
	pid_t pid = cdm_fork(cdm_pause, NULL);
	int status, i;

	if (pid < 0 || kill(pid, SIGSTOP) ||
	    waitpid(pid, &status, WUNTRACED) != pid)
		return -1;
	for (i = 0; i < ARRAY_SIZE(dumping); i++)
		if (kill(pid, dumping[i]))
			return -1;
	return pid;
}

/* Sends more signals than the table has places. */
static void flood_senders(const void *max)
{
	int victims = *(const __u32 *)max / ARRAY_SIZE(dumping) + 50;

	if (setresuid(FLOODER, FLOODER, FLOODER))
		_exit(1);
	while (victims--)
		if (begin_signalled() < 0)
			_exit(2);
}

TEST_F(share, senders_are_bounded)
{
	const struct coredump_mon_record *rec;
	struct coredump_mon_stats stats;
	int fd = self->env.reader.fd;
	pid_t victim;

	ASSERT_EQ(0, cdm_stats(fd, &stats));
	victim = begin_signalled();
	ASSERT_LT(0, victim);
	ASSERT_EQ(0, cdm_run(flood_senders, &stats.senders_max));
	ASSERT_EQ(0, cdm_stats(fd, &stats));
	EXPECT_LE(stats.senders, stats.senders_max);
	EXPECT_LT(stats.senders_max / 2, stats.senders);
	EXPECT_LT(0, stats.senders_evicted);

	/* What root sent before is remembered. */
	ASSERT_EQ(0, kill(victim, SIGCONT));
	EXPECT_LT(0x80, cdm_wait(victim));
	rec = cdm_next_of(&self->env.reader, COREDUMP_MON_DUMP, victim);
	ASSERT_NE(NULL, rec);
	EXPECT_TRUE(cdm_dump(rec)->flags & COREDUMP_MON_DUMP_FORCED);
	EXPECT_EQ(getpid(), cdm_task(rec, COREDUMP_MON_A_SENDER)->pid);
}

/* Tags n files of that directory, from first on. */
static int tag_files(int fd, const char *dir, int first, int n)
{
	char path[128];

	while (n--) {
		snprintf(path, sizeof(path), "%s/%d", dir, first++);
		if (cdm_make_file(path, "") ||
		    cdm_tag(fd, COREDUMP_MON_IOC_TAG_ADD, path))
			return -1;
	}
	return 0;
}

struct tagger {
	int fd;
	const char *dir;
	int n;
};

/* Fills what is left, and then dumps once more. */
static void tag_as_flooder(const void *arg)
{
	const struct tagger *tagger = arg;

	/* Effective capabilities stay as long as the real user alone changes. */
	if (setresuid(FLOODER, -1, -1) ||
	    tag_files(tagger->fd, tagger->dir, COREDUMP_MON_TAGS_MAX, tagger->n))
		_exit(1);
	cdm_raise(&dumping[0]);
}

/* Whether a file still is tagged; ends its tag. */
static int was_tagged(int fd, const char *dir, int n)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%d", dir, n);
	return !cdm_tag(fd, COREDUMP_MON_IOC_TAG_DROP, path);
}

TEST_F_TIMEOUT(share, tags_displace_own, 120)
{
	struct coredump_mon_stats stats;
	struct tagger tagger = {
		.fd = self->env.reader.fd,
		.dir = self->env.elsewhere,
		.n = COREDUMP_MON_TAGS_MAX / 2,
	};
	__u64 evicted;

	ASSERT_EQ(0, mount("tmpfs", tagger.dir, "tmpfs", 0, ""));
	ASSERT_EQ(0, cdm_stats(tagger.fd, &stats));
	evicted = stats.tags_evicted;
	ASSERT_EQ(0, tag_files(tagger.fd, tagger.dir, 0,
			       stats.tags_max - stats.tags - tagger.n));
	EXPECT_EQ(SIGQUIT | 0x80, cdm_run(tag_as_flooder, &tagger));
	ASSERT_EQ(0, cdm_stats(tagger.fd, &stats));
	EXPECT_EQ(stats.tags_max, stats.tags);
	EXPECT_EQ(evicted + 1, stats.tags_evicted);
	/* Root's are older, and the flooder's oldest made place. */
	EXPECT_TRUE(was_tagged(tagger.fd, tagger.dir, 0));
	EXPECT_FALSE(was_tagged(tagger.fd, tagger.dir, COREDUMP_MON_TAGS_MAX));
	EXPECT_TRUE(was_tagged(tagger.fd, tagger.dir,
			       COREDUMP_MON_TAGS_MAX + 1));
	ASSERT_EQ(0, umount(tagger.dir));
}

#define BATCHES	150
#define BATCH	512

/* Many batches of more opens than one user has places for. 77: no io_uring. */
static void flood_in_batches(const void *unused)
{
	const struct cdm_uring_how how = { .opcode = IORING_OP_OPENAT };
	const struct rlimit files = { 2 * BATCH, 2 * BATCH };
	struct cdm_uring ring;
	int results[BATCH];
	char path[64];
	int i, k;

	snprintf(path, sizeof(path), "/proc/%d/coredump_filter", getpid());
	if (setrlimit(RLIMIT_NOFILE, &files) ||
	    setresgid(FLOODER, FLOODER, FLOODER) ||
	    setresuid(FLOODER, FLOODER, FLOODER) || prctl(PR_SET_DUMPABLE, 1))
		_exit(1);
	if (cdm_uring_up(&ring, BATCH, &how))
		_exit(77);
	for (i = 0; i < BATCHES; i++) {
		if (cdm_uring_open(&ring, path, &how, BATCH, results))
			_exit(2);
		for (k = 0; k < BATCH; k++)
			if (results[k] < 0 || close(results[k]))
				_exit(3);
	}
}

struct seen {
	int by_root;
	__u64 lost_records;
	__u64 lost;
};

/* What the ring keeps of dumps and changes, and of what could not be made. */
static struct seen look_at(struct cdm_reader *r)
{
	const struct coredump_mon_record *rec;
	struct seen seen = { 0 };

	if (cdm_reader_seek(r, SEEK_SET))
		return seen;
	while ((rec = cdm_next(r, 0))) {
		const struct coredump_mon_lost *lost;

		seen.by_root += rec->type == COREDUMP_MON_DUMP ||
				rec->type == COREDUMP_MON_POLICY;
		if (rec->type != COREDUMP_MON_LOST)
			continue;
		lost = cdm_lost(rec);
		if (!lost || lost->cause != COREDUMP_MON_CAUSE_UNMADE)
			continue;
		seen.lost_records++;
		seen.lost += lost->count;
	}
	return seen;
}

static __u64 unmade(const struct coredump_mon_stats *stats)
{
	return stats->unmade_memory + stats->unmade_pending +
	       stats->unmade_dumps;
}

TEST_F_TIMEOUT(share, unmade_push_out_nothing, 180)
{
	struct coredump_mon_stats before, after;
	int fd = self->env.reader.fd, status;
	struct seen old, new;

	/* Until one more would push the oldest out. */
	ASSERT_EQ(0, cdm_stats(fd, &before));
	do {
		ASSERT_EQ(0, cdm_set_mode(fd, COREDUMP_MON_PERMISSIVE, 0));
		ASSERT_EQ(0, cdm_stats(fd, &after));
	} while (after.evicted == before.evicted);
	ASSERT_NE(NULL, cdm_env_make_core(&self->env));
	old = look_at(&self->env.reader);
	ASSERT_LT(0, old.by_root);

	ASSERT_EQ(0, cdm_stats(fd, &before));
	status = cdm_run(flood_in_batches, NULL);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		SKIP(return, "no io_uring in this kernel");
	ASSERT_EQ(0, status);
	do {
		usleep(10000);
		ASSERT_EQ(0, cdm_stats(fd, &after));
	} while (after.pending);
	/* What could not be made is told with the next record. */
	ASSERT_EQ(0, cdm_count(&self->env.reader, COREDUMP_MON_DUMP, 1));
	ASSERT_EQ(0, cdm_stats(fd, &after));
	new = look_at(&self->env.reader);

	if (unmade(&after) == unmade(&before))
		SKIP(return, "io_uring opens one after the other in this kernel");
	EXPECT_EQ(unmade(&after) - unmade(&before), new.lost - old.lost);
	/* Each open is a record or is counted; the fence is one more. */
	EXPECT_EQ(BATCHES * BATCH + 1,
		  after.records - before.records -
		  (new.lost_records - old.lost_records) +
		  unmade(&after) - unmade(&before));
	EXPECT_EQ(old.by_root, new.by_root);
	TH_LOG("%llu not made, told by %llu records",
	       unmade(&after) - unmade(&before),
	       new.lost_records - old.lost_records);
}

/* The lane that a user shares with others, as the ring has it. */
static __u32 group_of(__u32 uid)
{
	return (uid * 0x61C88647U >> 16) % 3;
}

static void crash_as(const void *uid)
{
	const int signo = SIGABRT;
	const uid_t id = *(const uid_t *)uid;

	if (setresgid(id, id, id) || setresuid(id, id, id))
		_exit(1);
	cdm_raise(&signo);
}

/* What the ring keeps of a user's dumps, and what it tells of those that it does not. */
struct dumps {
	int kept;
	__u64 suppressed;
};

static struct dumps dumps_of(struct cdm_reader *r, uid_t uid)
{
	const struct coredump_mon_record *rec;
	struct dumps dumps = { 0 };

	if (cdm_reader_seek(r, SEEK_SET))
		return dumps;
	while ((rec = cdm_next(r, 0))) {
		const struct coredump_mon_suppressed *s;

		s = cdm_struct(cdm_get(rec, 0, COREDUMP_MON_A_SUPPRESSED),
			       sizeof(*s));
		dumps.kept += rec->type == COREDUMP_MON_DUMP &&
			      cdm_cred(rec, COREDUMP_MON_A_PROCESS)->uid == uid;
		if (s && s->kind == COREDUMP_MON_KIND_DUMP &&
		    s->actor == COREDUMP_MON_ACTOR_USER && s->uid == uid)
			dumps.suppressed += s->count;
	}
	return dumps;
}

#define CRASHES	200

/* Of the lane that both are in, who floods has what nobody else has. */
TEST_F_TIMEOUT(share, dumps_push_out_own, 120)
{
	const struct coredump_mon_record *rec;
	const uid_t victim = 7001;
	struct coredump_mon_stats stats;
	uid_t flooder = victim + 1;
	struct dumps dumps;
	int i;

	while (group_of(flooder) != group_of(victim))
		flooder++;
	ASSERT_EQ(0, cdm_core_pattern(""));
	ASSERT_LT(0, cdm_run(crash_as, &victim));
	for (i = 0; i < CRASHES; i++)
		ASSERT_LT(0, cdm_run(crash_as, &flooder));
	do {
		usleep(10000);
		ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &stats));
	} while (stats.dumps || stats.suppressed_untold);
	EXPECT_EQ(1, dumps_of(&self->env.reader, victim).kept);
	dumps = dumps_of(&self->env.reader, flooder);
	EXPECT_LT(0, dumps.kept);
	EXPECT_LT(0, dumps.suppressed);
	/* He had pushed out nothing of his own when he came to the victim's. */
	EXPECT_EQ(CRASHES, dumps.kept + dumps.suppressed);
	/* Others' are told as ever. */
	ASSERT_EQ(0, cdm_reader_seek(&self->env.reader, SEEK_END));
	ASSERT_LT(0, cdm_run(crash_as, &victim));
	rec = cdm_next_of(&self->env.reader, COREDUMP_MON_DUMP, 0);
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(victim, cdm_cred(rec, COREDUMP_MON_A_PROCESS)->uid);
}

int main(int argc, char **argv)
{
	cdm_main_up();
	atexit(cdm_reload);
	if (cdm_unload() || cdm_load("ring_kib=64"))
		ksft_exit_fail_msg("modprobe " CDM_MODULE " ring_kib=64: failed\n");
	return test_harness_run(argc, argv);
}
