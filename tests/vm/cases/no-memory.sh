#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vm: --timeout 900 --append slub_debug=FZPU --share tests/vm/cases/starve
# No memory: one allocation after the other fails, when the module is loaded,
# when the device is opened and asked for something, when a record is made.

set -euo pipefail
# shellcheck source=../lib/tap.sh
. /run/vm/share/tap.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
parameters=/sys/module/starve/parameters
mkdir -p /var/crash
echo secret >/var/crash/file
mkdir -p /srv/cores
echo /srv/cores/core.%p >/proc/sys/kernel/core_pattern
ulimit -c unlimited

build() {
	cp -r /run/vm/share/starve "$work"
	make -C "/lib/modules/$(uname -r)/build" M="$work/starve" modules
	modprobe coredump_mon
	udevadm settle
	rmmod coredump_mon
}

# starve FUNCTION: what fails is what is allocated during that.
starve() {
	[ ! -e /sys/module/starve ] || rmmod starve
	insmod "$work/starve/starve.ko" during="$1"
}

# fail NTH ALL: of the next.
fail() {
	echo "$2" >"$parameters/all"
	echo "$1" >"$parameters/nth"
}

made() { cat "$parameters/made"; }

# All that the module could leave behind.
traces() {
	ls -d /sys/module/coredump_mon /dev/coredump_mon /sys/class/misc/coredump_mon 2>&1 ||
		true
	sort /sys/kernel/debug/kprobes/list
	cut -d' ' -f1 /sys/kernel/tracing/enabled_functions | sort
	# Areas that a module asked for which is not there any more.
	awk '$3 ~ /^0x/ { print $2, $3 }' /proc/vmallocinfo
}

# nothing_left: some of it goes a moment later.
nothing_left() {
	local i

	for ((i = 0; i < 50; i++)); do
		traces >"$work/now"
		! cmp -s "$work/before" "$work/now" || return 0
		sleep 0.1
	done
	diff "$work/before" "$work/now"
}

works() {
	local last

	udevadm settle
	coredump-mon status --json >"$work/status"
	jq -e '[.probes[] | select(.state == "missing")] == []
		and (.directories | any(.path == "/srv/cores"))' "$work/status"
	last=$(jq .records.made "$work/status")
	cat /var/crash/file
	coredump-mon watch --since "$last" --type open --count 1 --timeout 20
}

# It loads whole, as there is another way, or not at all. (That all that follow
# fail too is nothing to try here: to take a probe away the kernel needs memory.)
loads() {
	local n count refused=0

	starve do_one_initcall
	modprobe coredump_mon
	count=$(made)
	works
	rmmod coredump_mon
	traces >"$work/before"
	for ((n = 1; n <= count; n++)); do
		fail "$n" N
		if insmod "$(modinfo -n coredump_mon)" 2>"$work/err"; then
			fail 0 N
			echo "$n: loads"
			works
			rmmod coredump_mon
		else
			fail 0 N
			echo "$n: $(<"$work/err")"
			grep -qF 'Cannot allocate memory' "$work/err"
			((++refused))
		fi
		nothing_left
	done
	echo "$count allocations, without $refused of them it does not load"
	((refused > count / 2))
	rmmod starve
}

# objects: what kmalloc() gave, by who asked for it (slub_debug=U keeps that).
objects() {
	local cache dir=/sys/kernel/debug/slab file=alloc_traces

	sleep 3
	# Before 5.14.
	[ -d "$dir" ] || dir=/sys/kernel/slab file=alloc_calls
	for cache in "$dir"/kmalloc-*; do
		awk -v cache="${cache##*/}" '/^ *[0-9]+ / {
			n[$2] += $1
		}
		END { for (who in n) print cache "/" who, n[who] }' \
			"$cache/$file"
	done | sort
}

# Many loads leave no more behind than one.
rounds() {
	local round

	for round in {1..25}; do
		modprobe coredump_mon
		cat /var/crash/file
		rmmod coredump_mon
		((round == 5)) || continue
		traces >"$work/before"
		# To look at it takes something too, the first time.
		objects >"$work/objects"
		objects >"$work/objects"
	done
	nothing_left
	objects >"$work/now"
	# A leak is one a round, or more. The kernel's list of our functions that
	# bear no probe comes and goes as a whole.
	join -a 2 -e 0 -o 0,1.2,2.2 "$work/objects" "$work/now" |
		awk '!/kprobe_add_ksym_blacklist/ && $3 - $2 >= 20 {
			print
			bad = 1
		}
		END { exit bad }'
}

ask() { python3 "$work/starve/ask.py" "$1"; }

# unmade: how many records could not be made for want of memory.
unmade() { coredump-mon status --json | jq .unmade.memory; }

# opened: without memory the device cannot be opened, and says so.
opened() {
	local n answer=''

	starve misc_open
	[ "$(ask open)" = ok ]
	(($(made) >= 2))
	for ((n = 1; n < 20; n++)); do
		fail "$n" N
		answer=$(ask open)
		fail 0 N
		echo "$n: $answer"
		[ "$answer" = 'open ENOMEM' ] || break
	done
	[ "$answer" = ok ]
	((n > 2))
	# Nobody is counted who is not there.
	[ "$(coredump-mon status --json | jq .readers.used)" = 1 ]
	rmmod starve
}

# asked REQUEST ALL: it is done or it fails with ENOMEM, and then it changed
# nothing. What is done and has no record of it is counted.
asked() {
	local n count answer refused=0 before counted

	starve cdm_ioctl
	[ "$(ask "$1")" = ok ]
	count=$(made)
	undo
	for ((n = 1; n <= count; n++)); do
		before=$(state)
		counted=$(unmade)
		fail "$n" "$2"
		answer=$(ask "$1")
		fail 0 N
		echo "$n: $answer, $(($(unmade) - counted)) records not made"
		case $answer in
		ok) undo ;;
		'ioctl ENOMEM')
			((++refused))
			[ "$(state)" = "$before" ] ;;
		*) return 1 ;;
		esac
	done
	((refused > 0))
	[ "$(ask "$1")" = ok ]
	undo
	rmmod starve
}

state() {
	coredump-mon policy mode
	coredump-mon directories list
}

undo() {
	[ "$(ask permissive)" = ok ]
	coredump-mon directories set /var/crash
}

# Records that cannot be made are counted, and readers are told how many.
records() {
	local last counted

	starve cdm_event_begin
	last=$(coredump-mon status --json | jq .records.made)
	counted=$(unmade)
	fail 1 N
	cat /var/crash/file /var/crash/file /var/crash/file
	bash -c 'kill -SEGV $$' || true
	coredump-mon policy mode permissive
	[ "$(unmade)" = $((counted + 5)) ]
	[ "$(coredump-mon status --json | jq .records.made)" = "$last" ]
	fail 0 N
	cat /var/crash/file
	coredump-mon watch --since "$last" --count 2 --timeout 20 --format json |
		tee "$work/events"
	jq -es '.[0].type == "lost" and .[0].count == 5 and .[0].cause == "unmade"
		and .[1].type == "open"' "$work/events"
	rmmod starve
}

modprobe -r coredump_mon
try 'what fails is built' build
try 'loading' loads
try 'many loads leave nothing behind' rounds
modprobe coredump_mon
udevadm settle
coredump-mon directories set /var/crash
try 'open()' opened
# For many tags there is another way when one allocation fails.
for request in get_directories set_directories enforcing; do
	try "$request" asked "$request" N
done
for request in get_directories get_tags set_directories; do
	try "$request, and all that follow" asked "$request" Y
done
try 'records' records
rmmod coredump_mon
finish
