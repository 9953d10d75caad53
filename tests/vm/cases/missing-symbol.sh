#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A kernel that lacks a function which is probed: made by renaming it in a copy
# of the module, which then looks for what no kernel has.

set -euo pipefail
# shellcheck source=../lib/tap.sh
. /run/vm/share/tap.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p /var/crash

# variant SYMBOL...: a module that asks for other functions in their place.
variant() {
	local symbol expression=()

	for symbol; do
		# Strings end with a NUL; names of other functions do not match.
		expression+=(-e "s/\\x00$symbol\\x00/\\x00${symbol%?}#\\x00/g")
	done
	LC_ALL=C sed "${expression[@]}" "$(modinfo -n coredump_mon)" >"$work/variant.ko"
	! cmp -s "$work/variant.ko" "$(modinfo -n coredump_mon)"
}

errors() { dmesg --level=emerg,alert,crit,err | grep coredump_mon || true; }

# refused SYMBOL LOST: insmod fails, and one line says why and what is lost.
refused() {
	dmesg --clear
	! insmod "$work/variant.ko" || return 1
	errors | tee /dev/stderr
	[ "$(errors | wc -l)" = 1 ]
	errors | grep -F "${1%?}#" | grep -F "$2"
	[ ! -e /dev/coredump_mon ] && [ ! -e /sys/module/coredump_mon ]
}

without_dump_function() {
	variant do_coredump vfs_coredump
	refused do_coredump 'core dumps'
}

# state PROBE
state() {
	coredump-mon status --json |
		jq -r --arg name "$1" '.probes[] | select(.name == $name) | .state'
}

# sees_opens OPEN...: the events of these, Python's words for what is opened how.
sees_opens() {
	local last

	last=$(coredump-mon status --json | jq .records.made)
	for open; do
		python3 -c "import os; os.open($open)"
	done
	coredump-mon watch --since "$last" --type open --count $# --timeout 20 \
		--format json | tee "$work/opens"
	[ "$(coredump-mon status --json | jq .records.made)" = $((last + $#)) ]
}

CREATED='"/var/crash/file", os.O_CREAT | os.O_WRONLY'
UNNAMED='"/var/crash", os.O_TMPFILE | os.O_WRONLY'

# Each function by which opens come is observed by itself then.
without_do_dentry_open() {
	variant do_dentry_open
	dmesg --clear
	insmod "$work/variant.ko"
	[ -z "$(errors)" ]
	dmesg | grep -F 'do_dentry_ope#' | grep -F 'by an overlay'
	[ "$(state open)" = missing ]
	[ "$(state vfs-open)" = in-place ]
	[ "$(state finish-open)" = in-place ]
	sees_opens "$CREATED" "$UNNAMED"
	sees_a_dump
	rmmod coredump_mon
}

without_vfs_open() {
	variant do_dentry_open vfs_open
	refused vfs_open 'opens of core files'
}

without_finish_open() {
	variant do_dentry_open finish_open
	dmesg --clear
	insmod "$work/variant.ko"
	[ -z "$(errors)" ]
	coredump-mon status | grep -F 'O_TMPFILE'
	[ "$(state finish-open)" = missing ]
	sees_opens "$CREATED"
	rmmod coredump_mon
}

# The tool shows a dump, and prints what became of it.
sees_a_dump() {
	echo "/var/crash/core.%p" >/proc/sys/kernel/core_pattern
	ulimit -c unlimited
	bash -c 'kill -SEGV $$' || true
	coredump-mon watch --type dump --count 1 --timeout 20 --format json |
		tee "$work/dump" | jq -e '.signal.name == "SIGSEGV"'
}

without_dump_emit() {
	variant dump_emit
	insmod "$work/variant.ko"
	coredump-mon status | grep -F 'whether dumps are written or truncated'
	sees_a_dump
	jq -e '.core.result == "unknown"' "$work/dump"
	rmmod coredump_mon
}

# mode_error FLAGS: the error of asking for enforcing, from the ioctl itself.
mode_error() {
	python3 - "$1" <<-'END'
		import fcntl, struct, sys
		SET_MODE = 1 << 30 | 16 << 16 | 0xcd << 8 | 0x10
		request = struct.pack("4I", 16, int(sys.argv[1]), 1, 0)
		with open("/dev/coredump_mon", "r+b", buffering=0) as device:
		    try:
		        fcntl.ioctl(device, SET_MODE, request)
		        print("ok")
		    except OSError as error:
		        print(error.strerror)
	END
}

# Nothing can be refused: said when it is asked for, and all is still seen.
without_gate() {
	variant security_file_open
	insmod "$work/variant.ko"
	if coredump-mon policy mode enforcing 2>"$work/err"; then
		return 1
	fi
	cat "$work/err"
	grep -F 'no way to refuse' "$work/err"
	if coredump-mon watch --deny --timeout 5 2>"$work/err"; then
		return 1
	fi
	grep -F 'no way to refuse' "$work/err"
	# For the system, and for as long as the descriptor is open.
	[ "$(mode_error 0)" = 'Operation not supported' ]
	[ "$(mode_error 1)" = 'Operation not supported' ]
	coredump-mon status --json >"$work/status"
	jq -e '.mode == "permissive" and .holders == 0 and (.enforcing | not)
		and (.can_enforce | not)' "$work/status"
	sees_a_dump
	rmmod coredump_mon
}

# All there: nothing is said to be lost.
whole() {
	dmesg --clear
	modprobe coredump_mon
	[ -z "$(errors)" ]
	[ "$(state vfs-open)" = spare ]
	[ "$(state finish-open)" = spare ]
	sees_opens "$CREATED" "$UNNAMED"
	sees_a_dump
	jq -e '.core.result == "written"' "$work/dump"
	rmmod coredump_mon
}

try 'with every function it loads' whole
try 'without the dump function it does not load' without_dump_function
try 'without do_dentry_open others take its place' without_do_dentry_open
try 'without vfs_open too it does not load' without_vfs_open
try 'without finish_open too it loads, and status says so' without_finish_open
try 'without dump_emit the outcome is unknown' without_dump_emit
try 'without the gate nothing is refused, and it is said' without_gate
try 'after all that it loads' whole
finish
