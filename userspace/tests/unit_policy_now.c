// SPDX-License-Identifier: GPL-2.0
/* What a policy is loaded as, and what is shown of rules in force. Speaks TAP. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <linux/fs.h>

#include "../../module/policy.h"
#include "../array.h"
#include "../policy_now.h"
#include "../policy_pack.h"
#include "../policy_read.h"
#include "check.h"

#define PROGRAM	"/usr/bin/env"
#define OTHER	"/usr/bin/id"

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

/* What the kernel puts in the place of a descriptor, as others tell it. */
static void take_file(const struct coredump_mon_rule_file *from)
{
	struct coredump_mon_rule_file file = { .fd = -1 };
	char command[128];
	struct stat st;
	FILE *output;
	int fd;

	CHECK(!fstat(from->fd, &st));
	CHECK(!from->generation && !from->dev_major && !from->dev_minor &&
	      !from->ino);
	file.ino = st.st_ino;
	snprintf(command, sizeof(command),
		 "findmnt -nro MAJ:MIN -T $(readlink /proc/%d/fd/%d)", getpid(),
		 from->fd);
	output = popen(command, "r");
	CHECK(output && fscanf(output, "%u:%u", &file.dev_major,
			       &file.dev_minor) == 2);
	pclose(output);
	snprintf(command, sizeof(command), "/proc/self/fd/%d", from->fd);
	fd = open(command, O_RDONLY);
	/* Some file systems have none. */
	ioctl(fd, FS_IOC_GETVERSION, &file.generation);
	close(fd);
	memcpy((void *)from, &file, sizeof(file));
}

/* As if the module had been given a policy. */
static struct policy_now loaded(const char *text)
{
	struct policy *policy = parse(text);
	struct policy_now now = { 0 };
	struct policy_pack pack;
	struct device_rule rule;
	struct reason why = { "" };
	size_t at = 0;

	CHECK(policy && policy_pack(policy, text, strlen(text), &pack, &why));
	if (!passed)
		exit(EXIT_FAILURE);
	now.rules.set = pack.set;
	now.rules.raw = malloc(pack.set.rules_len + 1);
	memcpy(now.rules.raw, pack.raw, pack.set.rules_len);
	now.rules.text = strdup(text);
	while (device_next_rule(&now.rules, &at, &rule)) {
		for (uint32_t i = 0; i < rule.head->executables; i++)
			take_file(&rule.executables[i]);
		for (uint32_t i = 0; i < rule.head->directories; i++)
			take_file(&rule.directories[i]);
	}
	CHECK(at == pack.set.rules_len);
	policy_pack_free(&pack);
	policy_free(policy);
	policy_now_parse(&now);
	return now;
}

static const char whole[] =
	"version: 1\n"
	"mode: enforcing\n"
	"watch: {classes: {block_device: false}}\n"
	"rules:\n"
	"- name: first\n"
	"  match:\n"
	"    type: [open, unlink]\n"
	"    class: core\n"
	"    executable: [" PROGRAM ", " OTHER ", " PROGRAM "]\n"
	"    user: [daemon, 7]\n"
	"    group: 8\n"
	"    directory: [/etc, /]\n"
	"    initial_namespaces: false\n"
	"  action: deny\n"
	"  priority: ALERT\n"
	"- {name: off, enabled: false, match: {user: 1}, action: log}\n"
	"- {name: nobody, match: {type: open, user: []}, action: deny}\n"
	"- {name: last, match: {forced: true, privileged: false}, action: ignore}\n"
	"default: ignore\n";

/* What is not of the rules, and only what the policy says. */
static void test_pack_rest(void)
{
	static const char text[] =
		"version: 1\n"
		"watch: {directories: [/etc, /none], files: [" PROGRAM ", " PROGRAM "]}\n";
	struct policy *policy = parse(text);
	struct policy_pack pack;
	struct reason why = { "" };
	struct stat st, of_fd;

	CHECK(policy && policy_pack(policy, text, strlen(text), &pack, &why));
	if (!passed)
		return;
	CHECK(pack.set.flags == COREDUMP_MON_RULES_DIRECTORIES && !pack.set.mode);
	CHECK(pack.set.directory_count == 2 && pack.set.directories_len == 11 &&
	      !memcmp((void *)pack.set.directories, "/etc\0/none", 11));
	CHECK(pack.set.file_count == 2 && pack.set.files == (uintptr_t)pack.files &&
	      pack.files[0] == pack.files[1]);
	CHECK(!stat(PROGRAM, &st) && !fstat(pack.files[0], &of_fd));
	CHECK(st.st_ino == of_fd.st_ino);
	policy_pack_free(&pack);
	policy_free(policy);
}

