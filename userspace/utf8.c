// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "utf8.h"

size_t utf8_sequence(const char *s, size_t len, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)s;
	size_t need;
	uint32_t c;

	if (!len)
		return 0;
	c = p[0];
	if (c < 0x80) {
		*code = c;
		return 1;
	}
	if (c >= 0xf0 && c < 0xf8) {
		need = 4;
		c &= 0x07;
	} else if (c >= 0xe0 && c < 0xf0) {
		need = 3;
		c &= 0x0f;
	} else if (c >= 0xc0 && c < 0xe0) {
		need = 2;
		c &= 0x1f;
	} else {
		return 0;
	}
	if (need > len)
		return 0;
	for (size_t i = 1; i < need; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[need] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	*code = c;
	return need;
}

bool utf8_valid(const char *s, size_t len)
{
	const char *end = s + len;
	uint64_t word;
	uint32_t code;

	while (s < end) {
		size_t n;

		if (end - s >= (ptrdiff_t)sizeof(word)) {
			memcpy(&word, s, sizeof(word));
			if (!(word & 0x8080808080808080ULL)) {
				s += sizeof(word);
				continue;
			}
		}
		if ((unsigned char)*s < 0x80) {
			s++;
			continue;
		}
		n = utf8_sequence(s, (size_t)(end - s), &code);
		if (!n)
			return false;
		s += n;
	}
	return true;
}
