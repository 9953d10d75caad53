// SPDX-License-Identifier: GPL-2.0
/* Processes, files and results in a line for a person. */
#include "escape.h"
#include "host_path.h"
#include "names.h"
#include "text_parts.h"

void text_name(struct out *out, const char *name)
{
	out_str(out, name ? name : "-");
}

void text_string(struct out *out, bool there, const struct string *s)
{
	if (there)
		escape_word(out, s->data, s->len);
	else
		out_char(out, '-');
}

void text_task(struct out *out, uint32_t mask, const struct string *comm,
	       const struct coredump_mon_task *task)
{
	text_string(out, has(mask, COREDUMP_MON_A_COMM), comm);
	out_char(out, '[');
	if (has(mask, COREDUMP_MON_A_TASK))
		out_u64(out, task->pid);
	else
		out_char(out, '-');
	out_char(out, ']');
}

void text_subject(struct out *out, const struct subject *subject)
{
	text_task(out, subject->has, &subject->comm, &subject->task);
}

void text_uid(struct out *out, const struct subject *subject)
{
	out_str(out, "uid ");
	if (!has(subject->has, COREDUMP_MON_A_CRED)) {
		out_char(out, '-');
		return;
	}
	out_u64(out, subject->cred.uid);
	if (subject->cred.euid != subject->cred.uid) {
		out_char(out, '/');
		out_u64(out, subject->cred.euid);
	}
}

static const struct string *file_path(const struct event *event, bool *there)
{
	*there = has(event->has, COREDUMP_MON_A_FILE) &&
		 has(event->file.has, COREDUMP_MON_A_PATH);
	return &event->file.path;
}

/* Of a file in another mount namespace: where it is, for whoever reads this. */
static void put_host_path(struct out *out, const struct file *file)
{
	char path[HOST_PATH_MAX];

	if (!host_path_beside(file, path))
		return;
	out_str(out, " (here ");
	escape_word(out, path, strlen(path));
	out_char(out, ')');
}

void text_fs_path(struct out *out, const struct event *event,
		  const struct string *fs_path)
{
	const struct file *file = &event->file;
	char path[HOST_PATH_MAX];

	if (host_path(file, fs_path, path)) {
		escape_word(out, path, strlen(path));
		return;
	}
	escape_word(out, fs_path->data, fs_path->len);
	out_str(out, " (of device ");
	if (has(file->has, COREDUMP_MON_A_FILE_ID)) {
		out_u64(out, file->id.dev_major);
		out_char(out, ':');
		out_u64(out, file->id.dev_minor);
	} else {
		out_char(out, '-');
	}
	out_char(out, ')');
}

void text_path(struct out *out, const struct event *event)
{
	bool there;
	const struct string *path = file_path(event, &there);

	if (file_unplaced(&event->file)) {
		text_fs_path(out, event, &event->file.fs_path);
		return;
	}
	text_string(out, there, path);
	if (there && has(event->file.cut, COREDUMP_MON_A_PATH))
		out_str(out, " (cut)");
	if (there)
		put_host_path(out, &event->file);
}

void text_result(struct out *out, const struct event *event, const char *done)
{
	const char *name;

	if (!has(event->has, COREDUMP_MON_A_RESULT)) {
		out_str(out, ", result -");
	} else if (event->result.error) {
		name = errno_name(event->result.error);
		out_str(out, ", ");
		if (name) {
			out_str(out, name);
		} else {
			out_str(out, "errno ");
			out_s64(out, event->result.error);
		}
	} else {
		out_str(out, done);
	}
}

const struct coredump_mon_file_id *text_file_id(const struct event *event)
{
	return has(event->file.has, COREDUMP_MON_A_FILE_ID) ? &event->file.id :
	       NULL;
}
