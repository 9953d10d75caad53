/* SPDX-License-Identifier: GPL-2.0 */
/* Who could read a file, by the modes on the way to it. */
#ifndef READERS_H
#define READERS_H

#include <stdbool.h>
#include <sys/stat.h>

/**
 * struct readers - who comes through all that was looked at
 * @restricted: not everybody
 * @no_group: no group
 * @no_owner: no one user, but root
 * @has_gid: @gid is valid
 * @has_uid: @uid is valid
 * @gid: the group that what is nearest to the file lets through
 * @uid: the owner of all that lets no group through
 */
struct readers {
	bool restricted;
	bool no_group;
	bool no_owner;
	bool has_gid;
	bool has_uid;
	gid_t gid;
	uid_t uid;
};

enum readers_kind {
	READERS_EVERYBODY,
	READERS_GROUP,
	READERS_USER,
};

/*
 * What has to be passed, the file (@bit: 0004) first and then the directories
 * upwards (0001). Where it takes more than one thing, as to be in two groups,
 * that is left out: none can read it but those who are told. ACLs are not
 * looked at.
 */
void readers_pass(struct readers *readers, const struct stat *st, mode_t bit);
/* @id: of the group or user; nobody but root is user 0. */
enum readers_kind readers_who(const struct readers *readers, unsigned int *id);

#endif /* READERS_H */
