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
err=$(mktemp)

made() { coredump-mon status --json | jq .records.made; }

# state NAME: of a probe.
state() {
	coredump-mon status --json |
		jq -r ".probes[] | select(.name == \"$1\") | .state"
}

# told SINCE COUNT FILTER: COUNT policy events after SINCE within two seconds, of
# which the filter selects one.
told() {
	coredump-mon watch --since "$1" --format json --timeout 2 --count "$2" \
		--type policy | jq -es "any(.[]; $3)"
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
	coredump-mon watch --since "$last" --type dump --count 1 --timeout 10 \
		--format json | tee "$err" |
		jq -e ".process.pid == $pid and .core.path == \"/var/crash/core.$pid\""
	# What became of it is known where it is seen, and else not guessed.
	jq -e ".core.result == \"$([ "$(state dump-emit)" = off ] &&
		echo unknown || echo written)\"" "$err"
}

# kprobes_off: told within two seconds, both kinds.
kprobes_off() {
	local last

	last=$(made)
	echo 0 >"$kprobes"
	told "$last" 2 '.change == "kprobes" and .new == 0
		and .priority == "WARNING" and .enforcing == false'
	told "$last" 2 '.change == "kretprobes" and .new == 0'
}

# With each function's entry hooked through ftrace, a little is lost, and told.
little_is_lost() {
	kprobes_off
	[ "$(state open)" = in-place ]
	[ "$(state dump)" = in-place ]
	[ "$(state dump-emit)" = off ]
	coredump-mon status |
		grep -E '^  dump-emit .*OFF.* not seen: whether dumps are written'
	all_is_seen
}

kprobes_on() {
	local last

	last=$(made)
	echo 1 >"$kprobes"
	told "$last" 2 '.change == "kprobes" and .new == 1'
	[ "$(state dump-emit)" = in-place ]
	all_is_seen
}

# Our hook through ftrace keeps it on.
ftrace_stays_on() {
	(echo 0 >"$ftrace") && return 1
	[ "$(cat "$ftrace")" = 1 ]
	all_is_seen
}

# With kprobes alone, all is lost, and told.
all_is_lost() {
	modprobe coredump_mon hook=kprobe
	udevadm settle
	kprobes_off
	[ "$(state open)" = off ]
	[ "$(state dump)" = off ]
	[ "$(state signal)" = in-place ]
	coredump-mon status | grep -E '^  dump  .*OFF.* not seen: core dumps$'
	kprobes_on
}

# Whether the kernel keeps it on by itself (7.3).
ftrace_keeps_on() {
	if { echo 0 >"$ftrace"; } 2>"$err"; then
		echo 1 >"$ftrace"
		return 1
	fi
	cat "$err"
	grep -F 'Operation not supported' "$err"
	[ "$(cat "$ftrace")" = 1 ]
}

# can_not_enforce: for the reason given, which is an event as well.
can_not_enforce() {
	local last

	last=$(made)
	coredump-mon policy mode enforcing 2>"$err" && return 1
	grep -F 'kernel.ftrace_enabled is 0' "$err"
	told "$last" 1 '.change == "refused" and .new == 16 and
		.process.comm == "coredump-mon" and .enforcing == false'
	coredump-mon status --json | jq -e '.mode == "permissive"'
	# Nor is any of a policy in force that is to be enforced.
	coredump-mon policy show >"$err.before"
	cat >"$err.yaml" <<-'END'
		version: 1
		mode: enforcing
		watch: {directories: [/srv]}
		rules: [{name: open, match: {type: open, class: core, access: read}, action: deny}]
	END
	coredump-mon policy load "$err.yaml" 2>"$err" && return 1
	grep -F 'kernel.ftrace_enabled is 0' "$err"
	coredump-mon policy show | diff "$err.before" -
	coredump-mon directories set /var/crash
}

# Without a hook through ftrace the kernel lets it be switched off. Breakpoints
# serve without it.
ftrace_off() {
	local last

	if ftrace_keeps_on; then
		all_is_seen
		rmmod coredump_mon
		return
	fi
	last=$(made)
	echo 0 >"$ftrace"
	told "$last" 1 '.change == "kretprobes" and .new == 0'
	[ "$(state open)" = in-place ]
	[ "$(state dump)" = in-place ]
	[ "$(state dump-emit)" = off ]
	all_is_seen
	can_not_enforce
	last=$(made)
	echo 1 >"$ftrace"
	told "$last" 1 '.change == "kretprobes" and .new == 1'
	all_is_seen
	rmmod coredump_mon
}

# What was off when it was loaded: it says what that takes away.
off_at_load() {
	dmesg --clear
	echo 0 >"$1"
	modprobe coredump_mon
	udevadm settle
	dmesg --level=warn | grep -F \
		'is switched off (kernel.ftrace_enabled or debugfs'
	[ "$(state dump-emit)" = off ]
	all_is_seen
}

ftrace_was_off() {
	! ftrace_keeps_on || return 0
	off_at_load "$ftrace"
	can_not_enforce
	echo 1 >"$ftrace"
	rmmod coredump_mon
}

kprobes_were_off() {
	off_at_load "$kprobes"
	coredump-mon policy mode enforcing
	cat /var/crash/file && return 1
	coredump-mon policy mode permissive
	echo 1 >"$kprobes"
	rmmod coredump_mon
}

# Nothing would be seen: it says so and does not load.
refused() {
	dmesg --clear
	echo 0 >"$kprobes"
	modprobe coredump_mon hook=kprobe && return 1
	dmesg --level=err | grep -F 'not loaded: core dumps or opens would not be seen'
	echo 1 >"$kprobes"
	modprobe coredump_mon hook=kprobe
	udevadm settle
	all_is_seen
	rmmod coredump_mon
}

modprobe coredump_mon
udevadm settle
try 'kprobes are switched off: told within two seconds' little_is_lost
try 'kprobes are switched on again' kprobes_on
try 'ftrace cannot be switched off' ftrace_stays_on
rmmod coredump_mon
try 'kprobes are switched off where they alone serve' all_is_lost
try 'ftrace is switched off where kprobes alone serve' ftrace_off
echo 1 >"$ftrace"
try 'ftrace was off at load' ftrace_was_off
echo 1 >"$ftrace"
try 'kprobes were off at load' kprobes_were_off
echo 1 >"$kprobes"
try 'kprobes were off at load and they alone serve' refused
finish
