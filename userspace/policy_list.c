// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "nearest.h"
#include "policy_read.h"

/* Words of one key: there are not so many. */
#define WORDS_MAX	32
#define LISTS_MAX	256
#define NAME_CHARACTERS							\
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

static const char *text_of(const yaml_node_t *node)
{
	return (const char *)node->data.scalar.value;
}

/* What is told of an entry here is not told again where the list is used. */
static bool is_entry(const yaml_node_t *node)
{
	return node->type == YAML_SCALAR_NODE && *text_of(node) != '$';
}

static void check_entries(struct policy_reader *reader, const char *name,
			  const yaml_node_t *list)
{
	const yaml_node_item_t *item = list->data.sequence.items.start;
	const yaml_node_item_t *top = list->data.sequence.items.top;

	if (top - item > POLICY_ENTRIES_MAX) {
		policy_errors_add(reader->errors, &list->start_mark,
				  "the list '%s' has more than %d entries", name,
				  POLICY_ENTRIES_MAX);
		return;
	}
	for (; item < top && !policy_errors_full(reader->errors); item++) {
		const yaml_node_t *node = policy_node(reader, *item);

		if (node->type != YAML_SCALAR_NODE)
			policy_errors_add(reader->errors, &node->start_mark,
					  "expected an entry of the list '%s', not %s",
					  name, policy_kind(node));
		else if (!is_entry(node))
			policy_errors_add(reader->errors, &node->start_mark,
					  "'%.65s' in the list '%s': a list cannot name another one",
					  text_of(node), name);
	}
}

static void check_list(struct policy_reader *reader,
		       const yaml_node_pair_t *pair)
{
	const yaml_node_t *key = policy_node(reader, pair->key);
	const yaml_node_t *list = policy_node(reader, pair->value);
	const char *name = policy_scalar(reader, key, "the name of a list");

	if (!name)
		return;
	if (strlen(name) > POLICY_NAME_MAX || name[strspn(name, NAME_CHARACTERS)]) {
		policy_errors_add(reader->errors, &key->start_mark,
				  "'%.65s' names no list: expected at most %d letters, digits, '_' and '-'",
				  name, POLICY_NAME_MAX);
		return;
	}
	if (policy_find(reader, reader->lists, name) != list)
		policy_errors_add(reader->errors, &key->start_mark,
				  "the list '%s' is here twice", name);
	if (list->type == YAML_SEQUENCE_NODE)
		check_entries(reader, name, list);
	else
		policy_errors_add(reader->errors, &list->start_mark,
				  "the list '%s': expected a list, not %s", name,
				  policy_kind(list));
}

void policy_read_lists(struct policy_reader *reader, const yaml_node_t *node)
{
	const yaml_node_pair_t *pair;
	const yaml_node_pair_t *top;

	if (node->type != YAML_MAPPING_NODE) {
		policy_errors_add(reader->errors, &node->start_mark,
				  "lists: expected names with a list each, not %s",
				  policy_kind(node));
		return;
	}
	pair = node->data.mapping.pairs.start;
	top = node->data.mapping.pairs.top;
	if (top - pair > LISTS_MAX) {
		policy_errors_add(reader->errors, &node->start_mark,
				  "more than %d lists", LISTS_MAX);
		return;
	}
	reader->lists = node;
	for (; pair < top; pair++)
		check_list(reader, pair);
}

