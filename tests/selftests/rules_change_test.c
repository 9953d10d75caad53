// SPDX-License-Identifier: GPL-2.0
/*
 * Rules that refuse to have core files moved, linked, removed or changed.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "cdm_alter.h"
#include "cdm_rules.h"

FIXTURE(rules_change)
{
	struct cdm_alter alter;
	struct cdm_rules *rules;
	int fd;
};

FIXTURE_SETUP(rules_change)
{
	self->rules = malloc(sizeof(*self->rules));
	ASSERT_NE(NULL, self->rules);
	ASSERT_EQ(0, cdm_alter_up(&self->alter));
	self->fd = self->alter.reader->fd;
	cdm_rules_begin(self->rules);
}

FIXTURE_TEARDOWN(rules_change)
{
	cdm_env_down(&self->alter.env);
	free(self->rules);
}

static bool denied(FIXTURE_DATA(rules_change) *self, int type, const char *rule)
{
	const struct coredump_mon_record *rec;
	const struct coredump_mon_decision *decision;
	const char *name;

	rec = cdm_next_of(self->alter.reader, type, getpid());
	if (!rec)
		return false;
	decision = cdm_decision(rec);
	name = cdm_string(cdm_get(rec, 0, COREDUMP_MON_A_RULE));
	return decision && decision->verdict == COREDUMP_MON_DENIED && name &&
	       !strcmp(name, rule) && cdm_result(rec) &&
	       cdm_result(rec)->error == EACCES;
}

/* The gates of changes: how many there are, and the names of those in place. */
static int gates(int fd, char names[128])
{
	struct coredump_mon_probe probe = { .size = sizeof(probe) };
	int n = 0;

	*names = '\0';
	while (!ioctl(fd, COREDUMP_MON_IOC_PROBE, &probe)) {
		if (!strncmp(probe.name, "gate-", 5)) {
			n++;
			if (probe.hook != COREDUMP_MON_HOOK_NONE)
				strcat(strcat(names, " "), probe.name + 5);
		}
		probe = (struct coredump_mon_probe) {
			.size = sizeof(probe), .index = probe.index + 1,
		};
	}
	return n;
}

#define REFUSED(call) ({ errno = 0; (call) == -1 && errno == EACCES; })

