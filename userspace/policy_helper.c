// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "array.h"
#include "policy_helper.h"
#include "record.h"

#define CORE_PATTERN	"/proc/sys/kernel/core_pattern"

/* The beginning of a file, terminated; empty if it cannot be read. */
static void read_head(const char *path, char *head, size_t size)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ssize_t n = -1;

	if (fd >= 0) {
		n = read(fd, head, size - 1);
		close(fd);
	}
	head[n > 0 ? n : 0] = '\0';
}

/* The first word behind @mark, which @head begins with; or NULL. */
static char *word_behind(char *head, const char *mark)
{
	size_t len = strlen(mark);

	if (strncmp(head, mark, len))
		return NULL;
	head += len + strspn(head + len, " \t");
	head[strcspn(head, " \t\n")] = '\0';
	return *head == '/' ? head : NULL;
}

void policy_helper_find(struct policy_entry *helper)
{
	char pattern[256];
	char head[256];
	char *program;
	char *interpreter;
	struct stat st;

	read_head(CORE_PATTERN, pattern, sizeof(pattern));
	program = word_behind(pattern, "|");
	if (!program)
		return;
	read_head(program, head, sizeof(head));
	interpreter = word_behind(head, "#!");
	if (interpreter)
		program = interpreter;
	if (stat(program, &st))
		return;
	helper->name = strdup(program);
	helper->id = st.st_ino;
	helper->dev_major = major(st.st_dev);
	helper->dev_minor = minor(st.st_dev);
}

bool policy_helper_is(const struct policy_entry *helper,
		      const struct policy_entry *executable)
{
	static const char *const known[] = {
		"systemd-coredump", "abrt-hook-ccpp", "apport",
	};
	const char *slash = strrchr(executable->name, '/');

	if (helper->name && helper->id == executable->id &&
	    helper->dev_major == executable->dev_major &&
	    helper->dev_minor == executable->dev_minor)
		return true;
	for (size_t i = 0; slash && i < ARRAY_SIZE(known); i++) {
		if (!strcmp(slash + 1, known[i]))
			return true;
	}
	return false;
}

uint32_t policy_helper_does(uint32_t types, uint32_t classes, uint32_t accesses)
{
	/* It gives a file that it has written its name and attributes. */
	uint32_t does = BIT(COREDUMP_MON_RENAME) | BIT(COREDUMP_MON_LINK) |
			BIT(COREDUMP_MON_ATTR);

	if (!(classes & BIT(COREDUMP_MON_CLASS_CORE)))
		return 0;
	if (accesses & BIT(COREDUMP_MON_ACCESS_WRITE))
		does |= BIT(COREDUMP_MON_OPEN);
	return types & does;
}
