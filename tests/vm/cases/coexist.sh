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

# kprobe_saw FUNCTION: how often, of the prober.
kprobe_saw() { grep -c "^ *prober-.* $1:" "$TRACING"/trace || true; }

# bpftrace_come TYPE
bpftrace_come() {
	local show='{ printf("%s\n", probe); }'

	stdbuf -oL bpftrace -e "
		BEGIN { printf(\"ready\\n\"); }
		$1:vfs_open /comm == \"prober\"/ $show
		$1:security_file_open /comm == \"prober\"/ $show" \
		>"$work/bpftrace" 2>"$work/bpftrace.err" &
	stranger=$!
	for _ in {1..600}; do
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

bpftrace_saw() { grep -c ":$1\$" "$work/bpftrace" || true; }

bpf_kprobe_come() { bpftrace_come kprobe; }
bpf_kprobe_go() { bpftrace_go; }
bpf_kprobe_saw() { bpftrace_saw "$1"; }
bpf_kfunc_come() { bpftrace_come kfunc; }
bpf_kfunc_go() { bpftrace_go; }
bpf_kfunc_saw() { bpftrace_saw "$1"; }

module_come() { modprobe coredump_mon; udevadm settle; }
module_go() { rmmod coredump_mon; }

# stranger_sees KIND: its probes fire on both functions for the next open.
stranger_sees() {
	local function before after

	for function in vfs_open security_file_open; do
		before=$("$1_saw" "$function")
		"$PROBER" /etc/hostname >/dev/null
		for _ in {1..50}; do
			after=$("$1_saw" "$function")
			((after <= before)) || continue 2
			sleep 0.1
		done
		echo "$1 does not see $function: $before, then $after"
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

# together KIND FIRST LAST: who comes first, and who leaves first.
together() {
	local kind=$1

	if [ "$2" = stranger ]; then
		"${kind}_come"
		stranger_sees "$kind"
		module_come
	else
		module_come
		module_works
		"${kind}_come"
	fi
	stranger_sees "$kind"
	module_works "$kind"
	if [ "$3" = stranger ]; then
		"${kind}_go"
		module_works
		module_go
	else
		# It leaves while it refuses, too.
		coredump-mon policy mode enforcing
		module_sees denied is_refused
		module_go
		reads
		stranger_sees "$kind"
		"${kind}_go"
	fi
	reads
}

# The stranger comes and goes while the gate is there.
in_between() {
	module_come
	coredump-mon policy mode enforcing
	module_sees denied is_refused
	"$1_come"
	stranger_sees "$1"
	module_sees denied is_refused
	"$1_go"
	module_sees denied is_refused
	coredump-mon policy mode permissive
	module_sees would-deny reads
	module_go
}

for kind in kprobe bpf_kprobe bpf_kfunc; do
	for first in stranger module; do
		for last in stranger module; do
			try "$kind: $first comes first, $last leaves first" \
				together "$kind" "$first" "$last"
		done
	done
	try "$kind: while enforcing" in_between "$kind"
done
finish
