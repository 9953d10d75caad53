// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd_policy.h"
#include "command.h"
#include "policy_now.h"
#include "report.h"

static int show(int fd, struct policy_now *now)
{
	struct coredump_mon_info info;
	struct device_list directories;
	bool written;

	if (!now->policy) {
		report("the rules in force were not loaded from a policy: 'coredump-mon policy load' puts one in their place");
		return -1;
	}
	if (device_info(fd, &info) ||
	    device_list(fd, COREDUMP_MON_IOC_GET_DIRECTORIES, 0, &directories))
		return -1;
	written = policy_now_write(now, info.mode, &directories, out_stdout());
	if (!written)
		report("out of memory");
	free(directories.data);
	return written ? 0 : -1;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	argp_error(state, "'%s' is one argument too many", arg);
	return EINVAL;
}

int policy_show(int argc, char **argv)
{
	static const struct argp argp = {
		.parser = parse,
		.doc = "Show what is in force, as a policy file that loads to the same. What of it is not there any more stands above it, in comments.",
	};
	struct policy_now now;
	int ret = -1;
	int fd;

	command_parse(&argp, argc, argv, NULL);
	fd = device_open(O_RDONLY);
	if (fd < 0)
		return EXIT_FAILURE;
	if (!policy_now_get(fd, &now)) {
		ret = show(fd, &now);
		policy_now_free(&now);
	}
	close(fd);
	if (ret)
		return EXIT_FAILURE;
	return out_finish(out_stdout());
}
