// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include <syslog.h>

#include "policy_fields.h"
#include "policy_schema.h"

#define OPEN	BIT(COREDUMP_MON_OPEN)
#define DUMP	BIT(COREDUMP_MON_DUMP)

#define ALWAYS_TOLD	"no rule is asked about it, as it is always told"
#define NO_ACCESS	"this module makes no 'access' events yet"
#define NO_CONFIG	"this module makes no 'config' events yet"
#define NO_MEMORY	"this module does not see opens of kernel memory yet"

static const struct schema_word versions[] = {
	{ "1", POLICY_VERSION, 0, NULL },
	{ 0 },
};

static const struct schema_word modes[] = {
	{ "permissive", COREDUMP_MON_PERMISSIVE, 0, NULL },
	{ "enforcing", COREDUMP_MON_ENFORCING, 0, NULL },
	{ 0 },
};

static const struct schema_word actions[] = {
	{ "ignore", POLICY_IGNORE, 0, NULL },
	{ "log", POLICY_LOG, 0, NULL },
	{ "deny", POLICY_DENY, 0, NULL },
	{ 0 },
};

static const struct schema_word fallbacks[] = {
	{ "log", POLICY_LOG, 0, NULL },
	{ "ignore", POLICY_IGNORE, 0, NULL },
	{ "deny", POLICY_DENY, 0,
	  "it would keep dump helpers from writing core files: let the last rule deny what is meant, with type, class and access",
	},
	{ 0 },
};

/* syslog(3)'s levels by the names that Falco has for them. */
static const struct schema_word priorities[] = {
	{ "EMERGENCY", LOG_EMERG, 0, NULL },
	{ "ALERT", LOG_ALERT, 0, NULL },
	{ "CRITICAL", LOG_CRIT, 0, NULL },
	{ "ERROR", LOG_ERR, 0, NULL },
	{ "WARNING", LOG_WARNING, 0, NULL },
	{ "NOTICE", LOG_NOTICE, 0, NULL },
	{ "INFO", LOG_INFO, 0, NULL },
	{ "DEBUG", LOG_DEBUG, 0, NULL },
	{ 0 },
};

static const struct schema_word switches[] = {
	{ "true", 1, 0, NULL },
	{ "false", 0, 0, NULL },
	{ 0 },
};

static const struct schema_word tristates[] = {
	{ "true", POLICY_YES, 0, NULL },
	{ "false", POLICY_NO, 0, NULL },
	{ 0 },
};

static const struct schema_word types[] = {
	{ "dump", COREDUMP_MON_DUMP, 0, NULL },
	{ "open", COREDUMP_MON_OPEN, 0, NULL },
	{ "rename", COREDUMP_MON_RENAME, 0, NULL },
	{ "link", COREDUMP_MON_LINK, 0, NULL },
	{ "unlink", COREDUMP_MON_UNLINK, 0, NULL },
	{ "attr", COREDUMP_MON_ATTR, 0, NULL },
	{ "access", 0, 0, NO_ACCESS },
	{ "config", 0, 0, NO_CONFIG },
	{ "policy", 0, 0, ALWAYS_TOLD },
	{ "lost", 0, 0, ALWAYS_TOLD },
	{ "suppressed", 0, 0, ALWAYS_TOLD },
	{ 0 },
};

static const struct schema_word classes[] = {
	{ "core", COREDUMP_MON_CLASS_CORE, SCHEMA_FILE_TYPES, NULL },
	{ "coredump_filter", COREDUMP_MON_CLASS_COREDUMP_FILTER, OPEN, NULL },
	{ "block_device", COREDUMP_MON_CLASS_BLOCK_DEVICE, OPEN, NULL },
	{ "dump_config", 0, 0, NO_CONFIG },
	{ "kernel_memory", 0, 0, NO_MEMORY },
	{ "access", 0, 0, NO_ACCESS },
	{ 0 },
};

static const struct schema_word accesses[] = {
	{ "read", COREDUMP_MON_ACCESS_READ, 0, NULL },
	{ "write", COREDUMP_MON_ACCESS_WRITE, 0, NULL },
	{ "read-write", COREDUMP_MON_ACCESS_READ_WRITE, 0, NULL },
	{ "exec", COREDUMP_MON_ACCESS_EXEC, 0, NULL },
	{ 0 },
};

