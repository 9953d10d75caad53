// SPDX-License-Identifier: GPL-2.0
/*
 * Dumps: each signal that dumps, raised, sent and by a fault; threads; many at
 * once.
 */
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>

#include "kselftest_harness.h"

#include "cdm.h"

/* <asm/siginfo.h>'s, which is not to be had beside <signal.h>. */
#ifndef SYS_SECCOMP
#define SYS_SECCOMP	1
#endif

FIXTURE(dump)
{
	struct cdm_env env;
};

FIXTURE_SETUP(dump)
{
	ASSERT_EQ(0, cdm_env_up(&self->env));
}

FIXTURE_TEARDOWN(dump)
{
	cdm_env_down(&self->env);
}

FIXTURE(signal)
{
	struct cdm_env env;
};

FIXTURE_VARIANT(signal)
{
	int signo;
};

FIXTURE_SETUP(signal)
{
	ASSERT_EQ(0, cdm_env_up(&self->env));
}

FIXTURE_TEARDOWN(signal)
{
	cdm_env_down(&self->env);
}

FIXTURE_VARIANT_ADD(signal, quit) { .signo = SIGQUIT, };
FIXTURE_VARIANT_ADD(signal, ill) { .signo = SIGILL, };
FIXTURE_VARIANT_ADD(signal, trap) { .signo = SIGTRAP, };
FIXTURE_VARIANT_ADD(signal, abrt) { .signo = SIGABRT, };
FIXTURE_VARIANT_ADD(signal, bus) { .signo = SIGBUS, };
FIXTURE_VARIANT_ADD(signal, fpe) { .signo = SIGFPE, };
FIXTURE_VARIANT_ADD(signal, segv) { .signo = SIGSEGV, };
FIXTURE_VARIANT_ADD(signal, xcpu) { .signo = SIGXCPU, };
FIXTURE_VARIANT_ADD(signal, xfsz) { .signo = SIGXFSZ, };
FIXTURE_VARIANT_ADD(signal, sys) { .signo = SIGSYS, };

/* The record, checked for what is the same in all these tests; or NULL. */
static const struct coredump_mon_dump *
dump_of(struct cdm_env *env, const struct coredump_mon_record **rec, pid_t pid,
	int signo)
{
	const struct coredump_mon_dump *dump;

	*rec = cdm_next_of(&env->reader, COREDUMP_MON_DUMP, pid);
	dump = *rec ? cdm_dump(*rec) : NULL;
	return dump && dump->signal == signo ? dump : NULL;
}

TEST_F(signal, raised)
{
	const struct coredump_mon_record *rec;
	const struct coredump_mon_file_id *file;
	const struct coredump_mon_dump *dump;
	struct stat st;
	pid_t pid;

	pid = cdm_fork(cdm_raise, &variant->signo);
	ASSERT_LT(0, pid);
	ASSERT_EQ(variant->signo | 0x80, cdm_wait(pid));
	ASSERT_EQ(0, stat(cdm_env_core(&self->env, pid), &st));

	dump = dump_of(&self->env, &rec, pid, variant->signo);
	ASSERT_NE(NULL, dump);
	EXPECT_EQ(SI_TKILL, dump->code);
	EXPECT_EQ(COREDUMP_MON_OUTCOME_WRITTEN, dump->outcome);
	EXPECT_EQ(COREDUMP_MON_PATTERN_FILE, dump->pattern);
	EXPECT_EQ(1, dump->dumpable);
	EXPECT_EQ(RLIM_INFINITY, dump->rlimit_core);
	/* Root's memory; and nobody else sent it. */
	EXPECT_EQ(COREDUMP_MON_DUMP_PRIVILEGED | COREDUMP_MON_DUMP_SIZE |
		  COREDUMP_MON_DUMP_DURATION, dump->flags);
	EXPECT_EQ(st.st_size, dump->size);
	EXPECT_LT(0, dump->duration_ns);
	EXPECT_GT(CDM_TIMEOUT_MS * 1000000ULL, dump->duration_ns);

	file = cdm_file(rec);
	ASSERT_NE(NULL, file);
	EXPECT_EQ(st.st_ino, file->ino);
	EXPECT_EQ(COREDUMP_MON_CLASS_CORE, file->file_class);
	EXPECT_STREQ(cdm_env_core(&self->env, pid), cdm_path(rec));
	EXPECT_EQ(0, cdm_count(&self->env.reader, COREDUMP_MON_DUMP, pid));
}

