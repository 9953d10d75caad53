// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report.h"
#include "saved_tags.h"

#define HEAD "coredump-mon tags 1\n"
#define LINE_MAX_LEN 256

static void put_hex(FILE *file, const void *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		fprintf(file, "%02x", ((const unsigned char *)bytes)[i]);
}

static bool get_hex(const char *word, void *bytes, size_t len)
{
	unsigned int byte;

	if (strlen(word) != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (sscanf(word + 2 * i, "%2x", &byte) != 1)
			return false;
		((unsigned char *)bytes)[i] = (unsigned char)byte;
	}
	return true;
}

static void put_tag(FILE *file, const struct coredump_mon_saved_tag *saved)
{
	const struct coredump_mon_tag *tag = &saved->tag;

	put_hex(file, saved->uuid, sizeof(saved->uuid));
	fprintf(file, " %" PRIu64 " %" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRIu32
		" %" PRIu64 " ", (uint64_t)tag->ino, tag->generation, tag->origin,
		saved->uid, tag->pid, (uint64_t)tag->realtime_ns);
	put_hex(file, tag->comm, sizeof(tag->comm));
	fputc('\n', file);
}

static bool get_tag(const char *line, struct coredump_mon_saved_tag *saved)
{
	char uuid[2 * sizeof(saved->uuid) + 1];
	char comm[2 * sizeof(saved->tag.comm) + 1];
	struct coredump_mon_tag *tag = &saved->tag;
	uint64_t ino, realtime;
	uint32_t generation, origin, uid, pid;
	int len = 0;

	if (sscanf(line, "%32[0-9a-f] %" SCNu64 " %" SCNu32 " %" SCNu32 " %" SCNu32
		   " %" SCNu32 " %" SCNu64 " %32[0-9a-f]%n", uuid, &ino,
		   &generation, &origin, &uid, &pid, &realtime, comm, &len) != 8 ||
	    strcmp(line + len, "\n"))
		return false;
	memset(saved, 0, sizeof(*saved));
	saved->uid = uid;
	tag->ino = ino;
	tag->generation = generation;
	tag->origin = origin;
	tag->pid = pid;
	tag->realtime_ns = realtime;
	return get_hex(uuid, saved->uuid, sizeof(saved->uuid)) &&
	       get_hex(comm, tag->comm, sizeof(tag->comm)) &&
	       !tag->comm[sizeof(tag->comm) - 1];
}

/* So that the name leads to the new file after a loss of power, too. */
static int sync_directory(const char *path)
{
	char copy[PATH_MAX];
	int fd, ret;

	snprintf(copy, sizeof(copy), "%s", path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ret = fsync(fd);
	close(fd);
	return ret;
}

int saved_tags_write(const char *path, const struct coredump_mon_saved_tag *tags,
		     size_t count)
{
	char temporary[PATH_MAX];
	FILE *file;
	int fd;

	if (snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path) >=
	    (int)sizeof(temporary)) {
		report("%s: the name is too long", path);
		return -1;
	}
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0) {
		report("cannot make a file beside %s: %s: make its directory, or name a file elsewhere",
		       path, strerror(errno));
		return -1;
	}
	file = fdopen(fd, "w");
	if (!file) {
		close(fd);
		goto fail;
	}
	fputs(HEAD, file);
	for (size_t i = 0; i < count; i++)
		put_tag(file, &tags[i]);
	if (fflush(file) || ferror(file) || fsync(fd)) {
		fclose(file);
		goto fail;
	}
	if (fclose(file) || rename(temporary, path) || sync_directory(path))
		goto fail;
	return 0;
fail:
	report("cannot write %s: %s: what was there stays", path,
	       strerror(errno));
	unlink(temporary);
	return -1;
}

static FILE *open_trusted(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	FILE *file;

	if (fd < 0) {
		report("cannot open %s: %s%s", path, strerror(errno),
		       errno == ENOENT ? ": 'coredump-mon tags save' makes it" :
					 "");
		return NULL;
	}
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) ||
	    (st.st_uid && st.st_uid != geteuid()) || st.st_mode & 022) {
		report("%s is not believed: it has to be a regular file of root's that nobody else can write to",
		       path);
		close(fd);
		return NULL;
	}
	file = fdopen(fd, "r");
	if (!file) {
		report("cannot read %s: %s", path, strerror(errno));
		close(fd);
	}
	return file;
}

static int read_lines(FILE *file, const char *path,
		      struct coredump_mon_saved_tag *tags, size_t *count)
{
	char line[LINE_MAX_LEN];

	if (!fgets(line, sizeof(line), file) || strcmp(line, HEAD)) {
		report("%s:1: not what 'coredump-mon tags save' writes", path);
		return -1;
	}
	for (*count = 0; fgets(line, sizeof(line), file); (*count)++) {
		if (*count == COREDUMP_MON_TAGS_MAX) {
			report("%s: more than %d tags", path,
			       COREDUMP_MON_TAGS_MAX);
			return -1;
		}
		if (!get_tag(line, &tags[*count])) {
			report("%s:%zu: not a tag: no tag was restored", path,
			       *count + 2);
			return -1;
		}
	}
	if (ferror(file)) {
		report("cannot read %s: %s", path, strerror(errno));
		return -1;
	}
	return 0;
}

int saved_tags_read(const char *path, struct coredump_mon_saved_tag **tags,
		    size_t *count)
{
	FILE *file = open_trusted(path);
	int ret;

	if (!file)
		return -1;
	*tags = calloc(COREDUMP_MON_TAGS_MAX, sizeof(**tags));
	if (!*tags) {
		report("out of memory for %d tags", COREDUMP_MON_TAGS_MAX);
		fclose(file);
		return -1;
	}
	ret = read_lines(file, path, *tags, count);
	fclose(file);
	if (ret)
		free(*tags);
	return ret;
}
