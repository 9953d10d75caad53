/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many events of a user are written within a while: whoever opens his own
 * coredump_filter in a loop is not to push the logs of others out of the
 * journal. Root's, changes and losses are written whatever comes.
 */
#ifndef LIMIT_H
#define LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "record.h"

#define LIMIT_SECONDS	30
/* So many at a time have one each; those who come then share one. */
#define LIMIT_USERS	16
#define LIMIT_DEFAULT	1000

/**
 * struct limit - what a user has used up; opens that were let through, and what
 *	else is done to core files, count apart from dumps and refusals, which they
 *	cannot keep out so
 * @begun_ns: when the while began, CLOCK_BOOTTIME; 0: none is going on
 * @written: events since then
 * @count: events since then that were not
 * @first_seq: the first of these
 * @last_seq: the last one
 * @uid: whose, or of those who share it, who came first
 * @shared: it is that of those who have none of their own
 */
struct limit {
	uint64_t begun_ns;
	uint64_t written;
	uint64_t count;
	uint64_t first_seq;
	uint64_t last_seq;
	uint32_t uid;
	bool shared;
};

/* Whose share @event is of; NULL: it has no limit. */
struct limit *limit_of(const struct event *event);
/* Whether the while is over at @now_ns. */
bool limit_over(const struct limit *limit, uint64_t now_ns);
/* One for which it is over; NULL: there is none. */
struct limit *limit_next_over(uint64_t now_ns);
/* Count @event. False: it is not to be written, for @max others were. */
bool limit_admits(struct limit *limit, const struct event *event, uint64_t max);

#endif /* LIMIT_H */
