// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "escape.h"
#include "event_value.h"

size_t event_value_length(const char *s)
{
	size_t len = strspn(s, "abcdefghijklmnopqrstuvwxyz_.");

	while (len && (s[len - 1] == '.' || s[len - 1] == '_'))
		len--;
	return len;
}

const struct event_value *event_value_find(const char *name, size_t len)
{
	for (const struct event_value *value = event_values; value->name; value++) {
		if (!strncmp(value->name, name, len) && !value->name[len])
			return value;
	}
	return NULL;
}

/* What stands behind a %; gives what is left. */
static const char *expand_one(struct out *out, const struct event *event,
			      const char *text)
{
	size_t len = event_value_length(text);
	const struct event_value *value;

	if (*text == '%') {
		out_char(out, '%');
		return text + 1;
	}
	value = len ? event_value_find(text, len) : NULL;
	if (!value || !value->write(out, event, value))
		out_char(out, '-');
	return text + len;
}

void event_value_expand(struct out *out, const struct event *event,
			const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "%");

		escape_text(out, text, len);
		text += len;
		if (*text)
			text = expand_one(out, event, text + 1);
	}
}
