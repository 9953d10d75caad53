// SPDX-License-Identifier: GPL-2.0
/* The parts of the tool that bytes go through, one by one. Speaks TAP. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../array.h"
#include "../escape.h"
#include "../format.h"
#include "../json.h"
#include "../limit.h"
#include "../names.h"
#include "../timestamp.h"
#include "../utf8.h"
#include "check.h"

static char memory[1 << 16];
static struct out sink = { .fd = -1, .size = sizeof(memory), .data = memory };

static bool wrote(const char *expected)
{
	bool same = sink.len == strlen(expected) &&
		    !memcmp(memory, expected, sink.len);

	if (!same)
		printf("# wrote \"%.*s\"\n", (int)sink.len, memory);
	sink.len = 0;
	sink.size = sizeof(memory);
	return same;
}

static void test_numbers(void)
{
	static const uint64_t edges[] = {
		0, 1, 9, 10, 11, 99, 100, 101, 999, 1000, 65535, UINT32_MAX,
		INT64_MAX, UINT64_MAX - 1, UINT64_MAX,
	};
	char text[64];

	for (size_t i = 0; i < ARRAY_SIZE(edges); i++) {
		snprintf(text, sizeof(text), "%llu %lld 0x%llx",
			 (unsigned long long)edges[i], (long long)edges[i],
			 (unsigned long long)edges[i]);
		out_u64(&sink, edges[i]);
		out_char(&sink, ' ');
		out_s64(&sink, (int64_t)edges[i]);
		out_char(&sink, ' ');
		out_hex(&sink, edges[i]);
		CHECK(wrote(text));
	}
	out_s64(&sink, INT64_MIN);
	CHECK(wrote("-9223372036854775808"));
	out_digits(&sink, 7, 3);
	out_digits(&sink, 123456789, 9);
	out_digits(&sink, 0, 1);
	CHECK(wrote("0071234567890"));
}

static void test_padding(void)
{
	out_str(&sink, "ab");
	out_pad(&sink, 0, 4);
	out_str(&sink, "too long");
	out_pad(&sink, 4, 3);
	CHECK(wrote("ab  too long "));
}

/* Into a pipe through a buffer of a few bytes: all arrives, in order. */
static void test_flush(void)
{
	char small[7];
	char back[64] = "";
	struct out out = { .size = sizeof(small), .data = small };
	int fds[2];

	if (pipe(fds)) {
		CHECK(!"pipe");
		return;
	}
	out.fd = fds[1];
	for (int i = 0; i < 10; i++)
		out_mem(&out, "0123456789", (size_t)i);
	CHECK(out_finish(&out) == EXIT_SUCCESS);
	CHECK(read(fds[0], back, sizeof(back)) == 45);
	CHECK(!strcmp(back, "001012012301234012345012345601234567012345678"));
	close(fds[0]);
	out_str(&out, "nobody reads this");
	CHECK(out_finish(&out) == EXIT_SUCCESS);
	CHECK(out.error == EPIPE);
	close(fds[1]);
}

static void test_full_disk(void)
{
	char small[8];
	struct out out = { .size = sizeof(small), .data = small };

	out.fd = open("/dev/full", O_WRONLY);
	for (int i = 0; i < 100; i++)
		out_str(&out, "more than fits");
	CHECK(out.error == ENOSPC);
	CHECK(out_finish(&out) == EXIT_FAILURE);
	close(out.fd);
}

static void test_sink(void)
{
	char small[8];
	struct out out = { .fd = -1, .size = sizeof(small), .data = small };

	out_str(&out, "fits");
	out_str(&out, "does not");
	out_str(&out, "is behind");
	CHECK(out.len == 4);
}

