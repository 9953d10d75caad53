// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "nearest.h"
#include "policy_helper.h"
#include "policy_read.h"
#include "policy_yaml.h"

/* Room for all keys of a mapping. */
#define KEYS_TEXT	512

yaml_node_t *policy_node(const struct policy_reader *reader, int number)
{
	return yaml_document_get_node(reader->document, number);
}

yaml_node_t *policy_find(const struct policy_reader *reader,
			 const yaml_node_t *mapping, const char *name)
{
	const yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
	size_t len = strlen(name);

	for (; pair < mapping->data.mapping.pairs.top; pair++) {
		const yaml_node_t *key = policy_node(reader, pair->key);

		if (key->type == YAML_SCALAR_NODE &&
		    key->data.scalar.length == len &&
		    !memcmp(key->data.scalar.value, name, len))
			return policy_node(reader, pair->value);
	}
	return NULL;
}

/**
 * struct place - a mapping being read
 * @keys: what may be there
 * @name: what it is called
 * @base: the structure that it goes into
 * @lines: where each of @keys is, counted from 1; 0: not yet
 */
struct place {
	const struct schema *keys;
	const char *name;
	void *base;
	size_t lines[SCHEMA_KEYS_MAX];
};

/* "a, b, c": what can be there. */
static const char *list_keys(const struct schema *keys, char *text)
{
	struct out out = { .fd = -1, .size = KEYS_TEXT - 1, .data = text };

	for (; keys->name; keys++) {
		if (keys->refused)
			continue;
		out_str(&out, out.len ? ", " : "");
		out_str(&out, keys->name);
	}
	text[out.len] = '\0';
	return text;
}

static void unknown_key(const struct policy_reader *reader,
			const struct place *place, const yaml_node_t *node,
			const char *name)
{
	struct nearest nearest;
	char keys[KEYS_TEXT];

	if (!strcmp(name, "<<")) {
		policy_errors_add(reader->errors, &node->start_mark,
				  "a policy has no merge keys");
		return;
	}
	nearest_begin(&nearest, name);
	for (const struct schema *key = place->keys; key->name; key++) {
		if (!key->refused)
			nearest_offer(&nearest, key->name);
	}
	if (*nearest.found)
		policy_errors_add(reader->errors, &node->start_mark,
				  "there is no key '%.64s' in %s: did you mean '%s'?",
				  name, place->name, nearest.found);
	else
		policy_errors_add(reader->errors, &node->start_mark,
				  "there is no key '%.64s' in %s: expected %s",
				  name, place->name,
				  list_keys(place->keys, keys));
}

static void read_key(struct policy_reader *reader, const struct schema *key,
		     const yaml_node_t *node, void *base);

static void read_pair(struct policy_reader *reader, struct place *place,
		      const yaml_node_pair_t *pair)
{
	const yaml_node_t *node = policy_node(reader, pair->key);
	const char *name = policy_scalar(reader, node, "a key");
	const struct schema *key;
	size_t *line;

	if (!name)
		return;
	key = schema_find(place->keys, name);
	if (!key) {
		unknown_key(reader, place, node, name);
		return;
	}
	if (key->refused) {
		policy_errors_add(reader->errors, &node->start_mark,
				  "'%s' cannot be used in %s: %s", name,
				  place->name, key->refused);
		return;
	}
	line = &place->lines[key - place->keys];
	if (*line) {
		policy_errors_add(reader->errors, &node->start_mark,
				  "'%s' is here twice: it is on line %zu already",
				  name, *line);
		return;
	}
	*line = node->start_mark.line + 1;
	read_key(reader, key, policy_node(reader, pair->value), place->base);
}

static bool read_mapping(struct policy_reader *reader, struct place *place,
			 const yaml_node_t *node)
{
	const yaml_node_pair_t *pair;
	char keys[KEYS_TEXT];

	if (node->type != YAML_MAPPING_NODE) {
		policy_errors_add(reader->errors, &node->start_mark,
				  "%s: expected keys (%s) and values, not %s",
				  place->name, list_keys(place->keys, keys),
				  policy_kind(node));
		return false;
	}
	for (pair = node->data.mapping.pairs.start;
	     pair < node->data.mapping.pairs.top &&
	     !policy_errors_full(reader->errors); pair++)
		read_pair(reader, place, pair);
	for (const struct schema *key = place->keys; key->name; key++) {
		if (key->flags & SCHEMA_REQUIRED &&
		    !place->lines[key - place->keys])
			policy_errors_add(reader->errors, &node->start_mark,
					  "there is no '%s' in %s, which it must have",
					  key->name, place->name);
	}
	return true;
}

