/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A file system whose server does not answer: who looks something up in it
 * waits, even if killed, until it is given up. And one whose server does, or did.
 */
#ifndef _CDM_FUSE_H
#define _CDM_FUSE_H

#include <sys/types.h>

/* Mounts one there. Returns a descriptor; -1: there is no FUSE here. */
int cdm_fuse_mount(const char *dir);
/* One that is asked for attributes before each open. */
int cdm_fuse_mount_asking(const char *dir);

/* Waits until somebody looks something up in it, who cannot be woken then. */
int cdm_fuse_wait(int fd);

/*
 * Answers for as long as that process does not open a file in it: 1: it does, and
 * waits; 0: it has ended; -1: neither.
 */
int cdm_fuse_wait_open(int fd, pid_t pid);

/*
 * For one that is asked: answers until a process has ended that makes a file in it.
 * That is there for all before it is open, and just then who makes it waits until
 * another process has ended, which does @between. The caller waits for both.
 */
int cdm_fuse_between(int fd, pid_t maker, void (*between)(const void *arg),
		     const void *arg, pid_t *other);

/* A child that answers, until it is killed. It has the descriptor too. */
pid_t cdm_fuse_answer(int fd);

/* Closing the descriptor gives it up: all who wait are told that it is gone. */

/*
 * Mounts one there whose server is a child, which ends with the mount or with
 * us. It finds one file, CDM_FUSE_CORE, for which CDM_FUSE_LATE is another name
 * that nobody finds, but who creates it opens: as if somebody else had made it in
 * between. What has any other name is created each time. -1: no FUSE here.
 */
int cdm_fuse_serve(const char *dir);

#define CDM_FUSE_CORE	"a-core"
#define CDM_FUSE_LATE	"late"

/*
 * Mounts one there whose server is a child, as above. It has one file, which is this
 * program. Who executes that waits as soon as it is what he executes, before any of
 * it runs, until *@go is set. -1: no FUSE here.
 */
int cdm_fuse_serve_program(const char *dir, const int *go);

#define CDM_FUSE_PROGRAM	"program"

#endif /* _CDM_FUSE_H */
