// SPDX-License-Identifier: GPL-2.0
/*
 * Who forced a dump: the truth about the sender, whatever siginfo says.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"

#include "cdm.h"

FIXTURE(sender)
{
	struct cdm_env env;
};

FIXTURE_SETUP(sender)
{
	ASSERT_EQ(0, cdm_env_up(&self->env));
}

FIXTURE_TEARDOWN(sender)
{
	cdm_env_down(&self->env);
}

/* What senders are told: whom, with what. */
struct order {
	pid_t victim;
	int signo;
	uid_t uid;
	const char *comm;
};

static void send_as_told(const void *arg)
{
	const struct order *order = arg;

	if (order->comm)
		prctl(PR_SET_NAME, order->comm);
	if (order->uid && setresuid(order->uid, order->uid, order->uid))
		_exit(1);
	_exit(kill(order->victim, order->signo) != 0);
}

static const struct coredump_mon_record *forced_dump(struct cdm_env *env,
						     pid_t pid, bool forced)
{
	const struct coredump_mon_record *rec =
		cdm_next_of(&env->reader, COREDUMP_MON_DUMP, pid);
	const struct coredump_mon_dump *dump = rec ? cdm_dump(rec) : NULL;

	if (!dump || !!(dump->flags & COREDUMP_MON_DUMP_FORCED) != forced)
		return NULL;
	return rec;
}

TEST_F(sender, is_told)
{
	const struct coredump_mon_record *rec;
	const struct coredump_mon_task *task;
	const struct coredump_mon_cred *cred;
	struct order order = { .signo = SIGSEGV, .comm = "the\nsender\x1b[m" };
	pid_t sender;

	order.victim = cdm_fork(cdm_pause, NULL);
	ASSERT_LT(0, order.victim);
	sender = cdm_fork(send_as_told, &order);
	ASSERT_EQ(0, cdm_wait(sender));
	ASSERT_EQ(SIGSEGV | 0x80, cdm_wait(order.victim));

	rec = forced_dump(&self->env, order.victim, true);
	ASSERT_NE(NULL, rec);
	task = cdm_task(rec, COREDUMP_MON_A_SENDER);
	ASSERT_NE(NULL, task);
	EXPECT_EQ(sender, task->pid);
	EXPECT_EQ(sender, task->tid);
	cred = cdm_cred(rec, COREDUMP_MON_A_SENDER);
	ASSERT_NE(NULL, cred);
	EXPECT_EQ(0, cred->uid);
	EXPECT_STREQ("the\nsender\x1b[m",
		     cdm_string(cdm_get(rec, COREDUMP_MON_A_SENDER,
					COREDUMP_MON_A_COMM)));
}

static void pause_as_user(const void *fd)
{
	if (setresuid(1234, 1234, 1234))
		_exit(1);
	/* Changing ids made it one that does not dump. */
	prctl(PR_SET_DUMPABLE, 1);
	write(*(const int *)fd, "", 1);
	cdm_pause(NULL);
}

TEST_F(sender, of_another_user)
{
	const struct coredump_mon_record *rec;
	struct order order = { .signo = SIGQUIT, .uid = 1234 };
	int fds[2];
	pid_t sender;
	char byte;

	ASSERT_EQ(0, pipe(fds));
	ASSERT_EQ(0, chmod(self->env.dir, 01777));
	order.victim = cdm_fork(pause_as_user, &fds[1]);
	ASSERT_EQ(1, read(fds[0], &byte, 1));
	sender = cdm_fork(send_as_told, &order);
	ASSERT_EQ(0, cdm_wait(sender));
	ASSERT_EQ(SIGQUIT | 0x80, cdm_wait(order.victim));

	rec = forced_dump(&self->env, order.victim, true);
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(sender, cdm_task(rec, COREDUMP_MON_A_SENDER)->pid);
	EXPECT_EQ(1234, cdm_cred(rec, COREDUMP_MON_A_SENDER)->uid);
	EXPECT_EQ(1234, cdm_cred(rec, COREDUMP_MON_A_SENDER)->euid);
	/* An ordinary user's memory is not a privileged process's. */
	EXPECT_FALSE(cdm_dump(rec)->flags & COREDUMP_MON_DUMP_PRIVILEGED);
}

TEST_F(sender, tgkill)
{
	const struct coredump_mon_record *rec;
	pid_t pid = cdm_fork(cdm_pause, NULL);

	ASSERT_EQ(0, syscall(SYS_tgkill, pid, pid, SIGABRT));
	ASSERT_EQ(SIGABRT | 0x80, cdm_wait(pid));
	rec = forced_dump(&self->env, pid, true);
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(SI_TKILL, cdm_dump(rec)->code);
	EXPECT_EQ(getpid(), cdm_task(rec, COREDUMP_MON_A_SENDER)->pid);
}

