// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "report.h"

void report(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("coredump-mon: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
}

void report_output(int error)
{
	switch (error) {
	case EBADF:
		report("standard output is closed: send it to a terminal, a file, a pipe or /dev/null");
		break;
	case ENOSPC:
	case EDQUOT:
		report("cannot write to standard output: %s: make room there, or send it elsewhere",
		       strerror(error));
		break;
	default:
		report("cannot write to standard output: %s: send it elsewhere",
		       strerror(error));
	}
}
