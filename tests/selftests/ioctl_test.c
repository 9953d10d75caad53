// SPDX-License-Identifier: GPL-2.0
/*
 * Requests: each errno that they share, in the documented order; garbage.
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"

#include "cdm.h"

FIXTURE(ioctl)
{
	struct cdm_env env;
	int fd;
	/* Two pages that can be used, and a hole behind them. */
	unsigned char *pages;
	size_t page;
	/* A tagged and an untagged file. */
	int tagged;
	int untagged;
};

FIXTURE_SETUP(ioctl)
{
	char tagged[128], untagged[128];

	ASSERT_EQ(0, cdm_env_up(&self->env));
	self->fd = self->env.reader.fd;
	self->page = sysconf(_SC_PAGESIZE);
	self->pages = mmap(NULL, 3 * self->page, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->pages);
	ASSERT_EQ(0, munmap(self->pages + 2 * self->page, self->page));
	snprintf(tagged, sizeof(tagged), "%s/tagged", self->env.elsewhere);
	snprintf(untagged, sizeof(untagged), "%s/untagged",
		 self->env.elsewhere);
	self->tagged = open(tagged, O_RDWR | O_CREAT, 0600);
	self->untagged = open(untagged, O_RDWR | O_CREAT, 0600);
	ASSERT_LE(0, self->tagged);
	ASSERT_LE(0, self->untagged);
	ASSERT_EQ(0, cdm_tag(self->fd, COREDUMP_MON_IOC_TAG_ADD, tagged));
}

FIXTURE_TEARDOWN(ioctl)
{
	cdm_env_down(&self->env);
}

/* A request: argument of its first version, with what it says if all is well. */
struct request {
	const char *name;
	unsigned long number;
	bool changes;
	size_t size;
	/* Where reserved fields and flags are; 0: no more. */
	size_t zeros[3];
	int error;
};

#define FLAGS		4
#define NO_FLAG		(1U << 31)

static const struct request requests[] = {
	{
		"INFO", COREDUMP_MON_IOC_INFO, false,
		offsetof(struct coredump_mon_info, locked), { 0 }, 0,
	}, {
		"PROBE", COREDUMP_MON_IOC_PROBE, false,
		sizeof(struct coredump_mon_probe),
		{ offsetof(struct coredump_mon_probe, flags),
		  offsetof(struct coredump_mon_probe, reserved) }, 0,
	}, {
		"STATS", COREDUMP_MON_IOC_STATS, false,
		offsetof(struct coredump_mon_stats, formers_evicted), { 0 }, 0,
	}, {
		"SEEK", COREDUMP_MON_IOC_SEEK, false,
		sizeof(struct coredump_mon_seek), { FLAGS }, 0,
	}, {
		"GET_DIRECTORIES", COREDUMP_MON_IOC_GET_DIRECTORIES, false,
		sizeof(struct coredump_mon_buffer),
		{ FLAGS, offsetof(struct coredump_mon_buffer, reserved) }, 0,
	}, {
		"GET_TAGS", COREDUMP_MON_IOC_GET_TAGS, false,
		sizeof(struct coredump_mon_buffer),
		{ FLAGS, offsetof(struct coredump_mon_buffer, reserved) }, 0,
	}, {
		"GET_RULES", COREDUMP_MON_IOC_GET_RULES, false,
		offsetof(struct coredump_mon_rules, rates),
		{ FLAGS, offsetof(struct coredump_mon_rules, reserved) }, 0,
	}, {
		"SET_MODE", COREDUMP_MON_IOC_SET_MODE, true,
		sizeof(struct coredump_mon_mode),
		{ FLAGS, offsetof(struct coredump_mon_mode, reserved) }, 0,
	}, {
		"SET_DIRECTORIES", COREDUMP_MON_IOC_SET_DIRECTORIES, true,
		sizeof(struct coredump_mon_buffer),
		{ FLAGS, offsetof(struct coredump_mon_buffer, reserved) }, 0,
	}, {
		"TAG_ADD", COREDUMP_MON_IOC_TAG_ADD, true,
		sizeof(struct coredump_mon_tag_file),
		{ FLAGS, offsetof(struct coredump_mon_tag_file, reserved) },
		EEXIST,
	}, {
		"TAG_DROP", COREDUMP_MON_IOC_TAG_DROP, true,
		sizeof(struct coredump_mon_tag_file),
		{ FLAGS, offsetof(struct coredump_mon_tag_file, reserved) },
		ENOENT,
	}, {
		"RESTORE_TAGS", COREDUMP_MON_IOC_RESTORE_TAGS, true,
		sizeof(struct coredump_mon_buffer),
		{ FLAGS, offsetof(struct coredump_mon_buffer, reserved) }, 0,
	}, {
		"WAKE_TAGS", COREDUMP_MON_IOC_WAKE_TAGS, true,
		sizeof(struct coredump_mon_tag_file),
		{ FLAGS, offsetof(struct coredump_mon_tag_file, reserved) }, 0,
	}, {
		"SET_RULES", COREDUMP_MON_IOC_SET_RULES, true,
		offsetof(struct coredump_mon_rules, rates),
		{ FLAGS, offsetof(struct coredump_mon_rules, reserved) }, 0,
	}, {
		"LOCK", COREDUMP_MON_IOC_LOCK, true,
		sizeof(struct coredump_mon_lock), { FLAGS }, 0,
	},
};

