// SPDX-License-Identifier: GPL-2.0
/*
 * The canary. In a file of its own, as it is built to be traced: its probes are
 * of the same kinds, and thus die of the same, as those of the kernel's
 * functions.
 */
#include <linux/compiler.h>

#include "health.h"

noinline void cdm_canary(void)
{
	barrier();
}
