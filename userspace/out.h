/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where results go: a buffer in front of a descriptor. What is made per event
 * is written with these alone; the printf family costs more than the event.
 */
#ifndef OUT_H
#define OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/**
 * struct out - a buffer, and what it is emptied into
 * @fd: where to; -1: nowhere, and what does not fit is dropped
 * @error: errno of the write that failed; nothing is written after it
 * @len: bytes in the buffer
 * @size: bytes that fit
 * @data: the buffer
 */
struct out {
	int fd;
	int error;
	size_t len;
	size_t size;
	char *data;
};

/* Standard output, with the one large buffer. */
struct out *out_stdout(void);
void out_flush(struct out *out);
/*
 * Empty the buffer and tell what went wrong, if anything did. Gives the exit
 * status: a reader that went away is no failure.
 */
int out_finish(struct out *out);

void out_mem_slow(struct out *out, const void *data, size_t len);
void out_u64(struct out *out, uint64_t value);
void out_s64(struct out *out, int64_t value);
void out_hex(struct out *out, uint64_t value);
/* With as many leading zeros as it takes to have @digits. */
void out_digits(struct out *out, uint32_t value, unsigned int digits);
/* Permissions and set-ID bits of a file mode, in octal. */
void out_mode(struct out *out, uint32_t mode);
void out_pad(struct out *out, size_t begun, size_t width);

static inline void out_mem(struct out *out, const void *data, size_t len)
{
	if (len > out->size - out->len) {
		out_mem_slow(out, data, len);
		return;
	}
	memcpy(out->data + out->len, data, len);
	out->len += len;
}

static inline void out_char(struct out *out, char c)
{
	out_mem(out, &c, 1);
}

static inline void out_str(struct out *out, const char *s)
{
	out_mem(out, s, strlen(s));
}

#endif /* OUT_H */
