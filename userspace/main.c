// SPDX-License-Identifier: GPL-2.0
/* coredump-mon - show, record and steer what the module coredump_mon sees. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "command.h"
#include "report.h"

const char *argp_program_version = "coredump-mon " VERSION;

static const struct command commands[] = {
	{ "watch", cmd_watch, "print events as they come" },
#ifndef WITHOUT_SYSTEMD
	{ "journal", cmd_journal, "write events to systemd's journal" },
#endif
	{ "status", cmd_status, "show what is watched, by which probes, and what was lost" },
	{ "policy", cmd_policy, "check, load, show and lock a policy, and whether it is enforced" },
	{ "tags", cmd_tags, "list, change, find and save what counts as a core file" },
	{ "directories", cmd_directories, "list or set the watched directories" },
	{ "selftest", cmd_selftest, "prove that events arrive on this system" },
	{ NULL, NULL, NULL },
};

/*
 * A file that is opened later must not become standard input or error, or the
 * device would be sent our messages.
 */
static bool occupy(int fd, int flags)
{
	if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
		return true;
	return open("/dev/null", flags) == fd;
}

/* What argp and stdio wrote: --help into a full disk has failed. */
static void close_stdout(void)
{
	errno = 0;
	if (!fflush(stdout) && !ferror(stdout))
		return;
	if (errno == EPIPE)
		return;
	report_output(errno ? errno : EIO);
	_exit(EXIT_FAILURE);
}

int main(int argc, char **argv)
{
	char name[] = "coredump-mon";

	if (!occupy(STDIN_FILENO, O_RDONLY))
		return EXIT_FAILURE;
	if (fcntl(STDOUT_FILENO, F_GETFD) < 0) {
		report_output(EBADF);
		return EXIT_FAILURE;
	}
	if (!occupy(STDERR_FILENO, O_WRONLY) || atexit(close_stdout))
		return EXIT_FAILURE;
	/* A reader that goes away is seen where we write. */
	signal(SIGPIPE, SIG_IGN);
	if (argc)
		argv[0] = name;
	return command_run(commands,
			   "See core dumps being made and core files being opened, and refuse it.",
			   NULL, argc, argv);
}
