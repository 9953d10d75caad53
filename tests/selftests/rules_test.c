// SPDX-License-Identifier: GPL-2.0
/*
 * Rules that somebody else than the module made: whom they are about, and what is no
 * rule.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "cdm_alter.h"
#include "cdm_rules.h"

FIXTURE(rules)
{
	struct cdm_alter alter;
	struct cdm_rules *rules;
	int fd;
};

FIXTURE_SETUP(rules)
{
	self->rules = malloc(sizeof(*self->rules));
	ASSERT_NE(NULL, self->rules);
	ASSERT_EQ(0, cdm_alter_up(&self->alter));
	self->fd = self->alter.reader->fd;
	cdm_rules_begin(self->rules);
}

FIXTURE_TEARDOWN(rules)
{
	cdm_env_down(&self->alter.env);
	free(self->rules);
}

#define REFUSED(call) ({ errno = 0; (call) == -1 && errno == EACCES; })

/* Opens the core and exits 0, or 1 if that is refused. */
static void read_core(const void *path)
{
	_exit(open(path, O_RDONLY) < 0);
}

static bool may_read(FIXTURE_DATA(rules) *self, void (*fn)(const void *arg))
{
	return !cdm_run(fn, self->alter.core);
}

static void read_as_user(const void *path)
{
	if (setresuid(1000, 1000, 1000))
		_exit(2);
	read_core(path);
}

static void read_in_group(const void *path)
{
	const gid_t groups[] = { 7, 1234, 8 };

	if (setgroups(3, groups))
		_exit(2);
	read_core(path);
}

static void read_in_namespace(const void *path)
{
	if (unshare(CLONE_NEWNS))
		_exit(2);
	read_core(path);
}

TEST_F(rules, by_who_it_is)
{
	static const __s64 users[] = { 4, 1000, -1 }, groups[] = { 1234, -1 };
	const struct cdm_named user = { .users = users }, group = { .groups = groups };
	struct coredump_mon_rule *rule;

	ASSERT_EQ(0, chmod(self->alter.core, 0644));
	ASSERT_EQ(0, chmod(self->alter.env.dir, 0755));
	cdm_rules_add(self->rules, "user", COREDUMP_MON_ACTION_LOG,
		      CDM_BIT(COREDUMP_MON_OPEN), &user);
	cdm_rules_add(self->rules, "group", COREDUMP_MON_ACTION_IGNORE,
		      CDM_BIT(COREDUMP_MON_OPEN), &group);
	rule = cdm_rules_add(self->rules, "elsewhere", COREDUMP_MON_ACTION_LOG,
			     CDM_BIT(COREDUMP_MON_OPEN), NULL);
	rule->initial_namespaces = COREDUMP_MON_NO;
	cdm_rules_add(self->rules, "nobody", COREDUMP_MON_ACTION_DENY,
		      CDM_BIT(COREDUMP_MON_OPEN), NULL);
	ASSERT_EQ(0, cdm_rules_enforce(self->alter.reader, self->rules));
	EXPECT_FALSE(may_read(self, read_core));
	EXPECT_TRUE(may_read(self, read_as_user));
	EXPECT_TRUE(may_read(self, read_in_group));
	EXPECT_TRUE(may_read(self, read_in_namespace));
}

static pid_t dump(bool forced)
{
	const int signo = SIGSEGV;
	pid_t pid = forced ? cdm_fork(cdm_pause, NULL) :
			     cdm_fork(cdm_raise, &signo);

	if (forced)
		kill(pid, SIGSEGV);
	return WCOREDUMP(cdm_wait(pid)) ? pid : -1;
}