static void test_utf8(void)
{
	static const struct {
		const char *bytes;
		size_t len;
		uint32_t code;
	} valid[] = {
		{ "a", 1, 'a' }, { "\x7f", 1, 0x7f }, { "\xc2\x80", 2, 0x80 },
		{ "\xdf\xbf", 2, 0x7ff }, { "\xe0\xa0\x80", 3, 0x800 },
		{ "\xed\x9f\xbf", 3, 0xd7ff }, { "\xee\x80\x80", 3, 0xe000 },
		{ "\xef\xbf\xbf", 3, 0xffff },
		{ "\xf0\x90\x80\x80", 4, 0x10000 },
		{ "\xf4\x8f\xbf\xbf", 4, 0x10ffff },
	};
	static const char *const invalid[] = {
		"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x41",
		"\xe0\x9f\xbf", "\xe1\x80", "\xed\xa0\x80", "\xed\xbf\xbf",
		"\xf0\x8f\xbf\xbf", "\xf1\x80\x80", "\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80", "\xfe", "\xff",
	};
	uint32_t code;

	for (size_t i = 0; i < ARRAY_SIZE(valid); i++) {
		size_t len = strlen(valid[i].bytes);

		CHECK(utf8_sequence(valid[i].bytes, len, &code) ==
		      valid[i].len);
		CHECK(code == valid[i].code);
		CHECK(!utf8_sequence(valid[i].bytes, len - 1, &code));
	}
	for (size_t i = 0; i < ARRAY_SIZE(invalid); i++) {
		CHECK(!utf8_sequence(invalid[i], strlen(invalid[i]), &code));
		CHECK(!utf8_valid(invalid[i], strlen(invalid[i])));
	}
	CHECK(utf8_valid("eight by\xc3\xa9", 10));
	CHECK(!utf8_valid("eight by\xc3", 9));
}

static void test_escape(void)
{
	escape_word(&sink, "plain/core.1", 12);
	CHECK(wrote("plain/core.1"));
	escape_word(&sink, "", 0);
	CHECK(wrote("\"\""));
	escape_word(&sink, "-", 1);
	CHECK(wrote("\"-\""));
	escape_word(&sink, "a\"b\\c\n", 6);
	CHECK(wrote("\"a\\\"b\\\\c\\x0a\""));
	escape_word(&sink, "\xe2\x80\xae\xc2\x9b\xff\xc3\xa9", 8);
	CHECK(wrote("\"\\xe2\\x80\\xae\\xc2\\x9b\\xff\xc3\xa9\""));
	escape_text(&sink, "a \"b\"\t", 6);
	CHECK(wrote("a \"b\"\\x09"));
}

static void test_json(void)
{
	struct json json = { .out = &sink };

	json_begin(&json, '{');
	json_u64_member(&json, "a", 1);
	json_key(&json, "b");
	json_begin(&json, '[');
	json_item(&json);
	json_string(&json, "\b\"\\/\x7f\xc2\x85\xc3\xa9", 9);
	json_item(&json);
	json_begin(&json, '[');
	json_end(&json, ']');
	json_end(&json, ']');
	json_bool_member(&json, "c", false);
	json_end(&json, '}');
	CHECK(wrote("{\"a\":1,\"b\":[\"\\u0008\\\"\\\\/\\u007f\\u0085\xc3\xa9\",[]],\"c\":false}"));
	json_bytes(&json, "\xff\\x", 3);
	CHECK(wrote("\"\\\\xff\\\\\\\\x\""));
}

/* Each special byte at each place of a word of eight, among each other byte. */
static void test_json_words(void)
{
	struct json json = { .out = &sink };

	for (int other = ' '; other < 0x7f; other++) {
		for (int special = 0; special <= 0x7f; special++) {
			char plain[21];
			char expected[32];
			int place = (special + other) % 20;

			if (other == '"' || other == '\\' ||
			    (special >= ' ' && special < 0x7f))
				continue;
			memset(plain, other, 20);
			plain[20] = '\0';
			plain[place] = (char)special;
			snprintf(expected, sizeof(expected), "\"%.*s\\u%04x%s\"",
				 place, plain, special, plain + place + 1);
			if (special == '\n' || special == '\t')
				snprintf(expected, sizeof(expected),
					 "\"%.*s\\%c%s\"", place, plain,
					 special == '\n' ? 'n' : 't',
					 plain + place + 1);
			json_string(&json, plain, 20);
			CHECK(wrote(expected));
		}
	}
}

