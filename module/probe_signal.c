// SPDX-License-Identifier: GPL-2.0
/*
 * The sending of signals, seen by the tracepoint that every way of it passes.
 */
#include <linux/bits.h>
#include <linux/signal.h>
#include <trace/events/signal.h>

#include "probe.h"
#include "sender.h"

/* The signals whose default action is to dump core, signal(7). */
#define DUMPING	(BIT(SIGQUIT) | BIT(SIGILL) | BIT(SIGTRAP) | BIT(SIGABRT) | \
		 BIT(SIGBUS) | BIT(SIGFPE) | BIT(SIGSEGV) | BIT(SIGXCPU) | \
		 BIT(SIGXFSZ) | BIT(SIGSYS))

/*
 * Context: the sender (which may be an interrupt), within the receiver's
 * siglock, interrupts off: neither sleeps nor allocates.
 */
static void signal_generate(void *data, int sig, struct kernel_siginfo *info,
			    struct task_struct *task, int group, int result)
{
	if (sig >= BITS_PER_LONG || !(DUMPING & BIT(sig)))
		return;
	/* One that was coalesced or ignored is not the cause. */
	if (result != TRACE_SIGNAL_DELIVERED && result != TRACE_SIGNAL_LOSE_INFO)
		return;
	cdm_sender_note(sig, info, task, group,
			result == TRACE_SIGNAL_LOSE_INFO);
}

struct cdm_probe cdm_probe_signal = {
	.name		= "signal",
	.symbols	= (const char *const[]) { "signal_generate", NULL },
	.lost		= "who forced a dump",
	.tracepoint	= signal_generate,
};
