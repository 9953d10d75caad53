// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "array.h"
#include "record.h"

struct attr {
	struct coredump_mon_attr header;
	const char *value;
};

/* Move on to the next attribute: 1; 0: at the end; -1: it does not fit. */
static int next_attr(const char **at, const char *end, struct attr *attr)
{
	size_t left = (size_t)(end - *at);
	size_t padded;

	if (!left)
		return 0;
	if (left < sizeof(attr->header))
		return -1;
	memcpy(&attr->header, *at, sizeof(attr->header));
	left -= sizeof(attr->header);
	if (attr->header.len > left)
		return -1;
	attr->value = *at + sizeof(attr->header);
	padded = ((size_t)attr->header.len + 7) & ~(size_t)7;
	*at = padded < left ? attr->value + padded : end;
	return 1;
}

/*
 * A structure may be longer than it is here; if it is shorter than its first
 * version, it is not there: half of it would say things that are not so.
 */
static inline void take_fixed(const struct attr *attr, void *to, size_t size,
			      uint32_t *mask)
{
	if (attr->header.len < size)
		return;
	memcpy(to, attr->value, size);
	*mask |= BIT(attr->header.type);
}

static void take_string(const struct attr *attr, struct string *to,
			uint32_t *has_mask, uint32_t *cut_mask)
{
	uint32_t bit = BIT(attr->header.type);

	if (attr->header.flags & COREDUMP_MON_ATTR_CUT) {
		*cut_mask |= bit;
		if (!attr->header.len)
			return;
	}
	to->data = attr->value;
	to->len = attr->header.len;
	*has_mask |= bit;
}

static bool take_ancestor(const struct attr *outer, struct ancestor *to)
{
	const char *at = outer->value;
	const char *end = at + outer->header.len;
	struct attr attr;
	int more;

	to->has = 0;
	to->cut = 0;
	while ((more = next_attr(&at, end, &attr)) > 0) {
		switch (attr.header.type) {
		case COREDUMP_MON_A_TASK:
			take_fixed(&attr, &to->task, sizeof(to->task),
				   &to->has);
			break;
		case COREDUMP_MON_A_COMM:
			take_string(&attr, &to->comm, &to->has, &to->cut);
			break;
		case COREDUMP_MON_A_EXE:
			take_string(&attr, &to->exe, &to->has, &to->cut);
			break;
		}
	}
	return !more;
}

/* Ancestors only of the process that the event is about: @event, or NULL. */
static bool take_subject(const struct attr *outer, struct subject *to,
			 struct event *event)
{
	const char *at = outer->value;
	const char *end = at + outer->header.len;
	struct attr attr;
	int more;

	to->has = 0;
	to->cut = 0;
	while ((more = next_attr(&at, end, &attr)) > 0) {
		switch (attr.header.type) {
		case COREDUMP_MON_A_TASK:
			take_fixed(&attr, &to->task, sizeof(to->task),
				   &to->has);
			break;
		case COREDUMP_MON_A_CRED:
			take_fixed(&attr, &to->cred, sizeof(to->cred),
				   &to->has);
			break;
		case COREDUMP_MON_A_NAMESPACES:
			take_fixed(&attr, &to->namespaces, sizeof(to->namespaces),
				   &to->has);
			break;
		case COREDUMP_MON_A_COMM:
			take_string(&attr, &to->comm, &to->has, &to->cut);
			break;
		case COREDUMP_MON_A_EXE:
			take_string(&attr, &to->exe, &to->has, &to->cut);
			break;
		case COREDUMP_MON_A_CMDLINE:
			take_string(&attr, &to->cmdline, &to->has, &to->cut);
			break;
		case COREDUMP_MON_A_CWD:
			take_string(&attr, &to->cwd, &to->has, &to->cut);
			break;
		case COREDUMP_MON_A_TTY:
			take_string(&attr, &to->tty, &to->has, &to->cut);
			break;
		case COREDUMP_MON_A_CGROUP:
			take_string(&attr, &to->cgroup, &to->has, &to->cut);
			break;
		case COREDUMP_MON_A_ANCESTOR:
			if (!event ||
			    event->n_ancestors == COREDUMP_MON_ANCESTORS_MAX)
				break;
			if (!take_ancestor(&attr, &event->ancestors[event->n_ancestors]))
				return false;
			event->n_ancestors++;
			break;
		}
	}
	return !more;
}

static bool take_file(const struct attr *outer, struct file *to)
{
	const char *at = outer->value;
	const char *end = at + outer->header.len;
	struct attr attr;
	int more;

	to->has = 0;
	to->cut = 0;
	while ((more = next_attr(&at, end, &attr)) > 0) {
		switch (attr.header.type) {
		case COREDUMP_MON_A_FILE_ID:
			take_fixed(&attr, &to->id, sizeof(to->id), &to->has);
			break;
		case COREDUMP_MON_A_PATH:
			take_string(&attr, &to->path, &to->has, &to->cut);
			break;
		case COREDUMP_MON_A_FS_PATH:
			take_string(&attr, &to->fs_path, &to->has, &to->cut);
			break;
		case COREDUMP_MON_A_ORIGIN:
			take_fixed(&attr, &to->origin, sizeof(to->origin),
				   &to->has);
			break;
		}
	}
	return !more;
}

