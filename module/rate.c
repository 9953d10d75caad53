// SPDX-License-Identifier: GPL-2.0
#include "rate.h"

#define SECOND_NS	1000000000U

/* Each event uses up so much time, of which there is a second in a second. */
static __u64 share_ns(__u32 rate)
{
	return SECOND_NS / rate;
}

static __u64 later(__u64 a, __u64 b)
{
	return a > b ? a : b;
}

/**
 * cdm_rate_allows() - whether there may be one more event
 * @used_up: until when the time is used up by those before, ns; 0: there were none
 * @now: the time, ns
 * @rate: events per second, 1 to COREDUMP_MON_RATE_MAX; or COREDUMP_MON_RATE_OFF
 *
 * Time that nobody used is gone, and that of CDM_RATE_BURST_S to come can be used up
 * before.
 *
 * Context: any; as the following, touches nothing but its arguments.
 */
int cdm_rate_allows(__u64 used_up, __u64 now, __u32 rate)
{
	if (rate == COREDUMP_MON_RATE_OFF)
		return 1;
	return later(used_up, now) + share_ns(rate) <=
	       now + (__u64)CDM_RATE_BURST_S * SECOND_NS;
}

/**
 * cdm_rate_use() - there is one more event
 * @used_up: as above
 * @now: the time, ns
 * @rate: as above
 *
 * Return: the new @used_up
 */
__u64 cdm_rate_use(__u64 used_up, __u64 now, __u32 rate)
{
	if (rate == COREDUMP_MON_RATE_OFF)
		return used_up;
	return later(used_up, now) + share_ns(rate);
}