/* The C library's calendar is the judge. */
static void test_times(void)
{
	uint64_t second = 0;

	for (int i = 0; i < 20000; i++, second += 911861) {
		time_t when = (time_t)second;
		char text[64];
		struct tm tm;

		gmtime_r(&when, &tm);
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S.000000042Z",
			 &tm);
		timestamp_rfc3339(&sink, second * 1000000000U + 42);
		CHECK(wrote(text));
	}
	setenv("TZ", "XYZ-5:30", 1);
	tzset();
	timestamp_local(&sink, 1795465721999999999U);
	CHECK(wrote("2026-11-24 01:58:41.999"));
	timestamp_local(&sink, 1795465722000999999U);
	CHECK(wrote("2026-11-24 01:58:42.000"));
}

static void test_names(void)
{
	CHECK(!strcmp(signal_name(SIGSYS), "SIGSYS"));
	CHECK(!signal_name(0) && !signal_name(-1) && !signal_name(32));
	CHECK(!strcmp(signal_code_name(SIGSEGV, 1), "SEGV_MAPERR"));
	CHECK(!strcmp(signal_code_name(SIGBUS, 2), "BUS_ADRERR"));
	CHECK(!strcmp(signal_code_name(SIGSEGV, 0), "SI_USER"));
	CHECK(!strcmp(signal_code_name(SIGQUIT, 0x80), "SI_KERNEL"));
	CHECK(!strcmp(signal_code_name(SIGABRT, -6), "SI_TKILL"));
	CHECK(!signal_code_name(SIGSEGV, 99) && !signal_code_name(SIGQUIT, 1));
	CHECK(!signal_code_name(SIGSEGV, -2147483647 - 1));
	CHECK(!strcmp(errno_name(EACCES), "EACCES"));
	CHECK(!errno_name(0) && !errno_name(-1) && !errno_name(100000));
	CHECK(type_by_name("dump", 4) == COREDUMP_MON_DUMP);
	for (uint16_t type = COREDUMP_MON_DUMP; type <= COREDUMP_MON_ATTR; type++)
		CHECK(type_by_name(type_name(type), strlen(type_name(type))) == type);
	CHECK(!strcmp(errno_name(ENODATA), "ENODATA"));
	CHECK(!type_by_name("dum", 3) && !type_by_name("", 0));
	CHECK(!type_name(0) && !type_name(65535));
}

static void test_record_length(void)
{
	struct coredump_mon_record header = { .len = sizeof(header) };
	char bytes[2 * sizeof(header)] = "";

	memcpy(bytes, &header, sizeof(header));
	CHECK(record_length(bytes, sizeof(header)) == sizeof(header));
	CHECK(record_length(bytes, sizeof(bytes)) == sizeof(header));
	CHECK(!record_length(bytes, sizeof(header) - 1));
	CHECK(!record_length(bytes, 0));
	for (uint32_t len = 0; len < sizeof(bytes) + 16; len++) {
		bool good = len == 32 || len == 40 || len == 48 || len == 56 ||
			    len == 64;

		header.len = len;
		memcpy(bytes, &header, sizeof(header));
		CHECK(record_length(bytes, sizeof(bytes)) == (good ? len : 0));
	}
	header.len = UINT32_MAX - 7;
	memcpy(bytes, &header, sizeof(header));
	CHECK(!record_length(bytes, sizeof(bytes)));
}

/*
 * A record, and where in it attributes begin: what an attribute of each
 * length, nested or not, is taken for.
 */
