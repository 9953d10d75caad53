// SPDX-License-Identifier: GPL-2.0
/*
 * How often something may happen, as tables: rate.c itself, compiled into this
 * program.
 */
#include "kselftest_harness.h"

#include "rate.h"

#define SECOND	1000000000ULL
#define BURST	CDM_RATE_BURST_S

/* So many are asked for, this long after one another. */
static const struct {
	const char *name;
	__u32 rate;
	__u32 asked;
	__u64 step_ns;
	__u32 allowed;
} cases[] = {
	{ "all at once, one per second", 1, 1000, 0, 1 * BURST },
	{ "all at once, three", 3, 1000, 0, 3 * BURST },
	{ "all at once, seven", 7, 1000, 0, 7 * BURST },
	{ "all at once, a hundred", 100, 5000, 0, 100 * BURST },
	{ "all at once, the most", COREDUMP_MON_RATE_MAX, 11000000, 0,
	  COREDUMP_MON_RATE_MAX * BURST },
	{ "all at once, no bound", COREDUMP_MON_RATE_OFF, 100000, 0, 100000 },
	{ "as fast as is allowed", 100, 100000, SECOND / 100, 100000 },
	{ "slower than that", 5, 1000, SECOND, 1000 },
	{ "very slow", 1, 100, 3600 * SECOND, 100 },
	/* 1,000 at first, and then every second of the 9,000 that are too many. */
	{ "twice as fast", 100, 20000, SECOND / 200, 1000 + 9999 },
	{ "ten times as fast", 10, 1100, SECOND / 100, 100 + 109 },
};

TEST(rates)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		__u64 used_up = 0, now = 1000 * SECOND;
		__u32 allowed = 0, n;

		for (n = 0; n < cases[i].asked; n++, now += cases[i].step_ns) {
			if (!cdm_rate_allows(used_up, now, cases[i].rate))
				continue;
			used_up = cdm_rate_use(used_up, now, cases[i].rate);
			allowed++;
		}
		EXPECT_EQ(cases[i].allowed, allowed)
			TH_LOG("%s", cases[i].name);
	}
}

/* Time that was not used is gone: nobody saves up more than a burst. */
TEST(nothing_is_saved_up)
{
	__u64 used_up = 0, now = SECOND;
	int round, n;

	for (round = 0; round < 3; round++, now += 86400 * SECOND) {
		for (n = 0; cdm_rate_allows(used_up, now, 10); n++)
			used_up = cdm_rate_use(used_up, now, 10);
		EXPECT_EQ(10 * BURST, n);
	}
}

/* After a burst there is one each time that one's time is over, not before. */
TEST(one_by_one_after_a_burst)
{
	__u64 used_up = 0, now = SECOND;
	int n;

	while (cdm_rate_allows(used_up, now, 4))
		used_up = cdm_rate_use(used_up, now, 4);
	for (n = 0; n < 100; n++) {
		EXPECT_FALSE(cdm_rate_allows(used_up, now + SECOND / 4 - 1, 4));
		now += SECOND / 4;
		EXPECT_TRUE(cdm_rate_allows(used_up, now, 4));
		used_up = cdm_rate_use(used_up, now, 4);
	}
}

/* A clock that two processors read may seem to go back by a little. */
TEST(clock_goes_back)
{
	__u64 used_up = cdm_rate_use(0, 100 * SECOND, 1);

	EXPECT_EQ(102 * SECOND, cdm_rate_use(used_up, 100 * SECOND - 50, 1));
	EXPECT_TRUE(cdm_rate_allows(used_up, 100 * SECOND - 50, 1));
}

/* Where there was no bound, nothing is used up when there is one again. */
TEST(off_uses_nothing_up)
{
	__u64 used_up = 0;
	int n;

	for (n = 0; n < 1000; n++)
		used_up = cdm_rate_use(used_up, SECOND, COREDUMP_MON_RATE_OFF);
	EXPECT_TRUE(cdm_rate_allows(used_up, SECOND, 1));
}

TEST_HARNESS_MAIN
