// SPDX-License-Identifier: GPL-2.0
/*
 * What a process or a user makes above a rate is counted, told, and nobody else's.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "cdm_rules.h"

/* What may come at once, of a rate of 1 per second. */
#define BURST	10
#define OTHER	4242

FIXTURE(fold)
{
	struct cdm_env env;
	struct coredump_mon_rules set;
	int fd;
	char core[128];
	struct coredump_mon_stats before;
};

FIXTURE_SETUP(fold)
{
	ASSERT_EQ(0, cdm_env_up(&self->env));
	self->fd = self->env.reader.fd;
	strcpy(self->core, cdm_env_path(&self->env, "core"));
	ASSERT_EQ(0, cdm_make_file(self->core, "secret"));
	ASSERT_EQ(0, chmod(self->core, 0666));
	self->set = (struct coredump_mon_rules) {
		.size = sizeof(self->set),
		.flags = COREDUMP_MON_RULES_BUILTIN,
	};
	cdm_rates_off(&self->set);
}

FIXTURE_TEARDOWN(fold)
{
	cdm_env_down(&self->env);
}

/* What a kind of event came to. */
struct tally {
	/* Records, and of these how many are of the kind. */
	__u64 records;
	__u64 made;
	/* How many COREDUMP_MON_SUPPRESSED records, and what these tell. */
	__u64 tellers;
	__u64 suppressed;
	/* What the last of them says, and of whom. */
	struct coredump_mon_suppressed last;
	pid_t pid;
	char comm[16];
};

/* From here on these rates count, and what is made. */
static int begin(FIXTURE_DATA(fold) *self, struct tally *tally)
{
	memset(tally, 0, sizeof(*tally));
	return ioctl(self->fd, COREDUMP_MON_IOC_SET_RULES, &self->set) ||
	       cdm_reader_seek(&self->env.reader, SEEK_END) ||
	       cdm_stats(self->fd, &self->before) ? -1 : 0;
}

static __u32 kind_of(const struct coredump_mon_record *rec)
{
	const struct coredump_mon_decision *decision = cdm_decision(rec);

	if (decision && decision->verdict == COREDUMP_MON_DENIED)
		return COREDUMP_MON_KIND_DENIAL;
	switch (rec->type) {
	case COREDUMP_MON_OPEN:
		return COREDUMP_MON_KIND_OPEN;
	case COREDUMP_MON_DUMP:
		return COREDUMP_MON_KIND_DUMP;
	case COREDUMP_MON_POLICY:
		switch (cdm_policy(rec)->change) {
		case COREDUMP_MON_CHANGE_TAG_ADD:
		case COREDUMP_MON_CHANGE_TAG_DROP:
			return COREDUMP_MON_KIND_TAG;
		}
		return COREDUMP_MON_KIND_POLICY;
	case COREDUMP_MON_SUPPRESSED:
		return 0;
	}
	return COREDUMP_MON_KIND_CHANGE;
}

/* Seconds that a fold may be kept: five, of which the last is the test's own. */
static bool is_prompt(const struct coredump_mon_record *rec,
		      const struct coredump_mon_suppressed *s)
{
	return s->count && s->first_seq <= s->last_seq && s->last_seq < rec->seq &&
	       s->first_boottime_ns <= s->last_boottime_ns &&
	       s->last_boottime_ns <= rec->boottime_ns &&
	       s->first_realtime_ns && s->last_realtime_ns &&
	       rec->boottime_ns - s->first_boottime_ns <= 5000000000ULL;
}

static int note(struct tally *tally, __u32 kind, const struct coredump_mon_record *rec)
{
	const struct coredump_mon_suppressed *s;
	const struct coredump_mon_task *task;
	const char *comm;

	tally->records++;
	tally->made += kind_of(rec) == kind;
	if (rec->type != COREDUMP_MON_SUPPRESSED)
		return 0;
	s = cdm_struct(cdm_get(rec, 0, COREDUMP_MON_A_SUPPRESSED), sizeof(*s));
	if (!s || !is_prompt(rec, s))
		return -1;
	if (s->kind != kind)
		return 0;
	tally->tellers++;
	tally->suppressed += s->count;
	tally->last = *s;
	task = cdm_task(rec, COREDUMP_MON_A_PROCESS);
	tally->pid = task ? task->pid : 0;
	comm = cdm_string(cdm_get(rec, COREDUMP_MON_A_PROCESS, COREDUMP_MON_A_COMM));
	snprintf(tally->comm, sizeof(tally->comm), "%s", comm ? comm : "");
	return 0;
}

