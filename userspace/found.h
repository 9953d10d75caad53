/* SPDX-License-Identifier: GPL-2.0 */
/* A core file that was found, as a line. */
#ifndef FOUND_H
#define FOUND_H

#include "core_kind.h"
#include "out.h"
#include "readers.h"

/**
 * struct found - the file
 * @path: where
 * @st: what it is
 * @kind: of core file
 * @readers: who could read it
 * @acl: it has an access control list, which may let others
 * @asked: whether it is tagged is known
 * @tagged: it is
 */
struct found {
	const char *path;
	struct stat st;
	enum core_kind kind;
	struct readers readers;
	bool acl;
	bool asked;
	bool tagged;
};

void found_text(struct out *out, const struct found *found);
void found_json(struct out *out, const struct found *found);

#endif /* FOUND_H */
