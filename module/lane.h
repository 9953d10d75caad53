/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records, one behind the other, the oldest of which make place for new ones. Whose
 * lane it is sees to it that one task at a time uses it.
 */
#ifndef CDM_LANE_H
#define CDM_LANE_H

#include <linux/types.h>
#include <linux/coredump_mon.h>

#define CDM_LANE_SHARE_BITS	6

/**
 * struct cdm_lane - a ring of bytes
 * @buf: @size bytes; byte N ever written is at N % @size
 * @size: they
 * @head: bytes ever written
 * @tail: the first of them that is kept; an entry begins there
 * @made: records ever written
 * @evicted: of them, not kept any more
 * @evicted_seq: number of the last that was evicted
 * @shares: bytes that are kept, by a hash of the user
 */
struct cdm_lane {
	u8 *buf;
	u32 size;
	u64 head;
	u64 tail;
	u64 made;
	u64 evicted;
	u64 evicted_seq;
	u32 shares[1 << CDM_LANE_SHARE_BITS];
};

/**
 * struct cdm_lane_entry - a record, as it begins in a lane
 * @uid: whose
 * @reserved: 0
 * @record: its header; the rest follows
 */
struct cdm_lane_entry {
	u32 uid;
	u32 reserved;
	struct coredump_mon_record record;
};

/* What a record takes, from where its entry begins to the next one. */
static inline u32 cdm_lane_bytes(const struct coredump_mon_record *record)
{
	return offsetof(struct cdm_lane_entry, record) + record->len;
}

int cdm_lane_init(struct cdm_lane *lane, u32 bytes);
void cdm_lane_exit(struct cdm_lane *lane);
bool cdm_lane_may_append(const struct cdm_lane *lane,
			 const struct coredump_mon_record *record, u32 uid);
void cdm_lane_append(struct cdm_lane *lane, const struct coredump_mon_record *record,
		     u32 uid);
void cdm_lane_look(const struct cdm_lane *lane, u64 pos, struct cdm_lane_entry *entry);
void cdm_lane_read(const struct cdm_lane *lane, u64 pos,
		   const struct coredump_mon_record *record, void *to);

#endif /* CDM_LANE_H */
