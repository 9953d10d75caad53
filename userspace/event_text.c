// SPDX-License-Identifier: GPL-2.0
/*
 * A line for a person: when, what kind, the verdict, who, and then what, with
 * the most telling first. What is not known is "-".
 */
#include "acl.h"
#include "escape.h"
#include "format.h"
#include "message.h"
#include "names.h"
#include "rule_says.h"
#include "summary.h"
#include "text_parts.h"
#include "timestamp.h"

#define RED	"\033[1;31m"
#define YELLOW	"\033[33m"
#define BOLD	"\033[1m"
#define PLAIN	"\033[0m"

/* The columns' widths, a blank behind them included. */
#define WIDTH_TYPE	7
#define WIDTH_VERDICT	11
#define WIDTH_PROCESS	22
#define WIDTH_UID	10

#define ANCESTORS_SHOWN	3

static bool coloured;

void format_text_colour(bool on)
{
	coloured = on;
}

static void colour(struct out *out, const char *sequence)
{
	if (coloured)
		out_str(out, sequence);
}

static void put_process(struct out *out, const struct event *event)
{
	size_t begun = out->len;

	if (!has(event->has, COREDUMP_MON_A_PROCESS)) {
		out_char(out, '-');
		out_pad(out, begun, WIDTH_PROCESS + WIDTH_UID);
		return;
	}
	text_subject(out, &event->process);
	out_pad(out, begun, WIDTH_PROCESS);
	begun = out->len;
	text_uid(out, &event->process);
	out_pad(out, begun, WIDTH_UID);
}

static void put_verdict(struct out *out, const struct event *event)
{
	uint32_t verdict = 0;
	size_t begun;

	if (has(event->has, COREDUMP_MON_A_DECISION))
		verdict = event->decision.verdict;
	if (verdict == COREDUMP_MON_DENIED)
		colour(out, RED);
	else if (verdict == COREDUMP_MON_WOULD_DENY)
		colour(out, YELLOW);
	begun = out->len;
	text_name(out, message_verdict(event));
	out_pad(out, begun, WIDTH_VERDICT);
	if (verdict)
		colour(out, PLAIN);
}

static void put_cause(struct out *out, const struct event *event)
{
	const struct coredump_mon_dump *dump = &event->dump;
	const char *code = signal_code_name(dump->signal, dump->code);
	const char *name = signal_name(dump->signal);

	colour(out, BOLD);
	if (name) {
		out_str(out, name);
	} else {
		out_str(out, "signal ");
		out_s64(out, dump->signal);
	}
	colour(out, PLAIN);
	if (dump->flags & COREDUMP_MON_DUMP_FORCED) {
		out_str(out, " forced by ");
		if (has(event->has, COREDUMP_MON_A_SENDER)) {
			text_subject(out, &event->sender);
			out_char(out, ' ');
			text_uid(out, &event->sender);
		} else {
			out_char(out, '-');
		}
		return;
	}
	if (dump->flags & COREDUMP_MON_DUMP_ADDRESS)
		out_str(out, " fault");
	out_char(out, ' ');
	if (code) {
		out_str(out, code);
	} else {
		out_str(out, "code ");
		out_s64(out, dump->code);
	}
	if (dump->flags & COREDUMP_MON_DUMP_ADDRESS) {
		out_str(out, " at ");
		out_hex(out, dump->address);
	}
}

static void put_dump(struct out *out, const struct event *event)
{
	const struct coredump_mon_dump *dump = &event->dump;

	if (!has(event->has, COREDUMP_MON_A_DUMP)) {
		out_char(out, '-');
		return;
	}
	put_cause(out, event);
	if (dump->flags & COREDUMP_MON_DUMP_PRIVILEGED)
		out_str(out, ", privileged");
	out_str(out, ", core ");
	text_path(out, event);
	out_char(out, ' ');
	text_name(out, outcome_name(dump->outcome));
	if (dump->flags & COREDUMP_MON_DUMP_SIZE) {
		out_char(out, ' ');
		out_u64(out, dump->size);
		out_str(out, " bytes");
	}
}

