// SPDX-License-Identifier: GPL-2.0
/*
 * Children that crash, wait, or open a file.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cdm.h"

#define BIG	(8 << 20)

pid_t cdm_fork(void (*fn)(const void *arg), const void *arg)
{
	int ready[2], signo;
	sigset_t none;
	char byte = 0;
	pid_t pid;

	if (pipe2(ready, O_CLOEXEC))
		return -1;
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (signo = 1; signo < NSIG; signo++)
			signal(signo, SIG_DFL);
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		close(ready[0]);
		if (write(ready[1], &byte, 1) != 1)
			_exit(1);
		close(ready[1]);
		fn(arg);
		_exit(0);
	}
	close(ready[1]);
	if (pid > 0 && read(ready[0], &byte, 1) != 1)
		pid = -1;
	close(ready[0]);
	return pid;
}

int cdm_wait(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid ? status : -1;
}

int cdm_run(void (*fn)(const void *arg), const void *arg)
{
	pid_t pid = cdm_fork(fn, arg);

	return pid > 0 ? cdm_wait(pid) : -1;
}

void cdm_raise(const void *signo)
{
	raise(*(const int *)signo);
}

void cdm_raise_big(const void *signo)
{
	char *big = mmap(NULL, BIG, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (big != MAP_FAILED)
		memset(big, 'b', BIG);
	raise(*(const int *)signo);
}

void cdm_fault(const void *address)
{
	__atomic_store_n((char *)address, 1, __ATOMIC_RELAXED);
}

void cdm_pause(const void *unused)
{
	for (;;)
		pause();
}

void cdm_open_read(const void *path)
{
	_exit(open(path, O_RDONLY) < 0);
}
