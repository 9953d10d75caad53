// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's dump function, what the format's dumper puts out within it, and
 * where the task goes from there.
 */
#include "dump.h"
#include "probe.h"

/*
 * vfs_coredump() is its name since 6.17, when do_coredump() became another
 * function with other arguments; so the order counts.
 */
static const char *const dump_symbols[] = { "vfs_coredump", "do_coredump", NULL };

/* Context: the dumping task, preemption off. */
static __always_inline void enter(unsigned long info, unsigned long unused)
{
	cdm_dump_begin((const struct kernel_siginfo *)info);
}

CDM_PROBE_KPROBE(enter, enter);
CDM_PROBE_FTRACE(enter, enter);

struct cdm_probe cdm_probe_dump = {
	.name		= "dump",
	.symbols	= dump_symbols,
	.flags		= CDM_PROBE_REQUIRED,
	.lost		= "core dumps",
	.kprobe		= enter_kprobe,
	.ftrace		= enter_ftrace,
};

/*
 * void do_group_exit(int exit_code); where a dumping task goes next. A return
 * probe would be a kprobe on the dump function, for as many as dump at a time.
 *
 * Context: an exiting task, preemption off.
 */
static __always_inline void leave(unsigned long unused, unsigned long unused2)
{
	cdm_dump_end();
}

CDM_PROBE_KPROBE(leave, leave);
CDM_PROBE_FTRACE(leave, leave);

struct cdm_probe cdm_probe_dump_end = {
	.name		= "dump-end",
	.symbols	= (const char *const[]) { "do_group_exit", NULL },
	.flags		= CDM_PROBE_SHARED,
	.lost		= "how long dumps take",
	.kprobe		= leave_kprobe,
	.ftrace		= leave_ftrace,
};

/*
 * Context: the dumping task, preemption off. The functions return 1 for all,
 * 0 for not all, as an int or (later) a bool, of which one byte counts.
 */
static int emitted(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	cdm_dump_emitted((u8)regs_return_value(regs));
	return 0;
}

NOKPROBE_SYMBOL(emitted);

struct cdm_probe cdm_probe_dump_emit = {
	.name		= "dump-emit",
	.symbols	= (const char *const[]) { "dump_emit", NULL },
	.lost		= "whether dumps are written or truncated",
	.ret		= emitted,
};

struct cdm_probe cdm_probe_dump_range = {
	.name		= "dump-range",
	.symbols	= (const char *const[]) { "dump_user_range", NULL },
	.lost		= "whether dumps are written or truncated",
	.ret		= emitted,
};