TEST_F(sender, pidfd_send_signal)
{
	const struct coredump_mon_record *rec;
	pid_t pid = cdm_fork(cdm_pause, NULL);
	int fd = syscall(SYS_pidfd_open, pid, 0);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, syscall(SYS_pidfd_send_signal, fd, SIGABRT, NULL, 0));
	ASSERT_EQ(SIGABRT | 0x80, cdm_wait(pid));
	close(fd);
	rec = forced_dump(&self->env, pid, true);
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(getpid(), cdm_task(rec, COREDUMP_MON_A_SENDER)->pid);
}

/* Any negative code and any pid may be claimed to another process. */
TEST_F(sender, forged_siginfo)
{
	static const int codes[] = { SI_QUEUE, SI_TIMER, SI_MESGQ, -60 };
	const struct coredump_mon_record *rec;
	int i;

	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		siginfo_t info = { .si_code = codes[i] };
		pid_t pid = cdm_fork(cdm_pause, NULL);

		info.si_pid = 1;
		info.si_uid = 4242;
		ASSERT_EQ(0, syscall(SYS_rt_sigqueueinfo, pid, SIGSEGV, &info));
		ASSERT_EQ(SIGSEGV | 0x80, cdm_wait(pid));
		rec = forced_dump(&self->env, pid, true);
		ASSERT_NE(NULL, rec);
		EXPECT_EQ(codes[i], cdm_dump(rec)->code);
		EXPECT_FALSE(cdm_dump(rec)->flags & COREDUMP_MON_DUMP_ADDRESS);
		EXPECT_EQ(getpid(), cdm_task(rec, COREDUMP_MON_A_SENDER)->pid);
		EXPECT_EQ(0, cdm_cred(rec, COREDUMP_MON_A_SENDER)->uid);
	}
}

/* To oneself, even the code of a fault may be claimed. */
static void forge_to_oneself(const void *unused)
{
	siginfo_t info = { .si_code = SEGV_MAPERR };

	info.si_addr = (void *)0x4242;
	syscall(SYS_rt_sigqueueinfo, getpid(), SIGSEGV, &info);
}

static void kill_oneself(const void *unused)
{
	kill(getpid(), SIGQUIT);
	cdm_pause(NULL);
}

static void *kill_process(void *unused)
{
	kill(getpid(), SIGQUIT);
	return NULL;
}

static void kill_by_thread(const void *unused)
{
	pthread_t thread;

	pthread_create(&thread, NULL, kill_process, NULL);
	cdm_pause(NULL);
}

static void abort_oneself(const void *unused)
{
	abort();
}

TEST_F(sender, oneself_is_not_forced)
{
	void (*const ways[])(const void *) = {
		abort_oneself, kill_oneself, kill_by_thread, forge_to_oneself,
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		pid_t pid = cdm_fork(ways[i], NULL);

		ASSERT_TRUE(WCOREDUMP(cdm_wait(pid)));
		EXPECT_NE(NULL, forced_dump(&self->env, pid, false))
			TH_LOG("way %d", i);
	}
}

/* Holds its signals back until a byte comes. */
static void block_until_told(const void *fds)
{
	sigset_t all;
	char byte;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	write(((const int *)fds)[3], "", 1);
	read(((const int *)fds)[0], &byte, 1);
	sigprocmask(SIG_UNBLOCK, &all, NULL);
	cdm_pause(NULL);
}

/* fds: to the child 0 (read) and 1 (write), from the child 2 and 3. */
static pid_t fork_blocking(int fds[4])
{
	char byte;
	pid_t pid;

	if (pipe(fds) || pipe(fds + 2))
		return -1;
	pid = cdm_fork(block_until_told, fds);
	return pid > 0 && read(fds[2], &byte, 1) == 1 ? pid : -1;
}

TEST_F(sender, has_exited_before)
{
	const struct coredump_mon_record *rec;
	struct order order = { .signo = SIGSEGV, .comm = "gone" };
	pid_t sender;
	int fds[4];

	order.victim = fork_blocking(fds);
	ASSERT_LT(0, order.victim);
	sender = cdm_fork(send_as_told, &order);
	ASSERT_EQ(0, cdm_wait(sender));
	ASSERT_EQ(1, write(fds[1], "", 1));
	ASSERT_EQ(SIGSEGV | 0x80, cdm_wait(order.victim));

	rec = forced_dump(&self->env, order.victim, true);
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(sender, cdm_task(rec, COREDUMP_MON_A_SENDER)->pid);
	EXPECT_STREQ("gone", cdm_string(cdm_get(rec, COREDUMP_MON_A_SENDER,
						COREDUMP_MON_A_COMM)));
}

