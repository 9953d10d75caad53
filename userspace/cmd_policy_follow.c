// SPDX-License-Identifier: GPL-2.0
/*
 * What coredump-mon-follow.service runs: where an upgrade has put another file in the
 * place of a program that a rule names, the rule gets to be about that one. The
 * rules are those in force: what they were made from is kept by the module.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "cmd_policy.h"
#include "command.h"
#include "device.h"
#include "escape.h"
#include "out.h"
#include "policy_helper.h"
#include "policy_now.h"
#include "policy_resolve.h"
#include "report.h"
#include "stop.h"

#define PERIOD_NS	(2 * NSEC_PER_SEC)
/* So many files are open at a time; the others' turn comes in the next round. */
#define ROUND_MAX	256
/* After the module would not have it, which it tells in the kernel's log too. */
#define PATIENCE_NS	(60 * NSEC_PER_SEC)

/**
 * struct found - a program that is to be followed
 * @path: of the rules in force
 * @index: which of them
 * @fd: what is there now, by O_PATH
 * @id: of that
 */
struct found {
	struct policy_path path;
	size_t index;
	int fd;
	uint64_t id;
};

/**
 * struct follow - one run
 * @now: the rules in force
 * @told: for each path of theirs, of which file it was told that it is not followed;
 *	0: none
 * @done: the same of what is followed; where it seems to be another one still, there is
 *	no telling
 * @index: of the path that is looked at
 * @found: those to follow in this round
 * @count: how many
 * @helper: of kernel.core_pattern, of which it was told that rules deny what it does;
 *	NULL: none
 * @wait_ns: when to try again; 0: now
 * @failed: something was not followed in this round
 */
struct follow {
	struct policy_now now;
	uint64_t told[COREDUMP_MON_RULE_ENTRIES_MAX];
	uint64_t done[COREDUMP_MON_RULE_ENTRIES_MAX];
	size_t index;
	struct found found[ROUND_MAX];
	size_t count;
	char *helper;
	int64_t wait_ns;
	bool failed;
};

/* Inode numbers are used again, and a file may become fit. */
static uint64_t id_of(const struct stat *st)
{
	return st->st_ino ^ ((uint64_t)st->st_ctim.tv_sec * NSEC_PER_SEC +
			     (uint64_t)st->st_ctim.tv_nsec) << 16;
}

/* Whether this is to be told: once, of each file that takes the place. */
static bool is_news(struct follow *follow, size_t index, uint64_t id)
{
	bool news = follow->told[index] != id;

	follow->failed = true;
	follow->told[index] = id;
	return news;
}

/* Something is mounted over it, which is no new file and goes again. */
static bool is_mounted(int fd)
{
	struct statx st;

	return !statx(fd, "", AT_EMPTY_PATH, 0, &st) &&
	       st.stx_attributes & STATX_ATTR_MOUNT_ROOT;
}

static void tell_unfit(struct follow *follow, const struct policy_path *path,
		       uint64_t id, const char *why)
{
	if (is_news(follow, follow->index, id))
		report("rule '%s': what has taken the place of '%s' is not followed: %s",
		       path->rule, path->name, why);
}

