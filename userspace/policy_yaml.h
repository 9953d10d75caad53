/* SPDX-License-Identifier: GPL-2.0 */
/* From bytes to one YAML document that is safe to walk. */
#ifndef POLICY_YAML_H
#define POLICY_YAML_H

#include <stdbool.h>

#include "policy_errors.h"

/* Mappings and lists within each other; a policy needs five. */
#define POLICY_DEPTH_MAX	8
/* Values, and keys, of a file. */
#define POLICY_NODES_MAX	200000

/**
 * policy_yaml_load() - parse a file
 * @errors: its text; and what is wrong with that is added
 * @document: filled in; freed by the caller with yaml_document_delete()
 *
 * There are no anchors, aliases and tags in a document that this gives: it is a
 * tree, no larger than its text. Its text is UTF-8, and the only characters that
 * break a line are line feeds, so that marks are what an editor shows.
 *
 * Return: true; false: there is no document
 */
bool policy_yaml_load(struct policy_errors *errors, yaml_document_t *document);

#endif /* POLICY_YAML_H */
