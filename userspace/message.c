// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include <linux/limits.h>

#include "acl.h"
#include "array.h"
#include "escape.h"
#include "event_value.h"
#include "host_path.h"
#include "message.h"
#include "names.h"
#include "rule_says.h"

static void put_subject(struct out *out, const struct subject *subject)
{
	if (has(subject->has, COREDUMP_MON_A_COMM))
		escape_text(out, subject->comm.data, subject->comm.len);
	else
		out_str(out, "a process");
	if (has(subject->has, COREDUMP_MON_A_TASK)) {
		out_str(out, " (pid ");
		out_u64(out, subject->task.pid);
		out_char(out, ')');
	}
}

static void put_process(struct out *out, const struct event *event)
{
	if (has(event->has, COREDUMP_MON_A_PROCESS))
		put_subject(out, &event->process);
	else
		out_str(out, "a process");
}

static void put_dump(struct out *out, const struct event *event)
{
	const struct coredump_mon_dump *dump = &event->dump;
	const char *outcome = outcome_name(dump->outcome);
	const char *name = signal_name(dump->signal);

	out_str(out, "core dump of ");
	put_process(out, event);
	if (!has(event->has, COREDUMP_MON_A_DUMP))
		return;
	if (name) {
		out_str(out, " by ");
		out_str(out, name);
	}
	if (has(event->has, COREDUMP_MON_A_SENDER)) {
		out_str(out, " sent by ");
		put_subject(out, &event->sender);
	} else if (dump->flags & COREDUMP_MON_DUMP_FORCED) {
		out_str(out, " sent by another process");
	}
	if (outcome && dump->outcome != COREDUMP_MON_OUTCOME_UNKNOWN) {
		out_str(out, ", ");
		out_str(out, outcome);
	}
}

static void put_opened(struct out *out, const struct event *event)
{
	uint32_t class = 0;

	if (has(event->has, COREDUMP_MON_A_FILE) &&
	    has(event->file.has, COREDUMP_MON_A_FILE_ID))
		class = event->file.id.file_class;
	switch (class) {
	case COREDUMP_MON_CLASS_CORE:
		out_str(out, "core file");
		break;
	case COREDUMP_MON_CLASS_COREDUMP_FILTER:
		out_str(out, "coredump_filter");
		if (has(event->has, COREDUMP_MON_A_TARGET)) {
			out_str(out, " of ");
			put_subject(out, &event->target);
		}
		break;
	default:
		out_str(out, "watched file");
	}
}

static const char *access_verb(const struct event *event)
{
	uint32_t access = 0;

	if (has(event->has, COREDUMP_MON_A_FILE) &&
	    has(event->file.has, COREDUMP_MON_A_FILE_ID))
		access = event->file.id.access;
	switch (access) {
	case COREDUMP_MON_ACCESS_READ:
		return " read by ";
	case COREDUMP_MON_ACCESS_WRITE:
		return " opened for writing by ";
	case COREDUMP_MON_ACCESS_READ_WRITE:
		return " opened for reading and writing by ";
	case COREDUMP_MON_ACCESS_EXEC:
		return " executed by ";
	default:
		return " opened by ";
	}
}

static void put_verdict(struct out *out, const struct event *event)
{
	if (!has(event->has, COREDUMP_MON_A_DECISION))
		return;
	if (event->decision.verdict == COREDUMP_MON_DENIED)
		out_str(out, " was denied");
	else if (event->decision.verdict == COREDUMP_MON_WOULD_DENY)
		out_str(out, " would be denied when enforcing");
}

static void put_open(struct out *out, const struct event *event)
{
	put_opened(out, event);
	out_str(out, access_verb(event));
	put_process(out, event);
	put_verdict(out, event);
}

/* Where it is here, or else within its file system. */
static void put_new_path(struct out *out, const struct event *event)
{
	const struct string *name = &event->new_fs_path;
	char path[HOST_PATH_MAX];

	if (!has(event->has, COREDUMP_MON_A_NEW_FS_PATH))
		out_str(out, "an unknown name");
	else if (host_path(&event->file, name, path))
		escape_word(out, path, strlen(path));
	else if (name->len < sizeof(path))
		escape_word(out, name->data, name->len);
	else
		out_str(out, "an unknown name");
}

/* "mode, owner and size of " */
static void put_attributes(struct out *out, uint32_t changed)
{
	static const char *const names[] = { "mode", "owner", "group", "size" };
	const char *between = "";

	changed &= BIT(ARRAY_SIZE(names)) - 1;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!(changed & BIT(i)))
			continue;
		changed &= ~BIT(i);
		out_str(out, between);
		out_str(out, names[i]);
		between = changed & (changed - 1) ? ", " : " and ";
	}
	out_str(out, *between ? " of " : "attributes of ");
}

