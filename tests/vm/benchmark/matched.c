// SPDX-License-Identifier: GPL-2.0
/*
 * matched FILE LINES: what an open and close of FILE take until there is a
 * line about each in LINES, with all that the kernel and the reader do for it:
 * the time that passes, less the time in which the one CPU had nothing to do.
 */
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/prctl.h>

#include "bench.h"

#define OPENS	500
#define ROUNDS	9
/* The first one finds the caches of everything empty. */
#define WARM_UP	1

/*
 * Runs when nothing else wants to: its CPU time is the idle time, more exactly
 * than the kernel accounts that.
 */
static clockid_t start_idler(void)
{
	struct sched_param param = { 0 };
	pid_t pid = fork();
	clockid_t clock;

	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (sched_setscheduler(0, SCHED_IDLE, &param))
			err(1, "SCHED_IDLE");
		while (1)
			;
	}
	if (clock_getcpuclockid(pid, &clock))
		errx(1, "no clock of process %d", pid);
	/* Until it is what it is to be. */
	while (sched_getscheduler(pid) != SCHED_IDLE)
		usleep(1000);
	return clock;
}

/* Sleeps until there are that many lines more than were read before. */
static void wait_for_lines(int fd, int watch, int count)
{
	static char buffer[65536];
	ssize_t n;

	while (count > 0) {
		while ((n = read(fd, buffer, sizeof(buffer))) > 0) {
			const char *at = buffer;

			while ((at = memchr(at, '\n', buffer + n - at))) {
				at++;
				count--;
			}
		}
		if (n < 0)
			err(1, "reading lines");
		if (count > 0 && read(watch, buffer, sizeof(buffer)) < 0)
			err(1, "inotify");
	}
	if (count < 0)
		errx(1, "%d lines more than opens", -count);
}

int main(int argc, char **argv)
{
	uint64_t rounds[ROUNDS];
	clockid_t idle;
	int watch;
	int lines;

	if (argc != 3)
		errx(2, "Usage: matched FILE LINES");
	lines = open(argv[2], O_RDONLY);
	watch = inotify_init();
	if (lines < 0 || watch < 0 ||
	    inotify_add_watch(watch, argv[2], IN_MODIFY) < 0)
		err(1, "%s", argv[2]);
	if (lseek(lines, 0, SEEK_END) < 0)
		err(1, "%s", argv[2]);
	idle = start_idler();
	for (int i = -WARM_UP; i < ROUNDS; i++) {
		uint64_t start, slept;

		/* The reader is asleep again before each round. */
		sleep(1);
		slept = clock_ns(idle);
		start = clock_ns(CLOCK_MONOTONIC_RAW);
		for (int n = 0; n < OPENS; n++)
			open_and_close(argv[1]);
		wait_for_lines(lines, watch, OPENS);
		if (i >= 0)
			rounds[i] = clock_ns(CLOCK_MONOTONIC_RAW) - start -
				    (clock_ns(idle) - slept);
	}
	print_figures(rounds, ROUNDS, OPENS);
	return 0;
}
