/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Handlers of what is asked before something is done to a file: each function has an
 * observer, and a gate, which is there only where some rule refuses such a thing, and
 * then alone sees it. Both call act(arg0, ..., arg4, gate), which says whether to
 * refuse.
 */
#ifndef CDM_PROBE_CHANGE_H
#define CDM_PROBE_CHANGE_H

#include "mode.h"
#include "probe.h"

/* Makes PREFIX_kprobe, an observer beside these gates; preemption is off in it. */
#define CDM_CHANGE_KPROBE(prefix, act, gates)				\
static int prefix##_kprobe(struct kprobe *p, struct pt_regs *regs)	\
{									\
	if (static_branch_unlikely(&cdm_mode_gates_alone[gates]))	\
		return 0;						\
	act(regs_get_kernel_argument(regs, 0),				\
	    regs_get_kernel_argument(regs, 1),				\
	    regs_get_kernel_argument(regs, 2),				\
	    regs_get_kernel_argument(regs, 3),				\
	    regs_get_kernel_argument(regs, 4), false);			\
	return 0;							\
}									\
									\
NOKPROBE_SYMBOL(prefix##_kprobe)

/* Makes PREFIX_ftrace, the same, which may be called with preemption on. */
#define CDM_CHANGE_FTRACE(prefix, act, gates)				\
static void notrace prefix##_ftrace(unsigned long ip,			\
				    unsigned long parent_ip,		\
				    struct ftrace_ops *ops,		\
				    struct cdm_ftrace_regs *fregs)	\
{									\
	if (static_branch_unlikely(&cdm_mode_gates_alone[gates]))	\
		return;							\
	preempt_disable_notrace();					\
	act(cdm_ftrace_argument(fregs, 0), cdm_ftrace_argument(fregs, 1), \
	    cdm_ftrace_argument(fregs, 2), cdm_ftrace_argument(fregs, 3), \
	    cdm_ftrace_argument(fregs, 4), false);			\
	preempt_enable_notrace();					\
}									\
									\
NOKPROBE_SYMBOL(prefix##_ftrace)

/* Makes PREFIX_gate_kprobe, a gate. */
#define CDM_CHANGE_GATE_KPROBE(prefix, act)				\
static int prefix##_gate_kprobe(struct kprobe *p, struct pt_regs *regs)	\
{									\
	bool refuse = act(regs_get_kernel_argument(regs, 0),		\
			  regs_get_kernel_argument(regs, 1),		\
			  regs_get_kernel_argument(regs, 2),		\
			  regs_get_kernel_argument(regs, 3),		\
			  regs_get_kernel_argument(regs, 4), true);	\
									\
	if (refuse)							\
		instruction_pointer_set(regs, (unsigned long)cdm_probe_refuse); \
	return refuse;							\
}									\
									\
NOKPROBE_SYMBOL(prefix##_gate_kprobe)

/* Makes PREFIX_gate_ftrace, the same. */
#define CDM_CHANGE_GATE_FTRACE(prefix, act)				\
static void notrace prefix##_gate_ftrace(unsigned long ip,		\
					 unsigned long parent_ip,	\
					 struct ftrace_ops *ops,	\
					 struct cdm_ftrace_regs *fregs)	\
{									\
	preempt_disable_notrace();					\
	if (act(cdm_ftrace_argument(fregs, 0), cdm_ftrace_argument(fregs, 1), \
		cdm_ftrace_argument(fregs, 2), cdm_ftrace_argument(fregs, 3), \
		cdm_ftrace_argument(fregs, 4), true))			\
		cdm_ftrace_redirect(fregs, (unsigned long)cdm_probe_refuse); \
	preempt_enable_notrace();					\
}									\
									\
NOKPROBE_SYMBOL(prefix##_gate_ftrace)

#endif /* CDM_PROBE_CHANGE_H */
