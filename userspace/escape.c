// SPDX-License-Identifier: GPL-2.0
#include "escape.h"
#include "utf8.h"

/* Printable ASCII but blank, quote and backslash: stands for itself anywhere. */
static const bool plain[256] = {
	['!'] = true, ['#' ... '['] = true, [']' ... '~'] = true,
};

static size_t plain_run(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && plain[(unsigned char)s[n]])
		n++;
	return n;
}

/* Moves, hides or ends what stands beside it. */
static bool is_harmful(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) ||
	       code == 0xad || code == 0x61c || code == 0xfeff ||
	       (code >= 0x200b && code <= 0x200f) ||
	       (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2060 && code <= 0x206f) ||
	       (code >= 0xfff9 && code <= 0xfffb) ||
	       (code >= 0xe0000 && code <= 0xe007f);
}

static void hex_byte(struct out *out, unsigned char c)
{
	char text[4] = { '\\', 'x', "0123456789abcdef"[c >> 4],
			 "0123456789abcdef"[c & 15] };

	out_mem(out, text, sizeof(text));
}

static void escape(struct out *out, const char *s, size_t len, bool quote)
{
	while (len) {
		uint32_t code = 0;
		size_t n = plain_run(s, len);

		if (n) {
			out_mem(out, s, n);
			s += n;
			len -= n;
			continue;
		}
		n = utf8_sequence(s, len, &code);
		if (!n) {
			hex_byte(out, (unsigned char)*s);
			n = 1;
		} else if (is_harmful(code)) {
			for (size_t i = 0; i < n; i++)
				hex_byte(out, (unsigned char)s[i]);
		} else if (code == '\\' || (code == '"' && quote)) {
			char text[2] = { '\\', (char)code };

			out_mem(out, text, sizeof(text));
		} else {
			out_mem(out, s, n);
		}
		s += n;
		len -= n;
	}
}

void escape_text(struct out *out, const char *s, size_t len)
{
	escape(out, s, len, false);
}

void escape_word(struct out *out, const char *s, size_t len)
{
	/* An empty word, and the sign of what is not known, are not plain. */
	if (len && plain_run(s, len) == len && !(len == 1 && *s == '-')) {
		out_mem(out, s, len);
		return;
	}
	out_char(out, '"');
	escape(out, s, len, true);
	out_char(out, '"');
}
