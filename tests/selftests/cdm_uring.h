/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Opens through an io_uring: many in one system call.
 */
#ifndef _CDM_URING_H
#define _CDM_URING_H

#include <linux/io_uring.h>

struct cdm_uring {
	int fd;
	struct io_uring_params params;
	unsigned char *sq;
	unsigned char *cq;
	struct io_uring_sqe *sqes;
};

/* -1: there is no io_uring here. A child uses its own, not its parent's. */
int cdm_uring_up(struct cdm_uring *ring, unsigned int entries);
void cdm_uring_down(struct cdm_uring *ring);

/*
 * Opens a file for reading, so many times in one call; flags are those of each
 * submission. Results are descriptors or negative errnos. -1: not all were
 * taken.
 */
int cdm_uring_open(struct cdm_uring *ring, const char *path, __u8 flags,
		   unsigned int count, int *results);

#endif /* _CDM_URING_H */
