/* SPDX-License-Identifier: GPL-2.0 */
/* The rules in force. What fails is reported, as in device.h. */
#ifndef DEVICE_RULES_H
#define DEVICE_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/coredump_mon.h>

/**
 * struct device_rules - what COREDUMP_MON_IOC_GET_RULES gave
 * @set: numbers and lengths; its addresses are those of @raw and @text
 * @raw: the rules, see device_next_rule()
 * @text: what they were made from, terminated
 */
struct device_rules {
	struct coredump_mon_rules set;
	char *raw;
	char *text;
};

/* Freed with device_free_rules(), unless it gives -1. */
int device_get_rules(int fd, struct device_rules *rules);
void device_free_rules(struct device_rules *rules);

/**
 * struct device_rule - a rule in @raw of struct device_rules
 * @head: its numbers
 * @executables: @head.executables of them; and so on
 * @name: terminated
 */
struct device_rule {
	const struct coredump_mon_rule *head;
	const struct coredump_mon_rule_file *executables;
	const struct coredump_mon_rule_file *directories;
	const uint64_t *cgroups;
	const uint32_t *users;
	const uint32_t *groups;
	const char *name;
};

/* Go through the rules, from *@at = 0 on. */
bool device_next_rule(const struct device_rules *rules, size_t *at,
		      struct device_rule *rule);
/* False: there is none. */
bool device_find_rule(const struct device_rules *rules, const char *name,
		      struct device_rule *rule);

/*
 * Do the rules in force deny @types, as BIT()s of enum coredump_mon_type? -1: it
 * could not be told, and why not is reported.
 */
int device_rules_deny(int fd, uint32_t types);

int device_set_rules(int fd, const struct coredump_mon_rules *set);
/* With the built-in rates. */
int device_set_builtin_rules(int fd);
/*
 * With those that device_get_rules() gave, and descriptors in place of executables: 0;
 * ESTALE: others are in force by now; or what device_report_rules() tells.
 */
int device_follow_rules(int fd, struct coredump_mon_rules *set);
/* That rules could not be loaded. */
void device_report_rules(int fd, int error);

#endif /* DEVICE_RULES_H */
