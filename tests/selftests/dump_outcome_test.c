// SPDX-License-Identifier: GPL-2.0
/*
 * What becomes of a dump: written, truncated, piped, skipped, failed.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "kselftest_harness.h"

#include "cdm.h"

#define SUID_DUMPABLE	"/proc/sys/fs/suid_dumpable"

static const int abrt = SIGABRT;

FIXTURE(outcome)
{
	struct cdm_env env;
};

FIXTURE_SETUP(outcome)
{
	ASSERT_EQ(0, cdm_env_up(&self->env));
}

FIXTURE_TEARDOWN(outcome)
{
	cdm_write_file(SUID_DUMPABLE, "0");
	cdm_env_down(&self->env);
}

/* Has a child die; the record's DUMP, or NULL. */
static const struct coredump_mon_dump *die(struct cdm_env *env,
					   const struct coredump_mon_record **rec,
					   pid_t *pid,
					   void (*fn)(const void *),
					   const void *arg)
{
	*pid = cdm_fork(fn, arg);
	if (*pid < 0 || !WIFSIGNALED(cdm_wait(*pid)))
		return NULL;
	*rec = cdm_next_of(&env->reader, COREDUMP_MON_DUMP, *pid);
	return *rec ? cdm_dump(*rec) : NULL;
}

struct limited {
	int resource;
	rlim_t soft;
};

static void raise_limited(const void *arg)
{
	const struct limited *limited = arg;
	const struct rlimit limit = { limited->soft, RLIM_INFINITY };

	setrlimit(limited->resource, &limit);
	raise(SIGABRT);
}

TEST_F(outcome, rlimit_core_zero_is_skipped)
{
	const struct limited zero = { RLIMIT_CORE, 0 };
	const struct coredump_mon_record *rec;
	const struct coredump_mon_dump *dump;
	pid_t pid;

	dump = die(&self->env, &rec, &pid, raise_limited, &zero);
	ASSERT_NE(NULL, dump);
	EXPECT_EQ(COREDUMP_MON_OUTCOME_SKIPPED, dump->outcome);
	EXPECT_EQ(0, dump->rlimit_core);
	EXPECT_NULL(cdm_file(rec));
	EXPECT_EQ(-1, access(cdm_env_core(&self->env, pid), F_OK));
	EXPECT_EQ(0, cdm_count(&self->env.reader, COREDUMP_MON_DUMP, pid));
}

TEST_F(outcome, rlimit_core_under_a_page_is_skipped)
{
	const struct limited little = { RLIMIT_CORE, 100 };
	const struct coredump_mon_record *rec;
	const struct coredump_mon_dump *dump;
	pid_t pid;

	dump = die(&self->env, &rec, &pid, raise_limited, &little);
	ASSERT_NE(NULL, dump);
	EXPECT_EQ(COREDUMP_MON_OUTCOME_SKIPPED, dump->outcome);
	EXPECT_EQ(100, dump->rlimit_core);
	EXPECT_EQ(-1, access(cdm_env_core(&self->env, pid), F_OK));
}

/*
 * Also by one that does not end where a page does. The file may be larger than
 * the limit: it has holes.
 */
TEST_F(outcome, rlimit_core_is_truncated)
{
	static const rlim_t limits[] = { 8192, 4096, 10000, 65536 };
	const struct coredump_mon_record *rec;
	const struct coredump_mon_dump *dump;
	struct stat st;
	pid_t pid;
	int i;

	for (i = 0; i < ARRAY_SIZE(limits); i++) {
		const struct limited limited = { RLIMIT_CORE, limits[i] };

		dump = die(&self->env, &rec, &pid, raise_limited, &limited);
		ASSERT_NE(NULL, dump);
		EXPECT_EQ(COREDUMP_MON_OUTCOME_TRUNCATED, dump->outcome);
		EXPECT_EQ(limits[i], dump->rlimit_core);
		ASSERT_EQ(0, stat(cdm_env_core(&self->env, pid), &st));
		EXPECT_EQ(st.st_size, dump->size);
	}
}