/* Its class, and where it is. */
static void put_file(struct out *out, const struct event *event)
{
	const struct coredump_mon_file_id *id = text_file_id(event);

	text_name(out, id ? class_name(id->file_class) : NULL);
	out_char(out, ' ');
	text_path(out, event);
}

/* Whose memory it holds, where that is known: a dump's, or what a debugger wrote. */
static void put_memory_of(struct out *out, const struct file *file)
{
	const struct coredump_mon_tag *tag = &file->origin;

	if (!has(file->has, COREDUMP_MON_A_ORIGIN))
		return;
	if (tag->origin == COREDUMP_MON_TAG_DUMP) {
		out_str(out, ", dumped by ");
	} else if (tag->origin == COREDUMP_MON_TAG_GCORE) {
		out_str(out, ", memory of ");
		if (!tag->pid) {
			out_str(out, "one of several processes");
			return;
		}
	} else {
		return;
	}
	escape_word(out, tag->comm, strnlen(tag->comm, sizeof(tag->comm)));
	out_char(out, '[');
	out_u64(out, tag->pid);
	out_char(out, ']');
}

static void put_open(struct out *out, const struct event *event)
{
	const struct coredump_mon_file_id *id = text_file_id(event);

	text_name(out, id ? access_name(id->access) : NULL);
	out_char(out, ' ');
	put_file(out, event);
	if (has(event->has, COREDUMP_MON_A_TARGET)) {
		out_str(out, " of ");
		text_subject(out, &event->target);
	}
	if (has(event->has, COREDUMP_MON_A_FILE))
		put_memory_of(out, &event->file);
	text_result(out, event, ", fd ");
	if (has(event->has, COREDUMP_MON_A_RESULT) && !event->result.error)
		out_s64(out, event->result.fd);
}

static void put_new_path(struct out *out, const struct event *event)
{
	out_str(out, " -> ");
	if (has(event->has, COREDUMP_MON_A_NEW_FS_PATH))
		text_fs_path(out, event, &event->new_fs_path);
	else
		out_char(out, '-');
}

static void put_id(struct out *out, uint32_t id)
{
	if (id == COREDUMP_MON_ID_NONE)
		out_char(out, '-');
	else
		out_u64(out, id);
}

/* @between: what stands before the next one. */
static void begin_change(struct out *out, const char *name, const char **between)
{
	out_str(out, *between);
	out_str(out, name);
	*between = ", ";
}

static void put_ids(struct out *out, uint32_t old, uint32_t new)
{
	put_id(out, old);
	out_str(out, " -> ");
	put_id(out, new);
}

static void put_attributes(struct out *out,
			   const struct coredump_mon_attributes *attributes)
{
	uint32_t changed = attributes->changed;
	const char *between = " ";

	if (changed & COREDUMP_MON_ATTRIBUTE_MODE) {
		begin_change(out, "mode ", &between);
		out_mode(out, attributes->old_mode);
		out_str(out, " -> ");
		out_mode(out, attributes->new_mode);
	}
	if (changed & COREDUMP_MON_ATTRIBUTE_UID) {
		begin_change(out, "uid ", &between);
		put_ids(out, attributes->old_uid, attributes->new_uid);
	}
	if (changed & COREDUMP_MON_ATTRIBUTE_GID) {
		begin_change(out, "gid ", &between);
		put_ids(out, attributes->old_gid, attributes->new_gid);
	}
	if (changed & COREDUMP_MON_ATTRIBUTE_SIZE) {
		begin_change(out, "size ", &between);
		out_u64(out, attributes->old_size);
		out_str(out, " -> ");
		out_u64(out, attributes->new_size);
	}
}

static void put_xattr_value(struct out *out, const struct xattr *xattr,
			    enum coredump_mon_attr_type which)
{
	const struct string *value = xattr_value(xattr, which);

