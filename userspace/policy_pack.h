/* SPDX-License-Identifier: GPL-2.0 */
/* From a policy to what the module takes. */
#ifndef POLICY_PACK_H
#define POLICY_PACK_H

#include <stdbool.h>
#include <stddef.h>

#include "policy.h"
#include "reason.h"

/**
 * struct policy_open - a file or directory that a policy names, open
 * @entry: of the policy
 * @fd: it, by O_PATH
 */
struct policy_open {
	const struct policy_entry *entry;
	int fd;
};

/**
 * struct policy_pack - a policy, as COREDUMP_MON_IOC_SET_RULES takes it
 * @set: the request
 * @raw: the rules
 * @directories: paths of what to watch
 * @files: descriptors of what to tag, of @opened
 * @opened: what they and the rules name
 * @opened_count: how many
 */
struct policy_pack {
	struct coredump_mon_rules set;
	char *raw;
	char *directories;
	int *files;
	struct policy_open *opened;
	size_t opened_count;
};

/**
 * policy_pack() - make a request of a policy
 * @policy: the policy, which has to stay
 * @text: what it was made from, likewise
 * @len: bytes of that
 * @pack: filled in; freed by the caller with policy_pack_free()
 * @why: filled in if it cannot be done
 *
 * What the policy names is opened, and has to be what it was when the policy was
 * read. So many files may have to be open that the limit on them is raised. Rules
 * that match nothing are left out.
 *
 * Return: true; false: there is nothing to free
 */
bool policy_pack(const struct policy *policy, const char *text, size_t len,
		 struct policy_pack *pack, struct reason *why);
void policy_pack_free(struct policy_pack *pack);

/* What the module is to look at: core files too, which no policy leaves out. */
uint32_t policy_pack_classes(const struct policy *policy);

#endif /* POLICY_PACK_H */
