// SPDX-License-Identifier: GPL-2.0
/*
 * Who is trusted by what it executes: this program itself, where the rules name a
 * copy of it, and what others do to be taken for it.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "cdm_alter.h"
#include "cdm_rules.h"
#include "cdm_trust.h"

FIXTURE(trust)
{
	struct cdm_alter alter;
	struct cdm_rules *rules;
	char reader[128];
	char copy[128];
};

static int trust(FIXTURE_DATA(trust) *self)
{
	return cdm_trust_enforce(self->alter.reader, self->rules, 0, self->reader);
}

FIXTURE_SETUP(trust)
{
	self->rules = malloc(sizeof(*self->rules));
	ASSERT_NE(NULL, self->rules);
	ASSERT_EQ(0, cdm_alter_up(&self->alter));
	snprintf(self->reader, sizeof(self->reader), "%s/reader",
		 self->alter.env.elsewhere);
	snprintf(self->copy, sizeof(self->copy), "%s/copy",
		 self->alter.env.elsewhere);
	ASSERT_EQ(0, chmod(self->alter.core, 0644));
	ASSERT_EQ(0, cdm_trust_copy(self->reader));
	ASSERT_EQ(0, cdm_trust_copy(self->copy));
	ASSERT_EQ(0, trust(self));
}

FIXTURE_TEARDOWN(trust)
{
	cdm_env_down(&self->alter.env);
	free(self->rules);
}

static char *nothing[1];

static int run_with(FIXTURE_DATA(trust) *self, const char *program, const char *how,
		    char **environment)
{
	return cdm_trust_run(program, how, self->alter.core, environment);
}

static int run(FIXTURE_DATA(trust) *self, const char *program, const char *how)
{
	return run_with(self, program, how, NULL);
}

static int begin_with(FIXTURE_DATA(trust) *self, struct cdm_later *later,
		      const char *how, char **environment)
{
	return cdm_trust_start(later, self->reader, how, self->alter.core,
			       environment) ?: cdm_trust_waits(later);
}

static int begin(FIXTURE_DATA(trust) *self, struct cdm_later *later)
{
	return begin_with(self, later, "later", NULL);
}

TEST_F(trust, whoever_executed_it)
{
	struct cdm_later later;

	EXPECT_EQ(YES, run(self, self->reader, "now"));
	EXPECT_EQ(YES, run(self, self->reader, "in a thread"));
	EXPECT_EQ(YES, run(self, self->reader, "forked"));
	EXPECT_EQ(YES, run(self, self->reader, "forked twice"));
	EXPECT_EQ(YES, run(self, self->reader, "scrubbed"));
	ASSERT_EQ(0, begin(self, &later));
	EXPECT_EQ(YES, cdm_trust_end(&later));
	EXPECT_EQ(NO, run(self, self->copy, "now"));
	EXPECT_EQ(NO, run(self, self->copy, "forked"));
}

static int run_memfd(FIXTURE_DATA(trust) *self, const char *how)
{
	char path[64];
	pid_t pid = fork();

	if (!pid) {
		int fd = memfd_create("reader", 0);

		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		if (fd < 0 || cdm_trust_copy(path))
			_exit(BROKEN);
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", getpid(), fd);
		cdm_trust_execute(path, how, self->alter.core, NULL);
	}
	return cdm_trust_wait(pid);
}

static int run_named(FIXTURE_DATA(trust) *self, const char *program, const char *name)
{
	char *argv[6] = { (char *)name, CDM_TRUST_READ, "now", self->alter.core };
	pid_t pid = fork();

	if (!pid) {
		execve(program, argv, nothing);
		_exit(BROKEN);
	}
	return cdm_trust_wait(pid);
}

/* Not what it is called, nor what its path leads to. */
TEST_F(trust, nothing_like_it)
{
	EXPECT_EQ(NO, run(self, self->copy, "now"));
	EXPECT_EQ(NO, run_named(self, self->copy, self->reader));
	EXPECT_EQ(YES, run_named(self, self->reader, self->copy));
	EXPECT_EQ(NO, run_memfd(self, "now"));
	EXPECT_EQ(NO, cdm_trust_run_by_loader(self->reader, self->alter.core));
	ASSERT_EQ(0, mount(self->copy, self->reader, NULL, MS_BIND, NULL));
	EXPECT_EQ(NO, run(self, self->reader, "now"));
	ASSERT_EQ(0, umount(self->reader));
	EXPECT_EQ(YES, run(self, self->reader, "now"));
	/* It may be called otherwise. */
	ASSERT_EQ(0, mount(self->reader, self->copy, NULL, MS_BIND, NULL));
	EXPECT_EQ(YES, run(self, self->copy, "now"));
	ASSERT_EQ(0, umount(self->copy));
}