/* An argument with nothing wrong in it, at a place; its size field says size. */
static void *argument(const FIXTURE_DATA(ioctl) *self,
		      const struct request *request, void *at, __u32 size)
{
	memset(at, 0, request->size);
	*(__u32 *)at = size;
	switch (request->number) {
	case COREDUMP_MON_IOC_SET_RULES:
		((struct coredump_mon_rules *)at)->fallback =
			COREDUMP_MON_ACTION_LOG;
		break;
	case COREDUMP_MON_IOC_GET_DIRECTORIES:
	case COREDUMP_MON_IOC_GET_TAGS: {
		struct coredump_mon_buffer *buffer = at;

		buffer->buffer = (uintptr_t)(self->pages + self->page);
		buffer->buffer_len = self->page / 2;
		break;
	}
	case COREDUMP_MON_IOC_TAG_ADD:
		((struct coredump_mon_tag_file *)at)->fd = self->tagged;
		break;
	case COREDUMP_MON_IOC_TAG_DROP:
	case COREDUMP_MON_IOC_WAKE_TAGS:
		((struct coredump_mon_tag_file *)at)->fd = self->untagged;
		break;
	case COREDUMP_MON_IOC_RESTORE_TAGS:
		((struct coredump_mon_buffer *)at)->flags =
			COREDUMP_MON_BUFFER_SAVED;
		break;
	}
	return at;
}

/* errno of the request, 0 for none. */
static int error_of(int fd, unsigned long number, void *argument)
{
	return ioctl(fd, number, argument) < 0 ? errno : 0;
}

static int capable(bool effective)
{
	struct __user_cap_header_struct header = {
		_LINUX_CAPABILITY_VERSION_3, 0,
	};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		return -1;
	data[1].effective &= ~CAP_TO_MASK(CAP_MAC_ADMIN);
	if (effective)
		data[1].effective |= CAP_TO_MASK(CAP_MAC_ADMIN);
	return syscall(SYS_capset, &header, data);
}

TEST_F(ioctl, unknown_is_enotty)
{
	static const unsigned long numbers[] = {
		0, ~0UL, _IO(COREDUMP_MON_IOC_MAGIC, 0x07),
		_IO(COREDUMP_MON_IOC_MAGIC, 0x0f),
		_IO(COREDUMP_MON_IOC_MAGIC, 0x18),
		_IO(COREDUMP_MON_IOC_MAGIC, 0xff),
		_IO(COREDUMP_MON_IOC_MAGIC + 1, 0x00),
		_IOW(0xcc, 0x10, struct coredump_mon_mode),
	};
	int null = open(CDM_DEVICE, O_RDONLY), i;

	ASSERT_EQ(0, capable(false));
	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		EXPECT_EQ(ENOTTY, error_of(self->fd, numbers[i], NULL));
		EXPECT_EQ(ENOTTY, error_of(null, numbers[i], self->pages));
	}
	ASSERT_EQ(0, capable(true));
	close(null);
}

/* A request is its type and number, whatever size is encoded in it. */
TEST_F(ioctl, encoded_size_is_not_looked_at)
{
	struct coredump_mon_info info = { .size = sizeof(info) };

	EXPECT_EQ(0, error_of(self->fd, _IO(COREDUMP_MON_IOC_MAGIC, 0x00),
			      &info));
	EXPECT_EQ(COREDUMP_MON_ABI_VERSION, info.abi_version);
	EXPECT_EQ(0, error_of(self->fd,
			      _IOC(_IOC_READ, COREDUMP_MON_IOC_MAGIC, 0, 8000),
			      &info));
}

