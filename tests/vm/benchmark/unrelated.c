// SPDX-License-Identifier: GPL-2.0
/*
 * unrelated FILE: what open and close of FILE take. Rounds are so short that
 * most see no timer's interrupt.
 */
#include "bench.h"

#define OPENS	64
#define ROUNDS	2000
/* While caches and the allocator's free lists settle. */
#define WARM_UP	500

int main(int argc, char **argv)
{
	static uint64_t rounds[ROUNDS];

	if (argc != 2)
		errx(2, "Usage: unrelated FILE");
	for (int i = -WARM_UP; i < ROUNDS; i++) {
		uint64_t start = clock_ns(CLOCK_MONOTONIC_RAW);

		for (int n = 0; n < OPENS; n++)
			open_and_close(argv[1]);
		if (i >= 0)
			rounds[i] = clock_ns(CLOCK_MONOTONIC_RAW) - start;
	}
	print_figures(rounds, ROUNDS, OPENS);
	return 0;
}
