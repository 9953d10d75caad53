// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cdm.h"
#include "cdm_fuse.h"

#define CONTENT		"secret"

/* Beside FUSE_ROOT_ID. */
#define CORE_NODE	2
#define NEW_NODE	3
#define MADE_NODE	4

union request {
	struct fuse_in_header header;
	char room[2 * FUSE_MIN_READ_BUFFER];
};

static int next(int fd, union request *request)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };

	if (poll(&pollfd, 1, CDM_TIMEOUT_MS) != 1)
		return -1;
	return read(fd, request, sizeof(*request)) < 0 ? -1 : 0;
}

static int answer(int fd, const union request *request, int error,
		  const void *data, size_t len)
{
	const struct fuse_out_header header = {
		.len = sizeof(header) + len,
		.error = error,
		.unique = request->header.unique,
	};
	const struct iovec parts[] = {
		{ (void *)&header, sizeof(header) },
		{ (void *)data, len },
	};

	return writev(fd, parts, 2) == header.len ? 0 : -1;
}

/* The one request that is always answered: without that there is no other. */
static int answer_init(int fd)
{
	const struct fuse_init_out init = {
		.major = FUSE_KERNEL_VERSION,
		.minor = FUSE_KERNEL_MINOR_VERSION,
		.max_write = 4096,
	};
	union request request;

	if (next(fd, &request) || request.header.opcode != FUSE_INIT)
		return -1;
	return answer(fd, &request, 0, &init, sizeof(init));
}

static int mount_it(const char *dir, const char *more)
{
	char options[128];
	int fd;

	/* Where it is a module, nobody may have made its node yet. */
	if (access("/dev/fuse", F_OK) && system("modprobe -q fuse"))
		return -1;
	fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -1;
	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40000,user_id=0,group_id=0%s", fd, more);
	if (mount("cdm", dir, "fuse", 0, options) || answer_init(fd)) {
		close(fd);
		return -1;
	}
	return fd;
}

int cdm_fuse_mount(const char *dir)
{
	return mount_it(dir, "");
}

int cdm_fuse_mount_asking(const char *dir)
{
	return mount_it(dir, ",default_permissions");
}

int cdm_fuse_wait(int fd)
{
	union request request;

	do {
		if (next(fd, &request))
			return -1;
	} while (request.header.opcode != FUSE_LOOKUP);
	return 0;
}

static struct fuse_attr attr_of(__u64 node)
{
	return (struct fuse_attr) {
		.ino = node,
		.size = node == CORE_NODE ? strlen(CONTENT) : 0,
		.mode = node == FUSE_ROOT_ID ? S_IFDIR | 0755 : S_IFREG | 0644,
		.nlink = 1,
	};
}

/* Without a time for which it holds: each open is a lookup. */
static struct fuse_entry_out entry_of(__u64 node)
{
	return (struct fuse_entry_out) {
		.nodeid = node,
		.attr = attr_of(node),
	};
}

static int answer_lookup(int fd, const union request *request, const char *name)
{
	const struct fuse_entry_out entry = entry_of(CORE_NODE);

	if (strcmp(name, CDM_FUSE_CORE))
		return answer(fd, request, -ENOENT, NULL, 0);
	return answer(fd, request, 0, &entry, sizeof(entry));
}

static int answer_create(int fd, const union request *request, const char *name)
{
	const struct {
		struct fuse_entry_out entry;
		struct fuse_open_out open;
	} created = {
		.entry = entry_of(strcmp(name, CDM_FUSE_LATE) ? NEW_NODE :
								CORE_NODE),
	};

	return answer(fd, request, 0, &created, sizeof(created));
}

static int answer_getattr(int fd, const union request *request)
{
	const struct fuse_attr_out attr = {
		.attr = attr_of(request->header.nodeid),
	};

	return answer(fd, request, 0, &attr, sizeof(attr));
}

