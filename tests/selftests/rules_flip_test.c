// SPDX-License-Identifier: GPL-2.0
/*
 * Two policies, rules and watched directories, that take each other's place under load:
 * whatever happens is by the one or by the other. Loads the module for itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "cdm_alter.h"
#include "cdm_rules.h"

#define FLIPS		10000
/* Hooks come and go with each. */
#define MODE_FLIPS	100
#define OPENERS		3
/* Behind these is the rule that decides. */
#define FILLERS		20
#define EXPEDITED	"/sys/kernel/rcu_expedited"

/*
 * What differs between the two; of a mixture, something is as in the other. A file that
 * is made is a core file in the directory that the side watches, and none in the other's.
 */
static const struct side {
	const char *rule;
	const char *watched;
	__u32 action;
	__u32 priority;
	__u32 verdict;
	int error;
	const char *text;
} sides[2] = {
	{ "refused by one", "one", COREDUMP_MON_ACTION_DENY, 2, COREDUMP_MON_DENIED, EACCES,
	  "the one that refuses" },
	{ "told by the other", "other", COREDUMP_MON_ACTION_LOG, 6, COREDUMP_MON_ALLOWED, 0,
	  "the other" },
};

/* Counted by openers, in memory that all share. */
struct opens {
	volatile bool stop;
	unsigned long opened[OPENERS];
	unsigned long denied[OPENERS];
	unsigned long made[OPENERS][2];
	unsigned long unmade[OPENERS][2];
	unsigned long other[OPENERS];
};

FIXTURE(rules_flip)
{
	struct cdm_alter alter;
	struct cdm_rules *rules[2];
	char watched[2][128];
	struct opens *opens;
	char expedited[8];
};

FIXTURE_SETUP(rules_flip)
{
	int i;

	ASSERT_EQ(0, cdm_alter_up(&self->alter));
	for (i = 0; i < 2; i++) {
		self->rules[i] = malloc(sizeof(*self->rules[i]));
		ASSERT_NE(NULL, self->rules[i]);
		snprintf(self->watched[i], sizeof(self->watched[i]), "%s/%s",
			 self->alter.env.dir, sides[i].watched);
		ASSERT_EQ(0, mkdir(self->watched[i], 0700));
	}
	self->opens = mmap(NULL, sizeof(*self->opens), PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->opens);
	/* Else it takes many minutes, nearly all of them to wait for each other CPU. */
	ASSERT_LT(0, cdm_read_file(EXPEDITED, self->expedited,
				   sizeof(self->expedited)));
	ASSERT_EQ(0, cdm_write_file(EXPEDITED, "1"));
}

FIXTURE_TEARDOWN(rules_flip)
{
	cdm_write_file(EXPEDITED, self->expedited);
	cdm_env_down(&self->alter.env);
	free(self->rules[0]);
	free(self->rules[1]);
	munmap(self->opens, sizeof(*self->opens));
}

/*
 * The rule that decides is behind as many of nobody's as there are in one of the two
 * alone, and asks for the user or for the directory.
 */
static void make_side(struct cdm_rules *rules, int i, const char *dir,
		      const char *watched)
{
	static const __s64 root[] = { 0, -1 }, nobody[] = { 65534, -1 };
	const struct cdm_named by_nobody = { .users = nobody };
	int dirs[] = { open(dir, O_PATH), -1 };
	const struct cdm_named named = {
		.users = i ? root : NULL,
		.directories = i ? NULL : dirs,
	};
	struct coredump_mon_rule *rule;
	int n;

	cdm_rules_begin(rules);
	rules->set.fallback = COREDUMP_MON_ACTION_IGNORE;
	rules->set.flags = COREDUMP_MON_RULES_DIRECTORIES;
	rules->set.directories = (uintptr_t)watched;
	rules->set.directories_len = strlen(watched) + 1;
	rules->set.directory_count = 1;
	for (n = 0; n < i * FILLERS; n++)
		cdm_rules_add(rules, sides[!i].rule, sides[!i].action,
			      CDM_BIT(COREDUMP_MON_OPEN), &by_nobody);
	rule = cdm_rules_add(rules, sides[i].rule, sides[i].action,
			     CDM_BIT(COREDUMP_MON_OPEN), &named);
	rule->priority = sides[i].priority;
	rules->set.text = (uintptr_t)sides[i].text;
	rules->set.text_len = strlen(sides[i].text);
}

struct opener {
	struct opens *opens;
	const char *core;
	const char *watched[2];
	int i;
};

/* Makes a file, in the directory that a side watches, and removes it. */
static void make(const struct opener *opener, int side)
{
	char path[160];
	int fd;

	snprintf(path, sizeof(path), "%s/%d", opener->watched[side], opener->i);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0)
		opener->opens->made[opener->i][side]++;
	else if (errno == EACCES)
		opener->opens->unmade[opener->i][side]++;
	else
		opener->opens->other[opener->i]++;
	if (fd >= 0)
		close(fd);
	unlink(path);
}

