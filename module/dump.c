// SPDX-License-Identifier: GPL-2.0
#include <linux/binfmts.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/resource.h>
#include <linux/sched/signal.h>
#include <linux/task_work.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "dump.h"
#include "event.h"
#include "fold.h"
#include "judge.h"
#include "health.h"
#include "mode.h"
#include "pattern.h"
#include "pool.h"
#include "probe.h"
#include "process.h"
#include "ring.h"
#include "sender.h"
#include "watch.h"

#define DUMPS_MAX	512

/* The kernel's "core dumped" flag in an exit status. */
#define CORE_FLAG	0x80

/**
 * struct dump - a dump in progress
 * @slot: the pool's
 * @task_work: runs when the task exits, and hands over to @work
 * @work: tells
 * @group: its process; never followed, only compared; NULL: told already
 * @stamp: when it began
 * @tell: what is told
 * @relative: the pattern is not an absolute path
 * @min_core: what the format needs at least, bytes
 * @begun: something was put out
 * @cut: something could not be put out
 * @stillborn: another thread of the process dumps; the pool's lock protects
 *	it and @group, all else is the owner's and later the worker's
 * @opened: the kernel opened a file
 * @file: which, with a reference; no mount: not known
 * @id: of that
 * @forced: @sender is known
 * @sender: who sent the signal
 * @process: who dumps
 * @answer: the policy's
 */
struct dump {
	struct cdm_slot slot;
	struct callback_head task_work;
	struct work_struct work;
	const struct signal_struct *group;
	struct cdm_stamp stamp;
	struct coredump_mon_dump tell;
	bool relative;
	unsigned long min_core;
	bool begun;
	bool cut;
	bool stillborn;
	bool opened;
	struct path file;
	struct coredump_mon_file_id id;
	bool forced;
	struct cdm_sender sender;
	struct cdm_process process;
	struct cdm_policy_answer answer;
};

static struct cdm_pool pool;
static struct dump *all;
static struct workqueue_struct *workers;

/* The dump of the current task; NULL: it was not seen to begin. */
static struct dump *mine(void)
{
	u32 i;

	if (!READ_ONCE(pool.count))
		return NULL;
	for (i = 0; i < DUMPS_MAX; i++) {
		if (READ_ONCE(all[i].slot.owner) == current)
			return &all[i];
	}
	return NULL;
}

static bool address_known(const struct kernel_siginfo *info)
{
	switch (info->si_signo) {
	case SIGILL:
	case SIGTRAP:
	case SIGBUS:
	case SIGFPE:
	case SIGSEGV:
		/* No other process can send a positive code. */
		return info->si_code > 0 && info->si_code < SI_KERNEL;
	}
	return false;
}

static bool is_privileged(const struct cred *cred, u32 dumpable)
{
	return uid_eq(cred->euid, GLOBAL_ROOT_UID) ||
	       dumpable != SUID_DUMP_USER ||
	       (cred->user_ns == &init_user_ns &&
		!cap_isclear(cred->cap_effective));
}

static void describe(struct dump *dump, const struct kernel_siginfo *info)
{
	struct coredump_mon_dump *tell = &dump->tell;

	*tell = (struct coredump_mon_dump) {
		.signal = info->si_signo,
		.code = info->si_code,
		.dumpable = cdm_dumpable(),
		.rlimit_core = rlimit(RLIMIT_CORE),
		.pattern = cdm_pattern_kind(&dump->relative),
	};
	if (tell->rlimit_core == RLIM_INFINITY)
		tell->rlimit_core = ~0ULL;
	if (dump->forced)
		tell->flags |= COREDUMP_MON_DUMP_FORCED;
	if (is_privileged(dump->process.cred, tell->dumpable))
		tell->flags |= COREDUMP_MON_DUMP_PRIVILEGED;
	if (!dump->forced && address_known(info)) {
		tell->flags |= COREDUMP_MON_DUMP_ADDRESS;
		tell->address = (unsigned long)info->si_addr;
	}
}

static void tell_dump(struct dump *dump)
{
	struct cdm_event event;
	u32 nest;

	cdm_event_begin(&event, COREDUMP_MON_DUMP, &dump->stamp);
	if (dump->answer.matched)
		cdm_event_put_decision(&event, dump->answer.verdict,
				       dump->answer.priority, dump->answer.rule);
	cdm_event_put(&event, COREDUMP_MON_A_DUMP, &dump->tell,
		      sizeof(dump->tell));
	if (dump->opened)
		cdm_event_put_file(&event, &dump->id, &dump->file, NULL,
				   !dump->process.namespaces.initial);
	if (dump->forced) {
		nest = cdm_event_nest(&event, COREDUMP_MON_A_SENDER);
		cdm_event_put(&event, COREDUMP_MON_A_TASK, &dump->sender.task,
			      sizeof(dump->sender.task));
		cdm_event_put(&event, COREDUMP_MON_A_CRED, &dump->sender.cred,
			      sizeof(dump->sender.cred));
		cdm_event_put_string(&event, COREDUMP_MON_A_COMM,
				     dump->sender.comm);
		cdm_event_nest_end(&event, nest);
	}
	cdm_process_put(&event, &dump->process);
	cdm_event_commit(&event, COREDUMP_MON_KIND_DUMP, dump->process.cred);
}

