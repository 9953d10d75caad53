// SPDX-License-Identifier: GPL-2.0
/*
 * What a process writes while it traces another is looked at when it is closed, and
 * is a core file from then on if it is one.
 */
#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "cdm.h"

#define BIG	(5LL << 30)

FIXTURE(gcore)
{
	struct cdm_env env;
	pid_t traced;
	/* Where nothing is watched. */
	char file[128];
};

FIXTURE_SETUP(gcore)
{
	/* Before there is a reader, which it would keep. */
	self->traced = cdm_fork(cdm_pause, NULL);
	ASSERT_LT(0, self->traced);
	ASSERT_EQ(0, cdm_env_up(&self->env));
	snprintf(self->file, sizeof(self->file), "%s/file", self->env.elsewhere);
}

FIXTURE_TEARDOWN(gcore)
{
	kill(self->traced, SIGKILL);
	cdm_wait(self->traced);
	cdm_env_down(&self->env);
}

static const Elf64_Ehdr core = {
	.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB },
	.e_type = ET_CORE,
};

/* What a debugger is to do. */
struct job {
	const char *path;
	int flags;
	mode_t mode;
	pid_t traced, other;
	const void *content;
	size_t len;
	/* Of the file, with holes. */
	off_t size;
	/* Let another process have the descriptor, and do the writing. */
	bool pass;
	/* Let go of who is traced before writing. */
	bool detach;
};

static bool attach(pid_t pid)
{
	int status;

	return !ptrace(PTRACE_ATTACH, pid, NULL, NULL) &&
	       waitpid(pid, &status, 0) == pid;
}

static void write_there(const struct job *job, int fd)
{
	if (job->size && ftruncate(fd, job->size))
		_exit(4);
	if (write(fd, job->content, job->len) != (ssize_t)job->len)
		_exit(5);
}

static void debug(const void *arg)
{
	const struct job *job = arg;
	pid_t child = 0;
	char name[32];
	int fd;

	if (job->traced && !attach(job->traced))
		_exit(1);
	if (job->other && !attach(job->other))
		_exit(2);
	fd = open(job->path, job->flags, job->mode);
	if (fd < 0)
		_exit(3);
	if (job->detach)
		ptrace(PTRACE_DETACH, job->traced, NULL, NULL);
	if (job->pass) {
		child = fork();
		if (!child) {
			write_there(job, fd);
			_exit(0);
		}
		close(fd);
		waitpid(child, NULL, 0);
		return;
	}
	write_there(job, fd);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	if (job->flags & O_TMPFILE & ~O_DIRECTORY &&
	    linkat(AT_FDCWD, name, AT_FDCWD,
		   strcat(strcpy(malloc(256), job->path), "/file"),
		   AT_SYMLINK_FOLLOW))
		_exit(6);
	close(fd);
}

static struct job job_of(const FIXTURE_DATA(gcore) *self)
{
	return (struct job) {
		.path = self->file,
		.flags = O_WRONLY | O_CREAT,
		.mode = 0600,
		.traced = self->traced,
		.content = &core,
		.len = sizeof(core),
	};
}

/* Whether the file is one now by whose memory of it, as told by who made it so. */
static bool is_gcore(FIXTURE_DATA(gcore) *self, pid_t by, pid_t whose)
{
	const struct coredump_mon_record *rec;
	const struct coredump_mon_policy *policy;
	const struct coredump_mon_tag *tag;

	rec = cdm_next_of(&self->env.reader, COREDUMP_MON_POLICY, by);
	if (!rec)
		return false;
	policy = cdm_policy(rec);
	tag = cdm_struct(cdm_get(rec, COREDUMP_MON_A_FILE, COREDUMP_MON_A_ORIGIN),
			 sizeof(*tag));
	return policy && policy->change == COREDUMP_MON_CHANGE_TAG_ADD && tag &&
	       tag->origin == COREDUMP_MON_TAG_GCORE &&
	       tag->pid == (__u32)whose && cdm_path(rec) &&
	       !strcmp(cdm_path(rec), self->file);
}

