/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of tags. What takes or gives a tag is called with cdm_tag_lock held.
 */
#ifndef CDM_TAG_TABLE_H
#define CDM_TAG_TABLE_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/uuid.h>

#include "tag.h"

struct share;

/**
 * struct cdm_tag - a tagged file
 * @node: in its bucket, while in use and awake
 * @known: in that of its @uuid, while in use and not null
 * @age: in cdm_tag_used, the oldest first, or among the unused
 * @own_age: the same among those of @share, while in use; of one that nobody
 *	dumped or asked for, among all such
 * @share: whose it is, by a hash of the user who made it
 * @sb: never followed, only compared; NULL: it sleeps, as its file system is not
 *	mounted
 * @uid: of whoever made it, in the initial user namespace
 * @dev: device of its file system
 * @disk: the whole disk, see cdm_disk_of()
 * @uuid: of the file system, by which it is known again; null: it cannot be
 * @tell: what is told of it; its numbers are its identity
 */
struct cdm_tag {
	struct hlist_node node;
	struct hlist_node known;
	struct list_head age;
	struct list_head own_age;
	struct share *share;
	const struct super_block *sb;
	uid_t uid;
	dev_t dev;
	dev_t disk;
	uuid_t uuid;
	struct coredump_mon_tag tell;
};

/*
 * Protects the table; cdm_tag_filter is changed under it and read without. Taken by
 * handlers too, with preemption off; nothing nests inside.
 */
extern raw_spinlock_t cdm_tag_lock;
extern struct list_head cdm_tag_used;

struct cdm_tag *cdm_tag_find(const struct super_block *sb, u64 ino, u32 generation);
struct cdm_tag *cdm_tag_find_known(const uuid_t *uuid, u64 ino, u32 generation);
bool cdm_tag_any_awake(const struct super_block *sb);
bool cdm_tag_any_asleep(const uuid_t *uuid);
u32 cdm_tag_room(void);
void cdm_tag_left_out(void);
bool cdm_tag_is_incidental(u32 origin);
struct cdm_tag *cdm_tag_make(uid_t uid, const struct coredump_mon_tag *tell,
			     const uuid_t *uuid);
struct cdm_tag *cdm_tag_make_room(uid_t uid, const struct coredump_mon_tag *tell,
				  const uuid_t *uuid, bool evict);
void cdm_tag_lay_down(struct cdm_tag *tag);
void cdm_tag_get_up(struct cdm_tag *tag, const struct super_block *sb);
void cdm_tag_end(struct cdm_tag *tag);

/* tag_sleep.c */
const uuid_t *cdm_tag_lasting(const struct super_block *sb, u32 generation);

#endif /* CDM_TAG_TABLE_H */