/* What there is by now. */
static int drain(FIXTURE_DATA(fold) *self, __u32 kind, struct tally *tally)
{
	const struct coredump_mon_record *rec;

	while ((rec = cdm_next(&self->env.reader, 0))) {
		if (!note(tally, kind, rec))
			continue;
		fprintf(stderr, "# record %llu is not as it should be\n",
			(unsigned long long)rec->seq);
		return -1;
	}
	return 0;
}

/* All that was made since begin(), once there is nothing to be told any more. */
static int end(FIXTURE_DATA(fold) *self, __u32 kind, struct tally *tally)
{
	struct coredump_mon_stats after;
	int tries = 0;

	do {
		if (tries++ == 1000 || cdm_stats(self->fd, &after))
			return -1;
		usleep(10000);
	} while (after.suppressed_untold || after.pending || after.altering ||
		 after.dumps);
	/* What is suppressed has no number. */
	if (!drain(self, kind, tally) &&
	    tally->records == after.records - self->before.records &&
	    tally->suppressed == after.suppressed - self->before.suppressed)
		return 0;
	fprintf(stderr, "# read %llu of %llu records, %llu of %llu suppressed\n",
		(unsigned long long)tally->records,
		(unsigned long long)(after.records - self->before.records),
		(unsigned long long)tally->suppressed,
		(unsigned long long)(after.suppressed - self->before.suppressed));
	return -1;
}

struct many {
	const char *path;
	int flags;
	int count;
	uid_t uid;
};

static void open_many(const void *arg)
{
	const struct many *many = arg;
	int i;

	if (many->uid && (setresgid(many->uid, many->uid, many->uid) ||
			  setresuid(many->uid, many->uid, many->uid)))
		_exit(1);
	/* What is refused is an event too. */
	for (i = 0; i < many->count; i++)
		close(open(many->path, many->flags));
}

/* Returns the process, when it has ended. */
static pid_t run_many(const struct many *many)
{
	pid_t pid = cdm_fork(open_many, many);

	return pid > 0 && !cdm_wait(pid) ? pid : -1;
}

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

/* What may be made at 1 per second since then: the burst, and what came due. */
static __u64 allowed_since(__u64 begun)
{
	return BURST + (now_ns() - begun) / 1000000000ULL + 1;
}

TEST_F(fold, of_a_process)
{
	const struct many many = { self->core, O_WRONLY, 1000, 0 };
	__u64 begun = now_ns(), seq;
	struct tally tally;
	pid_t pid;

	self->set.rates[COREDUMP_MON_KIND_OPEN].process = 1;
	ASSERT_EQ(0, begin(self, &tally));
	seq = self->before.records;
	pid = run_many(&many);
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, end(self, COREDUMP_MON_KIND_OPEN, &tally));
	EXPECT_LE(BURST, tally.made);
	EXPECT_GE(allowed_since(begun), tally.made);
	EXPECT_EQ(1000, tally.made + tally.suppressed);
	EXPECT_EQ(COREDUMP_MON_ACTOR_PROCESS, tally.last.actor);
	EXPECT_EQ(0, tally.last.uid);
	EXPECT_EQ(0, tally.last.reserved);
	EXPECT_EQ(pid, tally.pid);
	EXPECT_STREQ("fold_test", tally.comm);
	EXPECT_LE(seq, tally.last.first_seq);
	/* Another process is not concerned. */
	ASSERT_EQ(0, begin(self, &tally));
	ASSERT_EQ(0, cdm_run(cdm_open_read, self->core));
	ASSERT_EQ(0, end(self, COREDUMP_MON_KIND_OPEN, &tally));
	EXPECT_EQ(1, tally.made);
	EXPECT_EQ(0, tally.suppressed);
}

