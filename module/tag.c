// SPDX-License-Identifier: GPL-2.0
#include <linux/cred.h>
#include <linux/jhash.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/user_namespace.h>
#include <linux/uuid.h>

#include "compat.h"
#include "disk.h"
#include "event.h"
#include "tag.h"

#define BUCKET_BITS	10
#define SHARE_BITS	6

/**
 * struct tag - a tagged file
 * @node: in its bucket, while in use and awake
 * @known: in that of its @uuid, while in use and not null
 * @age: in @used, the oldest first, or in @unused
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
struct tag {
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

/*
 * Protects all that follows; cdm_tag_filter is changed under it and read
 * without. Taken by handlers too, with preemption off; nothing nests inside.
 */
static DEFINE_RAW_SPINLOCK(lock);
static struct hlist_head buckets[1 << BUCKET_BITS];
static struct hlist_head known[1 << BUCKET_BITS];
static struct share shares[1 << SHARE_BITS];
static struct share incidental;
static LIST_HEAD(used);
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

static struct tag *pool;

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

static struct tag *find_id(const struct super_block *sb, u64 ino, u32 generation)
{
	struct tag *tag;

	lockdep_assert_held(&lock);
	hlist_for_each_entry(tag, bucket_of(sb, ino), node) {
		if (tag->tell.ino == ino && tag->sb == sb &&
		    tag->tell.generation == generation)
			return tag;
	}
	return NULL;
}

static struct tag *find(const struct inode *inode)
{
	return find_id(inode->i_sb, inode->i_ino, inode->i_generation);
}

/* Only what is awake is found. */
static void lay_down(struct tag *tag)
{
	u8 *filter = filter_of(tag->sb, tag->tell.ino);

	lockdep_assert_held(&lock);
	/* At its highest it may stand for more, and stays there. */
	if (*filter < U8_MAX)
		WRITE_ONCE(*filter, *filter - 1);
	hlist_del(&tag->node);
	--*awake_on_sb(tag->sb);
	tag->sb = NULL;
	++*asleep_of_uuid(&tag->uuid);
	asleep++;
}

