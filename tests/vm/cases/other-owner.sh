#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Beside another that changes where security_file_open goes, as a livepatch
# does: there can be one such owner at a time.

set -euo pipefail
# shellcheck source=../lib/tap.sh
. /run/vm/share/tap.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p /var/crash
echo secret >/var/crash/file

build_owner() {
	cat >"$work/owner.c" <<-'END'
		#include <linux/ftrace.h>
		#include <linux/module.h>
		#include <linux/version.h>

		#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
		#define ftrace_regs pt_regs
		#endif

		static void notrace pass(unsigned long ip, unsigned long parent,
					 struct ftrace_ops *ops,
					 struct ftrace_regs *fregs)
		{
		}

		static struct ftrace_ops ops = {
			.func = pass,
			.flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_SAVE_REGS,
		};
		static char name[] = "security_file_open";

		static int __init owner_init(void)
		{
			int err = ftrace_set_filter(&ops, name, strlen(name), 1);

			return err ?: register_ftrace_function(&ops);
		}
		module_init(owner_init);

		static void __exit owner_exit(void)
		{
			unregister_ftrace_function(&ops);
		}
		module_exit(owner_exit);

		MODULE_DESCRIPTION("Owns security_file_open");
		MODULE_LICENSE("GPL");
	END
	echo 'obj-m := owner.o' >"$work/Makefile"
	make -C "/lib/modules/$(uname -r)/build" M="$work" modules
}

# sees VERDICT: one event, of a read.
sees() {
	local last

	last=$(coredump-mon status --json | jq .records.made)
	cat /var/crash/file || true
	coredump-mon watch --since "$last" --type open --count 1 --timeout 20 \
		--format json | jq -e ".verdict == \"$1\""
}

# mode_error: the error of asking for enforcing, from the ioctl itself.
mode_error() {
	python3 - <<-'END'
		import fcntl, struct
		SET_MODE = 1 << 30 | 16 << 16 | 0xcd << 8 | 0x10
		with open("/dev/coredump_mon", "r+b", buffering=0) as device:
		    try:
		        fcntl.ioctl(device, SET_MODE, struct.pack("4I", 16, 0, 1, 0))
		        print("ok")
		    except OSError as error:
		        print(error.strerror)
	END
}

owner_was_first() {
	insmod "$work/owner.ko"
	modprobe coredump_mon
	udevadm settle
	sees would-deny
	if coredump-mon policy mode enforcing 2>"$work/err"; then
		return 1
	fi
	cat "$work/err"
	grep -F 'something else has the function' "$work/err"
	[ "$(mode_error)" = 'Device or resource busy' ]
	coredump-mon status --json |
		jq -e '.mode == "permissive" and (.enforcing | not)'
	sees would-deny
	# As soon as it is gone, refusing can be had.
	rmmod owner
	[ "$(mode_error)" = ok ]
	sees denied
	coredump-mon status --json | jq -e .can_enforce
	rmmod coredump_mon
}

owner_comes_later() {
	modprobe coredump_mon
	udevadm settle
	coredump-mon policy mode enforcing
	if insmod "$work/owner.ko"; then
		return 1
	fi
	sees denied
	# The gate goes after the last that was refused.
	coredump-mon policy mode permissive
	for _ in {1..100}; do
		if insmod "$work/owner.ko"; then
			break
		fi
		sleep 0.1
	done
	sees would-deny
	rmmod coredump_mon
	rmmod owner
}

try 'another owner is built' build_owner
try 'another owner, there before' owner_was_first
try 'another owner, there after' owner_comes_later
finish
