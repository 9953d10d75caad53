#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vm: --timeout 1800 --append slub_debug=FZPU --share tests/vm/cases/starve
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

# All that the module could leave behind. In the loops here each program that is
# begun takes as long as what is tried.
traces() {
	local path

	for path in /sys/module /dev /sys/class/misc; do
		[ ! -e "$path/coredump_mon" ] || echo "$path/coredump_mon"
	done
	# Areas that a module asked for which is not there any more.
	awk 'FILENAME ~ /vmallocinfo$/ { if ($3 ~ /^0x/) print $2, $3; next }
		FILENAME ~ /enabled_functions$/ { print $1; next }
		{ print }' /sys/kernel/debug/kprobes/list \
		/sys/kernel/tracing/enabled_functions /proc/vmallocinfo | sort
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

# look: sets status to the module's, as JSON.
look() { status=$(coredump-mon status --json); }

# counted KEY: the number of that name in status.
counted() {
	[[ $status =~ \"$1\":([0-9]+) ]]
	echo "${BASH_REMATCH[1]}"
}

works() {
	look
	[[ $status == *'"state":"in-place"'*'"directories":'*'"/srv/cores"'* ]]
	[[ ${status%'"directories":'*} != *'"state":"missing"'* ]]
	cat /var/crash/file
	coredump-mon watch --since "$(counted made)" --type open --count 1 \
		--timeout 20
}

# It loads whole, as there is another way, or not at all. (That all that follow
# fail too is nothing to try here: to take a probe away the kernel needs memory.)
loads() {
	local n count refused=0 module

	module=$(modinfo -n coredump_mon)
	starve do_one_initcall
	modprobe coredump_mon
	count=$(made)
	works
	rmmod coredump_mon
	traces >"$work/before"
	for ((n = 1; n <= count; n++)); do
		fail "$n" N
		if insmod "$module" 2>"$work/err"; then
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
	local dir=/sys/kernel/debug/slab file=alloc_traces

	sleep 3
	# Before 5.14.
	[ -d "$dir" ] || dir=/sys/kernel/slab file=alloc_calls
	awk '/^ *[0-9]+ / {
			cache = FILENAME
			sub(".*/kmalloc", "kmalloc", cache)
			n[cache "/" $2] += $1
		}
		END { for (who in n) print who, n[who] }' \
		"$dir"/kmalloc-*/"$file" | sort
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

# One process asks all.
ask() {
	local answer

	echo "$1" >&"$question"
	read -r answer <&"$answers"
	echo "$answer"
}

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
	local n count answer refused=0 before unmade

	starve cdm_ioctl
	[ "$(ask "$1")" = ok ]
	count=$(made)
	undo
	for ((n = 1; n <= count; n++)); do
		look
		before=$(state)
		unmade=$(counted memory)
		fail "$n" "$2"
		answer=$(ask "$1")
		fail 0 N
		look
		echo "$n: $answer, $(($(counted memory) - unmade)) records not made"
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

# Of what status says, what a request may change.
state() {
	[[ $status =~ \"mode\":\"[a-z]+\" ]]
	echo "${BASH_REMATCH[0]} ${status#*'"directories":'}"
}

undo() {
	[ "$(ask permissive)" = ok ]
	[ "$(ask reset_directories)" = ok ]
	[ "$(ask builtin)" = ok ]
}

# Records that cannot be made are counted, and readers are told how many.
records() {
	local last unmade

	starve cdm_event_begin
	look
	last=$(counted made)
	unmade=$(counted memory)
	fail 1 N
	cat /var/crash/file /var/crash/file /var/crash/file
	bash -c 'kill -SEGV $$' || true
	coredump-mon policy mode permissive
	look
	[ "$(counted memory)" = $((unmade + 5)) ]
	[ "$(counted made)" = "$last" ]
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
# What udev does at each load takes longer than the load.
udevadm control --exit
try 'loading' loads
try 'many loads leave nothing behind' rounds
/lib/systemd/systemd-udevd --daemon
modprobe coredump_mon
udevadm settle
coredump-mon directories set /var/crash
mkfifo "$work/questions" "$work/answers"
python3 "$work/starve/ask.py" <"$work/questions" >"$work/answers" &
exec {question}>"$work/questions" {answers}<"$work/answers"
try 'open()' opened
# For many tags there is another way when one allocation fails.
for request in get_directories set_directories enforcing policy; do
	try "$request" asked "$request" N
done
for request in get_directories get_tags set_directories policy; do
	try "$request, and all that follow" asked "$request" Y
done
try 'records' records
exec {question}>&-
rmmod coredump_mon
finish
