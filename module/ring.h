/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Keeps records for the readers: numbers them, lets the oldest go, and tells
 * each reader exactly what it lost.
 *
 * It is parted into lanes, each a ring of bytes of its own: one for opens and
 * one for what a flood of opens must not push out (dumps, denials, policy
 * changes), and both for each of a few groups of users, root being one, so
 * that a user who floods pushes out little but his own; and one for what is
 * told of records that could not be made, or were not, being too many.
 */
#ifndef CDM_RING_H
#define CDM_RING_H

#include <linux/types.h>
#include <linux/wait.h>
#include <linux/coredump_mon.h>

#define CDM_USER_GROUPS	4
#define CDM_LANES	(2 * CDM_USER_GROUPS + 1)

/* Why a record could not be made. */
enum cdm_unmade {
	CDM_UNMADE_MEMORY,
	CDM_UNMADE_PENDING,
	CDM_UNMADE_DUMPS,
	CDM_UNMADE_CAUSES,
};

/**
 * struct cdm_cursor - how far a reader is
 * @lane.pos: byte that comes next, counted from the first ever written
 * @lane.index: record that comes next, counted likewise
 * @lane.seq: no record that comes next has a lower number
 * @lost: what is still to be told; @count 0: nothing
 * @told: records that were told lost
 *
 * Its owner sees to it that one task at a time uses it.
 */
struct cdm_cursor {
	struct {
		u64 pos;
		u64 index;
		u64 seq;
	} lane[CDM_LANES];
	struct coredump_mon_lost lost;
	u64 told;
};

int cdm_ring_init(void);
void cdm_ring_exit(void);
bool cdm_ring_commit(struct coredump_mon_record *record, u32 len, bool kept,
		     u32 uid);
void cdm_ring_commit_told(struct coredump_mon_record *record, u32 len);
u64 cdm_ring_last(void);
void cdm_ring_unmade(enum cdm_unmade cause);
void cdm_ring_oldest(struct cdm_cursor *cursor);
void cdm_ring_newest(struct cdm_cursor *cursor);
int cdm_ring_seek(struct cdm_cursor *cursor, u64 seq);
size_t cdm_ring_read(struct cdm_cursor *cursor, void *buf, size_t room,
		     bool *too_small);
bool cdm_ring_readable(const struct cdm_cursor *cursor);
wait_queue_head_t *cdm_ring_wait(void);
void cdm_ring_told(u64 count);
void cdm_ring_stats(struct coredump_mon_stats *stats);

#endif /* CDM_RING_H */
