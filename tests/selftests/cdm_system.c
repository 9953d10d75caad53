// SPDX-License-Identifier: GPL-2.0
/*
 * Puts module, sysctls and directories up for a test, and back again.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cdm.h"
#include "cdm_rules.h"
#include "kselftest.h"

#define CORE_PATTERN	"/proc/sys/kernel/core_pattern"
/* Pending work makes the module busy; it ends by itself. */
#define UNLOAD_TRIES	20000

int cdm_write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t len = strlen(text);
	int ret;

	if (fd < 0)
		return -1;
	ret = write(fd, text, len) == len ? 0 : -1;
	close(fd);
	return ret;
}

int cdm_read_file(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return -1;
	len = read(fd, buf, size - 1);
	close(fd);
	if (len < 0)
		return -1;
	buf[len] = '\0';
	return len;
}

int cdm_make_file(const char *path, const char *content)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0)
		return -1;
	close(fd);
	return cdm_write_file(path, content);
}

int cdm_core_pattern(const char *pattern)
{
	return cdm_write_file(CORE_PATTERN, pattern);
}

int cdm_status_line(pid_t pid, const char *key, char *buf, size_t size)
{
	char path[64], text[8192], *at;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	if (cdm_read_file(path, text, sizeof(text)) < 0)
		return -1;
	for (at = text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (strncmp(at, key, strlen(key)))
			continue;
		at += strlen(key);
		at += strspn(at, ": \t");
		snprintf(buf, size, "%.*s", (int)strcspn(at, "\n"), at);
		return 0;
	}
	return -1;
}

static int command(const char *const argv[], bool quiet)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);

		if (quiet)
			dup2(null, STDERR_FILENO);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* What a test makes is to be told, but for the test of what is not. */
static int suppress_nothing(void)
{
	int fd = open(CDM_DEVICE, O_RDWR | O_CLOEXEC);
	int ret = fd < 0 ? -1 : cdm_rules_builtin(fd);

	close(fd);
	return ret;
}

int cdm_load(const char *parameter)
{
	const char *const argv[] = { "modprobe", CDM_MODULE, parameter, NULL };
	int i;

	if (command(argv, false))
		return -1;
	/* devtmpfs makes the node at once, but udev owns it for a moment. */
	for (i = 0; i < 100 && access(CDM_DEVICE, R_OK | W_OK); i++)
		poll(NULL, 0, 20);
	return access(CDM_DEVICE, R_OK | W_OK) ? -1 : suppress_nothing();
}

int cdm_unload(void)
{
	int i;

	for (i = 0; i < UNLOAD_TRIES; i++) {
		if (!syscall(SYS_delete_module, CDM_MODULE, O_NONBLOCK) ||
		    errno == ENOENT)
			return 0;
		if (errno != EAGAIN)
			break;
		poll(NULL, 0, 1);
	}
	return -1;
}

void cdm_reload(void)
{
	if (cdm_unload() || cdm_load(NULL))
		fprintf(stderr, "# " CDM_MODULE " was not loaded again\n");
}

static int watch(struct cdm_env *env)
{
	const char *const directories[] = { env->dir };

	return cdm_reader_open(&env->reader) ||
	       cdm_set_mode(env->reader.fd, COREDUMP_MON_PERMISSIVE, 0) ||
	       cdm_set_directories(env->reader.fd, directories, 1) ||
	       cdm_reader_seek(&env->reader, SEEK_END) ? -1 : 0;
}

int cdm_env_unload(struct cdm_env *env)
{
	cdm_reader_close(&env->reader);
	env->reader.fd = -1;
	return cdm_unload();
}

int cdm_env_load(struct cdm_env *env)
{
	return cdm_load(NULL) || watch(env) ? -1 : 0;
}

int cdm_env_up(struct cdm_env *env)
{
	const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };

	env->reader.fd = -1;
	strcpy(env->dir, "/tmp/cdm.XXXXXX");
	strcpy(env->elsewhere, "/tmp/cdm.else.XXXXXX");
	umask(022);
	if (cdm_read_file(CORE_PATTERN, env->core_pattern,
			  sizeof(env->core_pattern)) < 0 ||
	    !mkdtemp(env->dir) || chmod(env->dir, 0755) ||
	    !mkdtemp(env->elsewhere) || chmod(env->elsewhere, 0755) ||
	    setrlimit(RLIMIT_CORE, &unlimited) ||
	    cdm_write_file("/proc/sys/kernel/core_uses_pid", "0") ||
	    cdm_core_pattern(cdm_env_path(env, "core.%p")) ||
	    watch(env)) {
		fprintf(stderr, "# setting up: %s\n", strerror(errno));
		return -1;
	}
	return 0;
}

void cdm_env_down(struct cdm_env *env)
{
	const char *const argv[] = { "rm", "-rf", "--one-file-system",
				     env->dir, env->elsewhere, NULL };

	umount2(env->elsewhere, MNT_DETACH);
	cdm_core_pattern(env->core_pattern);
	cdm_set_mode(env->reader.fd, COREDUMP_MON_PERMISSIVE, 0);
	cdm_rules_builtin(env->reader.fd);
	cdm_reader_close(&env->reader);
	command(argv, false);
}

const char *cdm_env_path(const struct cdm_env *env, const char *name)
{
	static char paths[8][PATH_MAX];
	static unsigned int last;
	char *path = paths[last++ % 8];

	snprintf(path, sizeof(paths[0]), "%s/%s", env->dir, name);
	return path;
}

const char *cdm_env_core(const struct cdm_env *env, pid_t pid)
{
	char name[32];

	snprintf(name, sizeof(name), "core.%d", pid);
	return cdm_env_path(env, name);
}

const char *cdm_env_make_core(struct cdm_env *env)
{
	const int signo = SIGABRT;
	pid_t pid = cdm_fork(cdm_raise, &signo);

	if (pid < 0 || !WCOREDUMP(cdm_wait(pid)) ||
	    !cdm_next_of(&env->reader, COREDUMP_MON_DUMP, pid))
		return NULL;
	return cdm_env_core(env, pid);
}

void cdm_main_up(void)
{
	const char *const find[] = { "modprobe", "-qn", CDM_MODULE, NULL };

	if (!access("/sys/module/" CDM_MODULE, F_OK)) {
		if (!geteuid() && suppress_nothing())
			ksft_exit_fail_msg("rates: %s\n", strerror(errno));
		return;
	}
	if (geteuid() || command(find, true)) {
		ksft_print_header();
		ksft_exit_skip("needs root and a module " CDM_MODULE "\n");
	}
	if (cdm_load(NULL)) {
		ksft_print_header();
		ksft_print_msg("modprobe " CDM_MODULE ": failed\n");
		exit(KSFT_FAIL);
	}
}
