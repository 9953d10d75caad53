/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is done to core files, and the records of it.
 */
#ifndef _CDM_ALTER_H
#define _CDM_ALTER_H

#include <sys/stat.h>

#include "cdm.h"

/**
 * struct cdm_alter - what there is to do something to
 * @core: a core file
 * @name: another name in that directory
 * @outside: one that is not watched
 * @st: the core file's
 */
struct cdm_alter {
	struct cdm_env env;
	struct cdm_reader *reader;
	char core[128];
	char name[128];
	char outside[128];
	struct stat st;
};

int cdm_alter_up(struct cdm_alter *alter);

const char *cdm_fs_path(const struct coredump_mon_record *rec);
const char *cdm_new_fs_path(const struct coredump_mon_record *rec);
const struct coredump_mon_attributes *
cdm_attributes(const struct coredump_mon_record *rec);

/* The next of a type that this process made, if it is of this file. */
const struct coredump_mon_record *cdm_next_of_file(struct cdm_alter *alter,
						   int type,
						   const struct stat *st);
/* Of the core file. */
const struct coredump_mon_record *cdm_next_of_core(struct cdm_alter *alter,
						   int type);
/* Records of all these types that this process made up to now. */
int cdm_count_alter(struct cdm_alter *alter);
/* It says that it was allowed, and done. */
bool cdm_done(const struct coredump_mon_record *rec);

#endif /* _CDM_ALTER_H */
