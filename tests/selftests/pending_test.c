// SPDX-License-Identifier: GPL-2.0
/*
 * Opens whose records are not finished: users who hold many of them back, or
 * begin more at once than there are places, hide neither their own opens nor
 * those of others.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "cdm.h"
#include "cdm_process.h"

#define USER		4242
#define OTHER_USER	4243
/* Of one user at once: more than one may have places for. */
#define OPENS		300

#define LEASE_TIME	"/proc/sys/fs/lease-break-time"

FIXTURE(pending)
{
	struct cdm_env env;
	char core[128];
	char lease_time[16];
};

FIXTURE_SETUP(pending)
{
	struct coredump_mon_stats stats;

	ASSERT_EQ(0, cdm_env_up(&self->env));
	/* Longer than any of these tests takes. */
	ASSERT_LT(0, cdm_read_file(LEASE_TIME, self->lease_time,
				   sizeof(self->lease_time)));
	ASSERT_EQ(0, cdm_write_file(LEASE_TIME, "600"));
	strcpy(self->core, cdm_env_path(&self->env, "core-of-root"));
	ASSERT_EQ(0, cdm_make_file(self->core, "secret"));
	ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &stats));
	ASSERT_EQ(0, stats.pending);
	ASSERT_EQ(0, cdm_reader_seek(&self->env.reader, SEEK_END));
}

FIXTURE_TEARDOWN(pending)
{
	cdm_write_file(LEASE_TIME, self->lease_time);
	cdm_env_down(&self->env);
}

