// SPDX-License-Identifier: GPL-2.0
#include "directories.h"
#include "escape.h"
#include "names.h"
#include "utf8.h"

void directories_text(struct out *out, const struct device_list *list,
		      const char *indent)
{
	struct coredump_mon_directory directory;
	const char *path;
	size_t at = 0;

	while (device_next_directory(list, &at, &directory, &path)) {
		const char *state = directory_state_name(directory.state);
		size_t begun;

		out_str(out, indent);
		begun = out->len;
		out_str(out, state ? state : "-");
		out_pad(out, begun, 10);
		escape_word(out, path, directory.path_len);
		if (directory.flags & COREDUMP_MON_DIRECTORY_BUILTIN)
			out_str(out, ", built in");
		if (directory.flags & COREDUMP_MON_DIRECTORY_PATTERN)
			out_str(out, ", of core_pattern");
		if (directory.flags & COREDUMP_MON_DIRECTORY_FORMER)
			out_str(out, ", what it was before");
		if (directory.flags & COREDUMP_MON_DIRECTORY_MOUNTED)
			out_str(out, directory.state == COREDUMP_MON_DIRECTORY_ELSEWHERE ?
				", mounted there and elsewhere: not watched" :
				", mounted there");
		if (directory.state == COREDUMP_MON_DIRECTORY_WATCHED) {
			out_str(out, ", dev ");
			out_u64(out, directory.dev_major);
			out_char(out, ':');
			out_u64(out, directory.dev_minor);
			out_str(out, " ino ");
			out_u64(out, directory.ino);
		}
		out_char(out, '\n');
	}
}

void directories_json(struct json *json, const struct device_list *list)
{
	struct coredump_mon_directory directory;
	const char *path;
	size_t at = 0;

	json_begin(json, '[');
	while (device_next_directory(list, &at, &directory, &path)) {
		const char *state = directory_state_name(directory.state);
		bool valid = utf8_valid(path, directory.path_len);

		json_item(json);
		json_begin(json, '{');
		json_key(json, "path");
		if (valid)
			json_string(json, path, directory.path_len);
		else
			json_bytes(json, path, directory.path_len);
		if (state)
			json_word_member(json, "state", state);
		json_bool_member(json, "builtin", directory.flags &
				 COREDUMP_MON_DIRECTORY_BUILTIN);
		json_bool_member(json, "of_core_pattern", directory.flags &
				 COREDUMP_MON_DIRECTORY_PATTERN);
		json_bool_member(json, "former", directory.flags &
				 COREDUMP_MON_DIRECTORY_FORMER);
		json_bool_member(json, "mounted", directory.flags &
				 COREDUMP_MON_DIRECTORY_MOUNTED);
		if (directory.state == COREDUMP_MON_DIRECTORY_WATCHED) {
			json_key(json, "dev");
			out_char(json->out, '"');
			out_u64(json->out, directory.dev_major);
			out_char(json->out, ':');
			out_u64(json->out, directory.dev_minor);
			out_char(json->out, '"');
			json_u64_member(json, "ino", directory.ino);
		}
		if (!valid) {
			json_key(json, "escaped");
			out_str(json->out, "[\"path\"]");
			json->more = true;
		}
		json_end(json, '}');
	}
	json_end(json, ']');
}
