// SPDX-License-Identifier: GPL-2.0
/*
 * A policy in one request: rules, watched directories, tags and mode come with it, or
 * nothing does.
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "cdm_alter.h"
#include "cdm_rules.h"

/* All that a policy changes. */
struct state {
	struct coredump_mon_info info;
	char directories[1 << 14];
	__u64 directories_len;
	__u64 tags;
};

FIXTURE(switch)
{
	struct cdm_alter alter;
	struct cdm_rules *rules;
	char paths[128];
	int fd;
	int tag;
	struct state before;
};

static int look(int fd, struct state *state)
{
	struct coredump_mon_buffer buffer = {
		.size = sizeof(buffer),
		.buffer = (uintptr_t)state->directories,
		.buffer_len = sizeof(state->directories),
	};
	struct coredump_mon_stats stats;

	memset(state, 0, sizeof(*state));
	if (cdm_info(fd, &state->info) || cdm_stats(fd, &stats) ||
	    ioctl(fd, COREDUMP_MON_IOC_GET_DIRECTORIES, &buffer))
		return -1;
	state->directories_len = buffer.buffer_len;
	state->tags = stats.tags;
	return 0;
}

static bool is_as_before(FIXTURE_DATA(switch) *self)
{
	struct state now;

	return !look(self->fd, &now) &&
	       !memcmp(&now.info.rules, &self->before.info.rules,
		       sizeof(now.info.rules)) &&
	       now.info.mode == self->before.info.mode &&
	       now.info.enforcing == self->before.info.enforcing &&
	       now.tags == self->before.tags &&
	       now.directories_len == self->before.directories_len &&
	       !memcmp(now.directories, self->before.directories,
		       now.directories_len);
}

/* What is in force once it was asked for. */
static void ask(FIXTURE_DATA(switch) *self)
{
	struct coredump_mon_rules *set = &self->rules->set;

	cdm_rules_begin(self->rules);
	cdm_rules_add(self->rules, "nobody opens", COREDUMP_MON_ACTION_DENY,
		      CDM_BIT(COREDUMP_MON_OPEN), NULL);
	set->flags = COREDUMP_MON_RULES_DIRECTORIES | COREDUMP_MON_RULES_MODE;
	set->directories = (uintptr_t)self->paths;
	set->directories_len = strlen(self->paths) + 1;
	set->directory_count = 1;
	set->mode = COREDUMP_MON_ENFORCING;
	set->files = (uintptr_t)&self->tag;
	set->file_count = 1;
}

FIXTURE_SETUP(switch)
{
	ASSERT_EQ(0, cdm_alter_up(&self->alter));
	self->rules = malloc(sizeof(*self->rules));
	ASSERT_NE(NULL, self->rules);
	self->fd = self->alter.reader->fd;
	ASSERT_EQ(0, cdm_make_file(self->alter.outside, "secret"));
	self->tag = open(self->alter.outside, O_PATH);
	ASSERT_LE(0, self->tag);
	snprintf(self->paths, sizeof(self->paths), "%s/below", self->alter.env.dir);
	ASSERT_EQ(0, mkdir(self->paths, 0700));
	ASSERT_EQ(0, look(self->fd, &self->before));
	ASSERT_EQ(0, cdm_reader_seek(self->alter.reader, SEEK_END));
	ask(self);
}

FIXTURE_TEARDOWN(switch)
{
	close(self->tag);
	free(self->rules);
	cdm_env_down(&self->alter.env);
}

static __u32 next_change(FIXTURE_DATA(switch) *self)
{
	const struct coredump_mon_policy *policy =
		cdm_policy(cdm_next_of(self->alter.reader, COREDUMP_MON_POLICY, getpid()));

	return policy ? policy->change : 0;
}