static const yaml_node_t *find_list(const struct policy_reader *reader,
				    const yaml_node_t *node, const char *name)
{
	const yaml_node_pair_t *pair;
	struct nearest nearest;
	const yaml_node_t *list = NULL;

	if (reader->lists)
		list = policy_find(reader, reader->lists, name);
	if (list)
		return list->type == YAML_SEQUENCE_NODE ? list : NULL;
	nearest_begin(&nearest, name);
	for (pair = reader->lists ? reader->lists->data.mapping.pairs.start : NULL;
	     pair && pair < reader->lists->data.mapping.pairs.top; pair++) {
		const yaml_node_t *key = policy_node(reader, pair->key);

		if (key->type == YAML_SCALAR_NODE)
			nearest_offer(&nearest, text_of(key));
	}
	if (*nearest.found)
		policy_errors_add(reader->errors, &node->start_mark,
				  "there is no list '%.64s': did you mean '$%s'?",
				  name, nearest.found);
	else
		policy_errors_add(reader->errors, &node->start_mark,
				  "there is no list '%.64s' in 'lists'", name);
	return NULL;
}

/**
 * struct taking - the values of a key, being taken
 * @reader: the document
 * @key: the key
 * @base: the structure that the key is of
 * @take: takes one
 * @count: how many there were, be they right or not
 */
struct taking {
	struct policy_reader *reader;
	const struct schema *key;
	void *base;
	bool (*take)(struct policy_reader *reader, const struct schema *key,
		     const yaml_node_t *node, void *base);
	size_t count;
};

static bool take_one(struct taking *taking, const yaml_node_t *node)
{
	const struct schema *key = taking->key;

	/* To look up a name, and others that are like it, takes long. */
	if (policy_errors_full(taking->reader->errors))
		return false;
	if (taking->count++ == WORDS_MAX && key->kind == SCHEMA_WORDS) {
		policy_errors_add(taking->reader->errors, &node->start_mark,
				  "%s: more than %d values", key->name,
				  WORDS_MAX);
		return false;
	}
	return taking->take(taking->reader, key, node, taking->base);
}

static bool take_list(struct taking *taking, const yaml_node_t *node)
{
	struct policy_reader *reader = taking->reader;
	const yaml_node_item_t *item;
	const yaml_node_t *list;

	if (policy_errors_full(reader->errors))
		return false;
	if (taking->key->flags & SCHEMA_NO_LIST) {
		policy_errors_add(reader->errors, &node->start_mark,
				  "%s: no list can be named here, and a word does not begin with '$'",
				  taking->key->name);
		return true;
	}
	list = find_list(reader, node, text_of(node) + 1);
	if (!list)
		return true;
	for (item = list->data.sequence.items.start;
	     item < list->data.sequence.items.top; item++) {
		const yaml_node_t *entry = policy_node(reader, *item);

		if (!is_entry(entry))
			taking->count++;
		else if (!take_one(taking, entry))
			return false;
	}
	return true;
}

static bool take_value(struct taking *taking, const yaml_node_t *node)
{
	if (node->type == YAML_SCALAR_NODE && *text_of(node) == '$')
		return take_list(taking, node);
	return take_one(taking, node);
}

static void take_sequence(struct taking *taking, const yaml_node_t *sequence)
{
	const yaml_node_item_t *item = sequence->data.sequence.items.start;

	for (; item < sequence->data.sequence.items.top; item++) {
		if (!take_value(taking, policy_node(taking->reader, *item)))
			return;
	}
}

void policy_each(struct policy_reader *reader, const struct schema *key,
		 const yaml_node_t *node, void *base,
		 bool (*take)(struct policy_reader *reader,
			      const struct schema *key,
			      const yaml_node_t *node, void *base))
{
	struct taking taking = { reader, key, base, take, 0 };
	size_t found = reader->errors->found;

	if (node->type == YAML_SEQUENCE_NODE)
		take_sequence(&taking, node);
	else
		take_value(&taking, node);
	if (taking.count || key->flags & SCHEMA_EMPTY ||
	    reader->errors->found != found)
		return;
	if (key->flags & SCHEMA_NOBODY)
		policy_errors_warn(reader->errors, &node->start_mark,
				   "%s: the list is empty: the rule matches nothing, and is left out",
				   key->name);
	else
		policy_errors_add(reader->errors, &node->start_mark,
				  "%s: the list is empty, and nothing would match",
				  key->name);
}
