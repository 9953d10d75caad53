// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/string.h>

#include "compat.h"
#include "rules.h"
#include "summary.h"

static_assert(sizeof_field(struct coredump_mon_summary, digest) ==
	      SHA256_DIGEST_SIZE);

/**
 * cdm_summary_head() - what COREDUMP_MON_IOC_GET_RULES says of rules
 * @rules: they
 * @head: filled in, but for its size and addresses
 */
void cdm_summary_head(const struct cdm_rules *rules,
		      struct coredump_mon_rules *head)
{
	/* The built-in ones were given by nobody. */
	head->flags = rules->raw ? 0 : COREDUMP_MON_RULES_BUILTIN;
	head->count = rules->policy.count;
	head->fallback = rules->policy.fallback;
	head->classes = rules->policy.classes & CDM_RULES_CLASSES;
	head->rules_len = rules->raw_len;
	head->text_len = rules->text_len;
}

/*
 * Over what GET_RULES gives, but for rates: files by what they are, whatever led to
 * them.
 */
static int digest(const struct cdm_rules *rules, u8 *to)
{
	size_t len = sizeof(struct coredump_mon_rules) + rules->raw_len;
	struct coredump_mon_rules *head = kvzalloc(len, GFP_KERNEL);

	if (!head)
		return -ENOMEM;
	head->size = sizeof(*head);
	cdm_summary_head(rules, head);
	memcpy(head + 1, rules->raw, rules->raw_len);
	sha256((const u8 *)head, len, to);
	kvfree(head);
	return 0;
}

/**
 * cdm_summary_make() - sum rules up
 * @rules: they, but for their summary
 *
 * Return: 0, or -ENOMEM
 */
int cdm_summary_make(struct cdm_rules *rules)
{
	struct coredump_mon_summary *summary = &rules->summary;
	struct coredump_mon_rules head = {};
	u32 i;

	cdm_summary_head(rules, &head);
	summary->flags = head.flags;
	summary->count = head.count;
	summary->fallback = head.fallback;
	summary->classes = head.classes;
	summary->denying = 0;
	for (i = 0; i < rules->policy.count; i++)
		summary->denying += rules->policy.rules[i].action ==
				    COREDUMP_MON_ACTION_DENY;
	if (rules->text_len)
		sha256(rules->text, rules->text_len, summary->text_digest);
	return digest(rules, summary->digest);
}
