// SPDX-License-Identifier: GPL-2.0
/* What a policy file is made into. Speaks TAP. */
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <syslog.h>

#include "../array.h"
#include "../nearest.h"
#include "../policy_fields.h"
#include "../policy_helper.h"
#include "../policy_read.h"
#include "../policy_write.h"
#include "check.h"

#define PROGRAM	"/usr/bin/env"

static struct policy *parse(const char *text)
{
	struct policy_errors errors = {
		.file = "test",
		.text = text,
		.len = strlen(text),
	};
	struct policy *policy = policy_parse(&errors);

	for (size_t i = 0; i < errors.kept; i++)
		printf("# %zu:%zu: %s\n", errors.errors[i].line + 1,
		       errors.errors[i].column + 1, errors.errors[i].text);
	policy_errors_free(&errors);
	return policy;
}

static const char whole[] =
	"version: 1\n"
	"mode: enforcing\n"
	"watch:\n"
	"  directories: [/etc, /nonexistent]\n"
	"  files: [" PROGRAM "]\n"
	"  classes: {block_device: false}\n"
	"rates: {open: {user: 12}, denial: {process: off, user: 3}}\n"
	"lists: {us: [root, 7]}\n"
	"rules:\n"
	"- name: first\n"
	"  description: one\n"
	"  match:\n"
	"    type: open\n"
	"    class: [core, coredump_filter]\n"
	"    access: [read, exec]\n"
	"    executable: " PROGRAM "\n"
	"    user: [$us, daemon]\n"
	"    group: root\n"
	"    directory: /etc\n"
	"    initial_namespaces: true\n"
	"  action: deny\n"
	"  message: by %process.pid\n"
	"  tags: [a, b]\n"
	"- name: second\n"
	"  enabled: false\n"
	"  match: {forced: true, privileged: false}\n"
	"  action: log\n"
	"  priority: EMERGENCY\n"
	"- {name: third, match: {directory: /}, action: ignore}\n"
	"default: ignore\n";

static bool is_inode(const struct policy_entries *entries, size_t i,
		     const char *path)
{
	const struct policy_entry *entry = &entries->entries[i];
	struct stat st;

	return i < entries->count && !strcmp(entry->name, path) &&
	       !stat(path, &st) && entry->id == st.st_ino &&
	       entry->dev_major == major(st.st_dev) &&
	       entry->dev_minor == minor(st.st_dev);
}

static bool is_id(const struct policy_entries *entries, size_t i,
		  const char *name, uint64_t id)
{
	const struct policy_entry *entry = &entries->entries[i];

	return i < entries->count && !strcmp(entry->name, name) &&
	       entry->id == id && !entry->dev_major && !entry->dev_minor;
}

static void check_first(const struct policy_rule *rule)
{
	const struct passwd *daemon = getpwnam("daemon");

	CHECK(rule->types == BIT(COREDUMP_MON_OPEN));
	CHECK(rule->classes == (BIT(COREDUMP_MON_CLASS_CORE) |
				BIT(COREDUMP_MON_CLASS_COREDUMP_FILTER)));
	CHECK(rule->accesses == (BIT(COREDUMP_MON_ACCESS_READ) |
				 BIT(COREDUMP_MON_ACCESS_EXEC)));
	CHECK(rule->executables.count == 1 &&
	      is_inode(&rule->executables, 0, PROGRAM));
	CHECK(rule->users.count == 3 && is_id(&rule->users, 0, "root", 0) &&
	      is_id(&rule->users, 1, "7", 7) && daemon &&
	      is_id(&rule->users, 2, "daemon", daemon->pw_uid));
	CHECK(rule->groups.count == 1 && is_id(&rule->groups, 0, "root", 0));
	CHECK(rule->directories.count == 1 &&
	      is_inode(&rule->directories, 0, "/etc"));
	CHECK(!rule->cgroups.given && !rule->cgroups.count);
	CHECK(rule->initial_namespaces == POLICY_YES);
	CHECK(rule->forced == POLICY_ANY && rule->privileged == POLICY_ANY);
	CHECK(rule->enabled == 1 && rule->action == POLICY_DENY);
	CHECK(rule->priority == LOG_WARNING);
	CHECK(!strcmp(rule->description, "one"));
	CHECK(!strcmp(rule->message, "by %process.pid"));
	CHECK(rule->tags.count == 2 && is_id(&rule->tags, 1, "b", 0));
}

