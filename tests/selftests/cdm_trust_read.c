// SPDX-License-Identifier: GPL-2.0
/*
 * What a reader does.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
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

/* With more threads than are looked at. */
static int read_of_many_threads(void)
{
	pthread_attr_t attr;
	pthread_t thread;
	unsigned int n;

	if (pthread_attr_init(&attr) || pthread_attr_setstacksize(&attr, 16384))
		return BROKEN;
	for (n = 0; n < CDM_TRUST_THREADS; n++) {
		if (pthread_create(&thread, &attr, pause_always, NULL))
			return BROKEN;
	}
	return read_core();
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

/* So deep, each waits for its child; it is the last one that waits for a byte. */
static int vfork_deep(unsigned int depth)
{
	pid_t pid;

	if (!depth)
		return wait_for_byte() ? YES : BROKEN;
	pid = vfork();
	if (!pid)
		_exit(vfork_deep(depth - 1));
	return cdm_trust_wait(pid);
}

static int read_vforked_deep(void)
{
	return vfork_deep(CDM_TRUST_DEEP) == YES ? read_core() : BROKEN;
}

static int stay(void *unused)
{
	for (;;)
		pause();
	return 0;
}

/* Whoever started it has one more child, of the same memory. */
static int read_beside(void)
{
	static char stack[65536] __attribute__((aligned(16)));

	if (clone(stay, stack + sizeof(stack), CLONE_VM | CLONE_PARENT | SIGCHLD,
		  NULL) < 0 || !wait_for_byte())
		return BROKEN;
	return read_core();
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

/* Children that stay. */
static pid_t children[CDM_TRUST_ROOM + 1];

/* Has one more, which does that first. */
static bool add_child(unsigned int n, void (*first)(int fd), int fd)
{
	children[n] = fork();
	if (!children[n]) {
		if (first)
			first(fd);
		pause_always(NULL);
	}
	return children[n] > 0;
}

static void end_children(unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		kill(children[i], SIGKILL);
	for (i = 0; i < n; i++)
		waitpid(children[i], NULL, 0);
}

static void tell_read(int fd)
{
	int result = read_core();

	if (write(fd, &result, sizeof(result)) < 0)
		_exit(1);
}

/*
 * Has children that stay until there is no room for one more, and is given room
 * again when they have gone.
 */
static int read_crowded(void)
{
	unsigned int n = 0;
	int told[2], last = YES;

	if (pipe(told))
		return BROKEN;
	/* All but the last one are trusted. */
	while (last == YES && n <= CDM_TRUST_ROOM && add_child(n, tell_read, told[1])) {
		n++;
		if (read(told[0], &last, sizeof(last)) != sizeof(last))
			last = BROKEN;
	}
	end_children(n);
	return last == NO && n > CDM_TRUST_SHARE ? read_forked() : BROKEN;
}

/* Has as many as there may be room for, and stays with them until it is told. */
static int crowd(void)
{
	unsigned int n = 0;
	bool told;

	while (n < CDM_TRUST_ROOM && add_child(n, NULL, -1))
		n++;
	told = wait_for_byte();
	end_children(n);
	return told && n == CDM_TRUST_ROOM ? YES : BROKEN;
}

static const struct {
	const char *how;
	int (*read)(void);
} readers[] = {
	{ "now", read_core },
	{ "forked", read_forked },
	{ "forked twice", read_forked_twice },
	{ "in a thread", read_in_thread },
	{ "of many threads", read_of_many_threads },
	{ "traced", read_traced },
	{ "vforked", read_vforked },
	{ "later", read_later },
	{ "forked later", read_forked_later },
	{ "executed later", read_executed_later },
	{ "vforked later", read_vforked_later },
	{ "vforked deep", read_vforked_deep },
	{ "beside", read_beside },
	{ "scrubbed", read_scrubbed },
	{ "renamed", read_renamed },
	{ "crowded", read_crowded },
	{ "crowd", crowd },
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
