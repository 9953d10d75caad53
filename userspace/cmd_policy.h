/* SPDX-License-Identifier: GPL-2.0 */
/* The commands of "policy" that have a file each. */
#ifndef CMD_POLICY_H
#define CMD_POLICY_H

int policy_check(int argc, char **argv);
int policy_follow(int argc, char **argv);
int policy_load(int argc, char **argv);
int policy_show(int argc, char **argv);

#endif /* CMD_POLICY_H */
