/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is under way of what is done to core files: from the handler that notes it to
 * its record, made when the task may sleep.
 */
#ifndef CDM_ALTERATION_H
#define CDM_ALTERATION_H

#include <linux/fs.h>

#include "attr.h"
#include "event.h"
#include "later.h"
#include "name.h"
#include "policy.h"
#include "process.h"

/*
 * Names and attributes, apart: whoever changes attributes in a loop hides no
 * removal.
 */
enum cdm_alteration_kind {
	CDM_ALTERATION_NAMES,
	CDM_ALTERATION_ATTRIBUTES,
	CDM_ALTERATION_KINDS,
};

/**
 * struct cdm_alteration - something that is done to a core file
 * @later: finishes it
 * @type: enum coredump_mon_type
 * @untold: no record is made of it, and nothing is there of what follows @below
 * @dentry: what it is done to; as @with and @below never followed, only compared
 * @with: the other name, or where the caller has what changes
 * @below: of a stacked file system, the inode below; else NULL
 * @stamp: when
 * @id: which file
 * @tag: its tag, if @id says that it has one
 * @answer: the policy's
 * @process: who
 * @name: where it stood
 * @new_name: where it will stand
 * @attributes: what changes; nothing: @xattr does
 * @xattr: which
 */
struct cdm_alteration {
	struct cdm_later later;
	u16 type;
	bool untold;
	const struct dentry *dentry;
	const void *with;
	const struct inode *below;
	struct cdm_stamp stamp;
	struct coredump_mon_file_id id;
	struct coredump_mon_tag tag;
	struct cdm_policy_answer answer;
	struct cdm_process process;
	struct cdm_name name;
	union {
		struct cdm_name new_name;
		struct {
			struct coredump_mon_attributes attributes;
			struct cdm_xattr xattr;
		};
	};
};

bool cdm_alteration_begun(enum cdm_alteration_kind kind,
			  bool (*like)(const struct cdm_alteration *alter,
				       const void *key),
			  const void *key);
struct cdm_alteration *cdm_alteration_take(enum cdm_alteration_kind kind,
					   bool *by_worker);
void cdm_alteration_stats(struct coredump_mon_stats *stats);
int cdm_alteration_init(void);
void cdm_alteration_exit(void);

#endif /* CDM_ALTERATION_H */
