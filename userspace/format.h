/* SPDX-License-Identifier: GPL-2.0 */
/* The ways to print an event. */
#ifndef FORMAT_H
#define FORMAT_H

#include "out.h"
#include "record.h"

/**
 * struct format - one of them
 * @name: on the command line
 * @event: print a line
 */
struct format {
	const char *name;
	void (*event)(struct out *out, const struct event *event);
};

extern const struct format format_text;
extern const struct format format_json;

/* Whether format_text may colour what it prints. */
void format_text_colour(bool on);
/* Its line without the time and without an end. */
void format_text_line(struct out *out, const struct event *event);

#endif /* FORMAT_H */
