// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <archive.h>
#include <linux/capability.h>

#include "array.h"
#include "stop.h"
#include "unpack.h"

#define NOBODY		65534
#define HEAD_MOST	4096

/* What a child may use; a sanitizer takes terabytes of addresses. */
#ifndef UNPACK_MEMORY
#define UNPACK_MEMORY	(512 << 20)
#endif
#define UNPACK_SECONDS	2
#define UNPACK_WAIT_NS	(10 * NSEC_PER_SEC)
/* More than the largest block of any of these formats. */
#define UNPACK_INPUT	(8 << 20)

/* How a child ends. */
enum {
	UNPACK_DONE,
	UNPACK_UNCONFINED = 10,
	UNPACK_NO_MEMORY,
	UNPACK_UNREAD,
};

/* No rights, no files but what is open, no memory or time without end. */
static bool confine(void)
{
	static const struct {
		int resource;
		rlim_t most;
	} limits[] = {
		{ RLIMIT_AS, UNPACK_MEMORY },
		{ RLIMIT_CPU, UNPACK_SECONDS },
		{ RLIMIT_FSIZE, 0 },
		{ RLIMIT_NOFILE, 2 },
		{ RLIMIT_NPROC, 0 },
		{ RLIMIT_CORE, 0 },
	};
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

	/* We may be in a directory that others cannot come to. */
	if (chdir("/"))
		return false;
	if (!geteuid() && (setgroups(0, NULL) ||
			   setresgid(NOBODY, NOBODY, NOBODY) ||
			   setresuid(NOBODY, NOBODY, NOBODY)))
		return false;
	if (syscall(SYS_capset, &header, none) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_DUMPABLE, 0) || prctl(PR_SET_PDEATHSIG, SIGKILL))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		struct rlimit limit = { limits[i].most, limits[i].most };

		if (setrlimit(limits[i].resource, &limit))
			return false;
	}
	return true;
}

/**
 * struct source - what libarchive reads
 * @left: bytes that it may read
 * @buffer: those that it reads now
 */
struct source {
	size_t left;
	char buffer[64 * 1024];
};

static la_ssize_t read_source(struct archive *archive, void *data,
			      const void **block)
{
	struct source *source = data;
	size_t most = source->left < sizeof(source->buffer) ?
		      source->left : sizeof(source->buffer);
	ssize_t n = read(STDIN_FILENO, source->buffer, most);

	if (n < 0) {
		archive_set_error(archive, errno, "cannot read");
		return ARCHIVE_FATAL;
	}
	source->left -= (size_t)n;
	*block = source->buffer;
	return n;
}

/* libzstd tells it by words alone; else it is damaged, or not packed at all. */
static int end_of(struct archive *archive)
{
	const char *words = archive_error_string(archive);

	if (archive_errno(archive) == ENOMEM ||
	    (words && strstr(words, "memory")))
		return UNPACK_NO_MEMORY;
	if (words && !strcmp(words, "cannot read"))
		return UNPACK_UNREAD;
	return UNPACK_DONE;
}

/* Standard input to standard output. */
static int unpack_head(size_t size)
{
	static struct source source = { .left = UNPACK_INPUT };
	static char head[HEAD_MOST];
	struct archive *archive = archive_read_new();
	struct archive_entry *entry;
	size_t len = 0;
	int ret;

	if (!archive)
		return UNPACK_NO_MEMORY;
	/* Of "all" filters, some would run programs. */
	archive_read_support_filter_zstd(archive);
	archive_read_support_filter_lz4(archive);
	archive_read_support_filter_xz(archive);
	archive_read_support_filter_gzip(archive);
	archive_read_support_format_raw(archive);
	ret = archive_read_open(archive, &source, NULL, read_source, NULL);
	if (ret == ARCHIVE_OK)
		ret = archive_read_next_header(archive, &entry);
	while (ret == ARCHIVE_OK && len < size) {
		const void *block;
		la_int64_t offset;
		size_t n;

		ret = archive_read_data_block(archive, &block, &n, &offset);
		if (ret != ARCHIVE_OK)
			break;
		if (n > size - len)
			n = size - len;
		memcpy(head + len, block, n);
		len += n;
	}
	if (!len)
		return end_of(archive);
	return write(STDOUT_FILENO, head, len) == (ssize_t)len ?
	       UNPACK_DONE : UNPACK_UNREAD;
}

__attribute__((noreturn))
static void be_child(int fd, int to, size_t size)
{
	if (dup2(fd, STDIN_FILENO) < 0 || dup2(to, STDOUT_FILENO) < 0 ||
	    syscall(__NR_close_range, STDERR_FILENO, ~0U, 0) || !confine())
		_exit(UNPACK_UNCONFINED);
	_exit(unpack_head(size));
}

/* The child's end, which may be by our hand: NULL if it did its work. */
static const char *reap(pid_t child)
{
	static char text[64];
	int status;

	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR)
			return strerror(errno);
	}
	if (WIFSIGNALED(status)) {
		if (WTERMSIG(status) == SIGXCPU)
			return "to unpack it takes too long";
		snprintf(text, sizeof(text), "what unpacked it died of signal %d",
			 WTERMSIG(status));
		return text;
	}
	switch (WEXITSTATUS(status)) {
	case UNPACK_DONE:
		return NULL;
	case UNPACK_UNCONFINED:
		return "it is packed, and no safe child can be had: run this outside of containers";
	case UNPACK_NO_MEMORY:
		return "to unpack it takes too much memory";
	case UNPACK_UNREAD:
		return "it cannot be read";
	default:
		return "what unpacked it failed";
	}
}

/* What comes through the pipe until it ends or is enough; -1: not in time. */
static ssize_t receive(int from, char *head, size_t size)
{
	int64_t end = stop_clock() + UNPACK_WAIT_NS;
	struct pollfd fd = { .fd = from, .events = POLLIN };
	size_t len = 0;

	while (len < size) {
		int64_t left = end - stop_clock();
		ssize_t n;

		if (left <= 0 || stop_poll(&fd, 1, left) <= 0)
			return -1;
		n = read(from, head + len, size - len);
		if (n <= 0)
			return n < 0 ? -1 : (ssize_t)len;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

ssize_t unpack(int fd, void *head, size_t size, const char **why)
{
	const char *failed;
	pid_t child;
	ssize_t n;
	int ends[2];

	if (size > HEAD_MOST)
		size = HEAD_MOST;
	if (pipe2(ends, O_CLOEXEC)) {
		*why = strerror(errno);
		return -1;
	}
	child = fork();
	if (!child)
		be_child(fd, ends[1], size);
	close(ends[1]);
	if (child < 0) {
		*why = strerror(errno);
		close(ends[0]);
		return -1;
	}
	n = receive(ends[0], head, size);
	close(ends[0]);
	if (n < 0)
		kill(child, SIGKILL);
	failed = reap(child);
	if (n > 0)
		return n;
	*why = n < 0 ? "to unpack it takes too long" : failed;
	return *why ? -1 : 0;
}