TEST_F(signal, sent)
{
	const struct coredump_mon_record *rec;
	const struct coredump_mon_task *sender;
	const struct coredump_mon_dump *dump;
	pid_t pid;

	pid = cdm_fork(cdm_pause, NULL);
	ASSERT_LT(0, pid);
	ASSERT_EQ(0, kill(pid, variant->signo));
	ASSERT_EQ(variant->signo | 0x80, cdm_wait(pid));

	dump = dump_of(&self->env, &rec, pid, variant->signo);
	ASSERT_NE(NULL, dump);
	EXPECT_EQ(SI_USER, dump->code);
	EXPECT_EQ(COREDUMP_MON_DUMP_FORCED,
		  dump->flags & (COREDUMP_MON_DUMP_FORCED |
				 COREDUMP_MON_DUMP_ADDRESS));
	EXPECT_EQ(COREDUMP_MON_OUTCOME_WRITTEN, dump->outcome);
	sender = cdm_task(rec, COREDUMP_MON_A_SENDER);
	ASSERT_NE(NULL, sender);
	EXPECT_EQ(getpid(), sender->pid);
	EXPECT_EQ(0, cdm_count(&self->env.reader, COREDUMP_MON_DUMP, pid));
}

/* Signals that do not dump are none of its business. */
TEST_F(dump, others_are_silent)
{
	static const int signals[] = { SIGTERM, SIGKILL, SIGHUP, SIGUSR1 };
	pid_t pid;
	int i;

	ASSERT_NE(NULL, cdm_env_make_core(&self->env));
	for (i = 0; i < ARRAY_SIZE(signals); i++) {
		pid = cdm_fork(cdm_pause, NULL);
		ASSERT_LT(0, pid);
		ASSERT_EQ(0, kill(pid, signals[i]));
		ASSERT_EQ(signals[i], cdm_wait(pid));
		EXPECT_EQ(0, cdm_count(&self->env.reader, COREDUMP_MON_DUMP,
				       pid));
	}
}

TEST_F(dump, fault)
{
	const struct coredump_mon_record *rec;
	const struct coredump_mon_dump *dump;
	pid_t pid;

	pid = cdm_fork(cdm_fault, (void *)0xdead123);
	ASSERT_LT(0, pid);
	ASSERT_EQ(SIGSEGV | 0x80, cdm_wait(pid));
	dump = dump_of(&self->env, &rec, pid, SIGSEGV);
	ASSERT_NE(NULL, dump);
	EXPECT_EQ(SEGV_MAPERR, dump->code);
	EXPECT_TRUE(dump->flags & COREDUMP_MON_DUMP_ADDRESS);
	EXPECT_FALSE(dump->flags & COREDUMP_MON_DUMP_FORCED);
	EXPECT_EQ(0xdead123, dump->address);
	EXPECT_NULL(cdm_task(rec, COREDUMP_MON_A_SENDER));
}

TEST_F(dump, fault_of_permission)
{
	const struct coredump_mon_record *rec;
	const struct coredump_mon_dump *dump;
	void *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);
	pid_t pid;

	ASSERT_NE(MAP_FAILED, page);
	pid = cdm_fork(cdm_fault, page);
	ASSERT_EQ(SIGSEGV | 0x80, cdm_wait(pid));
	dump = dump_of(&self->env, &rec, pid, SIGSEGV);
	ASSERT_NE(NULL, dump);
	EXPECT_EQ(SEGV_ACCERR, dump->code);
	EXPECT_EQ((uintptr_t)page, dump->address);
	EXPECT_FALSE(dump->flags & COREDUMP_MON_DUMP_FORCED);
}

static void bus_error(const void *path)
{
	int fd = open(path, O_RDWR | O_CREAT, 0600);

	cdm_fault(mmap((void *)0x10000000, 4096, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_FIXED, fd, 0));
}

