/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tags: files that are core files wherever they go. A tag is an identity
 * (super block, inode number, generation) and holds nothing, so that it is in
 * no unmount's way. It sleeps while its file system is not mounted.
 */
#ifndef CDM_TAG_H
#define CDM_TAG_H

#include <linux/fs.h>
#include <linux/hash.h>
#include <linux/coredump_mon.h>

/*
 * How many tags have a hash. Tells handlers of nearly every file that it is
 * not tagged, by one load.
 */
#define CDM_TAG_FILTER_BITS	16
extern u8 cdm_tag_filter[1 << CDM_TAG_FILTER_BITS];

/*
 * A hash of an inode for the filters that handlers ask first. By 32 bits, as
 * the multiplier then is a part of the instruction.
 */
static __always_inline u32 cdm_inode_hash(u64 ino, const struct super_block *sb,
					  unsigned int bits)
{
	return hash_32((u32)ino ^ (u32)(unsigned long)sb, bits);
}

static __always_inline bool cdm_tag_maybe(const struct inode *inode)
{
	return cdm_tag_filter[cdm_inode_hash(inode->i_ino, inode->i_sb,
					     CDM_TAG_FILTER_BITS)];
}

int cdm_tag_init(void);
void cdm_tag_exit(void);
bool cdm_tag_has(const struct inode *inode, struct coredump_mon_tag *tell);
int cdm_tag_add(const struct inode *inode, u32 origin, bool evict);
int cdm_tag_add_all(struct file *const *files, u32 count, bool *added);
bool cdm_tag_gcore(const struct inode *inode, u32 pid, const char *comm);
bool cdm_tag_drop(const struct inode *inode);
bool cdm_tag_on(dev_t dev);
void cdm_tag_sleep_sb(const struct super_block *sb);
void cdm_tag_wake_sb(const struct super_block *sb);
bool cdm_tag_saved_valid(const struct coredump_mon_saved_tag *saved);
void cdm_tag_restore(const struct coredump_mon_saved_tag *saved, u32 n);
u32 cdm_tag_count(void);
u32 cdm_tag_list(struct coredump_mon_saved_tag *tags, u32 room);
void cdm_tag_stats(struct coredump_mon_stats *stats);

#endif /* CDM_TAG_H */
