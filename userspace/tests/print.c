// SPDX-License-Identifier: GPL-2.0
/*
 * print FORMAT [TIMES] < RECORDS: print records from a file, as watch does
 * those of the device; TIMES over, to count instructions.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../format.h"

int main(int argc, char **argv)
{
	const struct format *format = &format_text;
	static char data[8 << 20];
	static struct event event;
	long times = argc > 2 ? atol(argv[2]) : 1;
	size_t len;

	if (argc > 1 && !strcmp(argv[1], "json"))
		format = &format_json;
	format_text_colour(argc > 1 && !strcmp(argv[1], "colour"));
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
			record = argc > 2 ? data + at : malloc(size);
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
	return out_finish(out_stdout());
}
