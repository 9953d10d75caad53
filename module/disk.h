/* SPDX-License-Identifier: GPL-2.0 */
#ifndef CDM_DISK_H
#define CDM_DISK_H

#include <linux/blkdev.h>
#include <linux/fs.h>

/* The whole disk that a live file system is on; 0: none. */
static inline dev_t cdm_disk_of(const struct super_block *sb)
{
	return sb->s_bdev ? disk_devt(sb->s_bdev->bd_disk) : 0;
}

#endif /* CDM_DISK_H */
