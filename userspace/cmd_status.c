// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "command.h"
#include "policy_helper.h"
#include "report.h"
#include "status.h"

enum probe_state probe_state(const struct coredump_mon_probe *probe)
{
	if (probe->flags & COREDUMP_MON_PROBE_OFF)
		return PROBE_OFF;
	if (probe->hook != COREDUMP_MON_HOOK_NONE)
		return PROBE_IN_PLACE;
	if (probe->flags & COREDUMP_MON_PROBE_GATE && !probe->error)
		return PROBE_WAITING;
	if (probe->flags & COREDUMP_MON_PROBE_SPARE)
		return PROBE_SPARE;
	return PROBE_MISSING;
}

static int gather(int fd, struct status *status)
{
	uint32_t count;

	if (device_info(fd, &status->info) || device_stats(fd, &status->stats))
		return -1;
	count = status->info.probes;
	status->probes = calloc(count, sizeof(*status->probes));
	if (!status->probes && count) {
		report("out of memory for %u probes", count);
		return -1;
	}
	for (uint32_t i = 0; i < count; i++) {
		if (device_probe(fd, i, &status->probes[i]))
			return -1;
	}
	if (policy_now_get(fd, &status->now))
		return -1;
	policy_helper_find(&status->helper);
	return device_list(fd, COREDUMP_MON_IOC_GET_DIRECTORIES, 0,
			   &status->directories);
}

int cmd_status(int argc, char **argv)
{
	bool json = command_json("Show the module's state: mode, rules, probes and what is not seen for want of one, watched directories, what was recorded and what was lost.",
				 "one object", argc, argv);
	struct status status = { 0 };
	int result = EXIT_FAILURE;
	int fd;

	fd = device_open(O_RDONLY);
	if (fd < 0)
		return EXIT_FAILURE;
	if (!gather(fd, &status)) {
		if (json)
			status_json(out_stdout(), &status);
		else
			status_text(out_stdout(), &status);
		result = out_finish(out_stdout());
	}
	close(fd);
	free(status.probes);
	free(status.directories.data);
	policy_now_free(&status.now);
	free(status.helper.name);
	return result;
}
