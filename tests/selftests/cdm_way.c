// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cdm.h"
#include "cdm_way.h"

#define SECRET	"secret"

void cdm_way_elsewhere(struct cdm_scene *scene, const char *name)
{
	snprintf(scene->path, sizeof(scene->path), "%s/%s", scene->elsewhere,
		 name);
}

int cdm_way_open(const char *path)
{
	int fd = open(path, O_RDONLY);

	return fd < 0 ? -errno : fd;
}

int cdm_way_reopen(int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return fd < 0 ? -errno : cdm_way_open(path);
}

struct taking {
	const struct cdm_way *way;
	const struct cdm_scene *scene;
};

static void take(const void *arg)
{
	const struct taking *taking = arg;
	const struct cdm_way *way = taking->way;
	int ret = way->open ? way->open(taking->scene) :
			      cdm_way_open(taking->scene->path);

	_exit(ret < 0 ? -ret : 0);
}

/* The errno that the way gives; -1: it ended otherwise. */
static int taken(const struct taking *taking, pid_t *pid)
{
	int status;

	*pid = cdm_fork(take, taking);
	status = cdm_wait(*pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* By it, or by a child of it. */
static bool is_by(const struct coredump_mon_record *rec, pid_t pid)
{
	const struct coredump_mon_task *task =
		cdm_task(rec, COREDUMP_MON_A_PROCESS);

	return task && (task->pid == pid || task->ppid == pid);
}

static bool is_core(const struct coredump_mon_record *rec, const char *core)
{
	const struct coredump_mon_file_id *id = cdm_file(rec);
	struct stat st;

	return id && !stat(core, &st) && id->ino == st.st_ino &&
	       id->file_class == COREDUMP_MON_CLASS_CORE;
}

static const char *seen(struct cdm_env *env, const struct taking *taking,
			int gives, __u32 verdict)
{
	const __u32 access = taking->way->access;
	const struct coredump_mon_record *rec;
	static char wrong[64];
	pid_t pid;
	int got = taken(taking, &pid);

	if (got != gives) {
		snprintf(wrong, sizeof(wrong), "errno %d, not %d", got, gives);
		return wrong;
	}
	rec = cdm_next_of(&env->reader, COREDUMP_MON_OPEN, 0);
	if (!rec)
		return "no record";
	if (!cdm_decision(rec) || cdm_decision(rec)->verdict != verdict)
		return "another verdict";
	if (!is_core(rec, taking->scene->core))
		return "another file";
	if (access && cdm_file(rec)->access != access)
		return "another access";
	if (!is_by(rec, pid))
		return "by somebody else";
	/* By anybody: all that happens here is what the way does. */
	return cdm_count(&env->reader, COREDUMP_MON_OPEN, 0) ?
	       "more than one record" : NULL;
}

static const char *watched(struct cdm_env *env, const struct taking *taking)
{
	const struct cdm_way *way = taking->way;
	const char *wrong;

	/* It may have stood in the directory, and be tagged for that. */
	if (way->tagged && cdm_tag(env->reader.fd, COREDUMP_MON_IOC_TAG_ADD,
				   taking->scene->core) && errno != EEXIST)
		return "cannot tag it";
	wrong = seen(env, taking, way->gives, COREDUMP_MON_WOULD_DENY);
	if (wrong)
		return wrong;
	if (cdm_set_mode(env->reader.fd, COREDUMP_MON_ENFORCING, 0))
		return "cannot enforce";
	return seen(env, taking, EACCES, COREDUMP_MON_DENIED);
}

const char *cdm_way_try(struct cdm_env *env, const struct cdm_way *way,
			bool *skip)
{
	struct cdm_scene scene = {
		.dir = env->dir,
		.elsewhere = env->elsewhere,
		.arg = way->arg,
	};
	const struct taking taking = { way, &scene };
	const char *wrong = NULL;
	pid_t pid;

	strcpy(scene.core, cdm_env_path(env, "a-core"));
	strcpy(scene.path, scene.core);
	*skip = false;
	if (cdm_env_unload(env))
		return "cannot unload";
	if (cdm_make_file(scene.core, SECRET) || chmod(scene.core, 0755))
		wrong = "cannot make the file";
	else if (way->prepare && way->prepare(&scene))
		*skip = true;
	else if (taken(&taking, &pid) != way->gives)
		wrong = "does not work where nothing watches";
	if (cdm_env_load(env))
		wrong = wrong ?: "cannot load";
	if (!wrong && !*skip)
		wrong = watched(env, &taking);
	if (way->undo)
		way->undo(&scene);
	printf("# way: %s | %s\n", way->title,
	       wrong ?: *skip ? "no such thing" : "seen, denied");
	/* A test ends without that. */
	fflush(stdout);
	return wrong;
}
