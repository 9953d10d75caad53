/* SPDX-License-Identifier: GPL-2.0 */
/* Printing the watched directories. */
#ifndef DIRECTORIES_H
#define DIRECTORIES_H

#include "device.h"
#include "json.h"

/* A line each, with @indent before it. */
void directories_text(struct out *out, const struct device_list *list,
		      const char *indent);
/* An array. */
void directories_json(struct json *json, const struct device_list *list);

#endif /* DIRECTORIES_H */
