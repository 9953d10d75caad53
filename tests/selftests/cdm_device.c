// SPDX-License-Identifier: GPL-2.0
/*
 * Reads the device and makes its requests.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cdm.h"

#define BUFFER	(4 * COREDUMP_MON_RECORD_MAX)

int cdm_reader_open(struct cdm_reader *r)
{
	memset(r, 0, sizeof(*r));
	r->fd = open(CDM_DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (r->fd < 0)
		return -1;
	r->buf = malloc(BUFFER);
	if (!r->buf || cdm_reader_seek(r, SEEK_END)) {
		cdm_reader_close(r);
		return -1;
	}
	return 0;
}

void cdm_reader_close(struct cdm_reader *r)
{
	free(r->buf);
	r->buf = NULL;
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
}

int cdm_reader_seek(struct cdm_reader *r, int whence)
{
	r->pos = 0;
	r->len = 0;
	r->last_seq = 0;
	return lseek(r->fd, 0, whence) < 0 ? -1 : 0;
}

const struct coredump_mon_record *cdm_next(struct cdm_reader *r,
					   int timeout_ms)
{
	struct pollfd pollfd = { .fd = r->fd, .events = POLLIN };
	const struct coredump_mon_record *rec;

	while (r->pos == r->len) {
		ssize_t got = read(r->fd, r->buf, BUFFER);

		r->pos = 0;
		r->len = got > 0 ? got : 0;
		if (got > 0)
			break;
		if (got == 0 || errno != EAGAIN) {
			fprintf(stderr, "# read: %zd, %s\n", got,
				strerror(errno));
			return NULL;
		}
		if (poll(&pollfd, 1, timeout_ms) != 1)
			return NULL;
	}
	rec = (const void *)(r->buf + r->pos);
	if (!cdm_record_ok(rec, r->len - r->pos))
		return NULL;
	if (rec->seq <= r->last_seq) {
		fprintf(stderr, "# record %llu came after %llu\n",
			(unsigned long long)rec->seq,
			(unsigned long long)r->last_seq);
		return NULL;
	}
	r->last_seq = rec->seq;
	r->pos += rec->len;
	return rec;
}

static bool made_by(const struct coredump_mon_record *rec, int type, pid_t pid)
{
	const struct coredump_mon_task *task;

	if (rec->type != type)
		return false;
	if (!pid)
		return true;
	task = cdm_task(rec, COREDUMP_MON_A_PROCESS);
	return task && task->pid == (__u32)pid;
}

const struct coredump_mon_record *cdm_next_of(struct cdm_reader *r, int type,
					      pid_t pid)
{
	const struct coredump_mon_record *rec;

	do {
		rec = cdm_next(r, CDM_TIMEOUT_MS);
	} while (rec && !made_by(rec, type, pid));
	return rec;
}

/* Every open of this makes a record, whatever is watched beside. */
static bool is_fence(const struct coredump_mon_record *rec)
{
	const struct coredump_mon_file_id *file;
	const struct coredump_mon_result *result;

	if (!made_by(rec, COREDUMP_MON_OPEN, getpid()))
		return false;
	file = cdm_file(rec);
	result = cdm_result(rec);
	return file && result && result->fd >= 0 &&
	       file->file_class == COREDUMP_MON_CLASS_COREDUMP_FILTER &&
	       file->access == COREDUMP_MON_ACCESS_READ_WRITE;
}

int cdm_count(struct cdm_reader *r, int type, pid_t pid)
{
	const struct coredump_mon_record *rec;
	int fence = open("/proc/self/coredump_filter", O_RDWR | O_CLOEXEC);
	int count = 0;

	if (fence < 0)
		return -1;
	close(fence);
	for (;;) {
		rec = cdm_next(r, CDM_TIMEOUT_MS);
		if (!rec)
			return -1;
		if (is_fence(rec))
			return count;
		count += made_by(rec, type, pid);
	}
}

int cdm_set_mode(int fd, __u32 mode, __u32 flags)
{
	struct coredump_mon_mode request = {
		.size = sizeof(request),
		.flags = flags,
		.mode = mode,
	};

	return ioctl(fd, COREDUMP_MON_IOC_SET_MODE, &request);
}

int cdm_info(int fd, struct coredump_mon_info *info)
{
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	return ioctl(fd, COREDUMP_MON_IOC_INFO, info);
}

int cdm_stats(int fd, struct coredump_mon_stats *stats)
{
	memset(stats, 0, sizeof(*stats));
	stats->size = sizeof(*stats);
	return ioctl(fd, COREDUMP_MON_IOC_STATS, stats);
}

int cdm_set_directories(int fd, const char *const *paths, __u32 count)
{
	struct coredump_mon_buffer request = {
		.size = sizeof(request),
		.count = count,
	};
	char *list, *end;
	__u32 i;
	int ret;

	for (i = 0; i < count; i++)
		request.buffer_len += strlen(paths[i]) + 1;
	list = malloc(request.buffer_len + 1);
	if (!list)
		return -1;
	for (i = 0, end = list; i < count; i++)
		end = stpcpy(end, paths[i]) + 1;
	request.buffer = (uintptr_t)list;
	ret = ioctl(fd, COREDUMP_MON_IOC_SET_DIRECTORIES, &request);
	free(list);
	return ret;
}

int cdm_tag(int fd, unsigned long request, const char *path)
{
	struct coredump_mon_tag_file tag = { .size = sizeof(tag) };
	int ret, error;

	tag.fd = open(path, O_PATH | O_CLOEXEC);
	if (tag.fd < 0)
		return -1;
	ret = ioctl(fd, request, &tag);
	error = errno;
	close(tag.fd);
	errno = error;
	return ret;
}
