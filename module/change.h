/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records of what changed: mode, rules, directories, tags, and whether probes work.
 */
#ifndef CDM_CHANGE_H
#define CDM_CHANGE_H

#include <linux/coredump_mon.h>

struct cdm_process;
struct cdm_stamp;
struct path;

void cdm_change_mode(u32 change, u32 old_value, u32 new_value);
void cdm_change_released(const struct cdm_process *process,
			 const struct cdm_stamp *stamp, u32 old_holders);
void cdm_change_directories(const char *paths, u32 old_value, u32 new_value);
void cdm_change_followed(u32 old_value, u32 new_value);
void cdm_change_tag(u32 change, const struct path *path, u32 old_value,
		    u32 new_value);
void cdm_change_rules(const struct coredump_mon_summary *old_rules,
		      const struct coredump_mon_summary *new_rules);
void cdm_change_probes(u32 change, u32 old_value, u32 new_value);

#endif /* CDM_CHANGE_H */
