// SPDX-License-Identifier: GPL-2.0
#include "array.h"
#include "names.h"
#include "summary.h"
#include "text_parts.h"

void summary_digest(struct out *out, const uint8_t *digest, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		out_char(out, digits[digest[i] >> 4]);
		out_char(out, digits[digest[i] & 15]);
	}
}

bool summary_of_text(const struct coredump_mon_summary *summary)
{
	static const uint8_t none[sizeof(summary->text_digest)];

	return memcmp(summary->text_digest, none, sizeof(none));
}

static void put_summary(struct out *out,
			const struct coredump_mon_summary *summary)
{
	if (summary->flags & COREDUMP_MON_RULES_BUILTIN)
		out_str(out, "built in, ");
	out_u64(out, summary->denying);
	out_str(out, summary->denying == 1 ? " denies" : " deny");
	out_str(out, ", default ");
	text_name(out, action_name(summary->fallback));
	out_str(out, ", digest ");
	summary_digest(out, summary->digest, SUMMARY_SHORT);
	if (summary_of_text(summary)) {
		out_str(out, ", text ");
		summary_digest(out, summary->text_digest, SUMMARY_SHORT);
	}
}

void summary_text(struct out *out, const struct event *event)
{
	if (event->n_summaries < ARRAY_SIZE(event->summaries))
		return;
	out_str(out, " (");
	put_summary(out, &event->summaries[1]);
	out_str(out, "; before: ");
	put_summary(out, &event->summaries[0]);
	out_char(out, ')');
}

/* How fields begin of rules before, and of those now. */
static const struct {
	const char *denying;
	const char *fallback;
	const char *digest;
	const char *text_digest;
} fields_of[] = {
	{ "COREDUMP_MON_OLD_DENYING=", "COREDUMP_MON_OLD_DEFAULT=",
	  "COREDUMP_MON_OLD_DIGEST=", "COREDUMP_MON_OLD_TEXT_DIGEST=" },
	{ "COREDUMP_MON_NEW_DENYING=", "COREDUMP_MON_NEW_DEFAULT=",
	  "COREDUMP_MON_NEW_DIGEST=", "COREDUMP_MON_NEW_TEXT_DIGEST=" },
};

void summary_fields(struct fields *fields, const struct event *event)
{
	struct out *out = &fields->out;

	if (event->n_summaries < ARRAY_SIZE(event->summaries))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(fields_of); i++) {
		const struct coredump_mon_summary *summary = &event->summaries[i];

		fields_add(fields, fields_of[i].denying);
		out_u64(out, summary->denying);
		fields_add(fields, fields_of[i].fallback);
		text_name(out, action_name(summary->fallback));
		fields_add(fields, fields_of[i].digest);
		summary_digest(out, summary->digest, SUMMARY_WHOLE);
		if (!summary_of_text(summary))
			continue;
		fields_add(fields, fields_of[i].text_digest);
		summary_digest(out, summary->text_digest, SUMMARY_WHOLE);
	}
}

static void put_digest(struct json *json, const uint8_t *digest)
{
	out_char(json->out, '"');
	summary_digest(json->out, digest, SUMMARY_WHOLE);
	out_char(json->out, '"');
}

void summary_json(struct json *json, const struct coredump_mon_summary *summary)
{
	const char *fallback = action_name(summary->fallback);

	json_u64_member(json, "count", summary->count);
	json_u64_member(json, "denying", summary->denying);
	json_bool_member(json, "builtin",
			 summary->flags & COREDUMP_MON_RULES_BUILTIN);
	if (fallback)
		json_word_member(json, "default", fallback);
	json_key(json, "digest");
	put_digest(json, summary->digest);
	if (summary_of_text(summary)) {
		json_key(json, "text_digest");
		put_digest(json, summary->text_digest);
	}
}
