// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "event_value.h"
#include "nearest.h"
#include "policy_fields.h"

static bool is_field(struct nearest *nearest, size_t len)
{
	if (event_value_find(nearest->word, len))
		return true;
	for (const struct event_value *value = event_values; value->name; value++)
		nearest_offer(nearest, value->name);
	return false;
}

static bool check_field(const char *s, size_t len, struct reason *why)
{
	struct nearest nearest;
	char name[NEAREST_MAX + 1];

	if (!len)
		return refuse(why, "a %% is followed by the name of a field, as in %%process.comm; %%%% stands for itself");
	snprintf(name, sizeof(name), "%.*s", (int)len, s);
	nearest_begin(&nearest, name);
	if (len <= NEAREST_MAX && is_field(&nearest, len))
		return true;
	if (len <= NEAREST_MAX && *nearest.found)
		return refuse(why, "there is no field '%%%s': did you mean '%%%s'?",
			      name, nearest.found);
	return refuse(why, "there is no field '%%%s': expected a key of JSON, as in %%process.comm",
		      name);
}

bool policy_fields_check(const char *text, struct reason *why)
{
	while ((text = strchr(text, '%'))) {
		size_t len;

		text++;
		if (*text == '%') {
			text++;
			continue;
		}
		len = event_value_length(text);
		if (!check_field(text, len, why))
			return false;
		text += len;
	}
	return true;
}
