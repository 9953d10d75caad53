// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include <syslog.h>

#include "policy_helper.h"
#include "policy_read.h"

#define OPEN		BIT(COREDUMP_MON_OPEN)
#define DUMP		BIT(COREDUMP_MON_DUMP)
#define BLOCK_DEVICE	BIT(COREDUMP_MON_CLASS_BLOCK_DEVICE)

#define TYPES_TEXT	128

/* "rename, link": the names of event types. */
static const char *list_types(uint32_t types, char *text)
{
	struct out out = { .fd = -1, .size = TYPES_TEXT - 1, .data = text };
	const struct schema *key = schema_find(schema_match, "type");

	for (const struct schema_word *word = key->words; word->name; word++) {
		if (word->refused || !(types & BIT(word->value)))
			continue;
		out_str(&out, out.len ? ", " : "");
		out_str(&out, word->name);
	}
	text[out.len] = '\0';
	return text;
}

/* Event types that @key says something of, as it stands in @rule. */
static uint32_t types_of(const struct schema *key, const struct policy_rule *rule)
{
	const uint32_t *classes = schema_const_field(key, rule);
	uint32_t types = 0;

	if (strcmp(key->name, "class"))
		return key->types;
	for (const struct schema_word *word = key->words; word->name; word++) {
		if (*classes & BIT(word->value) && !word->refused)
			types |= word->types;
	}
	/* None: what is wrong with them is told. */
	return types ? types : key->types;
}

/* Each class has to be one of some event. */
static void check_classes(const struct policy_reader *reader,
			  const yaml_node_t *node,
			  const struct policy_rule *rule)
{
	const struct schema *key = schema_find(schema_match, "class");
	char text[TYPES_TEXT];

	for (const struct schema_word *word = key->words; word->name; word++) {
		if (!word->refused && rule->classes & BIT(word->value) &&
		    !(rule->types & word->types))
			policy_errors_add(reader->errors, &node->start_mark,
					  "class '%s' has no events of the type %s",
					  word->name,
					  list_types(rule->types, text));
	}
}

/*
 * Without a type, a rule is about all that its other keys say something of. With
 * one, a key that says nothing of it would never match, or be overlooked.
 */
static bool finish_types(const struct policy_reader *reader,
			 const yaml_node_t *match, struct policy_rule *rule)
{
	uint32_t able = SCHEMA_TYPES;
	char stray[TYPES_TEXT];
	char types[TYPES_TEXT];
	bool good = true;

	if (policy_find(reader, match, "type") && !rule->types)
		return false;
	for (const struct schema *key = schema_match; key->name; key++) {
		const yaml_node_t *node = policy_find(reader, match, key->name);
		uint32_t of_key;

		if (!node || key->refused)
			continue;
		of_key = types_of(key, rule);
		able &= of_key;
		if (!(rule->types & ~of_key))
			continue;
		good = false;
		policy_errors_add(reader->errors, &node->start_mark,
				  "'%s' says nothing of %s: it is about %s",
				  key->name,
				  list_types(rule->types & ~of_key, stray),
				  list_types(of_key, types));
	}
	if (!rule->types)
		rule->types = able;
	if (!rule->types) {
		policy_errors_add(reader->errors, &match->start_mark,
				  "nothing would match: there is no event type that all of these keys are about");
		return false;
	}
	return good;
}

static bool has_id(const struct policy_entries *entries, uint64_t id)
{
	for (size_t i = 0; i < entries->count; i++) {
		if (entries->entries[i].id == id)
			return true;
	}
	return false;
}

/* Some are asked for, and root is not among them. */
static bool without_root(const struct policy_entries *ids)
{
	return ids->given && !has_id(ids, 0);
}

static bool without_helper(const struct policy_reader *reader,
			   const struct policy_entries *executables)
{
	for (size_t i = 0; i < executables->count; i++) {
		if (policy_helper_is(&reader->helper, &executables->entries[i]))
			return false;
	}
	return executables->given;
}

/*
 * The kernel runs a helper as root, in the initial namespaces. What writes the
 * core may be another process, which systemd starts in a mount namespace of its
 * own; no rule above this one can be relied upon to let it through, as
 * core_pattern may name another helper tomorrow.
 */
static bool spares_helper(const struct policy_reader *reader,
			  const struct policy_rule *rule)
{
	return without_root(&rule->users) ||
	       without_helper(reader, &rule->executables);
}

#define SPARING								\
	"or name executables that are no helper, or users without root"

static void check_helper(const struct policy_reader *reader,
			 const yaml_node_t *action,
			 const struct policy_rule *rule)
{
	const uint32_t does = policy_helper_does(rule->types, rule->classes,
						 rule->accesses);
	char types[TYPES_TEXT];

	if (spares_helper(reader, rule))
		return;
	if (does & OPEN)
		policy_errors_add(reader->errors, &action->start_mark,
				  "this would keep a dump helper, as systemd-coredump, from writing core files: leave 'write' out with 'access: [read, read-write, exec]', %s",
				  SPARING);
	if (does & ~OPEN)
		policy_errors_add(reader->errors, &action->start_mark,
				  "this would keep a dump helper, as systemd-coredump, from giving core files their names and attributes: leave %s out, %s",
				  list_types(does & ~OPEN, types),
				  SPARING);
}

static void check_deny(const struct policy_reader *reader,
		       const yaml_node_t *action,
		       const struct policy_rule *rule)
{
	if (rule->types & DUMP)
		policy_errors_add(reader->errors, &action->start_mark,
				  "no rule can deny a dump, as the kernel cannot be kept from making it: say what is meant with 'type', open for instance");
	else if (rule->classes & BLOCK_DEVICE)
		policy_errors_add(reader->errors, &action->start_mark,
				  "no rule can deny opens of block devices, which udev, mount and fsck live by: leave 'block_device' out of 'class'");
	else
		check_helper(reader, action, rule);
}

/* All, where nothing was asked. */
static void fill(uint32_t *mask, const char *name)
{
	if (!*mask)
		*mask = schema_all(schema_find(schema_match, name)->words);
}

/* All that can be denied: those that some event of these types is about. */
static uint32_t deniable_classes(uint32_t types)
{
	const struct schema_word *word =
		schema_find(schema_match, "class")->words;
	uint32_t classes = 0;

	for (; word->name; word++) {
		if (!word->refused && word->types & types)
			classes |= BIT(word->value);
	}
	return classes & ~BLOCK_DEVICE;
}

void policy_finish_rule(struct policy_reader *reader, const yaml_node_t *node,
			struct policy_rule *rule)
{
	const yaml_node_t *match = policy_find(reader, node, "match");
	const yaml_node_t *class;

	if (rule->priority == UINT32_MAX)
		rule->priority = rule->action == POLICY_DENY ? LOG_WARNING :
							       LOG_NOTICE;
	if (!match || match->type != YAML_MAPPING_NODE)
		return;
	if (!finish_types(reader, match, rule))
		return;
	class = policy_find(reader, match, "class");
	if (class)
		check_classes(reader, class, rule);
	else if (rule->action == POLICY_DENY)
		rule->classes = deniable_classes(rule->types);
	fill(&rule->classes, "class");
	fill(&rule->accesses, "access");
	if (rule->action == POLICY_DENY && !reader->names_only)
		check_deny(reader, policy_find(reader, node, "action"), rule);
}
