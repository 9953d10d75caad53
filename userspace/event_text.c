// SPDX-License-Identifier: GPL-2.0
/*
 * A line for a person: when, what kind, the verdict, who, and then what, with
 * the most telling first. What is not known is "-".
 */
#include "escape.h"
#include "format.h"
#include "host_path.h"
#include "message.h"
#include "names.h"
#include "timestamp.h"

#define RED	"\033[1;31m"
#define YELLOW	"\033[33m"
#define BOLD	"\033[1m"
#define PLAIN	"\033[0m"

/* The columns' widths, a blank behind them included. */
#define WIDTH_TYPE	7
#define WIDTH_VERDICT	11
#define WIDTH_PROCESS	22
#define WIDTH_UID	10

#define ANCESTORS_SHOWN	3

static bool coloured;

void format_text_colour(bool on)
{
	coloured = on;
}

static void colour(struct out *out, const char *sequence)
{
	if (coloured)
		out_str(out, sequence);
}

static void put_name(struct out *out, const char *name)
{
	out_str(out, name ? name : "-");
}

static void put_string(struct out *out, bool there, const struct string *s)
{
	if (there)
		escape_word(out, s->data, s->len);
	else
		out_char(out, '-');
}

/* comm[pid] */
static void put_task(struct out *out, uint32_t mask, const struct string *comm,
		     const struct coredump_mon_task *task)
{
	put_string(out, has(mask, COREDUMP_MON_A_COMM), comm);
	out_char(out, '[');
	if (has(mask, COREDUMP_MON_A_TASK))
		out_u64(out, task->pid);
	else
		out_char(out, '-');
	out_char(out, ']');
}

static void put_subject(struct out *out, const struct subject *subject)
{
	put_task(out, subject->has, &subject->comm, &subject->task);
}

/* uid N, or uid N/M where the effective one is another. */
static void put_uid(struct out *out, const struct subject *subject)
{
	out_str(out, "uid ");
	if (!has(subject->has, COREDUMP_MON_A_CRED)) {
		out_char(out, '-');
		return;
	}
	out_u64(out, subject->cred.uid);
	if (subject->cred.euid != subject->cred.uid) {
		out_char(out, '/');
		out_u64(out, subject->cred.euid);
	}
}

static void put_process(struct out *out, const struct event *event)
{
	size_t begun = out->len;

	if (!has(event->has, COREDUMP_MON_A_PROCESS)) {
		out_char(out, '-');
		out_pad(out, begun, WIDTH_PROCESS + WIDTH_UID);
		return;
	}
	put_subject(out, &event->process);
	out_pad(out, begun, WIDTH_PROCESS);
	begun = out->len;
	put_uid(out, &event->process);
	out_pad(out, begun, WIDTH_UID);
}

static void put_verdict(struct out *out, const struct event *event)
{
	uint32_t verdict = 0;
	size_t begun;

	if (has(event->has, COREDUMP_MON_A_DECISION))
		verdict = event->decision.verdict;
	if (verdict == COREDUMP_MON_DENIED)
		colour(out, RED);
	else if (verdict == COREDUMP_MON_WOULD_DENY)
		colour(out, YELLOW);
	begun = out->len;
	put_name(out, message_verdict(event));
	out_pad(out, begun, WIDTH_VERDICT);
	if (verdict)
		colour(out, PLAIN);
}

static const struct string *file_path(const struct event *event, bool *there)
{
	*there = has(event->has, COREDUMP_MON_A_FILE) &&
		 has(event->file.has, COREDUMP_MON_A_PATH);
	return &event->file.path;
}

/* Of a file in another mount namespace: where it is, for whoever reads this. */
static void put_host_path(struct out *out, const struct file *file)
{
	char path[HOST_PATH_MAX];

	if (!has(file->has, COREDUMP_MON_A_FS_PATH) ||
	    has(file->cut, COREDUMP_MON_A_FS_PATH) || !host_path(file, path))
		return;
	out_str(out, " (here ");
	escape_word(out, path, strlen(path));
	out_char(out, ')');
}

static void put_path(struct out *out, const struct event *event)
{
	bool there;
	const struct string *path = file_path(event, &there);

	put_string(out, there, path);
	if (there && has(event->file.cut, COREDUMP_MON_A_PATH))
		out_str(out, " (cut)");
	if (there)
		put_host_path(out, &event->file);
}

static void put_cause(struct out *out, const struct event *event)
{
	const struct coredump_mon_dump *dump = &event->dump;
	const char *code = signal_code_name(dump->signal, dump->code);
	const char *name = signal_name(dump->signal);

	colour(out, BOLD);
	if (name) {
		out_str(out, name);
	} else {
		out_str(out, "signal ");
		out_s64(out, dump->signal);
	}
	colour(out, PLAIN);
	if (dump->flags & COREDUMP_MON_DUMP_FORCED) {
		out_str(out, " forced by ");
		if (has(event->has, COREDUMP_MON_A_SENDER)) {
			put_subject(out, &event->sender);
			out_char(out, ' ');
			put_uid(out, &event->sender);
		} else {
			out_char(out, '-');
		}
		return;
	}
	if (dump->flags & COREDUMP_MON_DUMP_ADDRESS)
		out_str(out, " fault");
	out_char(out, ' ');
	if (code) {
		out_str(out, code);
	} else {
		out_str(out, "code ");
		out_s64(out, dump->code);
	}
	if (dump->flags & COREDUMP_MON_DUMP_ADDRESS) {
		out_str(out, " at ");
		out_hex(out, dump->address);
	}
}

