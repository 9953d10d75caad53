// SPDX-License-Identifier: GPL-2.0
/*
 * What coredump-mon.service runs. An event is dealt with when the journal has
 * taken it; its number is kept before and after, so that whoever kills us, the
 * next one goes on where we were. Only what was under way just then may be
 * there twice, and the second says so.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>
/* No CODE_FILE=: where in here an entry is made is of no use. */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include "command.h"
#include "device.h"
#include "fields.h"
#include "limit.h"
#include "report.h"
#include "resume.h"
#include "rule_follow.h"
#include "stop.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

/**
 * struct journal - one run
 * @fd: the device, non-blocking
 * @resume: where we are
 * @again: number of the record that the run before may have written
 * @unsettled: what is kept says that an event is under way
 * @max: so many events of a user are written within a while; 0: all
 * @held: limits by which some are not, now
 * @watchdog_ns: how often the service manager wants to hear of us; 0: never
 * @told_ns: when it last did
 */
struct journal {
	int fd;
	struct resume resume;
	uint64_t again;
	bool unsettled;
	uint64_t max;
	unsigned int held;
	int64_t watchdog_ns;
	int64_t told_ns;
};

static _Alignas(8) char records[256 * 1024];
static struct fields fields;

static void tell_watchdog(struct journal *journal)
{
	int64_t now;

	if (!journal->watchdog_ns)
		return;
	now = stop_clock();
	if (now - journal->told_ns < journal->watchdog_ns)
		return;
	journal->told_ns = now;
	sd_notifyf(0, "WATCHDOG=1\nSTATUS=Wrote up to record %" PRIu64 ".",
		   journal->resume.done);
}

/*
 * Hand over what is in @fields; waits while the journal has its hands full.
 * False: it could not be, with the reason reported, or we are asked to stop.
 */
static bool hand_over(void)
{
	struct iovec iov[FIELDS_MAX];
	int ret;

	for (size_t i = 0; i < fields.count; i++) {
		struct string field = fields_get(&fields, i);

		iov[i].iov_base = (char *)field.data;
		iov[i].iov_len = field.len;
	}
	do {
		ret = sd_journal_sendv(iov, (int)fields.count);
	} while (ret == -EINTR && !stop_asked());
	if (ret == -EINTR)
		return false;
	/* The library takes it as done when there is nobody to send it to. */
	if (!ret && access(JOURNAL_SOCKET, F_OK))
		ret = -errno;
	if (!ret)
		return true;
	report("cannot write to the journal: %s: is systemd-journald running?",
	       strerror(-ret));
	return false;
}

/* The record that may have been written before is this one, or lost by now. */
static bool is_again(const struct journal *journal, const struct event *event)
{
	uint64_t first = event->header.seq;

	if (event->header.type == COREDUMP_MON_LOST && event->lost.first_seq)
		first = event->lost.first_seq;
	return first <= journal->again;
}

static bool write_event(struct journal *journal, const struct event *event)
{
	struct resume *resume = &journal->resume;

	fields_begin(&fields);
	event_fields(&fields, event);
	if (is_again(journal, event)) {
		fields_add(&fields, "COREDUMP_MON_REPEATED=");
		out_u64(&fields.out, journal->again);
	}
	resume->begun = event->header.seq;
	resume_keep(resume);
	journal->unsettled = true;
	if (!hand_over())
		return false;
	resume->done = event->header.seq;
	return true;
}

