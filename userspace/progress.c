// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "progress.h"
#include "stop.h"

#define WIDTH_MOST	256
#define WIDTH_ELSE	80
#define EVERY_NS	(NSEC_PER_SEC / 4)

void progress_begin(struct progress *progress)
{
	progress->on = isatty(STDERR_FILENO);
	progress->shown = 0;
	progress->next = stop_clock() + EVERY_NS;
}

bool progress_due(struct progress *progress)
{
	return progress->on && stop_clock() >= progress->next;
}

/* One less than there are: in the last one, some terminals begin a new line. */
static size_t width(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
		return WIDTH_ELSE - 1;
	return (size.ws_col < WIDTH_MOST ? size.ws_col : WIDTH_MOST) - 1U;
}

void progress_show(struct progress *progress, const char *text, size_t len)
{
	size_t most = width();
	char line[WIDTH_MOST] = "";

	if (len > most)
		len = most;
	for (size_t i = 0; i < len; i++)
		line[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
	progress_clear(progress);
	fprintf(stderr, "%.*s", (int)len, line);
	progress->shown = len;
	progress->next = stop_clock() + EVERY_NS;
}

void progress_clear(struct progress *progress)
{
	if (progress->shown)
		fprintf(stderr, "\r%*s\r", (int)progress->shown, "");
	progress->shown = 0;
}
