/* SPDX-License-Identifier: GPL-2.0 */
/* Policies on disk, and what is told of them to people. */
#ifndef POLICY_FILE_H
#define POLICY_FILE_H

#include <stdbool.h>

#include "policy.h"

/* Bytes. */
#define POLICY_FILE_MAX	COREDUMP_MON_RULES_TEXT_MAX

/**
 * struct policy_file - a policy, and what it was read from
 * @policy: the policy
 * @text: the file, not terminated
 * @len: bytes of that
 */
struct policy_file {
	struct policy *policy;
	char *text;
	size_t len;
};

/* What it is read for. */
enum policy_file_use {
	POLICY_FILE_CHECK,	/* what would be refused is a warning */
	POLICY_FILE_LOAD,	/* a file that others may write to is refused */
};

/**
 * policy_file_read() - read a policy, and say on standard error what is wrong
 * @path: the file, or a pipe
 * @use: what for
 * @file: filled in; freed by the caller with policy_file_free()
 *
 * Return: true; false: there is nothing to free
 */
bool policy_file_read(const char *path, enum policy_file_use use,
		      struct policy_file *file);
void policy_file_free(struct policy_file *file);

#endif /* POLICY_FILE_H */
