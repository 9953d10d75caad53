# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What in a kernel's log is a complaint. Sourced after common.sh.

# A user's program that crashes is none: "traps: a.out[7] general protection
# fault ip:..." and "a.out[7]: segfault at ..." are what many tests are about.
KERNEL_COMPLAINTS='\bBUG\b|\bWARNING\b|\bOops\b|general protection fault[,:]'
KERNEL_COMPLAINTS+='|Call Trace:|Kernel panic|Unable to handle kernel'
KERNEL_COMPLAINTS+='|blocked for more than|soft lockup|hard LOCKUP'
KERNEL_COMPLAINTS+='|rcu.*(stall|detected)|suspicious RCU|scheduling while atomic'
KERNEL_COMPLAINTS+='|possible (circular|recursive) locking|inconsistent lock state'
KERNEL_COMPLAINTS+='|(irq|hardirq|softirq) lock inversion|DEBUG_LOCKS_WARN_ON'
KERNEL_COMPLAINTS+='|refcount_t|kmemleak|KASAN|KCSAN|UBSAN|list_(add|del) corruption'
KERNEL_COMPLAINTS+='|Failed to (dis)?arm kprobe|ftrace (bug|failed)|sysfs: cannot create'

# complaints_in CONSOLE: shows them with what follows; fails if there are none.
complaints_in() {
	# Serial consoles end lines with CR LF.
	tr -d '\r' <"$1" | grep -aE -B 2 -A 40 "$KERNEL_COMPLAINTS" | head -n 150
}
