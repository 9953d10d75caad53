// SPDX-License-Identifier: GPL-2.0
/*
 * Who may change something is who asks, not who opened the device: a descriptor for
 * writing is of no use to who got it without the privilege.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "kselftest_harness.h"

#include "cdm.h"

#define STRANGER	4242
/* Where a program that is executed has the device. */
#define DEVICE_FD	99
#define REFUSED		"--refused"

FIXTURE(privilege)
{
	struct cdm_env env;
	struct coredump_mon_info before;
	int fd;
};

FIXTURE_SETUP(privilege)
{
	ASSERT_EQ(0, cdm_env_up(&self->env));
	self->fd = self->env.reader.fd;
	ASSERT_EQ(0, cdm_info(self->fd, &self->before));
	/* What is refused below can be had. */
	ASSERT_EQ(0, cdm_set_mode(self->fd, COREDUMP_MON_PERMISSIVE, 0));
}

/* Nothing is other than it was, whoever tried. */
FIXTURE_TEARDOWN(privilege)
{
	struct coredump_mon_info now;

	EXPECT_EQ(0, cdm_info(self->fd, &now));
	EXPECT_EQ(0, memcmp(&self->before, &now, sizeof(now)));
	cdm_env_down(&self->env);
}

/* Gives 0 if all that changes something is refused, and asking is not. */
static int all_refused(int fd)
{
	static const unsigned long requests[] = {
		COREDUMP_MON_IOC_SET_MODE, COREDUMP_MON_IOC_SET_DIRECTORIES,
		COREDUMP_MON_IOC_TAG_ADD, COREDUMP_MON_IOC_TAG_DROP,
		COREDUMP_MON_IOC_RESTORE_TAGS, COREDUMP_MON_IOC_WAKE_TAGS,
		COREDUMP_MON_IOC_SET_RULES, COREDUMP_MON_IOC_LOCK,
	};
	struct coredump_mon_info info;
	int i;

	if ((fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDWR)
		return 1;
	for (i = 0; i < ARRAY_SIZE(requests); i++) {
		__u32 argument[64] = { _IOC_SIZE(requests[i]) };

		errno = 0;
		if (ioctl(fd, requests[i], argument) != -1 || errno != EPERM)
			return 2 + i;
	}
	if (cdm_set_mode(fd, COREDUMP_MON_ENFORCING,
			 COREDUMP_MON_MODE_HOLD) != -1 || errno != EPERM)
		return 100;
	return cdm_info(fd, &info) ? 101 : 0;
}

static void be(uid_t uid)
{
	if (setgroups(0, NULL) || setresgid(uid, uid, uid) ||
	    setresuid(uid, uid, uid))
		_exit(200);
}

/* All capabilities, and root, but there. */
static void be_root_elsewhere(void)
{
	uid_t uid = getuid();
	gid_t gid = getgid();
	char map[64];

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS))
		_exit(201);
	if (cdm_write_file("/proc/self/setgroups", "deny"))
		_exit(202);
	snprintf(map, sizeof(map), "0 %u 1", uid);
	if (cdm_write_file("/proc/self/uid_map", map))
		_exit(203);
	snprintf(map, sizeof(map), "0 %u 1", gid);
	if (cdm_write_file("/proc/self/gid_map", map) || getuid())
		_exit(204);
}

