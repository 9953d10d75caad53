// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "escape.h"
#include "policy_errors.h"
#include "utf8.h"

/* Of a long line, so many characters around the place are shown. */
#define BEFORE	60
#define SHOWN	100

static int compare(const struct policy_error *a, const struct policy_error *b)
{
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	if (a->column != b->column)
		return a->column < b->column ? -1 : 1;
	return 0;
}

/* Where @error belongs in @list; @known: it is there already. */
static size_t find_slot(const struct policy_error *list, size_t kept,
			const struct policy_error *error, bool *known)
{
	size_t i = kept;

	*known = false;
	while (i && compare(&list[i - 1], error) > 0)
		i--;
	for (size_t j = i; j && !compare(&list[j - 1], error); j--)
		*known |= !strcmp(list[j - 1].text, error->text);
	return i;
}

/* Gives false if it is there already. */
__attribute__((format(printf, 4, 0)))
static bool keep(struct policy_error *list, size_t *kept,
		 const yaml_mark_t *mark, const char *format, va_list args)
{
	struct policy_error error = { .line = mark->line, .column = mark->column };
	bool known;
	size_t slot;

	if (*kept == POLICY_ERRORS_MAX || vasprintf(&error.text, format, args) < 0)
		return true;
	slot = find_slot(list, *kept, &error, &known);
	if (known) {
		free(error.text);
		return false;
	}
	memmove(list + slot + 1, list + slot, (*kept - slot) * sizeof(error));
	list[slot] = error;
	++*kept;
	return true;
}

void policy_errors_add(struct policy_errors *errors, const yaml_mark_t *mark,
		       const char *format, ...)
{
	va_list args;

	va_start(args, format);
	errors->found += keep(errors->errors, &errors->kept, mark, format, args);
	va_end(args);
}

void policy_errors_warn(struct policy_errors *errors, const yaml_mark_t *mark,
			const char *format, ...)
{
	va_list args;

	va_start(args, format);
	keep(errors->warnings, &errors->warned, mark, format, args);
	va_end(args);
}

static const char *find_line(const struct policy_errors *errors, size_t line)
{
	const char *p = errors->text;
	const char *end = p + errors->len;

	while (line-- && p < end) {
		const char *feed = memchr(p, '\n', (size_t)(end - p));

		p = feed ? feed + 1 : end;
	}
	return p;
}

/* Bytes of the character at @s; one of what is none. */
static size_t character(const char *s, const char *end)
{
	uint32_t code;
	size_t n = utf8_sequence(s, (size_t)(end - s), &code);

	return n ? n : 1;
}

const char *policy_errors_find(const struct policy_errors *errors,
			       const yaml_mark_t *mark)
{
	const char *p = find_line(errors, mark->line);
	const char *end = errors->text + errors->len;

	for (size_t i = 0; i < mark->column && p < end; i++)
		p += character(p, end);
	return p;
}

/* One character, safe for a terminal. Gives the columns that it takes. */
static size_t put_character(struct out *out, const char *s, size_t n)
{
	size_t before = out->len;

	if (*s == '\t')
		out_char(out, ' ');
	else if (*s == '\\')
		out_char(out, '\\');
	else
		escape_text(out, s, n);
	/* What is not escaped is as long as it was, and takes one. */
	return out->len - before == n ? 1 : out->len - before;
}

/* The part of the line that @error is in, and a caret below. */
static void put_excerpt(const struct policy_errors *errors,
			const struct policy_error *error, struct out *out)
{
	char part[SHOWN * 16] = "";
	struct out line = { .fd = -1, .size = sizeof(part), .data = part };
	const char *p = find_line(errors, error->line);
	const char *end = errors->text + errors->len;
	const char *stop = memchr(p, '\n', (size_t)(end - p));
	size_t from = error->column > BEFORE ? error->column - BEFORE : 0;
	size_t caret = from ? strlen("...") : 0;
	char number[32];
	size_t i = 0;

	stop = stop ? stop : end;
	if (stop > p && stop[-1] == '\r')
		stop--;
	for (; p < stop && i < from + SHOWN; i++) {
		size_t n = character(p, stop);
		size_t columns = i < from ? 0 : put_character(&line, p, n);

		if (i < error->column)
			caret += columns;
		p += n;
	}
	snprintf(number, sizeof(number), "%6zu | ", error->line + 1);
	out_str(out, number);
	out_str(out, from ? "..." : "");
	out_mem(out, part, line.len);
	out_str(out, p < stop ? "...\n" : "\n");
	out_str(out, "       | ");
	while (caret--)
		out_char(out, ' ');
	out_str(out, "^\n");
}

static void put(const struct policy_errors *errors,
		const struct policy_error *error, const char *kind,
		struct out *out)
{
	escape_text(out, errors->file, strlen(errors->file));
	out_char(out, ':');
	out_u64(out, error->line + 1);
	out_char(out, ':');
	out_u64(out, error->column + 1);
	out_str(out, kind);
	escape_text(out, error->text, strlen(error->text));
	out_char(out, '\n');
	put_excerpt(errors, error, out);
}

void policy_errors_write(const struct policy_errors *errors, struct out *out)
{
	for (size_t i = 0; i < errors->kept; i++)
		put(errors, &errors->errors[i], ": ", out);
}

void policy_errors_write_warnings(const struct policy_errors *errors,
				  struct out *out)
{
	for (size_t i = 0; i < errors->warned; i++)
		put(errors, &errors->warnings[i], ": warning: ", out);
}

void policy_errors_free(struct policy_errors *errors)
{
	for (size_t i = 0; i < errors->kept; i++)
		free(errors->errors[i].text);
	for (size_t i = 0; i < errors->warned; i++)
		free(errors->warnings[i].text);
	errors->kept = 0;
	errors->warned = 0;
}