/* Open it, if it is fit to be trusted; it may be another one in the next moment. */
static int open_fit(struct follow *follow, const struct policy_path *path, uint64_t *id)
{
	struct policy_entry entry = { .name = (char *)path->name };
	struct reason why;
	struct stat st;
	int fd;

	fd = open(path->name, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (!fstat(fd, &st) && id_of(&st) != follow->done[follow->index]) {
		*id = id_of(&st);
		if (is_mounted(fd))
			tell_unfit(follow, path, *id, "it is mounted over it");
		else if (!resolve_executable(&entry, &why))
			tell_unfit(follow, path, *id, why.text);
		else if (entry.id == st.st_ino &&
			 entry.dev_major == major(st.st_dev) &&
			 entry.dev_minor == minor(st.st_dev))
			return fd;
	}
	close(fd);
	return -1;
}

static void look_at(const struct policy_path *path, void *arg)
{
	struct follow *follow = arg;
	struct found *found = &follow->found[follow->count];

	if (follow->count < ROUND_MAX && !strcmp(path->key, "executable") &&
	    identity_compare(path->name, path->kernel) == IDENTITY_OTHER) {
		found->fd = open_fit(follow, path, &found->id);
		found->path = *path;
		found->index = follow->index;
		if (found->fd >= 0)
			follow->count++;
	}
	follow->index++;
}

/* In memory of ours, which is got anew after that. */
static void put_descriptors(struct follow *follow)
{
	for (size_t i = 0; i < follow->count; i++) {
		const struct coredump_mon_rule_file file = {
			.fd = follow->found[i].fd,
		};

		memcpy((void *)follow->found[i].path.kernel, &file, sizeof(file));
	}
}

static void tell_followed(struct follow *follow)
{
	struct out *out = out_stdout();

	for (size_t i = 0; i < follow->count; i++) {
		const struct policy_path *path = &follow->found[i].path;

		follow->done[follow->found[i].index] = follow->found[i].id;
		out_str(out, "rule '");
		escape_text(out, path->rule, strlen(path->rule));
		out_str(out, "' follows ");
		escape_word(out, path->name, strlen(path->name));
		out_str(out, ", in whose place another file is now\n");
	}
	out_flush(out);
}

static void tell_failed(struct follow *follow, int fd, int error)
{
	bool news = false;

	for (size_t i = 0; i < follow->count; i++) {
		const struct found *found = &follow->found[i];

		if (!is_news(follow, found->index, found->id))
			continue;
		news = true;
		report("rule '%s': what has taken the place of '%s' is not followed",
		       found->path.rule, found->path.name);
	}
	if (news)
		device_report_rules(fd, error);
}

static void follow_found(struct follow *follow)
{
	int fd = device_open(O_RDWR);
	int error;

	if (fd < 0) {
		follow->failed = true;
		return;
	}
	put_descriptors(follow);
	error = device_follow_rules(fd, &follow->now.rules.set);
	if (!error) {
		tell_followed(follow);
	} else if (error != ESTALE) {
		tell_failed(follow, fd, error);
		follow->wait_ns = stop_clock() + PATIENCE_NS;
	}
	close(fd);
	/* What is in memory now is no more what the module gave. */
	follow->now.rules.set.rules_len = 0;
}

static bool have_same_text(const struct device_rules *a, const struct device_rules *b)
{
	return a->raw && a->set.flags == b->set.flags &&
	       a->set.text_len == b->set.text_len &&
	       !memcmp(a->text, b->text, (size_t)a->set.text_len);
}

static bool are_same(const struct device_rules *a, const struct device_rules *b)
{
	return have_same_text(a, b) && a->set.rules_len == b->set.rules_len &&
	       !memcmp(a->raw, b->raw, (size_t)a->set.rules_len);
}

/* Reads the rules in force, if they are others than before. */
static int renew(struct follow *follow)
{
	int fd = device_open(O_RDONLY);
	struct device_rules rules;
	int ret;

	if (fd < 0)
		return -1;
	ret = device_get_rules(fd, &rules);
	close(fd);
	if (ret)
		return -1;
	if (are_same(&follow->now.rules, &rules)) {
		device_free_rules(&rules);
		return 0;
	}
	if (!have_same_text(&follow->now.rules, &rules)) {
		memset(follow->told, 0, sizeof(follow->told));
		memset(follow->done, 0, sizeof(follow->done));
		free(follow->helper);
		follow->helper = NULL;
	}
	policy_now_free(&follow->now);
	follow->now.rules = rules;
	policy_now_parse(&follow->now);
	return 0;
}

/**
 * struct helper - one that is looked at
 * @now: what kernel.core_pattern names
 * @is_news: it was not told of that one
 * @denied: by some rule
 */
struct helper {
	struct policy_entry now;
	bool is_news;
	bool denied;
};

static void tell_denied(const char *rule, void *arg)
{
	struct helper *helper = arg;

	helper->denied = true;
	if (helper->is_news)
		report("rule '%s' denies what '%s', which kernel.core_pattern names, does to core files: "
		       HELPER_WAY_OUT, rule, helper->now.name);
}

/* When the rules were loaded, another one may have been there. */
static void look_at_helper(struct follow *follow)
{
	struct helper helper = { 0 };

	policy_helper_find(&helper.now);
	helper.is_news = !follow->helper || !helper.now.name ||
			 strcmp(follow->helper, helper.now.name);
	policy_now_helper(&follow->now, helper.now.name, tell_denied, &helper);
	free(follow->helper);
	follow->helper = helper.denied ? helper.now.name : NULL;
	if (!helper.denied)
		free(helper.now.name);
}

static int look(struct follow *follow)
{
	follow->index = 0;
	follow->count = 0;
	follow->failed = false;
	identity_renew();
	if (renew(follow))
		return -1;
	if (policy_now_builtin(&follow->now))
		return 0;
	look_at_helper(follow);
	policy_now_paths(&follow->now, look_at, follow);
	if (follow->count && stop_clock() >= follow->wait_ns)
		follow_found(follow);
	while (follow->count)
		close(follow->found[--follow->count].fd);
	return 0;
}

static int run(struct follow *follow, bool once)
{
	int ret = 0;

	while (!stop_asked()) {
		ret = look(follow);
		if (ret || once)
			break;
		stop_poll(NULL, 0, PERIOD_NS);
	}
	if (ret && access(DEVICE_PATH, F_OK))
		return EXIT_NO_MODULE;
	return ret || (once && follow->failed) ? EXIT_FAILURE : EXIT_SUCCESS;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	bool *once = state->input;

	switch (key) {
	case 'o':
		*once = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s' is one argument too many", arg);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int policy_follow(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "once", 'o', NULL, 0, "Look once, and end", 0 },
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.doc = "Where another file has taken the place of a program that a rule in force names, as in an upgrade, have the rule be about that one (root). Looks every two seconds, until SIGINT or SIGTERM. coredump-mon-follow.service runs this.",
	};
	static struct follow follow;
	bool once = false;
	int status;

	command_parse(&argp, argc, argv, &once);
	stop_catch();
	status = run(&follow, once);
	policy_now_free(&follow.now);
	free(follow.helper);
	return status;
}
