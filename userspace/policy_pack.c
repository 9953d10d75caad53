// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "policy_pack.h"
#include "record.h"

#define ALIGNED(n) (((n) + 7) & ~(size_t)7)

/* The bytes that a rule takes. */
static size_t length(const struct policy_rule *rule)
{
	return ALIGNED(sizeof(struct coredump_mon_rule) +
		       (rule->executables.count + rule->directories.count) *
		       sizeof(struct coredump_mon_rule_file) +
		       rule->cgroups.count * sizeof(uint64_t) +
		       (rule->users.count + rule->groups.count) *
		       sizeof(uint32_t) + strlen(rule->name) + 1);
}

/* Room for @files more; what is open already is far less than what this adds. */
static void raise_limit(size_t files)
{
	const rlim_t wanted = files + 256;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = wanted;
	if (limit.rlim_max < wanted)
		limit.rlim_max = wanted;
	/* If that fails, an open does, which is told. */
	setrlimit(RLIMIT_NOFILE, &limit);
}

static bool same_inode(const struct policy_entry *a, const struct policy_entry *b)
{
	return a->id == b->id && a->dev_major == b->dev_major &&
	       a->dev_minor == b->dev_minor;
}

/* Gives -1, and why, if it is not what it was when the policy was read. */
static int open_entry(const struct policy_entry *entry, struct reason *why)
{
	int fd = open(entry->name, O_PATH | O_CLOEXEC);
	struct policy_entry now = { 0 };
	struct stat st;

	if (fd < 0 || fstat(fd, &st)) {
		refuse(why, "cannot open '%s': %s", entry->name,
		       strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	now.id = st.st_ino;
	now.dev_major = major(st.st_dev);
	now.dev_minor = minor(st.st_dev);
	if (same_inode(entry, &now))
		return fd;
	refuse(why, "'%s' was replaced while the policy was read: try again",
	       entry->name);
	close(fd);
	return -1;
}

/* Each inode is opened once, as rules may name one often. */
static int find_or_open(struct policy_pack *pack, const struct policy_entry *entry,
			struct reason *why)
{
	struct policy_open *next = &pack->opened[pack->opened_count];

	for (size_t i = 0; i < pack->opened_count; i++) {
		if (same_inode(pack->opened[i].entry, entry))
			return pack->opened[i].fd;
	}
	next->fd = open_entry(entry, why);
	next->entry = entry;
	if (next->fd >= 0)
		pack->opened_count++;
	return next->fd;
}

static bool put_files(struct policy_pack *pack, char **to,
		      const struct policy_entries *entries, struct reason *why)
{
	for (size_t i = 0; i < entries->count; i++) {
		const struct coredump_mon_rule_file file = {
			.fd = find_or_open(pack, &entries->entries[i], why),
		};

		if (file.fd < 0)
			return false;
		*to = mempcpy(*to, &file, sizeof(file));
	}
	return true;
}

static void put_ids(char **to, const struct policy_entries *entries)
{
	for (size_t i = 0; i < entries->count; i++) {
		const uint32_t id = (uint32_t)entries->entries[i].id;

		*to = mempcpy(*to, &id, sizeof(id));
	}
}

static bool put_rule(struct policy_pack *pack, const struct policy_rule *rule,
		     struct reason *why)
{
	const struct coredump_mon_rule head = {
		.len = (uint32_t)length(rule),
		.name_len = (uint32_t)strlen(rule->name),
		.action = rule->action,
		.priority = rule->priority,
		.types = rule->types,
		.classes = rule->classes,
		.accesses = rule->accesses,
		.initial_namespaces = rule->initial_namespaces,
		.forced = rule->forced,
		.privileged = rule->privileged,
		.executables = (uint32_t)rule->executables.count,
		.directories = (uint32_t)rule->directories.count,
		.cgroups = (uint32_t)rule->cgroups.count,
		.users = (uint32_t)rule->users.count,
		.groups = (uint32_t)rule->groups.count,
	};
	char *to = pack->raw + pack->set.rules_len;

	to = mempcpy(to, &head, sizeof(head));
	if (!put_files(pack, &to, &rule->executables, why) ||
	    !put_files(pack, &to, &rule->directories, why))
		return false;
	for (size_t i = 0; i < rule->cgroups.count; i++)
		to = mempcpy(to, &rule->cgroups.entries[i].id, sizeof(uint64_t));
	put_ids(&to, &rule->users);
	put_ids(&to, &rule->groups);
	memcpy(to, rule->name, head.name_len);
	pack->set.rules_len += head.len;
	pack->set.count++;
	return true;
}

/* The directories to watch, one behind the other. Gives false if memory does not do. */
static bool put_directories(struct policy_pack *pack,
			    const struct policy_entries *directories)
{
	size_t len = 0;
	char *to;

	for (size_t i = 0; i < directories->count; i++)
		len += strlen(directories->entries[i].name) + 1;
	pack->directories = malloc(len + 1);
	if (!pack->directories)
		return false;
	to = pack->directories;
	for (size_t i = 0; i < directories->count; i++)
		to = stpcpy(to, directories->entries[i].name) + 1;
	pack->set.flags |= COREDUMP_MON_RULES_DIRECTORIES;
	pack->set.directories = (uintptr_t)pack->directories;
	pack->set.directories_len = len;
	pack->set.directory_count = (uint32_t)directories->count;
	return true;
}

/* The files to tag. */
static bool put_tags(struct policy_pack *pack, const struct policy_entries *files,
		     struct reason *why)
{
	if (!files->count)
		return true;
	pack->files = calloc(files->count, sizeof(*pack->files));
	if (!pack->files) {
		refuse(why, "out of memory");
		return false;
	}
	for (size_t i = 0; i < files->count; i++) {
		pack->files[i] = find_or_open(pack, &files->entries[i], why);
		if (pack->files[i] < 0)
			return false;
	}
	pack->set.files = (uintptr_t)pack->files;
	pack->set.file_count = (uint32_t)files->count;
	return true;
}

uint32_t policy_pack_classes(const struct policy *policy)
{
	return policy->classes | BIT(COREDUMP_MON_CLASS_CORE);
}

/* Gives false if memory does not do. */
static bool make_room(const struct policy *policy, struct policy_pack *pack)
{
	size_t files = policy->files.count;
	size_t len = 0;

	for (size_t i = 0; i < policy->rule_count; i++) {
		const struct policy_rule *rule = &policy->rules[i];

		len += length(rule);
		files += rule->executables.count + rule->directories.count;
	}
	raise_limit(files);
	/* Zeros end the names. */
	pack->raw = calloc(1, len + 1);
	pack->opened = calloc(files + 1, sizeof(*pack->opened));
	return pack->raw && pack->opened;
}

bool policy_pack(const struct policy *policy, const char *text, size_t len,
		 struct policy_pack *pack, struct reason *why)
{
	bool good;

	memset(pack, 0, sizeof(*pack));
	pack->set.size = sizeof(pack->set);
	pack->set.fallback = policy->fallback;
	pack->set.classes = policy_pack_classes(policy);
	memcpy(pack->set.rates, policy->rates, sizeof(pack->set.rates));
	pack->set.text = (uintptr_t)text;
	pack->set.text_len = len;
	if (policy->mode != POLICY_MODE_KEEP) {
		pack->set.flags |= COREDUMP_MON_RULES_MODE;
		pack->set.mode = policy->mode;
	}
	good = make_room(policy, pack) &&
	       (!policy->directories.given ||
		put_directories(pack, &policy->directories));
	if (!good)
		refuse(why, "out of memory");
	for (size_t i = 0; good && i < policy->rule_count; i++) {
		if (policy_rule_counts(&policy->rules[i]))
			good = put_rule(pack, &policy->rules[i], why);
	}
	good = good && put_tags(pack, &policy->files, why);
	pack->set.rules = (uintptr_t)pack->raw;
	if (!good)
		policy_pack_free(pack);
	return good;
}

void policy_pack_free(struct policy_pack *pack)
{
	while (pack->opened_count)
		close(pack->opened[--pack->opened_count].fd);
	free(pack->opened);
	free(pack->raw);
	free(pack->directories);
	free(pack->files);
	memset(pack, 0, sizeof(*pack));
}