TEST_F(dump, bus_error)
{
	const struct coredump_mon_record *rec;
	const struct coredump_mon_dump *dump;
	char path[] = "/tmp/cdm.empty.XXXXXX";
	pid_t pid;

	ASSERT_EQ(0, close(mkstemp(path)));
	pid = cdm_fork(bus_error, path);
	ASSERT_EQ(SIGBUS | 0x80, cdm_wait(pid));
	unlink(path);
	dump = dump_of(&self->env, &rec, pid, SIGBUS);
	ASSERT_NE(NULL, dump);
	EXPECT_EQ(BUS_ADRERR, dump->code);
	EXPECT_EQ(0x10000000, dump->address);
	EXPECT_FALSE(dump->flags & COREDUMP_MON_DUMP_FORCED);
}

static void bad_system_call(const void *unused)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { ARRAY_SIZE(filter), filter };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
	syscall(SYS_getppid);
}

TEST_F(dump, seccomp)
{
	const struct coredump_mon_record *rec;
	const struct coredump_mon_dump *dump;
	pid_t pid;

	pid = cdm_fork(bad_system_call, NULL);
	ASSERT_EQ(SIGSYS | 0x80, cdm_wait(pid));
	dump = dump_of(&self->env, &rec, pid, SIGSYS);
	ASSERT_NE(NULL, dump);
	EXPECT_EQ(SYS_SECCOMP, dump->code);
	EXPECT_FALSE(dump->flags & COREDUMP_MON_DUMP_FORCED);
	EXPECT_EQ(COREDUMP_MON_OUTCOME_WRITTEN, dump->outcome);
}

static void use_up_cpu(const void *unused)
{
	const struct rlimit one = { 1, 10 };

	setrlimit(RLIMIT_CPU, &one);
	for (;;)
		__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

TEST_F(dump, out_of_cpu_time)
{
	const struct coredump_mon_record *rec;
	const struct coredump_mon_dump *dump;
	pid_t pid;

	pid = cdm_fork(use_up_cpu, NULL);
	ASSERT_EQ(SIGXCPU | 0x80, cdm_wait(pid));
	dump = dump_of(&self->env, &rec, pid, SIGXCPU);
	ASSERT_NE(NULL, dump);
	EXPECT_EQ(SI_KERNEL, dump->code);
	EXPECT_FALSE(dump->flags & COREDUMP_MON_DUMP_FORCED);
}

#define THREADS	8

static pthread_barrier_t barrier;

static void *crash_together(void *number)
{
	pthread_barrier_wait(&barrier);
	/* Half of them wait for the others to take them down. */
	if ((uintptr_t)number % 2)
		cdm_pause(NULL);
	cdm_fault((void *)0xdead000);
	return NULL;
}

static void crash_in_threads(const void *unused)
{
	uintptr_t i;

	pthread_barrier_init(&barrier, NULL, THREADS);
	for (i = 0; i < THREADS; i++) {
		pthread_t thread;

		pthread_create(&thread, NULL, crash_together, (void *)i);
	}
	cdm_pause(NULL);
}

TEST_F(dump, threads_make_one_event)
{
	const struct coredump_mon_record *rec;
	const struct coredump_mon_dump *dump;
	const struct coredump_mon_task *task;
	pid_t pid;
	int i;

	for (i = 0; i < 10; i++) {
		pid = cdm_fork(crash_in_threads, NULL);
		ASSERT_LT(0, pid);
		ASSERT_EQ(SIGSEGV | 0x80, cdm_wait(pid));
		dump = dump_of(&self->env, &rec, pid, SIGSEGV);
		ASSERT_NE(NULL, dump);
		EXPECT_EQ(COREDUMP_MON_OUTCOME_WRITTEN, dump->outcome);
		EXPECT_FALSE(dump->flags & COREDUMP_MON_DUMP_FORCED);
		task = cdm_task(rec, COREDUMP_MON_A_PROCESS);
		EXPECT_EQ(pid, task->pid);
		/* It was not the first thread that crashed. */
		EXPECT_NE(pid, task->tid);
		EXPECT_NE(0, task->tid);
		EXPECT_EQ(0, cdm_count(&self->env.reader, COREDUMP_MON_DUMP,
				       pid));
	}
}

#define ROUNDS	40

/* A shell of the current directory's file system dumps, and nothing else. */
static void exec_and_dump(const void *dir)
{
	const struct rlimit none = { 0, RLIM_INFINITY };

	if (chdir(dir) || setrlimit(RLIMIT_CORE, &none))
		_exit(1);
	execl("./sh", "sh", "-c", "kill -ABRT $$", NULL);
	_exit(2);
}

static int copy(const char *from, const char *to)
{
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT, 0755);
	ssize_t len;

	do {
		len = sendfile(out, in, NULL, INT_MAX);
	} while (len > 0);
	close(in);
	return close(out) || len ? -1 : 0;
}