static int opens_of(FIXTURE_DATA(gcore) *self)
{
	pid_t pid = cdm_fork(cdm_open_read, self->file);

	if (pid < 0 || cdm_wait(pid))
		return -1;
	return cdm_count(&self->env.reader, COREDUMP_MON_OPEN, pid);
}

TEST_F(gcore, tagged)
{
	struct job job = job_of(self);
	pid_t pid = cdm_fork(debug, &job);

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, cdm_wait(pid));
	EXPECT_TRUE(is_gcore(self, pid, self->traced));
	EXPECT_EQ(1, opens_of(self));
	ASSERT_EQ(0, cdm_set_mode(self->env.reader.fd, COREDUMP_MON_ENFORCING,
				  0));
	EXPECT_EQ(-1, open(self->file, O_RDONLY));
	EXPECT_EQ(EACCES, errno);
}

/* Until it is closed, nobody can know what it will be. */
TEST_F(gcore, opens_before_are_not_seen)
{
	int fd;

	ASSERT_TRUE(attach(self->traced));
	fd = open(self->file, O_WRONLY | O_CREAT, 0600);
	ASSERT_LE(0, fd);
	ASSERT_EQ(sizeof(core), write(fd, &core, sizeof(core)));
	EXPECT_EQ(0, opens_of(self));
	close(fd);
	EXPECT_TRUE(is_gcore(self, getpid(), self->traced));
	EXPECT_EQ(1, opens_of(self));
}

/* Also while the gate sees opens in place of the observer. */
TEST_F(gcore, tagged_while_enforcing)
{
	struct job job = job_of(self);
	pid_t pid;

	ASSERT_EQ(0, cdm_set_mode(self->env.reader.fd, COREDUMP_MON_ENFORCING,
				  0));
	pid = cdm_fork(debug, &job);
	ASSERT_EQ(0, cdm_wait(pid));
	cdm_next_of(&self->env.reader, COREDUMP_MON_POLICY, getpid());
	EXPECT_TRUE(is_gcore(self, pid, self->traced));
	EXPECT_EQ(-1, open(self->file, O_RDONLY));
	EXPECT_EQ(EACCES, errno);
}

TEST_F(gcore, however_it_is_written)
{
	static const Elf32_Ehdr small = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32,
			     ELFDATA2MSB },
		.e_type = ET_CORE << 8,
	};
	struct job jobs[] = {
		{ .flags = O_RDWR | O_CREAT | O_TRUNC, .mode = 0600 },
		/* Which its owner may not read. */
		{ .flags = O_WRONLY | O_CREAT, .mode = 0000 },
		{ .flags = O_WRONLY | O_CREAT | O_LARGEFILE, .mode = 0600, .size = BIG },
		{ .flags = O_WRONLY | O_CREAT, .mode = 0600, .content = &small,
		  .len = sizeof(small) },
		{ .flags = O_WRONLY | O_CREAT, .mode = 0600, .pass = true },
		{ .flags = O_WRONLY | O_CREAT, .mode = 0600, .detach = true },
		{ .flags = O_WRONLY | O_TMPFILE, .mode = 0600,
		  .path = self->env.elsewhere },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(jobs); i++) {
		const struct coredump_mon_record *rec;
		pid_t pid;

		jobs[i].traced = self->traced;
		if (!jobs[i].path)
			jobs[i].path = self->file;
		if (!jobs[i].content) {
			jobs[i].content = &core;
			jobs[i].len = sizeof(core);
		}
		unlink(self->file);
		pid = cdm_fork(debug, &jobs[i]);
		ASSERT_LT(0, pid);
		ASSERT_EQ(0, cdm_wait(pid));
		rec = cdm_next_of(&self->env.reader, COREDUMP_MON_POLICY, 0);
		ASSERT_NE(NULL, rec) TH_LOG("way %u", i);
		EXPECT_EQ(COREDUMP_MON_CHANGE_TAG_ADD, cdm_policy(rec)->change);
		EXPECT_EQ(1, opens_of(self)) TH_LOG("way %u", i);
	}
}

