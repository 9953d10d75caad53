// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "core_file.h"
#include "unpack.h"

/* Of a report: what stands before the core file is short. */
#define REPORT_MOST (8 << 20)

/* 1: a report has a core file in it; -1: it cannot be read. */
static int has_core(int fd)
{
	static const char line[] = "\nCoreDump: base64";
	static char buffer[64 * 1024];
	size_t kept = 0;
	off_t at = 0;

	while (at < REPORT_MOST) {
		ssize_t n = pread(fd, buffer + kept, sizeof(buffer) - kept, at);
		size_t len;

		if (n <= 0)
			return (int)n;
		at += n;
		len = kept + (size_t)n;
		if (memmem(buffer, len, line, sizeof(line) - 1))
			return 1;
		/* It may begin at the end of this part. */
		kept = len < sizeof(line) ? len : sizeof(line);
		memmove(buffer, buffer + len - kept, kept);
	}
	return 0;
}

int core_file(int fd, enum core_kind *kind, const char **why)
{
	char head[CORE_HEAD];
	ssize_t n = pread(fd, head, sizeof(head), 0);
	enum core_kind looks;

	*kind = CORE_NONE;
	if (n < 0)
		goto unread;
	looks = core_kind(head, (size_t)n);
	if (looks == CORE_APPORT) {
		n = has_core(fd);
		if (n < 0)
			goto unread;
		if (n)
			*kind = looks;
	} else if (core_kind_packed(looks)) {
		n = unpack(fd, head, sizeof(head), why);
		if (n < 0)
			return -1;
		if (core_kind(head, (size_t)n) == CORE_ELF)
			*kind = looks;
	} else {
		*kind = looks;
	}
	return 0;
unread:
	*why = strerror(errno);
	return -1;
}
