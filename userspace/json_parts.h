/* SPDX-License-Identifier: GPL-2.0 */
/* Processes and files in JSON, and what must be told about their strings. */
#ifndef JSON_PARTS_H
#define JSON_PARTS_H

#include "json.h"
#include "record.h"

/**
 * struct notes - keys of one object whose strings are not just what they seem
 * @escaped: bytes that are no UTF-8 in them are written as \xNN
 * @cut: they are not whole
 */
struct notes {
	uint32_t escaped;
	uint32_t cut;
};

/* Last in each object that holds strings. */
void json_notes(struct json *json, const struct notes *notes);
void json_noted_string(struct json *json, const struct string *s,
		       enum coredump_mon_attr_type type, struct notes *notes);
void json_time(struct json *json, uint64_t ns);
/* When a process began, in real time; only if @task says when at all. */
uint64_t json_start_time(const struct event *event,
			 const struct coredump_mon_task *task);

static inline void json_string_text(struct json *json, const char *key,
				    const struct string *s, uint32_t mask,
				    enum coredump_mon_attr_type type,
				    struct notes *notes)
{
	if (!has(mask, type))
		return;
	json_key_text(json, key);
	json_noted_string(json, s, type, notes);
}

/* If it is there, by @mask. */
#define json_string_member(json, name, s, mask, type, notes)		\
	json_string_text((json), JSON_KEY(name), (s), (mask), (type), (notes))

/* The key "process", of the process that the event is about. */
void json_process(struct json *json, const struct event *event);
/* Another one, shorter: the value alone. */
void json_other(struct json *json, const struct event *event,
		const struct subject *subject);
/*
 * The key "new_path" of a name in the file system of @file, or "new_fs_path" if
 * that is not mounted here.
 */
void json_new_path(struct json *json, const struct file *file,
		   const struct string *fs_path, struct notes *notes);
/* The keys that say which file. */
void json_file_identity(struct json *json, const struct file *file,
			struct notes *notes);
/* The key "file". */
void json_file(struct json *json, const struct file *file);

#endif /* JSON_PARTS_H */
