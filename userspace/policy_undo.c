// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "policy_undo.h"
#include "report.h"

int policy_undo_begin(int fd, size_t files, struct policy_undo *undo)
{
	struct coredump_mon_info info;

	memset(undo, 0, sizeof(*undo));
	if (device_info(fd, &info) || policy_now_get(fd, &undo->now))
		return -1;
	undo->mode = info.mode;
	undo->tagged = calloc(files + 1, sizeof(*undo->tagged));
	if (!undo->tagged) {
		report("out of memory for %zu files", files);
	} else if (!device_list(fd, COREDUMP_MON_IOC_GET_DIRECTORIES, 0,
				&undo->directories)) {
		return 0;
	}
	free(undo->tagged);
	policy_now_free(&undo->now);
	return -1;
}

void policy_undo_free(struct policy_undo *undo)
{
	while (undo->tagged_count)
		close(undo->tagged[--undo->tagged_count]);
	free(undo->tagged);
	free(undo->directories.data);
	policy_now_free(&undo->now);
}

/**
 * struct opening - what rules name, being opened again
 * @fds: one for each
 * @count: how many
 * @lost: of them, those that are not there any more
 */
struct opening {
	int *fds;
	size_t count;
	size_t lost;
};

/* A file that nobody executes, or a directory with nothing in it. */
static int open_nothing(const char *key)
{
	if (strcmp(key, "executable"))
		return open("/proc/self/task", O_PATH | O_CLOEXEC);
	return memfd_create("nothing", MFD_CLOEXEC);
}

static void open_again(const struct policy_path *path, void *arg)
{
	struct opening *opening = arg;
	struct coredump_mon_rule_file file = { 0 };
	int fd = -1;

	switch (identity_compare(path->name, path->kernel)) {
	case IDENTITY_SAME:
	case IDENTITY_UNKNOWN:
		fd = open(path->name, O_PATH | O_CLOEXEC);
		break;
	default:
		break;
	}
	if (fd < 0) {
		/* It matches nothing, as what it named is not to be had. */
		fd = open_nothing(path->key);
		opening->lost++;
	}
	file.fd = fd;
	opening->fds[opening->count++] = fd;
	/* In memory of ours. */
	memcpy((void *)path->kernel, &file, sizeof(file));
}

/* As the module gave them, but with descriptors in them again. */
static int set_rules(int fd, struct policy_now *now, size_t *lost)
{
	struct opening opening = {
		.fds = calloc(COREDUMP_MON_RULE_ENTRIES_MAX,
			      sizeof(*opening.fds)),
	};
	int ret = -1;

	if (opening.fds) {
		policy_now_paths(now, open_again, &opening);
		ret = device_set_rules(fd, &now->rules.set);
	} else {
		report("out of memory");
	}
	while (opening.count)
		close(opening.fds[--opening.count]);
	free(opening.fds);
	*lost = opening.lost;
	return ret;
}

static bool name_files(const struct device_rules *rules)
{
	struct device_rule rule;
	bool named = false;
	size_t at = 0;

	while (device_next_rule(rules, &at, &rule))
		named |= rule.head->executables || rule.head->directories;
	return named;
}

static bool put_back_rules(int fd, struct policy_now *now)
{
	size_t lost = 0;

	if (policy_now_builtin(now))
		return !device_set_builtin_rules(fd, now->rules.set.rates);
	/* What is called how is not known. */
	if (!now->policy && name_files(&now->rules)) {
		report("the rules before were not loaded from a policy, and cannot be put back: those of the file are in force");
		return false;
	}
	if (set_rules(fd, now, &lost))
		return false;
	if (lost)
		report("%zu programs or directories that the rules before name are not there any more, as 'coredump-mon status' shows: load that policy again",
		       lost);
	return true;
}

/*
 * The paths that were set, to @paths and @text, which have room; gives how many.
 * @unset: some were not set by anybody.
 */
static uint32_t copy_paths(const struct device_list *list, char **paths,
			   char *text, bool *unset)
{
	const uint32_t others = COREDUMP_MON_DIRECTORY_FORMER |
				COREDUMP_MON_DIRECTORY_MOUNTED;
	struct coredump_mon_directory directory;
	uint32_t count = 0;
	const char *path;
	size_t at = 0;

	while (count < list->count &&
	       device_next_directory(list, &at, &directory, &path)) {
		if (directory.flags & others)
			continue;
		*unset |= directory.flags & (COREDUMP_MON_DIRECTORY_BUILTIN |
					     COREDUMP_MON_DIRECTORY_PATTERN);
		paths[count++] = text;
		text = mempcpy(text, path, directory.path_len);
		*text++ = '\0';
	}
	return count;
}

static bool put_back_directories(int fd, const struct device_list *list)
{
	char **paths = calloc(list->count + 1, sizeof(*paths));
	char *text = malloc(list->len + 1);
	bool unset = false;
	bool done = false;
	uint32_t count;

	if (paths && text) {
		/* What is in the list before a path is longer than what ends it. */
		count = copy_paths(list, paths, text, &unset);
		done = !device_set_directories(fd, paths, count);
	} else {
		report("out of memory");
	}
	if (done && unset)
		report("the directories before are watched again, but that of kernel.core_pattern is not followed any more: that takes loading the module anew");
	free(paths);
	free(text);
	return done;
}

static bool drop_tags(int fd, struct policy_undo *undo)
{
	bool done = true;

	while (undo->tagged_count) {
		int file = undo->tagged[--undo->tagged_count];

		if (device_tag_fd(fd, COREDUMP_MON_IOC_TAG_DROP, file,
				  "a file that was tagged") < 0)
			done = false;
		close(file);
	}
	return done;
}

void policy_undo(int fd, struct policy_undo *undo)
{
	bool done = drop_tags(fd, undo);

	if (undo->directories_set &&
	    !put_back_directories(fd, &undo->directories))
		done = false;
	if (undo->rules_set && !put_back_rules(fd, &undo->now))
		done = false;
	if (undo->mode_set && device_set_mode(fd, undo->mode, 0))
		done = false;
	if (done)
		report("the policy was not loaded: what was in force before is in force");
	else
		report("the policy was not loaded, and not all that was in force before could be put back: 'coredump-mon policy show' shows what is");
}
