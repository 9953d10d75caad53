// SPDX-License-Identifier: GPL-2.0
/*
 * Who did it: each attribute of a process, compared with what /proc says of it.
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"

#include "cdm_process.h"

FIXTURE(process)
{
	struct cdm_env env;
	const char *file;
	/* Children write their number into the second. */
	int ready[2];
};

/* What a child does before it opens the file and waits. */
struct life {
	void (*before)(void);
	const char *file;
	int ready;
};

FIXTURE_SETUP(process)
{
	ASSERT_EQ(0, cdm_env_up(&self->env));
	self->file = strdup(cdm_env_path(&self->env, "a-core"));
	ASSERT_EQ(0, cdm_make_file(self->file, "secret"));
	ASSERT_EQ(0, pipe(self->ready));
}

FIXTURE_TEARDOWN(process)
{
	close(self->ready[0]);
	close(self->ready[1]);
	cdm_env_down(&self->env);
}

/*
 * Lives, opens the file and waits. It is asked to dump later: tells when it is
 * there.
 */
static void live(const void *arg)
{
	const struct life *life = arg;

	if (life->before)
		life->before();
	if (open(life->file, O_RDONLY) < 0)
		_exit(1);
	write(life->ready, "", 1);
	cdm_pause(NULL);
}

/*
 * The same of one that opened a file, and of the same one when it dumps: what
 * /proc said is compared before, since there is none after.
 */
static pid_t open_and_wait(FIXTURE_DATA(process) *self, void (*before)(void))
{
	const struct life life = { before, self->file, self->ready[1] };
	pid_t pid = cdm_fork(live, &life);
	char byte;

	return pid > 0 && read(self->ready[0], &byte, 1) == 1 ? pid : -1;
}

static const struct coredump_mon_record *open_of(FIXTURE_DATA(process) *self,
						 pid_t pid)
{
	return cdm_next_of(&self->env.reader, COREDUMP_MON_OPEN, pid);
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	cdm_wait(pid);
}

static void live_as_child(struct __test_metadata *_metadata,
			  FIXTURE_DATA(process) *self, void (*before)(void))
{
	pid_t pid = open_and_wait(self, before);

	ASSERT_LT(0, pid);
	cdm_check_process(_metadata, open_of(self, pid), pid);
	end(pid);
}

TEST_F(process, plain)
{
	live_as_child(_metadata, self, NULL);
}

static void change_ids(void)
{
	if (setresgid(11, 12, 13) || setresuid(1, 2, 3))
		_exit(1);
}

TEST_F(process, of_many_ids)
{
	live_as_child(_metadata, self, change_ids);
}

static void change_fs_ids(void)
{
	setfsgid(21);
	setfsuid(22);
}

TEST_F(process, of_file_system_ids)
{
	live_as_child(_metadata, self, change_fs_ids);
}

static void log_in(void)
{
	if (cdm_write_file("/proc/self/loginuid", "1000"))
		_exit(1);
}

TEST_F(process, logged_in)
{
	if (access("/proc/self/loginuid", W_OK))
		SKIP(return, "no audit in this kernel");
	live_as_child(_metadata, self, log_in);
}

static void drop_capabilities(void)
{
	struct __user_cap_header_struct header = {
		_LINUX_CAPABILITY_VERSION_3, 0,
	};
	struct __user_cap_data_struct data[2] = {
		{ .effective = CAP_TO_MASK(CAP_DAC_OVERRIDE) },
	};

	data[0].permitted = data[0].effective;
	if (syscall(SYS_capset, &header, data))
		_exit(1);
}

TEST_F(process, of_one_capability)
{
	live_as_child(_metadata, self, drop_capabilities);
}

static void name_oddly(void)
{
	prctl(PR_SET_NAME, "\n\x1b[31m\xff\xfe \"'\\");
	if (mkdir("/tmp/cdm.odd\n\x1b\xff", 0755) && errno != EEXIST)
		_exit(1);
	if (chdir("/tmp/cdm.odd\n\x1b\xff"))
		_exit(1);
}

