// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "policy.h"
#include "policy_schema.h"

static void free_entries(struct policy_entries *entries)
{
	for (size_t i = 0; i < entries->count; i++)
		free(entries->entries[i].name);
	free(entries->entries);
}

static void free_keys(const struct schema *keys, void *base)
{
	for (; keys->name; keys++) {
		struct policy *policy = base;

		if (keys->refused)
			continue;
		switch (keys->kind) {
		case SCHEMA_MAPPING:
			free_keys(keys->keys, base);
			break;
		case SCHEMA_RULES:
			for (size_t i = 0; i < policy->rule_count; i++)
				free_keys(keys->keys, &policy->rules[i]);
			free(policy->rules);
			break;
		case SCHEMA_TEXT:
			free(*(char **)schema_field(keys, base));
			break;
		case SCHEMA_ENTRIES:
			free_entries(schema_field(keys, base));
			break;
		default:
			break;
		}
	}
}

void policy_free(struct policy *policy)
{
	if (policy)
		free_keys(schema_policy, policy);
	free(policy);
}

static bool equal_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool equal_entries(const struct policy_entries *a,
			  const struct policy_entries *b)
{
	if (a->given != b->given || a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		const struct policy_entry *one = &a->entries[i];
		const struct policy_entry *other = &b->entries[i];

		if (!equal_text(one->name, other->name) ||
		    one->id != other->id ||
		    one->dev_major != other->dev_major ||
		    one->dev_minor != other->dev_minor)
			return false;
	}
	return true;
}

static bool equal_keys(const struct schema *keys, const void *a, const void *b);

static bool equal_rules(const struct schema *keys, const struct policy *a,
			const struct policy *b)
{
	if (a->rule_count != b->rule_count)
		return false;
	for (size_t i = 0; i < a->rule_count; i++) {
		if (!equal_keys(keys, &a->rules[i], &b->rules[i]))
			return false;
	}
	return true;
}

static bool equal_key(const struct schema *key, const void *a, const void *b)
{
	const void *one = schema_const_field(key, a);
	const void *other = schema_const_field(key, b);

	switch (key->kind) {
	case SCHEMA_MAPPING:
		return equal_keys(key->keys, a, b);
	case SCHEMA_RULES:
		return equal_rules(key->keys, a, b);
	case SCHEMA_LISTS:
		return true;
	case SCHEMA_FLAG:
		return !((*(const uint32_t *)one ^ *(const uint32_t *)other) &
			 key->bit);
	case SCHEMA_TEXT:
		return equal_text(*(char *const *)one, *(char *const *)other);
	case SCHEMA_ENTRIES:
		return equal_entries(one, other);
	default:
		return *(const uint32_t *)one == *(const uint32_t *)other;
	}
}

static bool equal_keys(const struct schema *keys, const void *a, const void *b)
{
	for (; keys->name; keys++) {
		if (!keys->refused && !equal_key(keys, a, b))
			return false;
	}
	return true;
}

bool policy_equal(const struct policy *a, const struct policy *b)
{
	return equal_keys(schema_policy, a, b);
}

bool policy_rule_counts(const struct policy_rule *rule)
{
	for (const struct schema *key = schema_match; key->name; key++) {
		const struct policy_entries *entries =
			schema_const_field(key, rule);

		if (key->kind == SCHEMA_ENTRIES && entries->given &&
		    !entries->count)
			return false;
	}
	return rule->enabled;
}

size_t policy_entry_count(const struct policy *policy)
{
	size_t count = policy->files.count;

	for (size_t i = 0; i < policy->rule_count; i++) {
		const struct policy_rule *rule = &policy->rules[i];

		for (const struct schema *key = schema_match; key->name; key++) {
			const struct policy_entries *entries =
				schema_const_field(key, rule);

			if (key->kind == SCHEMA_ENTRIES)
				count += entries->count;
		}
	}
	return count;
}