/* The limit on any file's size cuts cores too. */
TEST_F(outcome, rlimit_fsize_is_truncated)
{
	const struct limited limited = { RLIMIT_FSIZE, 20000 };
	const struct coredump_mon_record *rec;
	const struct coredump_mon_dump *dump;
	pid_t pid;

	dump = die(&self->env, &rec, &pid, raise_limited, &limited);
	ASSERT_NE(NULL, dump);
	EXPECT_EQ(COREDUMP_MON_OUTCOME_TRUNCATED, dump->outcome);
	EXPECT_EQ(RLIM_INFINITY, dump->rlimit_core);
}

static int core_elsewhere(const char *dir)
{
	char pattern[128];

	snprintf(pattern, sizeof(pattern), "%s/core.%%p", dir);
	return cdm_core_pattern(pattern);
}

TEST_F(outcome, full_disk_is_truncated)
{
	const struct coredump_mon_record *rec;
	const struct coredump_mon_dump *dump;
	struct stat st;
	char path[128];
	pid_t pid;

	ASSERT_EQ(0, mount("tmpfs", self->env.elsewhere, "tmpfs", 0, "size=1m"));
	ASSERT_EQ(0, core_elsewhere(self->env.elsewhere));
	dump = die(&self->env, &rec, &pid, cdm_raise_big, &abrt);
	ASSERT_NE(NULL, dump);
	EXPECT_EQ(COREDUMP_MON_OUTCOME_TRUNCATED, dump->outcome);
	snprintf(path, sizeof(path), "%s/core.%d", self->env.elsewhere, pid);
	ASSERT_EQ(0, stat(path, &st));
	EXPECT_EQ(st.st_size, dump->size);
	EXPECT_EQ(st.st_ino, cdm_file(rec)->ino);
	EXPECT_STREQ(path, cdm_path(rec));

	/* With room again, it is written. */
	ASSERT_EQ(0, mount("tmpfs", self->env.elsewhere, "tmpfs", MS_REMOUNT,
			   "size=64m"));
	dump = die(&self->env, &rec, &pid, cdm_raise_big, &abrt);
	ASSERT_NE(NULL, dump);
	EXPECT_EQ(COREDUMP_MON_OUTCOME_WRITTEN, dump->outcome);
}

TEST_F(outcome, helper_reads_all_is_piped)
{
	const struct coredump_mon_record *rec;
	const struct coredump_mon_dump *dump;
	struct stat st;
	char pattern[128], path[128];
	pid_t pid;
	int i;

	snprintf(pattern, sizeof(pattern), "|/bin/dd of=%s/%%p status=none",
		 self->env.elsewhere);
	ASSERT_EQ(0, cdm_core_pattern(pattern));
	dump = die(&self->env, &rec, &pid, cdm_raise_big, &abrt);
	ASSERT_NE(NULL, dump);
	EXPECT_EQ(COREDUMP_MON_OUTCOME_PIPED, dump->outcome);
	EXPECT_EQ(COREDUMP_MON_PATTERN_PIPE, dump->pattern);
	EXPECT_FALSE(dump->flags & COREDUMP_MON_DUMP_SIZE);
	EXPECT_NULL(cdm_file(rec));
	/* The helper had it: all of the child's 8 MiB. */
	snprintf(path, sizeof(path), "%s/%d", self->env.elsewhere, pid);
	for (i = 0; i < 100 && (stat(path, &st) || st.st_size < 8 << 20); i++)
		usleep(50000);
	EXPECT_LE(8 << 20, st.st_size);
}

TEST_F(outcome, dead_helper_is_truncated)
{
	const struct coredump_mon_record *rec;
	const struct coredump_mon_dump *dump;
	pid_t pid;

	ASSERT_EQ(0, cdm_core_pattern("|/bin/true"));
	dump = die(&self->env, &rec, &pid, cdm_raise_big, &abrt);
	ASSERT_NE(NULL, dump);
	EXPECT_EQ(COREDUMP_MON_OUTCOME_TRUNCATED, dump->outcome);
	EXPECT_EQ(COREDUMP_MON_PATTERN_PIPE, dump->pattern);
}

