/* SPDX-License-Identifier: GPL-2.0 */
/* Policies on disk, and what is told of them to people. */
#ifndef POLICY_FILE_H
#define POLICY_FILE_H

#include "policy.h"

/* Bytes. */
#define POLICY_FILE_MAX	(1024 * 1024)

/**
 * policy_file_read() - read a policy, and say on standard error what is wrong
 * @path: the file, or a pipe
 *
 * Return: the policy, freed by the caller with policy_free(); or NULL
 */
struct policy *policy_file_read(const char *path);

#endif /* POLICY_FILE_H */
