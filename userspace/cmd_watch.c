// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "device.h"
#include "device_rules.h"
#include "format.h"
#include "names.h"
#include "report.h"
#include "rule_follow.h"
#include "stop.h"

/*
 * When all is read and nobody looks on, wait this long before asking the
 * kernel to be woken: under a flood it then wakes us once per batch and not
 * once per record.
 */
#define NAP_NS		2000000LL

/* In the order in which people look for them. */
#define TYPES	"dump, open, rename, link, unlink, attr, policy, lost, suppressed"

enum since { SINCE_OLDEST, SINCE_NOW, SINCE_SEQ };

/**
 * struct watch - one watch
 * @types: BIT() of each type to print
 * @count: events to print; 0: no end
 * @printed: so far
 * @timeout: whether @deadline counts
 * @kept: bytes of records that the module can keep
 * @deadline: CLOCK_MONOTONIC, ns
 */
struct watch {
	const struct format *format;
	uint32_t types;
	enum since since;
	uint64_t seq;
	uint64_t count;
	uint64_t printed;
	bool timeout;
	bool deny;
	int64_t seconds;
	int64_t deadline;
	uint64_t kept;
	int fd;
	bool tty;
};

static _Alignas(8) char records[256 * 1024];

static bool is_over(const struct watch *watch)
{
	return watch->timeout && stop_clock() >= watch->deadline;
}

/*
 * Sleep until there is something to read, the watch is over, or @limit ns are
 * (-1: no limit). False: a signal came, or standard output went away.
 */
static bool doze(struct watch *watch, bool for_record, int64_t limit)
{
	struct pollfd fds[] = {
		{ .fd = STDOUT_FILENO },
		{ .fd = watch->fd, .events = POLLIN },
	};
	int64_t left = limit;
	int n;

	if (watch->timeout) {
		int64_t rest = watch->deadline - stop_clock();

		if (rest < 0)
			rest = 0;
		if (left < 0 || rest < left)
			left = rest;
	}
	n = stop_poll(fds, for_record ? 2 : 1, left);
	return !stop_asked() &&
	       (n <= 0 || !(fds[0].revents & (POLLERR | POLLHUP | POLLNVAL)));
}

/* Print what was read. False: a watch is to end. */
static bool print(struct watch *watch, struct out *out, size_t len,
		  int *status)
{
	static struct event event;
	size_t at = 0;

	while (at < len) {
		const char *record = records + at;
		size_t size = record_length(record, len - at);
		uint16_t type;

		if (!size) {
			report("the device gave bytes that are no record: install module and tool of one version, and load the module anew");
			*status = EXIT_FAILURE;
			return false;
		}
		at += size;
		type = record_type(record);
		rule_follow_record(watch->fd, record);
		if (!type_name(type))
			continue;
		/* What is missing must be known whatever is looked for. */
		if (!(watch->types & BIT(type)) && type != COREDUMP_MON_LOST &&
		    type != COREDUMP_MON_SUPPRESSED)
			continue;
		if (!record_decode(record, &event)) {
			report("record %llu makes no sense and is left out: install module and tool of one version, and load the module anew",
			       (unsigned long long)event.header.seq);
			*status = EXIT_FAILURE;
			continue;
		}
		watch->format->event(out, &event);
		if (watch->types & BIT(type) &&
		    ++watch->printed == watch->count)
			return false;
	}
	return !out->error;
}

/* It ends because it was told to, the time is over, or nobody reads on. */
static int ended(const struct watch *watch, int status)
{
	if (stop_asked() || !watch->count || !is_over(watch))
		return status;
	report("out of time after %llu of %llu events",
	       (unsigned long long)watch->printed,
	       (unsigned long long)watch->count);
	return EXIT_FAILURE;
}

static int loop(struct watch *watch, struct out *out)
{
	int status = EXIT_SUCCESS;
	bool rested = true;
	uint64_t late = 0;

	while (!stop_asked()) {
		bool over = is_over(watch);
		ssize_t n = read(watch->fd, records, sizeof(records));

		if (n > 0) {
			rested = watch->tty;
			if (!print(watch, out, (size_t)n, &status))
				return status;
			/* What was there in time is printed; not a flood. */
			late += over ? (uint64_t)n : 0;
			if (late > watch->kept)
				break;
			continue;
		}
		if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
			report("cannot read " DEVICE_PATH ": %s",
			       n ? strerror(errno) : "it has ended");
			return EXIT_FAILURE;
		}
		out_flush(out);
		if (out->error || over ||
		    !doze(watch, rested, rested ? -1 : NAP_NS))
			break;
		rested = true;
	}
	return ended(watch, status);
}

