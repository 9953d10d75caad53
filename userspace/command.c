// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "report.h"

struct choice {
	const struct command *commands;
	const struct command *chosen;
	bool optional;
	int at;
};

static error_t choose(int key, char *arg, struct argp_state *state)
{
	struct choice *choice = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		for (const struct command *c = choice->commands; c->name; c++) {
			if (strcmp(c->name, arg))
				continue;
			choice->chosen = c;
			choice->at = state->next - 1;
			/* What follows is the command's own. */
			state->next = state->argc;
			return 0;
		}
		argp_error(state, "there is no command '%s'", arg);
		return EINVAL;
	case ARGP_KEY_NO_ARGS:
		if (!choice->optional)
			argp_error(state, "a command is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The list of the commands, behind @doc; freed by the caller. */
static char *describe(const struct command *commands, const char *doc)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	if (!file)
		return NULL;
	fprintf(file, "%s\n\nCommands:\n", doc);
	for (const struct command *c = commands; c->name; c++)
		fprintf(file, "  %-12s %s\n", c->name, c->help);
	fputs("\nEach command has a --help of its own. Options:\vThe manual is coredump-mon(1).",
	      file);
	return fclose(file) ? NULL : text;
}

void command_parse(const struct argp *argp, int argc, char **argv, void *input)
{
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(argp, argc, argv, ARGP_IN_ORDER, NULL, input);
}

uint64_t command_number(const char *arg, uint64_t least, uint64_t most,
			const char *what, struct argp_state *state)
{
	unsigned long long number;
	char *end;

	errno = 0;
	number = strtoull(arg, &end, 10);
	if (*arg < '0' || *arg > '9' || *end || errno || number < least ||
	    number > most)
		argp_error(state, "%s is a number from %llu to %llu, not '%s'",
			   what, (unsigned long long)least,
			   (unsigned long long)most, arg);
	return number;
}

static error_t parse_json(int key, char *arg, struct argp_state *state)
{
	bool *json = state->input;

	switch (key) {
	case 'j':
		*json = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s' is one argument too many", arg);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

bool command_json(const char *doc, const char *json, int argc, char **argv)
{
	const struct argp_option options[] = {
		{ "json", 'j', NULL, 0, json, 0 },
		{ 0 },
	};
	const struct argp argp = {
		.options = options,
		.parser = parse_json,
		.doc = doc,
	};
	bool wanted = false;

	command_parse(&argp, argc, argv, &wanted);
	return wanted;
}

int command_run(const struct command *commands, const char *doc,
		int (*none)(void), int argc, char **argv)
{
	struct choice choice = { .commands = commands, .optional = none };
	char *text = describe(commands, doc);
	struct argp argp = {
		.parser = choose,
		.args_doc = none ? "[COMMAND [ARGUMENT...]]" :
			    "COMMAND [ARGUMENT...]",
		.doc = text,
	};
	char *name;
	int status;

	if (!text) {
		report("out of memory");
		return EXIT_FAILURE;
	}
	command_parse(&argp, argc, argv, &choice);
	free(text);
	if (!choice.chosen)
		return none();
	if (asprintf(&name, "%s %s", argv[0], choice.chosen->name) < 0) {
		report("out of memory");
		return EXIT_FAILURE;
	}
	argv[choice.at] = name;
	status = choice.chosen->run(argc - choice.at, argv + choice.at);
	free(name);
	return status;
}
