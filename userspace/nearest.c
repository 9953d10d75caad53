// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "nearest.h"

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/*
 * Letters to insert, remove, replace or exchange with their neighbour, where
 * capitals do not count: three rows of the usual table are enough.
 */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t rows[3][NEAREST_MAX + 1] = { { 0 } };

	for (size_t j = 0; j <= b_len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t *row = rows[i % 3];
		const size_t *above = rows[(i + 2) % 3];
		const size_t *two_above = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			row[j] = least(above[j], row[j - 1]) + 1;
			row[j] = least(row[j], above[j - 1] +
				       !same(a[i - 1], b[j - 1]));
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) &&
			    same(a[i - 2], b[j - 1]))
				row[j] = least(row[j], two_above[j - 2] + 1);
		}
	}
	return rows[a_len % 3][b_len];
}

/* A third of the word may be wrong: more is another word. */
void nearest_begin(struct nearest *nearest, const char *word)
{
	nearest->word = word;
	nearest->distance = (strlen(word) + 2) / 3 + 1;
	nearest->found[0] = '\0';
}

void nearest_offer(struct nearest *nearest, const char *known)
{
	size_t word_len = strlen(nearest->word);
	size_t known_len = strlen(known);
	size_t far;

	if (word_len > NEAREST_MAX || known_len > NEAREST_MAX || !known_len)
		return;
	far = distance(nearest->word, word_len, known, known_len);
	if (far >= nearest->distance || far >= known_len)
		return;
	nearest->distance = far;
	memcpy(nearest->found, known, known_len + 1);
}
