// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "command.h"
#include "device.h"
#include "directories.h"
#include "report.h"

static int directories_list(int argc, char **argv)
{
	bool json = command_json("List the directories whose files, at any depth, count as core files.",
				 "an array of objects", argc, argv);
	struct out *out = out_stdout();
	struct json writer = { .out = out };
	struct device_list list;
	int ret;
	int fd;

	fd = device_open(O_RDONLY);
	if (fd < 0)
		return EXIT_FAILURE;
	ret = device_list(fd, COREDUMP_MON_IOC_GET_DIRECTORIES, 0, &list);
	close(fd);
	if (ret)
		return EXIT_FAILURE;
	if (json) {
		directories_json(&writer, &list);
		out_char(out, '\n');
	} else {
		directories_text(out, &list, "");
	}
	free(list.data);
	return out_finish(out);
}

struct paths {
	char **paths;
	int count;
};

static error_t parse_set(int key, char *arg, struct argp_state *state)
{
	struct paths *paths = state->input;

	(void)arg;
	switch (key) {
	case ARGP_KEY_ARGS:
		paths->paths = state->argv + state->next;
		paths->count = state->argc - state->next;
		for (int i = 0; i < paths->count; i++) {
			if (paths->paths[i][0] != '/')
				argp_error(state, "'%s' is not absolute: a watched directory's path begins with /",
					   paths->paths[i]);
		}
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "a DIRECTORY is missing");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int directories_set(int argc, char **argv)
{
	static const struct argp argp = {
		.parser = parse_set,
		.args_doc = "DIRECTORY...",
		.doc = "Watch these directories and no others (root). They take the place of all that were watched, the built-in ones included; one that does not exist yet is kept as missing.",
	};
	struct paths paths = { 0 };
	int ret;
	int fd;

	command_parse(&argp, argc, argv, &paths);
	fd = device_open(O_RDWR);
	if (fd < 0)
		return EXIT_FAILURE;
	ret = device_set_directories(fd, paths.paths, (uint32_t)paths.count);
	close(fd);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}

static const struct command commands[] = {
	{ "list", directories_list, "list the watched directories" },
	{ "set", directories_set, "watch these directories and no others" },
	{ NULL, NULL, NULL },
};

int cmd_directories(int argc, char **argv)
{
	return command_run(commands,
			   "Directories whose files count as core files.",
			   NULL, argc, argv);
}