static bool take_xattr(const struct attr *outer, struct xattr *to)
{
	const char *at = outer->value;
	const char *end = at + outer->header.len;
	struct attr attr;
	int more;

	to->has = 0;
	to->cut = 0;
	while ((more = next_attr(&at, end, &attr)) > 0) {
		switch (attr.header.type) {
		case COREDUMP_MON_A_XATTR_NAME:
			take_string(&attr, &to->name, &to->has, &to->cut);
			break;
		case COREDUMP_MON_A_XATTR_OLD:
			take_string(&attr, &to->old, &to->has, &to->cut);
			break;
		case COREDUMP_MON_A_XATTR_VALUE:
			take_string(&attr, &to->new, &to->has, &to->cut);
			break;
		}
	}
	return !more;
}

/* Which have no bit: how many there are is said by their number. */
static void take_summary(const struct attr *attr, struct event *event)
{
	struct coredump_mon_summary *to = &event->summaries[event->n_summaries];

	if (event->n_summaries == ARRAY_SIZE(event->summaries) ||
	    attr->header.len < sizeof(*to))
		return;
	memcpy(to, attr->value, sizeof(*to));
	event->n_summaries++;
}

static bool take_attr(const struct attr *attr, struct event *event)
{
	switch (attr->header.type) {
	case COREDUMP_MON_A_PROCESS:
		event->has |= BIT(COREDUMP_MON_A_PROCESS);
		event->n_ancestors = 0;
		return take_subject(attr, &event->process, event);
	case COREDUMP_MON_A_SENDER:
		event->has |= BIT(COREDUMP_MON_A_SENDER);
		return take_subject(attr, &event->sender, NULL);
	case COREDUMP_MON_A_TARGET:
		event->has |= BIT(COREDUMP_MON_A_TARGET);
		return take_subject(attr, &event->target, NULL);
	case COREDUMP_MON_A_FILE:
		event->has |= BIT(COREDUMP_MON_A_FILE);
		return take_file(attr, &event->file);
	case COREDUMP_MON_A_XATTR:
		event->has |= BIT(COREDUMP_MON_A_XATTR);
		return take_xattr(attr, &event->xattr);
	case COREDUMP_MON_A_DECISION:
		take_fixed(attr, &event->decision, sizeof(event->decision),
			   &event->has);
		break;
	case COREDUMP_MON_A_RESULT:
		take_fixed(attr, &event->result, sizeof(event->result),
			   &event->has);
		break;
	case COREDUMP_MON_A_DUMP:
		take_fixed(attr, &event->dump, sizeof(event->dump),
			   &event->has);
		break;
	case COREDUMP_MON_A_POLICY:
		take_fixed(attr, &event->policy, sizeof(event->policy),
			   &event->has);
		break;
	case COREDUMP_MON_A_SUMMARY:
		take_summary(attr, event);
		break;
	case COREDUMP_MON_A_LOST:
		take_fixed(attr, &event->lost, sizeof(event->lost),
			   &event->has);
		break;
	case COREDUMP_MON_A_SUPPRESSED:
		take_fixed(attr, &event->suppressed, sizeof(event->suppressed),
			   &event->has);
		break;
	case COREDUMP_MON_A_ATTRIBUTES:
		take_fixed(attr, &event->attributes, sizeof(event->attributes),
			   &event->has);
		break;
	case COREDUMP_MON_A_RULE:
		take_string(attr, &event->rule, &event->has, &event->cut);
		break;
	case COREDUMP_MON_A_NEW_FS_PATH:
		take_string(attr, &event->new_fs_path, &event->has, &event->cut);
		break;
	}
	return true;
}

size_t record_length(const void *data, size_t len)
{
	struct coredump_mon_record header;

	if (len < sizeof(header))
		return 0;
	memcpy(&header, data, sizeof(header));
	if (header.len < sizeof(header) || header.len % 8 || header.len > len)
		return 0;
	return header.len;
}

uint16_t record_type(const void *data)
{
	struct coredump_mon_record header;

	memcpy(&header, data, sizeof(header));
	return header.type;
}

bool record_decode(const void *data, struct event *event)
{
	struct attr attr;
	const char *at;
	int more;

	memcpy(&event->header, data, sizeof(event->header));
	event->has = 0;
	event->cut = 0;
	event->n_ancestors = 0;
	event->n_summaries = 0;
	/* Names of others may be in its file system. */
	event->file.has = 0;
	event->file.cut = 0;
	if (event->header.version != COREDUMP_MON_ABI_VERSION)
		return false;
	at = (const char *)data + sizeof(event->header);
	event->attrs = at;
	event->attrs_end = (const char *)data + event->header.len;
	while ((more = next_attr(&at, event->attrs_end, &attr)) > 0) {
		if (!take_attr(&attr, event))
			return false;
	}
	return !more;
}

bool event_next_path(const struct event *event, const char **cursor,
		     struct string *path)
{
	struct attr attr;

	if (!*cursor)
		*cursor = event->attrs;
	while (next_attr(cursor, event->attrs_end, &attr) > 0) {
		if (attr.header.type == COREDUMP_MON_A_PATH) {
			path->data = attr.value;
			path->len = attr.header.len;
			return true;
		}
	}
	return false;
}
