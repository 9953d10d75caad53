/* SPDX-License-Identifier: GPL-2.0 */
/* The program that the kernel pipes core dumps to. */
#ifndef POLICY_HELPER_H
#define POLICY_HELPER_H

#include <stdbool.h>

#include "policy.h"

/*
 * The one of kernel.core_pattern now: of a script, its interpreter, as that is
 * what runs. Without a name: there is none. The name is freed by the caller.
 */
void policy_helper_find(struct policy_entry *helper);
/*
 * Is @executable that one, or one that is known as such, and may be the next
 * one?
 */
bool policy_helper_is(const struct policy_entry *helper,
		      const struct policy_entry *executable);

#endif /* POLICY_HELPER_H */
