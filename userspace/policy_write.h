/* SPDX-License-Identifier: GPL-2.0 */
#ifndef POLICY_WRITE_H
#define POLICY_WRITE_H

#include "out.h"
#include "policy.h"

/*
 * A policy as text that policy_parse() makes the same of: lists are expanded,
 * and what was not in the file is there, where it has a value. Gives false where
 * memory does not do; what could not be written to @out is told there.
 */
bool policy_write(const struct policy *policy, struct out *out);

#endif /* POLICY_WRITE_H */
