/* SPDX-License-Identifier: GPL-2.0 */
/* Tables of commands, and of commands within a command. */
#ifndef COMMAND_H
#define COMMAND_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * struct command - a word on the command line
 * @name: the word
 * @run: what it does, with argv[0] being all words so far; gives the exit
 *	status
 * @help: a line
 */
struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
};

/**
 * command_run() - do what the first argument says
 * @commands: the table, ended by one without a name
 * @doc: what stands above the list of them in --help
 * @none: what to do without a word; NULL: that is a usage error
 */
int command_run(const struct command *commands, const char *doc,
		int (*none)(void), int argc, char **argv);

/*
 * argp_parse() as every command uses it; does not come back from a usage
 * error.
 */
void command_parse(const struct argp *argp, int argc, char **argv, void *input);

/* A number from @least to @most in @arg; else a usage error that names @what. */
uint64_t command_number(const char *arg, uint64_t least, uint64_t most,
			const char *what, struct argp_state *state);

/**
 * command_json() - parse the arguments of a command that knows --json alone
 * @doc: what it does, for --help
 * @json: what --json writes
 *
 * Gives whether that was asked for.
 */
bool command_json(const char *doc, const char *json, int argc, char **argv);

int cmd_watch(int argc, char **argv);
int cmd_journal(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_policy(int argc, char **argv);
int cmd_tags(int argc, char **argv);
int cmd_tags_scan(int argc, char **argv);
int cmd_directories(int argc, char **argv);
int cmd_selftest(int argc, char **argv);

#endif /* COMMAND_H */