TEST_F(process, of_odd_names)
{
	pid_t pid = open_and_wait(self, name_oddly);
	const struct coredump_mon_record *rec;
	char cwd[64];

	ASSERT_LT(0, pid);
	rec = open_of(self, pid);
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ("\n\x1b[31m\xff\xfe \"'\\",
		     cdm_string(cdm_get(rec, PROCESS, COREDUMP_MON_A_COMM)));
	read_link(pid, "cwd", cwd, sizeof(cwd));
	EXPECT_STREQ(cwd, cdm_string(cdm_get(rec, PROCESS,
					     COREDUMP_MON_A_CWD)));
	end(pid);
	rmdir("/tmp/cdm.odd\n\x1b\xff");
}

static void lead_session(void)
{
	setsid();
}

TEST_F(process, leads_a_session)
{
	live_as_child(_metadata, self, lead_session);
}

static void use_terminal(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;

	setsid();
	if (master < 0 || grantpt(master) || unlockpt(master))
		_exit(1);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	if (slave < 0 || ioctl(slave, TIOCSCTTY, 0))
		_exit(1);
}

TEST_F(process, has_a_terminal)
{
	pid_t pid = open_and_wait(self, use_terminal);
	const struct coredump_mon_record *rec;
	const char *tty;

	ASSERT_LT(0, pid);
	rec = open_of(self, pid);
	cdm_check_process(_metadata, rec, pid);
	tty = cdm_string(cdm_get(rec, PROCESS, COREDUMP_MON_A_TTY));
	ASSERT_NE(NULL, tty);
	EXPECT_EQ(0, strncmp(tty, "pts/", 4)) TH_LOG("tty: %s", tty);
	end(pid);
}

#define CGROUP	"/sys/fs/cgroup/cdm_selftest"

static void join_cgroup(void)
{
	if (cdm_write_file(CGROUP "/cgroup.procs", "0"))
		_exit(1);
}

TEST_F(process, in_a_cgroup)
{
	if (mkdir(CGROUP, 0755))
		SKIP(return, "no cgroup v2 at /sys/fs/cgroup");
	live_as_child(_metadata, self, join_cgroup);
	rmdir(CGROUP);
}

static void leave_namespaces(void)
{
	if (unshare(CLONE_NEWNS | CLONE_NEWUSER))
		_exit(1);
}

TEST_F(process, in_other_namespaces)
{
	live_as_child(_metadata, self, leave_namespaces);
}

static pid_t grandchild;

static void fork_in_namespace(const void *arg)
{
	const struct life *life = arg;
	pid_t pid;

	if (unshare(CLONE_NEWPID))
		_exit(1);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (open(life->file, O_RDONLY) < 0)
			_exit(1);
		cdm_pause(NULL);
	}
	write(life->ready, &pid, sizeof(pid));
	cdm_pause(NULL);
}

TEST_F(process, in_a_pid_namespace)
{
	const struct life life = { NULL, self->file, self->ready[1] };
	pid_t pid = cdm_fork(fork_in_namespace, &life);
	const struct coredump_mon_record *rec;

	ASSERT_EQ(sizeof(grandchild), read(self->ready[0], &grandchild,
					   sizeof(grandchild)));
	rec = open_of(self, grandchild);
	cdm_check_process(_metadata, rec, grandchild);
	EXPECT_EQ(1, cdm_task(rec, PROCESS)->ns_pid);
	EXPECT_EQ(1, cdm_task(rec, PROCESS)->ns_tid);
	EXPECT_EQ(0, cdm_task(rec, PROCESS)->ns_ppid);
	EXPECT_EQ(pid, cdm_task(rec, PROCESS)->ppid);
	kill(grandchild, SIGKILL);
	end(pid);
}

static void *open_in_thread(void *arg)
{
	const struct life *life = arg;
	pid_t tid = syscall(SYS_gettid);

	close(open(life->file, O_RDONLY));
	write(life->ready, &tid, sizeof(tid));
	return NULL;
}

static void live_in_thread(const void *arg)
{
	pthread_t thread;

	pthread_create(&thread, NULL, open_in_thread, (void *)arg);
	cdm_pause(NULL);
}

TEST_F(process, thread)
{
	const struct life life = { NULL, self->file, self->ready[1] };
	pid_t pid = cdm_fork(live_in_thread, &life), tid;
	const struct coredump_mon_record *rec;

	ASSERT_EQ(sizeof(tid), read(self->ready[0], &tid, sizeof(tid)));
	rec = open_of(self, pid);
	cdm_check_process(_metadata, rec, pid);
	EXPECT_EQ(tid, cdm_task(rec, PROCESS)->tid);
	EXPECT_NE(pid, tid);
	end(pid);
}

CDM_HARNESS_MAIN
