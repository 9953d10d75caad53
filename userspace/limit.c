// SPDX-License-Identifier: GPL-2.0
#include "array.h"
#include "limit.h"

#define LIMIT_NS	(LIMIT_SECONDS * 1000000000ULL)

/* For each user dumps and refusals, and the rest; the last pair is the others'. */
static struct limit limits[2 * (LIMIT_USERS + 1)];

static struct limit *const others = &limits[2 * LIMIT_USERS];

static bool is_users(const struct limit *limit, uint32_t uid)
{
	return limit->begun_ns && limit->uid == uid;
}

static bool is_free(const struct limit *limit, uint64_t now_ns)
{
	return !limit->begun_ns || (!limit->count && limit_over(limit, now_ns));
}

/* His, or one that nobody needs, or that of all others. */
static struct limit *pair_of(uint32_t uid, uint64_t now_ns)
{
	struct limit *pair, *unused = others;

	for (pair = limits; pair < others; pair += 2) {
		if (is_users(&pair[0], uid) || is_users(&pair[1], uid))
			return pair;
		if (unused == others && is_free(&pair[0], now_ns) &&
		    is_free(&pair[1], now_ns))
			unused = pair;
	}
	if (unused != others) {
		unused[0] = (struct limit) { 0 };
		unused[1] = (struct limit) { 0 };
	}
	return unused;
}

/* It is done to a file: as often as anybody likes. */
static bool is_of_file(uint16_t type)
{
	switch (type) {
	case COREDUMP_MON_OPEN:
	case COREDUMP_MON_RENAME:
	case COREDUMP_MON_LINK:
	case COREDUMP_MON_UNLINK:
	case COREDUMP_MON_ATTR:
		return true;
	}
	return false;
}

struct limit *limit_of(const struct event *event)
{
	const struct subject *process = &event->process;
	bool of_file = is_of_file(event->header.type);
	bool denied = has(event->has, COREDUMP_MON_A_DECISION) &&
		      event->decision.verdict == COREDUMP_MON_DENIED;

	if ((!of_file && event->header.type != COREDUMP_MON_DUMP) ||
	    !has(event->has, COREDUMP_MON_A_PROCESS) ||
	    !has(process->has, COREDUMP_MON_A_CRED) || !process->cred.uid)
		return NULL;
	return pair_of(process->cred.uid, event->header.boottime_ns) +
	       (of_file && !denied);
}

bool limit_over(const struct limit *limit, uint64_t now_ns)
{
	return limit->begun_ns && now_ns >= limit->begun_ns + LIMIT_NS;
}

struct limit *limit_next_over(uint64_t now_ns)
{
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		if (limit_over(&limits[i], now_ns))
			return &limits[i];
	}
	return NULL;
}

bool limit_admits(struct limit *limit, const struct event *event, uint64_t max)
{
	if (!limit->begun_ns) {
		limit->begun_ns = event->header.boottime_ns;
		limit->uid = event->process.cred.uid;
		limit->shared = limit >= others;
	}
	if (limit->written < max) {
		limit->written++;
		return true;
	}
	if (!limit->count++)
		limit->first_seq = event->header.seq;
	limit->last_seq = event->header.seq;
	return false;
}
