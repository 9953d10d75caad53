// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "escape.h"
#include "policy_now.h"
#include "policy_schema.h"
#include "policy_write.h"
#include "utf8.h"

/* A comment, in one line whatever names hold. */
__attribute__((format(printf, 2, 3)))
static void note(struct out *out, const char *format, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	if (len < 0)
		return;
	out_str(out, "# ");
	escape_text(out, text, (size_t)len);
	out_char(out, '\n');
	free(text);
}

static void drop(struct policy_entries *entries, size_t i)
{
	free(entries->entries[i].name);
	entries->count--;
	memmove(&entries->entries[i], &entries->entries[i + 1],
		(entries->count - i) * sizeof(*entries->entries));
}

/* Takes out what is not there any more. */
static void drop_absent(const struct schema *key, struct policy_entries *entries,
			const char *rule, struct out *out)
{
	size_t i = 0;
	struct reason why;

	while (i < entries->count) {
		if (key->resolve(&entries->entries[i], &why)) {
			i++;
			continue;
		}
		note(out, "%s%s%sleft out of '%s': %s", rule ? "rule '" : "",
		     rule ? rule : "", rule ? "': " : "", key->name, why.text);
		drop(entries, i);
	}
}

/* The number counts, whatever has the name now. */
static bool number(const struct schema *key, struct policy_entry *entry,
		   uint32_t id, const char *rule, struct out *out)
{
	struct reason why;
	char *name;

	if (key->resolve(entry, &why) && entry->id == id)
		return true;
	note(out, "rule '%s': the %s '%s' was number %" PRIu32 ", and is not any more",
	     rule, key->name, entry->name, id);
	if (asprintf(&name, "%" PRIu32, id) < 0)
		return false;
	free(entry->name);
	entry->name = name;
	entry->id = id;
	return true;
}

static bool numbers(const char *key, struct policy_entries *entries,
		    const uint32_t *ids, const char *rule, struct out *out)
{
	const struct schema *found = schema_find(schema_match, key);

	for (size_t i = 0; i < entries->count; i++) {
		if (!number(found, &entries->entries[i], ids[i], rule, out))
			return false;
	}
	return true;
}

/* What is gone is left out, which is told. */
static void note_other(const struct policy_stale *stale, void *arg)
{
	if (!stale->gone)
		note(arg, "rule '%s': the %s '%s' is another one now than when it was loaded",
		     stale->rule, stale->key, stale->name);
}

/* Gives false if memory does not do. */
static bool refresh_rule(const struct policy_now *now, struct policy_rule *rule,
			 struct out *out)
{
	struct device_rule found;

	if (policy_rule_counts(rule) && !policy_now_builtin(now) &&
	    device_find_rule(&now->rules, rule->name, &found) &&
	    (!numbers("user", &rule->users, found.users, rule->name, out) ||
	     !numbers("group", &rule->groups, found.groups, rule->name, out)))
		return false;
	for (const struct schema *key = schema_match; key->name; key++) {
		if (key->kind == SCHEMA_ENTRIES)
			drop_absent(key, schema_field(key, rule), rule->name,
				    out);
	}
	return true;
}

/* Could a policy have this text? */
static bool is_plain(const char *path, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)path[i] < ' ' || path[i] == 0x7f ||
		    ((unsigned char)path[i] == 0xc2 && i + 1 < len &&
		     (unsigned char)path[i + 1] < 0xa0))
			return false;
	}
	return len && utf8_valid(path, len);
}

static bool add_directory(struct policy_entries *entries, const char *path,
			  size_t len)
{
	struct policy_entry *grown =
		reallocarray(entries->entries, entries->count + 1,
			     sizeof(*grown));

	if (!grown)
		return false;
	entries->entries = grown;
	memset(&grown[entries->count], 0, sizeof(*grown));
	grown[entries->count].name = strndup(path, len);
	return grown[entries->count].name && ++entries->count;
}

/* Those that were set; where there are others, none were. */
static bool take_directories(struct policy_entries *entries,
			     const struct device_list *list, struct out *out)
{
	const uint32_t unset = COREDUMP_MON_DIRECTORY_BUILTIN |
			       COREDUMP_MON_DIRECTORY_PATTERN;
	const uint32_t others = COREDUMP_MON_DIRECTORY_FORMER |
				COREDUMP_MON_DIRECTORY_MOUNTED;
	struct coredump_mon_directory directory;
	const char *path;
	size_t at = 0;

	while (entries->count)
		drop(entries, entries->count - 1);
	entries->given = true;
	while (device_next_directory(list, &at, &directory, &path)) {
		if (directory.flags & others)
			continue;
		if (directory.flags & unset)
			entries->given = false;
		if (!is_plain(path, directory.path_len))
			note(out, "left out of 'directories', as no policy can name it: %.*s",
			     (int)directory.path_len, path);
		else if (!add_directory(entries, path, directory.path_len))
			return false;
	}
	while (!entries->given && entries->count)
		drop(entries, entries->count - 1);
	return true;
}

bool policy_now_write(struct policy_now *now, uint32_t mode,
		      const struct device_list *directories, struct out *out)
{
	static const struct schema files = {
		.name = "files", .resolve = resolve_file,
	};
	struct policy *policy = now->policy;

	policy->mode = mode;
	memcpy(policy->rates, now->rules.set.rates, sizeof(policy->rates));
	policy_now_stale(now, note_other, out);
	for (size_t i = 0; i < policy->rule_count; i++) {
		if (!refresh_rule(now, &policy->rules[i], out))
			return false;
	}
	drop_absent(&files, &policy->files, NULL, out);
	return take_directories(&policy->directories, directories, out) &&
	       policy_write(policy, out);
}
