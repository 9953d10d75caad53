/* SPDX-License-Identifier: GPL-2.0 */
/* From a YAML document to a policy, by the schema. */
#ifndef POLICY_READ_H
#define POLICY_READ_H

#include "policy_errors.h"
#include "policy_schema.h"

/**
 * struct policy_reader - a document being read
 * @document: the document
 * @errors: what is wrong with it
 * @policy: what it says
 * @lists: the value of the key "lists"; NULL: there is none
 * @entries: that were met, see POLICY_ENTRIES_MAX
 * @helper: what the kernel pipes core dumps to; without a name: nothing
 * @names_only: entries are not looked up, and what a rule denies is not judged
 */
struct policy_reader {
	yaml_document_t *document;
	struct policy_errors *errors;
	struct policy *policy;
	const yaml_node_t *lists;
	size_t entries;
	struct policy_entry helper;
	bool names_only;
};

/**
 * policy_parse() - read a policy
 * @errors: the text; filled in with what is wrong with it
 *
 * Return: the policy, freed by the caller with policy_free(), or NULL if
 * anything is wrong
 */
struct policy *policy_parse(struct policy_errors *errors);
/*
 * The same of one that was taken before: what it names need not be there any more,
 * and is not looked up.
 */
struct policy *policy_parse_names(struct policy_errors *errors);

/* What follows is what that is made of. policy_read.c: a node by its number, */
yaml_node_t *policy_node(const struct policy_reader *reader, int number);
/* and the value of a key of @mapping, or NULL. */
yaml_node_t *policy_find(const struct policy_reader *reader,
			 const yaml_node_t *mapping, const char *name);

/*
 * policy_value.c: @node is the value of @key, which is one of words, a text, or
 * entries, and goes into @base, the structure that the key is of.
 */
void policy_read_value(struct policy_reader *reader, const struct schema *key,
		       const yaml_node_t *node, void *base);
/* The text of a scalar, in one line; or NULL, and it is told what was expected. */
const char *policy_scalar(const struct policy_reader *reader,
			  const yaml_node_t *node, const char *expected);
/* What is there, for a message that says what was expected. */
const char *policy_kind(const yaml_node_t *node);

/* policy_list.c: the names and values of the key "lists". */
void policy_read_lists(struct policy_reader *reader, const yaml_node_t *node);

/*
 * Takes each value of @key, in a list or alone, those of a $list in its place.
 * @take gives false when it wants no more.
 */
void policy_each(struct policy_reader *reader, const struct schema *key,
		 const yaml_node_t *node, void *base,
		 bool (*take)(struct policy_reader *reader,
			      const struct schema *key,
			      const yaml_node_t *node, void *base));

/*
 * policy_rule.c: what can only be said of a rule as a whole; and what was not
 * asked is filled in. @node is the rule's mapping.
 */
void policy_finish_rule(struct policy_reader *reader, const yaml_node_t *node,
			struct policy_rule *rule);

#endif /* POLICY_READ_H */