TEST_F(rules, about_dumps)
{
	const struct coredump_mon_record *rec;
	struct coredump_mon_rule *rule;

	rule = cdm_rules_add(self->rules, "expected", COREDUMP_MON_ACTION_IGNORE,
			     CDM_BIT(COREDUMP_MON_DUMP), NULL);
	rule->forced = COREDUMP_MON_NO;
	ASSERT_EQ(0, cdm_rules_set(self->fd, self->rules));
	EXPECT_EQ(0, cdm_count(self->alter.reader, COREDUMP_MON_DUMP,
			       dump(false)));
	rec = cdm_next_of(self->alter.reader, COREDUMP_MON_DUMP, dump(true));
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(NULL, cdm_decision(rec));

	cdm_rules_begin(self->rules);
	rule = cdm_rules_add(self->rules, "root's", COREDUMP_MON_ACTION_LOG,
			     CDM_BIT(COREDUMP_MON_DUMP), NULL);
	rule->privileged = COREDUMP_MON_YES;
	rule->priority = 2;
	ASSERT_EQ(0, cdm_rules_set(self->fd, self->rules));
	rec = cdm_next_of(self->alter.reader, COREDUMP_MON_DUMP, dump(false));
	ASSERT_NE(NULL, rec);
	ASSERT_NE(NULL, cdm_decision(rec));
	EXPECT_EQ(2, cdm_decision(rec)->priority);
	EXPECT_STREQ("root's", cdm_string(cdm_get(rec, 0, COREDUMP_MON_A_RULE)));
}

/* Nobody is trusted by it: not when and how it was executed matters. */
TEST_F(rules, about_dumps_of_programs)
{
	int self_exe[] = { open("/proc/self/exe", O_PATH), -1 };
	int cat[] = { open("/usr/bin/cat", O_PATH), -1 };
	const struct cdm_named named = { .executables = self_exe };
	const struct cdm_named other = { .executables = cat };

	cdm_rules_add(self->rules, "other", COREDUMP_MON_ACTION_IGNORE,
		      CDM_BIT(COREDUMP_MON_DUMP), &other);
	ASSERT_EQ(0, cdm_rules_set(self->fd, self->rules));
	EXPECT_EQ(1, cdm_count(self->alter.reader, COREDUMP_MON_DUMP, dump(false)));
	cdm_rules_add(self->rules, "this", COREDUMP_MON_ACTION_IGNORE,
		      CDM_BIT(COREDUMP_MON_DUMP), &named);
	ASSERT_EQ(0, cdm_rules_set(self->fd, self->rules));
	EXPECT_EQ(0, cdm_count(self->alter.reader, COREDUMP_MON_DUMP, dump(false)));
	close(self_exe[0]);
	close(cat[0]);
}

/* An ignored one is let through and not told. */
TEST_F(rules, that_ignore)
{
	pid_t pid;

	cdm_rules_add(self->rules, "nothing", COREDUMP_MON_ACTION_IGNORE,
		      CDM_BIT(COREDUMP_MON_OPEN) | CDM_BIT(COREDUMP_MON_ATTR), NULL);
	ASSERT_EQ(0, cdm_rules_set(self->fd, self->rules));
	pid = cdm_fork(cdm_open_read, self->alter.core);
	ASSERT_EQ(0, cdm_wait(pid));
	EXPECT_EQ(0, cdm_count(self->alter.reader, COREDUMP_MON_OPEN, pid));
	ASSERT_EQ(0, chmod(self->alter.core, 0640));
	EXPECT_EQ(0, cdm_count(self->alter.reader, COREDUMP_MON_ATTR, getpid()));
	/* Nor is a class that is of no interest. */
	cdm_rules_begin(self->rules);
	self->rules->set.classes = CDM_BIT(COREDUMP_MON_CLASS_COREDUMP_FILTER);
	ASSERT_EQ(0, cdm_rules_set(self->fd, self->rules));
	pid = cdm_fork(cdm_open_read, self->alter.core);
	ASSERT_EQ(0, cdm_wait(pid));
	EXPECT_EQ(0, cdm_count(self->alter.reader, COREDUMP_MON_OPEN, pid));
	pid = cdm_fork(cdm_open_read, "/proc/self/coredump_filter");
	ASSERT_EQ(0, cdm_wait(pid));
	EXPECT_EQ(1, cdm_count(self->alter.reader, COREDUMP_MON_OPEN, pid));
}

#define CAT	"/usr/bin/cat"

static int run(const char *program, const char *path)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		dup2(open("/dev/null", O_RDWR), STDOUT_FILENO);
		dup2(STDOUT_FILENO, STDERR_FILENO);
		execl(program, "cat", path, NULL);
		_exit(127);
	}
	return waitpid(pid, &status, 0) == pid ? status : -1;
}

