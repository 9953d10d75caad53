// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/fs.h>
#include <linux/string.h>
#include <linux/workqueue.h>
#include <linux/coredump_mon.h>

#include "directory.h"
#include "pattern.h"

/* The kernel's own; NULL: not learnt yet. */
static const char *core_pattern;

/* Notes where the pattern is. Context: any. */
void cdm_pattern_found(const char *pattern)
{
	WRITE_ONCE(core_pattern, pattern);
}

/**
 * cdm_pattern_get() - what kernel.core_pattern is now
 * @buf: CDM_PATTERN_SIZE bytes, filled with zeros behind it; empty: not known
 *
 * One that is being written may be read half old and half new, as a dump would.
 *
 * Context: any.
 */
void cdm_pattern_get(char *buf)
{
	const char *pattern = READ_ONCE(core_pattern);

	memset(buf, 0, CDM_PATTERN_SIZE);
	if (pattern)
		strscpy(buf, pattern, CDM_PATTERN_SIZE);
}

/**
 * cdm_pattern_kind() - what the kernel does with a dump now
 * @relative: whether it is not an absolute path
 *
 * Context: any.
 * Return: enum coredump_mon_pattern
 */
u32 cdm_pattern_kind(bool *relative)
{
	const char *pattern = READ_ONCE(core_pattern);

	*relative = false;
	if (!pattern)
		return COREDUMP_MON_PATTERN_UNKNOWN;
	switch (*pattern) {
	case '|':
		return COREDUMP_MON_PATTERN_PIPE;
	case '@':
		return COREDUMP_MON_PATTERN_SOCKET;
	}
	*relative = *pattern != '/';
	return COREDUMP_MON_PATTERN_FILE;
}

static void follow(struct work_struct *work);

static DECLARE_DELAYED_WORK(follow_work, follow);

static void follow(struct work_struct *work)
{
	char pattern[CDM_PATTERN_SIZE];

	cdm_pattern_get(pattern);
	/* There may be memory for it a moment later. */
	if (cdm_directory_follow(pattern))
		schedule_delayed_work(&follow_work, HZ);
}

/* The pattern was written. Context: any. */
void cdm_pattern_changed(void)
{
	schedule_delayed_work(&follow_work, 0);
}

/**
 * cdm_pattern_learn() - learn the pattern
 *
 * Reads it, as user space does, for the probe to see; where no /proc/sys is
 * mounted it stays unknown until somebody else reads or writes it.
 *
 * Return: 0, or -ENOMEM
 */
int cdm_pattern_learn(void)
{
	struct file *file = filp_open("/proc/sys/kernel/core_pattern", O_RDONLY, 0);
	char pattern[CDM_PATTERN_SIZE];
	ssize_t err = PTR_ERR_OR_ZERO(file);
	loff_t pos = 0;

	if (!err) {
		err = kernel_read(file, pattern, sizeof(pattern), &pos);
		filp_close(file, NULL);
	}
	if (err == -ENOMEM)
		return err;
	if (!core_pattern) {
		pr_warn("kernel.core_pattern is not known, its directory is not watched: read it once where /proc is mounted\n");
		return 0;
	}
	cdm_pattern_get(pattern);
	return cdm_directory_follow(pattern);
}

void cdm_pattern_exit(void)
{
	cancel_delayed_work_sync(&follow_work);
}
