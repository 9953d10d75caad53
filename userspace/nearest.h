/* SPDX-License-Identifier: GPL-2.0 */
/* "Did you mean": the word that one most likely wanted to write. */
#ifndef NEAREST_H
#define NEAREST_H

#include <stddef.h>

/* Longer words are not compared. */
#define NEAREST_MAX	64

/**
 * struct nearest - a word that is not known, and the nearest known one so far
 * @word: the word
 * @distance: edits between the two
 * @found: the known one, terminated; empty: none was near
 */
struct nearest {
	const char *word;
	size_t distance;
	char found[NEAREST_MAX + 1];
};

void nearest_begin(struct nearest *nearest, const char *word);
void nearest_offer(struct nearest *nearest, const char *known);

#endif /* NEAREST_H */