static void cat_traced(const void *path)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		dup2(open("/dev/null", O_RDWR), STDOUT_FILENO);
		dup2(STDOUT_FILENO, STDERR_FILENO);
		execl(CAT, "cat", path, NULL);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status))
		ptrace(PTRACE_CONT, pid, NULL, NULL);
	_exit(status ? 1 : 0);
}

static void cat_in_user_namespace(const void *path)
{
	if (unshare(CLONE_NEWUSER))
		_exit(2);
	_exit(run(CAT, path) ? 1 : 0);
}

/* By what is executed, not by what it is called. */
TEST_F(rules, by_executable)
{
	int cat[] = { open(CAT, O_PATH), -1 };
	const struct cdm_named named = { .executables = cat };
	char copy[128];

	ASSERT_LE(0, cat[0]);
	ASSERT_EQ(0, chmod(self->alter.core, 0644));
	cdm_rules_add(self->rules, "cat", COREDUMP_MON_ACTION_LOG,
		      CDM_BIT(COREDUMP_MON_OPEN), &named);
	cdm_rules_add(self->rules, "nobody", COREDUMP_MON_ACTION_DENY,
		      CDM_BIT(COREDUMP_MON_OPEN), NULL);
	ASSERT_EQ(0, cdm_rules_enforce(self->alter.reader, self->rules));
	EXPECT_EQ(0, run(CAT, self->alter.core));
	EXPECT_NE(0, run("/usr/bin/head", self->alter.core));
	EXPECT_FALSE(may_read(self, cat_traced));
	EXPECT_FALSE(may_read(self, cat_in_user_namespace));
	snprintf(copy, sizeof(copy), "cp " CAT " %s/cat", self->alter.env.elsewhere);
	ASSERT_EQ(0, system(copy));
	EXPECT_NE(0, run(copy + strlen("cp " CAT " "), self->alter.core));
	close(cat[0]);
}

TEST_F(rules, by_directory)
{
	const char *const dirs[] = { self->alter.env.dir, self->alter.env.elsewhere };
	int elsewhere[] = { open(self->alter.env.elsewhere, O_PATH), -1 };
	const struct cdm_named named = { .directories = elsewhere };

	ASSERT_EQ(0, cdm_make_file(self->alter.outside, "one"));
	ASSERT_EQ(0, cdm_set_directories(self->fd, dirs, 2));
	cdm_rules_add(self->rules, "there", COREDUMP_MON_ACTION_DENY,
		      CDM_BIT(COREDUMP_MON_OPEN) | CDM_BIT(COREDUMP_MON_UNLINK),
		      &named);
	ASSERT_EQ(0, cdm_rules_enforce(self->alter.reader, self->rules));
	EXPECT_TRUE(REFUSED(open(self->alter.outside, O_RDONLY)));
	EXPECT_TRUE(REFUSED(unlink(self->alter.outside)));
	EXPECT_TRUE(may_read(self, read_core));
	EXPECT_EQ(0, unlink(self->alter.core));
	close(elsewhere[0]);
}

