# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Beside somebody else, in the guest: who comes first, who leaves first, and
# what each sees meanwhile. Sourced after tap.sh.
#
# A neighbour is four functions: NAME_come and NAME_go; NAME_probes, what it
# looks at, one a line; NAME_saw PROBE, how often that was hit. It looks for
# what is called prober alone.

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Opens its argument; dies of it.
PROBER=$work/prober
CRASHER=$work/crash/prober
mkdir "$work/crash"
cp /bin/cat "$PROBER"
cp /bin/bash "$CRASHER"
mkdir -p /var/crash
echo secret >/var/crash/file
core=/var/crash/file
echo /var/crash/core.%p >/proc/sys/kernel/core_pattern
ulimit -c unlimited
# 7.2 calls it by another name.
# shellcheck disable=SC2034
DUMP=$(grep -xEo -m 1 '(do|vfs)_coredump' \
	<(sed 's/^[^ ]* . //' /proc/kallsyms))

module_come() { modprobe coredump_mon; udevadm settle; }
module_go() { rmmod coredump_mon; }

crash() {
	# A shell of its own says nothing of it.
	("$CRASHER" -c 'kill -SEGV $$') || true
	rm -f /var/crash/core.*
}

# provoke PROBE: what is to hit it.
provoke() {
	case $1 in
	*_coredump) crash ;;
	*) "$PROBER" /etc/hostname >/dev/null ;;
	esac
}

# stranger_sees NAME: each of its probes fires at the next hit.
stranger_sees() {
	local probe before after

	for probe in $("$1_probes"); do
		before=$("$1_saw" "$probe")
		provoke "$probe"
		for _ in {1..50}; do
			after=$("$1_saw" "$probe")
			((after <= before)) || continue 2
			sleep 0.1
		done
		echo "$probe did not fire: $before, then $after"
		return 1
	done
}

# Without jq, which takes longer to start under emulation than all the rest.
made() {
	local status

	status=$(coredump-mon status --json)
	[[ $status =~ \"records\":\{\"made\":([0-9]+) ]]
	echo "${BASH_REMATCH[1]}"
}

# one_event SINCE TYPE PART...: that is all there was, and its JSON holds each
# PART.
one_event() {
	local event part

	event=$(coredump-mon watch --since "$1" --type "$2" --count 1 \
		--timeout 20 --format json) || return
	for part in "${@:3}"; do
		[[ $event = *"$part"* ]] ||
			{ echo "no $part in $event" && return 1; }
	done
	[ "$(($1 + 1))" = "$(made)" ]
}

# module_sees VERDICT COMMAND...: exactly one event of that open.
module_sees() {
	local before

	before=$(made)
	"${@:2}" || return
	one_event "$before" open "\"verdict\":\"$1\"" \
		"\"file\":{\"path\":\"$core\""
}

# And of a dump.
module_sees_crash() {
	local before

	before=$(made)
	crash
	one_event "$before" dump '"name":"SIGSEGV"' '"core":{"result":"written"' \
		'"comm":"prober"'
}

# No probe of ours was lost, and no hit was missed.
nothing_lost() {
	coredump-mon status --json | jq -e '[.probes[] |
		select((.state != "in-place" and (.name != "gate"))
			or .nmissed > 0)] == []' ||
		{ coredump-mon status && return 1; }
}

reads() { "$PROBER" "$core"; }
is_refused() { if "$PROBER" "$core"; then return 1; fi; }

module_works() {
	module_sees would-deny reads
	module_sees_crash
	coredump-mon policy mode enforcing
	module_sees denied is_refused
	module_sees_crash
	[ -z "${1:-}" ] || stranger_sees "$1"
	# What is no core is let through as ever.
	"$PROBER" /etc/hostname
	coredump-mon policy mode permissive
	module_sees would-deny reads
	nothing_lost
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
	module_sees_crash
	nothing_lost
	module_go
	reads
	stranger_sees "$1"
	"$1_go"
	reads
}

# beside NAME: in each order.
beside() {
	try "$1, there before" stranger_first "$1"
	leave "$1"
	try "$1, there after" module_first "$1"
	leave "$1"
	try "$1, there after the gate" refusing_first "$1"
	leave "$1"
}

# After a failure, for the sake of the next.
leave() {
	[ ! -e /sys/module/coredump_mon ] || module_go || true
	! "$1_is_there" || "$1_go" || true
}
