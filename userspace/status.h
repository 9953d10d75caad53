/* SPDX-License-Identifier: GPL-2.0 */
/* The state of the module, and its two ways to be printed. */
#ifndef STATUS_H
#define STATUS_H

#include "device.h"
#include "out.h"

/**
 * struct status - all that the device tells about itself
 * @probes: info.probes of them
 */
struct status {
	struct coredump_mon_info info;
	struct coredump_mon_stats stats;
	struct coredump_mon_probe *probes;
	struct device_list directories;
};

enum probe_state {
	/* It sees. */
	PROBE_IN_PLACE,
	/* Somebody switched kprobes off: it does not. */
	PROBE_OFF,
	/* A gate, while nothing may be refused. */
	PROBE_WAITING,
	/* Another one sees all that it would see. */
	PROBE_SPARE,
	/* It was tried and cannot be had: probe.error, probe.lost. */
	PROBE_MISSING,
};

enum probe_state probe_state(const struct coredump_mon_probe *probe);
void status_text(struct out *out, const struct status *status);
void status_json(struct out *out, const struct status *status);

#endif /* STATUS_H */
