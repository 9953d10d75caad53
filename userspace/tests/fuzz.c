// SPDX-License-Identifier: GPL-2.0
/* Whatever the bytes are: no fault, no endless loop, and lines that are safe. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../fields.h"
#include "../event_value.h"
#include "../format.h"
#include "../rule_says.h"
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

/* Messages with all values there are, as many in each as have room, one by one. */
static void say(size_t number)
{
	static struct policy_entry tag = { .name = (char *)"tag" };
	static char text[POLICY_MESSAGE_MAX + 1];
	static struct policy_rule rule = {
		.name = (char *)"default",
		.message = text,
		.tags = { .entries = &tag, .count = 1, .given = true },
	};
	static const struct policy policy = { .rules = &rule, .rule_count = 1 };
	size_t first = 0;
	size_t len = 0;

	while (event_values[first].name)
		first++;
	for (first = number % first; event_values[first].name; first++) {
		size_t more = strlen(event_values[first].name) + 1;

		if (len + more > POLICY_MESSAGE_MAX)
			break;
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%%%s",
					event_values[first].name);
	}
	if (!rule_says_use(&policy))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct event event;
	size_t at = 0;
	size_t len;

	say(size);
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
