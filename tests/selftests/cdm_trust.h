/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A program that rules may trust: the test itself, which opens a core file when it is
 * executed as a reader.
 */
#ifndef _CDM_TRUST_H
#define _CDM_TRUST_H

#include <linux/types.h>
#include <sys/types.h>

struct cdm_reader;
struct cdm_rules;

/* module/executed.c: so many of one user's share a set, and so many are in all. */
#define CDM_TRUST_SHARE	8
#define CDM_TRUST_ROOM	(256 * CDM_TRUST_SHARE)

/* module/exec.c: so many threads beside the one that reads, and that is one too many. */
#define CDM_TRUST_THREADS	1024

/* A reader's first argument; then come how it is to read, and the core file. */
#define CDM_TRUST_READ	"--read"

/* So many, each a child of the last one, have a reader's memory ("vforked deep"). */
#define CDM_TRUST_DEEP	40

/* What comes of it. */
#define YES	0
#define NO	1
#define BROKEN	2

/* main() of a reader; -1: the arguments are not those of one. */
int cdm_trust_main(int argc, char **argv);

/* One more program that does the same. */
int cdm_trust_copy(const char *to);

/* This user reads by what is there now, and nobody does otherwise. */
int cdm_trust_enforce(struct cdm_reader *reader, struct cdm_rules *rules, __s64 user,
		      const char *program);
/* Of the module's numbers; ~0: they cannot be had. */
__u64 cdm_trust_unclean(int fd);
__u64 cdm_trust_unjudged(int fd);

/* Executes a program as a reader of that file; does not return. */
void cdm_trust_execute(const char *program, const char *how, const char *core,
		       char **environment);
/* The same in a child; NULL: with no environment. */
int cdm_trust_run(const char *program, const char *how, const char *core,
		  char **environment);
int cdm_trust_wait(pid_t pid);
/* What is executed is the dynamic loader. */
int cdm_trust_run_by_loader(const char *program, const char *core);
/* The youngest one; 0: none. */
pid_t cdm_trust_child(pid_t pid);
/* Of a process's threads. */
pid_t cdm_trust_last_thread(pid_t pid);

/* A reader that waits. */
struct cdm_later {
	pid_t pid;
	int in;
	int out;
};

/* It reads that way ("later"), when it is told to. */
int cdm_trust_start(struct cdm_later *later, const char *program, const char *how,
		    const char *core, char **environment);
/* Returns when it waits. */
int cdm_trust_waits(struct cdm_later *later);
/* Has it read. */
int cdm_trust_end(struct cdm_later *later);

#endif /* _CDM_TRUST_H */
