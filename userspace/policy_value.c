// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "nearest.h"
#include "policy_read.h"

/* Room for all words of a key, and what is said of them. */
#define WORDS_TEXT	512

static bool is_plain(const yaml_node_t *node)
{
	return node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

/* What YAML takes for no value at all. */
static bool is_nothing(const yaml_node_t *node)
{
	static const char *const nothing[] = {
		"", "~", "null", "Null", "NULL",
	};
	const char *text = (const char *)node->data.scalar.value;

	for (size_t i = 0; i < ARRAY_SIZE(nothing) && is_plain(node); i++) {
		if (!strcmp(text, nothing[i]))
			return true;
	}
	return false;
}

const char *policy_kind(const yaml_node_t *node)
{
	switch (node->type) {
	case YAML_SEQUENCE_NODE:
		return "a list";
	case YAML_MAPPING_NODE:
		return "keys and values";
	default:
		return is_nothing(node) ? "nothing" : "a text";
	}
}

/* Also what "\0" stands for in quotes, behind which a string would end. */
static bool has_control(const yaml_node_t *node, bool lines)
{
	const unsigned char *s = node->data.scalar.value;

	for (size_t i = 0; i < node->data.scalar.length; i++) {
		if (s[i] < ' ' && !(s[i] == '\n' && lines))
			return true;
		/* U+0080 to U+009F do harm on a terminal. */
		if (s[i] == 0x7f || (s[i] == 0xc2 && s[i + 1] < 0xa0))
			return true;
	}
	return false;
}

static const char *scalar(const struct policy_reader *reader,
			  const yaml_node_t *node, const char *expected,
			  bool lines)
{
	const char *text = (const char *)node->data.scalar.value;

	if (node->type != YAML_SCALAR_NODE || is_nothing(node)) {
		policy_errors_add(reader->errors, &node->start_mark,
				  "expected %s, not %s", expected,
				  policy_kind(node));
		return NULL;
	}
	if (!*text && !node->data.scalar.length) {
		policy_errors_add(reader->errors, &node->start_mark,
				  "expected %s, not an empty text", expected);
		return NULL;
	}
	if (has_control(node, lines)) {
		policy_errors_add(reader->errors, &node->start_mark,
				  "expected %s, without line breaks and other control characters",
				  expected);
		return NULL;
	}
	return text;
}

const char *policy_scalar(const struct policy_reader *reader,
			  const yaml_node_t *node, const char *expected)
{
	return scalar(reader, node, expected, false);
}

/* "a, b or c": what can be had. */
static const char *list_words(const struct schema_word *words, char *text)
{
	struct out out = { .fd = -1, .size = WORDS_TEXT - 1, .data = text };
	const char *last = NULL;

	for (; words->name; words++) {
		if (words->refused)
			continue;
		if (last) {
			out_str(&out, out.len ? ", " : "");
			out_str(&out, last);
		}
		last = words->name;
	}
	out_str(&out, out.len ? " or " : "");
	out_str(&out, last ? last : "");
	text[out.len] = '\0';
	return text;
}

static void unknown_word(const struct policy_reader *reader,
			 const struct schema *key, const yaml_node_t *node,
			 const char *name)
{
	struct nearest nearest;
	char words[WORDS_TEXT];

	list_words(key->words, words);
	if (!key->noun) {
		policy_errors_add(reader->errors, &node->start_mark,
				  "%s: expected %s, not '%.64s'", key->name,
				  words, name);
		return;
	}
	nearest_begin(&nearest, name);
	for (const struct schema_word *word = key->words; word->name; word++) {
		if (!word->refused)
			nearest_offer(&nearest, word->name);
	}
	if (*nearest.found)
		policy_errors_add(reader->errors, &node->start_mark,
				  "there is no %s '%.64s': did you mean '%s'?",
				  key->noun, name, nearest.found);
	else
		policy_errors_add(reader->errors, &node->start_mark,
				  "there is no %s '%.64s': expected %s",
				  key->noun, name, words);
}

/* NULL: none that can be had, which is told. */
static const struct schema_word *read_word(const struct policy_reader *reader,
					   const struct schema *key,
					   const yaml_node_t *node)
{
	const struct schema_word *word;
	char words[WORDS_TEXT];
	const char *name;

	list_words(key->words, words);
	name = policy_scalar(reader, node, words);
	if (!name)
		return NULL;
	word = schema_word(key->words, name);
	if (!word) {
		unknown_word(reader, key, node, name);
		return NULL;
	}
	if (word->refused) {
		policy_errors_add(reader->errors, &node->start_mark,
				  "%s '%s' cannot be used: %s", key->noun,
				  name, word->refused);
		return NULL;
	}
	if (key->flags & SCHEMA_PLAIN && !is_plain(node)) {
		policy_errors_add(reader->errors, &node->start_mark,
				  "%s: expected %s without quotes", key->name,
				  words);
		return NULL;
	}
	return word;
}

static bool take_word(struct policy_reader *reader, const struct schema *key,
		      const yaml_node_t *node, void *base)
{
	const struct schema_word *word = read_word(reader, key, node);
	uint32_t *mask = schema_field(key, base);

	if (word)
		*mask |= BIT(word->value);
	return true;
}

/* Digits alone, not even a sign. 0: it is none that can be had. */
static uint32_t rate_of(const char *text)
{
	size_t digits = strspn(text, "0123456789");
	unsigned long rate;

	if (text[digits] || digits > strlen("1000000") || *text == '0')
		return 0;
	rate = strtoul(text, NULL, 10);
	return rate <= COREDUMP_MON_RATE_MAX ? (uint32_t)rate : 0;
}

static void read_rate(struct policy_reader *reader, const struct schema *key,
		      const yaml_node_t *node, uint32_t *field)
{
	static const char expected[] =
		"a number of events per second, 1 to 1000000, or off";
	const char *text = policy_scalar(reader, node, expected);
	const struct schema_word *word;

	if (!text)
		return;
	word = schema_word(key->words, text);
	*field = word ? word->value : rate_of(text);
	if (!*field)
		policy_errors_add(reader->errors, &node->start_mark,
				  "%s: expected %s, not '%.64s'", key->name,
				  expected, text);
	else if (!is_plain(node))
		policy_errors_add(reader->errors, &node->start_mark,
				  "%s: expected %s, without quotes", key->name,
				  expected);
}

static void read_text(struct policy_reader *reader, const struct schema *key,
		      const yaml_node_t *node, char **field)
{
	const char *text = scalar(reader, node, key->noun,
				  key->flags & SCHEMA_LINES);
	struct reason why;

	if (!text)
		return;
	if (strlen(text) > key->most) {
		policy_errors_add(reader->errors, &node->start_mark,
				  "%s: %zu bytes, at most %zu are possible",
				  key->name, strlen(text), key->most);
		return;
	}
	if (key->check && !key->check(text, &why)) {
		policy_errors_add(reader->errors, &node->start_mark, "%s: %s",
				  key->name, why.text);
		return;
	}
	*field = strdup(text);
	if (!*field)
		policy_errors_add(reader->errors, &node->start_mark,
				  "out of memory");
}

/* Told once: what follows is not taken. */
static bool has_room(struct policy_reader *reader, const struct schema *key,
		     const yaml_node_t *node,
		     const struct policy_entries *entries)
{
	if (key->flags & SCHEMA_APART) {
		if (entries->count < key->most)
			return true;
		policy_errors_add(reader->errors, &node->start_mark,
				  "%s: more than %zu entries", key->name,
				  key->most);
		return false;
	}
	if (reader->entries < POLICY_ENTRIES_MAX) {
		reader->entries++;
		return true;
	}
	if (reader->entries++ == POLICY_ENTRIES_MAX)
		policy_errors_add(reader->errors, &node->start_mark,
				  "more than %d entries in all rules and watched files, each list counted where it is used",
				  POLICY_ENTRIES_MAX);
	return false;
}

/* Doubled when it is full, which a power of two tells. */
static struct policy_entry *next_entry(struct policy_entries *entries)
{
	size_t count = entries->count;
	struct policy_entry *grown;

	if (!(count & (count - 1))) {
		grown = reallocarray(entries->entries, count ? 2 * count : 1,
				     sizeof(*grown));
		if (!grown)
			return NULL;
		entries->entries = grown;
	}
	memset(&entries->entries[count], 0, sizeof(*grown));
	return &entries->entries[count];
}

static bool take_entry(struct policy_reader *reader, const struct schema *key,
		       const yaml_node_t *node, void *base)
{
	struct policy_entries *entries = schema_field(key, base);
	const char *name = policy_scalar(reader, node, key->noun);
	struct policy_entry *entry;
	struct reason why;

	if (!has_room(reader, key, node, entries))
		return false;
	if (!name)
		return true;
	entry = next_entry(entries);
	if (entry)
		entry->name = strdup(name);
	if (!entry || !entry->name) {
		policy_errors_add(reader->errors, &node->start_mark,
				  "out of memory");
		return false;
	}
	if (reader->names_only || key->resolve(entry, &why)) {
		entries->count++;
		return true;
	}
	policy_errors_add(reader->errors, &node->start_mark, "%s", why.text);
	free(entry->name);
	return true;
}

void policy_read_value(struct policy_reader *reader, const struct schema *key,
		       const yaml_node_t *node, void *base)
{
	const struct schema_word *word;
	struct policy_entries *entries;
	uint32_t *mask;

	switch (key->kind) {
	case SCHEMA_WORD:
		word = read_word(reader, key, node);
		if (word)
			*(uint32_t *)schema_field(key, base) = word->value;
		break;
	case SCHEMA_WORDS:
		policy_each(reader, key, node, base, take_word);
		break;
	case SCHEMA_FLAG:
		word = read_word(reader, key, node);
		mask = schema_field(key, base);
		if (word)
			*mask = word->value ? *mask | key->bit :
					      *mask & ~key->bit;
		break;
	case SCHEMA_RATE:
		read_rate(reader, key, node, schema_field(key, base));
		break;
	case SCHEMA_TEXT:
		read_text(reader, key, node, schema_field(key, base));
		break;
	case SCHEMA_ENTRIES:
		entries = schema_field(key, base);
		entries->given = true;
		policy_each(reader, key, node, base, take_entry);
		break;
	default:
		break;
	}
}