	if (acl_valid(xattr, which))
		acl_write(out, value);
	else
		text_string(out, has(xattr->has, which), value);
	if (has(xattr->cut, which))
		out_str(out, " (cut)");
}

static void put_xattr(struct out *out, const struct xattr *xattr)
{
	out_str(out, " xattr ");
	text_string(out, has(xattr->has, COREDUMP_MON_A_XATTR_NAME),
		    &xattr->name);
	if (has(xattr->has, COREDUMP_MON_A_XATTR_OLD) && !xattr->old.len) {
		out_str(out, " none ->");
	} else if (has(xattr->has | xattr->cut, COREDUMP_MON_A_XATTR_OLD)) {
		out_char(out, ' ');
		put_xattr_value(out, xattr, COREDUMP_MON_A_XATTR_OLD);
		out_str(out, " ->");
	} else if (!xattr_removed(xattr)) {
		out_str(out, " =");
	}
	out_char(out, ' ');
	if (xattr_removed(xattr))
		out_str(out, "removed");
	else
		put_xattr_value(out, xattr, COREDUMP_MON_A_XATTR_VALUE);
}

static void put_attr(struct out *out, const struct event *event)
{
	put_file(out, event);
	if (has(event->has, COREDUMP_MON_A_ATTRIBUTES))
		put_attributes(out, &event->attributes);
	if (has(event->has, COREDUMP_MON_A_XATTR))
		put_xattr(out, &event->xattr);
}

/* What happened to a core file's names, or to itself. */
static void put_alteration(struct out *out, const struct event *event)
{
	switch (event->header.type) {
	case COREDUMP_MON_RENAME:
	case COREDUMP_MON_LINK:
		put_file(out, event);
		put_new_path(out, event);
		break;
	case COREDUMP_MON_UNLINK:
		put_file(out, event);
		break;
	case COREDUMP_MON_ATTR:
		put_attr(out, event);
		break;
	}
	if (has(event->has, COREDUMP_MON_A_FILE))
		put_memory_of(out, &event->file);
	text_result(out, event, ", done");
}

static void put_policy(struct out *out, const struct event *event)
{
	const struct coredump_mon_policy *policy = &event->policy;
	const char *cursor = NULL;
	struct string path;

	if (!has(event->has, COREDUMP_MON_A_POLICY)) {
		out_char(out, '-');
		return;
	}
	text_name(out, change_name(policy->change));
	out_char(out, ' ');
	if (policy->change == COREDUMP_MON_CHANGE_MODE) {
		text_name(out, mode_name(policy->old_value));
		out_str(out, " -> ");
		text_name(out, mode_name(policy->new_value));
	} else if (policy->change == COREDUMP_MON_CHANGE_KPROBES ||
		   policy->change == COREDUMP_MON_CHANGE_KRETPROBES) {
		out_str(out, policy->new_value ? "work again" : "switched OFF");
	} else if (policy->change == COREDUMP_MON_CHANGE_LOCK) {
		out_str(out, "until reboot");
	} else if (policy->change == COREDUMP_MON_CHANGE_REFUSED) {
		out_str(out, "enforcing, ");
		text_name(out, errno_name((int)policy->new_value));
	} else {
		out_u64(out, policy->old_value);
		out_str(out, " -> ");
		out_u64(out, policy->new_value);
		summary_text(out, event);
	}
	if (has(event->has, COREDUMP_MON_A_FILE)) {
		out_str(out, ", file ");
		text_path(out, event);
		put_memory_of(out, &event->file);
	}
	while (event_next_path(event, &cursor, &path)) {
		out_char(out, ' ');
		escape_word(out, path.data, path.len);
	}
	out_str(out, policy->enforcing ? ", enforcing now" :
		", permissive now");
}

static void put_lost(struct out *out, const struct event *event)
{
	const struct coredump_mon_lost *lost = &event->lost;

	if (!has(event->has, COREDUMP_MON_A_LOST)) {
		out_char(out, '-');
		return;
	}
	colour(out, RED);
	out_u64(out, lost->count);
	out_str(out, lost->count == 1 ? " record" : " records");
	colour(out, PLAIN);
	if (lost->first_seq) {
		out_char(out, ' ');
		out_u64(out, lost->first_seq);
		out_str(out, "..");
		out_u64(out, lost->last_seq);
	}
	out_str(out, ", ");
	text_name(out, cause_name(lost->cause));
}