static void test_pack(void)
{
	struct policy_now now = loaded(strstr(whole, "version"));
	const struct coredump_mon_rules *set = &now.rules.set;
	struct device_rule rule;
	struct stat st;
	size_t at = 0;

	CHECK(set->size == sizeof(*set) && set->count == 2);
	CHECK(set->flags == COREDUMP_MON_RULES_MODE &&
	      set->mode == COREDUMP_MON_ENFORCING);
	CHECK(set->fallback == COREDUMP_MON_ACTION_IGNORE);
	CHECK(set->classes == (BIT(COREDUMP_MON_CLASS_CORE) |
			       BIT(COREDUMP_MON_CLASS_COREDUMP_FILTER)));
	CHECK(set->text_len == strlen(whole) && !set->reserved);
	CHECK(device_next_rule(&now.rules, &at, &rule));
	CHECK(!strcmp(rule.name, "first") && rule.head->name_len == 5);
	CHECK(rule.head->action == COREDUMP_MON_ACTION_DENY &&
	      rule.head->priority == LOG_ALERT);
	CHECK(rule.head->types == (BIT(COREDUMP_MON_OPEN) |
				   BIT(COREDUMP_MON_UNLINK)));
	CHECK(rule.head->classes == BIT(COREDUMP_MON_CLASS_CORE));
	CHECK(rule.head->accesses == 0x1e);
	CHECK(rule.head->initial_namespaces == COREDUMP_MON_NO);
	CHECK(!rule.head->forced && !rule.head->privileged);
	CHECK(rule.head->executables == 3 && rule.head->directories == 2 &&
	      !rule.head->cgroups);
	CHECK(!stat(OTHER, &st) && rule.executables[1].ino == st.st_ino);
	CHECK(rule.executables[0].ino == rule.executables[2].ino);
	CHECK(!stat("/etc", &st) && rule.directories[0].ino == st.st_ino);
	CHECK(rule.head->users == 2 && rule.users[0] == 1 && rule.users[1] == 7);
	CHECK(rule.head->groups == 1 && rule.groups[0] == 8);
	CHECK(device_next_rule(&now.rules, &at, &rule));
	CHECK(!strcmp(rule.name, "last"));
	CHECK(rule.head->types == BIT(COREDUMP_MON_DUMP));
	CHECK(rule.head->forced == COREDUMP_MON_YES &&
	      rule.head->privileged == COREDUMP_MON_NO);
	CHECK(!device_next_rule(&now.rules, &at, &rule));
	CHECK(device_find_rule(&now.rules, "last", &rule));
	CHECK(!device_find_rule(&now.rules, "off", &rule));
	policy_now_free(&now);
}

/* What is named has to be what it was. */
static void test_replaced(void)
{
	struct policy *policy = parse(whole);
	struct policy_pack pack;
	struct reason why = { "" };

	CHECK(policy && policy->rules[0].executables.count == 3);
	if (!passed)
		return;
	policy->rules[0].executables.entries[1].id++;
	CHECK(!policy_pack(policy, "", 0, &pack, &why));
	CHECK(strstr(why.text, OTHER "' was replaced"));
	policy->rules[0].executables.entries[1].id--;
	policy->rules[0].directories.entries[0].name[1] = '-';
	CHECK(!policy_pack(policy, "", 0, &pack, &why));
	CHECK(strstr(why.text, "No such file"));
	policy_free(policy);
}

static char shown[1 << 16];

static const char *show(struct policy_now *now, const struct device_list *list)
{
	static const struct device_list none;
	struct out out = { .fd = -1, .size = sizeof(shown) - 1, .data = shown };

	CHECK(now->policy && policy_now_write(now, COREDUMP_MON_PERMISSIVE,
					      list ? list : &none, &out));
	shown[out.len] = '\0';
	return shown;
}

/* The policy of what is shown, loaded. */
static struct policy_now again(struct policy_now *now)
{
	char *text = strdup(show(now, NULL));
	struct policy_now other = loaded(text);

	free(text);
	return other;
}

static bool same_rules(const struct policy_now *a, const struct policy_now *b)
{
	return a->rules.set.count == b->rules.set.count &&
	       a->rules.set.fallback == b->rules.set.fallback &&
	       a->rules.set.classes == b->rules.set.classes &&
	       a->rules.set.rules_len == b->rules.set.rules_len &&
	       !memcmp(a->rules.raw, b->rules.raw, a->rules.set.rules_len);
}

static void test_show(void)
{
	struct policy_now now = loaded(whole);
	struct policy_now other = again(&now);
	char *first = strdup(shown);

	CHECK(same_rules(&now, &other));
	CHECK(!strcmp(first, show(&other, NULL)));
	CHECK(!strchr(first, '#'));
	CHECK(!strncmp(first, "version: 1\nmode: permissive\nwatch:\n"
		       "  directories: []\n", 50));
	free(first);
	policy_now_free(&other);
	policy_now_free(&now);
}