TEST_F(switch, all_at_once)
{
	struct state now;

	ASSERT_EQ(0, cdm_rules_set(self->fd, self->rules));
	ASSERT_EQ(0, look(self->fd, &now));
	EXPECT_EQ(1, now.info.rules.count);
	EXPECT_EQ(COREDUMP_MON_ENFORCING, now.info.mode);
	EXPECT_EQ(1, now.info.enforcing);
	EXPECT_EQ(self->before.tags + 1, now.tags);
	EXPECT_NE(NULL, memmem(now.directories, now.directories_len, self->paths,
			       strlen(self->paths)));
	EXPECT_EQ(-1, open(self->alter.outside, O_RDONLY));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(COREDUMP_MON_CHANGE_RULES, next_change(self));
	EXPECT_EQ(COREDUMP_MON_CHANGE_DIRECTORIES, next_change(self));
	EXPECT_EQ(COREDUMP_MON_CHANGE_TAG_ADD, next_change(self));
	EXPECT_EQ(COREDUMP_MON_CHANGE_MODE, next_change(self));
}

/* What is so already is no change, but that the rules were put in force again. */
TEST_F(switch, told_if_it_differs)
{
	ASSERT_EQ(0, cdm_rules_set(self->fd, self->rules));
	ASSERT_EQ(0, cdm_reader_seek(self->alter.reader, SEEK_END));
	ASSERT_EQ(0, cdm_rules_set(self->fd, self->rules));
	self->rules->set.mode = COREDUMP_MON_PERMISSIVE;
	ASSERT_EQ(0, cdm_rules_set(self->fd, self->rules));
	EXPECT_EQ(COREDUMP_MON_CHANGE_RULES, next_change(self));
	EXPECT_EQ(COREDUMP_MON_CHANGE_RULES, next_change(self));
	EXPECT_EQ(COREDUMP_MON_CHANGE_MODE, next_change(self));
}

/* The rules that are built in, too. */
TEST_F(switch, with_the_builtin_rules)
{
	struct coredump_mon_rules *set = &self->rules->set;
	struct state now;

	set->flags |= COREDUMP_MON_RULES_BUILTIN;
	set->count = 0;
	set->rules_len = 0;
	set->fallback = 0;
	set->classes = 0;
	ASSERT_EQ(0, cdm_rules_set(self->fd, self->rules));
	ASSERT_EQ(0, look(self->fd, &now));
	EXPECT_EQ(COREDUMP_MON_RULES_BUILTIN, now.info.rules.flags);
	EXPECT_EQ(COREDUMP_MON_ENFORCING, now.info.mode);
	EXPECT_EQ(self->before.tags + 1, now.tags);
}

/* As who does not know of the rest asks. */
TEST_F(switch, of_former_versions)
{
	struct coredump_mon_rules *set = &self->rules->set;
	struct state now;

	set->flags = 0;
	set->size = offsetof(struct coredump_mon_rules, directories);
	ASSERT_EQ(0, cdm_rules_set(self->fd, self->rules));
	set->size = offsetof(struct coredump_mon_rules, rates);
	ASSERT_EQ(0, cdm_rules_set(self->fd, self->rules));
	set->size--;
	EXPECT_EQ(-1, cdm_rules_set(self->fd, self->rules));
	EXPECT_EQ(EINVAL, errno);
	ASSERT_EQ(0, look(self->fd, &now));
	EXPECT_EQ(1, now.info.rules.count);
	EXPECT_EQ(COREDUMP_MON_PERMISSIVE, now.info.mode);
	EXPECT_EQ(self->before.tags, now.tags);
	EXPECT_EQ(self->before.directories_len, now.directories_len);
}

