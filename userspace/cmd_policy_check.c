// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd_policy.h"
#include "command.h"
#include "escape.h"
#include "out.h"
#include "policy_file.h"
#include "policy_write.h"
#include "report.h"

/**
 * struct check - what is asked for
 * @file: the policy's
 * @print: write it out, as it was understood
 */
struct check {
	const char *file;
	bool print;
};

static const struct argp_option options[] = {
	{ "print", 'p', NULL, 0,
	  "Print the policy as it was understood: lists expanded, and what was left out filled in",
	  0 },
	{ 0 },
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct check *check = state->input;

	switch (key) {
	case 'p':
		check->print = true;
		return 0;
	case ARGP_KEY_ARG:
		if (check->file)
			argp_error(state, "'%s' is one argument too many", arg);
		check->file = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "a FILE is missing");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const char *plural(size_t count, const char *one, const char *more)
{
	return count == 1 ? one : more;
}

static void summarize(const struct policy *policy, const char *file,
		      struct out *out)
{
	size_t entries = policy_entry_count(policy);

	escape_text(out, file, strlen(file));
	out_str(out, ": ");
	out_u64(out, policy->rule_count);
	out_str(out, plural(policy->rule_count, " rule, ", " rules, "));
	out_u64(out, entries);
	out_str(out, plural(entries, " list entry\n", " list entries\n"));
}

int policy_check(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse_option,
		.args_doc = "FILE",
		.doc = "Check a policy file on this system, and say what is wrong with it, if anything is. Nothing is changed, and the module need not be loaded.",
	};
	struct out *out = out_stdout();
	struct check check = { 0 };
	struct policy_file file;
	bool written = true;

	command_parse(&argp, argc, argv, &check);
	if (!policy_file_read(check.file, POLICY_FILE_CHECK, &file))
		return EXIT_FAILURE;
	if (check.print)
		written = policy_write(file.policy, out);
	else
		summarize(file.policy, check.file, out);
	policy_file_free(&file);
	if (!written) {
		report("out of memory");
		return EXIT_FAILURE;
	}
	return out_finish(out);
}
