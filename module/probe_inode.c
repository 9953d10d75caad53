// SPDX-License-Identifier: GPL-2.0
/*
 * The end of inodes and file systems, and with it of tags and watches, which
 * hold neither; and file systems that come, where tags may have been.
 */
#include <linux/fs.h>
#include <linux/magic.h>

#include "directory.h"
#include "probe.h"
#include "rules.h"
#include "tag.h"

/* void evict(struct inode *inode); Context: task, preemption off. */
static __always_inline void evict_entry(unsigned long arg, unsigned long unused)
{
	const struct inode *inode = (const struct inode *)arg;

	/* Others only leave memory, and may come back. */
	if (inode->i_nlink)
		return;
	/*
	 * On btrfs, a snapshot's file is known by the same numbers as the one that
	 * it was made of; they are not used again there.
	 */
	if (S_ISREG(inode->i_mode) && cdm_tag_maybe(inode) &&
	    inode->i_sb->s_magic != BTRFS_SUPER_MAGIC)
		cdm_tag_drop(inode);
	cdm_rules_gone(inode);
	if (S_ISDIR(inode->i_mode))
		cdm_directory_gone(inode);
}

CDM_PROBE_KPROBE(evict, evict_entry);
CDM_PROBE_FTRACE(evict, evict_entry);

struct cdm_probe cdm_probe_evict = {
	.name		= "evict",
	.symbols	= (const char *const[]) { "evict", NULL },
	.flags		= CDM_PROBE_SHARED,
	.lost		= "the end of tagged files: their tags stay until they are displaced",
	.kprobe		= evict_kprobe,
	.ftrace		= evict_ftrace,
};

/* void generic_shutdown_super(struct super_block *sb); Context: as above. */
static __always_inline void umount_entry(unsigned long arg, unsigned long unused)
{
	const struct super_block *sb = (const struct super_block *)arg;

	cdm_tag_sleep_sb(sb);
	cdm_directory_gone_sb(sb);
	cdm_rules_gone_sb(sb);
}

CDM_PROBE_KPROBE(umount, umount_entry);
CDM_PROBE_FTRACE(umount, umount_entry);

struct cdm_probe cdm_probe_umount = {
	.name		= "umount",
	.symbols	= (const char *const[]) { "generic_shutdown_super", NULL },
	.flags		= CDM_PROBE_SHARED,
	.lost		= "the end of file systems: what was tagged or watched there stays so",
	.kprobe		= umount_kprobe,
	.ftrace		= umount_ftrace,
};

/*
 * int security_sb_set_mnt_opts(struct super_block *sb, ...); when it is all there,
 * and not mounted yet. Context: as above.
 */
static __always_inline void mount_entry(unsigned long sb, unsigned long unused)
{
	cdm_tag_wake_sb((const struct super_block *)sb);
}

CDM_PROBE_KPROBE(mount, mount_entry);
CDM_PROBE_FTRACE(mount, mount_entry);

struct cdm_probe cdm_probe_mount = {
	.name		= "mount",
	.symbols	= (const char *const[]) { "security_sb_set_mnt_opts", NULL },
	.flags		= CDM_PROBE_SHARED,
	.lost		= "tagged files of file systems that are mounted again",
	.kprobe		= mount_kprobe,
	.ftrace		= mount_ftrace,
};
