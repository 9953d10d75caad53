/* SPDX-License-Identifier: GPL-2.0 */
/* What is wrong with a policy file, each with its place in it. */
#ifndef POLICY_ERRORS_H
#define POLICY_ERRORS_H

#include <stdbool.h>
#include <stddef.h>

#include <yaml.h>

#include "out.h"

/* So many are told; and so many warnings. */
#define POLICY_ERRORS_MAX	20

/**
 * struct policy_error - one
 * @line: counted from 0
 * @column: characters before it, in the line
 * @text: what is wrong
 */
struct policy_error {
	size_t line;
	size_t column;
	char *text;
};

/**
 * struct policy_errors - a file, and what is wrong with it
 * @file: its name
 * @text: what is in it, not terminated
 * @len: bytes of that
 * @found: how many errors were found
 * @kept: how many of them are in @errors, which is in the order of the file
 * @warned: how many warnings are in @warnings, likewise: of what is taken, and is
 *	hardly meant
 */
struct policy_errors {
	const char *file;
	const char *text;
	size_t len;
	size_t found;
	size_t kept;
	size_t warned;
	struct policy_error errors[POLICY_ERRORS_MAX];
	struct policy_error warnings[POLICY_ERRORS_MAX];
};

/* More than can be told were found: to look for others is of no use. */
static inline bool policy_errors_full(const struct policy_errors *errors)
{
	return errors->found > POLICY_ERRORS_MAX;
}

/* The same thing of the same place is told once. */
__attribute__((format(printf, 3, 4)))
void policy_errors_add(struct policy_errors *errors, const yaml_mark_t *mark,
		       const char *format, ...);
__attribute__((format(printf, 3, 4)))
void policy_errors_warn(struct policy_errors *errors, const yaml_mark_t *mark,
			const char *format, ...);
/* Where @mark is in the text. */
const char *policy_errors_find(const struct policy_errors *errors,
			       const yaml_mark_t *mark);
/* "FILE:LINE:COLUMN: what", the line itself, and a caret below the place. */
void policy_errors_write(const struct policy_errors *errors, struct out *out);
/* The same of the warnings: "FILE:LINE:COLUMN: warning: what". */
void policy_errors_write_warnings(const struct policy_errors *errors,
				  struct out *out);
void policy_errors_free(struct policy_errors *errors);

#endif /* POLICY_ERRORS_H */