static int send_fd(int to, int fd)
{
	char room[CMSG_SPACE(sizeof(fd))] = { 0 };
	struct iovec byte = { "", 1 };
	struct msghdr msg = {
		.msg_iov = &byte, .msg_iovlen = 1,
		.msg_control = room, .msg_controllen = sizeof(room),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	return sendmsg(to, &msg, 0) == 1 ? 0 : -1;
}

static int receive_fd(int from)
{
	char room[CMSG_SPACE(sizeof(int))], byte;
	struct iovec one = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &one, .msg_iovlen = 1,
		.msg_control = room, .msg_controllen = sizeof(room),
	};
	int fd;

	if (recvmsg(from, &msg, 0) != 1 || !CMSG_FIRSTHDR(&msg))
		_exit(210);
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

/* A child that has the device by a socket, and less privilege. */
static int by_socket(void (*become)(void), bool may_open)
{
	int pair[2], fd;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return -1;
	pid = fork();
	if (!pid) {
		close(pair[0]);
		become();
		fd = open(CDM_DEVICE, O_RDWR);
		if (fd >= 0 != may_open || (fd < 0 && errno != EACCES) ||
		    open(CDM_DEVICE, O_RDONLY) >= 0 != may_open)
			_exit(211);
		_exit(all_refused(receive_fd(pair[1])));
	}
	close(pair[1]);
	fd = open(CDM_DEVICE, O_RDWR);
	if (pid < 0 || fd < 0 || send_fd(pair[0], fd))
		return -1;
	close(fd);
	close(pair[0]);
	return cdm_wait(pid);
}

static void be_stranger(void)
{
	be(STRANGER);
}

static void be_strangers_root(void)
{
	be(STRANGER);
	/* What a change of ids took away: its files in /proc are its own again. */
	prctl(PR_SET_DUMPABLE, 1);
	be_root_elsewhere();
}

TEST_F(privilege, passed_over_a_socket_to_a_user)
{
	EXPECT_EQ(0, by_socket(be_stranger, false));
}

TEST_F(privilege, passed_over_a_socket_to_root_of_a_user_namespace)
{
	EXPECT_EQ(0, by_socket(be_root_elsewhere, true));
}

TEST_F(privilege, passed_over_a_socket_to_root_of_a_users_namespace)
{
	EXPECT_EQ(0, by_socket(be_strangers_root, false));
}

static void inherit(const void *fd)
{
	be(STRANGER);
	_exit(all_refused(*(const int *)fd));
}

TEST_F(privilege, inherited_when_privilege_is_given_up)
{
	EXPECT_EQ(0, cdm_run(inherit, &self->fd));
}

static void drop(const void *fd)
{
	struct __user_cap_header_struct header = {
		_LINUX_CAPABILITY_VERSION_3, 0,
	};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		_exit(220);
	data[1].effective &= ~CAP_TO_MASK(CAP_MAC_ADMIN);
	if (syscall(SYS_capset, &header, data))
		_exit(221);
	_exit(all_refused(*(const int *)fd));
}

TEST_F(privilege, root_without_the_capability)
{
	EXPECT_EQ(0, cdm_run(drop, &self->fd));
}

/* Of another program, which gets it without having opened anything. */
struct execution {
	const char *program;
	int fd;
};

static void execute(const void *arg)
{
	const struct execution *execution = arg;

	if (dup2(execution->fd, DEVICE_FD) != DEVICE_FD)
		_exit(230);
	be(STRANGER);
	execl(execution->program, execution->program, REFUSED, NULL);
	_exit(231);
}

static int copy_self(const char *to, mode_t mode)
{
	int in = open("/proc/self/exe", O_RDONLY);
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0700);
	struct stat st;
	int ret = -1;

	if (in >= 0 && out >= 0 && !fstat(in, &st))
		ret = sendfile(out, in, NULL, st.st_size) == st.st_size &&
		      !fchmod(out, mode) ? 0 : -1;
	close(in);
	close(out);
	return ret;
}

TEST_F(privilege, inherited_over_exec)
{
	struct execution execution = { .fd = self->fd };
	char program[128];

	snprintf(program, sizeof(program), "%s/program", self->env.elsewhere);
	ASSERT_EQ(0, chmod(self->env.elsewhere, 0755));
	ASSERT_EQ(0, copy_self(program, 0755));
	execution.program = program;
	EXPECT_EQ(0, cdm_run(execute, &execution));
}

/* What a privileged program is made to do with its standard output is write. */
TEST_F(privilege, writing_changes_nothing)
{
	static const char text[] = "enforcing";
	const struct iovec iov = { (void *)text, sizeof(text) };
	int pipes[2];
	int file = open("/proc/self/exe", O_RDONLY);

	ASSERT_LE(0, file);
	ASSERT_EQ(0, pipe(pipes));
	ASSERT_EQ(sizeof(text), write(pipes[1], text, sizeof(text)));
	EXPECT_EQ(-1, write(self->fd, text, sizeof(text)));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, pwrite(self->fd, text, sizeof(text), 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, writev(self->fd, &iov, 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, sendfile(self->fd, file, NULL, 16));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, splice(pipes[0], NULL, self->fd, NULL, sizeof(text), 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, ftruncate(self->fd, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, self->fd, 0));
	EXPECT_EQ(ENODEV, errno);
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], REFUSED))
		return all_refused(DEVICE_FD);
	cdm_main_up();
	return test_harness_run(argc, argv);
}