/* Whoever has the right says that it executes something else. */
TEST_F(trust, not_by_its_own_word)
{
	EXPECT_EQ(NO, run(self, self->copy, "renamed"));
	/* It would be the same one. */
	EXPECT_EQ(YES, run(self, self->reader, "now"));
}

static int run_as(FIXTURE_DATA(trust) *self, uid_t uid, const char *program)
{
	pid_t pid = fork();

	if (!pid) {
		if (setgroups(0, NULL) || setresgid(uid, uid, uid) ||
		    setresuid(uid, uid, uid))
			_exit(BROKEN);
		cdm_trust_execute(program, "now", self->alter.core, NULL);
	}
	return cdm_trust_wait(pid);
}

static int run_in_user_namespace(FIXTURE_DATA(trust) *self, const char *program)
{
	pid_t pid = fork();

	if (!pid) {
		if (unshare(CLONE_NEWUSER))
			_exit(BROKEN);
		cdm_trust_execute(program, "now", self->alter.core, NULL);
	}
	return cdm_trust_wait(pid);
}

TEST_F(trust, not_others)
{
	EXPECT_EQ(YES, run_as(self, 0, self->reader));
	EXPECT_EQ(NO, run_as(self, 1000, self->reader));
	EXPECT_EQ(NO, run_in_user_namespace(self, self->reader));
}

/* user::rwx, user:1000:rwx, group::r-x, mask::rwx, other::r-x */
static const struct {
	__u32 version;
	struct {
		__u16 tag;
		__u16 perm;
		__u32 id;
	} entries[5];
} acl = {
	2, { { 0x01, 7, -1 }, { 0x02, 7, 1000 }, { 0x04, 5, -1 }, { 0x10, 7, -1 },
	     { 0x20, 5, -1 } },
};

#define ACL	"system.posix_acl_access"

/* Who may write to it when it opens, not when it was loaded or executed. */
TEST_F(trust, not_what_others_may_write_to)
{
	struct cdm_later later;

	ASSERT_EQ(0, chmod(self->reader, 0775));
	EXPECT_EQ(NO, run(self, self->reader, "now"));
	ASSERT_EQ(0, chmod(self->reader, 0757));
	EXPECT_EQ(NO, run(self, self->reader, "now"));
	ASSERT_EQ(0, chmod(self->reader, 0755));
	EXPECT_EQ(YES, run(self, self->reader, "now"));
	ASSERT_EQ(0, chown(self->reader, 1000, 0));
	EXPECT_EQ(NO, run(self, self->reader, "now"));
	ASSERT_EQ(0, chown(self->reader, 0, 1000));
	EXPECT_EQ(YES, run(self, self->reader, "now"));
	if (!setxattr(self->reader, ACL, &acl, sizeof(acl), 0)) {
		EXPECT_EQ(NO, run(self, self->reader, "now"));
		ASSERT_EQ(0, removexattr(self->reader, ACL));
		ASSERT_EQ(0, chmod(self->reader, 0755));
		EXPECT_EQ(YES, run(self, self->reader, "now"));
	} else {
		ASSERT_EQ(EOPNOTSUPP, errno);
	}
	ASSERT_EQ(0, begin(self, &later));
	ASSERT_EQ(0, chmod(self->reader, 0757));
	EXPECT_EQ(NO, cdm_trust_end(&later));
	/* Executed while they might, which they may not any more. */
	ASSERT_EQ(0, begin(self, &later));
	ASSERT_EQ(0, chmod(self->reader, 0755));
	EXPECT_EQ(YES, cdm_trust_end(&later));
}

static __u64 unclean(FIXTURE_DATA(trust) *self)
{
	return cdm_trust_unclean(self->alter.reader->fd);
}

static __u64 unjudged(FIXTURE_DATA(trust) *self)
{
	return cdm_trust_unjudged(self->alter.reader->fd);
}

/* Not all of them can be looked at, which is counted. */
TEST_F(trust, not_with_too_many_threads)
{
	__u64 before = unjudged(self);

	EXPECT_EQ(NO, run(self, self->reader, "of many threads"));
	EXPECT_LT(before, unjudged(self));
	EXPECT_EQ(YES, run(self, self->reader, "in a thread"));
}