/* The second of two pending ones was merged into the first. */
TEST_F(sender, first_of_two_is_the_cause)
{
	const struct coredump_mon_record *rec;
	struct order order = { .signo = SIGQUIT };
	pid_t first, second;
	int fds[4];

	order.victim = fork_blocking(fds);
	ASSERT_LT(0, order.victim);
	first = cdm_fork(send_as_told, &order);
	ASSERT_EQ(0, cdm_wait(first));
	second = cdm_fork(send_as_told, &order);
	ASSERT_EQ(0, cdm_wait(second));
	ASSERT_EQ(1, write(fds[1], "", 1));
	ASSERT_EQ(SIGQUIT | 0x80, cdm_wait(order.victim));

	rec = forced_dump(&self->env, order.victim, true);
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(first, cdm_task(rec, COREDUMP_MON_A_SENDER)->pid);
}

static int handled_fd;

static void on_segv(int signo)
{
	signal(SIGSEGV, SIG_DFL);
	write(handled_fd, "", 1);
}

static void survive_then_fault(const void *fds)
{
	char byte;

	handled_fd = ((const int *)fds)[3];
	signal(SIGSEGV, on_segv);
	write(handled_fd, "", 1);
	while (read(((const int *)fds)[0], &byte, 1) != 1)
		;
	cdm_fault((void *)0x42000);
}

/* What was survived is not blamed on its sender later. */
TEST_F(sender, of_an_earlier_one_is_not_blamed)
{
	const struct coredump_mon_record *rec;
	int fds[4];
	char byte;
	pid_t pid;

	ASSERT_EQ(0, pipe(fds));
	ASSERT_EQ(0, pipe(fds + 2));
	pid = cdm_fork(survive_then_fault, fds);
	ASSERT_EQ(1, read(fds[2], &byte, 1));
	ASSERT_EQ(0, kill(pid, SIGSEGV));
	ASSERT_EQ(1, read(fds[2], &byte, 1));
	ASSERT_EQ(1, write(fds[1], "", 1));
	ASSERT_EQ(SIGSEGV | 0x80, cdm_wait(pid));
	rec = forced_dump(&self->env, pid, false);
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(SEGV_MAPERR, cdm_dump(rec)->code);
	EXPECT_EQ(0x42000, cdm_dump(rec)->address);
	EXPECT_NULL(cdm_task(rec, COREDUMP_MON_A_SENDER));
}

static void ignore_then_fault(const void *fds)
{
	char byte;

	signal(SIGSEGV, SIG_IGN);
	write(((const int *)fds)[3], "", 1);
	read(((const int *)fds)[0], &byte, 1);
	signal(SIGSEGV, SIG_DFL);
	cdm_fault((void *)0x42000);
}

TEST_F(sender, of_an_ignored_one_is_not_blamed)
{
	int fds[4];
	char byte;
	pid_t pid;

	ASSERT_EQ(0, pipe(fds));
	ASSERT_EQ(0, pipe(fds + 2));
	pid = cdm_fork(ignore_then_fault, fds);
	ASSERT_EQ(1, read(fds[2], &byte, 1));
	ASSERT_EQ(0, kill(pid, SIGSEGV));
	ASSERT_EQ(1, write(fds[1], "", 1));
	ASSERT_EQ(SIGSEGV | 0x80, cdm_wait(pid));
	EXPECT_NE(NULL, forced_dump(&self->env, pid, false));
}

/* The victim, init of a pid namespace's child: its siginfo has pid 0. */
static void pause_in_namespace(const void *fd)
{
	pid_t pid;

	if (unshare(CLONE_NEWPID))
		_exit(1);
	pid = fork();
	if (pid == 0) {
		/* A pid namespace's init would be spared; its child is not. */
		pid = fork();
		if (pid == 0)
			cdm_pause(NULL);
		waitpid(pid, NULL, 0);
		_exit(0);
	}
	write(*(const int *)fd, &pid, sizeof(pid));
	waitpid(pid, NULL, 0);
}

/* The only child of a process, as this pid namespace numbers it. */
static pid_t child_of(pid_t pid)
{
	char path[64], text[64] = "";
	int i;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	for (i = 0; i < 1000 && cdm_read_file(path, text, sizeof(text)) <= 0;
	     i++)
		usleep(10000);
	return atoi(text);
}

TEST_F(sender, from_outside_a_pid_namespace)
{
	const struct coredump_mon_record *rec;
	pid_t outer, init, victim;
	int fds[2];

	ASSERT_EQ(0, pipe(fds));
	outer = cdm_fork(pause_in_namespace, &fds[1]);
	ASSERT_EQ(sizeof(init), read(fds[0], &init, sizeof(init)));
	victim = child_of(init);
	ASSERT_LT(0, victim);
	ASSERT_EQ(0, kill(victim, SIGABRT));
	ASSERT_EQ(0, cdm_wait(outer));
	rec = forced_dump(&self->env, victim, true);
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(getpid(), cdm_task(rec, COREDUMP_MON_A_SENDER)->pid);
	EXPECT_EQ(2, cdm_task(rec, COREDUMP_MON_A_PROCESS)->ns_pid);
	EXPECT_EQ(victim, cdm_task(rec, COREDUMP_MON_A_PROCESS)->pid);
}

CDM_HARNESS_MAIN
