// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>
#include <string.h>

#include "escape.h"
#include "event_value_put.h"
#include "host_path.h"
#include "json_parts.h"
#include "timestamp.h"

/* What a value is in, and what there is of that in @mask; NULL: it is not there. */
static const void *base_of(const struct event *event,
			   const struct event_value *value, uint32_t *mask)
{
	bool dump = event->header.type == COREDUMP_MON_DUMP;

	switch ((enum place)value->place) {
	case IN_EVENT:
		*mask = event->has;
		return event;
	case IN_PROCESS:
		*mask = event->process.has;
		return has(event->has, COREDUMP_MON_A_PROCESS) ?
		       &event->process : NULL;
	case IN_SENDER:
		*mask = event->sender.has;
		return has(event->has, COREDUMP_MON_A_SENDER) ?
		       &event->sender : NULL;
	case IN_TARGET:
		*mask = event->target.has;
		return has(event->has, COREDUMP_MON_A_TARGET) ?
		       &event->target : NULL;
	case IN_FILE:
	case IN_CORE:
		*mask = event->file.has;
		return has(event->has, COREDUMP_MON_A_FILE) &&
		       dump == (value->place == IN_CORE) ? &event->file : NULL;
	case IN_XATTR:
		*mask = event->xattr.has;
		return has(event->has, COREDUMP_MON_A_XATTR) ?
		       &event->xattr : NULL;
	case IN_DUMP:
		*mask = event->dump.flags;
		return has(event->has, COREDUMP_MON_A_DUMP) ? &event->dump : NULL;
	case IN_ATTRIBUTES:
		*mask = event->attributes.changed;
		return has(event->has, COREDUMP_MON_A_ATTRIBUTES) ?
		       &event->attributes : NULL;
	}
	return NULL;
}

static const void *find(const struct event *event, const struct event_value *value)
{
	uint32_t mask = 0;
	const char *base = base_of(event, value, &mask);

	if (!base || (value->mask & mask) != value->mask)
		return NULL;
	return base + value->offset;
}

static void put_bytes(struct out *out, const char *s, size_t len)
{
	size_t kept = len;

	if (len > EVENT_VALUE_MAX) {
		kept = EVENT_VALUE_MAX;
		/* Not in the middle of a character. */
		while (kept > EVENT_VALUE_MAX - 3 && (s[kept] & 0xc0) == 0x80)
			kept--;
	}
	escape_text(out, s, kept);
	if (kept < len)
		out_str(out, "...");
}

bool value_string(struct out *out, const struct event *event,
		  const struct event_value *value)
{
	const struct string *s = find(event, value);

	if (s)
		put_bytes(out, s->data, s->len);
	return s;
}

static bool get_u32(const struct event *event, const struct event_value *value,
		    uint32_t *number)
{
	const uint32_t *at = find(event, value);

	if (at)
		*number = *at;
	return at;
}

static bool get_u64(const struct event *event, const struct event_value *value,
		    uint64_t *number)
{
	const uint64_t *at = find(event, value);

	if (at)
		*number = *at;
	return at;
}

bool value_u32(struct out *out, const struct event *event,
	       const struct event_value *value)
{
	uint32_t number;

	if (!get_u32(event, value, &number))
		return false;
	out_u64(out, number);
	return true;
}

bool value_u64(struct out *out, const struct event *event,
	       const struct event_value *value)
{
	uint64_t number;

	if (!get_u64(event, value, &number))
		return false;
	out_u64(out, number);
	return true;
}

bool value_signed(struct out *out, const struct event *event,
		  const struct event_value *value)
{
	uint32_t number;

	if (!get_u32(event, value, &number))
		return false;
	out_s64(out, (int32_t)number);
	return true;
}

/* 0 stands for none. */
bool value_positive(struct out *out, const struct event *event,
		    const struct event_value *value)
{
	uint32_t number;

	return get_u32(event, value, &number) && number &&
	       value_u32(out, event, value);
}

bool value_namespace(struct out *out, const struct event *event,
		     const struct event_value *value)
{
	uint64_t number;

	return get_u64(event, value, &number) && number &&
	       value_u64(out, event, value);
}

bool value_id(struct out *out, const struct event *event,
	      const struct event_value *value)
{
	uint32_t number;

	return get_u32(event, value, &number) && number != COREDUMP_MON_ID_NONE &&
	       value_u32(out, event, value);
}

bool value_bool(struct out *out, const struct event *event,
		const struct event_value *value)
{
	uint32_t number;

	if (!get_u32(event, value, &number))
		return false;
	out_str(out, number ? "true" : "false");
	return true;
}

static bool put_known(struct out *out, const char *word)
{
	if (word)
		out_str(out, word);
	return word;
}

bool value_word(struct out *out, const struct event *event,
		const struct event_value *value)
{
	uint32_t number;

	return get_u32(event, value, &number) &&
	       put_known(out, value->word(number));
}

bool value_said(struct out *out, const struct event *event,
		const struct event_value *value)
{
	return find(event, value) && put_known(out, value->say(event));
}

