// SPDX-License-Identifier: GPL-2.0
#include <linux/jhash.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "disk.h"
#include "tag_table.h"

#define BUCKET_BITS	10
#define SHARE_BITS	6

/**
 * struct share - the tags that one user made, or a few whose hash is the same; or
 * those of files that were just written or moved, whoever did it
 * @used: they, the oldest first
 * @count: how many; with half of all, they displace their own
 */
struct share {
	struct list_head used;
	u32 count;
};

u8 cdm_tag_filter[1 << CDM_TAG_FILTER_BITS];

DEFINE_RAW_SPINLOCK(cdm_tag_lock);
static struct hlist_head buckets[1 << BUCKET_BITS];
static struct hlist_head known[1 << BUCKET_BITS];
static struct share shares[1 << SHARE_BITS];
static struct share incidental;
LIST_HEAD(cdm_tag_used);
static LIST_HEAD(unused);
static u32 count;
static u32 asleep;
static u64 evicted;
/*
 * How many are awake by a hash of the super block, and asleep by one of the UUID:
 * most file systems that come or go have nothing to do with any.
 */
#define COUNT_BITS	8
static u16 awake_on[1 << COUNT_BITS];
static u16 asleep_of[1 << COUNT_BITS];

static struct cdm_tag *pool;

static u8 *filter_of(const struct super_block *sb, u64 ino)
{
	return &cdm_tag_filter[cdm_inode_hash(ino, sb, CDM_TAG_FILTER_BITS)];
}

static struct hlist_head *bucket_of(const struct super_block *sb, u64 ino)
{
	return &buckets[cdm_inode_hash(ino, sb, BUCKET_BITS)];
}

static struct hlist_head *known_of(const uuid_t *uuid, u64 ino)
{
	return &known[jhash(uuid, sizeof(*uuid), ino) >> (32 - BUCKET_BITS)];
}

static u16 *awake_on_sb(const struct super_block *sb)
{
	return &awake_on[hash_ptr(sb, COUNT_BITS)];
}

static u16 *asleep_of_uuid(const uuid_t *uuid)
{
	return &asleep_of[jhash(uuid, sizeof(*uuid), 0) >> (32 - COUNT_BITS)];
}

/* The one of a file that is there. */
struct cdm_tag *cdm_tag_find(const struct super_block *sb, u64 ino, u32 generation)
{
	struct cdm_tag *tag;

	lockdep_assert_held(&cdm_tag_lock);
	hlist_for_each_entry(tag, bucket_of(sb, ino), node) {
		if (tag->tell.ino == ino && tag->sb == sb &&
		    tag->tell.generation == generation)
			return tag;
	}
	return NULL;
}

/* The one of a file that may not be there. */
struct cdm_tag *cdm_tag_find_known(const uuid_t *uuid, u64 ino, u32 generation)
{
	struct cdm_tag *tag;

	lockdep_assert_held(&cdm_tag_lock);
	hlist_for_each_entry(tag, known_of(uuid, ino), known) {
		if (tag->tell.ino == ino && tag->tell.generation == generation &&
		    uuid_equal(&tag->uuid, uuid))
			return tag;
	}
	return NULL;
}

/* Without the lock these are but hints. */
bool cdm_tag_any_awake(const struct super_block *sb)
{
	return READ_ONCE(*awake_on_sb(sb));
}

bool cdm_tag_any_asleep(const uuid_t *uuid)
{
	return READ_ONCE(*asleep_of_uuid(uuid));
}

/* How many more there may be. */
u32 cdm_tag_room(void)
{
	return COREDUMP_MON_TAGS_MAX - count;
}

/* One was not made for want of room. */
void cdm_tag_left_out(void)
{
	evicted++;
}

/* Only what is awake is found. */
void cdm_tag_lay_down(struct cdm_tag *tag)
{
	u8 *filter = filter_of(tag->sb, tag->tell.ino);

	lockdep_assert_held(&cdm_tag_lock);
	/* At its highest it may stand for more, and stays there. */
	if (*filter < U8_MAX)
		WRITE_ONCE(*filter, *filter - 1);
	hlist_del(&tag->node);
	--*awake_on_sb(tag->sb);
	tag->sb = NULL;
	++*asleep_of_uuid(&tag->uuid);
	asleep++;
}

void cdm_tag_get_up(struct cdm_tag *tag, const struct super_block *sb)
{
	u8 *filter = filter_of(sb, tag->tell.ino);

	lockdep_assert_held(&cdm_tag_lock);
	asleep--;
	--*asleep_of_uuid(&tag->uuid);
	++*awake_on_sb(sb);
	tag->sb = sb;
	tag->dev = sb->s_dev;
	tag->disk = cdm_disk_of(sb);
	tag->tell.dev_major = MAJOR(sb->s_dev);
	tag->tell.dev_minor = MINOR(sb->s_dev);
	hlist_add_head(&tag->node, bucket_of(sb, tag->tell.ino));
	if (*filter < U8_MAX)
		WRITE_ONCE(*filter, *filter + 1);
}

