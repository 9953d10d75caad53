// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "policy_yaml.h"
#include "utf8.h"

/* What a character that YAML has not, or takes for a line's end, is called. */
static const char *bad_character(uint32_t code, char next)
{
	if (code == '\t' || code == '\n' || (code == '\r' && next == '\n'))
		return NULL;
	if (code == '\r')
		return "a carriage return without a line feed";
	if (!code)
		return "a NUL byte";
	if (code < ' ' || (code >= 0x7f && code < 0xa0 && code != 0x85))
		return "a control character";
	if (code == 0x85 || code == 0x2028 || code == 0x2029)
		return "a line break that is none for other programs";
	if (code == 0xfeff || code == 0xfffe || code == 0xffff)
		return "a character that no text has";
	return NULL;
}

static bool check_characters(struct policy_errors *errors)
{
	yaml_mark_t mark = { 0 };
	const char *end = errors->text + errors->len;
	uint32_t code;
	size_t n;

	for (const char *p = errors->text;
	     p < end && !policy_errors_full(errors); p += n) {
		const char *bad;

		n = utf8_sequence(p, (size_t)(end - p), &code);
		if (n) {
			bad = bad_character(code, p + 1 < end ? p[1] : '\0');
			if (bad)
				policy_errors_add(errors, &mark, "%s: a policy is text in UTF-8",
						  bad);
		} else {
			policy_errors_add(errors, &mark, "the byte 0x%02x is no UTF-8: a policy is text in UTF-8",
					  (unsigned char)*p);
			n = 1;
		}
		mark.column++;
		if (*p == '\n') {
			mark.line++;
			mark.column = 0;
		}
	}
	return !errors->found;
}

/* libyaml's own words, but of what people run into. */
static void add_syntax_error(struct policy_errors *errors,
			     const yaml_parser_t *parser)
{
	const yaml_mark_t *mark = &parser->problem_mark;
	const char *at = policy_errors_find(errors, mark);
	const char *problem = parser->problem ? parser->problem : "?";

	if (parser->error == YAML_MEMORY_ERROR) {
		policy_errors_add(errors, &parser->mark, "out of memory");
		return;
	}
	if (parser->error == YAML_READER_ERROR) {
		policy_errors_add(errors, &parser->mark, "not YAML: %s",
				  problem);
		return;
	}
	if (at < errors->text + errors->len && *at == '\t')
		policy_errors_add(errors, mark, "not YAML: a tab where only blanks may be: it indents with blanks");
	else if (parser->context)
		policy_errors_add(errors, mark, "not YAML: %s, %s that begins on line %zu",
				  problem, parser->context,
				  parser->context_mark.line + 1);
	else
		policy_errors_add(errors, mark, "not YAML: %s", problem);
}

/**
 * struct scan - how far the look at what is in the text came
 * @errors: what was found
 * @documents: begun
 * @depth: of lists and mappings
 * @nodes: values and keys
 */
struct scan {
	struct policy_errors *errors;
	unsigned int documents;
	unsigned int depth;
	unsigned int nodes;
};

#define NO_ALIAS	"a policy has neither anchors, aliases nor merge keys: name a list in 'lists', and use it as $name"

static void check_node(struct scan *scan, const yaml_event_t *event,
		       const yaml_char_t *anchor, const yaml_char_t *tag)
{
	if (anchor)
		policy_errors_add(scan->errors, &event->start_mark,
				  "the anchor '&%.64s': " NO_ALIAS,
				  (const char *)anchor);
	if (tag)
		policy_errors_add(scan->errors, &event->start_mark,
				  "the tag '%.64s': a policy has no tags, as each key says of what type its value is",
				  (const char *)tag);
}

/* Gives whether to go on. */
static bool check_event(struct scan *scan, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (++scan->documents == 1)
			return true;
		policy_errors_add(scan->errors, &event->start_mark,
				  "a second document begins here: a policy is one");
		return false;
	case YAML_ALIAS_EVENT:
		policy_errors_add(scan->errors, &event->start_mark,
				  "the alias '*%.64s': " NO_ALIAS,
				  (const char *)event->data.alias.anchor);
		return true;
	case YAML_SCALAR_EVENT:
		check_node(scan, event, event->data.scalar.anchor,
			   event->data.scalar.tag);
		break;
	case YAML_SEQUENCE_START_EVENT:
		check_node(scan, event, event->data.sequence_start.anchor,
			   event->data.sequence_start.tag);
		scan->depth++;
		break;
	case YAML_MAPPING_START_EVENT:
		check_node(scan, event, event->data.mapping_start.anchor,
			   event->data.mapping_start.tag);
		scan->depth++;
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		scan->depth--;
		return true;
	default:
		return true;
	}
	if (scan->depth > POLICY_DEPTH_MAX) {
		policy_errors_add(scan->errors, &event->start_mark,
				  "more than %u lists and mappings within each other",
				  POLICY_DEPTH_MAX);
		return false;
	}
	if (++scan->nodes > POLICY_NODES_MAX) {
		policy_errors_add(scan->errors, &event->start_mark,
				  "more than %u keys and values",
				  POLICY_NODES_MAX);
		return false;
	}
	return true;
}

static bool begin(struct policy_errors *errors, yaml_parser_t *parser)
{
	yaml_mark_t mark = { 0 };

	if (!yaml_parser_initialize(parser)) {
		policy_errors_add(errors, &mark, "out of memory");
		return false;
	}
	yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(parser,
				     (const unsigned char *)errors->text,
				     errors->len);
	return true;
}

/*
 * A document does not tell where an alias stood, and building one of a deep text
 * takes long: events are looked at before.
 */
static bool check_events(struct policy_errors *errors)
{
	struct scan scan = { .errors = errors };
	yaml_parser_t parser;
	bool more = true;

	if (!begin(errors, &parser))
		return false;
	while (more) {
		yaml_event_t event;

		if (!yaml_parser_parse(&parser, &event)) {
			add_syntax_error(errors, &parser);
			break;
		}
		more = event.type != YAML_STREAM_END_EVENT &&
		       check_event(&scan, &event) &&
		       !policy_errors_full(errors);
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	return !errors->found;
}

bool policy_yaml_load(struct policy_errors *errors, yaml_document_t *document)
{
	static const char mark[] = { '\xef', '\xbb', '\xbf' };
	yaml_parser_t parser;
	bool loaded;

	/* Some editors begin a file with it; it is in no line. */
	if (errors->len >= sizeof(mark) &&
	    !memcmp(errors->text, mark, sizeof(mark))) {
		errors->text += sizeof(mark);
		errors->len -= sizeof(mark);
	}
	if (!check_characters(errors) || !check_events(errors) ||
	    !begin(errors, &parser))
		return false;
	loaded = yaml_parser_load(&parser, document);
	if (!loaded)
		add_syntax_error(errors, &parser);
	yaml_parser_delete(&parser);
	return loaded;
}
