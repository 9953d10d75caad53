/* SPDX-License-Identifier: GPL-2.0 */
/* What an event says, one value at a time, by the keys of JSON: "process.comm". */
#ifndef EVENT_VALUE_H
#define EVENT_VALUE_H

#include "out.h"
#include "record.h"

/* Of a longer string, so many bytes, and then "...". */
#define EVENT_VALUE_MAX	256

/**
 * struct event_value - a value
 * @name: its key, behind that of what it is in, with a dot between; NULL ends the table
 * @write: write it; false: the event has none
 * @place: what it is in
 * @mask: bits of what has to be there, of that
 * @offset: where it stands, in what @place says
 * @word: gives a name for the number, or NULL
 * @say: gives the whole of it, or NULL
 */
struct event_value {
	const char *name;
	bool (*write)(struct out *out, const struct event *event,
		      const struct event_value *value);
	unsigned int place;
	uint32_t mask;
	size_t offset;
	const char *(*word)(uint32_t number);
	const char *(*say)(const struct event *event);
};

extern const struct event_value event_values[];

/* Bytes of the name at @s; a dot or underscore at its end is the sentence's. */
size_t event_value_length(const char *s);
/* NULL: there is no such value, in any event. */
const struct event_value *event_value_find(const char *name, size_t len);

/*
 * Write @text, where %name stands for a value, as JSON has it but without quotes, and
 * "-" for one that the event has not; %% for a percent sign. Bytes that do harm on a
 * terminal are written as \xNN, in the text and in the values.
 */
void event_value_expand(struct out *out, const struct event *event,
			const char *text);

#endif /* EVENT_VALUE_H */