TEST_F(outcome, no_helper_is_failed)
{
	const struct coredump_mon_record *rec;
	const struct coredump_mon_dump *dump;
	pid_t pid;

	ASSERT_EQ(0, cdm_core_pattern("|/nonexistent/helper"));
	dump = die(&self->env, &rec, &pid, cdm_raise, &abrt);
	ASSERT_NE(NULL, dump);
	EXPECT_EQ(COREDUMP_MON_OUTCOME_FAILED, dump->outcome);
	EXPECT_EQ(COREDUMP_MON_PATTERN_PIPE, dump->pattern);
}

/* An executable of the file system's that takes a second to begin to read. */
static int slow_helper(const char *dir)
{
	char path[128], pattern[160], script[256];

	snprintf(path, sizeof(path), "%s/helper", dir);
	snprintf(pattern, sizeof(pattern), "|%s", path);
	snprintf(script, sizeof(script),
		 "#!/bin/sh\n: >%s/began\nsleep 1\nexec cat >/dev/null\n", dir);
	if (cdm_make_file(path, script) || chmod(path, 0755))
		return -1;
	return cdm_core_pattern(pattern);
}

/* Waits until it has begun: the dump is under way. */
static bool helper_began(const char *dir)
{
	char path[128];
	int i;

	snprintf(path, sizeof(path), "%s/began", dir);
	for (i = 0; i < 1000 && access(path, F_OK); i++)
		usleep(20000);
	return !unlink(path);
}

TEST_F(outcome, core_pattern_changed_during_a_dump)
{
	const struct coredump_mon_record *rec;
	const struct coredump_mon_dump *dump;
	pid_t pid;

	ASSERT_EQ(0, slow_helper(self->env.elsewhere));
	pid = cdm_fork(cdm_raise_big, &abrt);
	ASSERT_TRUE(helper_began(self->env.elsewhere));
	ASSERT_EQ(0, cdm_core_pattern(cdm_env_path(&self->env, "core.%p")));
	ASSERT_EQ(SIGABRT | 0x80, cdm_wait(pid));
	rec = cdm_next_of(&self->env.reader, COREDUMP_MON_DUMP, pid);
	ASSERT_NE(NULL, rec);
	dump = cdm_dump(rec);
	/* What the dump did, not what the sysctl says now. */
	EXPECT_EQ(COREDUMP_MON_PATTERN_PIPE, dump->pattern);
	EXPECT_EQ(COREDUMP_MON_OUTCOME_PIPED, dump->outcome);
	EXPECT_NULL(cdm_file(rec));
	EXPECT_LT(500000000, dump->duration_ns);

	dump = die(&self->env, &rec, &pid, cdm_raise, &abrt);
	ASSERT_NE(NULL, dump);
	EXPECT_EQ(COREDUMP_MON_PATTERN_FILE, dump->pattern);
	EXPECT_EQ(COREDUMP_MON_OUTCOME_WRITTEN, dump->outcome);
}

TEST_F(outcome, killed_during_a_dump_is_truncated)
{
	const struct coredump_mon_record *rec;
	pid_t pid;

	ASSERT_EQ(0, slow_helper(self->env.elsewhere));
	pid = cdm_fork(cdm_raise_big, &abrt);
	ASSERT_TRUE(helper_began(self->env.elsewhere));
	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_TRUE(WIFSIGNALED(cdm_wait(pid)));
	rec = cdm_next_of(&self->env.reader, COREDUMP_MON_DUMP, pid);
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(COREDUMP_MON_OUTCOME_TRUNCATED, cdm_dump(rec)->outcome);
	EXPECT_FALSE(cdm_dump(rec)->flags & COREDUMP_MON_DUMP_FORCED);
}

