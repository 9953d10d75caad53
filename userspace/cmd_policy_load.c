// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd_policy.h"
#include "command.h"
#include "device.h"
#include "device_rules.h"
#include "escape.h"
#include "names.h"
#include "out.h"
#include "policy_file.h"
#include "policy_pack.h"
#include "report.h"

/**
 * struct load - what is asked for
 * @file: the policy's; NULL: none
 * @builtin: the built-in rules
 */
struct load {
	const char *file;
	bool builtin;
};

static const struct argp_option options[] = {
	{ "builtin", 'b', NULL, 0,
	  "Go back to the rules that are built in; mode and watched directories stay as they are",
	  0 },
	{ 0 },
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct load *load = state->input;

	switch (key) {
	case 'b':
		load->builtin = true;
		return 0;
	case ARGP_KEY_ARG:
		if (load->file)
			argp_error(state, "'%s' is one argument too many", arg);
		load->file = arg;
		return 0;
	case ARGP_KEY_END:
		if (load->builtin && load->file)
			argp_error(state, "the built-in rules, or those of '%s'?",
				   load->file);
		if (!load->builtin && !load->file)
			argp_error(state, "a FILE is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void put_count(struct out *out, uint64_t count, const char *one,
		      const char *more)
{
	out_u64(out, count);
	out_str(out, count == 1 ? one : more);
}

static void summarize(const struct load *load, const struct policy *policy,
		      const struct policy_pack *pack, uint32_t mode)
{
	struct out *out = out_stdout();
	const char *name;

	if (policy && policy->mode != POLICY_MODE_KEEP)
		mode = policy->mode;
	name = mode_name(mode);
	if (policy) {
		escape_text(out, load->file, strlen(load->file));
		out_str(out, " is in force: ");
		put_count(out, pack->set.count, " rule, ", " rules, ");
		put_count(out, policy_entry_count(policy), " list entry",
			  " list entries");
	} else {
		out_str(out, "the built-in rules are in force");
	}
	out_str(out, ", mode ");
	out_str(out, name ? name : "unknown");
	out_char(out, '\n');
}

static int load_packed(int fd, const struct load *load,
		       const struct policy *policy,
		       const struct policy_pack *pack)
{
	struct coredump_mon_info info;

	if (device_info(fd, &info) || device_set_rules(fd, &pack->set)) {
		report("the policy is not loaded: nothing has changed");
		return -1;
	}
	summarize(load, policy, pack, info.mode);
	return 0;
}

static int load_file(const struct load *load)
{
	struct policy_file file;
	struct policy_pack pack;
	struct reason why;
	int ret = -1;
	int fd;

	if (!policy_file_read(load->file, POLICY_FILE_LOAD, &file))
		return -1;
	fd = device_open(O_RDWR);
	if (fd < 0) {
		policy_file_free(&file);
		return -1;
	}
	if (policy_pack(file.policy, file.text, file.len, &pack, &why)) {
		ret = load_packed(fd, load, file.policy, &pack);
		policy_pack_free(&pack);
	} else {
		report("%s: nothing was changed", why.text);
	}
	close(fd);
	policy_file_free(&file);
	return ret;
}

static int load_builtin(const struct load *load)
{
	struct coredump_mon_info info;
	int fd = device_open(O_RDWR);
	int ret;

	if (fd < 0)
		return -1;
	ret = device_info(fd, &info) || device_set_builtin_rules(fd) ? -1 : 0;
	if (!ret)
		summarize(load, NULL, NULL, info.mode);
	close(fd);
	return ret;
}

int policy_load(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse_option,
		.args_doc = "FILE\n--builtin",
		.doc = "Check a policy file and put it in force (root): its rules, the directories and files that it watches, and its mode, all at once. If that fails, nothing has changed.",
	};
	struct load load = { 0 };

	command_parse(&argp, argc, argv, &load);
	if (load.builtin ? load_builtin(&load) : load_file(&load))
		return EXIT_FAILURE;
	return out_finish(out_stdout());
}
