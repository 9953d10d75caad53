// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "out.h"
#include "report.h"

static char stdout_buffer[256 * 1024];
static struct out standard = {
	.fd = STDOUT_FILENO,
	.size = sizeof(stdout_buffer),
	.data = stdout_buffer,
};

struct out *out_stdout(void)
{
	return &standard;
}

void out_flush(struct out *out)
{
	size_t done = 0;

	while (out->fd >= 0 && !out->error && done < out->len) {
		ssize_t n = write(out->fd, out->data + done, out->len - done);

		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			out->error = errno;
	}
	out->len = 0;
}

int out_finish(struct out *out)
{
	out_flush(out);
	if (!out->error || out->error == EPIPE)
		return EXIT_SUCCESS;
	report_output(out->error);
	return EXIT_FAILURE;
}

void out_mem_slow(struct out *out, const void *data, size_t len)
{
	const char *from = data;

	if (out->fd < 0) {
		/* No half of anything, and nothing behind what is missing. */
		out->size = out->len;
		return;
	}
	while (len && !out->error) {
		size_t part = out->size - out->len;

		if (!part) {
			out_flush(out);
			continue;
		}
		if (part > len)
			part = len;
		memcpy(out->data + out->len, from, part);
		out->len += part;
		from += part;
		len -= part;
	}
}

void out_u64(struct out *out, uint64_t value)
{
	char digits[20];
	char *end = digits + sizeof(digits);
	char *p = end;

	do {
		*--p = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	out_mem(out, p, (size_t)(end - p));
}

void out_s64(struct out *out, int64_t value)
{
	if (value < 0) {
		out_char(out, '-');
		out_u64(out, -(uint64_t)value);
	} else {
		out_u64(out, (uint64_t)value);
	}
}

void out_hex(struct out *out, uint64_t value)
{
	char digits[18];
	char *end = digits + sizeof(digits);
	char *p = end;

	do {
		*--p = "0123456789abcdef"[value & 15];
		value >>= 4;
	} while (value);
	*--p = 'x';
	*--p = '0';
	out_mem(out, p, (size_t)(end - p));
}

void out_digits(struct out *out, uint32_t value, unsigned int digits)
{
	char buffer[10];

	for (unsigned int i = digits; i > 0; i--) {
		buffer[i - 1] = (char)('0' + value % 10);
		value /= 10;
	}
	out_mem(out, buffer, digits);
}

void out_mode(struct out *out, uint32_t mode)
{
	for (int shift = 9; shift >= 0; shift -= 3)
		out_char(out, (char)('0' + (mode >> shift & 7)));
}

void out_pad(struct out *out, size_t begun, size_t width)
{
	static const char blanks[] = "                                ";
	size_t used = out->len - begun;

	/* A flush in between, or a long word: one blank keeps them apart. */
	if (out->len < begun || used >= width || width - used >= sizeof(blanks))
		out_char(out, ' ');
	else
		out_mem(out, blanks, width - used);
}
