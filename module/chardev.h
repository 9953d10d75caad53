/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /dev/coredump_mon: what a descriptor can do.
 */
#ifndef CDM_CHARDEV_H
#define CDM_CHARDEV_H

#include <linux/mutex.h>
#include <linux/workqueue.h>

#include "event.h"
#include "process.h"
#include "ring.h"

struct file;

/**
 * struct cdm_reader - an open descriptor
 * @lock: protects the rest; taken in task context, may be held over a page
 *	fault of its owner's buffer, but never while waiting for records; the
 *	ring's lock nests inside
 * @cursor: how far it is
 * @holds: it holds enforcing
 * @bounce: COREDUMP_MON_RECORD_MAX bytes between the ring and the user
 * @released: tells that it does not hold any more, when it is closed
 * @holders: how many held before that
 * @stamp: when that was
 * @process: who closed it
 */
struct cdm_reader {
	struct mutex lock;	/* of the rest */
	struct cdm_cursor cursor;
	bool holds;
	u8 *bounce;
	struct work_struct released;
	u32 holders;
	struct cdm_stamp stamp;
	struct cdm_process process;
};

int cdm_chardev_init(void);
void cdm_chardev_exit(void);
unsigned int cdm_chardev_readers(void);

long cdm_ioctl(struct file *file, unsigned int cmd, unsigned long arg);

#endif /* CDM_CHARDEV_H */
