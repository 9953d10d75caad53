// SPDX-License-Identifier: GPL-2.0
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cdm.h"
#include "cdm_busy.h"

#define BUSY_NICE	10

/* Which of its kind a process is. */
static int self;

static int number_it(const struct cdm_busy_place *place, int number)
{
	self = number;
	return 0;
}

/*
 * What is pending makes the module busy, so there must be moments in which
 * nothing is: most opens are of what nobody watches, and everybody rests.
 */
static int open_it(const struct cdm_busy_place *place)
{
	int fd, i, ret = 0;

	for (i = 0; i < 20; i++) {
		fd = open("/dev/null", O_RDONLY);
		if (fd < 0)
			return errno;
		close(fd);
	}
	fd = open(place->cores[self % 2], O_RDONLY);
	if (fd < 0)
		ret = errno;
	close(fd);
	fd = open("/proc/self/coredump_filter", O_RDONLY);
	if (fd < 0)
		return errno;
	close(fd);
	return ret;
}

static int dump(const struct cdm_busy_place *place)
{
	const int signo = SIGABRT;
	char name[16];
	pid_t pid = fork();

	if (pid == 0) {
		snprintf(name, sizeof(name), "d%d", self);
		prctl(PR_SET_NAME, name);
		cdm_raise(&signo);
	}
	return pid < 0 || !WCOREDUMP(cdm_wait(pid)) ? EIO : 0;
}

static int read_device(const struct cdm_busy_place *place)
{
	struct cdm_reader reader;
	int i, count = 0;

	if (cdm_reader_open(&reader))
		return EAGAIN;
	/* Its being open keeps the module: what is there, and a look for more. */
	cdm_reader_seek(&reader, SEEK_SET);
	for (i = 0; i < 10; i++)
		count += !!cdm_next(&reader, 0);
	cdm_reader_seek(&reader, SEEK_END);
	count += !!cdm_next(&reader, 1);
	cdm_reader_close(&reader);
	return count ? 0 : EAGAIN;
}

/* What is left of it when it was refused is gone the next time. */
static int change(const struct cdm_busy_place *place)
{
	const char *dir = self % 2 ? place->disk : place->dir;
	char name[128], other[128];
	int fd, ret = 0;

	snprintf(name, sizeof(name), "%s/n%d", dir, getpid());
	snprintf(other, sizeof(other), "%s/o%d", dir, getpid());
	if (unlink(other) && errno != ENOENT)
		ret = errno;
	fd = open(name, O_WRONLY | O_CREAT, 0600);
	if (fd < 0 || fchmod(fd, 0640))
		ret = ret ?: errno;
	close(fd);
	if (link(name, other) || unlink(other) || rename(name, other) ||
	    chmod(other, 0600) || unlink(other))
		ret = ret ?: errno;
	return ret;
}

static int attach(const struct cdm_busy_place *place, int number)
{
	pid_t pid = cdm_fork(cdm_pause, NULL);

	return pid < 0 || ptrace(PTRACE_ATTACH, pid, NULL, NULL) ||
	       waitpid(pid, NULL, 0) != pid ? -1 : 0;
}

static int trace(const struct cdm_busy_place *place)
{
	static const Elf64_Ehdr head = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			     ELFDATA2LSB },
		.e_type = ET_CORE,
	};
	char name[128];
	int fd, ret = 0;

	snprintf(name, sizeof(name), "%s/gcore", place->elsewhere);
	fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0)
		ret = errno;
	else if (write(fd, &head, sizeof(head)) < 0)
		ret = errno;
	close(fd);
	if (unlink(name) && errno != ENOENT)
		ret = ret ?: errno;
	return ret;
}

int cdm_busy_unmount(const char *at)
{
	int i;

	/* Whoever looks the path up just now, has it for that moment. */
	for (i = 0; i < 200; i++) {
		if (!umount(at))
			return 0;
		if (errno != EBUSY)
			break;
		poll(NULL, 0, 10);
	}
	return errno;
}

int cdm_busy_mkdir(const char *at)
{
	while (!umount2(at, MNT_DETACH))
		;
	return mkdir(at, 0755) && errno != EEXIST ? -1 : 0;
}

static char disk[96];

static int mount_begin(const struct cdm_busy_place *place, int number)
{
	snprintf(disk, sizeof(disk), "%s/mounted", place->dir);
	return cdm_busy_mkdir(disk);
}

static int mount_it(const struct cdm_busy_place *place)
{
	if (mount("tmpfs", disk, "tmpfs", 0, NULL))
		return errno;
	poll(NULL, 0, 200);
	return cdm_busy_unmount(disk);
}

static const struct cdm_busy_kind kinds[] = {
	{ .name = "open", .count = 8, .rest_ms = 25, .begin = number_it,
	  .once = open_it },
	{ .name = "dump", .count = 4, .rest_ms = 500, .unrefused = true,
	  .begin = number_it, .once = dump },
	{ .name = "read the device", .count = 2, .rest_ms = 50,
	  .of_module = true, .unrefused = true, .once = read_device },
	{ .name = "change", .count = 2, .rest_ms = 25, .begin = number_it,
	  .once = change },
	{ .name = "trace", .count = 1, .rest_ms = 25, .unrefused = true,
	  .begin = attach, .once = trace },
	{ .name = "mount", .count = 1, .rest_ms = 200, .unrefused = true,
	  .begin = mount_begin, .once = mount_it },
};

