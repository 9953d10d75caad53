// SPDX-License-Identifier: GPL-2.0
/* What scan judges files by. Speaks TAP. */
#include <string.h>
#include <sys/stat.h>

#include "../array.h"
#include "../core_kind.h"
#include "../readers.h"
#include "check.h"

/* Each length and each byte of what tells a core file's kind. */
static void test_core_kind(void)
{
	static const struct {
		const char *bytes;
		size_t len;
		enum core_kind kind;
	} heads[] = {
		{ "\177ELF\1\1\1\0\0\0\0\0\0\0\0\0\4\0\3", 52, CORE_ELF },
		{ "\177ELF\1\2\1\0\0\0\0\0\0\0\0\0\0\4\0", 52, CORE_ELF },
		{ "\177ELF\2\1\1\3\0\0\0\0\0\0\0\0\4\0\x3e", 64, CORE_ELF },
		{ "\177ELF\2\2\0\0\0\0\0\0\0\0\0\0\0\4\xff", 64, CORE_ELF },
		{ "\x28\xb5\x2f\xfd", 4, CORE_ZSTD },
		{ "\x04\x22\x4d\x18", 4, CORE_LZ4 },
		{ "\3757zXZ", 6, CORE_XZ },
		{ "\x1f\x8b\x08", 3, CORE_GZIP },
		{ "ProblemType: Crash\n", 19, CORE_APPORT },
	};

	CHECK(core_kind("", 0) == CORE_NONE);
	CHECK(!core_kind_name(CORE_NONE));
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
		size_t told = heads[i].kind == CORE_ELF ? 18 : heads[i].len;
		char *head = calloc(1, CORE_HEAD);

		if (!head) {
			CHECK(!"memory");
			return;
		}
		memcpy(head, heads[i].bytes,
		       heads[i].kind == CORE_ELF ? 19 : heads[i].len);
		CHECK(core_kind(head, CORE_HEAD) == heads[i].kind);
		CHECK(core_kind(head, heads[i].len) == heads[i].kind);
		for (size_t len = 0; len < heads[i].len; len++)
			CHECK(core_kind(head, len) == CORE_NONE);
		for (size_t at = 0; at < told; at++) {
			/* Version and what is behind it is not looked at. */
			if (told == 18 && at >= 6 && at < 16)
				continue;
			head[at] ^= 0x40;
			CHECK(core_kind(head, CORE_HEAD) == CORE_NONE);
			head[at] ^= 0x40;
		}
		CHECK(core_kind_name(heads[i].kind));
		free(head);
	}
}

/* One lets the group through, and its owner is another's; and so on. */
static void test_readers(void)
{
	static const struct stat open = { .st_mode = 0755 };
	static const struct stat adm = { .st_mode = 0750, .st_gid = 4 };
	static const struct stat users = { .st_mode = 0710, .st_gid = 100 };
	static const struct stat alice = { .st_mode = 0700, .st_uid = 1000 };
	static const struct stat bob = { .st_mode = 0600, .st_uid = 1001 };
	static const struct {
		const struct stat *way[3];
		enum readers_kind kind;
		unsigned int id;
	} ways[] = {
		{ { &open, &open, &open }, READERS_EVERYBODY, 0 },
		{ { &adm, &open, &open }, READERS_GROUP, 4 },
		{ { &open, &open, &users }, READERS_GROUP, 100 },
		{ { &adm, &users, &open }, READERS_GROUP, 4 },
		{ { &alice, &open, &users }, READERS_USER, 1000 },
		{ { &adm, &alice, &alice }, READERS_USER, 1000 },
		{ { &bob, &alice, &open }, READERS_USER, 0 },
		{ { &open, &alice, &bob }, READERS_USER, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		struct readers readers = { 0 };
		unsigned int id;

		for (size_t n = 0; n < ARRAY_SIZE(ways[i].way); n++)
			readers_pass(&readers, ways[i].way[n],
				     n ? 0001 : 0004);
		CHECK(readers_who(&readers, &id) == ways[i].kind);
		CHECK(id == ways[i].id);
	}
}

static const struct test tests[] = {
	{ "what core files begin with", test_core_kind },
	{ "who passes modes", test_readers },
};

int main(void)
{
	return run_tests(tests, ARRAY_SIZE(tests));
}