#define IN_POLICY(field)	.offset = offsetof(struct policy, field)
#define IN_RULE(field)		.offset = offsetof(struct policy_rule, field)

const struct schema schema_match[] = {
	{ "type", SCHEMA_WORDS, .noun = "event type", IN_RULE(types),
	  .types = SCHEMA_TYPES, .words = types },
	{ "class", SCHEMA_WORDS, .noun = "class", IN_RULE(classes),
	  .types = SCHEMA_FILE_TYPES, .words = classes },
	{ "access", SCHEMA_WORDS, .noun = "kind of access", IN_RULE(accesses),
	  .types = OPEN, .words = accesses },
	{ "executable", SCHEMA_ENTRIES, SCHEMA_NOBODY,
	  "the absolute path of a program", IN_RULE(executables),
	  .types = SCHEMA_TYPES, .resolve = resolve_executable },
	{ "user", SCHEMA_ENTRIES, SCHEMA_NOBODY, "a user's name or number",
	  IN_RULE(users), .types = SCHEMA_TYPES, .resolve = resolve_user },
	{ "group", SCHEMA_ENTRIES, SCHEMA_NOBODY, "a group's name or number",
	  IN_RULE(groups), .types = SCHEMA_TYPES, .resolve = resolve_group },
	{ "directory", SCHEMA_ENTRIES, SCHEMA_NOBODY,
	  "the absolute path of a directory", IN_RULE(directories),
	  .types = SCHEMA_FILE_TYPES, .resolve = resolve_directory },
	{ "cgroup", SCHEMA_ENTRIES, SCHEMA_NOBODY, "the path of a cgroup",
	  IN_RULE(cgroups), .types = SCHEMA_TYPES, .resolve = resolve_cgroup },
	{ "initial_namespaces", SCHEMA_WORD, SCHEMA_PLAIN,
	  IN_RULE(initial_namespaces), .types = SCHEMA_TYPES,
	  .words = tristates },
	{ "forced", SCHEMA_WORD, SCHEMA_PLAIN, IN_RULE(forced), .types = DUMP,
	  .words = tristates },
	{ "privileged", SCHEMA_WORD, SCHEMA_PLAIN, IN_RULE(privileged),
	  .types = DUMP, .words = tristates },
	{ "kind", SCHEMA_WORDS, .refused = NO_ACCESS },
	{ "mode", SCHEMA_WORDS, .refused = NO_ACCESS },
	{ 0 },
};

static const struct schema rule[] = {
	{ "name", SCHEMA_TEXT, SCHEMA_REQUIRED, "a text", IN_RULE(name),
	  .most = POLICY_NAME_MAX },
	{ "enabled", SCHEMA_WORD, SCHEMA_PLAIN, IN_RULE(enabled),
	  .words = switches },
	{ "description", SCHEMA_TEXT, SCHEMA_LINES, "a text",
	  IN_RULE(description), .most = POLICY_DESCRIPTION_MAX },
	{ "match", SCHEMA_MAPPING, SCHEMA_REQUIRED, .keys = schema_match },
	{ "action", SCHEMA_WORD, SCHEMA_REQUIRED, "action", IN_RULE(action),
	  .words = actions },
	{ "priority", SCHEMA_WORD, .noun = "priority", IN_RULE(priority),
	  .words = priorities },
	{ "message", SCHEMA_TEXT, .noun = "a text", IN_RULE(message),
	  .most = POLICY_MESSAGE_MAX, .check = policy_fields_check },
	{ "tags", SCHEMA_ENTRIES, SCHEMA_APART | SCHEMA_EMPTY | SCHEMA_NO_LIST,
	  "a tag", IN_RULE(tags), .most = POLICY_TAGS_MAX,
	  .resolve = resolve_tag },
	{ 0 },
};

static const struct schema_word no_rate[] = {
	{ "off", COREDUMP_MON_RATE_OFF, 0, NULL },
	{ 0 },
};

