// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <linux/magic.h>

#include "array.h"
#include "command.h"
#include "core_file.h"
#include "device.h"
#include "escape.h"
#include "found.h"
#include "known.h"
#include "progress.h"
#include "report.h"
#include "stop.h"

/*
 * fts(3) stops for good when its buffer would have more than 65535 bytes, and it
 * doubles that.
 */
#define PATH_LEN_MOST	32000

/**
 * struct scan - what is done, and how far it is
 * @dirs: where to look
 * @dir_count: how many
 * @json: how it is told
 * @tag: tag what is found
 * @one_file_system: stay on that of each of @dirs
 * @failed: something could not be looked at or tagged
 * @device: open for that, or -1
 * @known: what the module knows
 * @top: of @dirs, the one being looked at, without symbolic links
 * @looked: files looked at
 * @found: core files
 * @progress: what tells a person that
 */
struct scan {
	char **dirs;
	int dir_count;
	bool json;
	bool tag;
	bool one_file_system;
	bool failed;
	int device;
	struct known known;
	char *top;
	uint64_t looked;
	uint64_t found;
	struct progress progress;
};

/* Of any name, text that can be shown; until the next call. */
static const char *shown(const char *name)
{
	static char text[64 * 1024];
	struct out out = { .fd = -1, .size = sizeof(text) - 1, .data = text };

	escape_word(&out, name, strlen(name));
	text[out.len] = '\0';
	return text;
}

/* @why: with the way out */
static void complain(struct scan *scan, const char *path, const char *why)
{
	progress_clear(&scan->progress);
	report("%s: %s", shown(path), why);
	scan->failed = true;
}

static void complain_errno(struct scan *scan, const char *path, int error)
{
	switch (error) {
	case EACCES:
	case EPERM:
		complain(scan, path, geteuid() ?
			 "no permission to look into it: run this as root" :
			 "root is refused to look into it: if the module is (see 'coredump-mon policy mode'), look while it is permissive");
		break;
	case EAGAIN:
		complain(scan, path, "another process has a lease on it: look again when that is done");
		break;
	default:
		complain(scan, path, strerror(error));
	}
}

static void tell_progress(struct scan *scan, const FTSENT *ent)
{
	char text[256];
	int len;

	if (!progress_due(&scan->progress))
		return;
	len = snprintf(text, sizeof(text), "%llu files looked at, %llu found, in %.*s",
		       (unsigned long long)scan->looked,
		       (unsigned long long)scan->found,
		       ent->fts_pathlen - ent->fts_namelen, ent->fts_path);
	if (len > 0)
		progress_show(&scan->progress, text,
			      (size_t)len < sizeof(text) ? (size_t)len :
							   sizeof(text) - 1);
}

/**
 * struct above - what all directories above a file come to
 * @readers: who passes them; has looked at the file already
 * @watched: one of them is watched
 */
struct above {
	struct readers readers;
	bool watched;
};

static void look_at_directory(const struct scan *scan, struct above *above,
			      const struct stat *st)
{
	readers_pass(&above->readers, st, 0001);
	above->watched |= known_watched(&scan->known, st);
}

/* First those below the directory that was named, then those above it. */
static int look_above(const struct scan *scan, const FTSENT *ent,
		      struct above *above)
{
	const FTSENT *dir = ent->fts_parent;
	struct stat st;
	char *path;
	char *slash;

	for (; dir->fts_level >= FTS_ROOTLEVEL; dir = dir->fts_parent)
		look_at_directory(scan, above, dir->fts_statp);
	path = strdup(scan->top);
	if (!path)
		return -1;
	while (path[1] && (slash = strrchr(path, '/'))) {
		/* Of /, what stands behind it. */
		slash[slash == path] = '\0';
		if (!stat(path, &st))
			look_at_directory(scan, above, &st);
	}
	free(path);
	return 0;
}

/* That it was read does not show, where that can be had. */
static int open_to_read(const char *name)
{
	int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	int fd = open(name, flags | O_NOATIME);

	return fd < 0 && errno == EPERM ? open(name, flags) : fd;
}

