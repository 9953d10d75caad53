// SPDX-License-Identifier: GPL-2.0
/* Whatever the bytes are: no fault, no endless loop, and lines that are safe. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../fields.h"
#include "../format.h"
#include "../utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char buffer[1 << 20];

/* One line, of UTF-8, without control characters. */
static void check_line(const struct out *out)
{
	if (!out->len || out->data[out->len - 1] != '\n')
		abort();
	if (!utf8_valid(out->data, out->len))
		abort();
	for (size_t i = 0; i + 1 < out->len; i++) {
		if ((unsigned char)out->data[i] < ' ' || out->data[i] == 0x7f)
			abort();
	}
}

static void print(const struct format *format, const struct event *event)
{
	struct out out = { .fd = -1, .size = sizeof(buffer), .data = buffer };

	format->event(&out, event);
	/* Longer than fits: the end is missing. */
	if (out.size == sizeof(buffer))
		check_line(&out);
}

/* As many fields as fit, each with its name, and all of what they say. */
static void check_fields(const struct event *event)
{
	static struct fields fields;

	fields_begin(&fields);
	event_fields(&fields, event);
	if (fields.count > FIELDS_MAX || fields.out.size != sizeof(fields.data))
		abort();
	for (size_t i = 0; i < fields.count; i++) {
		struct string field = fields_get(&fields, i);
		size_t name = 0;

		while (name < field.len && (field.data[name] == '_' ||
					    (field.data[name] >= 'A' &&
					     field.data[name] <= 'Z')))
			name++;
		if (!name || name == field.len || field.data[name] != '=')
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct event event;
	size_t at = 0;
	size_t len;

	while ((len = record_length(data + at, size - at))) {
		char *record = malloc(len);

		if (!record)
			abort();
		memcpy(record, data + at, len);
		if (record_decode(record, &event)) {
			print(&format_text, &event);
			print(&format_json, &event);
			check_fields(&event);
		}
		free(record);
		at += len;
	}
	return 0;
}