TEST_F(outcome, no_directory_is_failed)
{
	const struct coredump_mon_record *rec;
	const struct coredump_mon_dump *dump;
	pid_t pid;

	ASSERT_EQ(0, core_elsewhere("/nonexistent"));
	dump = die(&self->env, &rec, &pid, cdm_raise, &abrt);
	ASSERT_NE(NULL, dump);
	EXPECT_EQ(COREDUMP_MON_OUTCOME_FAILED, dump->outcome);
	EXPECT_EQ(COREDUMP_MON_PATTERN_FILE, dump->pattern);
	EXPECT_NULL(cdm_file(rec));
}

TEST_F(outcome, directory_in_the_way_is_failed)
{
	const struct coredump_mon_record *rec;
	const struct coredump_mon_dump *dump;
	pid_t pid;

	ASSERT_EQ(0, mkdir(cdm_env_path(&self->env, "core"), 0755));
	ASSERT_EQ(0, cdm_core_pattern(cdm_env_path(&self->env, "core")));
	dump = die(&self->env, &rec, &pid, cdm_raise, &abrt);
	ASSERT_NE(NULL, dump);
	EXPECT_EQ(COREDUMP_MON_OUTCOME_FAILED, dump->outcome);
}

static void raise_in_directory(const void *dir)
{
	if (chdir(dir))
		_exit(1);
	raise(SIGABRT);
}

TEST_F(outcome, relative_core_pattern)
{
	const struct coredump_mon_record *rec;
	const struct coredump_mon_dump *dump;
	struct stat st;
	char path[128];
	pid_t pid;

	ASSERT_EQ(0, cdm_core_pattern("core.%p"));
	dump = die(&self->env, &rec, &pid, raise_in_directory, self->env.elsewhere);
	ASSERT_NE(NULL, dump);
	EXPECT_EQ(COREDUMP_MON_OUTCOME_WRITTEN, dump->outcome);
	EXPECT_EQ(COREDUMP_MON_PATTERN_FILE, dump->pattern);
	snprintf(path, sizeof(path), "%s/core.%d", self->env.elsewhere, pid);
	ASSERT_EQ(0, stat(path, &st));
	EXPECT_EQ(st.st_ino, cdm_file(rec)->ino);
	EXPECT_STREQ(path, cdm_path(rec));
	/* Nobody watches that directory. */
	EXPECT_EQ(1, cdm_file(rec)->tagged);
}

/* A tag is all that tells such a core from other files. */
TEST_F(outcome, core_outside_is_tagged)
{
	const struct coredump_mon_record *rec;
	struct coredump_mon_stats before, after;
	char path[128], other[128], harmless[128], link_[128];
	pid_t pid;

	ASSERT_EQ(0, core_elsewhere(self->env.elsewhere));
	ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &before));
	ASSERT_NE(NULL, die(&self->env, &rec, &pid, cdm_raise, &abrt));
	ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &after));
	EXPECT_EQ(before.tags + 1, after.tags);

	snprintf(path, sizeof(path), "%s/core.%d", self->env.elsewhere, pid);
	snprintf(other, sizeof(other), "%s/no-core", self->env.elsewhere);
	snprintf(harmless, sizeof(harmless), "%s/notes.txt", self->env.elsewhere);
	snprintf(link_, sizeof(link_), "%s/link", self->env.elsewhere);
	ASSERT_EQ(0, cdm_make_file(other, "x"));
	ASSERT_EQ(0, rename(path, harmless));
	ASSERT_EQ(0, link(harmless, link_));

	pid = cdm_fork(cdm_open_read, harmless);
	ASSERT_EQ(0, cdm_wait(pid));
	rec = cdm_next_of(&self->env.reader, COREDUMP_MON_OPEN, pid);
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ(harmless, cdm_path(rec));
	EXPECT_EQ(1, cdm_file(rec)->tagged);
	pid = cdm_fork(cdm_open_read, link_);
	ASSERT_EQ(0, cdm_wait(pid));
	rec = cdm_next_of(&self->env.reader, COREDUMP_MON_OPEN, pid);
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ(link_, cdm_path(rec));
	pid = cdm_fork(cdm_open_read, other);
	ASSERT_EQ(0, cdm_wait(pid));
	EXPECT_EQ(0, cdm_count(&self->env.reader, COREDUMP_MON_OPEN, pid));

	/* The tag ends with the file. */
	ASSERT_EQ(0, unlink(harmless));
	ASSERT_EQ(0, unlink(link_));
	ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &after));
	EXPECT_EQ(before.tags, after.tags);
}