static void tell(struct scan *scan, const FTSENT *ent, struct found *found,
		 int fd)
{
	struct out *out = out_stdout();

	scan->found++;
	found->path = ent->fts_path;
	found->acl = lgetxattr(ent->fts_accpath, "system.posix_acl_access",
			       NULL, 0) > 0;
	found->asked = scan->known.there;
	found->tagged = known_tagged(&scan->known, &found->st, fd);
	progress_clear(&scan->progress);
	if (scan->tag && !found->tagged) {
		found->tagged = device_tag_fd(scan->device,
					      COREDUMP_MON_IOC_TAG_ADD, fd,
					      shown(found->path)) >= 0;
		scan->failed |= !found->tagged;
	}
	if (scan->json)
		found_json(out, found);
	else
		found_text(out, found);
	/* Each as it is found. */
	out_flush(out);
}

/* What is behind @fd, and is told if it is a core file. */
static void look_into(struct scan *scan, const FTSENT *ent, int fd,
		      bool refused)
{
	struct found found = { .kind = CORE_KNOWN };
	struct above above = { 0 };
	const char *why;

	/* It may be another one by now than the one that was seen. */
	if (fstat(fd, &found.st)) {
		complain_errno(scan, ent->fts_path, errno);
		return;
	}
	if (!S_ISREG(found.st.st_mode))
		return;
	if (!refused && core_file(fd, &found.kind, &why)) {
		if (!stop_asked())
			complain(scan, ent->fts_path, why);
		return;
	}
	if (found.kind == CORE_NONE)
		return;
	readers_pass(&above.readers, &found.st, 0004);
	if (look_above(scan, ent, &above)) {
		complain_errno(scan, ent->fts_path, ENOMEM);
		return;
	}
	if (refused && !above.watched &&
	    !known_tagged(&scan->known, &found.st, fd)) {
		complain_errno(scan, ent->fts_path, EACCES);
		return;
	}
	found.readers = above.readers;
	tell(scan, ent, &found, fd);
}

static void look_at(struct scan *scan, const FTSENT *ent)
{
	int fd = open_to_read(ent->fts_accpath);
	bool refused = fd < 0 && errno == EACCES;

	scan->looked++;
	/* By the module, perhaps, and then it can be named all the same. */
	if (refused)
		fd = open(ent->fts_accpath, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		/* It is gone, or no regular file any more. */
		if (errno != ENOENT && errno != ELOOP && errno != ENXIO)
			complain_errno(scan, ent->fts_path, errno);
		return;
	}
	look_into(scan, ent, fd, refused);
	close(fd);
}

/* Whether the kernel makes up what is there. */
static bool is_pseudo(const char *path)
{
	static const unsigned long magics[] = {
		AAFS_MAGIC, BINFMTFS_MAGIC, BPF_FS_MAGIC, CGROUP2_SUPER_MAGIC,
		CGROUP_SUPER_MAGIC, 0x62656570 /* configfs */, DEBUGFS_MAGIC,
		DEVPTS_SUPER_MAGIC, EFIVARFS_MAGIC, NSFS_MAGIC,
		PROC_SUPER_MAGIC, RDTGROUP_SUPER_MAGIC, SECURITYFS_MAGIC,
		SELINUX_MAGIC, SMACK_MAGIC, SYSFS_MAGIC, TRACEFS_MAGIC,
	};
	struct statfs fs;

	if (statfs(path, &fs))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(magics); i++) {
		if ((unsigned int)fs.f_type == magics[i])
			return true;
	}
	return false;
}

/* Whether to go down into a directory. */
static bool is_wanted(struct scan *scan, const FTSENT *ent)
{
	if (ent->fts_pathlen > PATH_LEN_MOST) {
		complain(scan, ent->fts_path, "too deep to look into: move it up");
		return false;
	}
	if (ent->fts_level == FTS_ROOTLEVEL) {
		if (!is_pseudo(ent->fts_accpath))
			return true;
		complain(scan, ent->fts_path, "the kernel makes up what is there: name a directory of files");
		return false;
	}
	return ent->fts_dev == ent->fts_parent->fts_dev ||
	       !is_pseudo(ent->fts_accpath);
}