/* Each process makes little, all together too much. */
TEST_F(fold, of_a_user)
{
	const struct many many = { self->core, O_RDONLY, 2, OTHER };
	const struct many once = { self->core, O_RDONLY, 1, OTHER + 1 };
	__u64 begun = now_ns();
	struct tally tally;
	int i;

	self->set.rates[COREDUMP_MON_KIND_OPEN].process = 1;
	self->set.rates[COREDUMP_MON_KIND_OPEN].user = 1;
	ASSERT_EQ(0, begin(self, &tally));
	for (i = 0; i < 40; i++)
		ASSERT_LT(0, run_many(&many));
	ASSERT_EQ(0, end(self, COREDUMP_MON_KIND_OPEN, &tally));
	EXPECT_LE(BURST, tally.made);
	EXPECT_GE(allowed_since(begun), tally.made);
	EXPECT_EQ(80, tally.made + tally.suppressed);
	EXPECT_EQ(COREDUMP_MON_ACTOR_USER, tally.last.actor);
	EXPECT_EQ(OTHER, tally.last.uid);
	EXPECT_EQ(0, tally.pid);
	/* Another user is not concerned. */
	ASSERT_EQ(0, begin(self, &tally));
	ASSERT_LT(0, run_many(&once));
	ASSERT_EQ(0, end(self, COREDUMP_MON_KIND_OPEN, &tally));
	EXPECT_EQ(1, tally.made);
	EXPECT_EQ(0, tally.suppressed);
}

/* More processes at a time than there are places: not one is lost or kept out. */
TEST_F_TIMEOUT(fold, more_than_places, 120)
{
	struct many many = { self->core, O_RDONLY, BURST + 2, 5000 };
	struct coredump_mon_stats after;
	struct tally tally;
	const int users = 400;

	self->set.rates[COREDUMP_MON_KIND_OPEN].process = 1;
	self->set.rates[COREDUMP_MON_KIND_OPEN].user = 1;
	ASSERT_EQ(0, begin(self, &tally));
	for (; many.uid < 5000 + users; many.uid++) {
		ASSERT_LT(0, run_many(&many));
		ASSERT_EQ(0, drain(self, COREDUMP_MON_KIND_OPEN, &tally));
	}
	ASSERT_EQ(0, end(self, COREDUMP_MON_KIND_OPEN, &tally));
	EXPECT_EQ(users * (BURST + 2), tally.made + tally.suppressed);
	ASSERT_EQ(0, cdm_stats(self->fd, &after));
	EXPECT_LE(after.actors, after.actors_max);
	EXPECT_LT(self->before.actors_evicted, after.actors_evicted);
}

/* Of one kind no more is told, of the others it is. */
TEST_F(fold, by_kind)
{
	const struct many opens = { self->core, O_WRONLY, 100, 0 };
	const struct many denied = { self->core, O_RDONLY, 100, 0 };
	struct tally tally;

	self->set.rates[COREDUMP_MON_KIND_OPEN].user = 1;
	ASSERT_EQ(0, cdm_set_mode(self->fd, COREDUMP_MON_ENFORCING, 0));
	ASSERT_EQ(0, begin(self, &tally));
	ASSERT_LT(0, run_many(&opens));
	ASSERT_EQ(0, end(self, COREDUMP_MON_KIND_OPEN, &tally));
	EXPECT_LT(0, tally.suppressed);
	ASSERT_EQ(0, begin(self, &tally));
	ASSERT_LT(0, run_many(&denied));
	ASSERT_EQ(0, end(self, COREDUMP_MON_KIND_DENIAL, &tally));
	EXPECT_EQ(100, tally.made);
	EXPECT_EQ(0, tally.suppressed);
}

