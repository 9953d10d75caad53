// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptors from before a file was a core file: the kernel never dumps into
 * what somebody may have open, and what remains is not seen.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "cdm.h"
#include "cdm_fuse.h"

#define BAIT		"bait"
#define SUID_DUMPABLE	"/proc/sys/fs/suid_dumpable"
#define PIPE_LIMIT	"/proc/sys/kernel/core_pipe_limit"

FIXTURE(before)
{
	struct cdm_env env;
	/* Where the next dump goes, and a file that stands elsewhere. */
	const char *core;
	char other[128];
	char suid_dumpable[16];
	char pipe_limit[16];
};

FIXTURE_SETUP(before)
{
	ASSERT_EQ(0, cdm_env_up(&self->env));
	self->core = strdup(cdm_env_path(&self->env, "core"));
	snprintf(self->other, sizeof(self->other), "%s/other",
		 self->env.elsewhere);
	ASSERT_EQ(0, cdm_core_pattern(self->core));
	ASSERT_EQ(0, cdm_make_file(self->other, BAIT));
	ASSERT_LT(0, cdm_read_file(SUID_DUMPABLE, self->suid_dumpable,
				   sizeof(self->suid_dumpable)));
	ASSERT_LT(0, cdm_read_file(PIPE_LIMIT, self->pipe_limit,
				   sizeof(self->pipe_limit)));
}

FIXTURE_TEARDOWN(before)
{
	cdm_write_file(SUID_DUMPABLE, self->suid_dumpable);
	cdm_write_file(PIPE_LIMIT, self->pipe_limit);
	cdm_env_down(&self->env);
}

static bool holds_bait(int fd)
{
	char content[16] = "";

	return pread(fd, content, sizeof(content), 0) == strlen(BAIT) &&
	       !strcmp(content, BAIT);
}

static bool is_core(const char *path)
{
	Elf64_Ehdr header;
	struct stat st;
	int fd;

	if (lstat(path, &st) || !S_ISREG(st.st_mode))
		return false;
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, &header, sizeof(header)) != sizeof(header))
		return false;
	close(fd);
	return !memcmp(header.e_ident, ELFMAG, SELFMAG) &&
	       header.e_type == ET_CORE;
}

/* What became of a dump that a child was to make. */
static int outcome(FIXTURE_DATA(before) *self, void (*crash)(const void *arg))
{
	const int signo = SIGABRT;
	const struct coredump_mon_record *rec;
	pid_t pid = cdm_fork(crash, &signo);

	cdm_wait(pid);
	rec = cdm_next_of(&self->env.reader, COREDUMP_MON_DUMP, pid);
	return rec && cdm_dump(rec) ? cdm_dump(rec)->outcome : -1;
}

TEST_F(before, file_in_its_place_is_not_written)
{
	int fd;

	ASSERT_EQ(0, cdm_make_file(self->core, BAIT));
	fd = open(self->core, O_RDWR);
	ASSERT_LE(0, fd);
	EXPECT_EQ(COREDUMP_MON_OUTCOME_WRITTEN, outcome(self, cdm_raise));
	EXPECT_TRUE(is_core(self->core));
	EXPECT_TRUE(holds_bait(fd));
	close(fd);
}

TEST_F(before, link_in_its_place_is_not_followed)
{
	int fd = open(self->other, O_RDWR);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, link(self->other, self->core));
	EXPECT_EQ(COREDUMP_MON_OUTCOME_WRITTEN, outcome(self, cdm_raise));
	EXPECT_TRUE(is_core(self->core));
	EXPECT_TRUE(holds_bait(fd));

	ASSERT_EQ(0, unlink(self->core));
	ASSERT_EQ(0, symlink(self->other, self->core));
	EXPECT_EQ(COREDUMP_MON_OUTCOME_WRITTEN, outcome(self, cdm_raise));
	EXPECT_TRUE(is_core(self->core));
	EXPECT_TRUE(holds_bait(fd));
	close(fd);
}

/* Dumped as root then, into what was not there. */
static void crash_as_another(const void *signo)
{
	if (setresgid(1234, 1234, 1234) || setresuid(1234, 1234, 1234))
		_exit(1);
	cdm_raise(signo);
}

TEST_F(before, with_suid_dumpable_it_fails)
{
	int fd;

	ASSERT_EQ(0, cdm_write_file(SUID_DUMPABLE, "2"));
	ASSERT_EQ(0, cdm_make_file(self->core, BAIT));
	fd = open(self->core, O_RDWR);
	ASSERT_LE(0, fd);
	EXPECT_EQ(COREDUMP_MON_OUTCOME_FAILED, outcome(self, crash_as_another));
	EXPECT_TRUE(holds_bait(fd));
	ASSERT_EQ(0, unlink(self->core));
	EXPECT_EQ(COREDUMP_MON_OUTCOME_WRITTEN, outcome(self, crash_as_another));
	EXPECT_TRUE(is_core(self->core));
	EXPECT_TRUE(holds_bait(fd));
	close(fd);
}

/* The open is the event: README.md says so. */
TEST_F(before, what_was_open_is_not_seen)
{
	int fd = open(self->other, O_RDWR);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, rename(self->other, self->core));
	ASSERT_EQ(0, cdm_reader_seek(&self->env.reader, SEEK_END));
	EXPECT_TRUE(holds_bait(fd));
	EXPECT_EQ(0, cdm_count(&self->env.reader, COREDUMP_MON_OPEN, getpid()));
	/* Nor is anybody kept from it. */
	ASSERT_EQ(0, cdm_set_mode(self->env.reader.fd, COREDUMP_MON_ENFORCING,
				  0));
	EXPECT_TRUE(holds_bait(fd));
	close(fd);
	EXPECT_EQ(-1, open(self->core, O_RDONLY));
	EXPECT_EQ(EACCES, errno);
}

