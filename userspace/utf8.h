/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UTF8_H
#define UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Bytes of the well-formed sequence (RFC 3629: no surrogates, nothing longer
 * than it must be, at most U+10FFFF) at @s, 0 if there is none. @code: its
 * code point.
 */
size_t utf8_sequence(const char *s, size_t len, uint32_t *code);
bool utf8_valid(const char *s, size_t len);

#endif /* UTF8_H */
