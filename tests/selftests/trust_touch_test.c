// SPDX-License-Identifier: GPL-2.0
/*
 * Who reaches into a process that rules trust by what it executes, and lets go of it
 * before it opens; or has the kernel answer it as he likes.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "cdm_alter.h"
#include "cdm_fuse.h"
#include "cdm_rules.h"
#include "cdm_trust.h"

FIXTURE(touch)
{
	struct cdm_alter alter;
	struct cdm_rules *rules;
	char reader[128];
};

static int trust(FIXTURE_DATA(touch) *self, uid_t user)
{
	return cdm_trust_enforce(self->alter.reader, self->rules, user, self->reader);
}

FIXTURE_SETUP(touch)
{
	self->rules = malloc(sizeof(*self->rules));
	ASSERT_NE(NULL, self->rules);
	ASSERT_EQ(0, cdm_alter_up(&self->alter));
	snprintf(self->reader, sizeof(self->reader), "%s/reader",
		 self->alter.env.elsewhere);
	ASSERT_EQ(0, cdm_trust_copy(self->reader));
	ASSERT_EQ(0, trust(self, 0));
}

FIXTURE_TEARDOWN(touch)
{
	cdm_env_down(&self->alter.env);
	free(self->rules);
}

static int run(FIXTURE_DATA(touch) *self, const char *how)
{
	return cdm_trust_run(self->reader, how, self->alter.core, NULL);
}

static int begin(FIXTURE_DATA(touch) *self, struct cdm_later *later, const char *how)
{
	return cdm_trust_start(later, self->reader, how, self->alter.core, NULL) ?:
	       cdm_trust_waits(later);
}

static __u64 unclean(FIXTURE_DATA(touch) *self)
{
	return cdm_trust_unclean(self->alter.reader->fd);
}

static __u64 unjudged(FIXTURE_DATA(touch) *self)
{
	return cdm_trust_unjudged(self->alter.reader->fd);
}

static int open_memory(pid_t pid)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	fd = open(path, O_RDWR);
	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

/* To where nothing is. Return: 0, or -1: it may not */
static int write_memory(pid_t pid)
{
	char byte = 0;
	const struct iovec from = { &byte, 1 }, to = { NULL, 1 };

	return process_vm_writev(pid, &from, 1, &to, 1, 0) == -1 && errno == EFAULT ?
	       0 : -1;
}

static int trace_once(pid_t pid)
{
	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) ||
	    ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) ||
	    waitpid(pid, NULL, __WALL) != pid)
		return -1;
	return ptrace(PTRACE_DETACH, pid, NULL, NULL);
}

static int trace_thread_once(pid_t pid)
{
	return trace_once(cdm_trust_last_thread(pid));
}

/* It only looks. */
static int read_maps(pid_t pid)
{
	char path[64], maps[4096];

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	return cdm_read_file(path, maps, sizeof(maps)) < 0 ? -1 : 0;
}

/* Who may not. */
static int write_memory_as_other(pid_t pid)
{
	pid_t child = fork();

	if (!child)
		_exit(setresuid(1000, 1000, 1000) || !write_memory(pid) ||
		      errno != EPERM);
	return cdm_trust_wait(child);
}

/* Its memory may be another's work since, who is gone. */
TEST_F(touch, not_trusted)
{
	static int (*const touches[])(pid_t pid) = {
		open_memory, write_memory, trace_once, trace_thread_once,
	};
	static int (*const others[])(pid_t pid) = {
		read_maps, write_memory_as_other,
	};
	__u64 before = unclean(self);
	struct cdm_later later;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(touches); i++) {
		ASSERT_EQ(0, begin(self, &later, "later"));
		ASSERT_EQ(0, touches[i](later.pid)) TH_LOG("%u", i);
		EXPECT_EQ(NO, cdm_trust_end(&later)) TH_LOG("%u", i);
	}
	EXPECT_EQ(before + ARRAY_SIZE(touches), unclean(self));
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		ASSERT_EQ(0, begin(self, &later, "later"));
		ASSERT_EQ(0, others[i](later.pid)) TH_LOG("%u", i);
		EXPECT_EQ(YES, cdm_trust_end(&later)) TH_LOG("%u", i);
	}
	ASSERT_EQ(0, begin(self, &later, "forked later"));
	ASSERT_EQ(0, open_memory(later.pid));
	EXPECT_EQ(NO, cdm_trust_end(&later));
	/* What it executes then has other memory. */
	ASSERT_EQ(0, begin(self, &later, "executed later"));
	ASSERT_EQ(0, open_memory(later.pid));
	EXPECT_EQ(YES, cdm_trust_end(&later));
	EXPECT_EQ(before + ARRAY_SIZE(touches) + 2, unclean(self));
}

/* A child that has its parent's memory is not trusted, and who touches it touches both. */
TEST_F(touch, of_who_shares_memory)
{
	struct cdm_later later;

	EXPECT_EQ(NO, run(self, "vforked"));
	ASSERT_EQ(0, begin(self, &later, "vforked later"));
	EXPECT_EQ(YES, cdm_trust_end(&later));
	ASSERT_EQ(0, begin(self, &later, "vforked later"));
	ASSERT_EQ(0, open_memory(cdm_trust_child(later.pid)));
	EXPECT_EQ(NO, cdm_trust_end(&later));
}

