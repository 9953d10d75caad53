/* SPDX-License-Identifier: GPL-2.0 */
/* What a policy's rules say of their events: messages and tags. */
#ifndef RULE_SAYS_H
#define RULE_SAYS_H

#include "policy.h"
#include "record.h"

/*
 * From now on, events are told by these rules, which have to stay; NULL: by none.
 * False: memory does not do, and it is as with NULL.
 */
bool rule_says_use(const struct policy *policy);
/* The rule of that name which decided about the event, or NULL. */
const struct policy_rule *rule_says_find(const struct event *event);

#endif /* RULE_SAYS_H */
