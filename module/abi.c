// SPDX-License-Identifier: GPL-2.0
/*
 * What the first version of each structure has; they may grow, and these may
 * not change.
 */
#include <linux/build_bug.h>
#include <linux/coredump_mon.h>

static_assert(sizeof(struct coredump_mon_record) == 32);
static_assert(sizeof(struct coredump_mon_attr) == 8);
static_assert(sizeof(struct coredump_mon_task) == 40);
static_assert(sizeof(struct coredump_mon_cred) == 48);
static_assert(sizeof(struct coredump_mon_namespaces) == 32);
static_assert(sizeof(struct coredump_mon_file_id) == 32);
static_assert(sizeof(struct coredump_mon_decision) == 8);
static_assert(sizeof(struct coredump_mon_result) == 8);
static_assert(sizeof(struct coredump_mon_attributes) == 48);
static_assert(sizeof(struct coredump_mon_dump) == 56);
static_assert(sizeof(struct coredump_mon_policy) == 16);
static_assert(sizeof(struct coredump_mon_summary) == 88);
static_assert(sizeof(struct coredump_mon_lost) == 32);
static_assert(sizeof(struct coredump_mon_info) == 288);
static_assert(sizeof(struct coredump_mon_probe) == 256);
static_assert(sizeof(struct coredump_mon_suppressed) == 72);
static_assert(sizeof(struct coredump_mon_stats) == 248);
static_assert(sizeof(struct coredump_mon_mode) == 16);
static_assert(sizeof(struct coredump_mon_buffer) == 32);
static_assert(sizeof(struct coredump_mon_directory) == 32);
static_assert(sizeof(struct coredump_mon_tag) == 56);
static_assert(sizeof(struct coredump_mon_saved_tag) == 80);
static_assert(sizeof(struct coredump_mon_tag_file) == 16);
static_assert(sizeof(struct coredump_mon_seek) == 16);
static_assert(sizeof(struct coredump_mon_rule) == 64);
static_assert(sizeof(struct coredump_mon_rule_file) == 24);
static_assert(sizeof(struct coredump_mon_rate) == 8);
static_assert(sizeof(struct coredump_mon_rules) == 160);
static_assert(sizeof(struct coredump_mon_lock) == 8);
