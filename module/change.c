// SPDX-License-Identifier: GPL-2.0
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/path.h>
#include <linux/string.h>

#include "change.h"
#include "directory.h"
#include "event.h"
#include "fold.h"
#include "mode.h"
#include "process.h"
#include "watch.h"

static void begin_at(struct cdm_event *event, const struct cdm_stamp *stamp,
		     u32 change, u32 old_value, u32 new_value)
{
	struct coredump_mon_policy policy = {
		.change = change,
		.old_value = old_value,
		.new_value = new_value,
		.enforcing = READ_ONCE(cdm_mode_enforcing),
	};

	cdm_event_begin(event, COREDUMP_MON_POLICY, stamp);
	cdm_event_put(event, COREDUMP_MON_A_POLICY, &policy, sizeof(policy));
}

static void begin(struct cdm_event *event, u32 change, u32 old_value,
		  u32 new_value)
{
	struct cdm_stamp now = cdm_event_now();

	begin_at(event, &now, change, old_value, new_value);
}

static void end(struct cdm_event *event, u32 kind)
{
	cdm_process_put_current(event);
	cdm_event_commit(event, kind, current_cred());
}

/* The current task changed mode, holders or the lock. Context: sleeps. */
void cdm_change_mode(u32 change, u32 old_value, u32 new_value)
{
	struct cdm_event event;

	/* Locked it is once, which no flood of changes before is to hide. */
	if (change != COREDUMP_MON_CHANGE_LOCK && cdm_fold(COREDUMP_MON_KIND_POLICY))
		return;
	begin(&event, change, old_value, new_value);
	end(&event, COREDUMP_MON_KIND_POLICY);
}

/* The current task put other rules in force. Context: sleeps. */
void cdm_change_rules(const struct coredump_mon_summary *old_rules,
		      const struct coredump_mon_summary *new_rules)
{
	struct cdm_event event;

	if (cdm_fold(COREDUMP_MON_KIND_POLICY))
		return;
	begin(&event, COREDUMP_MON_CHANGE_RULES, old_rules->count,
	      new_rules->count);
	cdm_event_put(&event, COREDUMP_MON_A_SUMMARY, old_rules,
		      sizeof(*old_rules));
	cdm_event_put(&event, COREDUMP_MON_A_SUMMARY, new_rules,
		      sizeof(*new_rules));
	end(&event, COREDUMP_MON_KIND_POLICY);
}

/* A descriptor that held enforcing was closed. Context: worker. */
void cdm_change_released(const struct cdm_process *process,
			 const struct cdm_stamp *stamp, u32 old_holders)
{
	struct cdm_event event;

	if (cdm_fold_of(COREDUMP_MON_KIND_POLICY, process))
		return;
	begin_at(&event, stamp, COREDUMP_MON_CHANGE_HOLD, old_holders,
		 old_holders - 1);
	cdm_process_put(&event, process);
	cdm_event_commit(&event, COREDUMP_MON_KIND_POLICY, process->cred);
}

/* The current task changed the watched directories. Context: sleeps. */
void cdm_change_directories(const char *paths, u32 old_value, u32 new_value)
{
	struct cdm_event event;
	u32 i;

	if (cdm_fold(COREDUMP_MON_KIND_POLICY))
		return;
	begin(&event, COREDUMP_MON_CHANGE_DIRECTORIES, old_value, new_value);
	cdm_process_put_current(&event);
	/* Last, as they may be more than a record holds. */
	for (i = 0; i < new_value; i++) {
		cdm_event_put_string(&event, COREDUMP_MON_A_PATH, paths);
		paths += strlen(paths) + 1;
	}
	cdm_event_commit(&event, COREDUMP_MON_KIND_POLICY, current_cred());
}

/* Paths of watched directories lead elsewhere now. Context: worker. */
void cdm_change_followed(u32 old_value, u32 new_value)
{
	struct cdm_event event;

	begin(&event, COREDUMP_MON_CHANGE_FOLLOWED, old_value, new_value);
	cdm_directory_put_moved(&event);
	cdm_event_commit(&event, COREDUMP_MON_KIND_POLICY, current_cred());
}

/* The current task added or dropped a tag. Context: sleeps. */
void cdm_change_tag(u32 change, const struct path *path, u32 old_value,
		    u32 new_value)
{
	const struct inode *inode = d_backing_inode(path->dentry);
	struct coredump_mon_file_id id;
	struct coredump_mon_tag tag;
	struct cdm_event event;
	bool tagged = cdm_tag_has(inode, &tag);

	if (cdm_fold(COREDUMP_MON_KIND_TAG))
		return;
	id = cdm_watch_id(inode, COREDUMP_MON_CLASS_CORE, 0, tagged);
	begin(&event, change, old_value, new_value);
	cdm_event_put_file(&event, &id, path, tagged ? &tag : NULL, false);
	end(&event, COREDUMP_MON_KIND_TAG);
}

/* Probes work less, or more, than before; by whom is not known. Context: worker. */
void cdm_change_probes(u32 change, u32 old_value, u32 new_value)
{
	struct cdm_event event;

	begin(&event, change, old_value, new_value);
	cdm_event_commit(&event, COREDUMP_MON_KIND_POLICY, current_cred());
}
