// SPDX-License-Identifier: GPL-2.0
/*
 * The little of io_uring that opening files takes, with no library.
 */
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cdm_uring.h"

static void *map(const struct cdm_uring *ring, size_t len, __u64 offset)
{
	return mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd,
		    offset);
}

static size_t sq_bytes(const struct cdm_uring *ring)
{
	return ring->params.sq_off.array + ring->params.sq_entries * sizeof(__u32);
}

static size_t cq_bytes(const struct cdm_uring *ring)
{
	return ring->params.cq_off.cqes +
	       ring->params.cq_entries * sizeof(struct io_uring_cqe);
}

static size_t sqe_bytes(const struct cdm_uring *ring)
{
	return ring->params.sq_entries * sizeof(struct io_uring_sqe);
}

/* A table of files, with one empty place. */
static int add_table(const struct cdm_uring *ring)
{
	const int none = -1;

	return syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_FILES,
		       &none, 1);
}

int cdm_uring_up(struct cdm_uring *ring, unsigned int entries,
		 const struct cdm_uring_how *how)
{
	memset(ring, 0, sizeof(*ring));
	if (how->polled) {
		ring->params.flags = IORING_SETUP_SQPOLL;
		/* In ms: it is not to use up a CPU. */
		ring->params.sq_thread_idle = 1;
	}
	ring->fd = syscall(SYS_io_uring_setup, entries, &ring->params);
	if (ring->fd < 0)
		return -1;
	ring->sq = map(ring, sq_bytes(ring), IORING_OFF_SQ_RING);
	ring->cq = map(ring, cq_bytes(ring), IORING_OFF_CQ_RING);
	ring->sqes = map(ring, sqe_bytes(ring), IORING_OFF_SQES);
	return ring->sq == MAP_FAILED || ring->cq == MAP_FAILED ||
	       ring->sqes == MAP_FAILED ||
	       (how->direct && add_table(ring)) ? -1 : 0;
}

void cdm_uring_down(struct cdm_uring *ring)
{
	munmap(ring->sq, sq_bytes(ring));
	munmap(ring->cq, cq_bytes(ring));
	munmap(ring->sqes, sqe_bytes(ring));
	close(ring->fd);
}

int cdm_uring_open(struct cdm_uring *ring, const char *path,
		   const struct cdm_uring_how *how, unsigned int count,
		   int *results)
{
	static const struct open_how open_how = { .flags = O_RDONLY };
	unsigned int *tail = (void *)(ring->sq + ring->params.sq_off.tail),
		     *array = (void *)(ring->sq + ring->params.sq_off.array),
		     *head = (void *)(ring->cq + ring->params.cq_off.head);
	const struct io_uring_cqe *cqes =
		(void *)(ring->cq + ring->params.cq_off.cqes);
	unsigned int i;

	for (i = 0; i < count; i++) {
		unsigned int at = (*tail + i) % ring->params.sq_entries;
		struct io_uring_sqe *sqe = &ring->sqes[at];

		memset(sqe, 0, sizeof(*sqe));
		sqe->opcode = how->opcode;
		sqe->flags = how->flags;
		sqe->fd = AT_FDCWD;
		sqe->addr = (uintptr_t)path;
		if (how->opcode == IORING_OP_OPENAT2) {
			sqe->len = sizeof(open_how);
			sqe->off = (uintptr_t)&open_how;
		}
		/* By its older name: the place in the table, from 1. */
		sqe->splice_fd_in = how->direct;
		sqe->user_data = i;
		array[at] = at;
	}
	__atomic_store_n(tail, *tail + count, __ATOMIC_RELEASE);
	/* All are submitted before the first that is done is waited for. */
	if (syscall(SYS_io_uring_enter, ring->fd, count, count,
		    IORING_ENTER_GETEVENTS | IORING_ENTER_SQ_WAKEUP, NULL,
		    0) != count)
		return -1;
	for (i = 0; i < count; i++) {
		const struct io_uring_cqe *cqe =
			&cqes[(*head + i) % ring->params.cq_entries];

		results[cqe->user_data] = cqe->res;
	}
	__atomic_store_n(head, *head + count, __ATOMIC_RELEASE);
	return 0;
}
