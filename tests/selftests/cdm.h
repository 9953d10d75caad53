/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of coredump_mon share: a reader that checks the form of all
 * that it reads, children that crash, and a system put back as it was.
 */
#ifndef _CDM_H
#define _CDM_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/types.h>

#include <linux/coredump_mon.h>

#define CDM_DEVICE	"/dev/" COREDUMP_MON_DEVICE
#define CDM_MODULE	"coredump_mon"

/* Of the harness, in seconds: an emulated machine that is not alone takes its time. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	120

/* How long a record may take: nobody waits so long unless it is missing. */
#define CDM_TIMEOUT_MS	25000

/* cdm_record.c: what is in a record */

/* One attribute's value; data is NULL where there is none. */
struct cdm_value {
	const void *data;
	__u32 len;
	__u16 flags;
};

bool cdm_record_ok(const struct coredump_mon_record *rec, size_t room);

/* The nth attribute of a type, of those in outer (0: of the record itself). */
struct cdm_value cdm_get_nth(const struct coredump_mon_record *rec, int outer,
			     int type, unsigned int nth);
struct cdm_value cdm_get(const struct coredump_mon_record *rec, int outer,
			 int type);
struct cdm_value cdm_get_in(struct cdm_value outer, int type);

/* A structure of at least that size, or NULL. */
const void *cdm_struct(struct cdm_value value, size_t size);

/* A string, terminated, good until a few others were asked for; or NULL. */
const char *cdm_string(struct cdm_value value);

static inline const struct coredump_mon_task *
cdm_task(const struct coredump_mon_record *rec, int outer)
{
	return cdm_struct(cdm_get(rec, outer, COREDUMP_MON_A_TASK),
			  sizeof(struct coredump_mon_task));
}

static inline const struct coredump_mon_cred *
cdm_cred(const struct coredump_mon_record *rec, int outer)
{
	return cdm_struct(cdm_get(rec, outer, COREDUMP_MON_A_CRED),
			  sizeof(struct coredump_mon_cred));
}

static inline const struct coredump_mon_file_id *
cdm_file(const struct coredump_mon_record *rec)
{
	return cdm_struct(cdm_get(rec, COREDUMP_MON_A_FILE,
				  COREDUMP_MON_A_FILE_ID),
			  sizeof(struct coredump_mon_file_id));
}

static inline const struct coredump_mon_dump *
cdm_dump(const struct coredump_mon_record *rec)
{
	return cdm_struct(cdm_get(rec, 0, COREDUMP_MON_A_DUMP),
			  sizeof(struct coredump_mon_dump));
}

static inline const struct coredump_mon_decision *
cdm_decision(const struct coredump_mon_record *rec)
{
	return cdm_struct(cdm_get(rec, 0, COREDUMP_MON_A_DECISION),
			  sizeof(struct coredump_mon_decision));
}

static inline const struct coredump_mon_result *
cdm_result(const struct coredump_mon_record *rec)
{
	return cdm_struct(cdm_get(rec, 0, COREDUMP_MON_A_RESULT),
			  sizeof(struct coredump_mon_result));
}

static inline const struct coredump_mon_policy *
cdm_policy(const struct coredump_mon_record *rec)
{
	return cdm_struct(cdm_get(rec, 0, COREDUMP_MON_A_POLICY),
			  sizeof(struct coredump_mon_policy));
}

static inline const struct coredump_mon_lost *
cdm_lost(const struct coredump_mon_record *rec)
{
	return cdm_struct(cdm_get(rec, 0, COREDUMP_MON_A_LOST),
			  sizeof(struct coredump_mon_lost));
}

static inline const char *cdm_path(const struct coredump_mon_record *rec)
{
	return cdm_string(cdm_get(rec, COREDUMP_MON_A_FILE,
				  COREDUMP_MON_A_PATH));
}

/* cdm_device.c: the device */