/* The environment that it was given, whatever it does to that. */
TEST_F_TIMEOUT(trust, with_nothing_loaded, 300)
{
	static char *const loads[] = {
		"LD_PRELOAD=/none", "LD_LIBRARY_PATH=/none", "LD_AUDIT=/none",
		"LD_DEBUG_OUTPUT=/tmp/none", "LD_ORIGIN_PATH=/none", "LD_BIND_NOW=1",
		"LD_PRELOAD=", "GLIBC_TUNABLES=glibc.malloc.check=0",
		"GCONV_PATH=/none",
	};
	static char *const other[] = {
		"PATH=/usr/bin", "HELD_PRELOAD=/none", "ld_preload=/none", "",
		"L=LD_PRELOAD=x", "GCONV_PATHS=/none", "LD", "LDX=1",
		"\nLD_PRELOAD=x",
	};
	char *environment[4] = { "A=b", NULL, "PATH=/bin", NULL };
	__u64 before = unclean(self);
	struct cdm_later later;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(other); i++) {
		environment[1] = other[i];
		EXPECT_EQ(YES, run_with(self, self->reader, "now", environment))
			TH_LOG("%s", other[i]);
	}
	EXPECT_EQ(before, unclean(self));
	for (i = 0; i < ARRAY_SIZE(loads); i++) {
		environment[1] = loads[i];
		EXPECT_EQ(NO, run_with(self, self->reader, "now", environment))
			TH_LOG("%s", loads[i]);
		EXPECT_EQ(NO, run_with(self, self->reader, "forked", environment))
			TH_LOG("%s", loads[i]);
		EXPECT_EQ(NO, run_with(self, self->reader, "scrubbed", environment))
			TH_LOG("%s", loads[i]);
	}
	EXPECT_EQ(before + 3 * ARRAY_SIZE(loads), unclean(self));
	ASSERT_EQ(0, begin_with(self, &later, "later", environment));
	EXPECT_EQ(NO, cdm_trust_end(&later));
}

#define VARIABLES	2000

/* However long it is. */
TEST_F(trust, in_a_large_environment)
{
	static char *environment[VARIABLES + 3];
	char big[100000];
	unsigned int i;

	memset(big, 'L', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	environment[0] = big;
	for (i = 1; i <= VARIABLES; i++)
		environment[i] = "A_VARIABLE=with a value that is longer than a name";
	EXPECT_EQ(YES, run_with(self, self->reader, "now", environment));
	environment[i] = "LD_AUDIT=/none";
	EXPECT_EQ(NO, run_with(self, self->reader, "now", environment));
	environment[0] = "LD_AUDIT=/none";
	environment[i] = NULL;
	EXPECT_EQ(NO, run_with(self, self->reader, "now", environment));
}

/* From when it is executed on. */
static int run_traced(FIXTURE_DATA(trust) *self, const char *program)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		cdm_trust_execute(program, "now", self->alter.core, NULL);
	}
	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status))
		ptrace(PTRACE_CONT, pid, NULL, NULL);
	return WIFEXITED(status) ? WEXITSTATUS(status) : BROKEN;
}

/* Only while it was executed. */
static int run_traced_once(FIXTURE_DATA(trust) *self, const char *program)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		cdm_trust_execute(program, "now", self->alter.core, NULL);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_DETACH, pid, NULL, NULL))
		return BROKEN;
	return cdm_trust_wait(pid);
}

TEST_F(trust, nobody_who_is_traced)
{
	struct cdm_later later;
	pid_t thread;

	EXPECT_EQ(NO, run_traced(self, self->reader));
	EXPECT_EQ(NO, run_traced_once(self, self->reader));
	ASSERT_EQ(0, begin(self, &later));
	ASSERT_EQ(0, ptrace(PTRACE_SEIZE, later.pid, NULL, NULL));
	EXPECT_EQ(NO, cdm_trust_end(&later));
	/* Another thread than the one that opens. */
	ASSERT_EQ(0, begin(self, &later));
	thread = cdm_trust_last_thread(later.pid);
	ASSERT_NE(later.pid, thread);
	ASSERT_EQ(0, ptrace(PTRACE_SEIZE, thread, NULL, NULL));
	ASSERT_EQ(1, write(later.in, "", 1));
	/* Until that is done, the process has not ended. */
	ASSERT_EQ(thread, waitpid(thread, NULL, __WALL));
	EXPECT_EQ(NO, cdm_trust_wait(later.pid));
	EXPECT_EQ(YES, run(self, self->reader, "now"));
}

/* What was there before rules named it, and before the module. */
TEST_F(trust, nobody_who_was_there_before)
{
	struct cdm_later before, while_named;

	ASSERT_EQ(0, cdm_rules_builtin(self->alter.reader->fd));
	ASSERT_EQ(0, begin(self, &before));
	ASSERT_EQ(0, trust(self));
	EXPECT_EQ(NO, cdm_trust_end(&before));
	/* One that was judged is known when other rules come, and go. */
	ASSERT_EQ(0, begin(self, &while_named));
	ASSERT_EQ(0, cdm_rules_builtin(self->alter.reader->fd));
	ASSERT_EQ(0, trust(self));
	EXPECT_EQ(YES, cdm_trust_end(&while_named));

	ASSERT_EQ(0, begin(self, &while_named));
	ASSERT_EQ(0, cdm_env_unload(&self->alter.env));
	ASSERT_EQ(0, begin(self, &before));
	ASSERT_EQ(0, cdm_env_load(&self->alter.env));
	ASSERT_EQ(0, trust(self));
	EXPECT_EQ(NO, cdm_trust_end(&before));
	EXPECT_EQ(NO, cdm_trust_end(&while_named));
	EXPECT_EQ(YES, run(self, self->reader, "now"));
}