/* Each key comes to where it belongs. */
static void test_resolved(void)
{
	struct policy *policy = parse(whole);
	const struct policy_rule *second, *third;

	CHECK(policy && policy->rule_count == 3);
	if (!passed)
		return;
	second = &policy->rules[1];
	third = &policy->rules[2];
	CHECK(policy->version == 1 && policy->mode == COREDUMP_MON_ENFORCING);
	CHECK(policy->fallback == POLICY_IGNORE);
	CHECK(policy->classes == BIT(COREDUMP_MON_CLASS_COREDUMP_FILTER));
	CHECK(policy->rates[COREDUMP_MON_KIND_OPEN].process == 0);
	CHECK(policy->rates[COREDUMP_MON_KIND_OPEN].user == 12);
	CHECK(policy->rates[COREDUMP_MON_KIND_DENIAL].process ==
	      COREDUMP_MON_RATE_OFF);
	CHECK(policy->rates[COREDUMP_MON_KIND_DENIAL].user == 3);
	CHECK(policy->directories.given && policy->directories.count == 2);
	CHECK(is_inode(&policy->directories, 0, "/etc"));
	CHECK(is_id(&policy->directories, 1, "/nonexistent", 0));
	CHECK(is_inode(&policy->files, 0, PROGRAM));
	CHECK(policy_entry_count(policy) == 8);
	check_first(&policy->rules[0]);
	CHECK(!second->enabled && second->priority == LOG_EMERG);
	CHECK(second->types == BIT(COREDUMP_MON_DUMP));
	CHECK(second->forced == POLICY_YES && second->privileged == POLICY_NO);
	CHECK(third->types == SCHEMA_FILE_TYPES);
	CHECK(third->classes == 0xe && third->accesses == 0x1e);
	CHECK(third->action == POLICY_IGNORE && third->priority == LOG_NOTICE);
	CHECK(!third->message && !third->description && !third->tags.given);
	policy_free(policy);
}

static void test_round_trip(void)
{
	struct policy *policy = parse(whole);
	static char text[1 << 16];
	struct out out = { .fd = -1, .size = sizeof(text) - 1, .data = text };
	struct policy *again;

	CHECK(policy && policy_write(policy, &out));
	text[out.len] = '\0';
	again = parse(text);
	CHECK(again && policy_equal(policy, again));
	policy_free(again);
	policy_free(policy);
}

/* One word of the text is another one. */
static void test_equal(void)
{
	static const char *const changes[][2] = {
		{ "enforcing", "permissive" }, { "/etc,", "/bin," },
		{ "/nonexistent", "/nonexisting" }, { "[" PROGRAM, "[/etc/passwd" },
		{ "block_device", "coredump_filter" }, { "7]", "8]" },
		{ "root, 7", "0, 7" }, { "first", "First" }, { "one", "on" },
		{ "description: one", "description: One" },
		{ "[core, coredump_filter]", "core" }, { "exec]", "read-write]" },
		{ "daemon", "bin" }, { "group: root", "group: 0" },
		{ "directory: /etc", "directory: /bin" },
		{ "initial_namespaces: true", "initial_namespaces: false" },
		{ "deny", "log" }, { "process.pid", "process.uid" },
		{ "[a, b]", "[a]" }, { "[a, b]", "[]" }, { "[a, b]", "[b, a]" },
		{ "enabled: false", "enabled: true" },
		{ "forced: true", "forced: false" },
		{ ", privileged: false", "" }, { "EMERGENCY", "ALERT" },
		{ "action: ignore", "action: log" },
		{ "default: ignore", "default: log" },
		{ "user: 12", "user: 13" }, { "process: off", "process: 1" },
		{ "denial:", "tag:" },
		{ "- {name: third, match: {directory: /}, action: ignore}\n", "" },
		{ "  directories: [/etc, /nonexistent]\n", "" },
	};
	struct policy *policy = parse(whole);
	char text[2 * sizeof(whole)];

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		const char *at = strstr(whole, changes[i][0]);
		struct policy *other;

		CHECK(at);
		if (!at)
			break;
		snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - whole),
			 whole, changes[i][1], at + strlen(changes[i][0]));
		other = parse(text);
		CHECK(policy && other && !policy_equal(policy, other) &&
		      !policy_equal(other, policy));
		if (!passed) {
			printf("# %s\n", changes[i][1]);
			policy_free(other);
			break;
		}
		policy_free(other);
	}
	CHECK(policy && policy_equal(policy, policy));
	policy_free(policy);
}