static void get_up(struct tag *tag, const struct super_block *sb)
{
	u8 *filter = filter_of(sb, tag->tell.ino);

	lockdep_assert_held(&lock);
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

static void drop(struct tag *tag)
{
	if (tag->sb)
		lay_down(tag);
	--*asleep_of_uuid(&tag->uuid);
	asleep--;
	if (!uuid_is_null(&tag->uuid))
		hlist_del(&tag->known);
	list_move(&tag->age, &unused);
	list_del(&tag->own_age);
	tag->share->count--;
	count--;
}

static struct share *share_of(uid_t uid, u32 origin)
{
	if (origin >= COREDUMP_MON_TAG_WRITTEN)
		return &incidental;
	return &shares[hash_32(uid, SHARE_BITS)];
}

/* One more, which sleeps; there has to be room. */
static struct tag *make(uid_t uid, const struct coredump_mon_tag *tell,
			const uuid_t *uuid)
{
	struct tag *tag = list_first_entry(&unused, struct tag, age);
	struct share *share = share_of(uid, tell->origin);

	lockdep_assert_held(&lock);
	tag->sb = NULL;
	tag->uuid = *uuid;
	tag->uid = uid;
	tag->tell = *tell;
	tag->share = share;
	if (!uuid_is_null(uuid))
		hlist_add_head(&tag->known, known_of(uuid, tell->ino));
	list_move_tail(&tag->age, &used);
	list_add_tail(&tag->own_age, &share->used);
	share->count++;
	count++;
	++*asleep_of_uuid(uuid);
	asleep++;
	return tag;
}

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
static const uuid_t *lasting(const struct super_block *sb, u32 generation)
{
	return is_known(sb) && generation ? &sb->s_uuid : &uuid_null;
}

/*
 * The one to make place for one more of a share, when all are in use: what is
 * easily had goes first.
 */
static struct tag *oldest(const struct share *share)
{
	if (share->count < COREDUMP_MON_TAGS_MAX / 2) {
		if (!incidental.count)
			return share == &incidental ? NULL :
			       list_first_entry(&used, struct tag, age);
		share = &incidental;
	}
	return list_first_entry(&share->used, struct tag, own_age);
}

/**
 * cdm_tag_has() - whether a file is tagged
 * @inode: the file
 * @tell: filled in with what is told of its tag, if it is
 *
 * Context: any but hard interrupt.
 */
bool cdm_tag_has(const struct inode *inode, struct coredump_mon_tag *tell)
{
	struct tag *tag;

	if (!cdm_tag_maybe(inode))
		return false;
	raw_spin_lock(&lock);
	tag = find(inode);
	if (tag)
		*tell = tag->tell;
	raw_spin_unlock(&lock);
	return tag;
}

/**
 * cdm_tag_add() - tag a file
 * @inode: the file
 * @origin: enum coredump_mon_tag_origin; the current task is who did it
 * @evict: if all tags are in use, the oldest makes place, and is counted: one of
 *	a file that was just written or moved; or for a user who has half of
 *	all, one of its own
 *
 * Context: any but hard interrupt.
 * Return: 0; -EEXIST: it is tagged; -ENOSPC: all are in use
 */
int cdm_tag_add(const struct inode *inode, u32 origin, bool evict)
{
	struct coredump_mon_tag tell = {
		.ino = inode->i_ino,
		.generation = inode->i_generation,
		.origin = origin,
		.pid = task_tgid_nr(current),
		.realtime_ns = cdm_event_now().realtime,
	};
	uid_t uid = from_kuid(&init_user_ns, current_real_cred()->uid);
	struct share *share = share_of(uid, origin);
	struct tag *tag;
	int ret = 0;

	strscpy(tell.comm, current->comm, sizeof(tell.comm));
	raw_spin_lock(&lock);
	if (find(inode)) {
		ret = -EEXIST;
		goto unlock;
	}
	/* What nobody did anything to leaves room. */
	if (list_empty(&unused) ||
	    (!evict && share == &incidental &&
	     share->count >= COREDUMP_MON_TAGS_MAX / 2)) {
		tag = evict ? oldest(share) : NULL;
		if (!tag) {
			ret = -ENOSPC;
			goto unlock;
		}
		drop(tag);
		evicted++;
	}
	get_up(make(uid, &tell, lasting(inode->i_sb, inode->i_generation)),
	       inode->i_sb);
unlock:
	raw_spin_unlock(&lock);
	return ret;
}

/**
 * cdm_tag_drop() - end a tag
 * @inode: the file
 *
 * Context: any but hard interrupt.
 * Return: false: it is not tagged
 */
bool cdm_tag_drop(const struct inode *inode)
{
	struct tag *tag;

	raw_spin_lock(&lock);
	tag = find(inode);
	if (tag)
		drop(tag);
	raw_spin_unlock(&lock);
	return tag;
}

/* Whether a tagged file is on a block device. Context: as the others. */
bool cdm_tag_on(dev_t dev)
{
	bool found = false;
	struct tag *tag;

	raw_spin_lock(&lock);
	list_for_each_entry(tag, &used, age)
		found |= tag->sb && (tag->dev == dev || tag->disk == dev);
	raw_spin_unlock(&lock);
	return found;
}

/*
 * A file system goes away: tags sleep until it comes again, or end where it could
 * not be known again. Context: as the others.
 */
void cdm_tag_sleep_sb(const struct super_block *sb)
{
	struct tag *tag, *next;

	if (!READ_ONCE(*awake_on_sb(sb)))
		return;
	raw_spin_lock(&lock);
	list_for_each_entry_safe(tag, next, &used, age) {
		if (tag->sb != sb)
			continue;
		if (uuid_is_null(&tag->uuid))
			drop(tag);
		else
			lay_down(tag);
	}
	raw_spin_unlock(&lock);
}

/* A file system has come. Context: as the others. */
void cdm_tag_wake_sb(const struct super_block *sb)
{
	struct tag *tag, *next;

	if (!is_known(sb) || !READ_ONCE(*asleep_of_uuid(&sb->s_uuid)))
		return;
	raw_spin_lock(&lock);
	list_for_each_entry_safe(tag, next, &used, age) {
		if (tag->sb || !uuid_equal(&tag->uuid, &sb->s_uuid))
			continue;
		if (find_id(sb, tag->tell.ino, tag->tell.generation))
			drop(tag);
		else
			get_up(tag, sb);
	}
	raw_spin_unlock(&lock);
}

static bool is_there(const struct coredump_mon_saved_tag *saved)
{
	const uuid_t *uuid = (const uuid_t *)saved->uuid;
	struct tag *tag;

	lockdep_assert_held(&lock);
	hlist_for_each_entry(tag, known_of(uuid, saved->tag.ino), known) {
		if (tag->tell.ino == saved->tag.ino &&
		    tag->tell.generation == saved->tag.generation &&
		    uuid_equal(&tag->uuid, uuid))
			return true;
	}
	return false;
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
		raw_spin_lock(&lock);
		more += !is_there(&saved[i]);
		if (more > COREDUMP_MON_TAGS_MAX - count)
			skip = more - (COREDUMP_MON_TAGS_MAX - count);
		raw_spin_unlock(&lock);
	}
	for (i = 0; i < n; i++) {
		raw_spin_lock(&lock);
		if (!is_there(&saved[i])) {
			if (skip || list_empty(&unused))
				evicted++;
			else
				make(saved[i].uid, &saved[i].tag,
				     (const uuid_t *)saved[i].uuid);
			skip -= !!skip;
		}
		raw_spin_unlock(&lock);
	}
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
	struct tag *tag;
	u32 n = 0;

	raw_spin_lock(&lock);
	list_for_each_entry(tag, &used, age) {
		if (n < room) {
			tags[n].tag = tag->tell;
			tags[n].flags = tag->sb ? 0 : COREDUMP_MON_TAG_ASLEEP;
			tags[n].uid = tag->uid;
			memcpy(tags[n].uuid, &tag->uuid, sizeof(tag->uuid));
		}
		n++;
	}
	raw_spin_unlock(&lock);
	return n;
}

void cdm_tag_stats(struct coredump_mon_stats *stats)
{
	raw_spin_lock(&lock);
	stats->tags = count;
	stats->tags_asleep = asleep;
	stats->tags_evicted = evicted;
	raw_spin_unlock(&lock);
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