static void finish(struct work_struct *work)
{
	struct dump *dump = container_of(work, struct dump, work);

	if (!dump->stillborn && !dump->answer.ignored &&
	    !cdm_fold_of(COREDUMP_MON_KIND_DUMP, &dump->process))
		tell_dump(dump);
	/* Its task and process may be others' from here on. */
	raw_spin_lock(&pool.lock);
	dump->slot.owner = NULL;
	dump->group = NULL;
	raw_spin_unlock(&pool.lock);
	cdm_process_release(&dump->process);
	if (dump->file.mnt)
		path_put(&dump->file);
	cdm_pool_give(&dump->slot);
}

/**
 * cdm_dump_begin() - the current task enters the kernel's dump function
 * @info: the signal
 *
 * Context: preemption off.
 */
void cdm_dump_begin(const struct kernel_siginfo *info)
{
	struct dump *dump;

	if (!READ_ONCE(cdm_mode_recording))
		return;
	/* The process is exiting already: the kernel will not begin. */
	if (READ_ONCE(current->signal->flags) & SIGNAL_GROUP_EXIT)
		return;
	dump = (struct dump *)cdm_pool_take(&pool);
	if (!dump) {
		cdm_ring_unmade(CDM_UNMADE_DUMPS);
		return;
	}
	raw_spin_lock(&pool.lock);
	dump->group = current->signal;
	dump->stillborn = false;
	raw_spin_unlock(&pool.lock);
	dump->stamp = cdm_event_now();
	dump->begun = false;
	dump->cut = false;
	dump->opened = false;
	memset(&dump->answer, 0, sizeof(dump->answer));
	memset(&dump->file, 0, sizeof(dump->file));
	dump->min_core = current->mm->binfmt ?
			 current->mm->binfmt->min_coredump : 0;
	dump->forced = cdm_sender_find(info, &dump->sender);
	cdm_process_snapshot(&dump->process, true);
	describe(dump, info);
	/* It is on its way to do_exit(), so it needs no notice. */
	if (task_work_add(current, &dump->task_work, TWA_NONE))
		queue_work(workers, &dump->work);
}

/**
 * cdm_dump_opened() - the current task, which dumps, opens a file
 * @path: the file
 *
 * It is a core file from now on, wherever it goes; and so is, on a stacked file
 * system, the file below it.
 *
 * Context: preemption off.
 */
void cdm_dump_opened(const struct path *path)
{
	const struct inode *inode = d_backing_inode(path->dentry);
	const struct inode *real = d_real_inode(path->dentry);
	struct dump *dump = mine();

	if (!S_ISREG(inode->i_mode))
		return;
	cdm_tag_add(inode, COREDUMP_MON_TAG_DUMP, true);
	if (real != inode)
		cdm_tag_add(real, COREDUMP_MON_TAG_DUMP, true);
	if (!dump || dump->opened)
		return;
	dump->opened = true;
	if (cdm_path_get(path))
		dump->file = *path;
	dump->tell.pattern = COREDUMP_MON_PATTERN_FILE;
	dump->id = cdm_watch_id(inode, COREDUMP_MON_CLASS_CORE,
				COREDUMP_MON_ACCESS_WRITE, true);
}

/**
 * cdm_dump_emitted() - the current task has put out a part of its dump
 * @all: false: not all of that part could be put out
 *
 * Context: preemption off.
 */
void cdm_dump_emitted(bool all)
{
	struct dump *dump = mine();

	if (!dump)
		return;
	dump->begun = true;
	dump->cut |= !all;
}

/* Whether what is put out is seen, and thus what is cut. */
static bool emission_seen(void)
{
	return cdm_probe_dump_emit.hook && cdm_probe_dump_range.hook &&
	       !cdm_health_off(COREDUMP_MON_HOOK_KRETPROBE);
}

