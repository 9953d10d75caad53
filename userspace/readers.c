// SPDX-License-Identifier: GPL-2.0
#include "readers.h"

void readers_pass(struct readers *readers, const struct stat *st, mode_t bit)
{
	if (st->st_mode & bit)
		return;
	readers->restricted = true;
	if (st->st_mode & (bit << 3)) {
		if (!readers->has_gid)
			readers->gid = st->st_gid;
		readers->has_gid = true;
		return;
	}
	/* An owner without the bit can give it to himself. */
	readers->no_group = true;
	if (readers->has_uid && readers->uid != st->st_uid)
		readers->no_owner = true;
	readers->has_uid = true;
	readers->uid = st->st_uid;
}

enum readers_kind readers_who(const struct readers *readers, unsigned int *id)
{
	*id = 0;
	if (!readers->restricted)
		return READERS_EVERYBODY;
	if (!readers->no_group) {
		*id = readers->gid;
		return READERS_GROUP;
	}
	if (!readers->no_owner)
		*id = readers->uid;
	return READERS_USER;
}
