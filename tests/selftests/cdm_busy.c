// SPDX-License-Identifier: GPL-2.0
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cdm.h"
#include "cdm_busy.h"

#define OPENERS		8
#define DUMPERS		4
#define READERS		2
#define CHANGERS	2

_Static_assert(OPENERS + DUMPERS + READERS + CHANGERS + 2 == CDM_BUSY, "each is counted");

/*
 * What is pending makes the module busy, so there must be moments in which
 * nothing is: most opens are of what nobody watches, and everybody rests.
 */
static void open_for_ever(const void *core)
{
	int fd, i;

	for (;;) {
		for (i = 0; i < 20; i++) {
			fd = open("/dev/null", O_RDONLY);
			if (fd < 0)
				_exit(1);
			close(fd);
		}
		fd = open(core, O_RDONLY);
		if (fd >= 0)
			close(fd);
		else if (errno != EACCES)
			_exit(1);
		fd = open("/proc/self/coredump_filter", O_RDONLY);
		if (fd < 0)
			_exit(1);
		close(fd);
		poll(NULL, 0, 5);
	}
}

static void dump_for_ever(const void *name)
{
	const int signo = SIGABRT;

	for (;;) {
		pid_t pid = fork();

		if (pid == 0) {
			prctl(PR_SET_NAME, name);
			cdm_raise(&signo);
		}
		if (pid < 0 || !WCOREDUMP(cdm_wait(pid)))
			_exit(1);
		poll(NULL, 0, 250);
	}
}

static void read_for_ever(const void *unused)
{
	struct cdm_reader reader;
	int i;

	for (;;) {
		if (!cdm_reader_open(&reader)) {
			for (i = 0; i < 20; i++)
				cdm_next(&reader, 1);
			cdm_reader_close(&reader);
		}
		poll(NULL, 0, 50);
	}
}

/* That something is refused is no matter. */
static void change_for_ever(const void *dir)
{
	char name[128], other[128];

	snprintf(name, sizeof(name), "%s/n%d", (const char *)dir, getpid());
	snprintf(other, sizeof(other), "%s/o%d", (const char *)dir, getpid());
	for (;;) {
		int fd = open(name, O_WRONLY | O_CREAT, 0600);

		if (fd >= 0) {
			fchmod(fd, 0640);
			close(fd);
		}
		link(name, other);
		rename(name, other);
		chmod(other, 0600);
		unlink(other);
		unlink(name);
		poll(NULL, 0, 10);
	}
}

static void trace_for_ever(const void *dir)
{
	const Elf64_Ehdr head = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			     ELFDATA2LSB },
		.e_type = ET_CORE,
	};
	pid_t pid = cdm_fork(cdm_pause, NULL);
	char name[128];

	/* Where nobody watches. */
	snprintf(name, sizeof(name), "%s.gcore", (const char *)dir);
	if (pid < 0 || ptrace(PTRACE_ATTACH, pid, NULL, NULL) ||
	    waitpid(pid, NULL, 0) != pid)
		_exit(1);
	for (;;) {
		int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

		if (fd >= 0) {
			if (write(fd, &head, sizeof(head)) < 0)
				_exit(1);
			close(fd);
		}
		unlink(name);
		poll(NULL, 0, 10);
	}
}

static void mount_for_ever(const void *dir)
{
	char at[128];
	int i;

	snprintf(at, sizeof(at), "%s/disk", (const char *)dir);
	if (mkdir(at, 0755) && errno != EEXIST)
		_exit(1);
	for (;;) {
		if (mount("tmpfs", at, "tmpfs", 0, NULL)) {
			perror("# mount");
			_exit(1);
		}
		poll(NULL, 0, 200);
		/* Whoever looks the path up just now, has it for that moment. */
		for (i = 0; i < 100 && umount(at); i++)
			poll(NULL, 0, 10);
		if (i == 100) {
			perror("# umount");
			_exit(1);
		}
		poll(NULL, 0, 200);
	}
}

void cdm_busy_begin(const char *dir, const char *core, pid_t pids[CDM_BUSY])
{
	static const char *const names[DUMPERS] = { "d0", "d1", "d2", "d3" };
	int count = 0, i;

	for (i = 0; i < OPENERS; i++)
		pids[count++] = cdm_fork(open_for_ever, core);
	for (i = 0; i < DUMPERS; i++)
		pids[count++] = cdm_fork(dump_for_ever, names[i]);
	for (i = 0; i < READERS; i++)
		pids[count++] = cdm_fork(read_for_ever, NULL);
	for (i = 0; i < CHANGERS; i++)
		pids[count++] = cdm_fork(change_for_ever, dir);
	pids[count++] = cdm_fork(trace_for_ever, dir);
	pids[count++] = cdm_fork(mount_for_ever, dir);
}

void cdm_busy_end(const pid_t pids[CDM_BUSY])
{
	int i;

	for (i = 0; i < CDM_BUSY; i++)
		kill(pids[i], SIGKILL);
	for (i = 0; i < CDM_BUSY; i++)
		cdm_wait(pids[i]);
}