static u32 outcome(const struct dump *dump)
{
	const struct coredump_mon_dump *tell = &dump->tell;

	if (!emission_seen() && current->signal->group_exit_code & CORE_FLAG)
		return COREDUMP_MON_OUTCOME_UNKNOWN;
	if (dump->begun && dump->cut)
		return COREDUMP_MON_OUTCOME_TRUNCATED;
	if (dump->begun)
		return dump->opened ? COREDUMP_MON_OUTCOME_WRITTEN :
				      COREDUMP_MON_OUTCOME_PIPED;
	if (tell->dumpable == SUID_DUMP_DISABLE)
		return COREDUMP_MON_OUTCOME_SKIPPED;
	/* Else a helper is not limited; this is how the kernel ends recursion. */
	if (tell->pattern == COREDUMP_MON_PATTERN_PIPE &&
	    tell->rlimit_core == 1)
		return COREDUMP_MON_OUTCOME_SKIPPED;
	if (tell->pattern == COREDUMP_MON_PATTERN_FILE && !dump->opened &&
	    (tell->rlimit_core < dump->min_core ||
	     (tell->dumpable == SUID_DUMP_ROOT && dump->relative)))
		return COREDUMP_MON_OUTCOME_SKIPPED;
	return COREDUMP_MON_OUTCOME_FAILED;
}

/*
 * Threads of one process race to dump, and one wins. Another one that is not
 * the one (PF_DUMPCORE) has no record as long as there is one that has.
 */
static void yield_to_winner(struct dump *dump)
{
	u32 i;

	if (current->flags & PF_DUMPCORE)
		return;
	raw_spin_lock(&pool.lock);
	/* The process exits, for a dump or not, and this is not its dump. */
	dump->stillborn = dump->tell.dumpable != SUID_DUMP_DISABLE &&
			  READ_ONCE(current->signal->flags) & SIGNAL_GROUP_EXIT;
	for (i = 0; i < DUMPS_MAX && !dump->stillborn; i++)
		dump->stillborn = &all[i] != dump && !all[i].stillborn &&
				  all[i].group == dump->group;
	raw_spin_unlock(&pool.lock);
}

/* What became of a dump. Context: its task, once the kernel has left it. */
static void conclude(struct dump *dump)
{
	struct coredump_mon_dump *tell = &dump->tell;

	yield_to_winner(dump);
	/* The pattern was another one when the kernel came to it. */
	if (dump->begun && !dump->opened &&
	    tell->pattern != COREDUMP_MON_PATTERN_SOCKET)
		tell->pattern = COREDUMP_MON_PATTERN_PIPE;
	tell->outcome = outcome(dump);
	if (dump->file.mnt) {
		tell->size = i_size_read(d_backing_inode(dump->file.dentry));
		tell->flags |= COREDUMP_MON_DUMP_SIZE;
	}
	preempt_disable();
	cdm_judge_dump(dump->forced, tell->flags & COREDUMP_MON_DUMP_PRIVILEGED,
		       dump->file.dentry, &dump->answer);
	preempt_enable();
}

/**
 * cdm_dump_end() - the current task has left the kernel's dump function, if it
 * was in it
 *
 * Context: preemption off.
 */
void cdm_dump_end(void)
{
	struct dump *dump = mine();
	struct coredump_mon_dump *tell;

	if (!dump)
		return;
	tell = &dump->tell;
	tell->duration_ns = cdm_event_now().boottime - dump->stamp.boottime;
	tell->flags |= COREDUMP_MON_DUMP_DURATION;
	conclude(dump);
}

/*
 * Runs in the task as it exits. Waits for all references to be let go of, so
 * that whoever waits for the task finds its file systems as free as without us.
 */
static void exiting(struct callback_head *work)
{
	struct dump *dump = container_of(work, struct dump, task_work);

	/* The end was not seen. */
	if (!(dump->tell.flags & COREDUMP_MON_DUMP_DURATION))
		conclude(dump);
	/* The slot's own reference goes while this sleeps. */
	__module_get(THIS_MODULE);
	queue_work(workers, &dump->work);
	flush_work(&dump->work);
	module_put(THIS_MODULE);
}

void cdm_dump_stats(struct coredump_mon_stats *stats)
{
	stats->dumps = READ_ONCE(pool.count);
	stats->dumps_max = pool.max;
}

int cdm_dump_init(void)
{
	u32 i;

	all = kvcalloc(DUMPS_MAX, sizeof(*all), GFP_KERNEL);
	if (!all)
		return -ENOMEM;
	workers = alloc_workqueue("coredump_mon_dump", WQ_UNBOUND, 0);
	if (!workers) {
		kvfree(all);
		return -ENOMEM;
	}
	cdm_pool_init(&pool);
	for (i = 0; i < DUMPS_MAX; i++) {
		init_task_work(&all[i].task_work, exiting);
		INIT_WORK(&all[i].work, finish);
		cdm_pool_put_in(&pool, &all[i].slot);
	}
	return 0;
}

void cdm_dump_exit(void)
{
	destroy_workqueue(workers);
	kvfree(all);
}
