/* SPDX-License-Identifier: GPL-2.0 */
/* What files are, by the bytes they begin with. */
#ifndef CORE_KIND_H
#define CORE_KIND_H

#include <stdbool.h>
#include <stddef.h>

/* As many bytes as it takes: those of the longest ELF header. */
#define CORE_HEAD 64

/**
 * enum core_kind - what a core file is
 * @CORE_NONE: it is none
 * @CORE_ELF: as the kernel writes it
 * @CORE_ZSTD: that, in zstd's frame format
 * @CORE_LZ4: that, in lz4's frame format
 * @CORE_XZ: that, in xz's format
 * @CORE_GZIP: that, in gzip's format
 * @CORE_APPORT: a report of apport's, with a core file in it
 * @CORE_KNOWN: not to be opened, but one for the kernel module
 */
enum core_kind {
	CORE_NONE,
	CORE_ELF,
	CORE_ZSTD,
	CORE_LZ4,
	CORE_XZ,
	CORE_GZIP,
	CORE_APPORT,
	CORE_KNOWN,
};

/*
 * What begins with @len bytes at @head: CORE_ELF is one; what is packed, or a
 * report, may have one in it.
 */
enum core_kind core_kind(const void *head, size_t len);
/* NULL: it is none. */
const char *core_kind_name(enum core_kind kind);

static inline bool core_kind_packed(enum core_kind kind)
{
	return kind >= CORE_ZSTD && kind <= CORE_GZIP;
}

#endif /* CORE_KIND_H */