static void open_always(const void *arg)
{
	const struct opener *opener = arg;
	struct opens *opens = opener->opens;

	while (!opens->stop) {
		int fd = open(opener->core, O_RDONLY | O_CLOEXEC);

		if (fd >= 0)
			opens->opened[opener->i]++;
		else if (errno == EACCES)
			opens->denied[opener->i]++;
		else
			opens->other[opener->i]++;
		if (fd >= 0)
			close(fd);
		if (opener->watched[0]) {
			make(opener, 0);
			make(opener, 1);
		}
		/* So that who reads the records comes along, or all have room. */
		if (!opener->watched[0] ||
		    (opens->opened[opener->i] + opens->denied[opener->i]) % 16 == 0)
			poll(NULL, 0, 1);
	}
}

struct seen {
	struct cdm_reader *reader;
	const char *watched[2];
	volatile bool stop;
	unsigned long records[2];
	unsigned long made[2];
	unsigned long stood;
	unsigned long mixed;
	unsigned long read[2];
};

/* In which side's directory something is; -1: in none. */
static int watched_by(const struct seen *seen, const char *path)
{
	int i;

	for (i = 0; i < 2; i++) {
		size_t len = strlen(seen->watched[i]);

		if (path && !strncmp(path, seen->watched[i], len) && path[len] == '/')
			return i;
	}
	return -1;
}

static void look(struct seen *seen, const struct coredump_mon_record *rec)
{
	const struct coredump_mon_decision *decision = cdm_decision(rec);
	const struct coredump_mon_result *result = cdm_result(rec);
	const struct coredump_mon_file_id *file = cdm_file(rec);
	const char *rule;
	int i, in;

	if (!file || file->file_class != COREDUMP_MON_CLASS_CORE)
		return;
	rule = cdm_string(cdm_get(rec, 0, COREDUMP_MON_A_RULE));
	in = watched_by(seen, cdm_path(rec));
	for (i = 0; i < 2; i++) {
		if (rule && decision && result && !strcmp(rule, sides[i].rule) &&
		    decision->priority == sides[i].priority &&
		    decision->verdict == sides[i].verdict &&
		    result->error == sides[i].error &&
		    (in < 0 || in == i || file->tagged)) {
			seen->records[i]++;
			seen->made[i] += in == i;
			seen->stood += !i && in == 1;
			return;
		}
	}
	seen->mixed++;
	fprintf(stderr, "# %s: rule '%s', verdict %u, priority %u, error %d\n",
		cdm_path(rec) ?: "-", rule ?: "-", decision ? decision->verdict : 0,
		decision ? decision->priority : 0, result ? result->error : -1);
}

static void *look_always(void *arg)
{
	const struct coredump_mon_record *rec;
	struct seen *seen = arg;
	bool stop;

	do {
		stop = seen->stop;
		while ((rec = cdm_next(seen->reader, 50))) {
			if (rec->type == COREDUMP_MON_OPEN)
				look(seen, rec);
		}
	} while (!stop);
	return NULL;
}

/* What is given back is of one of them, too: rules, their number and the text. */
static void *read_always(void *arg)
{
	struct seen *seen = arg;
	static char raw[1 << 16], text[64];

	while (!seen->stop) {
		struct coredump_mon_rules get = {
			.size = sizeof(get),
			.rules = (uintptr_t)raw, .rules_len = sizeof(raw),
			.text = (uintptr_t)text, .text_len = sizeof(text),
		};
		const struct coredump_mon_rule *first = (void *)raw;
		int i;

		if (ioctl(seen->reader->fd, COREDUMP_MON_IOC_GET_RULES, &get)) {
			seen->mixed++;
			continue;
		}
		for (i = 0; i < 2; i++) {
			if (get.text_len == strlen(sides[i].text) &&
			    !memcmp(text, sides[i].text, get.text_len) &&
			    get.count == 1 + i * FILLERS &&
			    first->action == COREDUMP_MON_ACTION_DENY &&
			    first->users == i && first->directories == !i)
				break;
		}
		if (i < 2)
			seen->read[i]++;
		else
			seen->mixed++;
		poll(NULL, 0, 1);
	}
	return NULL;
}