/* What of the file was done: "extended attribute user.x of ". */
static void put_attr(struct out *out, const struct event *event)
{
	const struct xattr *xattr = &event->xattr;

	if (has(event->has, COREDUMP_MON_A_ATTRIBUTES)) {
		put_attributes(out, event->attributes.changed);
	} else if (!has(event->has, COREDUMP_MON_A_XATTR)) {
		out_str(out, "attributes of ");
	} else if (acl_named(xattr)) {
		out_str(out, "access control list of ");
	} else {
		out_str(out, "extended attribute ");
		if (has(xattr->has, COREDUMP_MON_A_XATTR_NAME) &&
		    xattr->name.len <= XATTR_NAME_MAX) {
			escape_word(out, xattr->name.data, xattr->name.len);
			out_char(out, ' ');
		}
		out_str(out, "of ");
	}
}

static void put_alteration(struct out *out, const struct event *event)
{
	const char *error;

	if (event->header.type == COREDUMP_MON_ATTR)
		put_attr(out, event);
	put_opened(out, event);
	switch (event->header.type) {
	case COREDUMP_MON_RENAME:
		out_str(out, " moved to ");
		put_new_path(out, event);
		break;
	case COREDUMP_MON_LINK:
		out_str(out, " linked as ");
		put_new_path(out, event);
		break;
	case COREDUMP_MON_UNLINK:
		out_str(out, " unlinked");
		break;
	default:
		out_str(out, has(event->has, COREDUMP_MON_A_XATTR) &&
			xattr_removed(&event->xattr) ? " removed" : " changed");
	}
	out_str(out, " by ");
	put_process(out, event);
	put_verdict(out, event);
	if (has(event->has, COREDUMP_MON_A_RESULT) && event->result.error) {
		error = errno_name(event->result.error);
		out_str(out, ", which failed with ");
		if (error) {
			out_str(out, error);
		} else {
			out_str(out, "errno ");
			out_s64(out, event->result.error);
		}
	}
}

static void put_policy(struct out *out, const struct event *event)
{
	const char *mode;

	if (!has(event->has, COREDUMP_MON_A_POLICY)) {
		out_str(out, "policy changed by ");
		put_process(out, event);
		return;
	}
	switch (event->policy.change) {
	case COREDUMP_MON_CHANGE_MODE:
		mode = mode_name(event->policy.new_value);
		out_str(out, "mode set to ");
		out_str(out, mode ? mode : "something unknown");
		break;
	case COREDUMP_MON_CHANGE_HOLD:
		out_str(out, event->policy.new_value > event->policy.old_value ?
			"enforcing held" : "hold on enforcing given up");
		break;
	case COREDUMP_MON_CHANGE_DIRECTORIES:
		out_str(out, "watched directories set");
		break;
	case COREDUMP_MON_CHANGE_FOLLOWED:
		out_str(out, "watched paths lead elsewhere than before");
		break;
	case COREDUMP_MON_CHANGE_TAG_ADD:
		out_str(out, has(event->file.has, COREDUMP_MON_A_ORIGIN) &&
			event->file.origin.origin == COREDUMP_MON_TAG_GCORE ?
			"core file made" : "tag added");
		break;
	case COREDUMP_MON_CHANGE_TAG_DROP:
		out_str(out, "tag dropped");
		break;
	case COREDUMP_MON_CHANGE_KPROBES:
		out_str(out, event->policy.new_value ?
			"kprobes work again" :
			"kprobes were switched off: what they saw is not seen until debugfs's kprobes/enabled is 1");
		break;
	case COREDUMP_MON_CHANGE_KRETPROBES:
		out_str(out, event->policy.new_value ?
			"kretprobes work again" :
			"kretprobes were switched off: what they saw is not seen until debugfs's kprobes/enabled and kernel.ftrace_enabled are 1");
		break;
	case COREDUMP_MON_CHANGE_REFUSED:
		out_str(out, "enforcing could not be had");
		break;
	case COREDUMP_MON_CHANGE_MISSED:
		out_str(out, "probes missed hits");
		break;
	case COREDUMP_MON_CHANGE_RESTORED:
		out_str(out, "tags restored");
		break;
	case COREDUMP_MON_CHANGE_RULES:
		out_str(out, "rules replaced");
		break;
	case COREDUMP_MON_CHANGE_LOCK:
		out_str(out, "locked until reboot");
		break;
	default:
		out_str(out, "policy changed");
	}
	if (has(event->has, COREDUMP_MON_A_PROCESS)) {
		out_str(out, " by ");
		put_process(out, event);
	}
	if (event->policy.change == COREDUMP_MON_CHANGE_REFUSED &&
	    event->policy.new_value == EBUSY)
		out_str(out, ": something else has the function, or kernel.ftrace_enabled is 0");
}

