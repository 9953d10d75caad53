// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd_policy.h"
#include "command.h"
#include "device.h"
#include "device_rules.h"
#include "names.h"
#include "out.h"
#include "report.h"

static int show_mode(void)
{
	struct coredump_mon_info info;
	struct out *out = out_stdout();
	const char *name;
	int fd = device_open(O_RDONLY);

	if (fd < 0)
		return EXIT_FAILURE;
	if (device_info(fd, &info)) {
		close(fd);
		return EXIT_FAILURE;
	}
	close(fd);
	name = mode_name(info.mode);
	out_str(out, name ? name : "unknown");
	out_char(out, '\n');
	return out_finish(out);
}

static int set_mode(uint32_t mode)
{
	int fd = device_open(O_RDWR);
	int ret;

	if (fd < 0)
		return EXIT_FAILURE;
	ret = device_set_mode(fd, mode, 0);
	if (!ret && mode == COREDUMP_MON_ENFORCING &&
	    !device_rules_deny(fd, ~0U))
		report("enforcing, but the rules in force deny nothing: 'coredump-mon policy load --builtin' goes back to those that deny reads");
	close(fd);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}

static error_t parse_mode(int key, char *arg, struct argp_state *state)
{
	int *mode = state->input;

	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	if (*mode >= 0)
		argp_error(state, "'%s' is one argument too many", arg);
	else if (!strcmp(arg, mode_name(COREDUMP_MON_PERMISSIVE)))
		*mode = COREDUMP_MON_PERMISSIVE;
	else if (!strcmp(arg, mode_name(COREDUMP_MON_ENFORCING)))
		*mode = COREDUMP_MON_ENFORCING;
	else
		argp_error(state, "there is no mode '%s': permissive and enforcing are there",
			   arg);
	return 0;
}

static int policy_mode(int argc, char **argv)
{
	static const struct argp argp = {
		.parser = parse_mode,
		.args_doc = "[permissive|enforcing]",
		.doc = "Set the mode of the system (root), or show it. Permissive: what would be refused is told and let through. Enforcing: it is refused.",
	};
	int mode = -1;

	command_parse(&argp, argc, argv, &mode);
	return mode < 0 ? show_mode() : set_mode((uint32_t)mode);
}

static error_t parse_nothing(int key, char *arg, struct argp_state *state)
{
	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	argp_error(state, "'%s' is one argument too many", arg);
	return EINVAL;
}

static int policy_lock(int argc, char **argv)
{
	static const struct argp argp = {
		.parser = parse_nothing,
		.doc = "Lock what is in force (root): nothing can be changed any more, not by root either, nor the module unloaded, until reboot. If a watch holds enforcing, that stays when it ends.",
	};
	int fd;
	int ret;

	command_parse(&argp, argc, argv, NULL);
	fd = device_open(O_RDWR);
	if (fd < 0)
		return EXIT_FAILURE;
	ret = device_lock(fd);
	close(fd);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}

static const struct command commands[] = {
	{ "check", policy_check, "check a policy file" },
	{ "load", policy_load, "put a policy file in force" },
	{ "show", policy_show, "show what is in force" },
	{ "follow", policy_follow, "have rules follow programs that are upgraded" },
	{ "mode", policy_mode, "show or set the mode: permissive, enforcing" },
	{ "lock", policy_lock, "let nothing be changed until reboot" },
	{ NULL, NULL, NULL },
};

int cmd_policy(int argc, char **argv)
{
	return command_run(commands,
			   "What is told and refused, and whether it is refused.",
			   NULL, argc, argv);
}
