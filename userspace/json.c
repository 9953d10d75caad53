// SPDX-License-Identifier: GPL-2.0
#include "json.h"
#include "utf8.h"

#define ONES	0x0101010101010101ULL
#define HIGHS	0x8080808080808080ULL

/*
 * Has one of eight bytes to be looked at: a control byte, a quote, a
 * backslash, or one that is not ASCII? (It may say yes for a byte that stands
 * above such a one; the byte is then found harmless.)
 */
static bool has_special(uint64_t word)
{
	uint64_t control = word - ONES * 0x20;
	uint64_t quote = (word ^ ONES * '"') - ONES;
	uint64_t backslash = (word ^ ONES * '\\') - ONES;
	uint64_t delete = word + ONES;

	return (control | quote | backslash | delete | word) & HIGHS;
}

/* By byte: control bytes, quote, backslash, and all that are not ASCII. */
static const bool is_special[256] = {
	[0 ... 0x1f] = true, ['"'] = true, ['\\'] = true,
	[0x7f ... 0xff] = true,
};

/* How many bytes from @s on stand for themselves. */
static inline size_t plain_run(const char *s, const char *end)
{
	const char *p = s;
	uint64_t word;

	while (end - p >= (ptrdiff_t)sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		if (has_special(word))
			break;
		p += sizeof(word);
	}
	while (p < end && !is_special[(unsigned char)*p])
		p++;
	return (size_t)(p - s);
}

static void control(struct out *out, unsigned char c)
{
	char text[] = "\\u00XX";

	text[4] = "0123456789abcdef"[c >> 4];
	text[5] = "0123456789abcdef"[c & 15];
	out_mem(out, text, 6);
}

/* A byte that is_special[]; gives how many bytes were dealt with. */
static size_t special(struct out *out, const char *s, size_t len, bool bytes)
{
	unsigned char c = (unsigned char)*s;
	uint32_t code;
	size_t n;

	switch (c) {
	case '"':
		out_mem(out, "\\\"", 2);
		return 1;
	case '\\':
		out_mem(out, "\\\\\\\\", bytes ? 4 : 2);
		return 1;
	case '\n':
		out_mem(out, "\\n", 2);
		return 1;
	case '\t':
		out_mem(out, "\\t", 2);
		return 1;
	}
	if (c < 0x20 || c == 0x7f) {
		control(out, c);
		return 1;
	}
	n = utf8_sequence(s, len, &code);
	if (n && code < 0xa0) {
		control(out, (unsigned char)code);
		return n;
	}
	if (n) {
		out_mem(out, s, n);
		return n;
	}
	/* Only json_bytes() comes here. */
	out_mem(out, "\\\\x", 3);
	out_char(out, "0123456789abcdef"[c >> 4]);
	out_char(out, "0123456789abcdef"[c & 15]);
	return 1;
}

static void quoted(struct out *out, const char *s, size_t len, bool bytes)
{
	const char *end = s + len;

	out_char(out, '"');
	while (s < end) {
		size_t n = plain_run(s, end);

		out_mem(out, s, n);
		s += n;
		if (s < end)
			s += special(out, s, (size_t)(end - s), bytes);
	}
	out_char(out, '"');
}

void json_string(struct json *json, const char *s, size_t len)
{
	quoted(json->out, s, len, false);
}

void json_bytes(struct json *json, const char *s, size_t len)
{
	quoted(json->out, s, len, true);
}
