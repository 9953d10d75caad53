// SPDX-License-Identifier: GPL-2.0
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/path.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/user_namespace.h>

#include "event.h"
#include "fold.h"
#include "ring.h"

/* A record with the longest path fits without growing. */
#define FIRST_ROOM	8192

/* Context: any. */
struct cdm_stamp cdm_event_now(void)
{
	return (struct cdm_stamp) {
		.boottime = ktime_get_boot_fast_ns(),
		.realtime = ktime_get_real_fast_ns(),
	};
}

/* Makes room for @more bytes; false: there is none, for memory or the bound. */
static bool room_for(struct cdm_event *event, u32 more)
{
	u32 room = event->room ?: FIRST_ROOM;
	u8 *data;

	if (event->failed)
		return false;
	if (more > COREDUMP_MON_RECORD_MAX - event->len) {
		event->full = true;
		return false;
	}
	if (event->len + more <= event->room)
		return true;
	while (room < event->len + more)
		room *= 2;
	data = krealloc(event->data, room, GFP_KERNEL | __GFP_NOWARN);
	if (!data) {
		event->failed = true;
		return false;
	}
	event->data = data;
	event->room = room;
	return true;
}

/**
 * cdm_event_begin() - begin a record
 * @event: not initialised; cdm_event_commit() must follow
 * @type: enum coredump_mon_type
 * @stamp: when it happened
 *
 * Context: may sleep, as all of the following.
 */
void cdm_event_begin(struct cdm_event *event, u16 type,
		     const struct cdm_stamp *stamp)
{
	struct coredump_mon_record *record;

	memset(event, 0, sizeof(*event));
	if (!room_for(event, sizeof(*record)))
		return;
	record = (struct coredump_mon_record *)event->data;
	memset(record, 0, sizeof(*record));
	record->type = type;
	record->version = COREDUMP_MON_ABI_VERSION;
	record->boottime_ns = stamp->boottime;
	record->realtime_ns = stamp->realtime;
	event->len = sizeof(*record);
}

/**
 * cdm_event_reserve() - append an attribute whose value is still to come
 * @event: the record
 * @type: enum coredump_mon_attr_type
 * @len: at most so many bytes
 *
 * Return: where the value goes, until the next call on @event; then
 *	cdm_event_trim() must follow. NULL: no room.
 */
void *cdm_event_reserve(struct cdm_event *event, u16 type, u32 len)
{
	struct coredump_mon_attr *attr;

	if (!room_for(event, sizeof(*attr) + ALIGN(len, 8)))
		return NULL;
	attr = (struct coredump_mon_attr *)(event->data + event->len);
	attr->type = type;
	return attr + 1;
}

/**
 * cdm_event_trim() - finish an attribute that was reserved
 * @event: the record
 * @value: what cdm_event_reserve() returned, not NULL
 * @flags: COREDUMP_MON_ATTR_*
 * @len: bytes that the value has, no more than were reserved
 */
void cdm_event_trim(struct cdm_event *event, const void *value, u16 flags,
		    u32 len)
{
	struct coredump_mon_attr *attr = (struct coredump_mon_attr *)value - 1;

	attr->flags = flags;
	attr->len = len;
	memset((u8 *)value + len, 0, ALIGN(len, 8) - len);
	event->len += sizeof(*attr) + ALIGN(len, 8);
}

void cdm_event_put_flags(struct cdm_event *event, u16 type, u16 flags,
			 const void *value, u32 len)
{
	void *p = cdm_event_reserve(event, type, len);

	if (!p)
		return;
	memcpy(p, value, len);
	cdm_event_trim(event, p, flags, len);
}

void cdm_event_put(struct cdm_event *event, u16 type, const void *value,
		   u32 len)
{
	cdm_event_put_flags(event, type, 0, value, len);
}

void cdm_event_put_string(struct cdm_event *event, u16 type, const char *s)
{
	cdm_event_put_flags(event, type, 0, s, strlen(s));
}

/**
 * cdm_event_put_decision() - append what the policy said
 * @event: the record
 * @verdict: enum coredump_mon_verdict
 * @priority: enum coredump_mon_priority
 * @rule: name of the rule
 */
void cdm_event_put_decision(struct cdm_event *event, u32 verdict, u32 priority,
			    const char *rule)
{
	struct coredump_mon_decision decision = {
		.verdict = verdict,
		.priority = priority,
	};

	cdm_event_put(event, COREDUMP_MON_A_DECISION, &decision,
		      sizeof(decision));
	cdm_event_put_string(event, COREDUMP_MON_A_RULE, rule);
}

