#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vm: --timeout 900
# Beside others on the functions that are probed: kprobes of somebody's and
# bpftrace, there before and after, leaving first and last. Both sides go on
# seeing, and refusing goes on. What the kernel's log says is looked at by who
# runs this.

set -euo pipefail
# shellcheck source=../lib/tap.sh
. /run/vm/share/tap.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
TRACING=/sys/kernel/tracing
# Whose opens strangers look for.
PROBER=$work/prober
cp /bin/cat "$PROBER"
mkdir -p /var/crash
echo secret >/var/crash/file
core=/var/crash/file
stranger=

# Somebody's kprobes: events of tracefs on both functions.
kprobe_come() {
	echo 0 >"$TRACING"/trace
	echo 'p:somebody/vfs_open vfs_open' >>"$TRACING"/kprobe_events
	echo 'p:somebody/security_file_open security_file_open' \
		>>"$TRACING"/kprobe_events
	echo 1 >"$TRACING"/events/somebody/enable
}

kprobe_go() {
	echo 0 >"$TRACING"/events/somebody/enable
	echo '-:somebody/vfs_open' >>"$TRACING"/kprobe_events
	echo '-:somebody/security_file_open' >>"$TRACING"/kprobe_events
}

# kprobe_saw PROBE: how often, of the prober.
kprobe_saw() { grep -c "^ *prober-.* $1:" "$TRACING"/trace || true; }

# What it calls a BPF program at a function's entry: kfunc, later fentry, and
# nothing in bullseye, where it has none.
fentry=$(bpftrace -l kfunc:vfs_open 2>/dev/null | sed -n 's/:.*//p' || true)

# bpftrace starts slowly under emulation: one of it has both of its ways.
bpftrace_come() {
	local show='/comm == "prober"/ { printf("%s\n", probe); }' probe program=''

	for probe in $(bpftrace_probes); do
		program+=" $probe $show"
	done

	# A background job of a script ignores SIGINT unless told otherwise.
	env --default-signal=INT stdbuf -oL bpftrace -e "
		BEGIN { printf(\"ready\\n\"); } $program" \
		>"$work/bpftrace" 2>"$work/bpftrace.err" &
	stranger=$!
	for _ in {1..1200}; do
		if grep -q ready "$work/bpftrace"; then
			return 0
		fi
		kill -0 "$stranger" || break
		sleep 0.1
	done
	cat "$work/bpftrace.err"
	return 1
}

bpftrace_go() {
	kill -INT "$stranger"
	wait "$stranger" || true
}

# Some versions put the kernel's module between the two.
bpftrace_saw() { grep -c "^${1%:*}:\(.*:\)\?${1#*:}\$" "$work/bpftrace" || true; }

module_come() { modprobe coredump_mon; udevadm settle; }
module_go() { rmmod coredump_mon; }

# Their probes, as kprobe_saw and bpftrace_saw take them.
kprobe_probes() { echo vfs_open security_file_open; }
bpftrace_probes() {
	local way

	for way in kprobe $fentry; do
		echo "$way:vfs_open" "$way:security_file_open"
	done
}

# stranger_sees KIND: each of its probes fires at the next open.
stranger_sees() {
	local probe before after

	for probe in $("$1_probes"); do
		before=$("$1_saw" "$probe")
		"$PROBER" /etc/hostname >/dev/null
		for _ in {1..50}; do
			after=$("$1_saw" "$probe")
			((after <= before)) || continue 2
			sleep 0.1
		done
		echo "$probe did not fire: $before, then $after"
		return 1
	done
}

# module_sees VERDICT COMMAND...: exactly one event of that open.
module_sees() {
	local before after

	before=$(coredump-mon status --json | jq .records.made)
	"${@:2}" || return
	coredump-mon watch --since "$before" --type open --count 1 --timeout 20 \
		--format json | jq -e ".verdict == \"$1\" and .file.path == \"$core\""
	after=$(coredump-mon status --json | jq .records.made)
	[ "$((before + 1))" = "$after" ]
}

reads() { "$PROBER" "$core"; }
is_refused() { if "$PROBER" "$core"; then return 1; fi; }

module_works() {
	module_sees would-deny reads
	coredump-mon policy mode enforcing
	module_sees denied is_refused
	[ -z "${1:-}" ] || stranger_sees "$1"
	# What is no core is let through as ever.
	"$PROBER" /etc/hostname
	coredump-mon policy mode permissive
	module_sees would-deny reads
}

stranger_first() {
	"$1_come"
	stranger_sees "$1"
	module_come
	stranger_sees "$1"
	module_works "$1"
	# The module leaves first.
	module_go
	reads
	stranger_sees "$1"
	# Now the stranger does, while the module refuses.
	module_come
	coredump-mon policy mode enforcing
	module_sees denied is_refused
	"$1_go"
	module_sees denied is_refused
	coredump-mon policy mode permissive
	module_works
	module_go
	reads
}

module_first() {
	module_come
	module_works
	"$1_come"
	stranger_sees "$1"
	module_works "$1"
	"$1_go"
	module_works
	module_go
	reads
}

# The stranger comes while the module refuses, which leaves so.
refusing_first() {
	module_come
	coredump-mon policy mode enforcing
	module_sees denied is_refused
	"$1_come"
	stranger_sees "$1"
	module_sees denied is_refused
	module_go
	reads
	stranger_sees "$1"
	"$1_go"
	reads
}

for kind in kprobe bpftrace; do
	try "$kind, there before" stranger_first "$kind"
	try "$kind, there after" module_first "$kind"
	try "$kind, there after the gate" refusing_first "$kind"
done
finish
