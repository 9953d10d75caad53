/* SPDX-License-Identifier: GPL-2.0 */
/* Rules in short: how many, and digests that tell them from others. */
#ifndef SUMMARY_H
#define SUMMARY_H

#include <stdbool.h>

#include "fields.h"
#include "json.h"
#include "record.h"

/* The first bytes of a digest, as a person compares them. */
#define SUMMARY_SHORT 6
#define SUMMARY_WHOLE sizeof(((struct coredump_mon_summary *)0)->digest)

/* @len bytes of a digest, in hexadecimal. */
void summary_digest(struct out *out, const uint8_t *digest, size_t len);
/* Was it made of a text? */
bool summary_of_text(const struct coredump_mon_summary *summary);

/* Of an event: what is other than before. */
void summary_text(struct out *out, const struct event *event);
/* The same. */
void summary_fields(struct fields *fields, const struct event *event);
/* The members of an object. */
void summary_json(struct json *json, const struct coredump_mon_summary *summary);

#endif /* SUMMARY_H */
