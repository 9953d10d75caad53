// SPDX-License-Identifier: GPL-2.0
#include "escape.h"
#include "policy_helper.h"
#include "status.h"
#include "summary.h"
#include "utf8.h"

static void put_stale(const struct policy_stale *stale, void *arg)
{
	struct out *out = arg;

	out_str(out, "stale         rule '");
	escape_text(out, stale->rule, strlen(stale->rule));
	out_str(out, "', ");
	out_str(out, stale->key);
	out_char(out, ' ');
	escape_word(out, stale->name, strlen(stale->name));
	out_str(out, stale->gone ?
		": it is not there any more" :
		": another one is there now, 'coredump-mon policy load' follows it");
	out_char(out, '\n');
}

static void put_digest(struct out *out, const char *label, const uint8_t *digest)
{
	out_str(out, label);
	summary_digest(out, digest, SUMMARY_WHOLE);
	out_char(out, '\n');
}

/* An argument of what follows. */
struct denied {
	struct out *out;
	struct json *json;
	const char *helper;
};

static void put_denied(const char *rule, void *arg)
{
	const struct denied *denied = arg;
	struct out *out = denied->out;

	out_str(out, "helper        rule '");
	escape_text(out, rule, strlen(rule));
	out_str(out, "' denies what ");
	escape_word(out, denied->helper, strlen(denied->helper));
	out_str(out, ", which kernel.core_pattern names, does to core files: " HELPER_WAY_OUT "\n");
}

void status_rules_text(struct out *out, const struct status *status)
{
	const struct coredump_mon_summary *summary = &status->info.rules;
	const struct policy_now *now = &status->now;
	struct denied denied = { .out = out, .helper = status->helper.name };

	out_str(out, "rules         ");
	out_u64(out, now->rules.set.count);
	if (policy_now_builtin(now))
		out_str(out, ", built in, ");
	else
		out_str(out, now->policy ? ", loaded, " :
			", loaded, but from no policy, ");
	out_u64(out, summary->denying);
	out_str(out, summary->denying == 1 ? " denies\n" : " deny\n");
	put_digest(out, "digest        ", summary->digest);
	if (summary_of_text(summary))
		put_digest(out, "text digest   ", summary->text_digest);
	policy_now_stale(now, put_stale, out);
	policy_now_helper(now, denied.helper, put_denied, &denied);
}

/* Of a policy: always UTF-8. */
static void put_string(struct json *json, const char *s)
{
	size_t len = strlen(s);

	if (utf8_valid(s, len))
		json_string(json, s, len);
	else
		json_bytes(json, s, len);
}

static void put_stale_json(const struct policy_stale *stale, void *arg)
{
	struct json *json = arg;

	json_item(json);
	json_begin(json, '{');
	json_key(json, "rule");
	put_string(json, stale->rule);
	json_key(json, "key");
	put_string(json, stale->key);
	json_key(json, "name");
	put_string(json, stale->name);
	json_bool_member(json, "gone", stale->gone);
	json_end(json, '}');
}

static void put_denied_json(const char *rule, void *arg)
{
	const struct denied *denied = arg;
	struct json *json = denied->json;

	json_item(json);
	json_begin(json, '{');
	json_key(json, "rule");
	put_string(json, rule);
	json_key(json, "helper");
	put_string(json, denied->helper);
	json_end(json, '}');
}

void status_rules_json(struct json *json, const struct status *status)
{
	const struct policy_now *now = &status->now;
	struct denied denied = { .json = json, .helper = status->helper.name };

	json_key(json, "rules");
	json_begin(json, '{');
	summary_json(json, &status->info.rules);
	json_bool_member(json, "of_policy",
			 now->policy && !policy_now_builtin(now));
	json_key(json, "stale");
	json_begin(json, '[');
	policy_now_stale(now, put_stale_json, json);
	json_end(json, ']');
	json_key(json, "helper_denied");
	json_begin(json, '[');
	policy_now_helper(now, denied.helper, put_denied_json, &denied);
	json_end(json, ']');
	json_end(json, '}');
}
