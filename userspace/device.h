/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The device. What fails is reported here, with the way out; the functions
 * give -1 (or NULL) then.
 */
#ifndef DEVICE_H
#define DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/coredump_mon.h>

#define DEVICE_PATH "/dev/" COREDUMP_MON_DEVICE
/* A service's exit status without the module: to repeat it does not help. */
#define EXIT_NO_MODULE	3

/*
 * Open it: @flags O_RDONLY or O_RDWR, and O_NONBLOCK. Fails if the module
 * speaks another version of the ABI.
 */
int device_open(int flags);

int device_info(int fd, struct coredump_mon_info *info);
int device_probe(int fd, uint32_t index, struct coredump_mon_probe *probe);
int device_stats(int fd, struct coredump_mon_stats *stats);
/* Go on after record @seq. */
int device_seek(int fd, uint64_t seq);
int device_set_mode(int fd, uint32_t mode, uint32_t flags);
/* For good. */
int device_lock(int fd);
/* Says why something was refused with EPERM. */
void device_refused(int fd, const char *what);
int device_set_directories(int fd, char *const *paths, uint32_t count);
/* @request: COREDUMP_MON_IOC_TAG_ADD or _TAG_DROP. */
int device_tag(int fd, unsigned long request, const char *path);
/* The same of an open file, told of as @name; 1, and nothing told: it is so. */
int device_tag_fd(int fd, unsigned long request, int file, const char *name);

/**
 * struct device_list - what COREDUMP_MON_IOC_GET_* gave
 * @count: entries
 * @len: bytes of them
 * @data: the entries; to be freed
 */
struct device_list {
	uint32_t count;
	size_t len;
	char *data;
};

/* @flags: COREDUMP_MON_BUFFER_*. */
int device_list(int fd, unsigned long request, uint32_t flags,
		struct device_list *list);
/*
 * Go through watched directories, from *@at = 0 on. @path is not terminated.
 */
bool device_next_directory(const struct device_list *list, size_t *at,
			   struct coredump_mon_directory *directory,
			   const char **path);
/* Of a list with COREDUMP_MON_BUFFER_SAVED. */
bool device_next_tag(const struct device_list *list, size_t *at,
		     struct coredump_mon_saved_tag *tag);
int device_restore_tags(int fd, const struct coredump_mon_saved_tag *tags,
			size_t count);
/* Those of the file system that @dir is on, open in any way. */
int device_wake_tags(int fd, int dir);

#endif /* DEVICE_H */
