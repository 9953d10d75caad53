// SPDX-License-Identifier: GPL-2.0
/* An event as one JSON object: the keys are a promise, see coredump-mon(1). */
#include "acl.h"
#include "array.h"
#include "format.h"
#include "json.h"
#include "json_parts.h"
#include "message.h"
#include "names.h"
#include "rule_says.h"
#include "summary.h"
#include "utf8.h"

static void put_signal(struct json *json, const struct event *event)
{
	const struct coredump_mon_dump *dump = &event->dump;
	const char *name = signal_name(dump->signal);
	const char *code = signal_code_name(dump->signal, dump->code);

	json_key(json, "signal");
	json_begin(json, '{');
	json_key(json, "number");
	out_s64(json->out, dump->signal);
	if (name)
		json_word_member(json, "name", name);
	json_key(json, "code");
	out_s64(json->out, dump->code);
	if (code)
		json_word_member(json, "code_name", code);
	if (dump->flags & COREDUMP_MON_DUMP_ADDRESS) {
		json_key(json, "address");
		out_char(json->out, '"');
		out_hex(json->out, dump->address);
		out_char(json->out, '"');
	}
	json_bool_member(json, "forced",
			 dump->flags & COREDUMP_MON_DUMP_FORCED);
	if (has(event->has, COREDUMP_MON_A_SENDER)) {
		json_key(json, "sender");
		json_other(json, event, &event->sender);
	}
	json_end(json, '}');
}

static void put_core(struct json *json, const struct event *event)
{
	const struct coredump_mon_dump *dump = &event->dump;
	const char *outcome = outcome_name(dump->outcome);
	const char *pattern = pattern_name(dump->pattern);
	struct notes notes = { 0 };

	json_key(json, "core");
	json_begin(json, '{');
	if (outcome)
		json_word_member(json, "result", outcome);
	if (has(event->has, COREDUMP_MON_A_FILE)) {
		notes.cut = event->file.cut;
		json_file_identity(json, &event->file, &notes);
	}
	if (dump->flags & COREDUMP_MON_DUMP_SIZE)
		json_u64_member(json, "size", dump->size);
	if (pattern)
		json_word_member(json, "pattern_kind", pattern);
	json_notes(json, &notes);
	json_end(json, '}');
}

static void put_dump(struct json *json, const struct event *event)
{
	const struct coredump_mon_dump *dump = &event->dump;

	if (!has(event->has, COREDUMP_MON_A_DUMP))
		return;
	put_signal(json, event);
	put_core(json, event);
	json_bool_member(json, "privileged",
			 dump->flags & COREDUMP_MON_DUMP_PRIVILEGED);
	json_u64_member(json, "dumpable", dump->dumpable);
	if (dump->rlimit_core == UINT64_MAX)
		json_word_member(json, "rlimit_core", "unlimited");
	else
		json_u64_member(json, "rlimit_core", dump->rlimit_core);
	if (dump->flags & COREDUMP_MON_DUMP_DURATION)
		json_u64_member(json, "duration_ns", dump->duration_ns);
}

static void put_result(struct json *json, const struct event *event)
{
	if (!has(event->has, COREDUMP_MON_A_RESULT))
		return;
	json_key(json, "result");
	json_begin(json, '{');
	if (!event->result.error && event->result.fd >= 0) {
		json_u64_member(json, "fd", (uint32_t)event->result.fd);
	} else {
		json_key(json, "errno");
		out_s64(json->out, event->result.error);
	}
	json_end(json, '}');
}

static void put_open(struct json *json, const struct event *event)
{
	if (has(event->has, COREDUMP_MON_A_FILE))
		json_file(json, &event->file);
	if (has(event->has, COREDUMP_MON_A_TARGET)) {
		json_key(json, "target");
		json_other(json, event, &event->target);
	}
	put_result(json, event);
}

static void put_name(struct json *json, const struct event *event,
		     struct notes *notes)
{
	if (has(event->has, COREDUMP_MON_A_FILE))
		json_file(json, &event->file);
	if (has(event->has, COREDUMP_MON_A_NEW_FS_PATH))
		json_new_path(json, &event->file, &event->new_fs_path, notes);
	put_result(json, event);
}

static void put_mode(struct json *json, const char *key, uint32_t mode)
{
	json_key_text(json, key);
	out_char(json->out, '"');
	out_mode(json->out, mode);
	out_char(json->out, '"');
}

#define ids_member(json, name, old, new) \
	put_ids((json), JSON_KEY(name), (old), (new))