/* That events of a user are not written any more, or how many were not. */
static bool tell_limit(const struct journal *journal, const struct limit *limit,
		       bool over)
{
	fields_begin(&fields);
	fields_add(&fields, "MESSAGE=suppressed ");
	if (over) {
		out_u64(&fields.out, limit->count);
		out_str(&fields.out, " events");
	} else {
		out_str(&fields.out, "what follows");
	}
	if (limit->shared) {
		out_str(&fields.out, " of users beyond the first ");
		out_u64(&fields.out, LIMIT_USERS);
	} else {
		out_str(&fields.out, " of uid ");
		out_u64(&fields.out, limit->uid);
	}
	out_str(&fields.out, over ? ", records " : ", from record ");
	out_u64(&fields.out, limit->first_seq);
	if (over) {
		out_str(&fields.out, "..");
		out_u64(&fields.out, limit->last_seq);
	}
	out_str(&fields.out, ": within ");
	out_u64(&fields.out, LIMIT_SECONDS);
	out_str(&fields.out, " s, ");
	out_u64(&fields.out, journal->max);
	out_str(&fields.out, " were written");
	fields_suppressed(&fields, limit, over);
	return hand_over();
}

/* The while is over, or we are. */
static bool end_limit(struct journal *journal, struct limit *limit)
{
	if (limit->count) {
		if (!tell_limit(journal, limit, true))
			return false;
		if (!--journal->held)
			journal->resume.held = 0;
		journal->unsettled = true;
	}
	*limit = (struct limit) { 0 };
	return true;
}

static bool end_limits(struct journal *journal, uint64_t now_ns)
{
	struct limit *limit;

	while (journal->held && (limit = limit_next_over(now_ns))) {
		if (!end_limit(journal, limit))
			return false;
	}
	return true;
}

/* Write it, or count it as one that is not. */
static bool take_event(struct journal *journal, const struct event *event)
{
	struct limit *limit = journal->max ? limit_of(event) : NULL;

	if (!limit)
		return write_event(journal, event);
	if (limit_over(limit, event->header.boottime_ns) &&
	    !end_limit(journal, limit))
		return false;
	if (limit_admits(limit, event, journal->max))
		return write_event(journal, event);
	if (limit->count == 1) {
		if (!tell_limit(journal, limit, false))
			return false;
		if (!journal->held++)
			journal->resume.held = limit->first_seq;
		resume_keep(&journal->resume);
	}
	journal->resume.done = event->header.seq;
	journal->unsettled = true;
	return true;
}

/* False: this is to end. */
static bool write_records(struct journal *journal, size_t len)
{
	static struct event event;
	size_t at = 0;

	while (at < len && !stop_asked()) {
		const char *record = records + at;
		size_t size = record_length(record, len - at);

		if (!size) {
			report("the device gave bytes that are no record: install module and tool of one version, and load the module anew");
			return false;
		}
		at += size;
		rule_follow_record(journal->fd, record);
		if (!record_decode(record, &event))
			report("record %llu makes no sense and is left out: install module and tool of one version, and load the module anew",
			       (unsigned long long)event.header.seq);
		else if (!take_event(journal, &event))
			return false;
		tell_watchdog(journal);
	}
	return !stop_asked();
}

/* Nothing is under way, and what is kept says so. */
static void settle(struct journal *journal)
{
	struct resume *resume = &journal->resume;

	if (!journal->unsettled)
		return;
	journal->unsettled = false;
	resume->begun = resume->done;
	resume_keep(resume);
}

static uint64_t boottime(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (uint64_t)ts.tv_sec * NSEC_PER_SEC + (uint64_t)ts.tv_nsec;
}

static int loop(struct journal *journal)
{
	struct pollfd fd = { .fd = journal->fd, .events = POLLIN };

	while (!stop_asked()) {
		ssize_t n = read(journal->fd, records, sizeof(records));

		if (n > 0) {
			if (!write_records(journal, (size_t)n))
				break;
			continue;
		}
		if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
			report("cannot read " DEVICE_PATH ": %s",
			       n ? strerror(errno) : "it has ended");
			break;
		}
		if (!end_limits(journal, boottime()))
			break;
		settle(journal);
		tell_watchdog(journal);
		stop_poll(&fd, 1, journal->held ? NSEC_PER_SEC :
			  journal->watchdog_ns ?: -1);
	}
	return stop_asked() ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* What was not read of a load of the module went with it. */