TEST_F_TIMEOUT(rules_flip, no_mixture, 900)
{
	struct seen seen = {
		.reader = self->alter.reader,
		.watched = { self->watched[0], self->watched[1] },
	};
	struct opener openers[OPENERS];
	pid_t pids[OPENERS];
	pthread_t looks, reads;
	int fd = self->alter.reader->fd;
	struct coredump_mon_stats stats;
	unsigned long stood = 0;
	int i;

	for (i = 0; i < 2; i++)
		make_side(self->rules[i], i, self->alter.env.dir, self->watched[i]);
	ASSERT_EQ(0, cdm_rules_enforce(self->alter.reader, self->rules[0]));
	ASSERT_EQ(0, pthread_create(&looks, NULL, look_always, &seen));
	ASSERT_EQ(0, pthread_create(&reads, NULL, read_always, &seen));
	for (i = 0; i < OPENERS; i++) {
		openers[i] = (struct opener) {
			self->opens, self->alter.core,
			{ self->watched[0], self->watched[1] }, i,
		};
		pids[i] = cdm_fork(open_always, &openers[i]);
		ASSERT_LT(0, pids[i]);
	}
	for (i = 1; i <= FLIPS; i++)
		ASSERT_EQ(0, cdm_rules_set(fd, self->rules[i % 2]));
	self->opens->stop = true;
	for (i = 0; i < OPENERS; i++)
		EXPECT_EQ(0, cdm_wait(pids[i]));
	seen.stop = true;
	pthread_join(looks, NULL);
	pthread_join(reads, NULL);

	for (i = 0; i < OPENERS; i++) {
		EXPECT_LT(0, self->opens->opened[i]);
		EXPECT_LT(0, self->opens->denied[i]);
		/* Silently too, as who watches it refuses. */
		EXPECT_LT(0, self->opens->made[i][0]);
		EXPECT_LT(0, self->opens->unmade[i][0]);
		EXPECT_LT(0, self->opens->made[i][1]);
		stood += self->opens->unmade[i][1];
		EXPECT_EQ(0, self->opens->other[i]);
	}
	EXPECT_EQ(0, seen.mixed);
	ASSERT_EQ(0, cdm_stats(fd, &stats));
	ASSERT_EQ(0, stats.reader_lost);
	/*
	 * Two switches between the making of a file and its open: it stood there when
	 * its directory was watched, and is a core file from then on.
	 */
	EXPECT_EQ(stood, seen.stood);
	/* It was both, often. */
	for (i = 0; i < 2; i++) {
		EXPECT_LT(100, seen.records[i]);
		EXPECT_LT(100, seen.made[i]);
		EXPECT_LT(100, seen.read[i]);
	}
	TH_LOG("%lu and %lu records (%lu and %lu of files made), %lu and %lu times read",
	       seen.records[0], seen.records[1], seen.made[0], seen.made[1],
	       seen.read[0], seen.read[1]);
}

/* One enforces and refuses nothing, the other would refuse and does not enforce. */
static void make_mode_side(struct cdm_rules *rules, int i)
{
	cdm_rules_begin(rules);
	rules->set.fallback = COREDUMP_MON_ACTION_IGNORE;
	rules->set.flags = COREDUMP_MON_RULES_MODE;
	rules->set.mode = i ? COREDUMP_MON_PERMISSIVE : COREDUMP_MON_ENFORCING;
	cdm_rules_add(rules, i ? "would refuse" : "enforced",
		      i ? COREDUMP_MON_ACTION_DENY : COREDUMP_MON_ACTION_LOG,
		      CDM_BIT(COREDUMP_MON_OPEN), NULL);
}

TEST_F_TIMEOUT(rules_flip, no_mixture_of_rules_and_mode, 900)
{
	struct cdm_reader *reader = self->alter.reader;
	struct opener opener = { self->opens, self->alter.core, { NULL, NULL }, 0 };
	const struct coredump_mon_record *rec;
	unsigned long told[2] = { 0, 0 };
	pid_t pid;
	int i;

	for (i = 0; i < 2; i++)
		make_mode_side(self->rules[i], i);
	ASSERT_EQ(0, cdm_rules_set(reader->fd, self->rules[0]));
	ASSERT_EQ(0, cdm_reader_seek(reader, SEEK_END));
	pid = cdm_fork(open_always, &opener);
	ASSERT_LT(0, pid);
	for (i = 1; i <= MODE_FLIPS; i++) {
		ASSERT_EQ(0, cdm_rules_set(reader->fd, self->rules[i % 2]));
		poll(NULL, 0, 20);
	}
	self->opens->stop = true;
	EXPECT_EQ(0, cdm_wait(pid));
	while ((rec = cdm_next(reader, 500))) {
		const struct coredump_mon_decision *decision = cdm_decision(rec);
		const char *rule = cdm_string(cdm_get(rec, 0, COREDUMP_MON_A_RULE));

		ASSERT_NE(COREDUMP_MON_LOST, rec->type);
		if (rec->type != COREDUMP_MON_OPEN)
			continue;
		ASSERT_NE(NULL, rule);
		i = !strcmp(rule, "would refuse");
		EXPECT_EQ(i ? COREDUMP_MON_WOULD_DENY : COREDUMP_MON_ALLOWED,
			  decision->verdict) TH_LOG("%s", rule);
		told[i]++;
	}
	EXPECT_EQ(0, self->opens->denied[0]);
	EXPECT_EQ(0, self->opens->other[0]);
	EXPECT_EQ(self->opens->opened[0], told[0] + told[1]);
	EXPECT_LT(100, told[0]);
	EXPECT_LT(100, told[1]);
	TH_LOG("%lu and %lu records", told[0], told[1]);
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
