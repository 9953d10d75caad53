// SPDX-License-Identifier: GPL-2.0
/*
 * print FORMAT [TIMES [RULE MESSAGE TAG...]] < RECORDS: print records from a file,
 * as watch does those of the device; TIMES over, to count instructions; as if RULE
 * said that of its events. FORMAT fields: those of the journal, each behind its
 * length in a line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../fields.h"
#include "../format.h"
#include "../rule_says.h"

static void put_fields(struct out *out, const struct event *event)
{
	static struct fields fields;

	fields_begin(&fields);
	event_fields(&fields, event);
	for (size_t i = 0; i < fields.count; i++) {
		struct string field = fields_get(&fields, i);

		out_u64(out, field.len);
		out_char(out, '\n');
		out_mem(out, field.data, field.len);
	}
}

static const struct format format_fields = {
	.name = "fields",
	.event = put_fields,
};

/* Others are before and behind it. */
static void say(char **argv, int count)
{
	static struct policy_entry tags[POLICY_TAGS_MAX];
	static struct policy_rule rules[] = {
		{ .name = (char *)"\x7f", .message = (char *)"of another" },
		{ .tags = { .entries = tags, .given = true } },
		{ .name = (char *)"!", .message = (char *)"of another" },
	};
	static const struct policy policy = { .rules = rules, .rule_count = 3 };

	rules[1].name = argv[0];
	rules[1].message = *argv[1] ? argv[1] : NULL;
	rules[1].tags.given = count > 2;
	for (int i = 2; i < count; i++)
		tags[rules[1].tags.count++].name = argv[i];
	rule_says_use(&policy);
}

int main(int argc, char **argv)
{
	const struct format *format = &format_text;
	static char data[8 << 20];
	static struct event event;
	long times = argc > 2 ? atol(argv[2]) : 1;
	bool again = times > 1;
	size_t len;

	if (argc > 1 && !strcmp(argv[1], "json"))
		format = &format_json;
	if (argc > 1 && !strcmp(argv[1], "fields"))
		format = &format_fields;
	format_text_colour(argc > 1 && !strcmp(argv[1], "colour"));
	if (argc > 4)
		say(argv + 3, argc - 3);
	len = fread(data, 1, sizeof(data), stdin);
	while (times-- > 0) {
		for (size_t at = 0; at < len;) {
			size_t size = record_length(data + at, len - at);
			char *record;

			if (!size) {
				fputs("no record\n", stderr);
				return EXIT_FAILURE;
			}
			/* One byte too far is seen by the sanitizer. */
			record = again ? data + at : malloc(size);
			if (record != data + at)
				memcpy(record, data + at, size);
			if (record_decode(record, &event))
				format->event(out_stdout(), &event);
			else
				fputs("malformed\n", stderr);
			if (record != data + at)
				free(record);
			at += size;
		}
	}
	rule_says_use(NULL);
	return out_finish(out_stdout());
}
