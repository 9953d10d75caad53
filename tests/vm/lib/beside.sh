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
# Opens its argument; dies of it; calls what it says.
PROBER=$work/prober
CRASHER=$work/crash/prober
CALLER=$work/call/prober
mkdir "$work/crash" "$work/call"
cp /bin/cat "$PROBER"
cp /bin/bash "$CRASHER"
cp -L "$(command -v python3)" "$CALLER"
mkdir -p /var/crash
echo secret >/var/crash/file
core=/var/crash/file
echo /var/crash/core.%p >/proc/sys/kernel/core_pattern
ulimit -c unlimited
# It has another name since 6.17.
# shellcheck disable=SC2034
DUMP=$(grep -xEo -m 1 '(do|vfs)_coredump' \
	<(sed 's/^[^ ]* . //' /proc/kallsyms))

# The last record that is accounted for. Each one is: so none is missed, and none
# is one too many.
seq=0

module_come() { modprobe coredump_mon; udevadm settle; seq=0; }
module_go() { rmmod coredump_mon; }

crash() {
	# A shell of its own says nothing of it.
	("$CRASHER" -c 'kill -SEGV $$') || true
	rm -f /var/crash/core.*
	((seq += 2))
}

# calls PYTHON: in a process of that name.
calls() { PYTHONHOME=/usr "$CALLER" -c "$1"; }

# provoke PROBE: what is to hit it.
provoke() {
	case $1 in
	proc_dostring_coredump)
		"$PROBER" /proc/sys/kernel/core_pattern >/dev/null ;;
	*_coredump | dump_*) crash ;;
	evict)
		calls 'import os; os.open("/srv", os.O_TMPFILE | os.O_RDWR)' ;;
	security_inode_rename)
		calls 'import os, tempfile
name = tempfile.mktemp(dir="/srv")
open(name, "w").close()
os.rename(name, name + "2")
os.unlink(name + "2")' ;;
	security_inode_setattr)
		calls 'import os; os.chmod("/srv", 0o755)' ;;
	security_inode_link)
		calls 'import os, tempfile
name = tempfile.mktemp(dir="/srv")
open(name, "w").close()
os.link(name, name + "2")
os.unlink(name)
os.unlink(name + "2")' ;;
	generic_shutdown_super)
		calls 'import ctypes
libc = ctypes.CDLL(None)
assert not libc.mount(b"none", b"/mnt", b"ramfs", 0, None)
assert not libc.umount(b"/mnt")' ;;
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

# next_event PART...: the next record, whose JSON holds each PART. Without jq, which
# takes longer to start under emulation than all the rest.
next_event() {
	local event part

	event=$(coredump-mon watch --since "$seq" --count 1 --timeout 20 \
		--format json) || return
	((++seq))
	for part in "\"seq\":$seq," "$@"; do
		[[ $event = *"$part"* ]] ||
			{ echo "no $part in $event" && return 1; }
	done
}

# mode MODE: which is a record.
mode() { coredump-mon policy mode "$1" && ((++seq)); }

# module_sees VERDICT COMMAND...: exactly one event of that open.
module_sees() {
	"${@:2}" || return
	next_event '"type":"open"' "\"verdict\":\"$1\"" \
		"\"file\":{\"path\":\"$core\""
}

# And of a dump, and that its core is removed.
module_sees_crash() {
	crash
	((seq -= 2))
	next_event '"type":"dump"' '"name":"SIGSEGV"' \
		'"core":{"result":"written"' '"comm":"prober"'
	next_event '"type":"unlink"' '"path":"/var/crash/core.' '"comm":"rm"'
}

# No observer of ours was lost, no hit was missed, and no record is left.
nothing_lost() {
	local status

	status=$(coredump-mon status --json)
	jq -e --argjson seq "$seq" '.records.made == $seq and ([.probes[] |
		select((.state != "in-place" and .state != "spare" and
				(.gate | not))
			or .nmissed > 0)] == [])' <<<"$status" ||
		{ echo "$seq: $status" && return 1; }
}

reads() { "$PROBER" "$core"; }
is_refused() { if "$PROBER" "$core"; then return 1; fi; }

module_works() {
	module_sees would-deny reads
	module_sees_crash
	mode enforcing
	module_sees denied is_refused
	module_sees_crash
	[ -z "${1:-}" ] || stranger_sees "$1"
	# What is no core is let through as ever.
	"$PROBER" /etc/hostname
	mode permissive
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
	mode enforcing
	module_sees denied is_refused
	"$1_go"
	module_sees denied is_refused
	mode permissive
	module_works
	module_go
	reads
}

module_first() {
	module_come
	module_sees would-deny reads
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
	mode enforcing
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