/* Of one process, and of all of a user, by the kind of what is counted. */
#define RATE(name, field)						\
	{ name, SCHEMA_RATE, SCHEMA_PLAIN, IN_POLICY(field), .words = no_rate }
#define RATE_KEYS(of, kind)						\
static const struct schema of[] = {					\
	RATE("process", rates[COREDUMP_MON_KIND_##kind].process),	\
	RATE("user", rates[COREDUMP_MON_KIND_##kind].user),		\
	{ 0 },								\
}

RATE_KEYS(open_rates, OPEN);
RATE_KEYS(denial_rates, DENIAL);
RATE_KEYS(dump_rates, DUMP);
RATE_KEYS(change_rates, CHANGE);
RATE_KEYS(tag_rates, TAG);
RATE_KEYS(policy_rates, POLICY);

static const struct schema rates[] = {
	{ "open", SCHEMA_MAPPING, .keys = open_rates },
	{ "denial", SCHEMA_MAPPING, .keys = denial_rates },
	{ "dump", SCHEMA_MAPPING, .keys = dump_rates },
	{ "change", SCHEMA_MAPPING, .keys = change_rates },
	{ "tag", SCHEMA_MAPPING, .keys = tag_rates },
	{ "policy", SCHEMA_MAPPING, .keys = policy_rates },
	{ 0 },
};

/* Those of a match, but that core files are not seen by their class. */
static const struct schema watched_classes[] = {
	{ "coredump_filter", SCHEMA_FLAG, SCHEMA_PLAIN, IN_POLICY(classes),
	  .bit = BIT(COREDUMP_MON_CLASS_COREDUMP_FILTER), .words = switches },
	{ "block_device", SCHEMA_FLAG, SCHEMA_PLAIN, IN_POLICY(classes),
	  .bit = BIT(COREDUMP_MON_CLASS_BLOCK_DEVICE), .words = switches },
	{ "core", SCHEMA_FLAG,
	  .refused = "core files are watched by what 'directories' and 'files' name, and by what the kernel dumps into",
	},
	{ "dump_config", SCHEMA_FLAG, .refused = NO_CONFIG },
	{ "kernel_memory", SCHEMA_FLAG, .refused = NO_MEMORY },
	{ "access", SCHEMA_FLAG, .refused = NO_ACCESS },
	{ 0 },
};

static const struct schema watch[] = {
	{ "directories", SCHEMA_ENTRIES, SCHEMA_APART | SCHEMA_EMPTY,
	  "the absolute path of a directory", IN_POLICY(directories),
	  .most = COREDUMP_MON_DIRECTORIES_MAX, .resolve = resolve_watched },
	{ "files", SCHEMA_ENTRIES, SCHEMA_EMPTY, "the absolute path of a file",
	  IN_POLICY(files), .resolve = resolve_file },
	{ "classes", SCHEMA_MAPPING, .keys = watched_classes },
	{ 0 },
};

const struct schema schema_policy[] = {
	{ "version", SCHEMA_WORD, SCHEMA_REQUIRED | SCHEMA_PLAIN, "version",
	  IN_POLICY(version), .words = versions },
	{ "mode", SCHEMA_WORD, .noun = "mode", IN_POLICY(mode), .words = modes },
	{ "watch", SCHEMA_MAPPING, .keys = watch },
	{ "rates", SCHEMA_MAPPING, .keys = rates },
	{ "lists", .kind = SCHEMA_LISTS },
	{ "rules", SCHEMA_RULES, .keys = rule },
	{ "default", SCHEMA_WORD, .noun = "default", IN_POLICY(fallback),
	  .words = fallbacks },
	{ 0 },
};

const struct schema *schema_find(const struct schema *keys, const char *name)
{
	for (; keys->name; keys++) {
		if (!strcmp(keys->name, name))
			return keys;
	}
	return NULL;
}

const struct schema_word *schema_word(const struct schema_word *words,
				      const char *name)
{
	for (; words->name; words++) {
		if (!strcmp(words->name, name))
			return words;
	}
	return NULL;
}

uint32_t schema_all(const struct schema_word *words)
{
	uint32_t all = 0;

	for (; words->name; words++) {
		if (!words->refused)
			all |= BIT(words->value);
	}
	return all;
}
