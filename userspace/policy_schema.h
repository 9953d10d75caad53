/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What may be in a policy file, as data: reading, checking, writing, comparing
 * and freeing a policy all go by this one table.
 */
#ifndef POLICY_SCHEMA_H
#define POLICY_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy.h"
#include "policy_resolve.h"
#include "record.h"

/* Event types that a rule can be about, as BIT()s; and those about a file. */
#define SCHEMA_TYPES	(BIT(COREDUMP_MON_DUMP) | SCHEMA_FILE_TYPES)
#define SCHEMA_FILE_TYPES						\
	(BIT(COREDUMP_MON_OPEN) | BIT(COREDUMP_MON_RENAME) |		\
	 BIT(COREDUMP_MON_LINK) | BIT(COREDUMP_MON_UNLINK) |		\
	 BIT(COREDUMP_MON_ATTR))

/**
 * struct schema_word - one of the words that a value may be
 * @name: the word; NULL ends the table
 * @value: what it stands for
 * @types: event types that can be of this class; 0: all that the key is about
 * @refused: why it cannot be had; NULL: it can
 */
struct schema_word {
	const char *name;
	uint32_t value;
	uint32_t types;
	const char *refused;
};

enum schema_kind {
	SCHEMA_MAPPING,		/* of @keys, about the same structure */
	SCHEMA_RULES,		/* a list of mappings of @keys, each a rule */
	SCHEMA_LISTS,		/* of names to lists, which others name as $name */
	SCHEMA_WORD,		/* one of @words: uint32_t */
	SCHEMA_WORDS,		/* any of @words: uint32_t, BIT() of each */
	SCHEMA_FLAG,		/* one of @words, 1 or 0: @bit of uint32_t */
	SCHEMA_RATE,		/* per second, or one of @words: uint32_t, never 0 */
	SCHEMA_TEXT,		/* char * */
	SCHEMA_ENTRIES,		/* one or a list: struct policy_entries */
};

/* A mapping has no more keys. */
#define SCHEMA_KEYS_MAX	16

#define SCHEMA_REQUIRED	(1U << 0)
/* Not in quotes: what YAML takes for a truth value or a number. */
#define SCHEMA_PLAIN	(1U << 1)
/* A text of several lines will do. */
#define SCHEMA_LINES	(1U << 2)
/* A list without entries means something. */
#define SCHEMA_EMPTY	(1U << 3)
/* The entries have a bound of their own, @most. */
#define SCHEMA_APART	(1U << 4)
/* No $list can be named there. */
#define SCHEMA_NO_LIST	(1U << 5)
/* A list without entries is one that nothing is in: the rule never matches. */
#define SCHEMA_NOBODY	(1U << 6)

/**
 * struct schema - a key
 * @name: the key; NULL ends the table
 * @kind: what its value is
 * @flags: SCHEMA_*
 * @noun: what one value is: "there is no NOUN 'x'", "expected NOUN"
 * @offset: where it goes, in struct policy, or struct policy_rule
 * @most: TEXT: bytes; SCHEMA_APART: entries
 * @types: of a match: event types that it says something of
 * @bit: FLAG: what is set or not
 * @words: WORD, WORDS, FLAG, RATE: what there is
 * @keys: MAPPING, RULES: what there is
 * @check: TEXT: what else has to be true of it, or NULL
 * @resolve: ENTRIES: fills in all of an entry but its name
 * @refused: why it cannot be had; NULL: it can
 */
struct schema {
	const char *name;
	enum schema_kind kind;
	unsigned int flags;
	const char *noun;
	size_t offset;
	size_t most;
	uint32_t types;
	uint32_t bit;
	const struct schema_word *words;
	const struct schema *keys;
	bool (*check)(const char *text, struct reason *why);
	bool (*resolve)(struct policy_entry *entry, struct reason *why);
	const char *refused;
};

/* The whole file. */
extern const struct schema schema_policy[];
/* Within it: the key "match" of a rule. */
extern const struct schema schema_match[];

/* NULL: there is none. */
const struct schema *schema_find(const struct schema *keys, const char *name);
const struct schema_word *schema_word(const struct schema_word *words,
				      const char *name);
/* All of @words that can be had. */
uint32_t schema_all(const struct schema_word *words);

static inline void *schema_field(const struct schema *key, void *base)
{
	return (char *)base + key->offset;
}

static inline const void *schema_const_field(const struct schema *key,
					     const void *base)
{
	return (const char *)base + key->offset;
}

#endif /* POLICY_SCHEMA_H */
