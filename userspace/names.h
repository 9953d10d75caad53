/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The numbers of the kernel and of the ABI by name. Each gives NULL for a
 * number that has none.
 */
#ifndef NAMES_H
#define NAMES_H

#include <stddef.h>
#include <stdint.h>

const char *signal_name(int number);
/* si_code of a siginfo_t means something else for each signal. */
const char *signal_code_name(int number, int code);
const char *errno_name(int number);

const char *type_name(uint16_t type);
/* 0: there is no such type. */
uint16_t type_by_name(const char *name, size_t len);
const char *kind_name(uint32_t kind);
const char *actor_name(uint32_t actor);
const char *class_name(uint32_t class);
const char *access_name(uint32_t access);
const char *verdict_name(uint32_t verdict);
const char *priority_name(uint32_t priority);
const char *outcome_name(uint32_t outcome);
const char *pattern_name(uint32_t pattern);
const char *change_name(uint32_t change);
const char *action_name(uint32_t action);
const char *mode_name(uint32_t mode);
const char *cause_name(uint32_t cause);
const char *hook_name(uint32_t hook);
const char *directory_state_name(uint32_t state);
const char *tag_origin_name(uint32_t origin);

#endif /* NAMES_H */