TEST_F(ioctl, order_of_checks)
{
	int readable = open(CDM_DEVICE, O_RDONLY), i, j;

	ASSERT_LE(0, readable);
	for (i = 0; i < ARRAY_SIZE(requests); i++) {
		const struct request *r = &requests[i];
		const size_t larger = _IOC_SIZE(r->number) + 8;
		unsigned char *at = self->pages;
		__u32 *zero;

		TH_LOG("%s", r->name);
		/* Everything is wrong: the descriptor is what is told. */
		ASSERT_EQ(0, capable(false));
		EXPECT_EQ(r->changes ? EBADF : EFAULT,
			  error_of(readable, r->number, (void *)1));
		EXPECT_EQ(r->changes ? EPERM : EFAULT,
			  error_of(self->fd, r->number, (void *)1));
		argument(self, r, at, r->size - 1);
		EXPECT_EQ(r->changes ? EPERM : EINVAL,
			  error_of(self->fd, r->number, at));
		ASSERT_EQ(0, capable(true));
		argument(self, r, at, r->size - 1);
		EXPECT_EQ(r->changes ? EBADF : EINVAL,
			  error_of(readable, r->number, at));

		EXPECT_EQ(EFAULT, error_of(self->fd, r->number, NULL));
		EXPECT_EQ(EFAULT, error_of(self->fd, r->number, (void *)1));
		/* A part of it is behind the end of the mapping. */
		at = self->pages + 2 * self->page - 4;
		*(__u32 *)at = r->size;
		EXPECT_EQ(EFAULT, error_of(self->fd, r->number, at));
		/* The size is too small, which can be read. */
		*(__u32 *)at = 4;
		EXPECT_EQ(EINVAL, error_of(self->fd, r->number, at));
		*(__u32 *)at = 0;
		EXPECT_EQ(EINVAL, error_of(self->fd, r->number, at));

		at = self->pages;
		memset(at, 0, self->page);
		argument(self, r, at, r->size - 1);
		at[larger - 4] = 1;
		if (r->zeros[0])
			*(__u32 *)(at + r->zeros[0]) = NO_FLAG;
		EXPECT_EQ(EINVAL, error_of(self->fd, r->number, at));
		*(__u32 *)at = larger;
		EXPECT_EQ(E2BIG, error_of(self->fd, r->number, at));
		at[larger - 4] = 0;
		*(__u32 *)at = self->page + 8;
		EXPECT_EQ(E2BIG, error_of(self->fd, r->number, at));
		*(__u32 *)at = ~0U;
		EXPECT_EQ(E2BIG, error_of(self->fd, r->number, at));
		for (j = 0; j < ARRAY_SIZE(r->zeros) && r->zeros[j]; j++) {
			argument(self, r, at, larger);
			zero = (__u32 *)(at + r->zeros[j]);
			*zero = NO_FLAG;
			EXPECT_EQ(EINVAL, error_of(self->fd, r->number, at));
			*(__u32 *)at = r->size;
			EXPECT_EQ(EINVAL, error_of(self->fd, r->number, at));
		}

		if (r->number == COREDUMP_MON_IOC_LOCK) {
			/* That would be for good: the guest of a case does it. */
			continue;
		}
		/* Nothing is wrong, also when newer user space asks. */
		argument(self, r, at, r->size);
		EXPECT_EQ(r->error, error_of(self->fd, r->number, at));
		argument(self, r, at, larger);
		EXPECT_EQ(r->error, error_of(self->fd, r->number, at));
		/* What was given back is longer than the first version. */
		memset(at, 0, self->page);
		argument(self, r, at, self->page);
		EXPECT_EQ(r->error, error_of(self->fd, r->number, at));
		memset(at, 0, self->page);
		argument(self, r, at, r->size);
		EXPECT_EQ(r->changes ? EBADF : 0,
			  error_of(readable, r->number, at));
	}
	close(readable);
}

static void in_user_namespace(const void *arg)
{
	const FIXTURE_DATA(ioctl) *self = arg;
	struct coredump_mon_info info;

	/* All capabilities, but there. */
	if (unshare(CLONE_NEWUSER) ||
	    cdm_set_mode(self->fd, COREDUMP_MON_ENFORCING, 0) != -1 ||
	    errno != EPERM ||
	    cdm_set_mode(self->fd, COREDUMP_MON_ENFORCING,
			 COREDUMP_MON_MODE_HOLD) != -1 || errno != EPERM ||
	    cdm_set_directories(self->fd, NULL, 0) != -1 || errno != EPERM)
		_exit(1);
	/* Asking is allowed to who has the descriptor. */
	_exit(cdm_info(self->fd, &info) ? 2 : 0);
}