static struct coredump_mon_rule_file *file_of(struct policy_now *now, int i)
{
	struct coredump_mon_rule *head = (void *)now->rules.raw;

	return (struct coredump_mon_rule_file *)(head + 1) + i;
}

/* What the text names is not what the module has. */
static void test_stale(void)
{
	struct policy_now now = loaded(whole);
	struct policy_entries *entries;
	struct device_rule rule;
	const char *text;

	file_of(&now, 1)->ino++;
	CHECK(device_find_rule(&now.rules, "first", &rule));
	((uint32_t *)rule.users)[0] = 4711;
	entries = &now.policy->rules[0].directories;
	strcpy(entries->entries[0].name, "/-\n");
	text = show(&now, NULL);
	CHECK(strstr(text, "# rule 'first': the executable '" OTHER
		     "' is another one now than when it was loaded\n"));
	CHECK(strstr(text, "# rule 'first': the user 'daemon' was number 4711"));
	CHECK(strstr(text, "# rule 'first': left out of 'directory': cannot"));
	CHECK(strstr(text, " look at '/-\\x0a': No such file or directory\n"));
	CHECK(strstr(text, "    user:\n    - \"4711\"\n    - \"7\"\n"));
	CHECK(strstr(text, "    directory:\n    - \"/\"\n"));
	CHECK(strstr(text, "    - \"" OTHER "\"\n"));
	policy_now_free(&now);
}

static void add_name(const char *rule, void *arg)
{
	char *names = arg;

	strcat(strcat(names, rule), ";");
}

static const char *denying(const struct policy_now *now, const char *helper)
{
	static char names[128];

	names[0] = '\0';
	policy_now_helper(now, helper, add_name, names);
	return names;
}

#define DENIES(name, what) \
	"- {name: " name ", action: deny, match: {executable: " PROGRAM ", " what "}}\n"

static const char denies[] =
	"version: 1\n"
	"rules:\n"
	"- {name: all, match: {type: open, class: core}, action: log}\n"
	DENIES("reads", "type: open, class: core, access: read")
	DENIES("writes", "type: open, class: core, access: write")
	DENIES("links", "type: link")
	DENIES("unlinks", "type: unlink")
	DENIES("others", "type: open, class: core, user: daemon")
	DENIES("root", "type: open, class: core, user: [daemon, root]")
	DENIES("filter", "type: open, class: coredump_filter, access: write")
	"- {name: told, match: {class: core, executable: " PROGRAM "}, action: log}\n"
	"- {name: two, match: {type: attr, executable: [" OTHER ", " PROGRAM "]}, action: deny}\n";

/* It was no helper when the rules were loaded. */
static void test_helper(void)
{
	struct policy_now now = loaded(denies);

	CHECK(!strcmp(denying(&now, PROGRAM), "writes;links;root;two;"));
	CHECK(!strcmp(denying(&now, OTHER), "two;"));
	CHECK(!strcmp(denying(&now, "/bin/sh"), ""));
	CHECK(!strcmp(denying(&now, "/none"), ""));
	CHECK(!strcmp(denying(&now, NULL), ""));
	/* Which no policy can say. */
	((struct coredump_mon_rule *)now.rules.raw)->action = COREDUMP_MON_ACTION_DENY;
	CHECK(!strcmp(denying(&now, "/bin/sh"), "all;"));
	policy_now_free(&now);
}

static void add_directory(struct device_list *list, const char *path,
			  uint32_t flags)
{
	struct coredump_mon_directory directory = {
		.path_len = (uint32_t)strlen(path),
		.state = COREDUMP_MON_DIRECTORY_WATCHED,
		.flags = flags,
	};

	directory.len = (sizeof(directory) + directory.path_len + 7) & ~7U;
	memcpy(list->data + list->len, &directory, sizeof(directory));
	memcpy(list->data + list->len + sizeof(directory), path,
	       directory.path_len);
	list->len += directory.len;
	list->count++;
}

static void test_directories(void)
{
	struct policy_now now = loaded(whole);
	static char data[1024];
	struct device_list list = { .data = data };
	const char *text;

	add_directory(&list, "/a b", 0);
	add_directory(&list, "/former", COREDUMP_MON_DIRECTORY_FORMER |
		      COREDUMP_MON_DIRECTORY_BUILTIN);
	add_directory(&list, "/a b/m", COREDUMP_MON_DIRECTORY_MOUNTED);
	add_directory(&list, "/\xff\n", 0);
	add_directory(&list, "/c", 0);
	text = show(&now, &list);
	CHECK(strstr(text, "  directories:\n  - \"/a b\"\n  - \"/c\"\n"));
	CHECK(!strstr(text, "former") && !strstr(text, "/m"));
	CHECK(strstr(text, "# left out of 'directories', as no policy can"));
	CHECK(strstr(text, " name it: /\\xff\\x0a\n"));
	add_directory(&list, "/built/in", COREDUMP_MON_DIRECTORY_BUILTIN);
	text = show(&now, &list);
	CHECK(!strstr(text, "  directories:"));
	policy_now_free(&now);
}

