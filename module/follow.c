// SPDX-License-Identifier: GPL-2.0
#include <linux/jiffies.h>
#include <linux/workqueue.h>

#include "directory.h"
#include "follow.h"
#include "mounts.h"

/* Its own, as a path may lead to a server that does not answer. */
static struct workqueue_struct *worker;

static void look(struct work_struct *work);

static DECLARE_DELAYED_WORK(look_work, look);

static void look(struct work_struct *work)
{
	cdm_directory_refresh();
	queue_delayed_work(worker, &look_work, HZ);
}

int cdm_follow_init(void)
{
	worker = alloc_workqueue("coredump_mon_follow", WQ_UNBOUND, 0);
	if (!worker)
		return -ENOMEM;
	cdm_follow_now();
	return 0;
}

/* Has it look now, and each second from then on. */
void cdm_follow_now(void)
{
	mod_delayed_work(worker, &look_work, 0);
}

void cdm_follow_exit(void)
{
	cancel_delayed_work_sync(&look_work);
	destroy_workqueue(worker);
	cdm_mounts_exit();
}
