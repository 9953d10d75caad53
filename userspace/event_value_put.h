/* SPDX-License-Identifier: GPL-2.0 */
/* The ways to write a value of an event; each gives false where it has none. */
#ifndef EVENT_VALUE_PUT_H
#define EVENT_VALUE_PUT_H

#include "event_value.h"

enum place {
	IN_EVENT,
	IN_PROCESS,
	IN_SENDER,
	IN_TARGET,
	/* The file that was dumped into is "core"; any other is "file". */
	IN_FILE,
	IN_CORE,
	IN_XATTR,
	IN_DUMP,
	IN_ATTRIBUTES,
};

typedef bool value_put(struct out *out, const struct event *event,
		       const struct event_value *value);

value_put value_string, value_u32, value_u64, value_signed, value_positive,
	value_namespace, value_id, value_bool, value_word, value_said,
	value_time, value_start_time, value_cmdline, value_capabilities,
	value_path, value_fs_path, value_host_path, value_new_path,
	value_new_fs_path, value_device, value_comm, value_fd, value_errno,
	value_hex, value_permissions, value_limit;

#endif /* EVENT_VALUE_PUT_H */
