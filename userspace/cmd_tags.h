/* SPDX-License-Identifier: GPL-2.0 */
/* The commands within `coredump-mon tags` that have a file of their own. */
#ifndef CMD_TAGS_H
#define CMD_TAGS_H

int tags_save(int argc, char **argv);
int tags_restore(int argc, char **argv);

#endif /* CMD_TAGS_H */