static void test_attributes(void)
{
	static struct event event;
	const size_t header = sizeof(struct coredump_mon_record);
	const size_t room = 64;

	for (uint32_t outer = 0; outer <= 80; outer++) {
		for (uint32_t inner = 0; inner <= 80; inner++) {
			struct coredump_mon_record record = {
				.len = (__u32)(header + room),
				.type = COREDUMP_MON_OPEN,
				.version = COREDUMP_MON_ABI_VERSION,
			};
			struct coredump_mon_attr attr = {
				.type = COREDUMP_MON_A_FILE,
				.len = outer,
			};
			char *bytes = calloc(1, header + room);
			bool good;

			memcpy(bytes, &record, header);
			memcpy(bytes + header, &attr, sizeof(attr));
			attr.type = COREDUMP_MON_A_PATH;
			attr.len = inner;
			memcpy(bytes + header + 8, &attr, sizeof(attr));
			good = record_decode(bytes, &event);
			/* Behind the outer one, zeros are attributes too. */
			if (outer > room - 8 || (outer && outer < 8))
				CHECK(!good);
			if (outer >= 8 && inner > outer - 8)
				CHECK(!good);
			if (good && outer >= 8) {
				CHECK(has(event.file.has, COREDUMP_MON_A_PATH));
				CHECK(event.file.path.len == inner);
				CHECK(event.file.path.data + inner <=
				      bytes + header + room);
			}
			free(bytes);
		}
	}
}

static void test_version(void)
{
	static struct event event;
	struct coredump_mon_record record = {
		.len = sizeof(record),
		.type = COREDUMP_MON_LOST,
		.version = COREDUMP_MON_ABI_VERSION,
	};

	CHECK(record_decode(&record, &event));
	record.version++;
	CHECK(!record_decode(&record, &event));
}

/* By each type: is there a limit, and whom does it share it with? */
static void test_limits(void)
{
	static struct event event = {
		.has = BIT(COREDUMP_MON_A_PROCESS) | BIT(COREDUMP_MON_A_DECISION),
		.process = { .has = BIT(COREDUMP_MON_A_CRED) },
	};
	struct limit *files, *dumps;

	event.header.boottime_ns = 1;
	event.process.cred.uid = 1000;
	event.decision.verdict = COREDUMP_MON_ALLOWED;
	event.header.type = COREDUMP_MON_OPEN;
	files = limit_of(&event);
	CHECK(files && limit_admits(files, &event, 2));
	event.header.type = COREDUMP_MON_DUMP;
	dumps = limit_of(&event);
	CHECK(dumps && dumps != files);
	for (uint16_t type = COREDUMP_MON_RENAME; type <= COREDUMP_MON_ATTR;
	     type++) {
		event.header.type = type;
		CHECK(limit_of(&event) == files);
		event.decision.verdict = COREDUMP_MON_DENIED;
		CHECK(limit_of(&event) == dumps);
		event.decision.verdict = COREDUMP_MON_ALLOWED;
		event.process.cred.uid = 0;
		CHECK(!limit_of(&event));
		event.process.cred.uid = 1000;
	}
	CHECK(limit_admits(files, &event, 2) && !limit_admits(files, &event, 2));
	event.header.type = COREDUMP_MON_POLICY;
	CHECK(!limit_of(&event));
	event.header.type = COREDUMP_MON_LOST;
	CHECK(!limit_of(&event));
}

static const struct test tests[] = {
	{ "numbers", test_numbers },
	{ "padding", test_padding },
	{ "all that is written arrives; a reader that went away is no failure",
	  test_flush },
	{ "a full disk is a failure", test_full_disk },
	{ "what does not fit into memory leaves no half", test_sink },
	{ "UTF-8, well-formed and not", test_utf8 },
	{ "escapes of text", test_escape },
	{ "JSON's syntax and escapes", test_json },
	{ "JSON's escapes anywhere in a string", test_json_words },
	{ "dates", test_times },
	{ "names of numbers", test_names },
	{ "a record's length", test_record_length },
	{ "attributes of any length stay within the record", test_attributes },
	{ "a record of another version is refused", test_version },
	{ "limits of a user, by the type of an event", test_limits },
};

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	return run_tests(tests, ARRAY_SIZE(tests));
}
