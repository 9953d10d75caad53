/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The mounts that PID 1 sees, as its mountinfo in a procfs of the module's own
 * tells them: what the kernel itself has of them is private to it.
 */
#ifndef CDM_MOUNTS_H
#define CDM_MOUNTS_H

#include <linux/types.h>

/**
 * struct cdm_mount - a mount
 * @dev: device of its file system
 * @at: where it is, terminated
 * @is_users: its file system is a process of some user (FUSE)
 */
struct cdm_mount {
	dev_t dev;
	char *at;
	bool is_users;
};

bool cdm_mounts_changed(void);
int cdm_mounts_each(void (*each)(const struct cdm_mount *mount, void *arg),
		    void *arg);
void cdm_mounts_exit(void);

#endif /* CDM_MOUNTS_H */