/* However many they are, ... */
TEST_F(touch, of_who_shares_memory_by_many)
{
	struct cdm_later later;
	unsigned int i;
	pid_t last;

	ASSERT_EQ(0, begin(self, &later, "vforked deep"));
	EXPECT_EQ(YES, cdm_trust_end(&later));
	ASSERT_EQ(0, begin(self, &later, "vforked deep"));
	for (last = later.pid, i = 0; i < CDM_TRUST_DEEP; i++)
		last = cdm_trust_child(last);
	ASSERT_LT(0, last);
	ASSERT_EQ(0, cdm_trust_child(last));
	ASSERT_EQ(0, open_memory(last));
	EXPECT_EQ(NO, cdm_trust_end(&later));
}

/* ... and whoever's child it is. */
TEST_F(touch, of_who_shares_memory_beside_it)
{
	struct cdm_later later;
	pid_t beside;
	int i;

	for (i = YES; i <= NO; i++) {
		ASSERT_EQ(0, begin(self, &later, "beside"));
		beside = cdm_trust_child(getpid());
		ASSERT_NE(later.pid, beside);
		ASSERT_EQ(0, i == NO ? open_memory(beside) : read_maps(beside));
		EXPECT_EQ(i, cdm_trust_end(&later));
		ASSERT_EQ(0, kill(beside, SIGKILL));
		ASSERT_EQ(beside, waitpid(beside, NULL, 0));
	}
}

/* README names it: the program itself asked for it. */
TEST_F(touch, at_its_own_request)
{
	struct cdm_later later;
	int status;

	ASSERT_EQ(0, cdm_trust_start(&later, self->reader, "traced",
				     self->alter.core, NULL));
	ASSERT_EQ(later.pid, waitpid(later.pid, &status, 0));
	ASSERT_TRUE(WIFSTOPPED(status));
	ASSERT_EQ(0, ptrace(PTRACE_DETACH, later.pid, NULL, NULL));
	EXPECT_EQ(YES, cdm_trust_wait(later.pid));
}

static bool executes(pid_t pid, const char *program)
{
	char path[64], exe[PATH_MAX] = "";

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	return readlink(path, exe, sizeof(exe) - 1) > 0 && !strcmp(exe, program);
}

/* As soon as it can be had, which is before it is judged. */
TEST_F_TIMEOUT(touch, before_it_is_judged, 300)
{
	__u64 before = unclean(self);
	struct cdm_later later;
	unsigned int i;

	for (i = 0; i < 200; i++) {
		ASSERT_EQ(0, cdm_trust_start(&later, self->reader, "later",
					     self->alter.core, NULL));
		while (!executes(later.pid, self->reader))
			;
		ASSERT_EQ(0, open_memory(later.pid));
		ASSERT_EQ(0, cdm_trust_waits(&later));
		ASSERT_EQ(NO, cdm_trust_end(&later)) TH_LOG("%u", i);
	}
	EXPECT_EQ(before + 200, unclean(self));
	EXPECT_EQ(YES, run(self, "now"));
}

static int trust_too(FIXTURE_DATA(touch) *self, const char *program)
{
	const int files[] = {
		open(self->reader, O_PATH), open(program, O_PATH), -1,
	};
	const struct cdm_named trusted = { .executables = files };
	int ret;

	cdm_rules_begin(self->rules);
	cdm_rules_add(self->rules, "readers", COREDUMP_MON_ACTION_LOG,
		      CDM_BIT(COREDUMP_MON_OPEN), &trusted);
	cdm_rules_add(self->rules, "nobody", COREDUMP_MON_ACTION_DENY,
		      CDM_BIT(COREDUMP_MON_OPEN), NULL);
	ret = cdm_rules_enforce(self->alter.reader, self->rules);
	close(files[0]);
	close(files[1]);
	return ret;
}

/* Returns when it is what it executes, and is not judged yet. */
static int start_stalled(FIXTURE_DATA(touch) *self, struct cdm_later *later,
			 const char *program)
{
	if (cdm_trust_start(later, program, "later", self->alter.core, NULL))
		return -1;
	while (!executes(later->pid, program))
		;
	return 0;
}

/* What has whoever executes it wait, until he is let go. */
struct served {
	char dir[128];
	char program[160];
	int *go;
};

