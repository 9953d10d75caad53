/* SPDX-License-Identifier: GPL-2.0 */
/* An event as fields of the journal: NAME=value, whatever bytes a value has. */
#ifndef FIELDS_H
#define FIELDS_H

#include <stdbool.h>

#include "out.h"
#include "record.h"

#define FIELDS_MAX 160

/**
 * struct fields - one entry
 * @out: what all are written to, into @data
 * @count: how many there are
 * @at: where each begins; it ends where the next one does
 * @data: escaped four times as long as it was (the message), and as it is, and what
 *	a rule says, twice
 */
struct fields {
	struct out out;
	size_t count;
	size_t at[FIELDS_MAX];
	char data[6 * COREDUMP_MON_RECORD_MAX];
};

void fields_begin(struct fields *fields);
/* @start: "NAME="; the value is what is written to @fields->out after it. */
void fields_add(struct fields *fields, const char *start);
/* The bytes of one, its name included. */
struct string fields_get(const struct fields *fields, size_t i);

/* What makes an entry one of lost records, but how many and why. */
void fields_lost(struct fields *fields);

/* The same of events that are not written; with @over, how many. */
struct limit;
void fields_suppressed(struct fields *fields, const struct limit *limit,
		       bool over);

/* What the rule that decided says of its event, if it says anything. */
void fields_said(struct fields *fields, const struct event *event);
/* All that an event says. */
void event_fields(struct fields *fields, const struct event *event);

#endif /* FIELDS_H */