static int answer_any(int fd, const union request *request)
{
	static const struct fuse_open_out opened;
	const char *body = request->room + sizeof(request->header);

	switch (request->header.opcode) {
	case FUSE_LOOKUP:
		return answer_lookup(fd, request, body);
	case FUSE_CREATE:
		return answer_create(fd, request,
				     body + sizeof(struct fuse_create_in));
	case FUSE_GETATTR:
		return answer_getattr(fd, request);
	case FUSE_OPEN:
		return answer(fd, request, 0, &opened, sizeof(opened));
	case FUSE_READ:
		return answer(fd, request, 0, CONTENT, strlen(CONTENT));
	case FUSE_READDIR:
		return answer(fd, request, 0, NULL, 0);
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
		return 0;
	}
	/* What is not done need not be asked for again. */
	return answer(fd, request, -ENOSYS, NULL, 0);
}

static void serve(const void *arg)
{
	const int fd = *(const int *)arg;
	union request request;

	for (;;) {
		if (read(fd, &request, sizeof(request)) > 0)
			answer_any(fd, &request);
		else if (errno == ENODEV)
			break;
	}
}

pid_t cdm_fuse_answer(int fd)
{
	return cdm_fork(serve, &fd);
}

static bool has_ended(pid_t pid)
{
	siginfo_t info = {};

	return waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) ||
	       info.si_pid;
}

int cdm_fuse_wait_open(int fd, pid_t pid)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	union request request;
	int i;

	for (i = 0; i < CDM_TIMEOUT_MS / 10; i++) {
		if (has_ended(pid))
			return 0;
		if (poll(&pollfd, 1, 10) != 1)
			continue;
		if (read(fd, &request, sizeof(request)) < 0)
			return -1;
		if (request.header.opcode == FUSE_OPEN)
			return 1;
		answer_any(fd, &request);
	}
	return -1;
}

static int answer_write(int fd, const union request *request)
{
	const struct fuse_write_in *in =
		(const void *)(request->room + sizeof(request->header));
	const struct fuse_write_out written = { .size = in->size };

	return answer(fd, request, 0, &written, sizeof(written));
}

/*
 * As one that can only make a file and then open it; it has no more than this one,
 * and takes all that is written to it.
 */
static int answer_making(int fd, const union request *request, bool *made)
{
	const struct fuse_attr attr = {
		.ino = MADE_NODE,
		.mode = S_IFREG | 0600,
		.nlink = 1,
	};
	const struct fuse_entry_out entry = {
		.nodeid = MADE_NODE,
		.attr = attr,
	};
	const struct fuse_attr_out attributes = { .attr = attr };

	switch (request->header.opcode) {
	case FUSE_CREATE:
		return answer(fd, request, -ENOSYS, NULL, 0);
	case FUSE_MKNOD:
		*made = true;
		return answer(fd, request, 0, &entry, sizeof(entry));
	case FUSE_LOOKUP:
		return answer(fd, request, *made ? 0 : -ENOENT, &entry,
			      *made ? sizeof(entry) : 0);
	case FUSE_GETATTR:
	case FUSE_SETATTR:
		if (request->header.nodeid != MADE_NODE)
			break;
		return answer(fd, request, 0, &attributes, sizeof(attributes));
	case FUSE_WRITE:
		return answer_write(fd, request);
	}
	return answer_any(fd, request);
}

int cdm_fuse_between(int fd, pid_t maker, void (*between)(const void *arg),
		     const void *arg, pid_t *other)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	union request request, held;
	bool made = false;
	int i;

	*other = 0;
	for (i = 0; i < CDM_TIMEOUT_MS; i++) {
		if (*other && has_ended(*other) && held.header.unique) {
			answer_making(fd, &held, &made);
			held.header.unique = 0;
		}
		if (has_ended(maker))
			return *other ? 0 : -1;
		if (poll(&pollfd, 1, 1) != 1)
			continue;
		if (read(fd, &request, sizeof(request)) < 0)
			return -1;
		/* It asks whether it may open what it has just made. */
		if (made && !*other && request.header.opcode == FUSE_GETATTR &&
		    request.header.nodeid == MADE_NODE) {
			held = request;
			*other = cdm_fork(between, arg);
			continue;
		}
		answer_making(fd, &request, &made);
	}
	return -1;
}

