// SPDX-License-Identifier: GPL-2.0
#include <elf.h>
#include <string.h>

#include "array.h"
#include "core_kind.h"

#define APPORT "ProblemType: Crash\n"

static const struct {
	enum core_kind kind;
	const char *magic;
	size_t len;
} magics[] = {
	{ CORE_ZSTD, "\x28\xb5\x2f\xfd", 4 },
	{ CORE_LZ4, "\x04\x22\x4d\x18", 4 },
	{ CORE_XZ, "\3757zXZ\0", 6 },
	{ CORE_GZIP, "\x1f\x8b\x08", 3 },
	{ CORE_APPORT, APPORT, sizeof(APPORT) - 1 },
};

/* In the file's own byte order; of any machine. */
static bool is_elf_core(const unsigned char *head, size_t len)
{
	size_t at = offsetof(Elf64_Ehdr, e_type);
	size_t least;

	if (len <= EI_DATA || memcmp(head, ELFMAG, SELFMAG))
		return false;
	switch (head[EI_CLASS]) {
	case ELFCLASS32:
		least = sizeof(Elf32_Ehdr);
		break;
	case ELFCLASS64:
		least = sizeof(Elf64_Ehdr);
		break;
	default:
		return false;
	}
	if (len < least)
		return false;
	switch (head[EI_DATA]) {
	case ELFDATA2LSB:
		return head[at] == ET_CORE && !head[at + 1];
	case ELFDATA2MSB:
		return !head[at] && head[at + 1] == ET_CORE;
	default:
		return false;
	}
}

enum core_kind core_kind(const void *head, size_t len)
{
	if (is_elf_core(head, len))
		return CORE_ELF;
	for (size_t i = 0; i < ARRAY_SIZE(magics); i++) {
		if (len >= magics[i].len &&
		    !memcmp(head, magics[i].magic, magics[i].len))
			return magics[i].kind;
	}
	return CORE_NONE;
}

const char *core_kind_name(enum core_kind kind)
{
	static const char *const names[] = {
		[CORE_ELF]	= "elf",
		[CORE_ZSTD]	= "zstd",
		[CORE_LZ4]	= "lz4",
		[CORE_XZ]	= "xz",
		[CORE_GZIP]	= "gzip",
		[CORE_APPORT]	= "apport",
		[CORE_KNOWN]	= "known",
	};

	return kind < ARRAY_SIZE(names) ? names[kind] : NULL;
}
