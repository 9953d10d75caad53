// SPDX-License-Identifier: GPL-2.0
#include "policy.h"

/*
 * Reading takes the secrets out, executing maps them. Writing alone does
 * neither: it is what the kernel's dump helper does (creating counts as
 * writing), and gcore.
 */
static int takes_content(__u32 access)
{
	return access == COREDUMP_MON_ACCESS_READ ||
	       access == COREDUMP_MON_ACCESS_READ_WRITE ||
	       access == COREDUMP_MON_ACCESS_EXEC;
}

/**
 * cdm_policy_decide() - what is to be done about an access
 * @query: the access
 *
 * The built-in rules: nobody takes the content of a core file; all else is
 * let through.
 *
 * Context: any; touches nothing but its arguments.
 * Return: the verdict; the same for the same query
 */
struct cdm_policy_answer cdm_policy_decide(const struct cdm_policy_query *query)
{
	struct cdm_policy_answer answer = {
		.verdict = COREDUMP_MON_ALLOWED,
		.priority = COREDUMP_MON_PRIORITY_NOTICE,
		.rule = "default",
	};

	if (query->file_class == COREDUMP_MON_CLASS_CORE &&
	    takes_content(query->access)) {
		answer.verdict = query->enforcing ? COREDUMP_MON_DENIED :
						    COREDUMP_MON_WOULD_DENY;
		answer.priority = COREDUMP_MON_PRIORITY_WARNING;
		answer.rule = "core-read";
	}
	return answer;
}
