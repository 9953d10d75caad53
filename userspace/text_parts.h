/* SPDX-License-Identifier: GPL-2.0 */
/* Processes, files and results in a line for a person: "-" for what is not known. */
#ifndef TEXT_PARTS_H
#define TEXT_PARTS_H

#include "out.h"
#include "record.h"

void text_name(struct out *out, const char *name);
void text_string(struct out *out, bool there, const struct string *s);
/* comm[pid] */
void text_task(struct out *out, uint32_t mask, const struct string *comm,
	       const struct coredump_mon_task *task);
void text_subject(struct out *out, const struct subject *subject);
/* uid N, or uid N/M where the effective one is another. */
void text_uid(struct out *out, const struct subject *subject);
/* Where the event's file is. */
void text_path(struct out *out, const struct event *event);
/* A name in the file system of the event's file: where it is here, or there. */
void text_fs_path(struct out *out, const struct event *event,
		  const struct string *fs_path);
/* @done: what it is called where it went well. */
void text_result(struct out *out, const struct event *event, const char *done);
/* NULL: it is not known. */
const struct coredump_mon_file_id *text_file_id(const struct event *event);

#endif /* TEXT_PARTS_H */
