// SPDX-License-Identifier: GPL-2.0
/*
 * How tests have a reader do what it does.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cdm.h"
#include "cdm_rules.h"
#include "cdm_trust.h"

int cdm_trust_copy(const char *to)
{
	int from = open("/proc/self/exe", O_RDONLY), fd;
	struct stat st;
	int ret = -1;

	fd = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	if (from >= 0 && fd >= 0 && !fstat(from, &st) &&
	    sendfile(fd, from, NULL, st.st_size) == st.st_size)
		ret = fchmod(fd, 0755);
	close(from);
	close(fd);
	return ret;
}

int cdm_trust_enforce(struct cdm_reader *reader, struct cdm_rules *rules, __s64 user,
		      const char *program)
{
	const __s64 users[] = { user, -1 };
	int programs[] = { open(program, O_PATH), -1 };
	const struct cdm_named named = { .executables = programs, .users = users };
	int ret;

	cdm_rules_begin(rules);
	cdm_rules_add(rules, "reader", COREDUMP_MON_ACTION_LOG,
		      CDM_BIT(COREDUMP_MON_OPEN), &named);
	cdm_rules_add(rules, "nobody", COREDUMP_MON_ACTION_DENY,
		      CDM_BIT(COREDUMP_MON_OPEN), NULL);
	ret = programs[0] < 0 ? -1 : cdm_rules_enforce(reader, rules);
	close(programs[0]);
	return ret;
}

__u64 cdm_trust_unclean(int fd)
{
	struct coredump_mon_stats stats;

	return cdm_stats(fd, &stats) ? ~0ULL : stats.executed_unclean;
}

__u64 cdm_trust_unjudged(int fd)
{
	struct coredump_mon_stats stats;

	return cdm_stats(fd, &stats) ? ~0ULL : stats.executed_unjudged;
}

void cdm_trust_execute(const char *program, const char *how, const char *path,
		       char **environment)
{
	char *argv[5] = { "reader", CDM_TRUST_READ, (char *)how, (char *)path };
	char *nothing[1] = { NULL };

	execve(program, argv, environment ? environment : nothing);
	_exit(BROKEN);
}

int cdm_trust_wait(pid_t pid)
{
	int status = cdm_wait(pid);

	return WIFEXITED(status) ? WEXITSTATUS(status) : BROKEN;
}

int cdm_trust_run(const char *program, const char *how, const char *path,
		  char **environment)
{
	pid_t pid = fork();

	if (!pid)
		cdm_trust_execute(program, how, path, environment);
	return cdm_trust_wait(pid);
}

int cdm_trust_start(struct cdm_later *later, const char *program, const char *how,
		    const char *path, char **environment)
{
	int in[2], out[2];

	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
		return -1;
	later->pid = fork();
	if (!later->pid) {
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		cdm_trust_execute(program, how, path, environment);
	}
	close(in[0]);
	close(out[1]);
	later->in = in[1];
	later->out = out[0];
	return later->pid < 0 ? -1 : 0;
}

int cdm_trust_waits(struct cdm_later *later)
{
	char byte;

	return read(later->out, &byte, 1) == 1 ? 0 : -1;
}

int cdm_trust_end(struct cdm_later *later)
{
	char byte = 0;
	ssize_t n = write(later->in, &byte, 1);

	close(later->in);
	close(later->out);
	return n == 1 ? cdm_trust_wait(later->pid) : BROKEN;
}

#if defined(__x86_64__)
#define LOADER	"/lib64/ld-linux-x86-64.so.2"
#elif defined(__aarch64__)
#define LOADER	"/lib/ld-linux-aarch64.so.1"
#endif

int cdm_trust_run_by_loader(const char *program, const char *path)
{
#ifdef LOADER
	char *argv[6] = {
		"reader", (char *)program, CDM_TRUST_READ, "now", (char *)path,
	};
	char *nothing[1] = { NULL };
	pid_t pid = fork();

	if (!pid) {
		execve(LOADER, argv, nothing);
		_exit(BROKEN);
	}
	return cdm_trust_wait(pid);
#else
	return NO;
#endif
}

pid_t cdm_trust_child(pid_t pid)
{
	char path[64], children[256], *at = children, *end;
	pid_t child, last = 0;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	if (cdm_read_file(path, children, sizeof(children)) < 0)
		return -1;
	while ((child = strtol(at, &end, 10))) {
		last = child;
		at = end;
	}
	return last;
}

pid_t cdm_trust_last_thread(pid_t pid)
{
	char path[64];
	struct dirent *entry;
	pid_t last = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)))
		last = atoi(entry->d_name) > last ? atoi(entry->d_name) : last;
	if (dir)
		closedir(dir);
	return last;
}