/* We see less than before, or refuse less than was asked for. */
static bool impaired(const struct event *event)
{
	if (!has(event->has, COREDUMP_MON_A_POLICY))
		return false;
	switch (event->policy.change) {
	case COREDUMP_MON_CHANGE_MISSED:
	case COREDUMP_MON_CHANGE_REFUSED:
		return true;
	case COREDUMP_MON_CHANGE_KPROBES:
	case COREDUMP_MON_CHANGE_KRETPROBES:
		return !event->policy.new_value;
	}
	return false;
}

static void put_lost(struct out *out, const struct event *event)
{
	if (!has(event->has, COREDUMP_MON_A_LOST)) {
		out_str(out, "records lost");
		return;
	}
	out_u64(out, event->lost.count);
	out_str(out, event->lost.count == 1 ? " record lost" : " records lost");
	if (event->lost.cause == COREDUMP_MON_CAUSE_OVERRUN)
		out_str(out, ": this reader was too slow");
	else if (event->lost.cause == COREDUMP_MON_CAUSE_UNMADE)
		out_str(out, ": they could not be made");
}

static void put_suppressed(struct out *out, const struct event *event)
{
	const struct coredump_mon_suppressed *suppressed = &event->suppressed;
	const char *kind = kind_name(suppressed->kind);

	if (!has(event->has, COREDUMP_MON_A_SUPPRESSED)) {
		out_str(out, "events suppressed");
		return;
	}
	out_u64(out, suppressed->count);
	out_str(out, suppressed->count == 1 ? " event suppressed" :
		" events suppressed");
	if (kind) {
		out_str(out, " of kind ");
		out_str(out, kind);
	}
	switch (suppressed->actor) {
	case COREDUMP_MON_ACTOR_PROCESS:
		out_str(out, ": one process made too many");
		break;
	case COREDUMP_MON_ACTOR_USER:
		out_str(out, ": one user made too many");
		break;
	case COREDUMP_MON_ACTOR_OTHERS:
		out_str(out, ": too many users made them");
		break;
	}
}

static void put_usual(struct out *out, const struct event *event)
{
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
		break;
	}
}

void message_write(struct out *out, const struct event *event)
{
	const struct policy_rule *rule = rule_says_find(event);

	if (rule && rule->message)
		event_value_expand(out, event, rule->message);
	else
		put_usual(out, event);
}

const char *message_verdict(const struct event *event)
{
	switch (event->header.type) {
	case COREDUMP_MON_DUMP:
	case COREDUMP_MON_POLICY:
		return "allowed";
	}
	if (has(event->has, COREDUMP_MON_A_DECISION))
		return verdict_name(event->decision.verdict);
	return NULL;
}

uint32_t message_level(const struct event *event)
{
	uint32_t priority = COREDUMP_MON_PRIORITY_NOTICE;

	switch (event->header.type) {
	case COREDUMP_MON_DUMP:
		if (has(event->has, COREDUMP_MON_A_DUMP) &&
		    event->dump.flags & (COREDUMP_MON_DUMP_FORCED |
					 COREDUMP_MON_DUMP_PRIVILEGED))
			priority = COREDUMP_MON_PRIORITY_WARNING;
		break;
	case COREDUMP_MON_LOST:
	case COREDUMP_MON_SUPPRESSED:
		priority = COREDUMP_MON_PRIORITY_WARNING;
		break;
	case COREDUMP_MON_POLICY:
		if (impaired(event))
			priority = COREDUMP_MON_PRIORITY_WARNING;
		break;
	}
	if (has(event->has, COREDUMP_MON_A_DECISION) &&
	    priority_name(event->decision.priority))
		priority = event->decision.priority;
	return priority;
}

const char *message_priority(const struct event *event)
{
	return priority_name(message_level(event));
}

/* MITRE ATT&CK's names, as Falco writes them. */
const char *message_usual_tags(const struct event *event)
{
	if (event->header.type == COREDUMP_MON_DUMP &&
	    has(event->has, COREDUMP_MON_A_DUMP) &&
	    event->dump.flags & COREDUMP_MON_DUMP_FORCED)
		return "\"mitre_credential_access\"";
	if (event->header.type != COREDUMP_MON_OPEN ||
	    !has(event->has, COREDUMP_MON_A_FILE) ||
	    !has(event->file.has, COREDUMP_MON_A_FILE_ID))
		return "";
	if (event->file.id.file_class == COREDUMP_MON_CLASS_COREDUMP_FILTER)
		return "\"mitre_credential_access\",\"mitre_discovery\"";
	if (event->file.id.access != COREDUMP_MON_ACCESS_WRITE)
		return "\"mitre_credential_access\",\"T1003.007\"";
	return "";
}
