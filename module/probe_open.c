// SPDX-License-Identifier: GPL-2.0
/*
 * Opens, observed where all come together: do_dentry_open(). Whether another
 * way there passes vfs_open() is the compiler's choice, as they share a file
 * with it. Where the compiler left no such symbol, vfs_open() and finish_open()
 * are observed instead.
 */
#include <linux/fs.h>

#include "mode.h"
#include "open.h"
#include "probe.h"

/* Context: the opener, preemption off. */
static __always_inline void observe(const struct path *path, struct file *file)
{
	if (static_branch_unlikely(&cdm_mode_gate_alone))
		return;
	if (unlikely(cdm_open_matters(file, path->dentry,
				      d_backing_inode(path->dentry))))
		cdm_open_observed(path, file);
}

/* int do_dentry_open(struct file *file, ...) */
static __always_inline void open_entry(unsigned long arg, unsigned long unused)
{
	struct file *file = (struct file *)arg;

	observe(&file->f_path, file);
}

CDM_PROBE_KPROBE(open, open_entry);
CDM_PROBE_FTRACE(open, open_entry);

struct cdm_probe cdm_probe_open = {
	.name		= "open",
	.symbols	= (const char *const[]) { "do_dentry_open", NULL },
	.spare		= &cdm_probe_vfs_open,
	.lost		= "opens by the kernel itself: by an overlay, for a fanotify listener",
	.kprobe		= open_kprobe,
	.ftrace		= open_ftrace,
};

/* int vfs_open(const struct path *path, struct file *file) */
static __always_inline void vfs_open_entry(unsigned long path,
					   unsigned long file)
{
	observe((const struct path *)path, (struct file *)file);
}

CDM_PROBE_KPROBE(vfs_open, vfs_open_entry);
CDM_PROBE_FTRACE(vfs_open, vfs_open_entry);

struct cdm_probe cdm_probe_vfs_open = {
	.name		= "vfs-open",
	.symbols	= (const char *const[]) { "vfs_open", NULL },
	.flags		= CDM_PROBE_REQUIRED,
	.unless		= &cdm_probe_open,
	.lost		= "opens of core files and of /proc/PID/coredump_filter",
	.kprobe		= vfs_open_kprobe,
	.ftrace		= vfs_open_ftrace,
};

/* int finish_open(struct file *file, struct dentry *dentry, ...) */
static __always_inline void finish_open_entry(unsigned long file,
					      unsigned long dentry)
{
	struct path path = {
		.mnt = ((struct file *)file)->f_path.mnt,
		.dentry = (struct dentry *)dentry,
	};

	observe(&path, (struct file *)file);
}

CDM_PROBE_KPROBE(finish_open, finish_open_entry);
CDM_PROBE_FTRACE(finish_open, finish_open_entry);

struct cdm_probe cdm_probe_finish_open = {
	.name		= "finish-open",
	.symbols	= (const char *const[]) { "finish_open", NULL },
	.unless		= &cdm_probe_open,
	.lost		= "opens by O_TMPFILE and on network file systems",
	.kprobe		= finish_open_kprobe,
	.ftrace		= finish_open_ftrace,
};

/* int blkdev_open(struct inode *inode, struct file *file) */
static __always_inline void blkdev_open_entry(unsigned long inode,
					      unsigned long file)
{
	cdm_open_device((struct file *)file);
}

CDM_PROBE_KPROBE(blkdev_open, blkdev_open_entry);
CDM_PROBE_FTRACE(blkdev_open, blkdev_open_entry);

struct cdm_probe cdm_probe_blkdev_open = {
	.name		= "blkdev-open",
	.symbols	= (const char *const[]) { "blkdev_open", NULL },
	.flags		= CDM_PROBE_SHARED,
	.lost		= "opens of block devices that file systems with core files are on",
	.kprobe		= blkdev_open_kprobe,
	.ftrace		= blkdev_open_ftrace,
};
