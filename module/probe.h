/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A probe: a place in the kernel that is watched, and how it is hooked.
 *
 * Each probe_<what>.c describes its probes as data; probe.c puts them in place
 * and takes them away. An entry handler is a plain function of the probed
 * function's first arguments, whatever hooks it.
 */
#ifndef CDM_PROBE_H
#define CDM_PROBE_H

#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/preempt.h>
#include <linux/ptrace.h>

#include "compat.h"

struct coredump_mon_probe;
struct tracepoint;

/* It is of no use to load without it. */
#define CDM_PROBE_REQUIRED	BIT(0)
/* It may refuse; put in place and taken away by mode.c, not at load. */
#define CDM_PROBE_GATE		BIT(1)
/* Where there is no such function, @unless sees what it sees elsewhere. */
#define CDM_PROBE_SPLIT		BIT(2)
/*
 * Not hot: through ftrace it is hooked together with others, as each for itself
 * takes time and memory when it comes and goes.
 */
#define CDM_PROBE_SHARED	BIT(3)

/**
 * struct cdm_probe - a probe
 * @name: what it is called in messages and in status
 * @lost: what is not seen without it
 * @symbols: functions (or the tracepoint), the first that exists is taken;
 *	ends with NULL
 * @flags: CDM_PROBE_*
 * @gates: enum cdm_mode_gates, of a gate of changes
 * @kprobe: entry handler in a kprobe's clothes, see CDM_PROBE_KPROBE()
 * @ftrace: the same in those of an ftrace callback, see CDM_PROBE_FTRACE(); if
 *	there is one, it is preferred: it costs less, and nobody else's kprobe
 *	on the function is ever joined with it
 * @unless: not needed while this one is in place, which comes before it, but see
 *	CDM_PROBE_SPLIT; may be NULL
 * @spare: the one that takes its place, which tells what is lost without both
 * @entry: entry handler of a kretprobe; may be NULL
 * @ret: return handler; with it, the probe is a kretprobe
 * @data_size: bytes that @entry leaves for @ret
 * @tracepoint: handler; with it, the probe is a tracepoint
 * @hook: enum coredump_mon_hook
 * @error: negative errno of the attempt to put it in place
 * @missed: hits that it did not see while it was in place before
 */
struct cdm_probe {
	const char *name;
	const char *lost;
	const char *const *symbols;
	unsigned int flags;
	unsigned int gates;
	kprobe_pre_handler_t kprobe;
	ftrace_func_t ftrace;
	const struct cdm_probe *unless;
	const struct cdm_probe *spare;
	kretprobe_handler_t entry;
	kretprobe_handler_t ret;
	size_t data_size;
	void *tracepoint;

	/* from here on: probe.c's */
	unsigned int hook;
	int error;
	u64 missed;
	const char *symbol;
	struct kprobe kp;
	struct kretprobe krp;
	struct ftrace_ops ops;
	struct tracepoint *tp;
};

/*
 * Makes PREFIX_kprobe, which calls fn(arg0, arg1) with the probed function's;
 * preemption is off then.
 */
#define CDM_PROBE_KPROBE(prefix, fn)					\
static int prefix##_kprobe(struct kprobe *p, struct pt_regs *regs)	\
{									\
	fn(regs_get_kernel_argument(regs, 0),				\
	   regs_get_kernel_argument(regs, 1));				\
	return 0;							\
}									\
									\
NOKPROBE_SYMBOL(prefix##_kprobe)

/*
 * Makes PREFIX_ftrace, which does the same. An ftrace callback that is called
 * directly may be preempted, so it switches that off.
 */
#define CDM_PROBE_FTRACE(prefix, fn)					\
static void notrace prefix##_ftrace(unsigned long ip,			\
				    unsigned long parent_ip,		\
				    struct ftrace_ops *ops,		\
				    struct cdm_ftrace_regs *fregs)	\
{									\
	preempt_disable_notrace();					\
	fn(cdm_ftrace_argument(fregs, 0), cdm_ftrace_argument(fregs, 1)); \
	preempt_enable_notrace();					\
}									\
									\
NOKPROBE_SYMBOL(prefix##_ftrace)

extern struct cdm_probe cdm_probe_blkdev_open;
extern struct cdm_probe cdm_probe_canary;
extern struct cdm_probe cdm_probe_canary_return;
extern struct cdm_probe cdm_probe_dump;
extern struct cdm_probe cdm_probe_dump_emit;
extern struct cdm_probe cdm_probe_dump_end;
extern struct cdm_probe cdm_probe_dump_range;
extern struct cdm_probe cdm_probe_evict;
extern struct cdm_probe cdm_probe_exec;
extern struct cdm_probe cdm_probe_finish_open;
extern struct cdm_probe cdm_probe_fork;
extern struct cdm_probe cdm_probe_gate;
extern struct cdm_probe cdm_probe_gate_link;
extern struct cdm_probe cdm_probe_gate_remove_acl;
extern struct cdm_probe cdm_probe_gate_removexattr;
extern struct cdm_probe cdm_probe_gate_rename;
extern struct cdm_probe cdm_probe_gate_set_acl;
extern struct cdm_probe cdm_probe_gate_setattr;
extern struct cdm_probe cdm_probe_gate_setxattr;
extern struct cdm_probe cdm_probe_gate_unlink;
extern struct cdm_probe cdm_probe_link;
extern struct cdm_probe cdm_probe_mount;
extern struct cdm_probe cdm_probe_open;
extern struct cdm_probe cdm_probe_pattern;
extern struct cdm_probe cdm_probe_ptrace;
extern struct cdm_probe cdm_probe_remove_acl;
extern struct cdm_probe cdm_probe_removexattr;
extern struct cdm_probe cdm_probe_rename;
extern struct cdm_probe cdm_probe_set_acl;
extern struct cdm_probe cdm_probe_setattr;
extern struct cdm_probe cdm_probe_setxattr;
extern struct cdm_probe cdm_probe_signal;
extern struct cdm_probe cdm_probe_umount;
extern struct cdm_probe cdm_probe_unlink;
extern struct cdm_probe cdm_probe_vfs_open;

int cdm_probe_refuse(void);
int cdm_probe_init(void);
void cdm_probe_exit(void);
int cdm_probe_check(void);
const char *cdm_probe_why(int err);
int cdm_probe_install(struct cdm_probe *probe);
void cdm_probe_remove(struct cdm_probe *probe);
int cdm_probe_install_change_gates(unsigned int gates, const struct cdm_probe **failed);
void cdm_probe_remove_change_gates(unsigned int gates);
unsigned int cdm_probe_count(void);
u64 cdm_probe_missed(void);
int cdm_probe_describe(unsigned int index, struct coredump_mon_probe *desc);

#endif /* CDM_PROBE_H */
