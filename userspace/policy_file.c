// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy_file.h"
#include "policy_read.h"
#include "report.h"

/*
 * Is it such a file that it may be taken? Who can write to it says what is denied, and
 * to whom. Whoever names a pipe means who fills it.
 */
static bool may_be_taken(const char *path, const struct stat *st,
			 enum policy_file_use use)
{
	const bool warns = use == POLICY_FILE_CHECK;
	const char *taken = warns ? "would not be loaded" : "is not loaded";
	const unsigned int mode = st->st_mode & 07777;
	bool good = true;

	if (!S_ISREG(st->st_mode))
		return true;
	if (st->st_uid && st->st_uid != geteuid()) {
		report("%s'%s' %s: it belongs to user %u (mode %04o), who can write to it: when it says what you mean, 'chown root' it",
		       warns ? "warning: " : "", path, taken, st->st_uid, mode);
		good = warns;
	}
	/* Where there is an access control list, the group's bits are its mask. */
	if (mode & 0022) {
		report("%s'%s' %s: others than its owner, user %u, can write to it (mode %04o): when it says what you mean, 'chmod go-w' it",
		       warns ? "warning: " : "", path, taken, st->st_uid, mode);
		good = warns;
	}
	return good;
}

/* Fills @text as far as there is something to read; -1: it is told. */
static ssize_t read_all(const char *path, enum policy_file_use use, char *text,
			size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	size_t len = 0;
	ssize_t n = fd < 0 || fstat(fd, &st) ? -1 : 1;

	if (n > 0 && !may_be_taken(path, &st, use)) {
		close(fd);
		return -1;
	}
	while (n > 0 && len < size) {
		n = read(fd, text + len, size - len);
		if (n > 0)
			len += (size_t)n;
		else if (n < 0 && errno == EINTR)
			n = 1;
	}
	if (n < 0)
		report("cannot read '%s': %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return n < 0 ? -1 : (ssize_t)len;
}

static void tell(const struct policy_errors *errors)
{
	char buffer[4096];
	struct out out = {
		.fd = STDERR_FILENO,
		.size = sizeof(buffer),
		.data = buffer,
	};

	if (!errors->found) {
		policy_errors_write_warnings(errors, &out);
		out_flush(&out);
		return;
	}
	policy_errors_write(errors, &out);
	out_flush(&out);
	if (errors->found == 1)
		report("'%s' has an error", errors->file);
	else if (policy_errors_full(errors))
		report("'%s' has more than %d errors", errors->file,
		       POLICY_ERRORS_MAX);
	else
		report("'%s' has %zu errors", errors->file, errors->found);
}

bool policy_file_read(const char *path, enum policy_file_use use,
		      struct policy_file *file)
{
	struct policy_errors errors = { .file = path };
	ssize_t len;

	memset(file, 0, sizeof(*file));
	file->text = malloc(POLICY_FILE_MAX + 1);
	if (!file->text) {
		report("out of memory");
		return false;
	}
	len = read_all(path, use, file->text, POLICY_FILE_MAX + 1);
	if (len > (ssize_t)POLICY_FILE_MAX) {
		report("'%s' has more than %u bytes, which no policy may have",
		       path, POLICY_FILE_MAX);
	} else if (len >= 0) {
		file->len = (size_t)len;
		errors.text = file->text;
		errors.len = file->len;
		file->policy = policy_parse(&errors);
		tell(&errors);
		policy_errors_free(&errors);
	}
	if (!file->policy)
		policy_file_free(file);
	return file->policy;
}

void policy_file_free(struct policy_file *file)
{
	policy_free(file->policy);
	free(file->text);
	memset(file, 0, sizeof(*file));
}
