// SPDX-License-Identifier: GPL-2.0
/*
 * Tags of what is not mounted, and those that were saved.
 */
#include <linux/string.h>
#include <linux/user_namespace.h>

#include "compat.h"
#include "tag_table.h"

/*
 * Whether a file system has a UUID of its own. What needs no device may claim any,
 * and so may who mounts one in a user namespace.
 */
static bool is_known(const struct super_block *sb)
{
	return sb->s_type->fs_flags & FS_REQUIRES_DEV &&
	       sb->s_user_ns == &init_user_ns && cdm_whole_uuid(sb);
}

/*
 * By what a file is known when its file system is mounted again. Where inode
 * numbers are used again without a generation, or are made up, by nothing.
 */
const uuid_t *cdm_tag_lasting(const struct super_block *sb, u32 generation)
{
	return is_known(sb) && generation ? &sb->s_uuid : &uuid_null;
}

/*
 * A file system goes away: tags sleep until it comes again, or end where it could
 * not be known again. Context: as the others.
 */
void cdm_tag_sleep_sb(const struct super_block *sb)
{
	struct cdm_tag *tag, *next;

	if (!cdm_tag_any_awake(sb))
		return;
	raw_spin_lock(&cdm_tag_lock);
	list_for_each_entry_safe(tag, next, &cdm_tag_used, age) {
		if (tag->sb != sb)
			continue;
		if (uuid_is_null(&tag->uuid))
			cdm_tag_end(tag);
		else
			cdm_tag_lay_down(tag);
	}
	raw_spin_unlock(&cdm_tag_lock);
}

/* A file system has come. Context: as the others. */
void cdm_tag_wake_sb(const struct super_block *sb)
{
	struct cdm_tag *tag, *next;

	if (!is_known(sb) || !cdm_tag_any_asleep(&sb->s_uuid))
		return;
	raw_spin_lock(&cdm_tag_lock);
	list_for_each_entry_safe(tag, next, &cdm_tag_used, age) {
		if (tag->sb || !uuid_equal(&tag->uuid, &sb->s_uuid))
			continue;
		if (cdm_tag_find(sb, tag->tell.ino, tag->tell.generation))
			cdm_tag_end(tag);
		else
			cdm_tag_get_up(tag, sb);
	}
	raw_spin_unlock(&cdm_tag_lock);
}

static bool is_there(const struct coredump_mon_saved_tag *saved)
{
	return cdm_tag_find_known((const uuid_t *)saved->uuid, saved->tag.ino,
				  saved->tag.generation);
}

/* Whether it can be of any file. */
bool cdm_tag_saved_valid(const struct coredump_mon_saved_tag *saved)
{
	const struct coredump_mon_tag *tag = &saved->tag;

	return !(saved->flags & ~COREDUMP_MON_TAG_ASLEEP) &&
	       memchr_inv(saved->uuid, 0, sizeof(saved->uuid)) &&
	       tag->generation && tag->origin >= COREDUMP_MON_TAG_DUMP &&
	       tag->origin <= COREDUMP_MON_TAG_GCORE &&
	       strnlen(tag->comm, sizeof(tag->comm)) < sizeof(tag->comm) &&
	       !tag->reserved;
}

/**
 * cdm_tag_restore() - have tags again
 * @saved: they, each with a UUID and a generation, the youngest last; they sleep
 *	until cdm_tag_wake_sb()
 * @n: how many
 *
 * Where what came meanwhile leaves no room for all, the youngest are taken, and the
 * others counted as having made place.
 *
 * Context: task.
 */
void cdm_tag_restore(const struct coredump_mon_saved_tag *saved, u32 n)
{
	u32 i, more = 0, skip = 0;

	for (i = 0; i < n; i++) {
		raw_spin_lock(&cdm_tag_lock);
		more += !is_there(&saved[i]);
		if (more > cdm_tag_room())
			skip = more - cdm_tag_room();
		raw_spin_unlock(&cdm_tag_lock);
	}
	for (i = 0; i < n; i++) {
		raw_spin_lock(&cdm_tag_lock);
		if (!is_there(&saved[i])) {
			if (skip || !cdm_tag_room())
				cdm_tag_left_out();
			else
				cdm_tag_make(saved[i].uid, &saved[i].tag,
					     (const uuid_t *)saved[i].uuid);
			skip -= !!skip;
		}
		raw_spin_unlock(&cdm_tag_lock);
	}
}
