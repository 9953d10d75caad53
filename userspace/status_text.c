// SPDX-License-Identifier: GPL-2.0
#include "directories.h"
#include "escape.h"
#include "names.h"
#include "status.h"

static void label(struct out *out, const char *name)
{
	size_t begun = out->len;

	out_str(out, name);
	out_pad(out, begun, 14);
}

static void of(struct out *out, const char *name, uint64_t used, uint64_t most,
	       const char *unit)
{
	label(out, name);
	out_u64(out, used);
	out_str(out, " of ");
	out_u64(out, most);
	out_str(out, unit);
}

static void put_mode(struct out *out, const struct coredump_mon_info *info)
{
	const char *mode = mode_name(info->mode);
	const char *kind = pattern_name(info->pattern);

	label(out, "module");
	escape_word(out, info->version, strlen(info->version));
	out_str(out, ", ABI ");
	out_u64(out, info->abi_version);
	out_str(out, "; tool " VERSION ", ABI ");
	out_u64(out, COREDUMP_MON_ABI_VERSION);
	if (strcmp(info->version, VERSION))
		out_str(out, ": not of one version, 'modprobe -r coredump_mon; modprobe coredump_mon' loads what is installed");
	out_char(out, '\n');
	label(out, "mode");
	out_str(out, mode ? mode : "-");
	if (info->holders) {
		out_str(out, ", enforcing held by ");
		out_u64(out, info->holders);
		out_str(out, info->holders == 1 ? " watch" : " watches");
	}
	if (info->enforcing)
		out_str(out, ": what the rules deny is refused");
	else if (info->can_enforce)
		out_str(out, ": nothing is refused");
	else
		out_str(out, ": refusing could not be had, see the gate below");
	out_char(out, '\n');
	label(out, "lock");
	out_str(out, info->locked ?
		"locked: nothing can be changed, nor the module unloaded, until reboot\n" :
		"not locked\n");
	label(out, "core_pattern");
	if (*info->core_pattern)
		escape_word(out, info->core_pattern,
			    strlen(info->core_pattern));
	else
		out_char(out, '-');
	out_str(out, ", ");
	out_str(out, kind ? kind : "-");
	out_char(out, '\n');
}

static void put_records(struct out *out, const struct coredump_mon_stats *stats)
{
	label(out, "records");
	out_u64(out, stats->records);
	out_str(out, " made, oldest kept ");
	if (stats->first_seq)
		out_u64(out, stats->first_seq);
	else
		out_char(out, '-');
	out_str(out, ", ");
	out_u64(out, stats->evicted);
	out_str(out, " not kept any more\n");
	label(out, "lost");
	out_u64(out, stats->lost);
	out_str(out, " by slow readers\n");
	label(out, "not made");
	out_u64(out, stats->unmade_memory + stats->unmade_pending +
		stats->unmade_dumps);
	out_str(out, ": no memory ");
	out_u64(out, stats->unmade_memory);
	out_str(out, ", too many pending ");
	out_u64(out, stats->unmade_pending);
	out_str(out, ", too many dumps at once ");
	out_u64(out, stats->unmade_dumps);
	out_char(out, '\n');
	label(out, "suppressed");
	out_u64(out, stats->suppressed);
	out_str(out, ", above the rates, ");
	out_u64(out, stats->suppressed_untold);
	out_str(out, " to be told yet\n");
	label(out, "denied");
	out_u64(out, stats->denied);
	out_str(out, " opens and changes\n");
	label(out, "walk races");
	out_u64(out, stats->walk_races);
	out_str(out, " opens whose directory could not be told\n");
	label(out, "untagged");
	out_u64(out, stats->untagged);
	out_str(out, " that stood in watched directories\n");
	label(out, "unlooked");
	out_u64(out, stats->unlooked);
	out_str(out, " files that debuggers wrote\n");
	label(out, "untrusted");
	out_u64(out, stats->executed_unclean);
	out_str(out, " executions of what rules name, traced or with other code to load; ");
	out_u64(out, stats->executed_unjudged);
	out_str(out, " for want of room\n");
	label(out, "forgotten");
	out_u64(out, stats->formers_evicted);
	out_str(out, " directories that watched paths led to before\n");
	label(out, "unwatched");
	out_u64(out, stats->mounts_unwatched);
	out_str(out, " file systems mounted below watched directories\n");
}

