// SPDX-License-Identifier: GPL-2.0
/*
 * What a reader does.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cdm.h"
#include "cdm_trust.h"

static const char *core;

static int read_core(void)
{
	int fd = open(core, O_RDONLY);

	if (fd >= 0) {
		close(fd);
		return YES;
	}
	return errno == EACCES ? NO : BROKEN;
}

static int read_forked(void)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(read_core());
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ?
	       WEXITSTATUS(status) : BROKEN;
}

static int read_forked_twice(void)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(read_forked());
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ?
	       WEXITSTATUS(status) : BROKEN;
}

static void *in_thread(void *result)
{
	*(int *)result = read_core();
	return NULL;
}

static int read_in_thread(void)
{
	int result = BROKEN;
	pthread_t thread;

	if (pthread_create(&thread, NULL, in_thread, &result))
		return BROKEN;
	pthread_join(thread, NULL);
	return result;
}

static void *pause_always(void *unused)
{
	for (;;)
		pause();
	return unused;
}

/* Says that it is there, and waits for a byte. */
static bool wait_for_byte(void)
{
	char byte = 0;

	return write(STDOUT_FILENO, &byte, 1) == 1 &&
	       read(STDIN_FILENO, &byte, 1) == 1;
}

/* With one thread more. */
static int read_later(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, pause_always, NULL) || !wait_for_byte())
		return BROKEN;
	return read_core();
}

static int read_forked_later(void)
{
	return wait_for_byte() ? read_forked() : BROKEN;
}

static int read_executed_later(void)
{
	if (wait_for_byte())
		cdm_trust_execute("/proc/self/exe", "now", core, NULL);
	return BROKEN;
}

/* By whoever started it, until that one lets go. */
static int read_traced(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) || raise(SIGSTOP) ? BROKEN :
	       read_core();
}

static int read_vforked(void)
{
	pid_t pid = vfork();

	if (!pid)
		_exit(read_core());
	return cdm_trust_wait(pid);
}

/* It is the child that waits. */
static int read_vforked_later(void)
{
	pid_t pid = vfork();

	if (!pid)
		_exit(wait_for_byte() ? YES : BROKEN);
	return cdm_trust_wait(pid) == YES ? read_core() : BROKEN;
}

/* Nothing is in the environment any more. */
static int read_scrubbed(void)
{
	char **variable;

	for (variable = environ; *variable; variable++)
		memset(*variable, 'x', strlen(*variable));
	return read_core();
}

/* Has a copy in place of a mapping, which may be of what runs just now. */
static bool unmap_file(unsigned long start, unsigned long end, const char *rights)
{
	const int prot = (rights[0] == 'r' ? PROT_READ : 0) |
			 (rights[1] == 'w' ? PROT_WRITE : 0) |
			 (rights[2] == 'x' ? PROT_EXEC : 0);
	size_t len = end - start;
	void *copy = mmap(NULL, len, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (copy == MAP_FAILED)
		return false;
	if (prot & PROT_READ)
		memcpy(copy, (void *)start, len);
	return !mprotect(copy, len, prot) &&
	       mremap(copy, len, len, MREMAP_MAYMOVE | MREMAP_FIXED,
		      (void *)start) == (void *)start;
}

/* Says that it executes the one beside it, without having done so. */
static int read_renamed(void)
{
	char own[PATH_MAX] = "", other[PATH_MAX] = "", line[PATH_MAX + 128];
	unsigned long start, end;
	char rights[8];
	FILE *maps;
	int fd;

	if (readlink("/proc/self/exe", own, sizeof(own) - 1) < 0)
		return BROKEN;
	strcpy(other, own);
	strcpy(strrchr(other, '/'), "/reader");
	fd = open(other, O_RDONLY);
	maps = fopen("/proc/self/maps", "r");
	while (maps && fgets(line, sizeof(line), maps)) {
		if (strstr(line, own) &&
		    (sscanf(line, "%lx-%lx %4s", &start, &end, rights) != 3 ||
		     !unmap_file(start, end, rights)))
			return BROKEN;
	}
	if (prctl(PR_SET_MM, PR_SET_MM_EXE_FILE, fd, 0, 0))
		return BROKEN;
	memset(own, 0, sizeof(own));
	if (readlink("/proc/self/exe", own, sizeof(own) - 1) < 0 ||
	    strcmp(own, other))
		return BROKEN;
	return read_core();
}

/* Has the next child get this number; where that is not to be had, another one. */
static void choose_pid(pid_t pid)
{
	char last[16];

	snprintf(last, sizeof(last), "%d", pid - 1);
	cdm_write_file("/proc/sys/kernel/ns_last_pid", last);
}

/*
 * Has children that stay until there is no room for one more in a set, and is given
 * room again when they have gone.
 */
static int read_crowded(void)
{
	const pid_t of_set = (getpid() + CDM_TRUST_SETS / 2) % CDM_TRUST_SETS;
	pid_t stay[CDM_TRUST_SHARE + 1];
	pid_t next = getpid() + CDM_TRUST_SETS / 2;
	unsigned int n = 0, i;
	int told[2], last = YES;

	if (pipe(told))
		return BROKEN;
	while (n <= CDM_TRUST_SHARE) {
		int result;
		pid_t pid;

		next += CDM_TRUST_SETS;
		choose_pid(next);
		pid = fork();
		if (pid < 0)
			return BROKEN;
		if (!pid) {
			if (getpid() % CDM_TRUST_SETS != of_set)
				_exit(0);
			result = read_core();
			if (write(told[1], &result, sizeof(result)) < 0)
				_exit(1);
			pause_always(NULL);
		}
		if (pid % CDM_TRUST_SETS != of_set) {
			waitpid(pid, NULL, 0);
			continue;
		}
		if (read(told[0], &last, sizeof(last)) != sizeof(last))
			return BROKEN;
		/* All but the last one are trusted. */
		if (last != (n < CDM_TRUST_SHARE ? YES : NO))
			return BROKEN;
		stay[n++] = pid;
	}
	for (i = 0; i < n; i++) {
		kill(stay[i], SIGKILL);
		waitpid(stay[i], NULL, 0);
	}
	return last == NO ? read_forked() : BROKEN;
}

static const struct {
	const char *how;
	int (*read)(void);
} readers[] = {
	{ "now", read_core },
	{ "forked", read_forked },
	{ "forked twice", read_forked_twice },
	{ "in a thread", read_in_thread },
	{ "traced", read_traced },
	{ "vforked", read_vforked },
	{ "later", read_later },
	{ "forked later", read_forked_later },
	{ "executed later", read_executed_later },
	{ "vforked later", read_vforked_later },
	{ "scrubbed", read_scrubbed },
	{ "renamed", read_renamed },
	{ "crowded", read_crowded },
};

static int read_how(const char *how)
{
	unsigned int i;

	for (i = 0; i < sizeof(readers) / sizeof(*readers); i++) {
		if (!strcmp(how, readers[i].how))
			return readers[i].read();
	}
	return BROKEN;
}

int cdm_trust_main(int argc, char **argv)
{
	if (argc != 4 || strcmp(argv[1], CDM_TRUST_READ))
		return -1;
	core = argv[3];
	return read_how(argv[2]);
}
