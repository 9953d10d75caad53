/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How often something may happen: a pure function of its arguments, so that it
 * can be tested as a table, also in user space.
 */
#ifndef CDM_RATE_H
#define CDM_RATE_H

#include <linux/coredump_mon.h>

/* What is allowed in so many seconds may come at once. */
#define CDM_RATE_BURST_S	10

int cdm_rate_allows(__u64 used_up, __u64 now, __u32 rate);
__u64 cdm_rate_use(__u64 used_up, __u64 now, __u32 rate);

#endif /* CDM_RATE_H */