TEST_F(gcore, not_what_is_none)
{
	Elf64_Ehdr program = core;
	struct job job = job_of(self);

	/* Nobody is traced. */
	job.traced = 0;
	ASSERT_EQ(0, cdm_run(debug, &job));
	EXPECT_EQ(0, opens_of(self));
	job.traced = self->traced;
	job.content = "a log";
	job.len = 5;
	job.flags |= O_TRUNC;
	ASSERT_EQ(0, cdm_run(debug, &job));
	EXPECT_EQ(0, opens_of(self));
	program.e_type = ET_EXEC;
	job.content = &program;
	job.len = sizeof(program);
	ASSERT_EQ(0, cdm_run(debug, &job));
	EXPECT_EQ(0, opens_of(self));
}

/* It is not told what cannot be known. */
TEST_F(gcore, of_one_of_several)
{
	struct job job = job_of(self);
	pid_t pid;

	job.other = cdm_fork(cdm_pause, NULL);
	pid = cdm_fork(debug, &job);
	ASSERT_EQ(0, cdm_wait(pid));
	EXPECT_TRUE(is_gcore(self, pid, 0));
	kill(job.other, SIGKILL);
	cdm_wait(job.other);
}

/* There it has a tag from when it was opened, which says less. */
TEST_F(gcore, in_a_watched_directory)
{
	struct job job = job_of(self);
	pid_t pid;

	job.path = cdm_env_path(&self->env, "file");
	strcpy(self->file, job.path);
	pid = cdm_fork(debug, &job);
	ASSERT_EQ(0, cdm_wait(pid));
	EXPECT_TRUE(is_gcore(self, pid, self->traced));
	EXPECT_EQ(1, opens_of(self));
}

/* Nothing of the looking is left when the file is closed. */
TEST_F(gcore, in_no_way_of_an_unmount)
{
	struct job job = job_of(self);
	int i;

	ASSERT_EQ(0, mkdir(self->file, 0755));
	strcat(self->file, "/file");
	for (i = 0; i < 40; i++) {
		char dir[128];
		pid_t pid;

		strcpy(dir, self->file);
		*strrchr(dir, '/') = '\0';
		ASSERT_EQ(0, mount("tmpfs", dir, "tmpfs", 0, NULL));
		pid = cdm_fork(debug, &job);
		ASSERT_EQ(0, cdm_wait(pid));
		ASSERT_EQ(0, umount(dir));
		ASSERT_TRUE(is_gcore(self, pid, self->traced));
	}
}

/* A file that is waited for does not keep the module, nor is it found without. */
TEST_F(gcore, in_no_way_of_an_unload)
{
	struct job job = job_of(self);
	int fd;

	ASSERT_TRUE(attach(self->traced));
	fd = open(job.path, O_WRONLY | O_CREAT, 0600);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, cdm_env_unload(&self->env));
	ASSERT_EQ((ssize_t)sizeof(core), write(fd, &core, sizeof(core)));
	close(fd);
	ASSERT_EQ(0, cdm_env_load(&self->env));
	ASSERT_EQ(0, ptrace(PTRACE_DETACH, self->traced, NULL, NULL));
	EXPECT_EQ(0, opens_of(self));
}

/* Who has many files waited for leaves some to others, and what is left out counts. */
TEST_F(gcore, bound)
{
	struct coredump_mon_stats before, after;
	char path[160];
	int i;

	ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &before));
	ASSERT_TRUE(attach(self->traced));
	for (i = 0; i < 600; i++) {
		snprintf(path, sizeof(path), "%s/%d", self->env.elsewhere, i);
		ASSERT_LE(0, open(path, O_WRONLY | O_CREAT, 0600));
	}
	ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &after));
	EXPECT_LT(before.unlooked, after.unlooked);
	EXPECT_GT(before.unlooked + 600, after.unlooked);
	ASSERT_EQ(0, ptrace(PTRACE_DETACH, self->traced, NULL, NULL));
	for (i = 3; i < 1000; i++) {
		if (i != self->env.reader.fd)
			close(i);
	}
}

CDM_HARNESS_MAIN
