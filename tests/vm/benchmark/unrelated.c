// SPDX-License-Identifier: GPL-2.0
/*
 * unrelated open|rename|link|unlink|chmod FILE: what open and close of FILE take,
 * or a rename of it to another name, giving it one more of many, removing one of
 * many, or a change of its mode. Rounds are so short that most see no timer's
 * interrupt.
 */
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "bench.h"

#define TIMES	64
#define ROUNDS	2000
/* While caches and the allocator's free lists settle. */
#define WARM_UP	500

static const char *file;
static char other[PATH_MAX];

static void do_open(int n)
{
	open_and_close(file);
}

static void do_rename(int n)
{
	static bool away;

	if (rename(away ? other : file, away ? file : other))
		err(1, "rename");
	away = !away;
}

static char names[TIMES][PATH_MAX];

static void do_link(int n)
{
	if (link(file, names[n]))
		err(1, "link");
}

static void do_unlink(int n)
{
	if (unlink(names[n]))
		err(1, "unlink");
}

static void all(void (*run)(int n))
{
	for (int n = 0; n < TIMES; n++)
		run(n);
}

static void make_names(void)
{
	all(do_link);
}

static void remove_names(void)
{
	if (!access(names[0], F_OK))
		all(do_unlink);
}

static void do_chmod(int n)
{
	if (chmod(file, n % 2 ? 0600 : 0640))
		err(1, "chmod");
}

int main(int argc, char **argv)
{
	static uint64_t rounds[ROUNDS];
	static const struct {
		const char *name;
		void (*run)(int n);
		void (*prepare)(void);
	} acts[] = {
		{ "open", do_open, NULL },
		{ "rename", do_rename, NULL },
		{ "link", do_link, remove_names },
		{ "unlink", do_unlink, make_names },
		{ "chmod", do_chmod, NULL },
		{ NULL, NULL, NULL },
	}, *act = acts;

	while (argc == 3 && act->name && strcmp(argv[1], act->name))
		act++;
	if (argc != 3 || !act->name)
		errx(2, "Usage: unrelated open|rename|link|unlink|chmod FILE");
	file = argv[2];
	snprintf(other, sizeof(other), "%s-other", file);
	for (int n = 0; n < TIMES; n++)
		snprintf(names[n], sizeof(names[n]), "%s-%d", file, n);
	for (int i = -WARM_UP; i < ROUNDS; i++) {
		uint64_t start;

		if (act->prepare)
			act->prepare();
		start = clock_ns(CLOCK_MONOTONIC_RAW);
		all(act->run);
		if (i >= 0)
			rounds[i] = clock_ns(CLOCK_MONOTONIC_RAW) - start;
	}
	print_figures(rounds, ROUNDS, TIMES);
	return 0;
}
