/* SPDX-License-Identifier: GPL-2.0 */
/* What the programs of tests share: they speak TAP. */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static bool passed;

#define CHECK(condition) do {						\
	if (!(condition)) {						\
		printf("# %s:%d: %s\n", __FILE__, __LINE__, #condition);	\
		passed = false;						\
	}								\
} while (0)

struct test {
	const char *name;
	void (*run)(void);
};

/* Gives the exit status. */
static inline int run_tests(const struct test *tests, size_t count)
{
	int status = EXIT_SUCCESS;

	printf("1..%zu\n", count);
	for (size_t i = 0; i < count; i++) {
		passed = true;
		tests[i].run();
		if (!passed)
			status = EXIT_FAILURE;
		printf("%s %zu %s\n", passed ? "ok" : "not ok", i + 1,
		       tests[i].name);
		fflush(stdout);
	}
	return status;
}

#endif /* CHECK_H */
