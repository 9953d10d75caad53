// SPDX-License-Identifier: GPL-2.0
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "escape.h"
#include "found.h"
#include "json.h"
#include "stop.h"
#include "timestamp.h"
#include "utf8.h"

#define NAME_MOST 256

/* Not before 1970, nor after 2554: the rest is no time of a change. */
static bool has_time(const struct found *found)
{
	return found->st.st_mtim.tv_sec >= 0 &&
	       (uint64_t)found->st.st_mtim.tv_sec < UINT64_MAX / NSEC_PER_SEC;
}

static uint64_t time_ns(const struct found *found)
{
	return (uint64_t)found->st.st_mtim.tv_sec * NSEC_PER_SEC +
	       (uint64_t)found->st.st_mtim.tv_nsec;
}

static void name_user(char *name, uid_t uid)
{
	const struct passwd *user = getpwuid(uid);

	if (user)
		snprintf(name, NAME_MOST, "%s", user->pw_name);
	else
		snprintf(name, NAME_MOST, "%u", uid);
}

static void name_group(char *name, gid_t gid)
{
	const struct group *group = getgrgid(gid);

	if (group)
		snprintf(name, NAME_MOST, "%s", group->gr_name);
	else
		snprintf(name, NAME_MOST, "%u", gid);
}

/* Gives what stands before the name. */
static const char *name_readers(char *name, const struct readers *readers)
{
	unsigned int id;

	switch (readers_who(readers, &id)) {
	case READERS_EVERYBODY:
		snprintf(name, NAME_MOST, "everybody");
		return "";
	case READERS_GROUP:
		name_group(name, id);
		return "group ";
	default:
		name_user(name, id);
		return "";
	}
}

void found_text(struct out *out, const struct found *found)
{
	char name[NAME_MOST];
	size_t begun = out->len;

	if (has_time(found))
		timestamp_local(out, time_ns(found));
	else
		out_char(out, '-');
	out_pad(out, begun, 24);
	begun = out->len;
	name_user(name, found->st.st_uid);
	escape_word(out, name, strlen(name));
	out_pad(out, begun, 9);
	snprintf(name, sizeof(name), "%04o ", found->st.st_mode & 07777);
	out_str(out, name);
	begun = out->len;
	out_u64(out, (uint64_t)found->st.st_size);
	out_pad(out, begun, 11);
	begun = out->len;
	out_str(out, core_kind_name(found->kind));
	out_pad(out, begun, 7);
	begun = out->len;
	out_str(out, name_readers(name, &found->readers));
	escape_word(out, name, strlen(name));
	if (found->acl)
		out_str(out, ", acl");
	out_pad(out, begun, 16);
	escape_word(out, found->path, strlen(found->path));
	if (found->tagged)
		out_str(out, " tagged");
	out_char(out, '\n');
}

/* The value of @key; if it is no UTF-8, it is one more of those in @escaped. */
static void put_string(struct json *json, const char *key, const char *s,
		       const char **escaped)
{
	size_t len = strlen(s);

	json_key_text(json, key);
	if (utf8_valid(s, len)) {
		json_string(json, s, len);
		return;
	}
	json_bytes(json, s, len);
	while (*escaped)
		escaped++;
	*escaped = key;
}

static void put_escaped(struct json *json, const char *const *keys)
{
	if (!*keys)
		return;
	json_key(json, "escaped");
	json_begin(json, '[');
	for (; *keys; keys++) {
		json_item(json);
		/* Without what stands around a key. */
		out_mem(json->out, *keys + 1, strlen(*keys) - 2);
	}
	json_end(json, ']');
}

void found_json(struct out *out, const struct found *found)
{
	const struct passwd *user = getpwuid(found->st.st_uid);
	char readers[NAME_MOST + sizeof("group ")], name[NAME_MOST];
	const char *escaped[4] = { NULL };
	struct json json = { .out = out };
	const char *before;

	json_begin(&json, '{');
	put_string(&json, JSON_KEY("path"), found->path, escaped);
	json_key(&json, "dev");
	out_char(out, '"');
	out_u64(out, major(found->st.st_dev));
	out_char(out, ':');
	out_u64(out, minor(found->st.st_dev));
	out_char(out, '"');
	json_u64_member(&json, "ino", found->st.st_ino);
	json_u64_member(&json, "uid", found->st.st_uid);
	if (user)
		put_string(&json, JSON_KEY("owner"), user->pw_name, escaped);
	snprintf(name, sizeof(name), "%04o", found->st.st_mode & 07777);
	json_word_member(&json, "mode", name);
	json_u64_member(&json, "size", (uint64_t)found->st.st_size);
	if (has_time(found)) {
		json_key(&json, "mtime");
		out_char(out, '"');
		timestamp_rfc3339(out, time_ns(found));
		out_char(out, '"');
		json_key(&json, "age_seconds");
		out_s64(out, time(NULL) - found->st.st_mtim.tv_sec);
	}
	json_word_member(&json, "kind", core_kind_name(found->kind));
	before = name_readers(name, &found->readers);
	snprintf(readers, sizeof(readers), "%s%s", before, name);
	put_string(&json, JSON_KEY("readable_by"), readers, escaped);
	json_bool_member(&json, "acl", found->acl);
	if (found->asked)
		json_bool_member(&json, "tagged", found->tagged);
	put_escaped(&json, escaped);
	json_end(&json, '}');
	out_char(out, '\n');
}
