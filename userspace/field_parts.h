/* SPDX-License-Identifier: GPL-2.0 */
/* Values of fields; what is not known is no field. */
#ifndef FIELD_PARTS_H
#define FIELD_PARTS_H

#include "fields.h"

#define FIELD(name) "COREDUMP_MON_" name "="

static inline void add_word(struct fields *fields, const char *start,
			    const char *word)
{
	if (!word)
		return;
	fields_add(fields, start);
	out_str(&fields->out, word);
}

static inline void add_u64(struct fields *fields, const char *start, uint64_t value)
{
	fields_add(fields, start);
	out_u64(&fields->out, value);
}

static inline void add_s64(struct fields *fields, const char *start, int64_t value)
{
	fields_add(fields, start);
	out_s64(&fields->out, value);
}

static inline void add_hex(struct fields *fields, const char *start, uint64_t value)
{
	fields_add(fields, start);
	out_hex(&fields->out, value);
}

#endif /* FIELD_PARTS_H */
