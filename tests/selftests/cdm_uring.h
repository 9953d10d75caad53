/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Opens through an io_uring: many in one system call.
 */
#ifndef _CDM_URING_H
#define _CDM_URING_H

#include <linux/io_uring.h>
#include <stdbool.h>

struct cdm_uring {
	int fd;
	struct io_uring_params params;
	unsigned char *sq;
	unsigned char *cq;
	struct io_uring_sqe *sqes;
};

/**
 * struct cdm_uring_how - how opens are submitted
 * @opcode: IORING_OP_OPENAT or IORING_OP_OPENAT2
 * @flags: of each submission: 0, or IOSQE_ASYNC for a worker
 * @polled: by the kernel's thread that polls for them
 * @direct: to the ring's own table of files, of one place
 */
struct cdm_uring_how {
	__u8 opcode;
	__u8 flags;
	bool polled;
	bool direct;
};

/* -1: there is no such io_uring here. A child uses its own, not its parent's. */
int cdm_uring_up(struct cdm_uring *ring, unsigned int entries,
		 const struct cdm_uring_how *how);
void cdm_uring_down(struct cdm_uring *ring);

/*
 * Opens a file for reading, so many times in one call. Results are descriptors
 * (0: a direct one) or negative errnos. -1: not all were taken.
 */
int cdm_uring_open(struct cdm_uring *ring, const char *path,
		   const struct cdm_uring_how *how, unsigned int count,
		   int *results);

#endif /* _CDM_URING_H */