/* d_path() and its like write from the end, with a terminator. */
static void trim_path(struct cdm_event *event, char *p, const char *at)
{
	u32 len = p + COREDUMP_MON_PATH_MAX - 1 - at;

	memmove(p, at, len);
	cdm_event_trim(event, p, 0, len);
}

/**
 * cdm_event_put_path() - append a path, as the current task would see it
 * @event: the record
 * @type: enum coredump_mon_attr_type
 * @path: with a reference; one without mount is not known, and left out
 *
 * Of a path that is too long only the last components are there, flagged.
 */
void cdm_event_put_path(struct cdm_event *event, u16 type,
			const struct path *path)
{
	char *p, *at;

	if (!path->mnt)
		return;
	p = cdm_event_reserve(event, type, COREDUMP_MON_PATH_MAX);
	if (!p)
		return;
	at = d_path(path, p, COREDUMP_MON_PATH_MAX);
	if (IS_ERR(at)) {
		cdm_event_trim(event, p, COREDUMP_MON_ATTR_CUT,
			       scnprintf(p, COREDUMP_MON_PATH_MAX, "%pd4",
					 path->dentry));
		return;
	}
	trim_path(event, p, at);
}

/* Of a path that is too long there is nothing, as a part of it leads nowhere. */
static void put_fs_path(struct cdm_event *event, const struct path *path)
{
	char *p, *at;

	if (!path->mnt)
		return;
	p = cdm_event_reserve(event, COREDUMP_MON_A_FS_PATH,
			      COREDUMP_MON_PATH_MAX);
	if (!p)
		return;
	at = dentry_path_raw(path->dentry, p, COREDUMP_MON_PATH_MAX);
	if (IS_ERR(at)) {
		cdm_event_trim(event, p, COREDUMP_MON_ATTR_CUT, 0);
		return;
	}
	trim_path(event, p, at);
}

/**
 * cdm_event_nest() - begin an attribute that holds attributes
 * @event: the record
 * @type: enum coredump_mon_attr_type
 *
 * Return: to be given to cdm_event_nest_end()
 */
u32 cdm_event_nest(struct cdm_event *event, u16 type)
{
	u32 nest = event->len;

	if (!room_for(event, sizeof(struct coredump_mon_attr)))
		return 0;
	cdm_event_put_flags(event, type, COREDUMP_MON_ATTR_NESTED, NULL, 0);
	return nest;
}

void cdm_event_nest_end(struct cdm_event *event, u32 nest)
{
	struct coredump_mon_attr *attr;

	if (!nest)
		return;
	attr = (struct coredump_mon_attr *)(event->data + nest);
	attr->len = event->len - nest - sizeof(*attr);
	if (event->full)
		attr->flags |= COREDUMP_MON_ATTR_CUT;
}

/**
 * cdm_event_put_file() - append which file it is
 * @event: the record
 * @id: its numbers
 * @path: its path
 * @origin: its tag, or NULL
 * @foreign: the path may be one of another mount namespace
 */
void cdm_event_put_file(struct cdm_event *event,
			const struct coredump_mon_file_id *id,
			const struct path *path,
			const struct coredump_mon_tag *origin, bool foreign)
{
	u32 nest = cdm_event_nest(event, COREDUMP_MON_A_FILE);

	cdm_event_put(event, COREDUMP_MON_A_FILE_ID, id, sizeof(*id));
	cdm_event_put_path(event, COREDUMP_MON_A_PATH, path);
	if (foreign)
		put_fs_path(event, path);
	if (origin)
		cdm_event_put(event, COREDUMP_MON_A_ORIGIN, origin,
			      sizeof(*origin));
	cdm_event_nest_end(event, nest);
}

/* Whether a flood of opens must not push it out. */
static bool is_kept(u32 kind)
{
	return kind != COREDUMP_MON_KIND_OPEN && kind != COREDUMP_MON_KIND_CHANGE;
}

/**
 * cdm_event_commit() - give a record to the readers, and free what it took
 * @event: the record
 * @kind: enum coredump_mon_kind
 * @cred: of who did it
 *
 * What could not be made is counted.
 */
void cdm_event_commit(struct cdm_event *event, u32 kind, const struct cred *cred)
{
	u32 uid = from_kuid(&init_user_ns, cred->uid);

	if (event->failed)
		cdm_ring_unmade(CDM_UNMADE_MEMORY);
	else if (!cdm_ring_commit((struct coredump_mon_record *)event->data,
				  event->len, is_kept(kind), uid))
		cdm_fold_for(kind, uid);
	kfree(event->data);
}
