/* SPDX-License-Identifier: GPL-2.0 */
/* Messages and tags of the rules in force, as these change. */
#ifndef RULE_FOLLOW_H
#define RULE_FOLLOW_H

/* Has events told by the rules in force; by none, if they cannot be had. */
void rule_follow(int fd);
/* The same if @record, a whole one, says that others are in force. */
void rule_follow_record(int fd, const void *record);

#endif /* RULE_FOLLOW_H */