TEST_F(ioctl, root_of_a_user_namespace_is_eperm)
{
	struct coredump_mon_info info;

	EXPECT_EQ(0, cdm_run(in_user_namespace, self));
	ASSERT_EQ(0, cdm_info(self->fd, &info));
	EXPECT_EQ(COREDUMP_MON_PERMISSIVE, info.mode);
	EXPECT_EQ(0, info.enforcing);
	EXPECT_EQ(0, info.holders);
	EXPECT_EQ(0, cdm_set_mode(self->fd, COREDUMP_MON_PERMISSIVE, 0));
}

TEST_F(ioctl, info)
{
	struct coredump_mon_info info;
	char pattern[256];

	ASSERT_EQ(0, cdm_info(self->fd, &info));
	EXPECT_EQ(sizeof(info), info.size);
	EXPECT_EQ(COREDUMP_MON_ABI_VERSION, info.abi_version);
	EXPECT_NE(NULL, memchr(info.version, 0, sizeof(info.version)));
	EXPECT_NE('\0', info.version[0]);
	EXPECT_EQ(COREDUMP_MON_PERMISSIVE, info.mode);
	EXPECT_EQ(1, info.can_enforce);
	EXPECT_EQ(0, info.locked);
	EXPECT_EQ(COREDUMP_MON_RULES_BUILTIN, info.rules.flags);
	EXPECT_EQ(1, info.rules.count);
	EXPECT_EQ(1, info.rules.denying);
	EXPECT_EQ(COREDUMP_MON_ACTION_LOG, info.rules.fallback);
	EXPECT_EQ(COREDUMP_MON_PATTERN_FILE, info.pattern);
	EXPECT_STREQ(cdm_env_path(&self->env, "core.%p"), info.core_pattern);

	ASSERT_EQ(0, cdm_core_pattern("|/bin/false %p"));
	ASSERT_EQ(0, cdm_info(self->fd, &info));
	EXPECT_EQ(COREDUMP_MON_PATTERN_PIPE, info.pattern);
	EXPECT_STREQ("|/bin/false %p", info.core_pattern);

	/* As long as it can be. */
	memset(pattern, 'x', sizeof(pattern));
	pattern[127] = '\0';
	ASSERT_EQ(0, cdm_core_pattern(pattern));
	ASSERT_EQ(0, cdm_info(self->fd, &info));
	EXPECT_STREQ(pattern, info.core_pattern);
}

TEST_F(ioctl, probes)
{
	struct coredump_mon_info info;
	struct coredump_mon_probe probe;
	int required = 0, gates = 0, i;

	ASSERT_EQ(0, cdm_info(self->fd, &info));
	ASSERT_LT(3, info.probes);
	for (i = 0; i < info.probes; i++) {
		memset(&probe, 0xff, sizeof(probe));
		probe.size = sizeof(probe);
		probe.index = i;
		probe.flags = 0;
		probe.reserved = 0;
		ASSERT_EQ(0, ioctl(self->fd, COREDUMP_MON_IOC_PROBE, &probe));
		EXPECT_NE('\0', probe.name[0]);
		EXPECT_NE('\0', probe.lost[0]);
		EXPECT_EQ(0, probe.error);
		if (probe.flags & COREDUMP_MON_PROBE_REQUIRED) {
			required++;
			EXPECT_NE(COREDUMP_MON_HOOK_NONE, probe.hook);
			EXPECT_NE('\0', probe.symbol[0]);
		}
		if (probe.flags & COREDUMP_MON_PROBE_GATE) {
			gates++;
			EXPECT_EQ(COREDUMP_MON_HOOK_NONE, probe.hook);
		}
	}
	EXPECT_LT(0, required);
	/* Of opens, and of each kind of change. */
	EXPECT_EQ(9, gates);

	memset(&probe, 0, sizeof(probe));
	probe.size = sizeof(probe);
	probe.index = info.probes;
	EXPECT_EQ(ENOENT, error_of(self->fd, COREDUMP_MON_IOC_PROBE, &probe));
	probe.size = sizeof(probe);
	probe.index = ~0U;
	EXPECT_EQ(ENOENT, error_of(self->fd, COREDUMP_MON_IOC_PROBE, &probe));
}

