// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <systemd/sd-id128.h>
#include <unistd.h>

#include "report.h"
#include "resume.h"

/*
 * Boot, load, done, begun, held. Of one length always, so that it is overwritten
 * in place by a single write() within a page: whoever kills us, the file holds
 * the line from before or the new one. What a loss of power makes of it does not
 * matter, as it is of another boot then.
 */
#define LINE "%s %020" PRIu64 " %020" PRIu64 " %020" PRIu64 \
	" %020" PRIu64 "\n"
#define LINE_LEN (32 + 4 * 21 + 1)

static void parse(struct resume *resume, const char *line)
{
	char boot[33];
	uint64_t loaded_ns, done, begun, held;

	if (sscanf(line, "%32[0-9a-f] %" SCNu64 " %" SCNu64 " %" SCNu64
		   " %" SCNu64, boot, &loaded_ns, &done, &begun, &held) != 5) {
		report("%s does not hold what is kept there and is not believed: all that the module still has is written",
		       resume->path);
		return;
	}
	if (strcmp(boot, resume->boot))
		return;
	resume->loaded_ns = loaded_ns;
	resume->done = done;
	resume->begun = begun;
	resume->held = held;
}

int resume_open(struct resume *resume, const char *path)
{
	char line[LINE_LEN + 2];
	sd_id128_t boot;
	ssize_t n;
	int ret;

	*resume = (struct resume) { .fd = -1, .path = path };
	ret = sd_id128_get_boot(&boot);
	if (ret < 0) {
		report("cannot tell which boot this is: %s: is /proc mounted?",
		       strerror(-ret));
		return -1;
	}
	sd_id128_to_string(boot, resume->boot);
	resume->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW |
			  O_NONBLOCK, 0600);
	if (resume->fd < 0) {
		report("cannot open %s: %s: name a file that can be written",
		       path, strerror(errno));
		return -1;
	}
	if (flock(resume->fd, LOCK_EX | LOCK_NB)) {
		report("%s is in use: end the other coredump-mon that keeps its place there, or name another file",
		       path);
		goto fail;
	}
	n = pread(resume->fd, line, LINE_LEN + 1, 0);
	if (n < 0 || n > LINE_LEN) {
		report("cannot keep a place in %s: %s: name another file", path,
		       n < 0 ? strerror(errno) : "it holds something else");
		goto fail;
	}
	line[n] = '\0';
	if (n)
		parse(resume, line);
	return 0;
fail:
	close(resume->fd);
	return -1;
}

void resume_keep(struct resume *resume)
{
	char line[LINE_LEN + 1];

	if (resume->fd < 0)
		return;
	snprintf(line, sizeof(line), LINE, resume->boot, resume->loaded_ns,
		 resume->done, resume->begun, resume->held);
	if (pwrite(resume->fd, line, LINE_LEN, 0) == LINE_LEN) {
		resume->failed = false;
		return;
	}
	if (!resume->failed)
		report("cannot write to %s: %s: make room there, or events are written twice after a restart",
		       resume->path, strerror(errno));
	resume->failed = true;
}
