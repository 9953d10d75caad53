// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "cdm_alter.h"

int cdm_alter_up(struct cdm_alter *alter)
{
	if (cdm_env_up(&alter->env))
		return -1;
	alter->reader = &alter->env.reader;
	snprintf(alter->core, sizeof(alter->core), "%s/a-core", alter->env.dir);
	snprintf(alter->name, sizeof(alter->name), "%s/a-name", alter->env.dir);
	snprintf(alter->outside, sizeof(alter->outside), "%s/outside",
		 alter->env.elsewhere);
	return cdm_make_file(alter->core, "secret") ||
	       stat(alter->core, &alter->st) ||
	       cdm_reader_seek(alter->reader, SEEK_END) ? -1 : 0;
}

const char *cdm_fs_path(const struct coredump_mon_record *rec)
{
	return cdm_string(cdm_get(rec, COREDUMP_MON_A_FILE,
				  COREDUMP_MON_A_FS_PATH));
}

const char *cdm_new_fs_path(const struct coredump_mon_record *rec)
{
	return cdm_string(cdm_get(rec, 0, COREDUMP_MON_A_NEW_FS_PATH));
}

const struct coredump_mon_attributes *
cdm_attributes(const struct coredump_mon_record *rec)
{
	if (!rec)
		return NULL;
	return cdm_struct(cdm_get(rec, 0, COREDUMP_MON_A_ATTRIBUTES),
			  sizeof(struct coredump_mon_attributes));
}

const struct coredump_mon_record *cdm_next_of_file(struct cdm_alter *alter,
						   int type,
						   const struct stat *st)
{
	const struct coredump_mon_record *rec;
	const struct coredump_mon_file_id *id;

	rec = cdm_next_of(alter->reader, type, getpid());
	id = rec ? cdm_file(rec) : NULL;
	if (!id || id->ino != st->st_ino || id->dev_major != major(st->st_dev) ||
	    id->dev_minor != minor(st->st_dev) ||
	    id->file_class != COREDUMP_MON_CLASS_CORE || id->access)
		return NULL;
	return rec;
}

const struct coredump_mon_record *cdm_next_of_core(struct cdm_alter *alter,
						   int type)
{
	return cdm_next_of_file(alter, type, &alter->st);
}

static bool is_alteration(const struct coredump_mon_record *rec)
{
	const struct coredump_mon_task *task =
		cdm_task(rec, COREDUMP_MON_A_PROCESS);

	return rec->type >= COREDUMP_MON_RENAME &&
	       rec->type <= COREDUMP_MON_ATTR && task && task->pid == getpid();
}

int cdm_count_alter(struct cdm_alter *alter)
{
	const struct coredump_mon_record *rec;
	struct coredump_mon_stats stats;
	int count = 0;

	/* A record of our own is behind them. */
	if (cdm_stats(alter->reader->fd, &stats) ||
	    cdm_set_mode(alter->reader->fd, COREDUMP_MON_PERMISSIVE, 0))
		return -1;
	while ((rec = cdm_next(alter->reader, CDM_TIMEOUT_MS))) {
		count += is_alteration(rec);
		if (rec->seq >= stats.records)
			return count;
	}
	return -1;
}

bool cdm_done(const struct coredump_mon_record *rec)
{
	const struct coredump_mon_decision *decision = cdm_decision(rec);
	const struct coredump_mon_result *result = cdm_result(rec);

	return decision && decision->verdict == COREDUMP_MON_ALLOWED &&
	       result && result->fd == -1 && result->error == 0;
}
