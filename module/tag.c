// SPDX-License-Identifier: GPL-2.0
#include <linux/cred.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/user_namespace.h>

#include "event.h"
#include "tag.h"

#define BUCKET_BITS	10
#define SHARE_BITS	6

/**
 * struct tag - a tagged file
 * @node: in its bucket, while in use
 * @age: in @used, the oldest first, or in @unused
 * @own_age: the same among those of @share, while in use; of one that nobody
 *	dumped or asked for, among all such
 * @share: whose it is, by a hash of the user who made it
 * @sb: never followed, only compared: umount drops the tag
 * @tell: what is told of it; its numbers are its identity
 */
struct tag {
	struct hlist_node node;
	struct list_head age;
	struct list_head own_age;
	struct share *share;
	const struct super_block *sb;
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
static struct share shares[1 << SHARE_BITS];
static struct share incidental;
static LIST_HEAD(used);
static LIST_HEAD(unused);
static u32 count;
static u64 evicted;

static struct tag *pool;

static u8 *filter_of(const struct super_block *sb, u64 ino)
{
	return &cdm_tag_filter[cdm_inode_hash(ino, sb, CDM_TAG_FILTER_BITS)];
}

static struct hlist_head *bucket_of(const struct super_block *sb, u64 ino)
{
	return &buckets[cdm_inode_hash(ino, sb, BUCKET_BITS)];
}

static struct tag *find(const struct inode *inode)
{
	struct tag *tag;

	lockdep_assert_held(&lock);
	hlist_for_each_entry(tag, bucket_of(inode->i_sb, inode->i_ino), node) {
		if (tag->tell.ino == inode->i_ino && tag->sb == inode->i_sb &&
		    tag->tell.generation == inode->i_generation)
			return tag;
	}
	return NULL;
}

static void drop(struct tag *tag)
{
	u8 *filter = filter_of(tag->sb, tag->tell.ino);

	lockdep_assert_held(&lock);
	/* At its highest it may stand for more, and stays there. */
	if (*filter < U8_MAX)
		WRITE_ONCE(*filter, *filter - 1);
	hlist_del(&tag->node);
	list_move(&tag->age, &unused);
	list_del(&tag->own_age);
	tag->share->count--;
	count--;
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

static struct share *share_of(u32 origin)
{
	uid_t uid = from_kuid(&init_user_ns, current_real_cred()->uid);

	if (origin == COREDUMP_MON_TAG_WRITTEN || origin == COREDUMP_MON_TAG_MOVED)
		return &incidental;
	return &shares[hash_32(uid, SHARE_BITS)];
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
	struct share *share = share_of(origin);
	struct tag *tag;
	int ret = 0;
	u8 *filter;

	raw_spin_lock(&lock);
	if (find(inode)) {
		ret = -EEXIST;
		goto unlock;
	}
	if (list_empty(&unused)) {
		tag = evict ? oldest(share) : NULL;
		if (!tag) {
			ret = -ENOSPC;
			goto unlock;
		}
		drop(tag);
		evicted++;
	}
	tag = list_first_entry(&unused, struct tag, age);
	tag->sb = inode->i_sb;
	tag->tell = (struct coredump_mon_tag) {
		.dev_major = MAJOR(inode->i_sb->s_dev),
		.dev_minor = MINOR(inode->i_sb->s_dev),
		.ino = inode->i_ino,
		.generation = inode->i_generation,
		.origin = origin,
		.pid = task_tgid_nr(current),
		.realtime_ns = cdm_event_now().realtime,
	};
	strscpy(tag->tell.comm, current->comm, sizeof(tag->tell.comm));
	hlist_add_head(&tag->node, bucket_of(tag->sb, tag->tell.ino));
	list_move_tail(&tag->age, &used);
	list_add_tail(&tag->own_age, &share->used);
	tag->share = share;
	share->count++;
	count++;
	filter = filter_of(tag->sb, tag->tell.ino);
	if (*filter < U8_MAX)
		WRITE_ONCE(*filter, *filter + 1);
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

/* Ends the tags of a file system that goes away. Context: as the others. */
void cdm_tag_drop_sb(const struct super_block *sb)
{
	struct tag *tag, *next;

	raw_spin_lock(&lock);
	list_for_each_entry_safe(tag, next, &used, age) {
		if (tag->sb == sb)
			drop(tag);
	}
	raw_spin_unlock(&lock);
}

u32 cdm_tag_count(void)
{
	return READ_ONCE(count);
}

/**
 * cdm_tag_list() - tell the tags, the oldest first
 * @tags: to here
 * @room: at most so many
 *
 * Return: how many there are; the first @room of them were told
 */
u32 cdm_tag_list(struct coredump_mon_tag *tags, u32 room)
{
	struct tag *tag;
	u32 n = 0;

	raw_spin_lock(&lock);
	list_for_each_entry(tag, &used, age) {
		if (n < room)
			tags[n] = tag->tell;
		n++;
	}
	raw_spin_unlock(&lock);
	return n;
}

void cdm_tag_stats(struct coredump_mon_stats *stats)
{
	raw_spin_lock(&lock);
	stats->tags = count;
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