struct cdm_reader {
	int fd;
	unsigned char *buf;
	size_t len;
	size_t pos;
	__u64 last_seq;
};

/* Non-blocking, for reading and writing, at the end of what is there. */
int cdm_reader_open(struct cdm_reader *r);
void cdm_reader_close(struct cdm_reader *r);
/* From the end of what is there, or (whence SEEK_SET) from its beginning. */
int cdm_reader_seek(struct cdm_reader *r, int whence);

/* The next record, good until the next call; NULL: none came, or a bad one. */
const struct coredump_mon_record *cdm_next(struct cdm_reader *r,
					   int timeout_ms);
/* The next of a type that a process made (0: any); skips all others. */
const struct coredump_mon_record *cdm_next_of(struct cdm_reader *r, int type,
					      pid_t pid);
/*
 * How many records of a type a process made up to now. Makes a record of its
 * own and reads up to it: "none" is never just "not yet", nor "nothing works".
 * -1: that one did not come.
 */
int cdm_count(struct cdm_reader *r, int type, pid_t pid);

int cdm_set_mode(int fd, __u32 mode, __u32 flags);
int cdm_info(int fd, struct coredump_mon_info *info);
int cdm_stats(int fd, struct coredump_mon_stats *stats);
int cdm_set_directories(int fd, const char *const *paths, __u32 count);
int cdm_tag(int fd, unsigned long request, const char *path);

/* cdm_child.c: children */

/*
 * Forks a child with default signal handling that runs fn and exits 0; returns
 * when it is about to call fn. It dies with its parent.
 */
pid_t cdm_fork(void (*fn)(const void *arg), const void *arg);
int cdm_wait(pid_t pid);
int cdm_run(void (*fn)(const void *arg), const void *arg);

/* These are for cdm_fork(). */
void cdm_raise(const void *signo);
void cdm_fault(const void *address);
void cdm_pause(const void *unused);
void cdm_open_read(const void *path);
/* Also with some megabytes of memory in use. */
void cdm_raise_big(const void *signo);

/* cdm_system.c: the system around */

int cdm_write_file(const char *path, const char *text);
int cdm_read_file(const char *path, char *buf, size_t size);
int cdm_make_file(const char *path, const char *content);
int cdm_core_pattern(const char *pattern);
/* "Key:" and what follows on that line of /proc/PID/status. */
int cdm_status_line(pid_t pid, const char *key, char *buf, size_t size);

/* modprobe, its parameter may be NULL; rmmod, tried again while it is busy. */
int cdm_load(const char *parameter);
int cdm_unload(void);
/* As it is by default; for atexit(). */
void cdm_reload(void);

/*
 * A directory of one's own on the disk, watched alone; core_pattern puts cores
 * in it as core.PID; another that is not watched; permissive; a reader at the
 * end.
 */
struct cdm_env {
	struct cdm_reader reader;
	char dir[64];
	char elsewhere[64];
	char core_pattern[256];
};

int cdm_env_up(struct cdm_env *env);
void cdm_env_down(struct cdm_env *env);
/* Has it without the module for some time, and with it again as before. */
int cdm_env_unload(struct cdm_env *env);
int cdm_env_load(struct cdm_env *env);
/* A path in that directory, good until a few others were asked for. */
const char *cdm_env_path(const struct cdm_env *env, const char *name);
/* Where that process leaves its core. */
const char *cdm_env_core(const struct cdm_env *env, pid_t pid);
/* Has a child leave a core there; returns its path. */
const char *cdm_env_make_core(struct cdm_env *env);

/* Skips the program unless run by root with the module there. */
void cdm_main_up(void);

/* In place of TEST_HARNESS_MAIN. */
#define CDM_HARNESS_MAIN				\
	int main(int argc, char **argv)			\
	{						\
		cdm_main_up();				\
		return test_harness_run(argc, argv);	\
	}

#endif /* _CDM_H */
