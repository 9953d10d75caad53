// SPDX-License-Identifier: GPL-2.0
#include "directories.h"
#include "json.h"
#include "names.h"
#include "status.h"
#include "utf8.h"

/* Terminated, and of the module's or the administrator's making. */
static void put_text(struct json *json, const char *s)
{
	size_t len = strlen(s);

	if (utf8_valid(s, len))
		json_string(json, s, len);
	else
		json_bytes(json, s, len);
}

static void put_info(struct json *json, const struct coredump_mon_info *info)
{
	const char *mode = mode_name(info->mode);
	const char *kind = pattern_name(info->pattern);

	json_key(json, "version");
	put_text(json, info->version);
	json_u64_member(json, "abi_version", info->abi_version);
	json_word_member(json, "tool_version", VERSION);
	if (mode)
		json_word_member(json, "mode", mode);
	json_u64_member(json, "holders", info->holders);
	json_bool_member(json, "enforcing", info->enforcing);
	json_bool_member(json, "can_enforce", info->can_enforce);
	json_bool_member(json, "locked", info->locked);
	if (*info->core_pattern) {
		json_key(json, "core_pattern");
		put_text(json, info->core_pattern);
	}
	if (kind)
		json_word_member(json, "pattern_kind", kind);
}

static void put_probe(struct json *json, const struct coredump_mon_probe *probe)
{
	static const char *const states[] = {
		[PROBE_IN_PLACE] = "in-place",
		[PROBE_OFF] = "off",
		[PROBE_WAITING] = "waiting",
		[PROBE_SPARE] = "spare",
		[PROBE_MISSING] = "missing",
	};
	const char *hook = hook_name(probe->hook);

	json_item(json);
	json_begin(json, '{');
	json_key(json, "name");
	put_text(json, probe->name);
	json_word_member(json, "state", states[probe_state(probe)]);
	if (hook)
		json_word_member(json, "hook", hook);
	if (*probe->symbol) {
		json_key(json, "symbol");
		put_text(json, probe->symbol);
	}
	json_bool_member(json, "required",
			 probe->flags & COREDUMP_MON_PROBE_REQUIRED);
	json_bool_member(json, "gate", probe->flags & COREDUMP_MON_PROBE_GATE);
	json_u64_member(json, "nmissed", probe->nmissed);
	json_u64_member(json, "errno", probe->error);
	json_key(json, "lost_without");
	put_text(json, probe->lost);
	json_end(json, '}');
}

static void put_records(struct json *json,
			const struct coredump_mon_stats *stats)
{
	json_key(json, "records");
	json_begin(json, '{');
	json_u64_member(json, "made", stats->records);
	if (stats->first_seq)
		json_u64_member(json, "oldest", stats->first_seq);
	json_u64_member(json, "evicted", stats->evicted);
	json_end(json, '}');
	json_u64_member(json, "lost", stats->lost);
	json_key(json, "unmade");
	json_begin(json, '{');
	json_u64_member(json, "memory", stats->unmade_memory);
	json_u64_member(json, "pending", stats->unmade_pending);
	json_u64_member(json, "dumps", stats->unmade_dumps);
	json_end(json, '}');
	json_key(json, "suppressed");
	json_begin(json, '{');
	json_u64_member(json, "count", stats->suppressed);
	json_u64_member(json, "untold", stats->suppressed_untold);
	json_end(json, '}');
	json_u64_member(json, "denied", stats->denied);
	json_u64_member(json, "walk_races", stats->walk_races);
	json_u64_member(json, "formers_evicted", stats->formers_evicted);
	json_u64_member(json, "untagged", stats->untagged);
	json_u64_member(json, "mounts_unwatched", stats->mounts_unwatched);
	json_u64_member(json, "unlooked", stats->unlooked);
	json_u64_member(json, "executed_unclean", stats->executed_unclean);
	json_u64_member(json, "executed_unjudged", stats->executed_unjudged);
}

#define table_member(json, name, used, most) \
	put_table((json), JSON_KEY(name), (used), (most))

static void put_table(struct json *json, const char *key, uint64_t used,
		      uint64_t most)
{
	json_key_text(json, key);
	json_begin(json, '{');
	json_u64_member(json, "used", used);
	json_u64_member(json, "max", most);
	json_end(json, '}');
}

static void put_tables(struct json *json,
		       const struct coredump_mon_stats *stats)
{
	table_member(json, "readers", stats->readers, COREDUMP_MON_READERS_MAX);
	table_member(json, "ring_bytes", stats->ring_used, stats->ring_bytes);
	table_member(json, "tags", stats->tags, stats->tags_max);
	json_u64_member(json, "tags_asleep", stats->tags_asleep);
	json_u64_member(json, "tags_evicted", stats->tags_evicted);
	table_member(json, "senders", stats->senders, stats->senders_max);
	json_u64_member(json, "senders_evicted", stats->senders_evicted);
	table_member(json, "actors", stats->actors, stats->actors_max);
	json_u64_member(json, "actors_evicted", stats->actors_evicted);
	table_member(json, "pending", stats->pending, stats->pending_max);
	table_member(json, "altering", stats->altering, stats->altering_max);
	table_member(json, "dumps", stats->dumps, stats->dumps_max);
}

void status_json(struct out *out, const struct status *status)
{
	struct json json = { .out = out };

	json_begin(&json, '{');
	put_info(&json, &status->info);
	status_rules_json(&json, status);
	put_records(&json, &status->stats);
	put_tables(&json, &status->stats);
	json_key(&json, "probes");
	json_begin(&json, '[');
	for (uint32_t i = 0; i < status->info.probes; i++)
		put_probe(&json, &status->probes[i]);
	json_end(&json, ']');
	json_key(&json, "directories");
	directories_json(&json, &status->directories);
	json_end(&json, '}');
	out_char(out, '\n');
}
