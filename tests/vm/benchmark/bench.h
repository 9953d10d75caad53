/* SPDX-License-Identifier: GPL-2.0 */
/* Shared by what measures: one nanosecond of the guest is one instruction. */
#ifndef _BENCH_H
#define _BENCH_H

#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static inline uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	if (clock_gettime(clock, &ts))
		err(1, "clock_gettime");
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static inline void open_and_close(const char *path)
{
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		err(1, "%s", path);
	close(fd);
}

static inline int compare(const void *a, const void *b)
{
	const uint64_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

/* Prints "MEDIAN LEAST" of what rounds of that many opens took, per open. */
static inline void print_figures(uint64_t *rounds, int count, int opens)
{
	qsort(rounds, count, sizeof(*rounds), compare);
	printf("%.0f %.0f\n", (double)rounds[count / 2] / opens,
	       (double)rounds[0] / opens);
}

#endif /* _BENCH_H */
