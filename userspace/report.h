/* SPDX-License-Identifier: GPL-2.0 */
/* What goes wrong, told on standard error. */
#ifndef REPORT_H
#define REPORT_H

/* The exit status of a usage error; the others are <stdlib.h>'s. */
#define EXIT_USAGE 2

__attribute__((format(printf, 1, 2)))
void report(const char *format, ...);
/* Standard output failed with @error. */
void report_output(int error);

#endif /* REPORT_H */
