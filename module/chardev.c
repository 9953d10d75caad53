// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <linux/coredump_mon.h>

#include "change.h"
#include "chardev.h"
#include "mode.h"

static atomic_t readers = ATOMIC_INIT(0);
static struct workqueue_struct *worker;

unsigned int cdm_chardev_readers(void)
{
	return atomic_read(&readers);
}

static int device_open(struct inode *inode, struct file *file)
{
	struct cdm_reader *reader;

	if (!atomic_add_unless(&readers, 1, COREDUMP_MON_READERS_MAX))
		return -EBUSY;
	reader = kzalloc(sizeof(*reader), GFP_KERNEL);
	if (!reader)
		goto uncount;
	reader->bounce = vmalloc(COREDUMP_MON_RECORD_MAX);
	if (!reader->bounce)
		goto free;
	mutex_init(&reader->lock);
	cdm_ring_oldest(&reader->cursor);
	file->private_data = reader;
	return 0;

free:
	kfree(reader);
uncount:
	atomic_dec(&readers);
	return -ENOMEM;
}

static void reader_free(struct cdm_reader *reader)
{
	vfree(reader->bounce);
	kfree(reader);
	atomic_dec(&readers);
}

static void tell_released(struct work_struct *work)
{
	struct cdm_reader *reader = container_of(work, struct cdm_reader,
						 released);

	cdm_change_released(&reader->process, &reader->stamp, reader->holders);
	cdm_process_release(&reader->process);
	reader_free(reader);
}

static int device_release(struct inode *inode, struct file *file)
{
	struct cdm_reader *reader = file->private_data;

	if (!reader->holds) {
		reader_free(reader);
		return 0;
	}
	/* A dying task has not what it takes to make a record. */
	cdm_mode_release(&reader->holders);
	reader->stamp = cdm_event_now();
	cdm_process_snapshot(&reader->process, true);
	INIT_WORK(&reader->released, tell_released);
	queue_work(worker, &reader->released);
	return 0;
}

/* As many whole records as fit; the cursor moves only behind what arrived. */
static ssize_t read_some(struct cdm_reader *reader, char __user *buf,
			 size_t count)
{
	struct cdm_cursor cursor;
	size_t done = 0, n;
	bool too_small;

	lockdep_assert_held(&reader->lock);
	do {
		cursor = reader->cursor;
		n = cdm_ring_read(&cursor, reader->bounce,
				  min_t(size_t, count - done,
					COREDUMP_MON_RECORD_MAX), &too_small);
		if (!n)
			break;
		if (copy_to_user(buf + done, reader->bounce, n))
			return done ?: -EFAULT;
		cdm_ring_told(cursor.told - reader->cursor.told);
		reader->cursor = cursor;
		done += n;
	} while (too_small);
	if (!done && too_small)
		return -EINVAL;
	return done;
}

static ssize_t device_read(struct file *file, char __user *buf, size_t count,
			   loff_t *pos)
{
	struct cdm_reader *reader = file->private_data;
	ssize_t ret;

	for (;;) {
		if (mutex_lock_interruptible(&reader->lock))
			return -ERESTARTSYS;
		ret = read_some(reader, buf, count);
		mutex_unlock(&reader->lock);
		if (ret)
			return ret;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		ret = wait_event_interruptible(*cdm_ring_wait(),
					       cdm_ring_readable(&reader->cursor));
		if (ret)
			return ret;
	}
}

static __poll_t device_poll(struct file *file, poll_table *table)
{
	struct cdm_reader *reader = file->private_data;

	poll_wait(file, cdm_ring_wait(), table);
	return cdm_ring_readable(&reader->cursor) ? EPOLLIN | EPOLLRDNORM : 0;
}

static loff_t device_llseek(struct file *file, loff_t offset, int whence)
{
	struct cdm_reader *reader = file->private_data;

	if (offset || (whence != SEEK_SET && whence != SEEK_END))
		return -EINVAL;
	if (mutex_lock_interruptible(&reader->lock))
		return -ERESTARTSYS;
	if (whence == SEEK_SET)
		cdm_ring_oldest(&reader->cursor);
	else
		cdm_ring_newest(&reader->cursor);
	mutex_unlock(&reader->lock);
	return 0;
}

static const struct file_operations device_fops = {
	.owner		= THIS_MODULE,
	.open		= device_open,
	.release	= device_release,
	.read		= device_read,
	.poll		= device_poll,
	.llseek		= device_llseek,
	.unlocked_ioctl	= cdm_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
};

static struct miscdevice device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= COREDUMP_MON_DEVICE,
	.fops	= &device_fops,
	.mode	= 0600,
};

int cdm_chardev_init(void)
{
	int err;

	worker = alloc_ordered_workqueue("coredump_mon_device", 0);
	if (!worker)
		return -ENOMEM;
	err = misc_register(&device);
	if (err) {
		bool taken = err == -EEXIST;
		const char *why = "";

		if (taken)
			why = ": another module has one of that name, unload that";
		else if (err == -EBUSY)
			why = ": no minor number is free, unload a module that has one";
		pr_err("not loaded: cannot make the device " COREDUMP_MON_DEVICE " (error %d)%s\n",
		       err, why);
		destroy_workqueue(worker);
		/* EEXIST is modprobe's word for being loaded already. */
		if (taken)
			err = -EBUSY;
	}
	return err;
}

void cdm_chardev_exit(void)
{
	misc_deregister(&device);
	destroy_workqueue(worker);
}
