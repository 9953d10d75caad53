// SPDX-License-Identifier: GPL-2.0
/*
 * Written out rather than asked of the C library: glibc's tables came with
 * 2.32, and codes it does not name at all.
 */
#include <errno.h>
#include <signal.h>
#include <stddef.h>

#include "array.h"
#include "names.h"

#define NAME(number) { number, #number }

struct name {
	int number;
	const char *name;
};

static const struct name signals[] = {
	NAME(SIGHUP), NAME(SIGINT), NAME(SIGQUIT), NAME(SIGILL),
	NAME(SIGTRAP), NAME(SIGABRT), NAME(SIGBUS), NAME(SIGFPE),
	NAME(SIGKILL), NAME(SIGUSR1), NAME(SIGSEGV), NAME(SIGUSR2),
	NAME(SIGPIPE), NAME(SIGALRM), NAME(SIGTERM), NAME(SIGSTKFLT),
	NAME(SIGCHLD), NAME(SIGCONT), NAME(SIGSTOP), NAME(SIGTSTP),
	NAME(SIGTTIN), NAME(SIGTTOU), NAME(SIGURG), NAME(SIGXCPU),
	NAME(SIGXFSZ), NAME(SIGVTALRM), NAME(SIGPROF), NAME(SIGWINCH),
	NAME(SIGIO), NAME(SIGPWR), NAME(SIGSYS),
};

/* By number: the kernel has more of them than older C libraries do. */
static const char *const ill_codes[] = {
	[1] = "ILL_ILLOPC", [2] = "ILL_ILLOPN", [3] = "ILL_ILLADR",
	[4] = "ILL_ILLTRP", [5] = "ILL_PRVOPC", [6] = "ILL_PRVREG",
	[7] = "ILL_COPROC", [8] = "ILL_BADSTK", [9] = "ILL_BADIADDR",
};

static const char *const fpe_codes[] = {
	[1] = "FPE_INTDIV", [2] = "FPE_INTOVF", [3] = "FPE_FLTDIV",
	[4] = "FPE_FLTOVF", [5] = "FPE_FLTUND", [6] = "FPE_FLTRES",
	[7] = "FPE_FLTINV", [8] = "FPE_FLTSUB", [14] = "FPE_FLTUNK",
	[15] = "FPE_CONDTRAP",
};

static const char *const segv_codes[] = {
	[1] = "SEGV_MAPERR", [2] = "SEGV_ACCERR", [3] = "SEGV_BNDERR",
	[4] = "SEGV_PKUERR", [5] = "SEGV_ACCADI", [6] = "SEGV_ADIDERR",
	[7] = "SEGV_ADIPERR", [8] = "SEGV_MTEAERR", [9] = "SEGV_MTESERR",
	[10] = "SEGV_CPERR",
};

static const char *const bus_codes[] = {
	[1] = "BUS_ADRALN", [2] = "BUS_ADRERR", [3] = "BUS_OBJERR",
	[4] = "BUS_MCEERR_AR", [5] = "BUS_MCEERR_AO",
};

static const char *const trap_codes[] = {
	[1] = "TRAP_BRKPT", [2] = "TRAP_TRACE", [3] = "TRAP_BRANCH",
	[4] = "TRAP_HWBKPT", [5] = "TRAP_UNK", [6] = "TRAP_PERF",
};

static const char *const sys_codes[] = {
	[1] = "SYS_SECCOMP", [2] = "SYS_USER_DISPATCH",
};

static const struct {
	int signal;
	const char *const *names;
	size_t count;
} codes_of[] = {
	{ SIGILL, ill_codes, ARRAY_SIZE(ill_codes) },
	{ SIGFPE, fpe_codes, ARRAY_SIZE(fpe_codes) },
	{ SIGSEGV, segv_codes, ARRAY_SIZE(segv_codes) },
	{ SIGBUS, bus_codes, ARRAY_SIZE(bus_codes) },
	{ SIGTRAP, trap_codes, ARRAY_SIZE(trap_codes) },
	{ SIGSYS, sys_codes, ARRAY_SIZE(sys_codes) },
};

static const struct name common_codes[] = {
	{ 0, "SI_USER" }, { 0x80, "SI_KERNEL" }, { -1, "SI_QUEUE" },
	{ -2, "SI_TIMER" }, { -3, "SI_MESGQ" }, { -4, "SI_ASYNCIO" },
	{ -5, "SI_SIGIO" }, { -6, "SI_TKILL" }, { -7, "SI_DETHREAD" },
	{ -60, "SI_ASYNCNL" },
};

/* What opening or altering a file or placing a probe gives. */
static const struct name errors[] = {
	NAME(EPERM), NAME(ENOENT), NAME(EINTR), NAME(EIO), NAME(ENXIO),
	NAME(EBADF), NAME(EAGAIN), NAME(ENOMEM), NAME(EACCES), NAME(EFAULT),
	NAME(EBUSY), NAME(EEXIST), NAME(EXDEV), NAME(ENODEV), NAME(ENOTDIR),
	NAME(EISDIR), NAME(EINVAL), NAME(ENFILE), NAME(EMFILE), NAME(ENOTTY),
	NAME(ETXTBSY), NAME(EFBIG), NAME(ENOSPC), NAME(EROFS), NAME(EMLINK),
	NAME(EPIPE), NAME(ERANGE), NAME(ENAMETOOLONG), NAME(ENOSYS),
	NAME(ELOOP), NAME(ENOTEMPTY), NAME(ENODATA), NAME(EOVERFLOW),
	NAME(EILSEQ), NAME(EOPNOTSUPP),
	NAME(ETIMEDOUT), NAME(ESTALE), NAME(EDQUOT), NAME(ENOKEY),
};

static const char *look_up(const struct name *names, size_t count, int number)
{
	for (size_t i = 0; i < count; i++) {
		if (names[i].number == number)
			return names[i].name;
	}
	return NULL;
}

const char *signal_name(int number)
{
	return look_up(signals, ARRAY_SIZE(signals), number);
}

const char *signal_code_name(int number, int code)
{
	const char *name = look_up(common_codes, ARRAY_SIZE(common_codes),
				   code);

	if (name || code < 0)
		return name;
	for (size_t i = 0; i < ARRAY_SIZE(codes_of); i++) {
		if (codes_of[i].signal == number &&
		    (size_t)code < codes_of[i].count)
			return codes_of[i].names[code];
	}
	return NULL;
}

const char *errno_name(int number)
{
	return look_up(errors, ARRAY_SIZE(errors), number);
}