static bool tell_reloaded(const struct journal *journal)
{
	fields_begin(&fields);
	fields_add(&fields, "MESSAGE=lost   ");
	out_str(&fields.out,
		"the module was loaded anew: what it recorded before that, after record ");
	out_u64(&fields.out, journal->resume.done);
	out_str(&fields.out, ", is lost, if there was anything");
	fields_lost(&fields);
	fields_add(&fields, "COREDUMP_MON_CAUSE=reload");
	return hand_over();
}

/* The run before was killed, and with it went how many it had left out. */
static bool tell_killed(struct journal *journal)
{
	struct resume *resume = &journal->resume;
	const struct limit limit = {
		.first_seq = resume->held,
		.last_seq = resume->done,
		.shared = true,
	};

	fields_begin(&fields);
	fields_add(&fields, "MESSAGE=suppressed events, of records ");
	out_u64(&fields.out, limit.first_seq);
	out_str(&fields.out, "..");
	out_u64(&fields.out, limit.last_seq);
	out_str(&fields.out,
		": how many is not known, as who counted them was killed");
	fields_suppressed(&fields, &limit, true);
	if (!hand_over())
		return false;
	resume->held = 0;
	resume_keep(resume);
	return true;
}

/* Go on where the last run ended; what is not there any more is told as lost. */
static int find_place(struct journal *journal)
{
	struct resume *resume = &journal->resume;
	struct coredump_mon_stats stats;

	if (device_stats(journal->fd, &stats))
		return -1;
	if (resume->held && !tell_killed(journal))
		return -1;
	if (resume->loaded_ns != stats.loaded_ns) {
		if (resume->loaded_ns && !tell_reloaded(journal))
			return -1;
		resume->loaded_ns = stats.loaded_ns;
		resume->done = 0;
		resume->begun = 0;
		resume_keep(resume);
	}
	journal->again = resume->begun;
	return device_seek(journal->fd, resume->done);
}

/* Gives the exit status, if that is to be the end. */
static int begin(struct journal *journal, const char *path)
{
	uint64_t usec;

	if (access(JOURNAL_SOCKET, F_OK)) {
		report("there is no journal here (" JOURNAL_SOCKET ": %s): 'coredump-mon watch' needs none",
		       strerror(errno));
		return EXIT_FAILURE;
	}
	journal->resume.fd = -1;
	if (path && resume_open(&journal->resume, path))
		return EXIT_FAILURE;
	journal->fd = device_open(O_RDONLY | O_NONBLOCK);
	if (journal->fd < 0)
		return access(DEVICE_PATH, F_OK) ? EXIT_NO_MODULE : EXIT_FAILURE;
	if (find_place(journal))
		return EXIT_FAILURE;
	rule_follow(journal->fd);
	if (sd_watchdog_enabled(0, &usec) > 0)
		journal->watchdog_ns = (int64_t)usec * 1000 / 4;
	sd_notify(0, "READY=1");
	return EXIT_SUCCESS;
}

struct arguments {
	const char *path;
	uint64_t max;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case 'r':
		arguments->path = arg;
		return 0;
	case 'l':
		arguments->max = command_number(arg, 0, UINT32_MAX, "--limit",
						state);
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s' is one argument too many", arg);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int cmd_journal(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "resume", 'r', "FILE", 0,
		  "go on where the run before ended, as is kept in FILE", 0 },
		{ "limit", 'l', "N", 0,
		  "of a user, N uses of files and N dumps or refusals in 30 s (1000; 0: all)", 0 },
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.doc = "Write events to the journal as they come, until SIGINT or SIGTERM. coredump-mon.service runs this.",
	};
	static struct journal journal;
	struct arguments arguments = { .max = LIMIT_DEFAULT };
	int status;

	command_parse(&argp, argc, argv, &arguments);
	journal.max = arguments.max;
	stop_catch();
	status = begin(&journal, arguments.path);
	if (status)
		return status;
	status = loop(&journal);
	sd_notify(0, "STOPPING=1");
	end_limits(&journal, UINT64_MAX);
	settle(&journal);
	return status;
}