TEST_F(ioctl, seek)
{
	struct coredump_mon_seek seek = { .size = sizeof(seek) };
	const struct coredump_mon_record *rec;
	struct coredump_mon_stats stats;

	close(open("/proc/self/coredump_filter", O_RDONLY));
	close(open("/proc/self/coredump_filter", O_RDONLY));
	ASSERT_EQ(0, cdm_stats(self->fd, &stats));
	seek.seq = stats.records - 1;
	ASSERT_EQ(0, ioctl(self->fd, COREDUMP_MON_IOC_SEEK, &seek));
	rec = cdm_next(&self->env.reader, CDM_TIMEOUT_MS);
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(stats.records, rec->seq);
	/* The last one made: nothing is left. */
	seek.seq = stats.records;
	ASSERT_EQ(0, ioctl(self->fd, COREDUMP_MON_IOC_SEEK, &seek));
	EXPECT_NULL(cdm_next(&self->env.reader, 0));

	seek.seq = stats.records - 1;
	ASSERT_EQ(0, ioctl(self->fd, COREDUMP_MON_IOC_SEEK, &seek));
	seek.seq = stats.records + 1;
	EXPECT_EQ(ERANGE, error_of(self->fd, COREDUMP_MON_IOC_SEEK, &seek));
	seek.seq = ~0ULL;
	EXPECT_EQ(ERANGE, error_of(self->fd, COREDUMP_MON_IOC_SEEK, &seek));
	/* What failed did not move. */
	self->env.reader.last_seq = 0;
	rec = cdm_next(&self->env.reader, CDM_TIMEOUT_MS);
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(stats.records, rec->seq);
}

TEST_F(ioctl, no_such_mode)
{
	struct coredump_mon_info info;

	EXPECT_EQ(-1, cdm_set_mode(self->fd, 2, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, cdm_set_mode(self->fd, ~0U, COREDUMP_MON_MODE_HOLD));
	EXPECT_EQ(EINVAL, errno);
	ASSERT_EQ(0, cdm_info(self->fd, &info));
	EXPECT_EQ(0, info.mode + info.holders + info.enforcing);
}

/*
 * Requests that have at least one thing wrong each: all fail, none changes
 * anything.
 */
TEST_F(ioctl, garbage_changes_nothing)
{
	static const __u32 sizes[] = { 0, 1, 3, 4, 7, 4097, 0x7fffffff, ~0U };
	struct coredump_mon_stats stats[2];
	struct coredump_mon_info info[2];
	unsigned int seed = 1;
	int i, j;

	ASSERT_EQ(0, cdm_info(self->fd, &info[0]) ?: cdm_stats(self->fd, &stats[0]));
	for (i = 0; i < 20000; i++) {
		const struct request *r =
			&requests[rand_r(&seed) % ARRAY_SIZE(requests)];
		unsigned char *at = self->pages;
		int error;

		for (j = 0; j < 512; j += 4)
			*(__u32 *)(at + j) = rand_r(&seed) * 2654435761U;
		switch (rand_r(&seed) % 5) {
		case 0:
			*(__u32 *)at = sizes[i % ARRAY_SIZE(sizes)];
			break;
		case 1:
			*(__u32 *)at = r->size + 256;
			break;
		case 2:
			at = (void *)((unsigned long)rand_r(&seed) << 33 | 1);
			break;
		case 3:
			at = (void *)-4096L + rand_r(&seed) % 4096;
			break;
		case 4:
			if (!r->zeros[0])
				continue;
			*(__u32 *)at = r->size;
			*(__u32 *)(at + r->zeros[0]) |= NO_FLAG;
			break;
		}
		error = error_of(self->fd, r->number, at);
		ASSERT_TRUE(error == EINVAL || error == E2BIG || error == EFAULT)
			TH_LOG("round %d: %s gave %d", i, r->name, error);
	}
	ASSERT_EQ(0, cdm_info(self->fd, &info[1]) ?: cdm_stats(self->fd, &stats[1]));
	EXPECT_EQ(0, memcmp(&info[0], &info[1], sizeof(info[0])));
	EXPECT_EQ(stats[0].tags, stats[1].tags);
	EXPECT_EQ(stats[0].records, stats[1].records);
}

CDM_HARNESS_MAIN