TEST_F(rules_change, refuse_changes)
{
	static const char acl_name[] = "system.posix_acl_access";
	const struct {
		struct posix_acl_xattr_header header;
		struct posix_acl_xattr_entry entries[3];
	} acl = {
		{ POSIX_ACL_XATTR_VERSION },
		{
			{ ACL_USER_OBJ, 6, ACL_UNDEFINED_ID },
			{ ACL_GROUP_OBJ, 6, ACL_UNDEFINED_ID },
			{ ACL_OTHER, 6, ACL_UNDEFINED_ID },
		},
	};
	const char *core = self->alter.core;
	struct coredump_mon_stats before, after;
	char sub[128];

	snprintf(sub, sizeof(sub), "%s/sub", self->alter.env.dir);
	ASSERT_EQ(0, mkdir(sub, 0755));
	ASSERT_EQ(0, cdm_make_file(self->alter.outside, "another"));
	cdm_rules_add(self->rules, "keep", COREDUMP_MON_ACTION_DENY, CDM_CHANGES,
		      NULL);
	ASSERT_EQ(0, cdm_rules_enforce(self->alter.reader, self->rules));
	ASSERT_EQ(0, cdm_stats(self->fd, &before));
	EXPECT_TRUE(REFUSED(rename(core, self->alter.name)));
	EXPECT_TRUE(denied(self, COREDUMP_MON_RENAME, "keep"));
	/* Nor over it, which moves what is none into the directory. */
	EXPECT_TRUE(REFUSED(rename(self->alter.outside, core)));
	EXPECT_TRUE(denied(self, COREDUMP_MON_UNLINK, "keep"));
	EXPECT_TRUE(denied(self, COREDUMP_MON_RENAME, "keep"));
	EXPECT_TRUE(REFUSED(renameat2(AT_FDCWD, core, AT_FDCWD,
				      self->alter.outside, RENAME_EXCHANGE)));
	EXPECT_TRUE(denied(self, COREDUMP_MON_RENAME, "keep"));
	EXPECT_TRUE(denied(self, COREDUMP_MON_RENAME, "keep"));
	EXPECT_TRUE(REFUSED(link(core, self->alter.name)));
	EXPECT_TRUE(denied(self, COREDUMP_MON_LINK, "keep"));
	EXPECT_TRUE(REFUSED(unlink(core)));
	EXPECT_TRUE(denied(self, COREDUMP_MON_UNLINK, "keep"));
	EXPECT_TRUE(REFUSED(chmod(core, 0640)));
	EXPECT_TRUE(denied(self, COREDUMP_MON_ATTR, "keep"));
	EXPECT_TRUE(REFUSED(chown(core, 1000, 1000)));
	EXPECT_TRUE(denied(self, COREDUMP_MON_ATTR, "keep"));
	EXPECT_TRUE(REFUSED(truncate(core, 1)));
	EXPECT_TRUE(denied(self, COREDUMP_MON_ATTR, "keep"));
	EXPECT_TRUE(REFUSED(setxattr(core, "user.a", "b", 1, 0)));
	EXPECT_TRUE(denied(self, COREDUMP_MON_ATTR, "keep"));
	EXPECT_TRUE(REFUSED(removexattr(core, "user.a")));
	EXPECT_TRUE(denied(self, COREDUMP_MON_ATTR, "keep"));
	EXPECT_TRUE(REFUSED(setxattr(core, acl_name, &acl, sizeof(acl), 0)));
	EXPECT_TRUE(denied(self, COREDUMP_MON_ATTR, "keep"));
	EXPECT_TRUE(REFUSED(removexattr(core, acl_name)));
	EXPECT_TRUE(denied(self, COREDUMP_MON_ATTR, "keep"));
	/* Nor a directory of them away. */
	EXPECT_TRUE(REFUSED(rename(sub, self->alter.name)));
	EXPECT_TRUE(denied(self, COREDUMP_MON_RENAME, "keep"));
	EXPECT_EQ(0, cdm_count_alter(&self->alter));
	ASSERT_EQ(0, cdm_stats(self->fd, &after));
	/* Of a rename over it two, of an exchange two. */
	EXPECT_EQ(before.denied + 15, after.denied);
	/* All is as it was. */
	EXPECT_EQ(0, access(core, F_OK));
	EXPECT_EQ(-1, access(self->alter.name, F_OK));
	/* What is none is not concerned. */
	EXPECT_EQ(0, chmod(self->alter.outside, 0600));
	EXPECT_EQ(0, unlink(self->alter.outside));
}

/* A permissive system tells what would be. */
TEST_F(rules_change, refuse_nothing_while_permissive)
{
	const struct coredump_mon_record *rec;

	cdm_rules_add(self->rules, "keep", COREDUMP_MON_ACTION_DENY, CDM_CHANGES,
		      NULL);
	ASSERT_EQ(0, cdm_rules_set(self->fd, self->rules));
	ASSERT_EQ(0, chmod(self->alter.core, 0640));
	rec = cdm_next_of_core(&self->alter, COREDUMP_MON_ATTR);
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(COREDUMP_MON_WOULD_DENY, cdm_decision(rec)->verdict);
	EXPECT_EQ(0, cdm_result(rec)->error);
}

/* Gates of changes go when nobody waits for it. */
static bool has_gates(int fd, const char *expected)
{
	char names[128];
	int i;

	gates(fd, names);
	for (i = 0; i < 200 && strcmp(names, expected); i++) {
		poll(NULL, 0, 50);
		gates(fd, names);
	}
	return !strcmp(names, expected);
}

