// SPDX-License-Identifier: GPL-2.0
#include "fields.h"
#include "message.h"
#include "rule_says.h"

void fields_begin(struct fields *fields)
{
	fields->out = (struct out) {
		.fd = -1, .size = sizeof(fields->data), .data = fields->data,
	};
	fields->count = 0;
}

void fields_add(struct fields *fields, const char *start)
{
	fields->at[fields->count++] = fields->out.len;
	out_str(&fields->out, start);
}

struct string fields_get(const struct fields *fields, size_t i)
{
	size_t end = i + 1 < fields->count ? fields->at[i + 1] :
		     fields->out.len;

	return (struct string) {
		.data = fields->data + fields->at[i],
		.len = (uint32_t)(end - fields->at[i]),
	};
}

void fields_said(struct fields *fields, const struct event *event)
{
	const struct policy_rule *rule = rule_says_find(event);

	if (!rule)
		return;
	if (rule->message) {
		fields_add(fields, "COREDUMP_MON_MESSAGE=");
		message_write(&fields->out, event);
	}
	for (size_t i = 0; i < rule->tags.count; i++) {
		fields_add(fields, "COREDUMP_MON_TAG=");
		out_str(&fields->out, rule->tags.entries[i].name);
	}
}