static void test_nearest(void)
{
	static const struct {
		const char *word;
		const char *known[4];
		const char *found;
	} words[] = {
		{ "", { "a" }, "" },
		{ "x", { "y", "z" }, "" },
		{ "x", { "xy" }, "xy" },
		{ "core", { "core" }, "core" },
		{ "cores", { "log", "core" }, "core" },
		{ "ocre", { "core" }, "core" },
		{ "CORE", { "core" }, "core" },
		{ "corre", { "cord", "core" }, "core" },
		{ "tpye", { "type", "mode" }, "type" },
		{ "access", { "excess", "recess", "process" }, "excess" },
		{ "exec", { "executable" }, "" },
		{ "abcdef", { "fedcba" }, "" },
		{ "0123456789012345678901234567890123456789012345678901234567890123",
		  { "0123456789012345678901234567890123456789012345678901234567890x" },
		  "0123456789012345678901234567890123456789012345678901234567890x" },
		{ "01234567890123456789012345678901234567890123456789012345678901234",
		  { "0123456789012345678901234567890123456789012345678901234567890123" },
		  "" },
	};
	struct nearest nearest;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		nearest_begin(&nearest, words[i].word);
		for (size_t n = 0; n < 4 && words[i].known[n]; n++)
			nearest_offer(&nearest, words[i].known[n]);
		CHECK(!strcmp(nearest.found, words[i].found));
		if (strcmp(nearest.found, words[i].found))
			printf("# '%s': '%s'\n", words[i].word, nearest.found);
	}
}

static void test_fields(void)
{
	static const char *const good[] = {
		"", "x", "%%", "%%process.nonsense", "%seq", "%process.comm.",
		"%process.comm_", "%process.comm%process.exe", "%file.path: %type",
		"(%signal.sender.pid)", "%attr.mode.old", "%namespaces... no: %%",
	};
	static const char *const bad[] = {
		"%", "x %", "% seq", "%%%", "%Seq", "%process", "%process.",
		"%process.comm.x", "%comm", "%.seq", "%sequence",
	};
	struct reason why;

	for (size_t i = 0; i + 1 < ARRAY_SIZE(good); i++)
		CHECK(policy_fields_check(good[i], &why));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK(!policy_fields_check(bad[i], &why) && *why.text);
	CHECK(!policy_fields_check(good[ARRAY_SIZE(good) - 1], &why));
}

static void test_helper(void)
{
	char name[] = "/bin/x";
	char known[] = "/a/systemd-coredump";
	const struct policy_entry none = { 0 };
	struct policy_entry helper = { name, 7, 8, 1 };
	struct policy_entry same = helper;

	CHECK(policy_helper_is(&helper, &same));
	CHECK(!policy_helper_is(&none, &same));
	same.dev_minor++;
	CHECK(!policy_helper_is(&helper, &same));
	same.name = known;
	CHECK(policy_helper_is(&helper, &same));
	CHECK(policy_helper_is(&none, &same));
}

static void check_count(const struct schema *keys)
{
	size_t count = 0;

	for (; keys[count].name; count++) {
		if (keys[count].keys)
			check_count(keys[count].keys);
	}
	CHECK(count <= SCHEMA_KEYS_MAX);
}

/* Every key but those that are refused can be written as well as read. */
static void test_schema(void)
{
	check_count(schema_policy);
	for (const struct schema *key = schema_match; key->name; key++) {
		CHECK(schema_find(schema_match, key->name) == key);
		if (key->refused)
			continue;
		CHECK(key->types && !(key->types & ~SCHEMA_TYPES));
		CHECK(!!key->words == (key->kind != SCHEMA_ENTRIES));
		CHECK(!!key->resolve == (key->kind == SCHEMA_ENTRIES));
	}
	CHECK(!schema_find(schema_match, ""));
}

static const struct test tests[] = {
	{ "each key comes to where it belongs", test_resolved },
	{ "what is written reads to the same", test_round_trip },
	{ "whatever differs makes two policies differ", test_equal },
	{ "did you mean", test_nearest },
	{ "fields of messages", test_fields },
	{ "which programs are dump helpers", test_helper },
	{ "the schema is whole", test_schema },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
