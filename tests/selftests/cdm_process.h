/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Compares all that a record says of a process with what /proc says. Included
 * behind kselftest_harness.h, whose checks it makes.
 */
#ifndef _CDM_PROCESS_H
#define _CDM_PROCESS_H

#include <fcntl.h>
#include <unistd.h>

#include "cdm.h"

#define PROCESS	COREDUMP_MON_A_PROCESS

static void read_link(pid_t pid, const char *name, char *buf, size_t size)
{
	char path[64];
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	len = readlink(path, buf, size - 1);
	buf[len < 0 ? 0 : len] = '\0';
}

static __u64 namespace_of(pid_t pid, const char *name)
{
	char path[32], link_[64];

	snprintf(path, sizeof(path), "ns/%s", name);
	read_link(pid, path, link_, sizeof(link_));
	return strtoull(link_ + strcspn(link_, "0123456789"), NULL, 10);
}

static unsigned int number_of(pid_t pid, const char *name)
{
	char path[64], text[32] = "";

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	cdm_read_file(path, text, sizeof(text));
	return strtoul(text, NULL, 10);
}

/* ppid, pgrp and session; starttime */
#define STAT	") %*c %u %u %u %*d %*d %*u %*u %*u %*u %*u %*u %*u "	\
		"%*d %*d %*d %*d %*d %*d %llu"

static void check_task(struct __test_metadata *_metadata,
		       const struct coredump_mon_task *task, pid_t pid,
		       bool ancestor)
{
	unsigned int ppid, pgid, sid;
	unsigned long long ticks;
	char path[64], text[1024], *at;

	ASSERT_NE(NULL, task);
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	ASSERT_LT(0, cdm_read_file(path, text, sizeof(text)));
	/* Behind the name, which may hold anything. */
	at = strrchr(text, ')');
	ASSERT_NE(NULL, at);
	ASSERT_EQ(4, sscanf(at, STAT, &ppid, &pgid, &sid, &ticks));
	EXPECT_EQ(pid, task->pid);
	EXPECT_EQ(ticks, task->start_ns / (1000000000 / sysconf(_SC_CLK_TCK)));
	/* That is all that is said of an ancestor. */
	if (ancestor)
		return;
	EXPECT_EQ(ppid, task->ppid);
	EXPECT_EQ(pgid, task->pgid);
	EXPECT_EQ(sid, task->sid);
	ASSERT_EQ(0, cdm_status_line(pid, "NSpid", text, sizeof(text)));
	at = strrchr(text, '\t');
	EXPECT_EQ(atoi(at ? at : text), task->ns_pid);
}

static void check_cred(struct __test_metadata *_metadata,
		       const struct coredump_mon_cred *cred, pid_t pid)
{
	unsigned int ids[4];
	char text[256];

	ASSERT_NE(NULL, cred);
	ASSERT_EQ(0, cdm_status_line(pid, "Uid", text, sizeof(text)));
	ASSERT_EQ(4, sscanf(text, "%u %u %u %u", ids, ids + 1, ids + 2,
			    ids + 3));
	EXPECT_EQ(ids[0], cred->uid);
	EXPECT_EQ(ids[1], cred->euid);
	EXPECT_EQ(ids[2], cred->suid);
	EXPECT_EQ(ids[3], cred->fsuid);
	ASSERT_EQ(0, cdm_status_line(pid, "Gid", text, sizeof(text)));
	ASSERT_EQ(4, sscanf(text, "%u %u %u %u", ids, ids + 1, ids + 2,
			    ids + 3));
	EXPECT_EQ(ids[0], cred->gid);
	EXPECT_EQ(ids[1], cred->egid);
	EXPECT_EQ(ids[2], cred->sgid);
	EXPECT_EQ(ids[3], cred->fsgid);
	ASSERT_EQ(0, cdm_status_line(pid, "CapEff", text, sizeof(text)));
	EXPECT_EQ(strtoull(text, NULL, 16), cred->cap_effective);
	EXPECT_EQ(number_of(pid, "loginuid"), cred->loginuid);
	EXPECT_EQ(number_of(pid, "sessionid"), cred->sessionid);
}

static void check_names(struct __test_metadata *_metadata,
			struct cdm_value process, pid_t pid, bool cwd)
{
	char path[64], text[COREDUMP_MON_PATH_MAX];

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	ASSERT_LT(0, cdm_read_file(path, text, sizeof(text)));
	text[strlen(text) - 1] = '\0';
	EXPECT_STREQ(text,
		     cdm_string(cdm_get_in(process, COREDUMP_MON_A_COMM)));
	read_link(pid, "exe", text, sizeof(text));
	EXPECT_STREQ(text, cdm_string(cdm_get_in(process, COREDUMP_MON_A_EXE)));
	if (!cwd)
		return;
	read_link(pid, "cwd", text, sizeof(text));
	EXPECT_STREQ(text, cdm_string(cdm_get_in(process, COREDUMP_MON_A_CWD)));
}

