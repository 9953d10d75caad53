// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptors from before a file was a core file: the kernel never dumps into
 * what somebody may have open, and what remains is not seen.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "cdm.h"

#define BAIT		"bait"
#define SUID_DUMPABLE	"/proc/sys/fs/suid_dumpable"

FIXTURE(before)
{
	struct cdm_env env;
	/* Where the next dump goes, and a file that stands elsewhere. */
	const char *core;
	char other[128];
	char suid_dumpable[16];
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
}

FIXTURE_TEARDOWN(before)
{
	cdm_write_file(SUID_DUMPABLE, self->suid_dumpable);
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

CDM_HARNESS_MAIN