void cdm_tag_end(struct cdm_tag *tag)
{
	if (tag->sb)
		cdm_tag_lay_down(tag);
	--*asleep_of_uuid(&tag->uuid);
	asleep--;
	if (!uuid_is_null(&tag->uuid))
		hlist_del(&tag->known);
	list_move(&tag->age, &unused);
	list_del(&tag->own_age);
	tag->share->count--;
	count--;
}

/* Whether it was just written or moved. */
bool cdm_tag_is_incidental(u32 origin)
{
	switch (origin) {
	case COREDUMP_MON_TAG_WRITTEN:
	case COREDUMP_MON_TAG_MOVED:
	case COREDUMP_MON_TAG_STOOD:
		return true;
	}
	return false;
}

static struct share *share_of(uid_t uid, u32 origin)
{
	if (cdm_tag_is_incidental(origin))
		return &incidental;
	return &shares[hash_32(uid, SHARE_BITS)];
}

/* One more, which sleeps; there has to be room. */
struct cdm_tag *cdm_tag_make(uid_t uid, const struct coredump_mon_tag *tell,
			     const uuid_t *uuid)
{
	struct cdm_tag *tag = list_first_entry(&unused, struct cdm_tag, age);
	struct share *share = share_of(uid, tell->origin);

	lockdep_assert_held(&cdm_tag_lock);
	tag->sb = NULL;
	tag->uuid = *uuid;
	tag->uid = uid;
	tag->tell = *tell;
	tag->share = share;
	if (!uuid_is_null(uuid))
		hlist_add_head(&tag->known, known_of(uuid, tell->ino));
	list_move_tail(&tag->age, &cdm_tag_used);
	list_add_tail(&tag->own_age, &share->used);
	share->count++;
	count++;
	++*asleep_of_uuid(uuid);
	asleep++;
	return tag;
}

/*
 * The one to make place for one more of a share, when all are in use: what is
 * easily had goes first.
 */
static struct cdm_tag *oldest(const struct share *share)
{
	if (share->count < COREDUMP_MON_TAGS_MAX / 2) {
		if (!incidental.count)
			return share == &incidental ? NULL :
			       list_first_entry(&cdm_tag_used, struct cdm_tag, age);
		share = &incidental;
	}
	return list_first_entry(&share->used, struct cdm_tag, own_age);
}

/**
 * cdm_tag_make_room() - as cdm_tag_make(), but makes room if there is none
 * @uid: whose
 * @tell: what is told of it
 * @uuid: of the file system
 * @evict: see cdm_tag_add()
 *
 * Return: it, which sleeps; NULL: there is no room
 */
struct cdm_tag *cdm_tag_make_room(uid_t uid, const struct coredump_mon_tag *tell,
				  const uuid_t *uuid, bool evict)
{
	struct share *share = share_of(uid, tell->origin);

	lockdep_assert_held(&cdm_tag_lock);
	/* What nobody did anything to leaves room. */
	if (list_empty(&unused) ||
	    (!evict && share == &incidental &&
	     share->count >= COREDUMP_MON_TAGS_MAX / 2)) {
		struct cdm_tag *tag = evict ? oldest(share) : NULL;

		if (!tag)
			return NULL;
		cdm_tag_end(tag);
		evicted++;
	}
	return cdm_tag_make(uid, tell, uuid);
}

u32 cdm_tag_count(void)
{
	return READ_ONCE(count);
}

/**
 * cdm_tag_list() - tell the tags, the oldest first
 * @tags: to here, zeroes before
 * @room: at most so many
 *
 * Return: how many there are; the first @room of them were told
 */
u32 cdm_tag_list(struct coredump_mon_saved_tag *tags, u32 room)
{
	struct cdm_tag *tag;
	u32 n = 0;

	raw_spin_lock(&cdm_tag_lock);
	list_for_each_entry(tag, &cdm_tag_used, age) {
		if (n < room) {
			tags[n].tag = tag->tell;
			tags[n].flags = tag->sb ? 0 : COREDUMP_MON_TAG_ASLEEP;
			tags[n].uid = tag->uid;
			memcpy(tags[n].uuid, &tag->uuid, sizeof(tag->uuid));
		}
		n++;
	}
	raw_spin_unlock(&cdm_tag_lock);
	return n;
}

void cdm_tag_stats(struct coredump_mon_stats *stats)
{
	raw_spin_lock(&cdm_tag_lock);
	stats->tags = count;
	stats->tags_asleep = asleep;
	stats->tags_evicted = evicted;
	raw_spin_unlock(&cdm_tag_lock);
	stats->tags_max = COREDUMP_MON_TAGS_MAX;
}

int cdm_tag_init(void)
{
	u32 i;

	pool = kvcalloc(COREDUMP_MON_TAGS_MAX, sizeof(*pool), GFP_KERNEL);
	if (!pool)
		return -ENOMEM;
	for (i = 0; i < COREDUMP_MON_TAGS_MAX; i++)
		list_add_tail(&pool[i].age, &unused);
	for (i = 0; i < ARRAY_SIZE(shares); i++)
		INIT_LIST_HEAD(&shares[i].used);
	INIT_LIST_HEAD(&incidental.used);
	return 0;
}

void cdm_tag_exit(void)
{
	kvfree(pool);
}
