// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd_tags.h"
#include "command.h"
#include "device.h"
#include "escape.h"
#include "json.h"
#include "names.h"
#include "report.h"
#include "timestamp.h"
#include "utf8.h"

static void put_text(struct out *out, const struct coredump_mon_saved_tag *saved)
{
	const struct coredump_mon_tag *tag = &saved->tag;
	const char *origin = tag_origin_name(tag->origin);
	size_t begun;

	timestamp_local(out, tag->realtime_ns);
	out_char(out, ' ');
	begun = out->len;
	out_str(out, origin ? origin : "-");
	out_pad(out, begun, 5);
	begun = out->len;
	escape_word(out, tag->comm, strlen(tag->comm));
	out_char(out, '[');
	out_u64(out, tag->pid);
	out_char(out, ']');
	out_pad(out, begun, 22);
	out_str(out, "dev ");
	out_u64(out, tag->dev_major);
	out_char(out, ':');
	out_u64(out, tag->dev_minor);
	out_str(out, " ino ");
	out_u64(out, tag->ino);
	out_str(out, " generation ");
	out_u64(out, tag->generation);
	if (saved->flags & COREDUMP_MON_TAG_ASLEEP)
		out_str(out, ", not mounted");
	out_char(out, '\n');
}

/* As blkid(8) and findmnt(8) write it. */
static void put_uuid(struct out *out, const unsigned char *uuid)
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			out_char(out, '-');
		out_char(out, digits[uuid[i] >> 4]);
		out_char(out, digits[uuid[i] & 15]);
	}
}

static void put_json(struct out *out, const struct coredump_mon_saved_tag *saved)
{
	static const unsigned char no_uuid[sizeof(saved->uuid)];
	const struct coredump_mon_tag *tag = &saved->tag;
	const char *origin = tag_origin_name(tag->origin);
	struct json json = { .out = out };
	size_t len = strlen(tag->comm);

	json_begin(&json, '{');
	json_key(&json, "dev");
	out_char(out, '"');
	out_u64(out, tag->dev_major);
	out_char(out, ':');
	out_u64(out, tag->dev_minor);
	out_char(out, '"');
	json_u64_member(&json, "ino", tag->ino);
	json_u64_member(&json, "generation", tag->generation);
	if (memcmp(saved->uuid, no_uuid, sizeof(no_uuid))) {
		json_key(&json, "uuid");
		out_char(out, '"');
		put_uuid(out, saved->uuid);
		out_char(out, '"');
	}
	json_bool_member(&json, "mounted",
			 !(saved->flags & COREDUMP_MON_TAG_ASLEEP));
	if (origin)
		json_word_member(&json, "origin", origin);
	json_u64_member(&json, "pid", tag->pid);
	json_key(&json, "comm");
	if (utf8_valid(tag->comm, len)) {
		json_string(&json, tag->comm, len);
	} else {
		json_bytes(&json, tag->comm, len);
		json_key(&json, "escaped");
		out_str(out, "[\"comm\"]");
	}
	json_key(&json, "time");
	out_char(out, '"');
	timestamp_rfc3339(out, tag->realtime_ns);
	out_char(out, '"');
	json_end(&json, '}');
	out_char(out, '\n');
}

static int tags_list(int argc, char **argv)
{
	bool json = command_json("List the files that count as core files wherever they are: when and by whom each was tagged.",
				 "an object a line", argc, argv);
	struct out *out = out_stdout();
	struct coredump_mon_saved_tag tag;
	struct device_list list;
	size_t at = 0;
	int ret;
	int fd;

	fd = device_open(O_RDONLY);
	if (fd < 0)
		return EXIT_FAILURE;
	ret = device_list(fd, COREDUMP_MON_IOC_GET_TAGS,
			  COREDUMP_MON_BUFFER_SAVED, &list);
	close(fd);
	if (ret)
		return EXIT_FAILURE;
	while (device_next_tag(&list, &at, &tag)) {
		if (json)
			put_json(out, &tag);
		else
			put_text(out, &tag);
	}
	free(list.data);
	return out_finish(out);
}

struct files {
	char **paths;
	int count;
};

static error_t parse_files(int key, char *arg, struct argp_state *state)
{
	struct files *files = state->input;

	(void)arg;
	switch (key) {
	case ARGP_KEY_ARGS:
		files->paths = state->argv + state->next;
		files->count = state->argc - state->next;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "a FILE is missing");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int change(const char *doc, unsigned long request, int argc, char **argv)
{
	struct argp argp = {
		.parser = parse_files,
		.args_doc = "FILE...",
		.doc = doc,
	};
	struct files files = { 0 };
	int status = EXIT_SUCCESS;
	int fd;

	command_parse(&argp, argc, argv, &files);
	fd = device_open(O_RDWR);
	if (fd < 0)
		return EXIT_FAILURE;
	for (int i = 0; i < files.count; i++) {
		if (device_tag(fd, request, files.paths[i]))
			status = EXIT_FAILURE;
	}
	close(fd);
	return status;
}

static int tags_add(int argc, char **argv)
{
	return change("Let each FILE count as a core file, wherever it goes (root).",
		      COREDUMP_MON_IOC_TAG_ADD, argc, argv);
}

static int tags_drop(int argc, char **argv)
{
	return change("Let each FILE not count as a core file any more, unless it is in a watched directory (root).",
		      COREDUMP_MON_IOC_TAG_DROP, argc, argv);
}

static const struct command commands[] = {
	{ "list", tags_list, "list the tagged files" },
	{ "add", tags_add, "tag files" },
	{ "drop", tags_drop, "take the tag from files" },
	{ "save", tags_save, "write the tags to a file" },
	{ "restore", tags_restore, "tag what was written there" },
	{ "scan", cmd_tags_scan, "find core files, and tag them" },
	{ NULL, NULL, NULL },
};

int cmd_tags(int argc, char **argv)
{
	return command_run(commands,
			   "Files that count as core files wherever they are.",
			   NULL, argc, argv);
}