static void check_cmdline(struct __test_metadata *_metadata,
			  struct cdm_value cmdline, pid_t pid)
{
	static char text[4 << 20];
	char path[64];
	size_t len = 0;
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	fd = open(path, O_RDONLY);
	ASSERT_LE(0, fd);
	while ((got = read(fd, text + len, sizeof(text) - len)) > 0)
		len += got;
	close(fd);
	if (len > COREDUMP_MON_CMDLINE_MAX) {
		EXPECT_EQ(COREDUMP_MON_CMDLINE_MAX, cmdline.len);
		EXPECT_EQ(COREDUMP_MON_ATTR_CUT, cmdline.flags);
	} else {
		EXPECT_EQ(len, cmdline.len);
		EXPECT_EQ(0, cmdline.flags);
	}
	EXPECT_TRUE(!len || !memcmp(text, cmdline.data, cmdline.len));
}

static void check_namespaces(struct __test_metadata *_metadata,
			     const struct coredump_mon_namespaces *namespaces,
			     pid_t pid)
{
	ASSERT_NE(NULL, namespaces);
	EXPECT_EQ(namespace_of(pid, "mnt"), namespaces->mnt);
	EXPECT_EQ(namespace_of(pid, "pid"), namespaces->pid);
	EXPECT_EQ(namespace_of(pid, "user"), namespaces->user);
	EXPECT_EQ(namespace_of(pid, "mnt") == namespace_of(1, "mnt") &&
		  namespace_of(pid, "pid") == namespace_of(1, "pid") &&
		  namespace_of(pid, "user") == namespace_of(1, "user"),
		  namespaces->initial);
}

static void check_cgroup(struct __test_metadata *_metadata,
			 struct cdm_value cgroup, pid_t pid)
{
	char path[64], text[4096], *at;

	snprintf(path, sizeof(path), "/proc/%d/cgroup", pid);
	ASSERT_LT(0, cdm_read_file(path, text, sizeof(text)));
	at = strstr(text, "0::");
	ASSERT_NE(NULL, at);
	at[strcspn(at, "\n")] = '\0';
	EXPECT_STREQ(at + 3, cdm_string(cgroup));
}

static void check_ancestors(struct __test_metadata *_metadata,
			    const struct coredump_mon_record *rec, pid_t pid)
{
	char text[64];
	int i;

	for (i = 0; i < COREDUMP_MON_ANCESTORS_MAX; i++) {
		struct cdm_value ancestor =
			cdm_get_nth(rec, PROCESS, COREDUMP_MON_A_ANCESTOR, i);

		ASSERT_EQ(0, cdm_status_line(pid, "PPid", text, sizeof(text)));
		pid = atoi(text);
		if (!pid)
			break;
		ASSERT_NE(NULL, ancestor.data);
		check_task(_metadata,
			   cdm_struct(cdm_get_in(ancestor, COREDUMP_MON_A_TASK),
				      sizeof(struct coredump_mon_task)),
			   pid, true);
		check_names(_metadata, ancestor, pid, false);
	}
	EXPECT_LT(0, i);
	EXPECT_NULL(cdm_get_nth(rec, PROCESS, COREDUMP_MON_A_ANCESTOR, i).data);
}

/* All that a record says of a process, which still lives. */
static void cdm_check_process(struct __test_metadata *_metadata,
			      const struct coredump_mon_record *rec,
			      pid_t pid)
{
	ASSERT_NE(NULL, rec);
	check_task(_metadata, cdm_task(rec, PROCESS), pid, false);
	check_cred(_metadata, cdm_cred(rec, PROCESS), pid);
	check_names(_metadata, cdm_get(rec, 0, PROCESS), pid, true);
	check_cmdline(_metadata, cdm_get(rec, PROCESS, COREDUMP_MON_A_CMDLINE),
		      pid);
	check_namespaces(_metadata,
			 cdm_struct(cdm_get(rec, PROCESS,
					    COREDUMP_MON_A_NAMESPACES),
				    sizeof(struct coredump_mon_namespaces)),
			 pid);
	check_cgroup(_metadata, cdm_get(rec, PROCESS, COREDUMP_MON_A_CGROUP),
		     pid);
	check_ancestors(_metadata, rec, pid);
}

#endif /* _CDM_PROCESS_H */
