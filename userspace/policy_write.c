// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <yaml.h>

#include "policy_schema.h"
#include "policy_write.h"

/**
 * struct writer - a document being made
 * @document: the document
 * @failed: memory did not do
 */
struct writer {
	yaml_document_t document;
	bool failed;
};

/* Each gives the number of a node; 0: it could not be made. */
static int note(struct writer *writer, int node)
{
	writer->failed |= !node;
	return node;
}

static int add_scalar(struct writer *writer, const char *text,
		      yaml_scalar_style_t style)
{
	/* It is only read, but older versions of libyaml do not promise that. */
	yaml_char_t *value = (yaml_char_t *)text;

	return note(writer, yaml_document_add_scalar(&writer->document, NULL,
						     value, (int)strlen(text),
						     style));
}

/* Words of the schema: nothing in them is special. */
static int add_word(struct writer *writer, const char *word)
{
	return add_scalar(writer, word, YAML_PLAIN_SCALAR_STYLE);
}

/* Whatever is in it, and whatever YAML would take it for. */
static int add_text(struct writer *writer, const char *text)
{
	return add_scalar(writer, text, YAML_DOUBLE_QUOTED_SCALAR_STYLE);
}

static int add_mapping(struct writer *writer)
{
	return note(writer, yaml_document_add_mapping(&writer->document, NULL,
						      YAML_BLOCK_MAPPING_STYLE));
}

static int add_sequence(struct writer *writer, yaml_sequence_style_t style)
{
	return note(writer, yaml_document_add_sequence(&writer->document, NULL,
						       style));
}

static void append_item(struct writer *writer, int sequence, int item)
{
	if (!writer->failed)
		note(writer, yaml_document_append_sequence_item(&writer->document,
								sequence, item));
}

static void append_pair(struct writer *writer, int mapping, const char *key,
			int value)
{
	int node = add_word(writer, key);

	if (!writer->failed)
		note(writer, yaml_document_append_mapping_pair(&writer->document,
							       mapping, node,
							       value));
}

/* 0: none of @words. */
static int add_value(struct writer *writer, const struct schema_word *words,
		     uint32_t value)
{
	for (; words->name; words++) {
		if (!words->refused && words->value == value)
			return add_word(writer, words->name);
	}
	return 0;
}

/* 0: the usual, which is said by saying nothing. */
static int add_rate(struct writer *writer, const struct schema_word *words,
		    uint32_t rate)
{
	char digits[sizeof("4294967295")];
	int word = add_value(writer, words, rate);

	if (word || !rate)
		return word;
	snprintf(digits, sizeof(digits), "%" PRIu32, rate);
	return add_word(writer, digits);
}

/* 0: all of @words, which is said by saying nothing. */
static int add_words(struct writer *writer, const struct schema_word *words,
		     uint32_t mask)
{
	int sequence;

	if (mask == schema_all(words))
		return 0;
	sequence = add_sequence(writer, YAML_FLOW_SEQUENCE_STYLE);
	for (; words->name; words++) {
		if (!words->refused && mask & BIT(words->value))
			append_item(writer, sequence,
				    add_word(writer, words->name));
	}
	return sequence;
}

static int add_entries(struct writer *writer,
		       const struct policy_entries *entries)
{
	int sequence;

	if (!entries->given)
		return 0;
	sequence = add_sequence(writer, entries->count ?
				YAML_BLOCK_SEQUENCE_STYLE :
				YAML_FLOW_SEQUENCE_STYLE);
	for (size_t i = 0; i < entries->count; i++)
		append_item(writer, sequence,
			    add_text(writer, entries->entries[i].name));
	return sequence;
}

static int add_keys(struct writer *writer, const struct schema *keys,
		    const void *base);

static int add_rules(struct writer *writer, const struct schema *keys,
		     const struct policy *policy)
{
	int sequence = add_sequence(writer, policy->rule_count ?
				    YAML_BLOCK_SEQUENCE_STYLE :
				    YAML_FLOW_SEQUENCE_STYLE);

	for (size_t i = 0; i < policy->rule_count && !writer->failed; i++)
		append_item(writer, sequence,
			    add_keys(writer, keys, &policy->rules[i]));
	return sequence;
}

/* 0: nothing is in it, and it need not be there. */
static int add_mapping_of(struct writer *writer, const struct schema *key,
			  const void *base)
{
	int mapping = add_keys(writer, key->keys, base);
	const yaml_node_t *node =
		yaml_document_get_node(&writer->document, mapping);
	bool empty = node && node->data.mapping.pairs.top ==
			     node->data.mapping.pairs.start;

	return empty && !(key->flags & SCHEMA_REQUIRED) ? 0 : mapping;
}

/* The value of a key; 0: it is not to be there. */
static int add_key(struct writer *writer, const struct schema *key,
		   const void *base)
{
	const void *field = schema_const_field(key, base);
	uint32_t mask;
	const char *text;

	switch (key->kind) {
	case SCHEMA_MAPPING:
		return add_mapping_of(writer, key, base);
	case SCHEMA_RULES:
		return add_rules(writer, key->keys, base);
	case SCHEMA_WORD:
		return add_value(writer, key->words, *(const uint32_t *)field);
	case SCHEMA_WORDS:
		return add_words(writer, key->words, *(const uint32_t *)field);
	case SCHEMA_FLAG:
		mask = *(const uint32_t *)field;
		return add_value(writer, key->words, !!(mask & key->bit));
	case SCHEMA_RATE:
		return add_rate(writer, key->words, *(const uint32_t *)field);
	case SCHEMA_TEXT:
		text = *(char *const *)field;
		return text ? add_text(writer, text) : 0;
	case SCHEMA_ENTRIES:
		return add_entries(writer, field);
	default:
		return 0;
	}
}

static int add_keys(struct writer *writer, const struct schema *keys,
		    const void *base)
{
	int mapping = add_mapping(writer);

	for (; keys->name; keys++) {
		int value = keys->refused ? 0 : add_key(writer, keys, base);

		if (value)
			append_pair(writer, mapping, keys->name, value);
	}
	return mapping;
}

static int write_out(void *data, unsigned char *buffer, size_t size)
{
	out_mem(data, buffer, size);
	return 1;
}

bool policy_write(const struct policy *policy, struct out *out)
{
	struct writer writer = { .failed = false };
	yaml_emitter_t emitter;
	bool done;

	if (!yaml_document_initialize(&writer.document, NULL, NULL, NULL, 1, 1))
		return false;
	add_keys(&writer, schema_policy, policy);
	if (writer.failed || !yaml_emitter_initialize(&emitter)) {
		yaml_document_delete(&writer.document);
		return false;
	}
	yaml_emitter_set_output(&emitter, write_out, out);
	yaml_emitter_set_unicode(&emitter, 1);
	/* A text stays in its line. */
	yaml_emitter_set_width(&emitter, -1);
	/* This frees the document, whatever comes of it. */
	done = yaml_emitter_dump(&emitter, &writer.document) &&
	       yaml_emitter_flush(&emitter);
	yaml_emitter_delete(&emitter);
	return done;
}