static void put_dump(struct out *out, const struct event *event)
{
	const struct coredump_mon_dump *dump = &event->dump;

	if (!has(event->has, COREDUMP_MON_A_DUMP)) {
		out_char(out, '-');
		return;
	}
	put_cause(out, event);
	if (dump->flags & COREDUMP_MON_DUMP_PRIVILEGED)
		out_str(out, ", privileged");
	out_str(out, ", core ");
	put_path(out, event);
	out_char(out, ' ');
	put_name(out, outcome_name(dump->outcome));
	if (dump->flags & COREDUMP_MON_DUMP_SIZE) {
		out_char(out, ' ');
		out_u64(out, dump->size);
		out_str(out, " bytes");
	}
}

static void put_open(struct out *out, const struct event *event)
{
	const struct coredump_mon_file_id *id = NULL;
	const char *name;

	if (has(event->has, COREDUMP_MON_A_FILE) &&
	    has(event->file.has, COREDUMP_MON_A_FILE_ID))
		id = &event->file.id;
	put_name(out, id ? access_name(id->access) : NULL);
	out_char(out, ' ');
	put_name(out, id ? class_name(id->file_class) : NULL);
	out_char(out, ' ');
	put_path(out, event);
	if (has(event->has, COREDUMP_MON_A_TARGET)) {
		out_str(out, " of ");
		put_subject(out, &event->target);
	}
	if (!has(event->has, COREDUMP_MON_A_RESULT)) {
		out_str(out, ", result -");
	} else if (event->result.error) {
		name = errno_name(event->result.error);
		out_str(out, ", ");
		if (name) {
			out_str(out, name);
		} else {
			out_str(out, "errno ");
			out_s64(out, event->result.error);
		}
	} else {
		out_str(out, ", fd ");
		out_s64(out, event->result.fd);
	}
}

static void put_policy(struct out *out, const struct event *event)
{
	const struct coredump_mon_policy *policy = &event->policy;
	const char *cursor = NULL;
	struct string path;

	if (!has(event->has, COREDUMP_MON_A_POLICY)) {
		out_char(out, '-');
		return;
	}
	put_name(out, change_name(policy->change));
	out_char(out, ' ');
	if (policy->change == COREDUMP_MON_CHANGE_MODE) {
		put_name(out, mode_name(policy->old_value));
		out_str(out, " -> ");
		put_name(out, mode_name(policy->new_value));
	} else if (policy->change == COREDUMP_MON_CHANGE_KPROBES ||
		   policy->change == COREDUMP_MON_CHANGE_KRETPROBES) {
		out_str(out, policy->new_value ? "work again" : "switched OFF");
	} else if (policy->change == COREDUMP_MON_CHANGE_REFUSED) {
		out_str(out, "enforcing, ");
		put_name(out, errno_name((int)policy->new_value));
	} else {
		out_u64(out, policy->old_value);
		out_str(out, " -> ");
		out_u64(out, policy->new_value);
	}
	if (has(event->has, COREDUMP_MON_A_FILE)) {
		out_str(out, ", file ");
		put_path(out, event);
	}
	while (event_next_path(event, &cursor, &path)) {
		out_char(out, ' ');
		escape_word(out, path.data, path.len);
	}
	out_str(out, policy->enforcing ? ", enforcing now" :
		", permissive now");
}

static void put_lost(struct out *out, const struct event *event)
{
	const struct coredump_mon_lost *lost = &event->lost;

	if (!has(event->has, COREDUMP_MON_A_LOST)) {
		out_char(out, '-');
		return;
	}
	colour(out, RED);
	out_u64(out, lost->count);
	out_str(out, lost->count == 1 ? " record" : " records");
	colour(out, PLAIN);
	if (lost->first_seq) {
		out_char(out, ' ');
		out_u64(out, lost->first_seq);
		out_str(out, "..");
		out_u64(out, lost->last_seq);
	}
	out_str(out, ", ");
	put_name(out, cause_name(lost->cause));
}

/* Who did it in more words, for the end of the line. */
static void put_origin(struct out *out, const struct event *event)
{
	const struct subject *process = &event->process;

	if (!has(event->has, COREDUMP_MON_A_PROCESS))
		return;
	out_str(out, ", exe ");
	put_string(out, has(process->has, COREDUMP_MON_A_EXE), &process->exe);
	if (has(process->has, COREDUMP_MON_A_CRED) &&
	    process->cred.loginuid != COREDUMP_MON_ID_NONE &&
	    process->cred.loginuid != process->cred.uid) {
		out_str(out, ", login ");
		out_u64(out, process->cred.loginuid);
	}
	for (uint32_t i = 0; i < event->n_ancestors; i++) {
		const struct ancestor *ancestor = &event->ancestors[i];

		if (i == ANCESTORS_SHOWN) {
			out_str(out, " < ...");
			break;
		}
		out_str(out, i ? " < " : ", from ");
		put_task(out, ancestor->has, &ancestor->comm, &ancestor->task);
	}
}

void format_text_line(struct out *out, const struct event *event)
{
	size_t begun = out->len;

	put_name(out, type_name(event->header.type));
	out_pad(out, begun, WIDTH_TYPE);
	put_verdict(out, event);
	put_process(out, event);
	switch (event->header.type) {
	case COREDUMP_MON_DUMP:
		put_dump(out, event);
		break;
	case COREDUMP_MON_OPEN:
		put_open(out, event);
		break;
	case COREDUMP_MON_POLICY:
		put_policy(out, event);
		break;
	case COREDUMP_MON_LOST:
		put_lost(out, event);
		break;
	}
	put_origin(out, event);
}

static void put_event(struct out *out, const struct event *event)
{
	timestamp_local(out, event->header.realtime_ns);
	out_char(out, ' ');
	format_text_line(out, event);
	out_char(out, '\n');
}

const struct format format_text = {
	.name = "text",
	.event = put_event,
};
