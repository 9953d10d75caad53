/* SPDX-License-Identifier: GPL-2.0 */
/* The fields of an event that a rule's message can name: %process.comm. */
#ifndef POLICY_FIELDS_H
#define POLICY_FIELDS_H

#include <stdbool.h>

#include "reason.h"

/*
 * Is all that begins with a % in @text the name of a field, or %%? Names are
 * those of the keys of JSON, with a dot between a key and one within its value.
 */
bool policy_fields_check(const char *text, struct reason *why);

#endif /* POLICY_FIELDS_H */
