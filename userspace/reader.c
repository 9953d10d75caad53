// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "device.h"
#include "reader.h"
#include "report.h"
#include "stop.h"

void reader_begin(struct reader *reader, int ms)
{
	reader->deadline = stop_clock() + ms * (NSEC_PER_SEC / 1000);
}

static bool fill(struct reader *reader)
{
	struct pollfd fd = { .fd = reader->fd, .events = POLLIN };
	ssize_t n;

	reader->at = 0;
	reader->len = 0;
	while ((n = read(reader->fd, reader->data, sizeof(reader->data))) < 0) {
		int64_t left = reader->deadline - stop_clock();

		if (errno != EAGAIN && errno != EINTR) {
			report("cannot read " DEVICE_PATH ": %s",
			       strerror(errno));
			return false;
		}
		if (left <= 0 || stop_asked())
			return false;
		stop_poll(&fd, 1, left);
	}
	reader->len = (size_t)n;
	return n > 0;
}

const struct event *reader_next(struct reader *reader)
{
	while (true) {
		const char *record;
		size_t size;

		if (reader->at == reader->len && !fill(reader))
			return NULL;
		record = reader->data + reader->at;
		size = record_length(record, reader->len - reader->at);
		if (!size) {
			report("the device gave bytes that are no record: install module and tool of one version, and load the module anew");
			return NULL;
		}
		reader->at += size;
		if (record_decode(record, &reader->event))
			return &reader->event;
	}
}
