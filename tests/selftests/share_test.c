// SPDX-License-Identifier: GPL-2.0
/*
 * A user who floods pushes out his own records, not those of others.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "cdm.h"

#define FLOODER		4242
/* Several times what a lane of 64 KiB holds, as a record has over 500 bytes. */
#define OPENS		1000

FIXTURE(share)
{
	struct cdm_env env;
};

FIXTURE_SETUP(share)
{
	ASSERT_EQ(0, cdm_env_up(&self->env));
}

FIXTURE_TEARDOWN(share)
{
	cdm_env_down(&self->env);
}

static void flood(const void *unused)
{
	int i, fd;

	if (setresgid(FLOODER, FLOODER, FLOODER) ||
	    setresuid(FLOODER, FLOODER, FLOODER))
		_exit(1);
	for (i = 0; i < OPENS; i++) {
		fd = open("/proc/thread-self/../../coredump_filter", O_RDONLY);
		if (fd < 0)
			_exit(2);
		close(fd);
	}
}

TEST_F(share, flooder_loses_alone)
{
	int by_root = 0, by_flooder = 0;
	const struct coredump_mon_record *rec;
	struct coredump_mon_stats before, after;
	const char *path;

	path = cdm_env_path(&self->env, "file");
	ASSERT_EQ(0, cdm_make_file(path, "secret"));
	ASSERT_EQ(0, cdm_run(cdm_open_read, path));
	ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &before));
	ASSERT_EQ(0, cdm_run(flood, NULL));
	ASSERT_EQ(0, cdm_stats(self->env.reader.fd, &after));
	/* The flood was one: it pushed something out. */
	ASSERT_EQ(OPENS, after.records - before.records);
	ASSERT_LT(before.evicted + OPENS / 2, after.evicted);

	ASSERT_EQ(0, cdm_reader_seek(&self->env.reader, SEEK_SET));
	while ((rec = cdm_next(&self->env.reader, 0))) {
		const struct coredump_mon_cred *cred;

		if (rec->type != COREDUMP_MON_OPEN)
			continue;
		cred = cdm_cred(rec, COREDUMP_MON_A_PROCESS);
		ASSERT_NE(NULL, cred);
		by_flooder += cred->uid == FLOODER;
		if (!cred->uid && !strcmp(cdm_path(rec), path) &&
		    cdm_file(rec)->access == COREDUMP_MON_ACCESS_READ)
			by_root++;
	}
	EXPECT_EQ(1, by_root);
	EXPECT_LT(0, by_flooder);
	EXPECT_LT(by_flooder, OPENS / 2);
}

int main(int argc, char **argv)
{
	cdm_main_up();
	atexit(cdm_reload);
	if (cdm_unload() || cdm_load("ring_kib=64"))
		ksft_exit_fail_msg("modprobe " CDM_MODULE " ring_kib=64: failed\n");
	return test_harness_run(argc, argv);
}
