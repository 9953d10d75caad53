// SPDX-License-Identifier: GPL-2.0
/*
 * Do what is watched for, on this system as it is set up, and see that events
 * tell of it. What this makes on disk is in a directory of its own, which is
 * removed; what it makes the module refuse ends with a descriptor of its own;
 * no helper of kernel.core_pattern is run.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "device.h"
#include "device_rules.h"
#include "names.h"
#include "out.h"
#include "reader.h"
#include "report.h"
#include "selftest_place.h"
#include "stop.h"

/* A crash on a busy machine takes a while. */
#define PATIENCE_MS	20000

/**
 * struct selftest - what the steps hand on
 * @reader: where events come from
 * @info: as it was when we began
 * @place: where our files are
 * @path: a file that counts as a core file; empty: we have none
 * @ino: its inode number
 * @loaded: rules are in force that may let through or ignore what we do
 * @failed: a step failed
 */
struct selftest {
	struct reader reader;
	struct coredump_mon_info info;
	struct place place;
	char path[COREDUMP_MON_PATH_MAX + 256];
	uint64_t ino;
	bool loaded;
	bool failed;
};

static const char no_event[] = "no event came in time";

static void line(const char *verdict, const char *step, const char *why)
{
	struct out *out = out_stdout();
	size_t begun = out->len;

	out_str(out, verdict);
	out_pad(out, begun, 21);
	out_str(out, step);
	if (why) {
		out_str(out, ": ");
		out_str(out, why);
	}
	out_char(out, '\n');
	out_flush(out);
}

static void ok(const char *step)
{
	line("ok", step, NULL);
}

static void unproved(const char *step, const char *why)
{
	line("could not be proved", step, why);
}

static void failed(struct selftest *test, const char *step, const char *why)
{
	if (test->loaded && why == no_event) {
		unproved(step, "no event came in time, as the rules that were loaded may have it");
		return;
	}
	line("FAILED", step, why);
	test->failed = true;
}

/* Numbers as we see them: we may be in a pid namespace. */
static bool is_by(const struct event *event, pid_t pid)
{
	return has(event->has, COREDUMP_MON_A_PROCESS) &&
	       has(event->process.has, COREDUMP_MON_A_TASK) &&
	       event->process.task.ns_pid == (uint32_t)pid;
}

static bool has_id(const struct event *event)
{
	return has(event->has, COREDUMP_MON_A_FILE) &&
	       has(event->file.has, COREDUMP_MON_A_FILE_ID);
}

/* Crash by a fault on @page. */
static pid_t crash(const struct selftest *test, char *page)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	place_enter(&test->place);
	*(volatile char *)page = 1;
	_exit(EXIT_FAILURE);
}

static const char *wrong_dump(const struct event *event, const char *page)
{
	const struct coredump_mon_dump *dump = &event->dump;
	const char *code;

	if (!has(event->has, COREDUMP_MON_A_DUMP))
		return "the event does not say how it died";
	code = signal_code_name(dump->signal, dump->code);
	if (dump->signal != SIGBUS || !code || strcmp(code, "BUS_ADRERR"))
		return "the event has another signal than SIGBUS by BUS_ADRERR";
	if (!(dump->flags & COREDUMP_MON_DUMP_ADDRESS) ||
	    dump->address != (uintptr_t)page)
		return "the event has not the fault's address";
	if (dump->flags & COREDUMP_MON_DUMP_FORCED)
		return "the event says that another process sent the signal";
	return NULL;
}

/* Is the file that the event names there, and the same? */
static const char *take_core(struct selftest *test, const struct event *event)
{
	if (test->place.refused)
		return test->place.refused;
	if (has(event->has, COREDUMP_MON_A_DUMP)) {
		switch (event->dump.outcome) {
		case COREDUMP_MON_OUTCOME_PIPED:
			return "kernel.core_pattern was changed to a helper meanwhile";
		case COREDUMP_MON_OUTCOME_SKIPPED:
			return geteuid() ? "only root may have it written, out of harm's way" :
			       "the hard limit RLIMIT_CORE forbids it";
		case COREDUMP_MON_OUTCOME_FAILED:
			return "the kernel could not write it where kernel.core_pattern says";
		}
	}
	if (!has_id(event))
		return "the event names no file";
	test->ino = event->file.id.ino;
	if (place_find(&test->place, test->ino, test->path, sizeof(test->path)))
		return NULL;
	test->path[0] = '\0';
	return "it is not where kernel.core_pattern says";
}