TEST_F(switch, or_nothing)
{
	struct coredump_mon_rules *set = &self->rules->set;
	const char *no_end = "/", *relative = "x";
	int fds[3] = { self->tag, open("/", O_PATH), -1 };
	char file[160];

#define SET(err, what) do {							\
	ask(self);								\
	what;									\
	EXPECT_EQ(-1, cdm_rules_set(self->fd, self->rules)) TH_LOG(#what);	\
	EXPECT_EQ(err, errno) TH_LOG(#what);					\
	EXPECT_TRUE(is_as_before(self)) TH_LOG(#what);				\
} while (0)

	ASSERT_LE(0, fds[1]);
	SET(EINVAL, set->flags |= 1U << 4);
	SET(EINVAL, set->more_reserved = 1);
	SET(EINVAL, set->flags &= ~COREDUMP_MON_RULES_DIRECTORIES);
	SET(EINVAL, set->flags &= ~COREDUMP_MON_RULES_MODE);
	SET(EINVAL, set->mode = 2);
	SET(EINVAL, set->flags |= COREDUMP_MON_RULES_FOLLOW);
	SET(EINVAL, set->file_count = 0);
	SET(EINVAL, (set->files = (uintptr_t)fds, set->file_count = 2));
	SET(EBADF, (set->files = (uintptr_t)&fds[2]));
	SET(EFAULT, set->files = 1);
	SET(E2BIG, set->file_count = COREDUMP_MON_RULE_ENTRIES_MAX + 1);
	SET(EINVAL, set->directory_count = 2);
	SET(EINVAL, (set->directories = (uintptr_t)no_end, set->directories_len = 1));
	SET(EINVAL, (set->directories = (uintptr_t)relative, set->directories_len = 2));
	SET(EFAULT, set->directories = 1);
	SET(E2BIG, set->directory_count = COREDUMP_MON_DIRECTORIES_MAX + 1);
	snprintf(file, sizeof(file), "%s", self->alter.core);
	SET(ENOTDIR, (set->directories = (uintptr_t)file,
		      set->directories_len = strlen(file) + 1));
	/* Rules are looked at as they were. */
	SET(EINVAL, set->fallback = 0);
	close(fds[1]);
}

/* All tags but one are in use, by files that are on no file system that is mounted. */
TEST_F(switch, or_nothing_without_room_for_tags)
{
	const __u64 count = COREDUMP_MON_TAGS_MAX - self->before.tags - 1;
	struct coredump_mon_saved_tag *saved = calloc(count, sizeof(*saved));
	struct coredump_mon_buffer buffer = {
		.size = sizeof(buffer), .flags = COREDUMP_MON_BUFFER_SAVED,
		.count = count, .buffer_len = count * sizeof(*saved),
		.buffer = (uintptr_t)saved,
	};
	int fds[2] = { self->tag };
	struct state now;
	char other[128];
	__u64 i;

	ASSERT_NE(NULL, saved);
	for (i = 0; i < count; i++)
		saved[i] = (struct coredump_mon_saved_tag) {
			.tag = { .ino = i + 1, .generation = 1,
				 .origin = COREDUMP_MON_TAG_USER },
			.uuid = "no file system",
		};
	ASSERT_EQ(0, ioctl(self->fd, COREDUMP_MON_IOC_RESTORE_TAGS, &buffer));
	free(saved);
	snprintf(other, sizeof(other), "%s/other", self->alter.env.elsewhere);
	ASSERT_EQ(0, cdm_make_file(other, "secret"));
	fds[1] = open(other, O_PATH);
	ASSERT_LE(0, fds[1]);
	ASSERT_EQ(0, look(self->fd, &self->before));
	ASSERT_EQ(COREDUMP_MON_TAGS_MAX - 1, self->before.tags);
	self->rules->set.files = (uintptr_t)fds;
	self->rules->set.file_count = 2;
	EXPECT_EQ(-1, cdm_rules_set(self->fd, self->rules));
	EXPECT_EQ(ENOSPC, errno);
	EXPECT_TRUE(is_as_before(self));
	/* For one there is room; and none is needed for one that is tagged. */
	self->rules->set.file_count = 1;
	ASSERT_EQ(0, cdm_rules_set(self->fd, self->rules));
	ASSERT_EQ(0, cdm_rules_set(self->fd, self->rules));
	ASSERT_EQ(0, look(self->fd, &now));
	EXPECT_EQ(COREDUMP_MON_TAGS_MAX, now.tags);
	/* Nothing else ends them. */
	close(fds[1]);
	EXPECT_EQ(0, cdm_env_unload(&self->alter.env));
	EXPECT_EQ(0, cdm_env_load(&self->alter.env));
}

CDM_HARNESS_MAIN
