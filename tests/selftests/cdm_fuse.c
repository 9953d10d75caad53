// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include "cdm.h"
#include "cdm_fuse.h"

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

/* The one request that is answered, as without that there is no other. */
static int answer_init(int fd)
{
	struct {
		struct fuse_out_header header;
		struct fuse_init_out init;
	} answer = {
		.header.len = sizeof(answer),
		.init.major = FUSE_KERNEL_VERSION,
		.init.minor = FUSE_KERNEL_MINOR_VERSION,
		.init.max_write = 4096,
	};
	union request request;

	if (next(fd, &request) || request.header.opcode != FUSE_INIT)
		return -1;
	answer.header.unique = request.header.unique;
	return write(fd, &answer, sizeof(answer)) == sizeof(answer) ? 0 : -1;
}

int cdm_fuse_mount(const char *dir)
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
		 "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
	if (mount("silent", dir, "fuse", 0, options) || answer_init(fd)) {
		close(fd);
		return -1;
	}
	return fd;
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