static void put_ids(struct json *json, const char *key, uint32_t old,
		    uint32_t new)
{
	json_key_text(json, key);
	json_begin(json, '{');
	if (old != COREDUMP_MON_ID_NONE)
		json_u64_member(json, "old", old);
	if (new != COREDUMP_MON_ID_NONE)
		json_u64_member(json, "new", new);
	json_end(json, '}');
}

static void put_attributes(struct json *json,
			   const struct coredump_mon_attributes *attributes)
{
	uint32_t changed = attributes->changed;

	if (changed & COREDUMP_MON_ATTRIBUTE_MODE) {
		json_key(json, "mode");
		json_begin(json, '{');
		put_mode(json, JSON_KEY("old"), attributes->old_mode);
		put_mode(json, JSON_KEY("new"), attributes->new_mode);
		json_end(json, '}');
	}
	if (changed & COREDUMP_MON_ATTRIBUTE_UID)
		ids_member(json, "uid", attributes->old_uid, attributes->new_uid);
	if (changed & COREDUMP_MON_ATTRIBUTE_GID)
		ids_member(json, "gid", attributes->old_gid, attributes->new_gid);
	if (changed & COREDUMP_MON_ATTRIBUTE_SIZE) {
		json_key(json, "size");
		json_begin(json, '{');
		json_u64_member(json, "old", attributes->old_size);
		json_u64_member(json, "new", attributes->new_size);
		json_end(json, '}');
	}
}

static void put_xattr_value(struct json *json, const char *key,
			    const struct xattr *xattr,
			    enum coredump_mon_attr_type which, struct notes *notes)
{
	const struct string *value = xattr_value(xattr, which);

	if (acl_valid(xattr, which)) {
		json_key_text(json, key);
		out_char(json->out, '"');
		acl_write(json->out, value);
		out_char(json->out, '"');
	} else {
		json_string_text(json, key, value, xattr->has, which, notes);
	}
}

static void put_xattr(struct json *json, const struct xattr *xattr)
{
	struct notes notes = { .cut = xattr->cut };

	json_key(json, "xattr");
	json_begin(json, '{');
	json_string_member(json, "name", &xattr->name, xattr->has,
			   COREDUMP_MON_A_XATTR_NAME, &notes);
	put_xattr_value(json, JSON_KEY("old"), xattr, COREDUMP_MON_A_XATTR_OLD, &notes);
	put_xattr_value(json, JSON_KEY("new"), xattr, COREDUMP_MON_A_XATTR_VALUE, &notes);
	if (xattr_removed(xattr))
		json_bool_member(json, "removed", true);
	json_notes(json, &notes);
	json_end(json, '}');
}

static void put_attr(struct json *json, const struct event *event)
{
	if (has(event->has, COREDUMP_MON_A_FILE))
		json_file(json, &event->file);
	json_key(json, "attr");
	json_begin(json, '{');
	if (has(event->has, COREDUMP_MON_A_ATTRIBUTES))
		put_attributes(json, &event->attributes);
	if (has(event->has, COREDUMP_MON_A_XATTR))
		put_xattr(json, &event->xattr);
	json_end(json, '}');
	put_result(json, event);
}

static void put_paths(struct json *json, const struct event *event,
		      struct notes *notes)
{
	const char *cursor = NULL;
	struct string path;
	bool valid = true;

	/* One rule for all of them, since they share one key. */
	while (valid && event_next_path(event, &cursor, &path))
		valid = utf8_valid(path.data, path.len);
	if (!valid)
		notes->escaped |= BIT(COREDUMP_MON_A_POLICY);
	json_key(json, "paths");
	json_begin(json, '[');
	cursor = NULL;
	while (event_next_path(event, &cursor, &path)) {
		json_item(json);
		if (valid)
			json_string(json, path.data, path.len);
		else
			json_bytes(json, path.data, path.len);
	}
	json_end(json, ']');
}

static void put_summary(struct json *json,
			const struct coredump_mon_summary *summary)
{
	json_begin(json, '{');
	summary_json(json, summary);
	json_end(json, '}');
}

static void put_policy(struct json *json, const struct event *event,
		       struct notes *notes)
{
	const struct coredump_mon_policy *policy = &event->policy;
	const char *change = change_name(policy->change);
	const char *old = mode_name(policy->old_value);
	const char *new = mode_name(policy->new_value);

