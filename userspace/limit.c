// SPDX-License-Identifier: GPL-2.0
#include "array.h"
#include "limit.h"

#define GROUPS		16
#define LIMIT_NS	(LIMIT_SECONDS * 1000000000ULL)

static struct limit limits[2 * GROUPS];

struct limit *limit_of(const struct event *event)
{
	const struct subject *process = &event->process;
	bool open = event->header.type == COREDUMP_MON_OPEN;
	bool denied = has(event->has, COREDUMP_MON_A_DECISION) &&
		      event->decision.verdict == COREDUMP_MON_DENIED;

	if ((!open && event->header.type != COREDUMP_MON_DUMP) ||
	    !has(event->has, COREDUMP_MON_A_PROCESS) ||
	    !has(process->has, COREDUMP_MON_A_CRED) || !process->cred.uid)
		return NULL;
	return &limits[2 * (process->cred.uid % GROUPS) + (open && !denied)];
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
	if (!limit->begun_ns)
		limit->begun_ns = event->header.boottime_ns;
	if (limit->written < max) {
		limit->written++;
		return true;
	}
	if (!limit->count++) {
		limit->first_seq = event->header.seq;
		limit->uid = event->process.cred.uid;
	}
	limit->last_seq = event->header.seq;
	return false;
}