static int refuse(FIXTURE_DATA(rules_change) *self, int type)
{
	cdm_rules_begin(self->rules);
	cdm_rules_add(self->rules, "keep", COREDUMP_MON_ACTION_DENY, CDM_BIT(type),
		      NULL);
	return cdm_rules_set(self->fd, self->rules);
}

/* Those are there that some rule needs. */
TEST_F(rules_change, come_with_their_gates)
{
	char *core = self->alter.core, *name = self->alter.name, names[128];

	EXPECT_EQ(8, gates(self->fd, names));
	ASSERT_EQ(0, cdm_set_mode(self->fd, COREDUMP_MON_ENFORCING, 0));
	EXPECT_TRUE(has_gates(self->fd, ""));
	ASSERT_EQ(0, refuse(self, COREDUMP_MON_LINK));
	EXPECT_TRUE(has_gates(self->fd, " link"));
	EXPECT_TRUE(REFUSED(link(core, name)));
	/* The next ones are there when the rules are. */
	ASSERT_EQ(0, refuse(self, COREDUMP_MON_RENAME));
	EXPECT_TRUE(REFUSED(rename(core, name)));
	EXPECT_TRUE(has_gates(self->fd, " rename"));
	EXPECT_EQ(0, link(core, name));
	EXPECT_EQ(0, unlink(name));
	ASSERT_EQ(0, cdm_make_file(name, "other"));
	/* Another one that takes its name removes it. */
	ASSERT_EQ(0, refuse(self, COREDUMP_MON_UNLINK));
	EXPECT_TRUE(REFUSED(unlink(core)));
	EXPECT_TRUE(REFUSED(rename(name, core)));
	EXPECT_TRUE(has_gates(self->fd, " rename unlink"));
	ASSERT_EQ(0, refuse(self, COREDUMP_MON_ATTR));
	EXPECT_TRUE(REFUSED(chmod(core, 0600)));
	/* Some kernels have no functions of their own for access control lists. */
	gates(self->fd, names);
	EXPECT_TRUE(has_gates(self->fd, strstr(names, "acl") ?
			      " setattr setxattr removexattr set-acl remove-acl" :
			      " setattr setxattr removexattr"));
	ASSERT_EQ(0, cdm_rules_builtin(self->fd));
	EXPECT_TRUE(has_gates(self->fd, ""));
	EXPECT_EQ(0, unlink(core));
}

/* A dump may make room for its core whatever the rules say. */
TEST_F(rules_change, are_in_no_way_of_a_dump)
{
	const int signo = SIGSEGV;
	char *core = self->alter.core;
	struct stat st;
	pid_t pid;

	snprintf(core, sizeof(self->alter.core), "%s/core", self->alter.env.dir);
	ASSERT_EQ(0, cdm_core_pattern(core));
	ASSERT_EQ(0, cdm_make_file(core, "older"));
	cdm_rules_add(self->rules, "all", COREDUMP_MON_ACTION_DENY,
		      CDM_CHANGES | CDM_BIT(COREDUMP_MON_OPEN), NULL);
	ASSERT_EQ(0, cdm_rules_enforce(self->alter.reader, self->rules));
	pid = cdm_fork(cdm_raise, &signo);
	ASSERT_TRUE(WCOREDUMP(cdm_wait(pid)));
	ASSERT_EQ(0, stat(core, &st));
	EXPECT_LT(strlen("older"), st.st_size);
	EXPECT_TRUE(REFUSED(unlink(core)));
	EXPECT_TRUE(REFUSED(open(core, O_RDONLY)));
	EXPECT_TRUE(REFUSED(open(core, O_WRONLY)));
	EXPECT_TRUE(REFUSED(open(self->alter.name, O_WRONLY | O_CREAT, 0600)));
}

CDM_HARNESS_MAIN
