// SPDX-License-Identifier: GPL-2.0
#include <linux/hash.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <linux/vmalloc.h>

#include "lane.h"

/* Before each record. */
#define EXTRA	offsetof(struct cdm_lane_entry, record)

/* So long a record is safe from a user who has half of its lane. */
#define SAFE_NS	(3600ULL * NSEC_PER_SEC)

static u32 share_of(u32 uid)
{
	return hash_32(uid, CDM_LANE_SHARE_BITS);
}

static void copy_in(struct cdm_lane *lane, const void *from, u32 len)
{
	u32 at = lane->head % lane->size;
	u32 part = min(len, lane->size - at);

	memcpy(lane->buf + at, from, part);
	memcpy(lane->buf, from + part, len - part);
	lane->head += len;
}

static void copy_out(const struct cdm_lane *lane, u64 pos, void *to, u32 len)
{
	u32 at = pos % lane->size;
	u32 part = min(len, lane->size - at);

	memcpy(to, lane->buf + at, part);
	memcpy(to + part, lane->buf, len - part);
}

/* The entry that begins at a position. */
void cdm_lane_look(const struct cdm_lane *lane, u64 pos, struct cdm_lane_entry *entry)
{
	copy_out(lane, pos, entry, sizeof(*entry));
}

/* The whole of a record, which was looked at, to where there is room for it. */
void cdm_lane_read(const struct cdm_lane *lane, u64 pos,
		   const struct coredump_mon_record *record, void *to)
{
	copy_out(lane, pos + EXTRA, to, record->len);
}

static bool fits(const struct cdm_lane *lane, u64 tail,
		 const struct coredump_mon_record *record)
{
	return lane->size - (lane->head - tail) >= cdm_lane_bytes(record);
}

/**
 * cdm_lane_may_append() - whether a user may push out what a record takes
 * @lane: the lane
 * @record: the record
 * @uid: the user
 *
 * Who has half of a lane pushes out nothing of others that is young. As the oldest goes
 * first, that keeps out only who filled it while that was so.
 */
bool cdm_lane_may_append(const struct cdm_lane *lane,
			 const struct coredump_mon_record *record, u32 uid)
{
	struct cdm_lane_entry entry;
	u64 tail = lane->tail;

	if (lane->shares[share_of(uid)] < lane->size / 2)
		return true;
	for (; !fits(lane, tail, record); tail += cdm_lane_bytes(&entry.record)) {
		cdm_lane_look(lane, tail, &entry);
		if (entry.uid != uid &&
		    entry.record.boottime_ns + SAFE_NS > record->boottime_ns)
			return false;
	}
	return true;
}

static void evict(struct cdm_lane *lane)
{
	struct cdm_lane_entry entry;

	cdm_lane_look(lane, lane->tail, &entry);
	lane->shares[share_of(entry.uid)] -= cdm_lane_bytes(&entry.record);
	lane->tail += cdm_lane_bytes(&entry.record);
	lane->evicted++;
	lane->evicted_seq = entry.record.seq;
}

/**
 * cdm_lane_append() - keep a record
 * @lane: here
 * @record: the record, numbered
 * @uid: whose
 */
void cdm_lane_append(struct cdm_lane *lane, const struct coredump_mon_record *record,
		     u32 uid)
{
	const struct cdm_lane_entry entry = { .uid = uid };

	while (!fits(lane, lane->tail, record))
		evict(lane);
	copy_in(lane, &entry, EXTRA);
	copy_in(lane, record, record->len);
	lane->shares[share_of(uid)] += cdm_lane_bytes(record);
	lane->made++;
}

/* Return: 0 or -ENOMEM */
int cdm_lane_init(struct cdm_lane *lane, u32 bytes)
{
	/* The longest record fits, as @bytes are enough for that. */
	lane->size = bytes + EXTRA;
	lane->buf = vmalloc(lane->size);
	return lane->buf ? 0 : -ENOMEM;
}

void cdm_lane_exit(struct cdm_lane *lane)
{
	vfree(lane->buf);
}
