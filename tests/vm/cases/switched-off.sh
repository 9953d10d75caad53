#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Kprobes, or all of ftrace, switched off behind our back.

set -euo pipefail
# shellcheck source=../lib/tap.sh
. /run/vm/share/tap.sh

kprobes=/sys/kernel/debug/kprobes/enabled
ftrace=/proc/sys/kernel/ftrace_enabled
mkdir -p /var/crash
echo secret >/var/crash/file
echo /var/crash/core.%p >/proc/sys/kernel/core_pattern
ulimit -c unlimited

made() { coredump-mon status --json | jq .records.made; }

# state NAME: of a probe.
state() {
	coredump-mon status --json |
		jq -r ".probes[] | select(.name == \"$1\") | .state"
}

# told SINCE FILTER: an event after SINCE that the filter selects, at once.
told() {
	coredump-mon watch --since "$1" --format json --timeout "$3" --count 1 \
		--type policy | jq -e "select($2)"
}

# An open is seen, and so is a dump.
all_is_seen() {
	local last pid

	last=$(made)
	cat /var/crash/file
	coredump-mon watch --since "$last" --type open --count 1 --timeout 10
	sleep 100 &
	pid=$!
	until [ "$(cat "/proc/$pid/comm")" = sleep ]; do sleep 0.1; done
	kill -SEGV "$pid"
	coredump-mon watch --since "$last" --type dump --count 1 --timeout 10 |
		grep -F "sleep[$pid]"
}

# kprobes_off: told within two seconds.
kprobes_off() {
	local last

	last=$(made)
	echo 0 >"$kprobes"
	told "$last" '.change == "kprobes" and .new == 0
		and .priority == "WARNING" and .enforcing == false' 2
	[ "$(state dump)" = off ]
	[ "$(state dump-return)" = off ]
	[ "$(state signal)" = in-place ]
	coredump-mon status | grep -E '^  dump  .*OFF.* not seen: core dumps$'
}

# What is hooked through ftrace does not care.
opens_are_seen() {
	local last

	[ "$(state open)" = in-place ]
	last=$(made)
	cat /var/crash/file
	coredump-mon watch --since "$last" --type open --count 1 --timeout 10
}

kprobes_on() {
	local last

	last=$(made)
	echo 1 >"$kprobes"
	told "$last" '.change == "kprobes" and .new == 1' 2
	[ "$(state dump)" = in-place ]
	all_is_seen
}

# Our hook through ftrace keeps it on.
ftrace_stays_on() {
	(echo 0 >"$ftrace") && return 1
	[ "$(cat "$ftrace")" = 1 ]
	all_is_seen
}

# Without one the kernel lets it be switched off: that is told.
ftrace_off() {
	local last

	modprobe coredump_mon hook=kprobe
	udevadm settle
	last=$(made)
	echo 0 >"$ftrace"
	told "$last" '.change == "kprobes" and .new == 0' 2
	[ "$(state open)" = off ]
	coredump-mon policy mode enforcing && return 1
	last=$(made)
	echo 1 >"$ftrace"
	told "$last" '.change == "kprobes" and .new == 1' 2
	all_is_seen
	rmmod coredump_mon
}

# Nothing would be seen: it says so and does not load.
refused() {
	dmesg --clear
	echo 0 >"$1"
	modprobe coredump_mon && return 1
	dmesg --level=err | grep -F 'kernel.ftrace_enabled'
	echo 1 >"$1"
	modprobe coredump_mon
	udevadm settle
	all_is_seen
	rmmod coredump_mon
}

modprobe coredump_mon
udevadm settle
try 'kprobes are switched off: told within two seconds' kprobes_off
try 'opens are seen meanwhile' opens_are_seen
try 'kprobes are switched on again' kprobes_on
try 'ftrace cannot be switched off' ftrace_stays_on
rmmod coredump_mon
try 'ftrace is switched off where kprobes alone serve' ftrace_off
echo 1 >"$ftrace"
try 'ftrace was off at load' refused "$ftrace"
echo 1 >"$ftrace"
try 'kprobes were off at load' refused "$kprobes"
finish
