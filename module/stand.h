/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What stands in a directory as it begins to be watched is tagged, as what is
 * written there later is: so it stays a core file wherever it goes, and is one
 * where nothing is known of the directory it is in.
 */
#ifndef CDM_STAND_H
#define CDM_STAND_H

#include <linux/types.h>

struct path;

void cdm_stand_tag(const struct path *directory);
u64 cdm_stand_left(void);

#endif /* CDM_STAND_H */
