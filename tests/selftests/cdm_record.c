// SPDX-License-Identifier: GPL-2.0
/*
 * Reads a record's attributes, and checks that each is in its place.
 */
#include <stdint.h>
#include <stdio.h>

#include "cdm.h"

static size_t padded(size_t len)
{
	return (len + 7) & ~(size_t)7;
}

static bool attrs_ok(const unsigned char *at, size_t len)
{
	while (len) {
		const struct coredump_mon_attr *attr = (const void *)at;
		size_t whole, i;

		if (len < sizeof(*attr) || attr->len > len - sizeof(*attr))
			return false;
		whole = sizeof(*attr) + padded(attr->len);
		if (whole > len || !attr->type ||
		    attr->flags & ~(COREDUMP_MON_ATTR_NESTED |
				    COREDUMP_MON_ATTR_CUT))
			return false;
		for (i = sizeof(*attr) + attr->len; i < whole; i++)
			if (at[i])
				return false;
		if (attr->flags & COREDUMP_MON_ATTR_NESTED &&
		    !attrs_ok(at + sizeof(*attr), attr->len))
			return false;
		at += whole;
		len -= whole;
	}
	return true;
}

bool cdm_record_ok(const struct coredump_mon_record *rec, size_t room)
{
	if (room < sizeof(*rec) || rec->len < sizeof(*rec) || rec->len > room ||
	    rec->len % 8 || rec->len > COREDUMP_MON_RECORD_MAX || !rec->type ||
	    rec->version != COREDUMP_MON_ABI_VERSION || rec->flags ||
	    !rec->seq || !rec->boottime_ns || !rec->realtime_ns ||
	    !attrs_ok((const unsigned char *)(rec + 1),
		      rec->len - sizeof(*rec))) {
		fprintf(stderr, "# malformed record %llu: type %u, %u bytes of %zu\n",
			(unsigned long long)rec->seq, rec->type, rec->len, room);
		return false;
	}
	return true;
}

static struct cdm_value find(const void *data, size_t len, int type,
			     unsigned int nth)
{
	const unsigned char *at = data;

	while (len) {
		const struct coredump_mon_attr *attr = (const void *)at;
		size_t whole = sizeof(*attr) + padded(attr->len);

		if (attr->type == type && !nth--)
			return (struct cdm_value){ attr + 1, attr->len,
						   attr->flags };
		at += whole;
		len -= whole;
	}
	return (struct cdm_value){ NULL, 0, 0 };
}

struct cdm_value cdm_get_in(struct cdm_value outer, int type)
{
	return find(outer.data, outer.len, type, 0);
}

struct cdm_value cdm_get_nth(const struct coredump_mon_record *rec, int outer,
			     int type, unsigned int nth)
{
	struct cdm_value whole = { rec + 1, rec->len - sizeof(*rec), 0 };

	if (outer)
		whole = cdm_get_in(whole, outer);
	return find(whole.data, whole.len, type, nth);
}

struct cdm_value cdm_get(const struct coredump_mon_record *rec, int outer,
			 int type)
{
	return cdm_get_nth(rec, outer, type, 0);
}

const void *cdm_struct(struct cdm_value value, size_t size)
{
	return value.len >= size ? value.data : NULL;
}

const char *cdm_string(struct cdm_value value)
{
	static char strings[4][COREDUMP_MON_CMDLINE_MAX + 1];
	static unsigned int last;
	char *string = strings[last++ % 4];

	if (!value.data || value.len >= sizeof(strings[0]))
		return NULL;
	memcpy(string, value.data, value.len);
	string[value.len] = '\0';
	return string;
}