/* What a helper of core_pattern does with a dump: it writes over a file. */
static int help(FIXTURE_DATA(before) *self, const char *path)
{
	char helper[160], text[256];

	snprintf(helper, sizeof(helper), "%s/helper", self->env.elsewhere);
	snprintf(text, sizeof(text), "#!/bin/sh\ncat >%s\n", path);
	if (cdm_make_file(helper, text) || chmod(helper, 0755))
		return -1;
	snprintf(text, sizeof(text), "|%s", helper);
	/* Who dumps waits for it then. */
	return cdm_write_file(PIPE_LIMIT, "1") ||
	       cdm_core_pattern(text) ? -1 : 0;
}

static bool holds_core(int fd)
{
	char magic[SELFMAG];

	return pread(fd, magic, SELFMAG, 0) == SELFMAG &&
	       !memcmp(magic, ELFMAG, SELFMAG);
}

static int opens_of(FIXTURE_DATA(before) *self, const char *path)
{
	pid_t pid = cdm_fork(cdm_open_read, path);

	if (pid < 0 || cdm_wait(pid))
		return -1;
	return cdm_count(&self->env.reader, COREDUMP_MON_OPEN, pid);
}

/* In a watched directory, who has it open was seen when he opened it. */
TEST_F(before, what_a_helper_writes_over)
{
	const struct coredump_mon_record *rec;
	int fd;

	ASSERT_EQ(0, cdm_make_file(self->core, BAIT));
	ASSERT_EQ(0, cdm_reader_seek(&self->env.reader, SEEK_END));
	fd = open(self->core, O_RDONLY);
	ASSERT_LE(0, fd);
	rec = cdm_next_of(&self->env.reader, COREDUMP_MON_OPEN, getpid());
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(COREDUMP_MON_WOULD_DENY, cdm_decision(rec)->verdict);
	ASSERT_EQ(0, help(self, self->core));
	EXPECT_EQ(COREDUMP_MON_OUTCOME_PIPED, outcome(self, cdm_raise));
	EXPECT_TRUE(holds_core(fd));
	EXPECT_EQ(0, cdm_count(&self->env.reader, COREDUMP_MON_OPEN, getpid()));
	EXPECT_EQ(1, opens_of(self, self->core));
	close(fd);
}

/* Elsewhere it is no core file for anybody, until it is said to be one. */
TEST_F(before, what_a_helper_writes_over_elsewhere_is_not_seen)
{
	int fd = open(self->other, O_RDONLY);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, help(self, self->other));
	EXPECT_EQ(COREDUMP_MON_OUTCOME_PIPED, outcome(self, cdm_raise));
	EXPECT_TRUE(holds_core(fd));
	EXPECT_EQ(0, cdm_count(&self->env.reader, COREDUMP_MON_OPEN, getpid()));
	EXPECT_EQ(0, opens_of(self, self->other));
	ASSERT_EQ(0, cdm_tag(self->env.reader.fd, COREDUMP_MON_IOC_TAG_ADD,
			     self->other));
	EXPECT_EQ(1, opens_of(self, self->other));
	close(fd);
}

static void crash_there(const void *dir)
{
	const int signo = SIGABRT;

	if (chdir(dir))
		_exit(1);
	cdm_raise(&signo);
}

/*
 * A dump to FUSE, where the moment between its creation and its open is as long as
 * the server likes. Returns how many opens of that moment were told, or -1.
 */
static int opens_between(FIXTURE_DATA(before) *self, int fuse, const char *core)
{
	const struct coredump_mon_record *rec;
	const struct coredump_mon_task *by;
	pid_t dumper, opener;
	int count = 0, more;

	dumper = cdm_fork(crash_there, self->env.elsewhere);
	if (cdm_fuse_between(fuse, dumper, cdm_open_read, core, &opener) ||
	    !WCOREDUMP(cdm_wait(dumper)) || cdm_wait(opener))
		return -1;
	do {
		rec = cdm_next(&self->env.reader, CDM_TIMEOUT_MS);
		if (!rec)
			return -1;
		by = cdm_task(rec, COREDUMP_MON_A_PROCESS);
		count += by && by->pid == opener &&
			 rec->type == COREDUMP_MON_OPEN;
	} while (!by || by->pid != dumper || rec->type != COREDUMP_MON_DUMP);
	if (!cdm_path(rec) || strcmp(cdm_path(rec), core) ||
	    cdm_dump(rec)->outcome != COREDUMP_MON_OUTCOME_WRITTEN)
		return -1;
	more = cdm_count(&self->env.reader, COREDUMP_MON_OPEN, opener);
	return more < 0 ? -1 : count + more;
}

/* Before it has a tag, only its directory can tell what it is. */
TEST_F(before, what_is_opened_as_it_is_created)
{
	const char *const paths[] = { self->env.elsewhere };
	char core[128];
	int fuse = cdm_fuse_mount_asking(self->env.elsewhere);

	if (fuse < 0)
		SKIP(return, "no FUSE in this kernel");
	snprintf(core, sizeof(core), "%s/core", self->env.elsewhere);
	ASSERT_EQ(0, cdm_core_pattern("core"));
	EXPECT_EQ(0, opens_between(self, fuse, core));
	close(fuse);
	ASSERT_EQ(0, umount2(self->env.elsewhere, MNT_DETACH));

	fuse = cdm_fuse_mount_asking(self->env.elsewhere);
	ASSERT_LE(0, fuse);
	ASSERT_EQ(0, cdm_set_directories(self->env.reader.fd, paths, 1));
	EXPECT_EQ(1, opens_between(self, fuse, core));
	close(fuse);
}

CDM_HARNESS_MAIN
