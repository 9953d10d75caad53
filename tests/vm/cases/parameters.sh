#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module's parameters, good and bad.

set -euo pipefail
# shellcheck source=../lib/tap.sh
. /run/vm/share/tap.sh

mkdir -p /var/crash
echo secret >/var/crash/file

# One event, of a read, with that verdict.
sees() {
	local last

	last=$(coredump-mon status --json | jq .records.made)
	cat /var/crash/file || true
	coredump-mon watch --since "$last" --type open --count 1 --timeout 20 \
		--format json | jq -e ".verdict == \"$1\""
	[ "$(coredump-mon status --json | jq .records.made)" = $((last + 1)) ]
}

# hooked PARAMETER HOOK: opens are seen that way, and refused as ever.
hooked() {
	# shellcheck disable=SC2086
	modprobe coredump_mon $1
	udevadm settle
	coredump-mon status --json |
		jq -e ".probes[] | select(.name == \"open\") | .hook == \"$2\""
	sees would-deny
	coredump-mon policy mode enforcing
	sees denied
	coredump-mon policy mode permissive
	sees would-deny
	rmmod coredump_mon
}

# refused PARAMETER WORDS: one line of the log says what is allowed.
refused() {
	dmesg --clear
	if modprobe coredump_mon "$1"; then
		rmmod coredump_mon
		return 1
	fi
	[ "$(dmesg | tee /dev/stderr | grep -c coredump_mon)" = 1 ]
	dmesg --level=err | grep -F "$1" | grep -F "$2"
	[ ! -e /sys/module/coredump_mon ]
}

ring() {
	modprobe coredump_mon ring_kib="$1"
	udevadm settle
	[ "$(cat /sys/module/coredump_mon/parameters/ring_kib)" = "$1" ]
	sees would-deny
	rmmod coredump_mon
}

# Said once, whatever is tried later.
modprobe coredump_mon
rmmod coredump_mon

try 'hook is auto by default, which is ftrace here' hooked '' ftrace
try 'hook=auto' hooked hook=auto ftrace
try 'hook=ftrace' hooked hook=ftrace ftrace
try 'hook=kprobe' hooked hook=kprobe kprobe
try 'hook=magic' refused hook=magic 'auto, ftrace or kprobe'
try 'the smallest ring' ring 64
try 'the largest ring' ring 16384
try 'a ring that is too small' refused ring_kib=63 '64 to 16384'
try 'a ring that is too large' refused ring_kib=16385 '64 to 16384'
try 'no ring' refused ring_kib=0 '64 to 16384'
try 'an enormous ring' refused ring_kib=4294967295 '64 to 16384'
finish