/* What is not told is refused all the same. */
TEST_F(fold, refused_all_the_same)
{
	const struct many many = { self->core, O_RDONLY, 200, OTHER };
	struct coredump_mon_stats after;
	struct tally tally;

	self->set.rates[COREDUMP_MON_KIND_DENIAL].process = 1;
	ASSERT_EQ(0, cdm_set_mode(self->fd, COREDUMP_MON_ENFORCING, 0));
	ASSERT_EQ(0, begin(self, &tally));
	ASSERT_LT(0, run_many(&many));
	ASSERT_EQ(0, end(self, COREDUMP_MON_KIND_DENIAL, &tally));
	EXPECT_EQ(200, tally.made + tally.suppressed);
	EXPECT_LT(200 / 2, tally.suppressed);
	ASSERT_EQ(0, cdm_stats(self->fd, &after));
	EXPECT_EQ(200, after.denied - self->before.denied);
}

TEST_F(fold, dumps)
{
	const int signo = SIGABRT;
	struct tally tally;
	int i;

	ASSERT_EQ(0, cdm_core_pattern(""));
	self->set.rates[COREDUMP_MON_KIND_DUMP].user = 1;
	ASSERT_EQ(0, begin(self, &tally));
	for (i = 0; i < 3 * BURST; i++)
		ASSERT_LT(0, cdm_run(cdm_raise, &signo));
	ASSERT_EQ(0, end(self, COREDUMP_MON_KIND_DUMP, &tally));
	EXPECT_LE(BURST, tally.made);
	EXPECT_EQ(3 * BURST, tally.made + tally.suppressed);
	EXPECT_LT(0, tally.suppressed);
}

TEST_F(fold, changes)
{
	struct tally tally;
	int i;

	self->set.rates[COREDUMP_MON_KIND_CHANGE].process = 1;
	ASSERT_EQ(0, begin(self, &tally));
	for (i = 0; i < 300; i++)
		ASSERT_EQ(0, chmod(self->core, i % 2 ? 0600 : 0644));
	ASSERT_EQ(0, end(self, COREDUMP_MON_KIND_CHANGE, &tally));
	EXPECT_LE(BURST, tally.made);
	EXPECT_EQ(300, tally.made + tally.suppressed);
	EXPECT_EQ(getpid(), tally.pid);
}

/* Who tags a lot hides no change of mode. */
TEST_F(fold, tags_and_policy)
{
	struct tally tally;
	char path[128];
	int i;

	snprintf(path, sizeof(path), "%s/file", self->env.elsewhere);
	ASSERT_EQ(0, cdm_make_file(path, ""));
	self->set.rates[COREDUMP_MON_KIND_TAG].user = 1;
	ASSERT_EQ(0, begin(self, &tally));
	for (i = 0; i < 100; i++)
		ASSERT_EQ(0, cdm_tag(self->fd, i % 2 ? COREDUMP_MON_IOC_TAG_DROP :
				     COREDUMP_MON_IOC_TAG_ADD, path));
	ASSERT_EQ(0, end(self, COREDUMP_MON_KIND_TAG, &tally));
	EXPECT_LE(BURST, tally.made);
	EXPECT_EQ(100, tally.made + tally.suppressed);
	self->set.rates[COREDUMP_MON_KIND_POLICY].process = 1;
	ASSERT_EQ(0, begin(self, &tally));
	for (i = 0; i < 100; i++)
		ASSERT_EQ(0, cdm_set_mode(self->fd, COREDUMP_MON_PERMISSIVE, 0));
	ASSERT_EQ(0, end(self, COREDUMP_MON_KIND_POLICY, &tally));
	EXPECT_LE(BURST - 1, tally.made);
	EXPECT_EQ(100, tally.made + tally.suppressed);
}

/* While it lasts there is one at least every five seconds: see is_prompt(). */
TEST_F_TIMEOUT(fold, told_while_it_lasts, 60)
{
	const struct many many = { self->core, O_WRONLY, 50, 0 };
	__u64 begun = now_ns();
	struct tally tally;
	int opens = 0;

	self->set.rates[COREDUMP_MON_KIND_OPEN].user = 1;
	ASSERT_EQ(0, begin(self, &tally));
	for (; now_ns() - begun < 12000000000ULL; opens += many.count) {
		ASSERT_LT(0, run_many(&many));
		usleep(20000);
	}
	ASSERT_EQ(0, end(self, COREDUMP_MON_KIND_OPEN, &tally));
	EXPECT_EQ(opens, tally.made + tally.suppressed);
	EXPECT_LE(3, tally.tellers);
	EXPECT_GE(13, tally.tellers);
}

