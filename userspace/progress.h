/* SPDX-License-Identifier: GPL-2.0 */
/* A line that tells a person how far something has come. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct progress - the line
 * @on: standard error is a terminal
 * @shown: columns that it has now
 * @next: when it is due again, CLOCK_MONOTONIC, ns
 */
struct progress {
	bool on;
	size_t shown;
	int64_t next;
};

void progress_begin(struct progress *progress);
bool progress_due(struct progress *progress);
/* @text: any bytes; what is no plain ASCII is shown as a question mark. */
void progress_show(struct progress *progress, const char *text, size_t len);
/* Before anything else is written. */
void progress_clear(struct progress *progress);

#endif /* PROGRESS_H */
