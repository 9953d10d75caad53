/* SPDX-License-Identifier: GPL-2.0 */
/* Why something is refused, in words. */
#ifndef REASON_H
#define REASON_H

#include <stdbool.h>

#include <linux/limits.h>

/**
 * struct reason - the words
 * @text: terminated; there is room for a path, and for what is said of it
 */
struct reason {
	char text[PATH_MAX + 512];
};

/* Fills in @why. Return: false, for the caller to give back */
__attribute__((format(printf, 2, 3)))
bool refuse(struct reason *why, const char *format, ...);

#endif /* REASON_H */