static int become(uid_t uid)
{
	if (setresgid(uid, uid, uid) || setresuid(uid, uid, uid))
		return -1;
	/* Changing ids takes these away. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL))
		return -1;
	return prctl(PR_SET_DUMPABLE, 1);
}

struct as {
	uid_t uid;
	const char *path;
};

/* Others that open it are blocked from then on, and nobody is told so. */
static int open_leased(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && !fcntl(fd, F_SETLEASE, F_WRLCK) &&
	       !fcntl(fd, F_SETOWN, 0) ? fd : -1;
}

static void *open_blocked(void *path)
{
	open(path, O_RDONLY);
	return NULL;
}

/*
 * Has many opens of a file of its own blocked by its own lease, each with a
 * record that cannot be finished.
 */
static void hold(const void *arg)
{
	const struct as *as = arg;
	pthread_t thread;
	int lease, i;

	if (become(as->uid))
		_exit(1);
	lease = open_leased(as->path);
	if (lease < 0)
		_exit(2);
	for (i = 0; i < OPENS; i++)
		if (pthread_create(&thread, NULL, open_blocked, (void *)as->path))
			_exit(3);
	cdm_pause(NULL);
}

/*
 * Waits until all opens of a holder are pending, or are done with, for as long as
 * there are more each minute: hundreds of threads take long on a busy machine.
 */
static bool settled(struct cdm_reader *r, pid_t holder,
		    const struct coredump_mon_stats *before,
		    struct coredump_mon_stats *now)
{
	const struct coredump_mon_record *rec;
	int made = 0, sum = 0, now_sum, i;

	for (i = 0; i < 600; i++) {
		while ((rec = cdm_next(r, 0))) {
			if (rec->type != COREDUMP_MON_OPEN)
				continue;
			made += cdm_task(rec, PROCESS)->pid == (__u32)holder;
		}
		if (cdm_stats(r->fd, now))
			return false;
		now_sum = made + now->pending - before->pending +
			  now->unmade_pending - before->unmade_pending;
		/* Its own is one more. */
		if (now_sum == OPENS + 1)
			return true;
		if (now_sum > sum) {
			sum = now_sum;
			i = 0;
		}
		usleep(100000);
	}
	fprintf(stderr, "# %d opens made, %u pending, %llu not made\n", made,
		now->pending, now->unmade_pending);
	return false;
}

/* The holder, when it has all that it can have; or -1. */
static pid_t begin_holder(struct cdm_env *env, uid_t uid,
			  struct coredump_mon_stats *after)
{
	struct as as = { .uid = uid, };
	struct coredump_mon_stats before;
	char name[16];
	pid_t pid;

	snprintf(name, sizeof(name), "of-%d", uid);
	as.path = cdm_env_path(env, name);
	if (cdm_make_file(as.path, "") || chown(as.path, uid, uid) ||
	    cdm_stats(env->reader.fd, &before))
		return -1;
	pid = cdm_fork(hold, &as);
	return settled(&env->reader, pid, &before, after) ? pid : -1;
}

static bool end_holders(struct cdm_env *env, const pid_t *holders, int count)
{
	struct coredump_mon_stats stats;
	int i;

	for (i = 0; i < count; i++) {
		kill(holders[i], SIGKILL);
		cdm_wait(holders[i]);
	}
	for (i = 0; i < 600 && !cdm_stats(env->reader.fd, &stats); i++) {
		if (!stats.pending)
			return true;
		usleep(100000);
	}
	return false;
}

static void open_and_stay(const void *arg)
{
	const struct as *as = arg;

	if (become(as->uid) || open(as->path, O_RDONLY) < 0)
		_exit(1);
	cdm_pause(NULL);
}

TEST_F_TIMEOUT(pending, holder_does_not_hide, 400)
{
	const struct coredump_mon_record *rec;
	const struct as as = { USER, self->core };
	struct coredump_mon_stats stats;
	pid_t holder, pid;

	holder = begin_holder(&self->env, USER, &stats);
	ASSERT_LT(0, holder);
	/* It has a share, and what is beyond that has its records already. */
	EXPECT_LT(stats.pending, OPENS);
	EXPECT_LT(OPENS / 2, stats.pending);
	EXPECT_EQ(0, stats.unmade_pending);

	pid = cdm_fork(open_and_stay, &as);
	rec = cdm_next_of(&self->env.reader, COREDUMP_MON_OPEN, pid);
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(COREDUMP_MON_WOULD_DENY, cdm_decision(rec)->verdict);
	EXPECT_EQ(COREDUMP_MON_ACCESS_READ, cdm_file(rec)->access);
	EXPECT_STREQ(self->core, cdm_path(rec));
	/* A worker made it, which cannot know what the system call will give. */
	EXPECT_NULL(cdm_result(rec));
	cdm_check_process(_metadata, rec, pid);
	EXPECT_EQ(0, kill(pid, SIGKILL));
	EXPECT_EQ(SIGKILL, cdm_wait(pid));
	EXPECT_EQ(0, cdm_count(&self->env.reader, COREDUMP_MON_OPEN, pid));
	EXPECT_TRUE(end_holders(&self->env, &holder, 1));
}

TEST_F_TIMEOUT(pending, holders_do_not_hide_others, 400)
{
	const struct coredump_mon_record *rec;
	const struct as as = { 0, self->core };
	struct coredump_mon_stats stats;
	pid_t holders[2], pid;
	int i;

	holders[0] = begin_holder(&self->env, USER, &stats);
	ASSERT_LT(0, holders[0]);
	holders[1] = begin_holder(&self->env, OTHER_USER, &stats);
	ASSERT_LT(0, holders[1]);
	EXPECT_LT(OPENS, stats.pending);
	EXPECT_LT(stats.pending, stats.pending_max);

	ASSERT_EQ(0, cdm_reader_seek(&self->env.reader, SEEK_END));
	for (i = 0; i < 20; i++) {
		pid = cdm_fork(open_and_stay, &as);
		rec = cdm_next_of(&self->env.reader, COREDUMP_MON_OPEN, pid);
		ASSERT_NE(NULL, rec);
		EXPECT_STREQ(self->core, cdm_path(rec));
		/* Root still has places: it is as if there were no holders. */
		ASSERT_NE(NULL, cdm_result(rec));
		EXPECT_LE(0, cdm_result(rec)->fd);
		ASSERT_EQ(0, kill(pid, SIGKILL));
		ASSERT_EQ(SIGKILL, cdm_wait(pid));
	}
	EXPECT_TRUE(end_holders(&self->env, holders, 2));
}

#define ROUNDS	20
#define KILLED	32

/* Whoever waits for killed openers finds the file system of their file free. */
TEST_F_TIMEOUT(pending, umount_behind_killed, 180)
{
	const char *dir = self->env.elsewhere;
	struct coredump_mon_stats stats;
	int fd = self->env.reader.fd, busy = 0, i, k;
	char path[128];

	snprintf(path, sizeof(path), "%s/file", dir);
	for (i = 0; i < ROUNDS; i++) {
		pid_t pids[KILLED];
		int lease;

		ASSERT_EQ(0, mount("tmpfs", dir, "tmpfs", 0, ""));
		ASSERT_EQ(0, cdm_make_file(path, "secret"));
		ASSERT_EQ(0, cdm_tag(fd, COREDUMP_MON_IOC_TAG_ADD, path));
		lease = open_leased(path);
		ASSERT_LE(0, lease);
		for (k = 0; k < KILLED; k++)
			pids[k] = cdm_fork(cdm_open_read, path);
		do {
			usleep(1000);
			ASSERT_EQ(0, cdm_stats(fd, &stats));
		} while (stats.pending < KILLED);
		for (k = 0; k < KILLED; k++)
			ASSERT_EQ(0, kill(pids[k], SIGKILL));
		for (k = 0; k < KILLED; k++)
			ASSERT_EQ(SIGKILL, cdm_wait(pids[k]));
		ASSERT_EQ(0, close(lease));
		if (umount(dir)) {
			EXPECT_EQ(EBUSY, errno);
			busy++;
			ASSERT_EQ(0, umount2(dir, MNT_DETACH));
		}
		for (k = 0; k < KILLED; k++)
			EXPECT_NE(NULL, cdm_next_of(&self->env.reader,
						    COREDUMP_MON_OPEN, 0));
	}
	EXPECT_EQ(0, busy);
}

int main(int argc, char **argv)
{
	cdm_main_up();
	/* Counts from 0. */
	cdm_reload();
	return test_harness_run(argc, argv);
}