static const struct event *wait_dump(struct selftest *test, pid_t pid)
{
	const struct event *event;

	reader_begin(&test->reader, PATIENCE_MS);
	while ((event = reader_next(&test->reader))) {
		if (event->header.type == COREDUMP_MON_DUMP &&
		    is_by(event, pid))
			break;
	}
	return event;
}

static void step_dump(struct selftest *test)
{
	static const char step[] = "a crash is seen";
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	const struct event *event;
	const char *why;
	int status = 0;
	char *page;
	pid_t pid;
	int fd;

	/* Behind the end of a file: the kernel's log says nothing of such. */
	fd = memfd_create("selftest", MFD_CLOEXEC);
	page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	if (page == MAP_FAILED) {
		unproved(step, "no memory for a page to fault on");
		return;
	}
	pid = crash(test, page);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (pid < 0) {
		unproved(step, "no process could be made to crash");
	} else if (!WIFSIGNALED(status)) {
		unproved(step, "the child did not crash");
	} else {
		event = wait_dump(test, pid);
		why = event ? wrong_dump(event, page) : no_event;
		if (why)
			failed(test, step, why);
		else
			ok(step);
		why = event ? take_core(test, event) : "no event names one";
		if (why)
			unproved("a core file is there to be read", why);
		else
			ok("a core file is there to be read");
	}
	munmap(page, size);
	close(fd);
}

/* Without a core, a file of our own that counts as one. */
static void step_tag(struct selftest *test)
{
	static const char step[] = "a tagged file takes the core's place";
	struct stat st;
	int device;
	int fd;

	if (*test->path)
		return;
	if (access(DEVICE_PATH, W_OK)) {
		unproved(step, "only root may tag files");
		return;
	}
	if (test->info.locked) {
		unproved(step, "the module is locked");
		return;
	}
	snprintf(test->path, sizeof(test->path), "%s/tagged", test->place.top);
	fd = open(test->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || fstat(fd, &st)) {
		unproved(step, strerror(errno));
		test->path[0] = '\0';
	} else {
		test->ino = st.st_ino;
		device = device_open(O_RDWR);
		if (device < 0 ||
		    device_tag(device, COREDUMP_MON_IOC_TAG_ADD, test->path)) {
			failed(test, step, "it could not be tagged");
			test->path[0] = '\0';
		} else {
			ok(step);
		}
		if (device >= 0)
			close(device);
	}
	if (fd >= 0)
		close(fd);
}

static const char *wrong_open(struct selftest *test, uint32_t class,
			      uint64_t ino, bool deny, int error)
{
	const struct event *event;
	bool denied;

	reader_begin(&test->reader, PATIENCE_MS);
	while ((event = reader_next(&test->reader))) {
		if (event->header.type == COREDUMP_MON_OPEN &&
		    is_by(event, getpid()) && has_id(event) &&
		    event->file.id.file_class == class &&
		    event->file.id.ino == ino)
			break;
	}
	if (!event)
		return no_event;
	if (event->file.id.access != COREDUMP_MON_ACCESS_READ)
		return "the event says that it was not a read";
	if (!has(event->has, COREDUMP_MON_A_DECISION))
		return "the event has no verdict";
	denied = event->decision.verdict == COREDUMP_MON_DENIED;
	if (deny != denied)
		return deny ? "the event says that it was let through" :
			      "the event says that it was denied";
	if (has(event->has, COREDUMP_MON_A_RESULT) &&
	    event->result.error != error)
		return "the event has another result than the open";
	if (class == COREDUMP_MON_CLASS_COREDUMP_FILTER &&
	    (!has(event->has, COREDUMP_MON_A_TARGET) ||
	     !has(event->target.has, COREDUMP_MON_A_TASK) ||
	     event->target.task.pid != event->process.task.pid))
		return "the event does not say whose it is";
	return NULL;
}

