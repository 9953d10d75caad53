/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Builds a record: a header and attributes, in memory of its own.
 */
#ifndef CDM_EVENT_H
#define CDM_EVENT_H

#include <linux/types.h>
#include <linux/coredump_mon.h>

struct cred;
struct path;

/**
 * struct cdm_stamp - when something happened
 * @boottime: ns, CLOCK_BOOTTIME
 * @realtime: ns, CLOCK_REALTIME
 */
struct cdm_stamp {
	u64 boottime;
	u64 realtime;
};

/**
 * struct cdm_event - a record being built
 * @data: the record; NULL before the first attribute could be put
 * @len: bytes used
 * @room: bytes allocated
 * @failed: no memory: the record cannot be made
 * @full: something was left out, as the record would be too long
 */
struct cdm_event {
	u8 *data;
	u32 len;
	u32 room;
	bool failed;
	bool full;
};

struct cdm_stamp cdm_event_now(void);
void cdm_event_begin(struct cdm_event *event, u16 type,
		     const struct cdm_stamp *stamp);
void cdm_event_put(struct cdm_event *event, u16 type, const void *value,
		   u32 len);
void cdm_event_put_flags(struct cdm_event *event, u16 type, u16 flags,
			 const void *value, u32 len);
void cdm_event_put_string(struct cdm_event *event, u16 type, const char *s);
void cdm_event_put_decision(struct cdm_event *event, u32 verdict, u32 priority,
			    const char *rule);
void cdm_event_put_path(struct cdm_event *event, u16 type,
			const struct path *path);
void *cdm_event_reserve(struct cdm_event *event, u16 type, u32 len);
void cdm_event_trim(struct cdm_event *event, const void *value, u16 flags,
		    u32 len);
u32 cdm_event_nest(struct cdm_event *event, u16 type);
void cdm_event_nest_end(struct cdm_event *event, u32 nest);
void cdm_event_put_file(struct cdm_event *event,
			const struct coredump_mon_file_id *id,
			const struct path *path,
			const struct coredump_mon_tag *origin, bool foreign);
void cdm_event_commit(struct cdm_event *event, u32 kind,
		      const struct cred *cred);

#endif /* CDM_EVENT_H */
