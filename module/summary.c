// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/string.h>

#include "compat.h"
#include "rules.h"
#include "summary.h"

#define HEAD_LEN	offsetofend(struct coredump_mon_rules, text)

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
 * Over what GET_RULES gives whoever knows no rates: files by what they are, whatever led
 * to them.
 */
static int digest(const struct cdm_rules *rules, u8 *to)
{
	struct coredump_mon_rules head = { .size = sizeof(head) };
	u8 *all = kvmalloc(HEAD_LEN + rules->raw_len, GFP_KERNEL);

	if (!all)
		return -ENOMEM;
	cdm_summary_head(rules, &head);
	/* The text has a digest of its own. */
	head.text_len = 0;
	memcpy(all, &head, HEAD_LEN);
	memcpy(all + HEAD_LEN, rules->raw, rules->raw_len);
	sha256(all, HEAD_LEN + rules->raw_len, to);
	kvfree(all);
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
