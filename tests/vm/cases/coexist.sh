#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vm: --timeout 1200 --share tests/vm/lib/beside.sh
# Beside others on the functions that are probed: kprobes of somebody's and
# bpftrace, there before and after, leaving first and last. Both sides go on
# seeing, and refusing goes on. What the kernel's log says is looked at by who
# runs this.

set -euo pipefail
# shellcheck source=../lib/tap.sh
. /run/vm/share/tap.sh

# shellcheck source=../lib/beside.sh
. /run/vm/share/beside.sh

TRACING=/sys/kernel/tracing
stranger=

# Somebody's kprobes: events of tracefs on both functions.
events_come() {
	echo 0 >"$TRACING"/trace
	echo 'p:somebody/do_dentry_open do_dentry_open' >>"$TRACING"/kprobe_events
	echo 'p:somebody/security_file_open security_file_open' \
		>>"$TRACING"/kprobe_events
	echo 1 >"$TRACING"/events/somebody/enable
}

events_go() {
	echo 0 >"$TRACING"/events/somebody/enable
	echo '-:somebody/do_dentry_open' >>"$TRACING"/kprobe_events
	echo '-:somebody/security_file_open' >>"$TRACING"/kprobe_events
}

# events_saw PROBE: how often, of the prober.
events_saw() { grep -c "^ *prober-.* $1:" "$TRACING"/trace || true; }

# What it calls a BPF program at a function's entry: kfunc, later fentry, and
# nothing in bullseye, which lists them and has none.
fentry=$(bpftrace -l kfunc:do_dentry_open 2>/dev/null | sed -n 's/:.*//p' || true)
bpftrace --info 2>&1 | grep -q "  ${fentry:-kfunc}: yes" || fentry=''

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

# Their probes, as events_saw and bpftrace_saw take them.
events_probes() { echo do_dentry_open security_file_open; }
bpftrace_probes() {
	local way

	for way in kprobe $fentry; do
		echo "$way:do_dentry_open" "$way:security_file_open"
	done
}

events_is_there() { [ -e "$TRACING/events/somebody" ]; }
bpftrace_is_there() { [ -n "$stranger" ] && kill -0 "$stranger" 2>/dev/null; }

for kind in events bpftrace; do
	beside "$kind"
done
[ -n "$fentry" ] ||
	skip 'bpftrace kfunc' 'this bpftrace has none; a program of ours is beside us in neighbours'
finish