/* Beside FUSE_ROOT_ID. */
#define PROGRAM_NODE	5
#define PAGE		4096

/**
 * struct program - a program that is served
 * @fd: of the file system
 * @file: what it has
 * @go: who waits goes on
 */
struct program {
	int fd;
	int file;
	const int *go;
};

static struct fuse_attr program_attr(const struct program *program)
{
	struct stat st;

	return (struct fuse_attr) {
		.ino = PROGRAM_NODE,
		.size = fstat(program->file, &st) ? 0 : st.st_size,
		.mode = S_IFREG | 0755,
		.nlink = 1,
	};
}

static int answer_read(const struct program *program, const union request *request)
{
	const struct fuse_read_in *in =
		(const void *)(request->room + sizeof(request->header));
	char data[16 * PAGE];
	ssize_t len = pread(program->file, data,
			    in->size < sizeof(data) ? in->size : sizeof(data),
			    in->offset);

	return answer(program->fd, request, len < 0 ? -EIO : 0, data,
		      len < 0 ? 0 : len);
}

static int answer_program(const struct program *program, const union request *request)
{
	static const struct fuse_open_out opened = { .open_flags = FOPEN_KEEP_CACHE };
	const char *body = request->room + sizeof(request->header);
	const struct fuse_entry_out entry = {
		.nodeid = PROGRAM_NODE,
		.attr = program_attr(program),
	};
	const struct fuse_attr_out attr = { .attr = entry.attr };

	switch (request->header.opcode) {
	case FUSE_LOOKUP:
		if (strcmp(body, CDM_FUSE_PROGRAM))
			break;
		return answer(program->fd, request, 0, &entry, sizeof(entry));
	case FUSE_GETATTR:
		if (request->header.nodeid != PROGRAM_NODE)
			break;
		return answer(program->fd, request, 0, &attr, sizeof(attr));
	case FUSE_OPEN:
		return answer(program->fd, request, 0, &opened, sizeof(opened));
	case FUSE_READ:
		return answer_read(program, request);
	}
	return answer_any(program->fd, request);
}

/*
 * What says how to execute it is in its first page. The next that is read is where its
 * data end, of which the kernel clears the rest: then it is what is executed.
 */
static bool is_late(const union request *request)
{
	const struct fuse_read_in *in =
		(const void *)(request->room + sizeof(request->header));

	return request->header.opcode == FUSE_READ && in->offset >= PAGE;
}

static void serve_program(const void *arg)
{
	const struct program *program = arg;
	struct pollfd pollfd = { .fd = program->fd, .events = POLLIN };
	union request request, late = {};

	for (;;) {
		if (late.header.unique && __atomic_load_n(program->go, __ATOMIC_ACQUIRE)) {
			answer_program(program, &late);
			late.header.unique = 0;
		}
		if (poll(&pollfd, 1, 10) != 1)
			continue;
		if (read(program->fd, &request, sizeof(request)) < 0) {
			if (errno == ENODEV)
				break;
		} else if (is_late(&request) && !late.header.unique &&
			   !__atomic_load_n(program->go, __ATOMIC_ACQUIRE)) {
			late = request;
		} else {
			answer_program(program, &request);
		}
	}
}

int cdm_fuse_serve_program(const char *dir, const int *go)
{
	const struct program program = {
		.fd = cdm_fuse_mount(dir),
		.file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC),
		.go = go,
	};
	pid_t pid = -1;

	if (program.fd >= 0 && program.file >= 0)
		pid = cdm_fork(serve_program, &program);
	close(program.fd);
	close(program.file);
	return pid < 0 ? -1 : 0;
}

int cdm_fuse_serve(const char *dir)
{
	int fd = cdm_fuse_mount(dir);
	pid_t pid;

	if (fd < 0)
		return -1;
	pid = cdm_fuse_answer(fd);
	close(fd);
	return pid < 0 ? -1 : 0;
}
