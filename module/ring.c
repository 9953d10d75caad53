// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/build_bug.h>
#include <linux/hash.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "event.h"
#include "lane.h"
#include "ring.h"

static unsigned int ring_kib = 512;
module_param(ring_kib, uint, 0444);
MODULE_PARM_DESC(ring_kib, "KiB of each of the nine lanes of records, 64 to 16384 (512)");

/*
 * Protects all that follows but the atomics. Taken in task context alone, and
 * held no longer than one reader's bounce buffer is filled; nothing nests
 * inside.
 */
static DEFINE_SPINLOCK(lock);
static struct cdm_lane lanes[CDM_LANES];
/* Behind those of the users, none of whom may fill another's with it. */
#define LANE_TOLD	(CDM_LANES - 1)
static u64 last_seq;
static u64 unmade_told;

static u64 loaded_ns;
static atomic64_t unmade[CDM_UNMADE_CAUSES];
static atomic64_t lost_told;
static DECLARE_WAIT_QUEUE_HEAD(wait);

static struct cdm_lane *lane_of(bool kept, u32 uid)
{
	u32 group = uid ? 1 + hash_32(uid, 16) % (CDM_USER_GROUPS - 1) : 0;

	return &lanes[group * 2 + kept];
}

static void append(struct cdm_lane *lane, struct coredump_mon_record *record, u32 uid)
{
	lockdep_assert_held(&lock);
	record->seq = last_seq + 1;
	WRITE_ONCE(last_seq, record->seq);
	cdm_lane_append(lane, record, uid);
}

struct lost_record {
	struct coredump_mon_record record;
	struct coredump_mon_attr attr;
	struct coredump_mon_lost lost;
};

static void make_lost(struct lost_record *r, u64 seq,
		      const struct coredump_mon_lost *lost)
{
	struct cdm_stamp now = cdm_event_now();

	BUILD_BUG_ON(sizeof(*r) % 8);
	*r = (struct lost_record) {
		.record = {
			.len = sizeof(*r),
			.type = COREDUMP_MON_LOST,
			.version = COREDUMP_MON_ABI_VERSION,
			.seq = seq,
			.boottime_ns = now.boottime,
			.realtime_ns = now.realtime,
		},
		.attr = {
			.type = COREDUMP_MON_A_LOST,
			.len = sizeof(r->lost),
		},
		.lost = *lost,
	};
}

static u64 unmade_count(void)
{
	u64 count = 0;
	int i;

	for (i = 0; i < CDM_UNMADE_CAUSES; i++)
		count += atomic64_read(&unmade[i]);
	return count;
}

/* What could not be made stands in the ring before what could be. */
static void tell_unmade(void)
{
	struct coredump_mon_lost lost = {
		.count = unmade_count() - unmade_told,
		.cause = COREDUMP_MON_CAUSE_UNMADE,
	};
	struct lost_record r;

	if (!lost.count)
		return;
	unmade_told += lost.count;
	make_lost(&r, 0, &lost);
	append(&lanes[LANE_TOLD], &r.record, 0);
}

static bool commit(struct cdm_lane *lane, struct coredump_mon_record *record,
		   bool kept, u32 uid)
{
	bool may;

	spin_lock(&lock);
	may = !kept || cdm_lane_may_append(lane, record, uid);
	if (may) {
		tell_unmade();
		append(lane, record, uid);
	}
	spin_unlock(&lock);
	if (may && wq_has_sleeper(&wait))
		wake_up_interruptible(&wait);
	return may;
}

/**
 * cdm_ring_commit() - number a record, keep it and wake the readers
 * @record: the record; its length and number are filled in
 * @len: its bytes
 * @kept: it goes to a lane that opens cannot flood
 * @uid: the user who did it
 *
 * Context: task.
 * Return: false: there is no room for it, see cdm_lane_may_append()
 */
bool cdm_ring_commit(struct coredump_mon_record *record, u32 len, bool kept,
		     u32 uid)
{
	record->len = len;
	return commit(lane_of(kept, uid), record, kept, uid);
}

/* The same of one that tells what was not made, which pushes out its like alone. */
void cdm_ring_commit_told(struct coredump_mon_record *record, u32 len)
{
	record->len = len;
	commit(&lanes[LANE_TOLD], record, false, 0);
}

/* Number of the last record. Context: any. */
u64 cdm_ring_last(void)
{
	return READ_ONCE(last_seq);
}

/**
 * cdm_ring_unmade() - count a record that cannot be made
 * @cause: why
 *
 * Readers are told with the next record.
 *
 * Context: any.
 */
