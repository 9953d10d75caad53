/* SPDX-License-Identifier: GPL-2.0 */
/* The state of the module, and its two ways to be printed. */
#ifndef STATUS_H
#define STATUS_H

#include "device.h"
#include "json.h"
#include "out.h"
#include "policy_now.h"

/**
 * struct status - all that the device tells about itself
 * @probes: info.probes of them
 * @now: the rules in force
 * @helper: what kernel.core_pattern names, see policy_helper_find()
 */
struct status {
	struct coredump_mon_info info;
	struct coredump_mon_stats stats;
	struct coredump_mon_probe *probes;
	struct device_list directories;
	struct policy_now now;
	struct policy_entry helper;
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
/* status_rules.c: the rules, what of them is stale, and what they keep a helper from. */
void status_rules_text(struct out *out, const struct status *status);
void status_rules_json(struct json *json, const struct status *status);

void status_text(struct out *out, const struct status *status);
void status_json(struct out *out, const struct status *status);

#endif /* STATUS_H */