static void raise_undumpable(const void *unused)
{
	prctl(PR_SET_DUMPABLE, 0);
	raise(SIGABRT);
}

TEST_F(outcome, undumpable_is_skipped)
{
	const struct coredump_mon_record *rec;
	const struct coredump_mon_dump *dump;
	pid_t pid;

	dump = die(&self->env, &rec, &pid, raise_undumpable, NULL);
	ASSERT_NE(NULL, dump);
	EXPECT_EQ(COREDUMP_MON_OUTCOME_SKIPPED, dump->outcome);
	EXPECT_EQ(0, dump->dumpable);
	EXPECT_TRUE(dump->flags & COREDUMP_MON_DUMP_PRIVILEGED);
	EXPECT_EQ(-1, access(cdm_env_core(&self->env, pid), F_OK));
}

static void raise_as_other_user(const void *unused)
{
	if (setresuid(1234, 1234, 1234))
		_exit(1);
	raise(SIGABRT);
}

/* Changing ids gives a process the dumpable of fs.suid_dumpable. */
TEST_F(outcome, suid_dumpable)
{
	const struct coredump_mon_record *rec;
	const struct coredump_mon_dump *dump;
	struct stat st;
	pid_t pid;

	ASSERT_EQ(0, chmod(self->env.dir, 01777));
	dump = die(&self->env, &rec, &pid, raise_as_other_user, NULL);
	ASSERT_NE(NULL, dump);
	EXPECT_EQ(COREDUMP_MON_OUTCOME_SKIPPED, dump->outcome);
	EXPECT_EQ(0, dump->dumpable);

	ASSERT_EQ(0, cdm_write_file(SUID_DUMPABLE, "1"));
	dump = die(&self->env, &rec, &pid, raise_as_other_user, NULL);
	ASSERT_NE(NULL, dump);
	EXPECT_EQ(COREDUMP_MON_OUTCOME_WRITTEN, dump->outcome);
	EXPECT_EQ(1, dump->dumpable);
	EXPECT_FALSE(dump->flags & COREDUMP_MON_DUMP_PRIVILEGED);

	/* Written with root's rights, by the victim. */
	ASSERT_EQ(0, cdm_write_file(SUID_DUMPABLE, "2"));
	dump = die(&self->env, &rec, &pid, raise_as_other_user, NULL);
	ASSERT_NE(NULL, dump);
	EXPECT_EQ(COREDUMP_MON_OUTCOME_WRITTEN, dump->outcome);
	EXPECT_EQ(2, dump->dumpable);
	EXPECT_TRUE(dump->flags & COREDUMP_MON_DUMP_PRIVILEGED);
	ASSERT_EQ(0, stat(cdm_env_core(&self->env, pid), &st));
	EXPECT_EQ(0, st.st_uid);
	EXPECT_EQ(st.st_ino, cdm_file(rec)->ino);
	EXPECT_EQ(1234, cdm_cred(rec, COREDUMP_MON_A_PROCESS)->uid);

	/* With a relative pattern the kernel does not do that. */
	ASSERT_EQ(0, cdm_core_pattern("core.%p"));
	dump = die(&self->env, &rec, &pid, raise_as_other_user, NULL);
	ASSERT_NE(NULL, dump);
	EXPECT_NE(COREDUMP_MON_OUTCOME_WRITTEN, dump->outcome);
	EXPECT_NULL(cdm_file(rec));
}

CDM_HARNESS_MAIN
