/* SPDX-License-Identifier: GPL-2.0 */
/* SIGINT and SIGTERM, taken as the wish that this comes to its end. */
#ifndef STOP_H
#define STOP_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#define NSEC_PER_SEC	1000000000LL

/* From now on; a second one of the same kind ends us wherever we hang. */
void stop_catch(void);
bool stop_asked(void);
/*
 * poll() for at most @ns (-1: no limit), which a signal ends for certain. Gives
 * what poll() does, or -1 if we are asked to stop.
 */
int stop_poll(struct pollfd *fds, nfds_t count, int64_t ns);
/* CLOCK_MONOTONIC, ns */
int64_t stop_clock(void);

#endif /* STOP_H */