void cdm_ring_unmade(enum cdm_unmade cause)
{
	atomic64_inc(&unmade[cause]);
}

static void place(struct cdm_cursor *cursor, bool newest)
{
	int i;

	memset(&cursor->lost, 0, sizeof(cursor->lost));
	spin_lock(&lock);
	for (i = 0; i < CDM_LANES; i++) {
		struct cdm_lane *lane = &lanes[i];

		cursor->lane[i].pos = newest ? lane->head : lane->tail;
		cursor->lane[i].index = newest ? lane->made : lane->evicted;
		cursor->lane[i].seq = (newest ? last_seq : lane->evicted_seq) + 1;
	}
	spin_unlock(&lock);
}

/* At the oldest kept record. */
void cdm_ring_oldest(struct cdm_cursor *cursor)
{
	place(cursor, false);
}

/* Behind the newest record. */
void cdm_ring_newest(struct cdm_cursor *cursor)
{
	place(cursor, true);
}

/* The place in a lane behind a record. Lets others in now and then. */
static void seek_in(const struct cdm_lane *lane, u64 seq, u64 *pos, u64 *index)
{
	struct cdm_lane_entry entry;

	lockdep_assert_held(&lock);
	*pos = lane->tail;
	*index = lane->evicted;
	while (*pos != lane->head) {
		cdm_lane_look(lane, *pos, &entry);
		if (entry.record.seq > seq)
			break;
		*pos += cdm_lane_bytes(&entry.record);
		++*index;
		if (cond_resched_lock(&lock) && *pos < lane->tail) {
			*pos = lane->tail;
			*index = lane->evicted;
		}
	}
}

/**
 * cdm_ring_seek() - place a cursor behind a record
 * @cursor: the cursor
 * @seq: number of the record
 *
 * What came after it and is not kept any more counts as lost.
 *
 * Return: 0, or -ERANGE: no such record was made yet
 */
int cdm_ring_seek(struct cdm_cursor *cursor, u64 seq)
{
	u64 kept = 0, evicted_seq = 0, count;
	int i;

	spin_lock(&lock);
	if (seq > last_seq) {
		spin_unlock(&lock);
		return -ERANGE;
	}
	for (i = 0; i < CDM_LANES; i++) {
		seek_in(&lanes[i], seq, &cursor->lane[i].pos,
			&cursor->lane[i].index);
		cursor->lane[i].seq = seq + 1;
	}
	/* What a lane has lost since, catch_up() will count. */
	for (i = 0; i < CDM_LANES; i++) {
		kept += lanes[i].made - cursor->lane[i].index;
		evicted_seq = max(evicted_seq, lanes[i].evicted_seq);
	}
	count = last_seq - seq - kept;
	spin_unlock(&lock);
	cursor->lost = (struct coredump_mon_lost) {
		.count = count,
		.first_seq = seq + 1,
		.last_seq = evicted_seq,
		.cause = COREDUMP_MON_CAUSE_OVERRUN,
	};
	return 0;
}

/* Moves a cursor that was overrun to what is kept, and notes the loss. */
static void catch_up(struct cdm_cursor *cursor)
{
	struct coredump_mon_lost *lost = &cursor->lost;
	int i;

	lockdep_assert_held(&lock);
	for (i = 0; i < CDM_LANES; i++) {
		struct cdm_lane *lane = &lanes[i];

		if (cursor->lane[i].pos >= lane->tail)
			continue;
		if (!lost->count)
			lost->first_seq = cursor->lane[i].seq;
		lost->first_seq = min(lost->first_seq, cursor->lane[i].seq);
		lost->last_seq = max(lost->last_seq, lane->evicted_seq);
		lost->count += lane->evicted - cursor->lane[i].index;
		lost->cause = COREDUMP_MON_CAUSE_OVERRUN;
		cursor->lane[i].pos = lane->tail;
		cursor->lane[i].index = lane->evicted;
		cursor->lane[i].seq = lane->evicted_seq + 1;
	}
}

/* The lane with the next record, and its header; -1: there is none. */
static int next(const struct cdm_cursor *cursor,
		struct coredump_mon_record *record)
{
	struct cdm_lane_entry candidate;
	int i, found = -1;

	for (i = 0; i < CDM_LANES; i++) {
		if (cursor->lane[i].pos == lanes[i].head)
			continue;
		cdm_lane_look(&lanes[i], cursor->lane[i].pos, &candidate);
		if (found >= 0 && candidate.record.seq > record->seq)
			continue;
		*record = candidate.record;
		found = i;
	}
	return found;
}

