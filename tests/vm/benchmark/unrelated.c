// SPDX-License-Identifier: GPL-2.0
/*
 * unrelated open|rename|link FILE: what open and close of FILE take, or a rename
 * of it to another name, or giving it another and taking that away. Rounds are so
 * short that most see no timer's interrupt.
 */
#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include "bench.h"

#define TIMES	64
#define ROUNDS	2000
/* While caches and the allocator's free lists settle. */
#define WARM_UP	500

static const char *file;
static char other[PATH_MAX];

static void do_open(void)
{
	open_and_close(file);
}

static void do_rename(void)
{
	static bool away;

	if (rename(away ? other : file, away ? file : other))
		err(1, "rename");
	away = !away;
}

static void do_link(void)
{
	if (link(file, other) || unlink(other))
		err(1, "link");
}

int main(int argc, char **argv)
{
	static uint64_t rounds[ROUNDS];
	static const struct {
		const char *name;
		void (*run)(void);
	} acts[] = {
		{ "open", do_open },
		{ "rename", do_rename },
		{ "link", do_link },
	};
	void (*run)(void) = NULL;

	for (unsigned int i = 0; argc == 3 && i < 3; i++)
		if (!strcmp(argv[1], acts[i].name))
			run = acts[i].run;
	if (!run)
		errx(2, "Usage: unrelated open|rename|link FILE");
	file = argv[2];
	snprintf(other, sizeof(other), "%s-other", file);
	for (int i = -WARM_UP; i < ROUNDS; i++) {
		uint64_t start = clock_ns(CLOCK_MONOTONIC_RAW);

		for (int n = 0; n < TIMES; n++)
			run();
		if (i >= 0)
			rounds[i] = clock_ns(CLOCK_MONOTONIC_RAW) - start;
	}
	print_figures(rounds, ROUNDS, TIMES);
	return 0;
}