/* Gives the errno of an open for reading. */
static int try_read(const struct selftest *test)
{
	int fd = open(test->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static void judge_read(struct selftest *test, const char *step, bool deny,
		       int error)
{
	const char *why;

	/* Whether it was to be refused is theirs to say; the event has to agree. */
	if (test->loaded)
		deny = error == EACCES;
	if (deny && !error)
		why = "the read was let through";
	else if (error && (!deny || error != EACCES))
		why = strerror(error);
	else
		why = wrong_open(test, COREDUMP_MON_CLASS_CORE, test->ino, deny,
				 error);
	if (why)
		failed(test, step, why);
	else
		ok(step);
}

static void step_read(struct selftest *test, const char *step, bool deny)
{
	if (*test->path)
		judge_read(test, step, deny, try_read(test));
	else
		unproved(step, "there is no file that counts as a core file");
}

static void step_filter(struct selftest *test)
{
	static const char step[] = "an open of a coredump_filter is seen";
	const char *why;
	struct stat st;
	int fd = open("/proc/self/coredump_filter", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st)) {
		unproved(step, strerror(errno));
	} else {
		why = wrong_open(test, COREDUMP_MON_CLASS_COREDUMP_FILTER,
				 st.st_ino, false, 0);
		if (why)
			failed(test, step, why);
		else
			ok(step);
	}
	if (fd >= 0)
		close(fd);
}

static void step_deny(struct selftest *test)
{
	static const char step[] = "a read is refused while enforcing is held";
	int error;
	int fd;

	if (access(DEVICE_PATH, W_OK)) {
		unproved(step, "only root may hold enforcing");
		return;
	}
	if (test->info.locked) {
		unproved(step, "the module is locked");
		return;
	}
	if (!*test->path) {
		unproved(step, "there is no file that counts as a core file");
		return;
	}
	if (test->loaded &&
	    !device_rules_deny(test->reader.fd, BIT(COREDUMP_MON_OPEN))) {
		unproved(step, "the rules that were loaded deny no opens");
		return;
	}
	fd = device_open(O_RDWR);
	if (fd < 0 || device_set_mode(fd, COREDUMP_MON_ENFORCING,
				      COREDUMP_MON_MODE_HOLD)) {
		unproved(step, "enforcing cannot be held, see the message");
		if (fd >= 0)
			close(fd);
		return;
	}
	error = try_read(test);
	/* For no longer than it takes: others' reads are refused as well. */
	close(fd);
	if (test->loaded && !error)
		unproved(step, "the rules that were loaded let it through");
	else
		judge_read(test, step, true, error);
	if (!test->info.enforcing)
		step_read(test, "a read is let through afterwards", false);
}

static int run(struct selftest *test)
{
	struct device_rules rules;

	if (device_get_rules(test->reader.fd, &rules))
		return EXIT_FAILURE;
	test->loaded = !(rules.set.flags & COREDUMP_MON_RULES_BUILTIN);
	device_free_rules(&rules);
	if (place_make(&test->place, &test->info))
		return EXIT_FAILURE;
	step_dump(test);
	step_tag(test);
	step_read(test, test->info.enforcing && !test->loaded ?
		  "a read is refused" : "a read of it is seen",
		  test->info.enforcing);
	step_filter(test);
	step_deny(test);
	place_remove(&test->place);
	if (stop_asked())
		report("told to stop before it was over");
	return test->failed || stop_asked() ? EXIT_FAILURE : EXIT_SUCCESS;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	argp_error(state, "'%s' is one argument too many", arg);
	return EINVAL;
}

int cmd_selftest(int argc, char **argv)
{
	static const struct argp argp = {
		.parser = parse,
		.doc = "Prove that events arrive on this system: crash a child, read its core file, open a coredump_filter, have a read refused for a moment. A line per step; nothing is left behind.",
	};
	static struct selftest test;
	int status = EXIT_FAILURE;

	command_parse(&argp, argc, argv, NULL);
	stop_catch();
	test.reader.fd = device_open(O_RDONLY | O_NONBLOCK);
	if (test.reader.fd < 0)
		return EXIT_FAILURE;
	if (lseek(test.reader.fd, 0, SEEK_END) < 0)
		report("cannot go to the end of " DEVICE_PATH ": %s",
		       strerror(errno));
	else if (!device_info(test.reader.fd, &test.info))
		status = run(&test);
	close(test.reader.fd);
	if (out_finish(out_stdout()))
		status = EXIT_FAILURE;
	return status;
}
