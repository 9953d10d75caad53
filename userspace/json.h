/* SPDX-License-Identifier: GPL-2.0 */
/* A writer of JSON: what is written comes out at once, in the order of calls. */
#ifndef JSON_H
#define JSON_H

#include "out.h"

/**
 * struct json - where it goes
 * @out: the buffer
 * @more: something stands before, a comma is due
 */
struct json {
	struct out *out;
	bool more;
};

static inline void json_begin(struct json *json, char bracket)
{
	out_char(json->out, bracket);
	json->more = false;
}

static inline void json_end(struct json *json, char bracket)
{
	out_char(json->out, bracket);
	json->more = true;
}

/* Before each element of an array. */
static inline void json_item(struct json *json)
{
	if (json->more)
		out_char(json->out, ',');
	json->more = true;
}

/* How a key stands in an object, behind another member. */
#define JSON_KEY(name) ",\"" name "\":"

static inline void json_key_text(struct json *json, const char *text)
{
	size_t first = !json->more;

	out_mem(json->out, text + first, strlen(text) - first);
	json->more = true;
}

/* Before each value in an object; @name: a literal without special bytes. */
#define json_key(json, name) json_key_text((json), JSON_KEY(name))

/* @s: well-formed UTF-8. */
void json_string(struct json *json, const char *s, size_t len);
/*
 * @s: any bytes. Those that are no UTF-8 become \xNN, and a backslash becomes
 * two, as text in the string: nothing is lost, and it is told from json_string
 * by what stands beside it.
 */
void json_bytes(struct json *json, const char *s, size_t len);

static inline void json_str(struct json *json, const char *s)
{
	json_string(json, s, strlen(s));
}

static inline void json_u64_text(struct json *json, const char *key,
				 uint64_t value)
{
	json_key_text(json, key);
	out_u64(json->out, value);
}

#define json_u64_member(json, name, value) \
	json_u64_text((json), JSON_KEY(name), (value))

static inline void json_bool_text(struct json *json, const char *key,
				  bool value)
{
	json_key_text(json, key);
	out_str(json->out, value ? "true" : "false");
}

#define json_bool_member(json, name, value) \
	json_bool_text((json), JSON_KEY(name), (value))

static inline void json_word_text(struct json *json, const char *key,
				  const char *s)
{
	json_key_text(json, key);
	out_char(json->out, '"');
	out_str(json->out, s);
	out_char(json->out, '"');
}

/* @s: a word of our own, without special bytes. */
#define json_word_member(json, name, s) \
	json_word_text((json), JSON_KEY(name), (s))

#endif /* JSON_H */