/* What takes its place is judged before rules follow it, and then they trust it. */
TEST_F(trust, what_takes_its_place)
{
	struct cdm_later old, new;

	ASSERT_EQ(0, begin(self, &old));
	ASSERT_EQ(0, rename(self->copy, self->reader));
	ASSERT_EQ(0, begin(self, &new));
	EXPECT_EQ(NO, run(self, self->reader, "now"));
	ASSERT_EQ(0, trust(self));
	EXPECT_EQ(YES, cdm_trust_end(&new));
	EXPECT_EQ(NO, cdm_trust_end(&old));
}

/* The rules in force, to follow what is in place of the first executable now. */
static int follow(FIXTURE_DATA(trust) *self, const char *text)
{
	struct coredump_mon_rules rules = {
		.size = sizeof(rules),
		.rules = (uintptr_t)self->rules->raw,
		.rules_len = sizeof(self->rules->raw),
		.text = (uintptr_t)self->alter.name,
		.text_len = sizeof(self->alter.name),
	};
	struct coredump_mon_rule_file *file =
		(void *)((struct coredump_mon_rule *)self->rules->raw + 1);
	int ret;

	if (ioctl(self->alter.reader->fd, COREDUMP_MON_IOC_GET_RULES, &rules))
		return -1;
	rules.text = (uintptr_t)text;
	rules.text_len = strlen(text);
	rules.flags = COREDUMP_MON_RULES_FOLLOW;
	*file = (struct coredump_mon_rule_file) {
		.fd = open(self->reader, O_PATH),
	};
	ret = ioctl(self->alter.reader->fd, COREDUMP_MON_IOC_SET_RULES, &rules);
	close(file->fd);
	return ret;
}

/* Nothing but what is given is another one than before. */
TEST_F(trust, what_is_followed)
{
	int files[] = { open(self->reader, O_PATH), open(self->copy, O_PATH), -1 };
	int there[] = { open(self->alter.env.dir, O_PATH), -1 };
	const struct cdm_named trusted = { .executables = files };
	const struct cdm_named in = { .directories = there };
	char moved[160];

	cdm_rules_begin(self->rules);
	cdm_rules_add(self->rules, "reader", COREDUMP_MON_ACTION_LOG,
		      CDM_BIT(COREDUMP_MON_OPEN), &trusted);
	cdm_rules_add(self->rules, "nobody", COREDUMP_MON_ACTION_DENY,
		      CDM_BIT(COREDUMP_MON_OPEN), &in);
	self->rules->set.text = (uintptr_t)"one";
	self->rules->set.text_len = 3;
	ASSERT_EQ(0, cdm_rules_enforce(self->alter.reader, self->rules));
	EXPECT_EQ(YES, run(self, self->reader, "now"));
	EXPECT_EQ(YES, run(self, self->copy, "now"));
	/* The other one is known wherever it is, and so is the directory. */
	snprintf(moved, sizeof(moved), "%s.moved", self->copy);
	ASSERT_EQ(0, rename(self->copy, moved));
	ASSERT_EQ(0, unlink(self->reader));
	ASSERT_EQ(0, cdm_trust_copy(self->reader));
	EXPECT_EQ(NO, run(self, self->reader, "now"));
	EXPECT_EQ(-1, follow(self, "two"));
	EXPECT_EQ(ESTALE, errno);
	EXPECT_EQ(-1, follow(self, "ones"));
	EXPECT_EQ(ESTALE, errno);
	EXPECT_EQ(NO, run(self, self->reader, "now"));
	EXPECT_EQ(0, follow(self, "one"));
	EXPECT_EQ(YES, run(self, self->reader, "now"));
	EXPECT_EQ(YES, run(self, moved, "now"));
	EXPECT_EQ(NO, run(self, "/proc/self/exe", "now"));
	close(files[0]);
	close(files[1]);
	close(there[0]);
}

/* A bound, and told when it is reached. */
TEST_F_TIMEOUT(trust, no_more_than_there_is_room, 300)
{
	__u64 before = unjudged(self);

	EXPECT_EQ(YES, run(self, self->reader, "crowded"));
	EXPECT_LT(before, unjudged(self));
}

int main(int argc, char **argv)
{
	int ret = cdm_trust_main(argc, argv);

	if (ret >= 0)
		return ret;
	cdm_main_up();
	return test_harness_run(argc, argv);
}
