// SPDX-License-Identifier: GPL-2.0
/*
 * Opens through io_uring, by the submitter and by a worker thread: seen,
 * attributed and refused like any other.
 */
#include <fcntl.h>

#include "kselftest_harness.h"

#include "cdm.h"
#include "cdm_uring.h"

FIXTURE(io_uring)
{
	struct cdm_env env;
	const char *core;
};

FIXTURE_VARIANT(io_uring)
{
	/* Of the submission: 0, or IOSQE_ASYNC for a worker. */
	__u8 flags;
};

FIXTURE_VARIANT_ADD(io_uring, submitter) { .flags = 0, };
FIXTURE_VARIANT_ADD(io_uring, worker) { .flags = IOSQE_ASYNC, };

FIXTURE_SETUP(io_uring)
{
	ASSERT_EQ(0, cdm_env_up(&self->env));
	self->core = strdup(cdm_env_path(&self->env, "a-core"));
	ASSERT_EQ(0, cdm_make_file(self->core, "secret"));
	/* That was this process too. */
	ASSERT_EQ(0, cdm_reader_seek(&self->env.reader, SEEK_END));
}

FIXTURE_TEARDOWN(io_uring)
{
	cdm_env_down(&self->env);
}

/* What the open gave: a descriptor or a negative errno; -1000: no io_uring. */
static int open_through_ring(const char *path, __u8 flags)
{
	const struct cdm_uring_how how = {
		.opcode = IORING_OP_OPENAT,
		.flags = flags,
	};
	struct cdm_uring ring;
	int result;

	if (cdm_uring_up(&ring, 1, &how))
		return -1000;
	if (cdm_uring_open(&ring, path, &how, 1, &result))
		result = -1000;
	cdm_uring_down(&ring);
	return result;
}

TEST_F(io_uring, seen_and_refused)
{
	const struct coredump_mon_record *rec;
	int fd = open_through_ring(self->core, variant->flags);

	if (fd == -1000)
		SKIP(return, "no io_uring in this kernel");
	ASSERT_LE(0, fd);
	rec = cdm_next_of(&self->env.reader, COREDUMP_MON_OPEN, getpid());
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(COREDUMP_MON_WOULD_DENY, cdm_decision(rec)->verdict);
	EXPECT_EQ(COREDUMP_MON_ACCESS_READ, cdm_file(rec)->access);
	EXPECT_STREQ(self->core, cdm_path(rec));
	EXPECT_EQ(variant->flags == 0,
		  cdm_task(rec, COREDUMP_MON_A_PROCESS)->tid == getpid());
	EXPECT_EQ(0, cdm_cred(rec, COREDUMP_MON_A_PROCESS)->uid);
	EXPECT_EQ(0, cdm_count(&self->env.reader, COREDUMP_MON_OPEN, getpid()));
	close(fd);

	ASSERT_EQ(0, cdm_set_mode(self->env.reader.fd, COREDUMP_MON_ENFORCING,
				  0));
	EXPECT_EQ(-EACCES, open_through_ring(self->core, variant->flags));
	rec = cdm_next_of(&self->env.reader, COREDUMP_MON_OPEN, getpid());
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(COREDUMP_MON_DENIED, cdm_decision(rec)->verdict);
	EXPECT_EQ(0, cdm_count(&self->env.reader, COREDUMP_MON_OPEN, getpid()));
}

CDM_HARNESS_MAIN
