// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "device.h"
#include "report.h"

static void report_open(int error, bool writing)
{
	switch (error) {
	case ENODEV:
		if (!access("/sys/module/coredump_mon", F_OK)) {
			report("the kernel module is being loaded or unloaded: try again; one that is locked and was forced to go ('rmmod --force') does until reboot what it did");
			break;
		}
		__attribute__((fallthrough));
	case ENOENT:
	case ENXIO:
		report("the kernel module is not loaded (no " DEVICE_PATH "): load it with 'modprobe coredump_mon' as root");
		break;
	case EACCES:
	case EPERM:
		if (writing)
			report("no permission to write to " DEVICE_PATH ": run this as root");
		else
			report("no permission to read " DEVICE_PATH ": run this as root, or as a member of the group that owns it (coredump-mon)");
		break;
	case EBUSY:
		report(DEVICE_PATH " has its %d readers already: end one ('coredump-mon watch', for instance)",
		       COREDUMP_MON_READERS_MAX);
		break;
	case ENOMEM:
		report("the kernel has no memory for one more reader: free some, or end another reader");
		break;
	default:
		report("cannot open " DEVICE_PATH ": %s: see the kernel log ('dmesg') for what the module said",
		       strerror(error));
	}
}

void device_refused(int fd, const char *what)
{
	struct coredump_mon_info info = { .size = sizeof(info) };

	if (!ioctl(fd, COREDUMP_MON_IOC_INFO, &info) && info.locked)
		report("cannot %s: the module is locked, nothing can be changed until reboot ('coredump-mon status' shows what is in force)",
		       what);
	else
		report("cannot %s: that needs CAP_MAC_ADMIN in the initial user namespace: run this as root, outside of any container",
		       what);
}

/*
 * What any request can fail with; what one alone can, its caller has told
 * apart before.
 */
static void report_request(int fd, int error, const char *what)
{
	switch (error) {
	case EPERM:
		device_refused(fd, what);
		break;
	case EBADF:
		report("cannot %s: " DEVICE_PATH " is not open for writing: run this as root",
		       what);
		break;
	case ENOTTY:
	case EINVAL:
	case E2BIG:
		report("cannot %s: module and tool do not fit together (%s): install both of one version, and load the module anew",
		       what, strerror(error));
		break;
	case ENOMEM:
		report("cannot %s: the kernel has no memory for it: free some and try again",
		       what);
		break;
	default:
		report("cannot %s: %s: see the kernel log ('dmesg') for what the module said",
		       what, strerror(error));
	}
}

int device_open(int flags)
{
	struct coredump_mon_info info;
	int fd = open(DEVICE_PATH, flags | O_CLOEXEC | O_NOCTTY);

	if (fd < 0) {
		report_open(errno, (flags & O_ACCMODE) != O_RDONLY);
		return -1;
	}
	if (device_info(fd, &info))
		goto fail;
	if (info.abi_version != COREDUMP_MON_ABI_VERSION) {
		report("the module speaks version %u of the device's language, this tool version %u: install both of one version, and load the module anew",
		       info.abi_version, COREDUMP_MON_ABI_VERSION);
		goto fail;
	}
	return fd;
fail:
	close(fd);
	return -1;
}

int device_info(int fd, struct coredump_mon_info *info)
{
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	if (ioctl(fd, COREDUMP_MON_IOC_INFO, info)) {
		if (errno == ENOTTY)
			report(DEVICE_PATH " is something else than the module's device: remove it, and load the module anew");
		else
			report_request(fd, errno, "ask the module what it is");
		return -1;
	}
	info->version[sizeof(info->version) - 1] = '\0';
	info->core_pattern[sizeof(info->core_pattern) - 1] = '\0';
	return 0;
}

int device_probe(int fd, uint32_t index, struct coredump_mon_probe *probe)
{
	memset(probe, 0, sizeof(*probe));
	probe->size = sizeof(*probe);
	probe->index = index;
	if (ioctl(fd, COREDUMP_MON_IOC_PROBE, probe)) {
		report_request(fd, errno, "read the state of a probe");
		return -1;
	}
	probe->name[sizeof(probe->name) - 1] = '\0';
	probe->symbol[sizeof(probe->symbol) - 1] = '\0';
	probe->lost[sizeof(probe->lost) - 1] = '\0';
	return 0;
}

int device_stats(int fd, struct coredump_mon_stats *stats)
{
	memset(stats, 0, sizeof(*stats));
	stats->size = sizeof(*stats);
	if (ioctl(fd, COREDUMP_MON_IOC_STATS, stats)) {
		report_request(fd, errno, "read the statistics");
		return -1;
	}
	return 0;
}

int device_seek(int fd, uint64_t seq)
{
	struct coredump_mon_seek seek = { .size = sizeof(seek), .seq = seq };

	if (!ioctl(fd, COREDUMP_MON_IOC_SEEK, &seek))
		return 0;
	if (errno == ERANGE)
		report("no record %llu was made yet: give the number of one that was ('coredump-mon status' shows how many), 'oldest' or 'now'",
		       (unsigned long long)seq);
	else
		report_request(fd, errno, "go to a record");
	return -1;
}

int device_set_mode(int fd, uint32_t mode, uint32_t flags)
{
	struct coredump_mon_mode request = {
		.size = sizeof(request),
		.flags = flags,
		.mode = mode,
	};

	if (!ioctl(fd, COREDUMP_MON_IOC_SET_MODE, &request))
		return 0;
	switch (errno) {
	case EBUSY:
		report("cannot go enforcing: something else has the function that would refuse (a livepatch, for instance): remove that first; or kernel.ftrace_enabled is 0: set it to 1");
		break;
	case EOPNOTSUPP:
		report("cannot go enforcing: this kernel has no way to refuse, its log ('dmesg') says why; everything is still seen");
		break;
	default:
		report_request(fd, errno, "set the mode");
	}
	return -1;
}

int device_lock(int fd)
{
	struct coredump_mon_lock request = { .size = sizeof(request) };
	int ret = ioctl(fd, COREDUMP_MON_IOC_LOCK, &request);

	if (ret)
		report_request(fd, errno, "lock what is in force");
	return ret;
}