static void visit(struct scan *scan, FTS *fts, FTSENT *ent)
{
	tell_progress(scan, ent);
	switch (ent->fts_info) {
	case FTS_D:
		if (!is_wanted(scan, ent))
			fts_set(fts, ent, FTS_SKIP);
		break;
	case FTS_F:
		look_at(scan, ent);
		break;
	case FTS_NS:
	case FTS_DNR:
	case FTS_ERR:
		if (ent->fts_errno != ENOENT)
			complain_errno(scan, ent->fts_path, ent->fts_errno);
		break;
	}
}

static bool is_over(void)
{
	return stop_asked() || out_stdout()->error;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static void scan_below(struct scan *scan)
{
	char *const tops[] = { scan->top, NULL };
	int options = FTS_PHYSICAL | (scan->one_file_system ? FTS_XDEV : 0);
	FTS *fts = fts_open(tops, options, by_name);
	FTSENT *ent;

	if (!fts) {
		complain_errno(scan, scan->top, errno);
		return;
	}
	errno = 0;
	while (!is_over() && (ent = fts_read(fts))) {
		visit(scan, fts, ent);
		errno = 0;
	}
	if (errno && !is_over())
		complain_errno(scan, scan->top, errno);
	fts_close(fts);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct scan *scan = state->input;

	switch (key) {
	case 'j':
		scan->json = true;
		return 0;
	case 't':
		scan->tag = true;
		return 0;
	case 'x':
		scan->one_file_system = true;
		return 0;
	case ARGP_KEY_ARG:
		scan->dirs[scan->dir_count++] = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "a DIRECTORY is missing");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The module is asked if it is there; only who tags cannot do without it. */
static int ask_module(struct scan *scan)
{
	scan->device = -1;
	if (!scan->tag && access(DEVICE_PATH, R_OK))
		return 0;
	scan->device = device_open(scan->tag ? O_RDWR : O_RDONLY);
	if (scan->device >= 0 && !known_read(&scan->known, scan->device))
		return 0;
	return scan->tag ? -1 : 0;
}

static void scan_all(struct scan *scan)
{
	char **tops = scan->dirs;

	progress_begin(&scan->progress);
	for (int i = 0; i < scan->dir_count; i++) {
		char *top = realpath(tops[i], NULL);

		if (!top)
			complain_errno(scan, tops[i], errno);
		tops[i] = top;
	}
	/* Where fts(3) can come back to, whoever runs this and wherever. */
	if (chdir("/"))
		complain_errno(scan, "/", errno);
	for (int i = 0; i < scan->dir_count; i++) {
		scan->top = tops[i];
		if (scan->top && !is_over())
			scan_below(scan);
		free(scan->top);
	}
	progress_clear(&scan->progress);
}

int cmd_tags_scan(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ "json", 'j', NULL, 0, "an object a line", 0 },
		{ "tag", 't', NULL, 0, "tag each, so that it counts as a core file (root)", 0 },
		{ "one-file-system", 'x', NULL, 0, "do not go to what is mounted below", 0 },
		{ 0 },
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "DIRECTORY...",
		.doc = "Find core files below each DIRECTORY, also compressed ones and those in reports, by what is in them, and tell who could read them.",
	};
	struct scan scan = { .dirs = calloc((size_t)argc, sizeof(char *)) };
	int status;

	if (!scan.dirs) {
		report("out of memory");
		return EXIT_FAILURE;
	}
	command_parse(&argp, argc, argv, &scan);
	/* Children are waited for. */
	signal(SIGCHLD, SIG_DFL);
	stop_catch();
	if (ask_module(&scan))
		scan.failed = true;
	else
		scan_all(&scan);
	known_free(&scan.known);
	if (scan.device >= 0)
		close(scan.device);
	free(scan.dirs);
	if (stop_asked()) {
		report("ended by a signal before all was looked at");
		scan.failed = true;
	}
	status = out_finish(out_stdout());
	return scan.failed ? EXIT_FAILURE : status;
}
