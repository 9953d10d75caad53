/* SPDX-License-Identifier: GPL-2.0 */
/* Points in time, as nanoseconds since 1970 UTC. */
#ifndef TIMESTAMP_H
#define TIMESTAMP_H

#include <stdint.h>

#include "out.h"

/* RFC 3339, UTC: 2026-11-23T20:28:41.123456789Z */
void timestamp_rfc3339(struct out *out, uint64_t ns);
/* Local time, for people: 2026-11-23 20:28:41.123 */
void timestamp_local(struct out *out, uint64_t ns);

#endif /* TIMESTAMP_H */
