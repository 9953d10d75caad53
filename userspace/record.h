/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From the bytes of a record to a struct event. Nothing is copied but the
 * fixed structures, nothing is allocated: strings point into the record.
 */
#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/coredump_mon.h>

/* Bytes, not terminated, that may hold anything. */
struct string {
	const char *data;
	uint32_t len;
};

#define BIT(n) (1U << (n))

/**
 * struct subject - a process, or what is known of it
 * @has: BIT() of each COREDUMP_MON_A_* that is there; a field counts only then
 * @cut: BIT() of each that is not whole; one that is empty and cut is not in
 *	@has
 */
struct subject {
	uint32_t has;
	uint32_t cut;
	struct coredump_mon_task task;
	struct coredump_mon_cred cred;
	struct coredump_mon_namespaces namespaces;
	struct string comm;
	struct string exe;
	struct string cmdline;
	struct string cwd;
	struct string tty;
	struct string cgroup;
};

struct ancestor {
	uint32_t has;
	uint32_t cut;
	struct coredump_mon_task task;
	struct string comm;
	struct string exe;
};

struct file {
	uint32_t has;
	uint32_t cut;
	struct coredump_mon_file_id id;
	struct coredump_mon_tag origin;
	struct string path;
	struct string fs_path;
};

/* An extended attribute; with neither a new value nor a part of one: removed. */
struct xattr {
	uint32_t has;
	uint32_t cut;
	struct string name;
	struct string old;
	struct string new;
};

/**
 * struct event - what a record says
 * @has: BIT() of each COREDUMP_MON_A_* on the outermost level, SUMMARY apart
 * @cut: BIT() of each of these that is not whole
 * @summaries: of rules, the old and the new: @n_summaries are there
 * @attrs: the attributes, for event_next_path()
 */
struct event {
	struct coredump_mon_record header;
	uint32_t has;
	uint32_t cut;
	uint32_t n_ancestors;
	uint32_t n_summaries;
	struct subject process;
	struct subject sender;
	struct subject target;
	struct ancestor ancestors[COREDUMP_MON_ANCESTORS_MAX];
	struct file file;
	struct coredump_mon_decision decision;
	struct coredump_mon_result result;
	struct coredump_mon_dump dump;
	struct coredump_mon_policy policy;
	struct coredump_mon_summary summaries[2];
	struct coredump_mon_lost lost;
	struct coredump_mon_suppressed suppressed;
	struct coredump_mon_attributes attributes;
	struct xattr xattr;
	struct string rule;
	struct string new_fs_path;
	const char *attrs;
	const char *attrs_end;
};

static inline bool has(uint32_t mask, enum coredump_mon_attr_type type)
{
	return mask & BIT(type);
}

/* The one of COREDUMP_MON_A_XATTR_OLD, or _VALUE. */
static inline const struct string *
xattr_value(const struct xattr *xattr, enum coredump_mon_attr_type which)
{
	return which == COREDUMP_MON_A_XATTR_OLD ? &xattr->old : &xattr->new;
}

static inline bool xattr_removed(const struct xattr *xattr)
{
	return !has(xattr->has | xattr->cut, COREDUMP_MON_A_XATTR_VALUE);
}

/**
 * record_length() - how long is the record that begins here?
 * @data: bytes as the device gave them
 * @len: how many
 *
 * Return: bytes of the record, or 0 if no whole record can be there.
 */
size_t record_length(const void *data, size_t len);

/* What is in the header alone; @data holds a whole record. */
uint16_t record_type(const void *data);

/**
 * record_decode() - tell what a record says
 * @data: a whole record, of record_length() bytes; must outlive @event
 * @event: filled in
 *
 * Return: true, or false if the record is of another version or its
 * attributes do not fit into it.
 */
bool record_decode(const void *data, struct event *event);

/**
 * event_next_path() - go through the paths of a COREDUMP_MON_POLICY event
 * @event: from record_decode()
 * @cursor: NULL to begin with
 * @path: filled in
 */
bool event_next_path(const struct event *event, const char **cursor,
		     struct string *path);

#endif /* RECORD_H */