/* -1: no FUSE here. */
static int serve(FIXTURE_DATA(touch) *self, struct served *served)
{
	snprintf(served->dir, sizeof(served->dir), "%s/served",
		 self->alter.env.elsewhere);
	snprintf(served->program, sizeof(served->program), "%s/" CDM_FUSE_PROGRAM,
		 served->dir);
	served->go = mmap(NULL, sizeof(*served->go), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (served->go == MAP_FAILED || mkdir(served->dir, 0755))
		return -1;
	return cdm_fuse_serve_program(served->dir, served->go);
}

#define STALLED	16

/*
 * A crowd has the places of about every second set, at least, when these are touched.
 * It has gone when they are judged, so that there is a place for each.
 */
TEST_F_TIMEOUT(touch, before_it_is_judged_and_without_a_place, 600)
{
	struct served served;
	struct cdm_later crowd, stalled[STALLED], later;
	__u64 were_unclean, were_unjudged;
	unsigned int i;

	if (serve(self, &served))
		SKIP(return, "no FUSE");
	ASSERT_EQ(0, trust_too(self, served.program));
	ASSERT_EQ(0, begin(self, &crowd, "crowd"));
	were_unclean = unclean(self);
	were_unjudged = unjudged(self);
	for (i = 0; i < STALLED; i++) {
		ASSERT_EQ(0, start_stalled(self, &stalled[i], served.program));
		ASSERT_EQ(0, open_memory(stalled[i].pid));
	}
	EXPECT_EQ(YES, cdm_trust_end(&crowd));
	/* It started after them, and nobody touches it. */
	ASSERT_EQ(0, start_stalled(self, &later, served.program));
	__atomic_store_n(served.go, 1, __ATOMIC_RELEASE);
	for (i = 0; i < STALLED; i++) {
		ASSERT_EQ(0, cdm_trust_waits(&stalled[i]));
		EXPECT_EQ(NO, cdm_trust_end(&stalled[i])) TH_LOG("%u", i);
	}
	ASSERT_EQ(0, cdm_trust_waits(&later));
	EXPECT_EQ(YES, cdm_trust_end(&later));
	/* Each is counted: as touched, or as one for which there was no place. */
	TH_LOG("%llu without a place", unjudged(self) - were_unjudged);
	EXPECT_LT(were_unjudged, unjudged(self));
	EXPECT_EQ(were_unclean + were_unjudged + STALLED,
		  unclean(self) + unjudged(self));
	umount2(served.dir, MNT_DETACH);
}

#define DEAD	64

/* A trusted process that has ended, and is not waited for. */
static int leave_dead(FIXTURE_DATA(touch) *self)
{
	pid_t pid = fork();
	siginfo_t info;

	if (!pid)
		cdm_trust_execute(self->reader, "now", self->alter.core, NULL);
	return pid < 0 || waitid(P_PID, pid, &info, WEXITED | WNOWAIT) ||
	       info.si_status != YES ? -1 : 0;
}

/* Its memory may be where that of one was who was trusted, and is dead. */
TEST_F_TIMEOUT(touch, before_it_is_judged_in_the_place_of_the_dead, 600)
{
	struct served served;
	struct cdm_later stalled[STALLED];
	unsigned int i;

	if (serve(self, &served))
		SKIP(return, "no FUSE");
	ASSERT_EQ(0, trust_too(self, served.program));
	for (i = 0; i < DEAD; i++)
		ASSERT_EQ(0, leave_dead(self));
	for (i = 0; i < STALLED; i++) {
		ASSERT_EQ(0, start_stalled(self, &stalled[i], served.program));
		ASSERT_EQ(0, open_memory(stalled[i].pid));
	}
	__atomic_store_n(served.go, 1, __ATOMIC_RELEASE);
	for (i = 0; i < STALLED; i++) {
		ASSERT_EQ(0, cdm_trust_waits(&stalled[i]));
		EXPECT_EQ(NO, cdm_trust_end(&stalled[i])) TH_LOG("%u", i);
	}
	umount2(served.dir, MNT_DETACH);
}

static int run_filtered(FIXTURE_DATA(touch) *self, uid_t user, bool filtered)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	const struct sock_fprog program = { 1, &allow };
	pid_t pid = fork();

	if (!pid) {
		if (setgroups(0, NULL) || setresgid(user, user, user) ||
		    setresuid(user, user, user) ||
		    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
		    (filtered && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)))
			_exit(BROKEN);
		cdm_trust_execute(self->reader, "now", self->alter.core, NULL);
	}
	return cdm_trust_wait(pid);
}

/* Who answers for a filter may have it open a library of his own. */
TEST_F(touch, by_a_filter)
{
	__u64 before = unclean(self);

	EXPECT_EQ(YES, run_filtered(self, 0, false));
	EXPECT_EQ(YES, run_filtered(self, 0, true));
	ASSERT_EQ(0, chmod(self->alter.env.dir, 0755));
	ASSERT_EQ(0, chmod(self->alter.env.elsewhere, 0755));
	ASSERT_EQ(0, chmod(self->alter.core, 0644));
	ASSERT_EQ(0, trust(self, 1000));
	EXPECT_EQ(YES, run_filtered(self, 1000, false));
	EXPECT_EQ(before, unclean(self));
	EXPECT_EQ(NO, run_filtered(self, 1000, true));
	EXPECT_EQ(before + 1, unclean(self));
}

int main(int argc, char **argv)
{
	int ret = cdm_trust_main(argc, argv);

	if (ret >= 0)
		return ret;
	cdm_main_up();
	return test_harness_run(argc, argv);
}
