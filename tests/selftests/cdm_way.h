/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ways to the content of a core file, and what each has to come to: it works
 * where nothing watches, is seen once where something does, and is refused in
 * enforcing mode.
 */
#ifndef _CDM_WAY_H
#define _CDM_WAY_H

#include "cdm.h"

/**
 * struct cdm_scene - what a way finds
 * @dir: the watched directory
 * @elsewhere: another, which is not
 * @core: the core file, where it lies now: at first in @dir
 * @path: what there is to be opened: at first @core
 * @arg: the way's
 */
struct cdm_scene {
	const char *dir;
	const char *elsewhere;
	char core[PATH_MAX];
	char path[PATH_MAX];
	long arg;
};

/**
 * struct cdm_way - a way
 * @title: what it is, for people
 * @prepare: makes the scene, before the module is loaded; 0, or -1 where the
 *	kernel has no such thing; may be NULL
 * @open: takes it, in a child: a descriptor, or a negative errno; NULL: open(2)
 *	of @path of the scene
 * @undo: what @prepare made outlives @elsewhere otherwise; may be NULL
 * @tagged: the file is where its tag alone tells what it is
 * @gives: the errno of a success, where it gives no descriptor
 * @access: what the record has to say that it is for; 0: that is not looked at
 * @arg: for the scene
 */
struct cdm_way {
	const char *title;
	int (*prepare)(struct cdm_scene *scene);
	int (*open)(const struct cdm_scene *scene);
	void (*undo)(const struct cdm_scene *scene);
	bool tagged;
	int gives;
	__u32 access;
	long arg;
};

/*
 * Tries a way in each of these states, and prints what came of it, for the table
 * that tests/ways makes. Returns NULL, or what was not as it has to be; *skip says
 * that the kernel has no such way.
 */
const char *cdm_way_try(struct cdm_env *env, const struct cdm_way *way,
			bool *skip);

/* scene->path = a file of that name in elsewhere. */
void cdm_way_elsewhere(struct cdm_scene *scene, const char *name);

/* What opening gives, as a way gives it; and through /proc/self/fd. */
int cdm_way_open(const char *path);
int cdm_way_reopen(int fd);

#endif /* _CDM_WAY_H */