bool value_time(struct out *out, const struct event *event,
		const struct event_value *value)
{
	uint64_t ns;

	if (!get_u64(event, value, &ns))
		return false;
	timestamp_rfc3339(out, ns);
	return true;
}

bool value_start_time(struct out *out, const struct event *event,
		      const struct event_value *value)
{
	const struct coredump_mon_task *task = find(event, value);

	if (!task || !task->start_ns)
		return false;
	timestamp_rfc3339(out, json_start_time(event, task));
	return true;
}

/* With blanks between its words. */
bool value_cmdline(struct out *out, const struct event *event,
		   const struct event_value *value)
{
	const struct string *s = find(event, value);
	char words[EVENT_VALUE_MAX + 1];
	size_t len;

	if (!s)
		return false;
	len = s->len && !s->data[s->len - 1] ? s->len - 1 : s->len;
	if (len > EVENT_VALUE_MAX) {
		put_bytes(out, s->data, len);
		return true;
	}
	memcpy(words, s->data, len);
	for (size_t i = 0; i < len; i++)
		words[i] = words[i] ? words[i] : ' ';
	put_bytes(out, words, len);
	return true;
}

bool value_capabilities(struct out *out, const struct event *event,
			const struct event_value *value)
{
	uint64_t number;

	if (!get_u64(event, value, &number))
		return false;
	for (int shift = 60; shift >= 0; shift -= 4)
		out_char(out, "0123456789abcdef"[number >> shift & 15]);
	return true;
}

static bool put_here(struct out *out, const struct file *file,
		     const struct string *fs_path)
{
	char path[HOST_PATH_MAX];

	if (!host_path(file, fs_path, path))
		return false;
	put_bytes(out, path, strlen(path));
	return true;
}

bool value_path(struct out *out, const struct event *event,
		const struct event_value *value)
{
	const struct file *file = find(event, value);

	if (!file)
		return false;
	if (has(file->has, COREDUMP_MON_A_PATH)) {
		put_bytes(out, file->path.data, file->path.len);
		return true;
	}
	return file_unplaced(file) && put_here(out, file, &file->fs_path);
}

/* Where it is not here, or has a path there as well. */
bool value_fs_path(struct out *out, const struct event *event,
		   const struct event_value *value)
{
	const struct file *file = find(event, value);
	char path[HOST_PATH_MAX];

	if (!file || (file_unplaced(file) &&
		      host_path(file, &file->fs_path, path)))
		return false;
	put_bytes(out, file->fs_path.data, file->fs_path.len);
	return true;
}

bool value_host_path(struct out *out, const struct event *event,
		     const struct event_value *value)
{
	const struct file *file = find(event, value);
	char path[HOST_PATH_MAX];

	if (!file || !host_path_beside(file, path))
		return false;
	put_bytes(out, path, strlen(path));
	return true;
}

bool value_new_path(struct out *out, const struct event *event,
		    const struct event_value *value)
{
	const struct string *name = find(event, value);

	return name && put_here(out, &event->file, name);
}

bool value_new_fs_path(struct out *out, const struct event *event,
		       const struct event_value *value)
{
	const struct string *name = find(event, value);
	char path[HOST_PATH_MAX];

	if (!name || host_path(&event->file, name, path))
		return false;
	put_bytes(out, name->data, name->len);
	return true;
}

bool value_device(struct out *out, const struct event *event,
		  const struct event_value *value)
{
	const struct coredump_mon_file_id *id = find(event, value);

	if (!id)
		return false;
	out_u64(out, id->dev_major);
	out_char(out, ':');
	out_u64(out, id->dev_minor);
	return true;
}

bool value_comm(struct out *out, const struct event *event,
		const struct event_value *value)
{
	const char *comm = find(event, value);

	if (comm)
		put_bytes(out, comm, strnlen(comm, sizeof(event->file.origin.comm)));
	return comm;
}

bool value_fd(struct out *out, const struct event *event,
	      const struct event_value *value)
{
	return !event->result.error && event->result.fd >= 0 &&
	       value_signed(out, event, value);
}

bool value_errno(struct out *out, const struct event *event,
		 const struct event_value *value)
{
	return (event->result.error || event->result.fd < 0) &&
	       value_signed(out, event, value);
}

bool value_hex(struct out *out, const struct event *event,
	       const struct event_value *value)
{
	uint64_t number;

	if (!get_u64(event, value, &number))
		return false;
	out_hex(out, number);
	return true;
}

bool value_permissions(struct out *out, const struct event *event,
		       const struct event_value *value)
{
	uint32_t number;

	if (!get_u32(event, value, &number))
		return false;
	out_mode(out, number);
	return true;
}

bool value_limit(struct out *out, const struct event *event,
		 const struct event_value *value)
{
	uint64_t number;

	if (!get_u64(event, value, &number))
		return false;
	if (number == UINT64_MAX)
		out_str(out, "unlimited");
	else
		out_u64(out, number);
	return true;
}