/* Whoever waits for a task that dumps finds all that it used free. */
TEST_F_TIMEOUT(dump, umount_behind_it, 120)
{
	const char *dir = self->env.elsewhere;
	char path[128];
	int i, busy = 0;

	snprintf(path, sizeof(path), "%s/sh", dir);
	for (i = 0; i < ROUNDS; i++) {
		pid_t pid;

		ASSERT_EQ(0, mount("tmpfs", dir, "tmpfs", 0, ""));
		ASSERT_EQ(0, copy("/bin/sh", path));
		pid = cdm_fork(exec_and_dump, dir);
		ASSERT_LT(0, pid);
		ASSERT_EQ(SIGABRT, cdm_wait(pid));
		if (umount(dir)) {
			EXPECT_EQ(EBUSY, errno);
			busy++;
			ASSERT_EQ(0, umount2(dir, MNT_DETACH));
		}
		EXPECT_NE(NULL, cdm_next_of(&self->env.reader,
					    COREDUMP_MON_DUMP, pid));
	}
	EXPECT_EQ(0, busy);
}

#define BURST	200

static void crash_when_told(const void *fds)
{
	char byte;

	/* Ends when the writing end is closed. */
	close(((const int *)fds)[1]);
	read(((const int *)fds)[0], &byte, 1);
	cdm_raise(&(int){ SIGABRT });
}

/* Each of them has its event, or is among those that are counted as unmade. */
TEST_F_TIMEOUT(dump, burst, 180)
{
	const struct coredump_mon_record *rec;
	struct coredump_mon_stats before, after;
	__u64 overrun = 0;
	pid_t pids[BURST];
	int fds[2], dumped = 0, made = 0, i;

	ASSERT_EQ(0, pipe(fds));
	ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &before));
	for (i = 0; i < BURST; i++) {
		pids[i] = cdm_fork(crash_when_told, fds);
		ASSERT_LT(0, pids[i]);
	}
	close(fds[0]);
	close(fds[1]);
	for (i = 0; i < BURST; i++)
		dumped += cdm_wait(pids[i]) == (SIGABRT | 0x80);
	EXPECT_EQ(BURST, dumped);
	ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &after));

	while ((rec = cdm_next(&self->env.reader, 500))) {
		const struct coredump_mon_task *task =
			cdm_task(rec, COREDUMP_MON_A_PROCESS);

		if (rec->type == COREDUMP_MON_LOST &&
		    cdm_lost(rec)->cause == COREDUMP_MON_CAUSE_OVERRUN)
			overrun += cdm_lost(rec)->count;
		if (rec->type != COREDUMP_MON_DUMP)
			continue;
		ASSERT_NE(NULL, task);
		for (i = 0; i < BURST; i++)
			if (task->pid == (__u32)pids[i])
				break;
		ASSERT_GT(BURST, i);
		/* Nobody dies twice. */
		pids[i] = -1;
		made++;
	}
	EXPECT_EQ(BURST, made + after.unmade_dumps - before.unmade_dumps +
		  after.unmade_memory - before.unmade_memory);
	/* Opens cannot push dumps out of the ring, nor a burst of dumps. */
	EXPECT_EQ(0, overrun);
	EXPECT_LT(BURST / 2, made);
	TH_LOG("%d of %d dumps have a record", made, BURST);
}

CDM_HARNESS_MAIN
