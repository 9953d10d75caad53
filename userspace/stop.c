// SPDX-License-Identifier: GPL-2.0
#include <signal.h>
#include <stddef.h>
#include <time.h>

#include "stop.h"

static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
	(void)number;
	stopped = 1;
}

void stop_catch(void)
{
	struct sigaction action = {
		.sa_handler = on_signal,
		.sa_flags = SA_RESETHAND,
	};

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

bool stop_asked(void)
{
	return stopped;
}

int stop_poll(struct pollfd *fds, nfds_t count, int64_t ns)
{
	struct timespec ts = {
		.tv_sec = ns / NSEC_PER_SEC,
		.tv_nsec = ns % NSEC_PER_SEC,
	};
	sigset_t ending, before;
	int n;

	/* None may come between the look at @stopped and the sleep. */
	sigemptyset(&ending);
	sigaddset(&ending, SIGINT);
	sigaddset(&ending, SIGTERM);
	sigprocmask(SIG_BLOCK, &ending, &before);
	n = stopped ? -1 : ppoll(fds, count, ns < 0 ? NULL : &ts, &before);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return stopped ? -1 : n;
}

int64_t stop_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}
