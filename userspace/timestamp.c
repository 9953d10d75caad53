// SPDX-License-Identifier: GPL-2.0
#include <time.h>

#include "timestamp.h"

#define NSEC_PER_SEC	1000000000U
#define DAY		86400U

/*
 * The day's date, by the proleptic Gregorian calendar: counted in years that
 * begin in March, so that the leap day is the last of its year.
 */
static void date(struct out *out, uint64_t days)
{
	uint64_t since = days + 719468;		/* 0000-03-01 */
	uint64_t era = since / 146097;		/* of 400 years */
	uint32_t day = (uint32_t)(since % 146097);
	uint32_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	uint32_t month;

	day -= 365 * year + year / 4 - year / 100;
	month = (5 * day + 2) / 153;
	day -= (153 * month + 2) / 5;
	month = month < 10 ? month + 3 : month - 9;
	out_digits(out, (uint32_t)(year + era * 400 + (month <= 2)), 4);
	out_char(out, '-');
	out_digits(out, month, 2);
	out_char(out, '-');
	out_digits(out, day + 1, 2);
}

static void time_of_day(struct out *out, uint32_t second)
{
	out_digits(out, second / 3600, 2);
	out_char(out, ':');
	out_digits(out, second / 60 % 60, 2);
	out_char(out, ':');
	out_digits(out, second % 60, 2);
}

void timestamp_rfc3339(struct out *out, uint64_t ns)
{
	uint64_t seconds = ns / NSEC_PER_SEC;

	date(out, seconds / DAY);
	out_char(out, 'T');
	time_of_day(out, (uint32_t)(seconds % DAY));
	out_char(out, '.');
	out_digits(out, (uint32_t)(ns % NSEC_PER_SEC), 9);
	out_char(out, 'Z');
}

void timestamp_local(struct out *out, uint64_t ns)
{
	/* localtime() costs more than a line does, and seconds repeat. */
	static time_t last = -1;
	static char text[sizeof("2026-11-23 20:28:41")];
	static size_t len;
	time_t now = (time_t)(ns / NSEC_PER_SEC);
	struct tm tm;

	if (now != last) {
		if (!localtime_r(&now, &tm))
			gmtime_r(&(time_t){ 0 }, &tm);
		len = strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
		last = now;
	}
	out_mem(out, text, len);
	out_char(out, '.');
	out_digits(out, (uint32_t)(ns % NSEC_PER_SEC / 1000000), 3);
}