/* The kind of the process of that number, which becomes that of its kind. */
static const struct cdm_busy_kind *kind_of(int *number)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (*number < kinds[i].count)
			return &kinds[i];
		*number -= kinds[i].count;
	}
	for (i = 0; i < cdm_busy_mores; i++) {
		if (*number < cdm_busy_more[i].count)
			return &cdm_busy_more[i];
		*number -= cdm_busy_more[i].count;
	}
	return NULL;
}

struct job {
	const struct cdm_busy *busy;
	int number;
};

static void do_for_ever(const void *arg)
{
	const struct job *job = arg;
	const struct cdm_busy_place *place = &job->busy->place;
	struct cdm_busy_work *work = &job->busy->work[job->number];
	int number = job->number, ret;
	const struct cdm_busy_kind *kind = kind_of(&number);

	/* They use up what there is: who loads and unloads comes before them. */
	if (setpriority(PRIO_PROCESS, 0, BUSY_NICE))
		_exit(1);
	if (kind->begin && kind->begin(place, number)) {
		fprintf(stderr, "# %s, beginning: %s\n", kind->name,
			strerror(errno));
		_exit(1);
	}
	for (;;) {
		ret = kind->once(place);
		if (!ret) {
			__atomic_add_fetch(&work->done, 1, __ATOMIC_RELAXED);
		} else if (ret == EACCES) {
			__atomic_add_fetch(&work->refused, 1, __ATOMIC_RELAXED);
		} else if (ret != EAGAIN) {
			fprintf(stderr, "# %s: %s\n", kind->name, strerror(ret));
			_exit(1);
		}
		poll(NULL, 0, kind->rest_ms);
	}
}

int cdm_busy_up(struct cdm_busy *busy)
{
	struct cdm_busy_place *place = &busy->place;
	int number = CDM_BUSY - 1, after = CDM_BUSY;

	strcpy(place->dir, "/dev/shm/cdm.XXXXXX");
	strcpy(place->disk, "/tmp/cdm.XXXXXX");
	strcpy(place->elsewhere, "/tmp/cdm.else.XXXXXX");
	busy->work = mmap(NULL, CDM_BUSY * sizeof(*busy->work),
			  PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			  -1, 0);
	/* CDM_BUSY is how many there are. */
	if (busy->work == MAP_FAILED || !kind_of(&number) || kind_of(&after) ||
	    !mkdtemp(place->dir) || !mkdtemp(place->disk) ||
	    !mkdtemp(place->elsewhere))
		return -1;
	snprintf(place->cores[0], sizeof(place->cores[0]), "%s/a-core",
		 place->dir);
	snprintf(place->cores[1], sizeof(place->cores[1]), "%s/a-core",
		 place->disk);
	return cdm_make_file(place->cores[0], "secret") ||
	       cdm_make_file(place->cores[1], "secret") ? -1 : 0;
}

void cdm_busy_down(struct cdm_busy *busy)
{
	const struct cdm_busy_place *place = &busy->place;
	char command[512];

	snprintf(command, sizeof(command),
		 "umount -l $(cut -d ' ' -f 2 /proc/mounts | grep -E '^(%s|%s|%s)/') 2>/dev/null; rm -rf %s %s %s",
		 place->dir, place->disk, place->elsewhere, place->dir,
		 place->disk, place->elsewhere);
	if (system(command))
		fprintf(stderr, "# not all of %s is gone\n", place->dir);
}

void cdm_busy_begin(struct cdm_busy *busy)
{
	int i;

	memset(busy->work, 0, CDM_BUSY * sizeof(*busy->work));
	for (i = 0; i < CDM_BUSY; i++) {
		const struct job job = { busy, i };

		busy->pids[i] = cdm_fork(do_for_ever, &job);
	}
}

void cdm_busy_end(struct cdm_busy *busy)
{
	int i;

	for (i = 0; i < CDM_BUSY; i++)
		kill(busy->pids[i], SIGKILL);
	for (i = 0; i < CDM_BUSY; i++)
		cdm_wait(busy->pids[i]);
}

static unsigned long done(const struct cdm_busy *busy, int i)
{
	return __atomic_load_n(&busy->work[i].done, __ATOMIC_RELAXED);
}

int cdm_busy_works(const struct cdm_busy *busy)
{
	unsigned long before[CDM_BUSY];
	int i, waited, number, idle = 0;

	for (i = 0; i < CDM_BUSY; i++)
		before[i] = done(busy, i);
	for (i = 0, waited = 0; i < CDM_BUSY; i++) {
		const struct cdm_busy_kind *kind;

		number = i;
		kind = kind_of(&number);
		for (; !kind->of_module && done(busy, i) == before[i] &&
		     waited < CDM_TIMEOUT_MS; waited += 10)
			poll(NULL, 0, 10);
		if (waitpid(busy->pids[i], NULL, WNOHANG) == 0 &&
		    (kind->of_module || done(busy, i) != before[i]))
			continue;
		fprintf(stderr, "# %s: does nothing\n", kind->name);
		idle++;
	}
	return idle;
}

int cdm_busy_untouched(const struct cdm_busy *busy)
{
	int i, number, count = 0;

	for (i = 0; i < CDM_BUSY; i++) {
		const struct cdm_busy_work *work = &busy->work[i];
		const struct cdm_busy_kind *kind;

		number = i;
		kind = kind_of(&number);
		printf("# %s: %lu done, %lu refused\n", kind->name, work->done,
		       work->refused);
		count += !work->done || (!kind->unrefused && !work->refused);
	}
	fflush(stdout);
	return count;
}