/**
 * cdm_ring_read() - copy as many whole records as fit
 * @cursor: from here on; moved behind them
 * @buf: to here
 * @room: its bytes
 * @too_small: set if there is a record, and @room is not enough for it
 *
 * A loss is told where the lost ones stood: before the first record with a
 * higher number than theirs.
 *
 * Context: task.
 * Return: bytes; 0: no record, or none that fits
 */
size_t cdm_ring_read(struct cdm_cursor *cursor, void *buf, size_t room,
		     bool *too_small)
{
	struct coredump_mon_record record;
	struct lost_record lost;
	size_t used = 0;
	int i;

	*too_small = false;
	spin_lock(&lock);
	for (;;) {
		catch_up(cursor);
		i = next(cursor, &record);
		if (cursor->lost.count &&
		    (i < 0 || record.seq > cursor->lost.last_seq)) {
			if (room - used < sizeof(lost)) {
				*too_small = true;
				break;
			}
			make_lost(&lost, cursor->lost.last_seq, &cursor->lost);
			memcpy(buf + used, &lost, sizeof(lost));
			used += sizeof(lost);
			cursor->told += cursor->lost.count;
			memset(&cursor->lost, 0, sizeof(cursor->lost));
			continue;
		}
		if (i < 0)
			break;
		if (room - used < record.len) {
			*too_small = true;
			break;
		}
		cdm_lane_read(&lanes[i], cursor->lane[i].pos, &record,
			      buf + used);
		used += record.len;
		cursor->lane[i].pos += cdm_lane_bytes(&record);
		cursor->lane[i].index++;
		cursor->lane[i].seq = record.seq + 1;
	}
	spin_unlock(&lock);
	return used;
}

/**
 * cdm_ring_readable() - whether there is something to read
 * @cursor: from here on; its owner may be moving it, which makes the answer
 *	one of a moment ago
 *
 * Context: any.
 */
bool cdm_ring_readable(const struct cdm_cursor *cursor)
{
	int i;

	for (i = 0; i < CDM_LANES; i++) {
		if (READ_ONCE(cursor->lane[i].pos) != READ_ONCE(lanes[i].head))
			return true;
	}
	return READ_ONCE(cursor->lost.count);
}

/* Woken when there is a new record. */
wait_queue_head_t *cdm_ring_wait(void)
{
	return &wait;
}

/* Counts what a reader was told lost, once it has really been told. */
void cdm_ring_told(u64 count)
{
	atomic64_add(count, &lost_told);
}

void cdm_ring_stats(struct coredump_mon_stats *stats)
{
	struct cdm_lane_entry oldest;
	int i;

	spin_lock(&lock);
	stats->records = last_seq;
	stats->ring_bytes = (u64)lanes[0].size * CDM_LANES;
	for (i = 0; i < CDM_LANES; i++) {
		struct cdm_lane *lane = &lanes[i];

		stats->ring_used += lane->head - lane->tail;
		stats->evicted += lane->evicted;
		if (lane->head == lane->tail)
			continue;
		cdm_lane_look(lane, lane->tail, &oldest);
		if (!stats->first_seq || oldest.record.seq < stats->first_seq)
			stats->first_seq = oldest.record.seq;
	}
	spin_unlock(&lock);
	stats->unmade_memory = atomic64_read(&unmade[CDM_UNMADE_MEMORY]);
	stats->unmade_pending = atomic64_read(&unmade[CDM_UNMADE_PENDING]);
	stats->unmade_dumps = atomic64_read(&unmade[CDM_UNMADE_DUMPS]);
	stats->lost = atomic64_read(&lost_told);
	stats->loaded_ns = loaded_ns;
}

int cdm_ring_init(void)
{
	int i;

	if (ring_kib < COREDUMP_MON_RECORD_MAX / SZ_1K || ring_kib > SZ_16K) {
		pr_err("ring_kib=%u: must be %lu to %u\n", ring_kib,
		       COREDUMP_MON_RECORD_MAX / (unsigned long)SZ_1K, SZ_16K);
		return -EINVAL;
	}
	loaded_ns = ktime_get_boottime_ns();
	for (i = 0; i < CDM_LANES; i++) {
		int err = cdm_lane_init(&lanes[i], ring_kib * SZ_1K);

		if (err) {
			cdm_ring_exit();
			return err;
		}
	}
	return 0;
}

void cdm_ring_exit(void)
{
	int i;

	for (i = 0; i < CDM_LANES; i++)
		cdm_lane_exit(&lanes[i]);
}