/* A name tells in an event which rule it was. */
static void check_name(const struct policy_reader *reader,
		       const yaml_node_t *node, const struct policy_rule *rule)
{
	const struct policy_rule *other = reader->policy->rules;

	if (rule->name && !strcmp(rule->name, "default") && !reader->names_only) {
		policy_errors_add(reader->errors,
				  &policy_find(reader, node, "name")->start_mark,
				  "a rule cannot have the name 'default', which events have that no rule is about");
		return;
	}
	for (; other < rule; other++) {
		if (!rule->name || !other->name ||
		    strcmp(rule->name, other->name))
			continue;
		policy_errors_add(reader->errors,
				  &policy_find(reader, node, "name")->start_mark,
				  "the rule before this, number %zu of all, has the name '%s' too",
				  (size_t)(other - reader->policy->rules) + 1,
				  rule->name);
		return;
	}
}

static void read_rule(struct policy_reader *reader, const struct schema *keys,
		      const yaml_node_t *node)
{
	struct policy *policy = reader->policy;
	struct policy_rule *rule = &policy->rules[policy->rule_count++];
	struct place place = { .keys = keys, .name = "a rule", .base = rule };

	rule->enabled = 1;
	rule->priority = UINT32_MAX;
	if (!read_mapping(reader, &place, node))
		return;
	check_name(reader, node, rule);
	policy_finish_rule(reader, node, rule);
}

static void read_rules(struct policy_reader *reader, const struct schema *key,
		       const yaml_node_t *node)
{
	const yaml_node_item_t *item;
	size_t count;

	if (node->type != YAML_SEQUENCE_NODE) {
		policy_errors_add(reader->errors, &node->start_mark,
				  "rules: expected a list of rules, not %s",
				  policy_kind(node));
		return;
	}
	item = node->data.sequence.items.start;
	count = (size_t)(node->data.sequence.items.top - item);
	if (count > POLICY_RULES_MAX) {
		policy_errors_add(reader->errors,
				  &policy_node(reader, item[POLICY_RULES_MAX])->start_mark,
				  "rules: more than %d", POLICY_RULES_MAX);
		return;
	}
	reader->policy->rules = calloc(count ? count : 1,
				       sizeof(struct policy_rule));
	if (!reader->policy->rules) {
		policy_errors_add(reader->errors, &node->start_mark,
				  "out of memory");
		return;
	}
	for (size_t i = 0; i < count && !policy_errors_full(reader->errors);
	     i++)
		read_rule(reader, key->keys, policy_node(reader, item[i]));
}

static void read_key(struct policy_reader *reader, const struct schema *key,
		     const yaml_node_t *node, void *base)
{
	struct place place = {
		.keys = key->keys,
		.name = key->name,
		.base = base,
	};

	switch (key->kind) {
	case SCHEMA_MAPPING:
		read_mapping(reader, &place, node);
		break;
	case SCHEMA_RULES:
		read_rules(reader, key, node);
		break;
	case SCHEMA_LISTS:
		/* They were read before. */
		break;
	default:
		policy_read_value(reader, key, node, base);
	}
}

static void read_document(struct policy_reader *reader)
{
	const yaml_node_t *root = yaml_document_get_root_node(reader->document);
	struct policy *policy = reader->policy;
	struct place place = {
		.keys = schema_policy,
		.name = "the policy",
		.base = policy,
	};
	const yaml_node_t *lists = NULL;
	yaml_mark_t begin = { 0 };
	char keys[KEYS_TEXT];

	if (!root) {
		policy_errors_add(reader->errors, &begin,
				  "the file is empty: expected keys (%s) and values",
				  list_keys(schema_policy, keys));
		return;
	}
	policy->mode = POLICY_MODE_KEEP;
	policy->fallback = POLICY_LOG;
	policy->classes = BIT(COREDUMP_MON_CLASS_COREDUMP_FILTER) |
			  BIT(COREDUMP_MON_CLASS_BLOCK_DEVICE);
	/* Rules may stand above the lists that they name. */
	if (root->type == YAML_MAPPING_NODE)
		lists = policy_find(reader, root, "lists");
	if (lists)
		policy_read_lists(reader, lists);
	read_mapping(reader, &place, root);
}

static struct policy *parse(struct policy_errors *errors, bool names_only)
{
	yaml_document_t document;
	struct policy_reader reader = {
		.document = &document,
		.errors = errors,
		.names_only = names_only,
	};
	const yaml_mark_t begin = { 0 };

	if (!policy_yaml_load(errors, &document))
		return NULL;
	if (!names_only)
		policy_helper_find(&reader.helper);
	reader.policy = calloc(1, sizeof(*reader.policy));
	if (reader.policy)
		read_document(&reader);
	else
		policy_errors_add(errors, &begin, "out of memory");
	free(reader.helper.name);
	yaml_document_delete(&document);
	if (!errors->found)
		return reader.policy;
	policy_free(reader.policy);
	return NULL;
}

struct policy *policy_parse(struct policy_errors *errors)
{
	return parse(errors, false);
}

struct policy *policy_parse_names(struct policy_errors *errors)
{
	return parse(errors, true);
}