/* What is no rule leaves those that there are in force. */
TEST_F(rules, that_are_none)
{
	struct coredump_mon_rules get = { .size = sizeof(get) };
	int directory[] = { open("/", O_PATH), -1 }, bad[] = { 1000000, -1 };
	const struct cdm_named no_file = { .executables = directory };
	const struct cdm_named no_fd = { .directories = bad };
	struct cdm_rules *rules = self->rules;
	struct coredump_mon_rule *rule;

#define SET(err, what) do {							\
	cdm_rules_begin(rules);							\
	rule = cdm_rules_add(rules, "name", COREDUMP_MON_ACTION_DENY,		\
			     CDM_BIT(COREDUMP_MON_OPEN), NULL);			\
	what;									\
	EXPECT_EQ(-1, cdm_rules_set(self->fd, rules)) TH_LOG(#what);		\
	EXPECT_EQ(err, errno) TH_LOG(#what);					\
} while (0)

	SET(EINVAL, rule->action = 0);
	SET(EINVAL, rule->action = 4);
	SET(EINVAL, rule->priority = 8);
	SET(EINVAL, rule->types = 0);
	SET(EINVAL, rule->types |= CDM_BIT(COREDUMP_MON_DUMP));
	SET(EINVAL, rule->types |= 1U << 31);
	SET(EINVAL, rule->classes = 0);
	SET(EINVAL, rule->classes |= 1);
	SET(EINVAL, rule->classes |= CDM_BIT(COREDUMP_MON_CLASS_BLOCK_DEVICE));
	SET(EINVAL, rule->accesses = 0);
	SET(EINVAL, rule->accesses |= 1);
	SET(EINVAL, rule->initial_namespaces = 3);
	SET(EINVAL, rule->forced = 3);
	SET(EINVAL, rule->privileged = 3);
	SET(EINVAL, rule->reserved = 1);
	SET(EINVAL, rule->name_len = 0);
	SET(EINVAL, rule->name_len = 3);
	SET(EINVAL, rule->name_len = 5);
	SET(EINVAL, rule->name_len = COREDUMP_MON_RULE_NAME_MAX + 1);
	SET(EINVAL, rule->len = 0);
	SET(EINVAL, rule->len -= 8);
	SET(EINVAL, rule->len += 8);
	SET(EINVAL, rule->len = ~7U);
	SET(EINVAL, rule->users = 1);
	SET(EINVAL, rule->executables = 4096);
	SET(E2BIG, rule->executables = 4097);
	SET(E2BIG, rule->users = ~0U);
	SET(EINVAL, rules->set.count = 0);
	SET(EINVAL, rules->set.count = 2);
	SET(E2BIG, rules->set.count = COREDUMP_MON_RULES_MAX + 1);
	SET(EINVAL, rules->set.rules_len--);
	SET(EINVAL, rules->set.rules_len += 8);
	SET(E2BIG, rules->set.rules_len = ~0ULL);
	SET(E2BIG, rules->set.text_len = COREDUMP_MON_RULES_TEXT_MAX + 1);
	SET(EFAULT, rules->set.text_len = 1);
	SET(EFAULT, rules->set.rules = 1);
	SET(EINVAL, rules->set.fallback = 0);
	SET(EINVAL, rules->set.fallback = COREDUMP_MON_ACTION_DENY);
	SET(EINVAL, rules->set.classes = 1);
	SET(ESTALE, rules->set.flags = COREDUMP_MON_RULES_FOLLOW);
	SET(EINVAL, rules->set.flags = 1U << 4);
	SET(EINVAL, rules->set.flags = 3);
	SET(EINVAL, rules->set.flags = COREDUMP_MON_RULES_BUILTIN);
	SET(EINVAL, rules->set.reserved = 1);
	SET(EINVAL, cdm_rules_add(rules, "dir", COREDUMP_MON_ACTION_LOG,
				  CDM_BIT(COREDUMP_MON_OPEN), &no_file));
	SET(EBADF, cdm_rules_add(rules, "fd", COREDUMP_MON_ACTION_LOG,
				 CDM_BIT(COREDUMP_MON_OPEN), &no_fd));
	ASSERT_EQ(0, ioctl(self->fd, COREDUMP_MON_IOC_GET_RULES, &get));
	EXPECT_EQ(COREDUMP_MON_RULES_BUILTIN, get.flags);
	EXPECT_EQ(0, cdm_count(self->alter.reader, COREDUMP_MON_POLICY, 0));
	close(directory[0]);
}

/* That many rules, with that many users each, one more in the last; errno, or 0. */
static int load(FIXTURE_DATA(rules) *self, int count, int users, int more)
{
	static __s64 ids[COREDUMP_MON_RULE_ENTRIES_MAX + 2];
	const struct cdm_named named = { .users = ids };
	int i;

	cdm_rules_begin(self->rules);
	for (i = 0; i < users; i++)
		ids[i] = i;
	for (i = 1; i <= count; i++) {
		ids[users] = i == count && more ? users : -1;
		ids[users + 1] = -1;
		cdm_rules_add(self->rules, "name", COREDUMP_MON_ACTION_LOG,
			      CDM_BIT(COREDUMP_MON_OPEN), &named);
	}
	return cdm_rules_set(self->fd, self->rules) ? errno : 0;
}

/* As many as there may be, and what is beyond leaves those in force. */
TEST_F(rules, have_bounds)
{
	struct coredump_mon_rules get = { .size = sizeof(get) };
	char *text = malloc(COREDUMP_MON_RULES_TEXT_MAX + 1);

	EXPECT_EQ(0, load(self, COREDUMP_MON_RULES_MAX, 0, 0));
	EXPECT_EQ(E2BIG, load(self, COREDUMP_MON_RULES_MAX + 1, 0, 0));
	EXPECT_EQ(0, load(self, COREDUMP_MON_RULES_MAX, 4, 0));
	EXPECT_EQ(0, load(self, 1, COREDUMP_MON_RULE_ENTRIES_MAX, 0));
	EXPECT_EQ(E2BIG, load(self, 1, COREDUMP_MON_RULE_ENTRIES_MAX, 1));
	EXPECT_EQ(0, load(self, 4, COREDUMP_MON_RULE_ENTRIES_MAX / 4, 0));
	EXPECT_EQ(E2BIG, load(self, 4, COREDUMP_MON_RULE_ENTRIES_MAX / 4, 1));
	EXPECT_EQ(-1, ioctl(self->fd, COREDUMP_MON_IOC_GET_RULES, &get));
	EXPECT_EQ(ENOSPC, errno);
	EXPECT_EQ(4, get.count);

	ASSERT_NE(NULL, text);
	memset(text, '#', COREDUMP_MON_RULES_TEXT_MAX + 1);
	load(self, 1, 0, 0);
	self->rules->set.text = (uintptr_t)text;
	self->rules->set.text_len = COREDUMP_MON_RULES_TEXT_MAX;
	EXPECT_EQ(0, cdm_rules_set(self->fd, self->rules));
	self->rules->set.text_len++;
	EXPECT_EQ(-1, cdm_rules_set(self->fd, self->rules));
	EXPECT_EQ(E2BIG, errno);
	free(text);
}

/* They are given back as they were, and what they were made from. */
TEST_F(rules, are_given_back)
{
	static char raw[CDM_RULES_ROOM], text[64];
	struct coredump_mon_rules get = { .size = sizeof(get) };
	int dir[] = { open(self->alter.env.dir, O_PATH), -1 };
	const struct cdm_named named = { .directories = dir };
	const struct coredump_mon_rule_file *file;
	struct stat st;

	cdm_rules_add(self->rules, "one", COREDUMP_MON_ACTION_DENY,
		      CDM_BIT(COREDUMP_MON_OPEN), &named);
	self->rules->set.text = (uintptr_t)"rules: []";
	self->rules->set.text_len = 9;
	ASSERT_EQ(0, cdm_rules_set(self->fd, self->rules));
	EXPECT_EQ(-1, ioctl(self->fd, COREDUMP_MON_IOC_GET_RULES, &get));
	EXPECT_EQ(ENOSPC, errno);
	EXPECT_EQ(self->rules->set.rules_len, get.rules_len);
	EXPECT_EQ(9, get.text_len);
	get = (struct coredump_mon_rules) {
		.size = sizeof(get),
		.rules = (uintptr_t)raw, .rules_len = sizeof(raw),
		.text = (uintptr_t)text, .text_len = sizeof(text),
	};
	ASSERT_EQ(0, ioctl(self->fd, COREDUMP_MON_IOC_GET_RULES, &get));
	EXPECT_EQ(1, get.count);
	EXPECT_EQ(0, get.flags);
	EXPECT_EQ(CDM_ALL_CLASSES, get.classes);
	EXPECT_EQ(COREDUMP_MON_ACTION_LOG, get.fallback);
	EXPECT_STREQ("rules: []", text);
	ASSERT_EQ(0, fstat(dir[0], &st));
	file = (void *)((struct coredump_mon_rule *)raw + 1);
	EXPECT_EQ(st.st_ino, file->ino);
	EXPECT_EQ(-1, file->fd);
	EXPECT_EQ(0, memcmp(self->rules->raw + sizeof(struct coredump_mon_rule) +
			    sizeof(*file), file + 1,
			    get.rules_len - sizeof(struct coredump_mon_rule) -
			    sizeof(*file)));
	close(dir[0]);
}

CDM_HARNESS_MAIN
