/* SPDX-License-Identifier: GPL-2.0 */
/* What an event means, in words: the same in every format. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "host_path.h"
#include "out.h"
#include "record.h"

/* The longest that message_write() writes: with a path, of which all is escaped. */
#define MESSAGE_MAX	(4 * HOST_PATH_MAX + 1024)

/*
 * "core file read by cat (pid 12)": for people; or what the rule says that decided,
 * see rule_says.h. Bytes that do harm on a terminal are written as \xNN.
 */
void message_write(struct out *out, const struct event *event);
/* NULL: nothing was decided. */
const char *message_verdict(const struct event *event);
/* One of enum coredump_mon_priority, and its name. */
uint32_t message_level(const struct event *event);
const char *message_priority(const struct event *event);
/*
 * The elements of a JSON array; empty if there are none. They are those of an event
 * whose rule has no tags.
 */
const char *message_usual_tags(const struct event *event);

#endif /* MESSAGE_H */