static void put_tables(struct out *out, const struct coredump_mon_stats *stats)
{
	of(out, "readers", stats->readers, COREDUMP_MON_READERS_MAX,
	   ", this one included\n");
	of(out, "ring", stats->ring_used, stats->ring_bytes, " bytes\n");
	of(out, "tags", stats->tags, stats->tags_max, ", ");
	out_u64(out, stats->tags_asleep);
	out_str(out, " not mounted, ");
	out_u64(out, stats->tags_evicted);
	out_str(out, " made place for others\n");
	of(out, "senders", stats->senders, stats->senders_max, ", ");
	out_u64(out, stats->senders_evicted);
	out_str(out, " made place for others\n");
	of(out, "actors", stats->actors, stats->actors_max, ", ");
	out_u64(out, stats->actors_evicted);
	out_str(out, " made place for others\n");
	of(out, "pending", stats->pending, stats->pending_max, " opens\n");
	of(out, "altering", stats->altering, stats->altering_max,
	   " renames, links, unlinks and changes of attributes\n");
	of(out, "dumps", stats->dumps, stats->dumps_max, " in progress\n");
}

static void put_probe(struct out *out, const struct coredump_mon_probe *probe)
{
	const char *hook = hook_name(probe->hook);
	const char *error;
	size_t begun;

	out_str(out, "  ");
	begun = out->len;
	escape_word(out, probe->name, strlen(probe->name));
	out_pad(out, begun, 20);
	begun = out->len;
	switch (probe_state(probe)) {
	case PROBE_IN_PLACE:
		out_str(out, hook ? hook : "-");
		break;
	case PROBE_OFF:
		out_str(out, "OFF");
		break;
	case PROBE_WAITING:
		out_str(out, "waiting");
		break;
	case PROBE_SPARE:
		out_str(out, "spare");
		break;
	case PROBE_MISSING:
		out_str(out, "MISSING");
		break;
	}
	out_pad(out, begun, 11);
	begun = out->len;
	if (*probe->symbol)
		escape_word(out, probe->symbol, strlen(probe->symbol));
	else
		out_char(out, '-');
	out_pad(out, begun, 24);
	out_str(out, "missed ");
	out_u64(out, probe->nmissed);
	if (probe->error) {
		error = errno_name((int)probe->error);
		out_str(out, ", ");
		if (error) {
			out_str(out, error);
		} else {
			out_str(out, "errno ");
			out_u64(out, probe->error);
		}
	}
	if (probe_state(probe) == PROBE_WAITING) {
		out_str(out, ", in place while enforcing");
	} else if (probe_state(probe) == PROBE_SPARE) {
		out_str(out, ", not needed: another sees the same");
	} else if (probe_state(probe) == PROBE_OFF) {
		out_str(out, ", its kind is switched off (debugfs's kprobes/enabled or kernel.ftrace_enabled is 0): not seen: ");
		escape_text(out, probe->lost, strlen(probe->lost));
	} else if (probe_state(probe) == PROBE_MISSING) {
		out_str(out, ", without it: ");
		escape_text(out, probe->lost, strlen(probe->lost));
	}
	out_char(out, '\n');
}

void status_text(struct out *out, const struct status *status)
{
	put_mode(out, &status->info);
	status_rules_text(out, status);
	put_records(out, &status->stats);
	put_tables(out, &status->stats);
	out_str(out, "probes\n");
	for (uint32_t i = 0; i < status->info.probes; i++)
		put_probe(out, &status->probes[i]);
	out_str(out, "directories\n");
	directories_text(out, &status->directories, "  ");
}