static void put_suppressed(struct out *out, const struct event *event)
{
	const struct coredump_mon_suppressed *suppressed = &event->suppressed;

	if (!has(event->has, COREDUMP_MON_A_SUPPRESSED)) {
		out_char(out, '-');
		return;
	}
	colour(out, RED);
	out_u64(out, suppressed->count);
	colour(out, PLAIN);
	out_str(out, " of kind ");
	text_name(out, kind_name(suppressed->kind));
	if (suppressed->actor == COREDUMP_MON_ACTOR_USER) {
		out_str(out, ", of uid ");
		out_u64(out, suppressed->uid);
	} else if (suppressed->actor == COREDUMP_MON_ACTOR_OTHERS) {
		out_str(out, ", of further users");
	}
	out_str(out, ", after records ");
	out_u64(out, suppressed->first_seq);
	out_str(out, "..");
	out_u64(out, suppressed->last_seq);
	out_str(out, ", from ");
	timestamp_local(out, suppressed->first_realtime_ns);
	out_str(out, " to ");
	timestamp_local(out, suppressed->last_realtime_ns);
}

/* Who did it in more words, for the end of the line. */
static void put_origin(struct out *out, const struct event *event)
{
	const struct subject *process = &event->process;

	if (!has(event->has, COREDUMP_MON_A_PROCESS))
		return;
	out_str(out, ", exe ");
	text_string(out, has(process->has, COREDUMP_MON_A_EXE), &process->exe);
	if (has(process->has, COREDUMP_MON_A_CRED) &&
	    process->cred.loginuid != COREDUMP_MON_ID_NONE &&
	    process->cred.loginuid != process->cred.uid) {
		out_str(out, ", login ");
		out_u64(out, process->cred.loginuid);
	}
	for (uint32_t i = 0; i < event->n_ancestors; i++) {
		const struct ancestor *ancestor = &event->ancestors[i];

		if (i == ANCESTORS_SHOWN) {
			out_str(out, " < ...");
			break;
		}
		out_str(out, i ? " < " : ", from ");
		text_task(out, ancestor->has, &ancestor->comm, &ancestor->task);
	}
}

/* What the rule says, if it says anything: nothing follows that could be meant. */
static void put_said(struct out *out, const struct event *event)
{
	const struct policy_rule *rule = rule_says_find(event);

	if (!rule || !rule->message)
		return;
	out_str(out, ", message: ");
	message_write(out, event);
}

void format_text_line(struct out *out, const struct event *event)
{
	size_t begun = out->len;

	text_name(out, type_name(event->header.type));
	out_pad(out, begun, WIDTH_TYPE);
	put_verdict(out, event);
	put_process(out, event);
	switch (event->header.type) {
	case COREDUMP_MON_DUMP:
		put_dump(out, event);
		break;
	case COREDUMP_MON_OPEN:
		put_open(out, event);
		break;
	case COREDUMP_MON_RENAME:
	case COREDUMP_MON_LINK:
	case COREDUMP_MON_UNLINK:
	case COREDUMP_MON_ATTR:
		put_alteration(out, event);
		break;
	case COREDUMP_MON_POLICY:
		put_policy(out, event);
		break;
	case COREDUMP_MON_LOST:
		put_lost(out, event);
		break;
	case COREDUMP_MON_SUPPRESSED:
		put_suppressed(out, event);
		return;
	}
	put_origin(out, event);
	put_said(out, event);
}

static void put_event(struct out *out, const struct event *event)
{
	timestamp_local(out, event->header.realtime_ns);
	out_char(out, ' ');
	format_text_line(out, event);
	out_char(out, '\n');
}

const struct format format_text = {
	.name = "text",
	.event = put_event,
};
