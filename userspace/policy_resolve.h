/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From a name in a policy to what it names on this system. Each function takes
 * the name from the entry and fills in the rest, or gives false and says why.
 */
#ifndef POLICY_RESOLVE_H
#define POLICY_RESOLVE_H

#include <stdbool.h>

#include "policy.h"
#include "reason.h"

bool resolve_user(struct policy_entry *entry, struct reason *why);
bool resolve_group(struct policy_entry *entry, struct reason *why);
/* One that root alone can change, and that runs as itself: no script. */
bool resolve_executable(struct policy_entry *entry, struct reason *why);
/* One that exists. */
bool resolve_directory(struct policy_entry *entry, struct reason *why);
/* One that may come later. */
bool resolve_watched(struct policy_entry *entry, struct reason *why);
bool resolve_file(struct policy_entry *entry, struct reason *why);
/* By its path in the cgroup v2 hierarchy. */
bool resolve_cgroup(struct policy_entry *entry, struct reason *why);
/* A name that stands for itself. */
bool resolve_tag(struct policy_entry *entry, struct reason *why);

#endif /* POLICY_RESOLVE_H */
