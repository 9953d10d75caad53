/* SPDX-License-Identifier: GPL-2.0 */
/* Strings from the outside, made safe for a terminal and for a line of text. */
#ifndef ESCAPE_H
#define ESCAPE_H

#include "out.h"

/*
 * Bytes as text: those of control characters (C1 ones too), of what reorders
 * or hides text, and those that are no UTF-8 as \xNN, a backslash as two.
 */
void escape_text(struct out *out, const char *s, size_t len);
/*
 * The same as one word: in double quotes unless it is plain, so that nothing
 * in it is taken for what stands beside it.
 */
void escape_word(struct out *out, const char *s, size_t len);

#endif /* ESCAPE_H */