/* Rules that somebody else made are no policy, whatever their text is. */
static void test_foreign(void)
{
	struct policy_now now = loaded(whole);
	struct coredump_mon_rule *head = (void *)now.rules.raw;

	for (int i = 0; i < 3; i++) {
		policy_free(now.policy);
		switch (i) {
		case 0:
			now.rules.text[0] = '\t';
			break;
		case 1:
			now.rules.text[0] = 'v';
			now.rules.set.count++;
			break;
		case 2:
			now.rules.set.count--;
			head->users--;
			head->groups++;
			break;
		}
		policy_now_parse(&now);
		CHECK(!now.policy);
	}
	head->users++;
	head->groups--;
	policy_now_parse(&now);
	CHECK(now.policy);
	policy_now_free(&now);
}

static bool same_answer(const struct cdm_policy *a, const struct cdm_policy *b,
			const struct cdm_policy_query *query)
{
	struct cdm_policy_answer one, other;

	memset(&one, 0, sizeof(one));
	memset(&other, 0, sizeof(other));
	cdm_policy_decide(a, query, &one);
	cdm_policy_decide(b, query, &other);
	return one.verdict == other.verdict && one.priority == other.priority &&
	       one.ignored == other.ignored && !strcmp(one.rule, other.rule);
}

/* By the module's own policy.c. */
static void test_builtin(void)
{
	struct policy_now now = {
		.rules.set.flags = COREDUMP_MON_RULES_BUILTIN,
	};
	struct cdm_policy_rule rule = { 0 };
	struct cdm_policy policy = { .count = 1, .rules = &rule };
	struct policy_now other;
	struct device_rule found;
	size_t at = 0;

	policy_now_parse(&now);
	other = again(&now);
	CHECK(other.rules.set.count == 1 &&
	      device_next_rule(&other.rules, &at, &found));
	if (!passed)
		return;
	policy.fallback = other.rules.set.fallback;
	policy.classes = other.rules.set.classes;
	rule.name = found.name;
	rule.action = found.head->action;
	rule.priority = found.head->priority;
	rule.types = found.head->types;
	rule.classes = found.head->classes;
	rule.accesses = found.head->accesses;
	CHECK(!found.head->executables && !found.head->directories &&
	      !found.head->cgroups && !found.head->users &&
	      !found.head->groups && !found.head->initial_namespaces);
	for (uint32_t i = 0; i < 10 * 4 * 5 * 2; i++) {
		const struct cdm_policy_query query = {
			.type = i % 10,
			.file_class = i / 10 % 4,
			.access = i / 40 % 5,
			.enforcing = i / 200,
		};

		/* What is in no class is of no event. */
		if (query.file_class)
			CHECK(same_answer(&cdm_policy_builtin, &policy, &query));
	}
	policy_now_free(&other);
	policy_now_free(&now);
}

static void test_identity(void)
{
	struct policy_now now = loaded(whole);
	struct coredump_mon_rule_file file = *file_of(&now, 0);

	CHECK(identity_compare("/nonexistent", &file) == IDENTITY_GONE);
	CHECK(identity_compare("/etc/passwd/x", &file) == IDENTITY_GONE);
	CHECK(identity_compare(OTHER, &file) == IDENTITY_OTHER);
	CHECK(identity_compare(PROGRAM, &file) == IDENTITY_SAME);
	file.dev_minor++;
	CHECK(identity_compare(PROGRAM, &file) == IDENTITY_OTHER);
	file.dev_minor--;
	file.ino++;
	CHECK(identity_compare(PROGRAM, &file) == IDENTITY_OTHER);
	policy_now_free(&now);
}

static const struct test tests[] = {
	{ "a policy is packed as the module takes it", test_pack },
	{ "and what it has beside rules", test_pack_rest },
	{ "what it names has to be what it was", test_replaced },
	{ "what is shown loads to the same", test_show },
	{ "what is not there any more is told", test_stale },
	{ "what a helper is kept from is told", test_helper },
	{ "directories are shown as they are now", test_directories },
	{ "rules that are of no policy are known", test_foreign },
	{ "the built-in rules decide as they are shown", test_builtin },
	{ "another file is known", test_identity },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