static int get_rates(int fd, struct coredump_mon_rules *set)
{
	static char rules[4096], text[4096];

	*set = (struct coredump_mon_rules) {
		.size = sizeof(*set),
		.rules = (uintptr_t)rules,
		.rules_len = sizeof(rules),
		.text = (uintptr_t)text,
		.text_len = sizeof(text),
	};
	return ioctl(fd, COREDUMP_MON_IOC_GET_RULES, set);
}

static int set_rate(FIXTURE_DATA(fold) *self, int kind, __u32 process, __u32 user)
{
	memset(self->set.rates, 0, sizeof(self->set.rates));
	self->set.rates[kind].process = process;
	self->set.rates[kind].user = user;
	errno = 0;
	ioctl(self->fd, COREDUMP_MON_IOC_SET_RULES, &self->set);
	return errno;
}

TEST_F(fold, rates_are_checked)
{
	static const struct {
		int kind;
		__u32 process;
		__u32 user;
		int error;
	} cases[] = {
		{ COREDUMP_MON_KIND_OPEN, 1, COREDUMP_MON_RATE_MAX, 0 },
		{ COREDUMP_MON_KIND_POLICY, COREDUMP_MON_RATE_OFF, 7, 0 },
		{ COREDUMP_MON_KIND_DUMP, COREDUMP_MON_RATE_MAX + 1, 1, EINVAL },
		{ COREDUMP_MON_KIND_DUMP, 1, COREDUMP_MON_RATE_MAX + 1, EINVAL },
		{ COREDUMP_MON_KIND_DUMP, COREDUMP_MON_RATE_OFF - 1, 1, EINVAL },
		{ 0, 1, 0, EINVAL },
		{ 0, 0, COREDUMP_MON_RATE_OFF, EINVAL },
		{ COREDUMP_MON_KIND_POLICY + 1, 1, 0, EINVAL },
		{ COREDUMP_MON_KINDS_MAX, 0, 1, EINVAL },
	};
	struct coredump_mon_rules before, now;
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		ASSERT_EQ(0, get_rates(self->fd, &before));
		ASSERT_EQ(cases[i].error, set_rate(self, cases[i].kind,
						   cases[i].process, cases[i].user));
		ASSERT_EQ(0, get_rates(self->fd, &now));
		if (cases[i].error) {
			/* Nothing has changed. */
			EXPECT_EQ(0, memcmp(before.rates, now.rates,
					    sizeof(now.rates)));
			continue;
		}
		EXPECT_EQ(cases[i].process, now.rates[cases[i].kind].process);
		EXPECT_EQ(cases[i].user, now.rates[cases[i].kind].user);
	}
	now.rates[COREDUMP_MON_KIND_OPEN].user = 1;
	EXPECT_EQ(-1, ioctl(self->fd, COREDUMP_MON_IOC_GET_RULES, &now));
	EXPECT_EQ(EINVAL, errno);
}

/* Who knows of no rates has the usual ones. */
TEST_F(fold, usual_rates)
{
	struct coredump_mon_rules now;
	int kind;

	self->set.size = offsetof(struct coredump_mon_rules, rates);
	ASSERT_EQ(0, ioctl(self->fd, COREDUMP_MON_IOC_SET_RULES, &self->set));
	ASSERT_EQ(0, get_rates(self->fd, &now));
	for (kind = 0; kind <= COREDUMP_MON_KINDS_MAX; kind++) {
		const struct coredump_mon_rate *rate = &now.rates[kind];

		if (!kind || kind > COREDUMP_MON_KIND_POLICY) {
			EXPECT_EQ(0, rate->process);
			EXPECT_EQ(0, rate->user);
			continue;
		}
		EXPECT_LT(0, rate->process);
		EXPECT_LT(rate->process, rate->user);
		EXPECT_GE(COREDUMP_MON_RATE_MAX, rate->user);
	}
}

CDM_HARNESS_MAIN