static uint32_t parse_types(const char *list, struct argp_state *state)
{
	uint32_t types = 0;

	while (true) {
		size_t len = strcspn(list, ",");
		uint16_t type = type_by_name(list, len);

		if (!type)
			argp_error(state, "there is no event type '%.*s': " TYPES " are there",
				   (int)len, list);
		types |= BIT(type);
		if (!list[len])
			return types;
		list += len + 1;
	}
}

static void parse_since(struct watch *watch, const char *arg,
			struct argp_state *state)
{
	if (!strcmp(arg, "oldest")) {
		watch->since = SINCE_OLDEST;
	} else if (!strcmp(arg, "now")) {
		watch->since = SINCE_NOW;
	} else if (*arg >= '0' && *arg <= '9') {
		watch->since = SINCE_SEQ;
		watch->seq = command_number(arg, 0, UINT64_MAX, "SEQ", state);
	} else {
		argp_error(state, "--since is a record's number, 'oldest' or 'now', not '%s'",
			   arg);
	}
}

static const struct argp_option options[] = {
	{ "format", 'f', "FORMAT", 0,
	  "text (default) or json: an object a line", 0 },
	{ "type", 't', "TYPE,...", 0,
	  "only these types: " TYPES " (which is always told)", 0 },
	{ "since", 's', "SEQ|oldest|now", 0,
	  "begin behind this record, with the oldest kept one (default), or now", 0 },
	{ "count", 'n', "N", 0,
	  "end after N events", 0 },
	{ "timeout", 'T', "SECONDS", 0,
	  "end after this time; with --count, fail if it is not reached", 0 },
	{ "deny", 'd', NULL, 0,
	  "refuse reads of core files as long as this watch lives (root)", 0 },
	{ 0 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct watch *watch = state->input;

	switch (key) {
	case 'f':
		if (!strcmp(arg, format_text.name))
			watch->format = &format_text;
		else if (!strcmp(arg, format_json.name))
			watch->format = &format_json;
		else
			argp_error(state, "there is no format '%s': text and json are there",
				   arg);
		return 0;
	case 't':
		watch->types = parse_types(arg, state);
		return 0;
	case 's':
		parse_since(watch, arg, state);
		return 0;
	case 'n':
		watch->count = command_number(arg, 1, UINT64_MAX, "--count",
					      state);
		return 0;
	case 'T':
		watch->timeout = true;
		watch->seconds = (int64_t)command_number(arg, 0, UINT32_MAX,
							 "--timeout", state);
		return 0;
	case 'd':
		watch->deny = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s' is one argument too many", arg);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int begin(struct watch *watch)
{
	struct coredump_mon_stats stats;

	watch->fd = device_open((watch->deny ? O_RDWR : O_RDONLY) | O_NONBLOCK);
	if (watch->fd < 0 || device_stats(watch->fd, &stats))
		return -1;
	watch->kept = stats.ring_bytes;
	rule_follow(watch->fd);
	if (watch->since == SINCE_SEQ && device_seek(watch->fd, watch->seq))
		return -1;
	if (watch->since == SINCE_NOW && lseek(watch->fd, 0, SEEK_END) < 0) {
		report("cannot go to the end of " DEVICE_PATH ": %s: install module and tool of one version, and load the module anew",
		       strerror(errno));
		return -1;
	}
	if (!watch->deny)
		return 0;
	if (device_set_mode(watch->fd, COREDUMP_MON_ENFORCING,
			    COREDUMP_MON_MODE_HOLD))
		return -1;
	report(device_rules_deny(watch->fd, ~0U) ?
	       "enforcing: what the rules deny is refused until this watch ends" :
	       "enforcing, but the rules in force deny nothing: 'coredump-mon policy load --builtin' goes back to those that deny reads");
	return 0;
}

static bool may_colour(void)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return (!no_color || !*no_color) && term && *term &&
	       strcmp(term, "dumb");
}

int cmd_watch(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.doc = "Print events as they come, one a line, until SIGINT or SIGTERM.",
	};
	struct watch watch = { .format = &format_text, .types = ~0U };
	struct out *out = out_stdout();
	int status;

	command_parse(&argp, argc, argv, &watch);
	watch.tty = isatty(STDOUT_FILENO);
	format_text_colour(watch.tty && may_colour());
	watch.deadline = stop_clock() + watch.seconds * NSEC_PER_SEC;
	stop_catch();
	if (begin(&watch))
		return EXIT_FAILURE;
	status = loop(&watch, out);
	/* Written first: what was refused is told before refusing ends. */
	if (out_finish(out))
		status = EXIT_FAILURE;
	close(watch.fd);
	return status;
}
