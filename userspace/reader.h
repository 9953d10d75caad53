/* SPDX-License-Identifier: GPL-2.0 */
/* Events one by one, waited for. */
#ifndef READER_H
#define READER_H

#include "record.h"

/**
 * struct reader - where we are
 * @fd: the device, non-blocking
 * @deadline: of stop_clock()
 * @at: of @len bytes in @data
 */
struct reader {
	int fd;
	int64_t deadline;
	size_t at;
	size_t len;
	struct event event;
	char data[2 * COREDUMP_MON_RECORD_MAX];
};

/* What reader_next() waits for is to come within @ms. */
void reader_begin(struct reader *reader, int ms);
/*
 * Valid until the next call; NULL: time is over, the device failed, or we are
 * asked to stop.
 */
const struct event *reader_next(struct reader *reader);

#endif /* READER_H */