	if (has(event->has, COREDUMP_MON_A_FILE))
		json_file(json, &event->file);
	if (!has(event->has, COREDUMP_MON_A_POLICY))
		return;
	if (change)
		json_word_member(json, "change", change);
	if (policy->change == COREDUMP_MON_CHANGE_MODE && old && new) {
		json_word_member(json, "old", old);
		json_word_member(json, "new", new);
	} else {
		json_u64_member(json, "old", policy->old_value);
		json_u64_member(json, "new", policy->new_value);
	}
	json_bool_member(json, "enforcing", policy->enforcing);
	if (event->n_summaries == ARRAY_SIZE(event->summaries)) {
		json_key(json, "old_rules");
		put_summary(json, &event->summaries[0]);
		json_key(json, "new_rules");
		put_summary(json, &event->summaries[1]);
	}
	if (policy->change == COREDUMP_MON_CHANGE_DIRECTORIES ||
	    policy->change == COREDUMP_MON_CHANGE_FOLLOWED)
		put_paths(json, event, notes);
}

static void put_lost(struct json *json, const struct event *event)
{
	const struct coredump_mon_lost *lost = &event->lost;
	const char *cause;

	if (!has(event->has, COREDUMP_MON_A_LOST))
		return;
	cause = cause_name(lost->cause);
	json_u64_member(json, "count", lost->count);
	if (lost->first_seq) {
		json_u64_member(json, "first_seq", lost->first_seq);
		json_u64_member(json, "last_seq", lost->last_seq);
	}
	if (cause)
		json_word_member(json, "cause", cause);
}

static void put_suppressed(struct json *json, const struct event *event)
{
	const struct coredump_mon_suppressed *suppressed = &event->suppressed;
	const char *kind = kind_name(suppressed->kind);
	const char *actor = actor_name(suppressed->actor);

	if (!has(event->has, COREDUMP_MON_A_SUPPRESSED))
		return;
	json_u64_member(json, "count", suppressed->count);
	if (kind)
		json_word_member(json, "kind", kind);
	if (actor)
		json_word_member(json, "actor", actor);
	if (suppressed->uid != COREDUMP_MON_ID_NONE)
		json_u64_member(json, "uid", suppressed->uid);
	json_u64_member(json, "first_seq", suppressed->first_seq);
	json_u64_member(json, "last_seq", suppressed->last_seq);
	json_key(json, "first_time");
	json_time(json, suppressed->first_realtime_ns);
	json_key(json, "last_time");
	json_time(json, suppressed->last_realtime_ns);
}

static void put_message(struct json *json, const struct event *event)
{
	static char text[MESSAGE_MAX];
	struct out message = { .fd = -1, .size = sizeof(text), .data = text };

	message_write(&message, event);
	json_key(json, "message");
	json_string(json, text, message.len);
}

static void put_tags(struct json *json, const struct event *event)
{
	const struct policy_rule *rule = rule_says_find(event);

	json_key(json, "tags");
	json_begin(json, '[');
	if (rule && rule->tags.given) {
		for (size_t i = 0; i < rule->tags.count; i++) {
			json_item(json);
			json_str(json, rule->tags.entries[i].name);
		}
	} else {
		out_str(json->out, message_usual_tags(event));
	}
	json_end(json, ']');
}

static void put_event(struct out *out, const struct event *event)
{
	const char *type = type_name(event->header.type);
	const char *verdict = message_verdict(event);
	struct notes notes = { .cut = event->cut };
	struct json json = { .out = out };

	json_begin(&json, '{');
	json_u64_member(&json, "seq", event->header.seq);
	json_key(&json, "time");
	json_time(&json, event->header.realtime_ns);
	if (type)
		json_word_member(&json, "type", type);
	if (verdict)
		json_word_member(&json, "verdict", verdict);
	json_string_member(&json, "rule", &event->rule, event->has,
			   COREDUMP_MON_A_RULE, &notes);
	json_word_member(&json, "priority", message_priority(event));
	put_message(&json, event);
	put_tags(&json, event);
	switch (event->header.type) {
	case COREDUMP_MON_DUMP:
		put_dump(&json, event);
		break;
	case COREDUMP_MON_OPEN:
		put_open(&json, event);
		break;
	case COREDUMP_MON_RENAME:
	case COREDUMP_MON_LINK:
	case COREDUMP_MON_UNLINK:
		put_name(&json, event, &notes);
		break;
	case COREDUMP_MON_ATTR:
		put_attr(&json, event);
		break;
	case COREDUMP_MON_POLICY:
		put_policy(&json, event, &notes);
		break;
	case COREDUMP_MON_LOST:
		put_lost(&json, event);
		break;
	case COREDUMP_MON_SUPPRESSED:
		put_suppressed(&json, event);
		break;
	}
	if (has(event->has, COREDUMP_MON_A_PROCESS))
		json_process(&json, event);
	json_notes(&json, &notes);
	json_end(&json, '}');
	out_char(out, '\n');
}

const struct format format_json = {
	.name = "json",
	.event = put_event,
};
