/* SPDX-License-Identifier: GPL-2.0 */
/* The program that the kernel pipes core dumps to. */
#ifndef POLICY_HELPER_H
#define POLICY_HELPER_H

#include <stdbool.h>
#include <stdint.h>

#include "policy.h"

/* Of a rule that denies what it does. */
#define HELPER_WAY_OUT							\
	"have the rule name other programs, or users without root, or have kernel.core_pattern name another helper"

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
/*
 * What such a program does to core files, of what a rule is about: BIT() of each enum
 * coredump_mon_type.
 */
uint32_t policy_helper_does(uint32_t types, uint32_t classes, uint32_t accesses);

#endif /* POLICY_HELPER_H */
