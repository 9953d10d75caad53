// SPDX-License-Identifier: GPL-2.0
/*
 * beside WATCHED FILE: what an open and close of FILE take, until they are done, while
 * 16 processes do nothing but open and close WATCHED, on as many CPUs as there are.
 */
#include <signal.h>
#include <sys/prctl.h>

#include "bench.h"

#define FLOODERS	16
/* A round is long enough that each of them has its turn in it, several times. */
#define OPENS		4000
#define ROUNDS		9
#define WARM_UP		1

static void start_flooder(const char *watched)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (1)
		open_and_close(watched);
}

int main(int argc, char **argv)
{
	uint64_t rounds[ROUNDS];

	if (argc != 3)
		errx(2, "Usage: beside WATCHED FILE");
	for (int i = 0; i < FLOODERS; i++)
		start_flooder(argv[1]);
	for (int i = -WARM_UP; i < ROUNDS; i++) {
		uint64_t start = clock_ns(CLOCK_MONOTONIC_RAW);

		for (int n = 0; n < OPENS; n++)
			open_and_close(argv[2]);
		if (i >= 0)
			rounds[i] = clock_ns(CLOCK_MONOTONIC_RAW) - start;
	}
	print_figures(rounds, ROUNDS, OPENS);
	return 0;
}
