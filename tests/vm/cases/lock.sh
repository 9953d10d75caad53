#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Locked: nothing is changed any more, and the module stays, whoever asks. This
# guest has the module until it ends.
# vm: --share tests/vm/lib/policy.sh --share tests/vm/lib/requests.py

set -euo pipefail
# shellcheck source=../lib/tap.sh
. /run/vm/share/tap.sh
# shellcheck source=../lib/policy.sh
. /run/vm/share/policy.sh

requests=/run/vm/share/requests.py
parameter=/sys/module/coredump_mon/parameters/lock
locked='the module is locked'

# in_force: all that may be changed.
in_force() {
	coredump-mon status --json |
		jq -c '[.mode, .enforcing, .locked, .rules, .tags.used]'
	coredump-mon directories list
}

# Add and drop a tag, over and over, until that is refused.
change_until_refused() {
	python3 - "$1" <<-'END'
		import errno, fcntl, os, struct, sys
		device = os.open("/dev/coredump_mon", os.O_RDWR)
		file = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
		tag = struct.pack("2IiI", 16, 0, file, 0)
		number = 0x12
		try:
		    while True:
		        fcntl.ioctl(device, 1 << 30 | 16 << 16 | 0xcd << 8 | number, tag)
		        number ^= 1
		except OSError as error:
		    sys.exit(error.errno != errno.EPERM)
	END
}

not_locked() {
	coredump-mon status --json | jq -e '.locked == false'
	coredump-mon status | grep -E '^lock +not locked$'
	[ "$(cat "$parameter")" = N ]
	fails 1 'CAP_MAC_ADMIN' capsh --drop=cap_mac_admin -- -c \
		'coredump-mon policy lock'
	fails 2 'too many' coredump-mon policy lock now
	coredump-mon status --json | jq -e '.locked == false'
}

# While others change something, and a watch holds enforcing: that stays.
locks() {
	[ "$(coredump-mon policy mode)" = permissive ]
	coredump-mon status --json | jq -e '.holders == 1 and .enforcing'
	made >before
	# Each of them has changed something.
	for i in {1..4}; do
		until coredump-mon watch --since "$(cat before)" --timeout 0 --format json |
			grep "/tag$i\""; do sleep 0.1; done
	done
	# A descriptor from before.
	python3 "$requests" 3 coredump-mon policy lock 3<>/dev/coredump_mon | tee said
	[ "$(grep -c ' EPERM$' said)" = 10 ]
	grep -x 'lock ok' said
	[ "$(cat "$parameter")" = Y ]
	coredump-mon status --json | jq -e '.locked and .enforcing and .holders == 1
		and .mode == "enforcing"'
	coredump-mon status | grep '^lock  *locked: nothing can be changed'
}

# In the order in which it was; nothing was changed after it was locked. What paths lead
# to now is nobody's change, and what was suppressed is told later.
is_told() {
	coredump-mon watch --since "$(cat before)" --type policy --timeout 1 \
		--format json |
		jq -s 'map(select(.type == "policy" and .change != "followed"))' >events
	jq -e '(map(.change) | index("lock")) as $at
		| .[$at - 1].change == "mode" and .[$at - 1].new == "enforcing"
		and .[$at - 1].process.comm == "coredump-mon"
		and .[$at].old == 0 and .[$at].new == 1 and .[$at].enforcing
		and .[$at].process.cmdline == ["coredump-mon", "policy", "lock"]
		and (.[$at].message | test("^locked until reboot by coredump-mon"))
		and .[:$at] != [] and .[$at + 1:] == []' events
	coredump-mon watch --since "$(cat before)" --type policy --timeout 1 |
		grep 'lock until reboot, enforcing now'
}

hold_goes() {
	events 1 policy kill "$1" | tee line
	jq -e '.change == "hold" and .new == 0 and .enforcing' line
	coredump-mon status --json | jq -e '.enforcing and .holders == 0'
	refused cat "$core"
}

again() {
	local last

	last=$(made)
	coredump-mon policy lock
	[ "$(made)" = "$last" ]
}

requests_are_refused() {
	in_force >was
	made >last
	python3 "$requests" 0 <>/dev/coredump_mon | tee said
	[ "$(grep -c ' EPERM$' said)" = 10 ]
	grep -x 'lock ok' said
	# That is what is wrong first.
	python3 "$requests" 0 </dev/coredump_mon | tee said
	[ "$(grep -c ' EBADF$' said)" = 11 ]
	in_force | diff was -
	[ "$(made)" = "$(cat last)" ]
}

commands_say_why() {
	in_force >was
	echo 'version: 1' >policy.yaml
	fails 1 "set the mode: $locked" coredump-mon policy mode permissive
	fails 1 "set the mode: $locked" coredump-mon policy mode enforcing
	fails 1 "load rules: $locked" coredump-mon policy load policy.yaml
	fails 1 'nothing has changed' coredump-mon policy load policy.yaml
	[ -z "$(coredump-mon policy load policy.yaml 2>/dev/null)" ]
	fails 1 "load rules: $locked" coredump-mon policy load --builtin
	fails 1 "set the watched directories: $locked" coredump-mon directories set /srv
	fails 1 "change tags: $locked" coredump-mon tags add mark
	fails 1 "change tags: $locked" coredump-mon tags drop "$core"
	coredump-mon tags save
	fails 1 "restore tags: $locked" coredump-mon tags restore
	fails 1 "set the mode: $locked" coredump-mon watch --deny --timeout 1
	in_force | diff was -
	coredump-mon policy check policy.yaml
	coredump-mon policy show
}

stays() {
	fails 1 'in use' rmmod coredump_mon
	fails 1 'in use' modprobe -r coredump_mon
	[ "$(cat /sys/module/coredump_mon/initstate)" = live ]
}

# What the kernel does by itself.
tags_come_and_go() {
	local tags

	tags() { coredump-mon status --json | jq .tags.used; }
	tags=$(tags)
	echo new >/var/crash/new
	[ "$(tags)" = $((tags + 1)) ]
	mv /var/crash/new "$work/new"
	refused cat "$work/new"
	rm "$work/new"
	[ "$(tags)" = "$tags" ]
}

paths_are_followed() {
	local last

	last=$(made)
	mv /var/crash /var/crash.old
	mkdir /var/crash
	coredump-mon watch --since "$last" --type policy --timeout 20 --count 1 \
		--format json | jq -e '.change == "followed"'
	for _ in {1..100}; do
		! coredump-mon directories list --json | jq -e "any(.[]; .path == \"/var/crash\"
			and .ino == $(stat -c %i /var/crash))" || break
		sleep 0.1
	done
	echo secret >"$core"
	refused cat "$core"
	refused cat /var/crash.old/file
}

# told NEW: so many are on, within two seconds.
told() {
	coredump-mon watch --since "$(cat last)" --type policy --timeout 2 --count 2 \
		--format json | tee line
	jq -es 'any(.[]; .change == "kprobes" and .new == '"$1"' and .enforcing)
		and any(.[]; .change == "kretprobes" and .new == '"$1"')' line
}

kprobes_off_is_told() {
	local enabled=/sys/kernel/debug/kprobes/enabled

	made >last
	echo 0 >"$enabled"
	told 0
	refused cat "$core"
	made >last
	echo 1 >"$enabled"
	told 1
}

selftest() {
	coredump-mon selftest | tee said
	grep '^could not be proved.*refused while enforcing is held: the module is locked' said
	lacks grep FAILED said
}

# It neither goes nor stops, and who has the device open goes on reading.
force() {
	local lines

	grep -x CONFIG_MODULE_FORCE_UNLOAD=y "/boot/config-$(uname -r)"
	{ rmmod --force coredump_mon || true; } >/dev/null 2>&1 &
	for _ in {1..100}; do
		[ "$(cat /sys/module/coredump_mon/initstate)" != going ] || break
		sleep 0.1
	done
	[ "$(cat /sys/module/coredump_mon/initstate)" = going ]
	dmesg | grep 'coredump_mon: unloading is forced: locked, goes on until reboot'
	pkill -KILL rmmod || true
	sleep 3
	lines=$(wc -l <seen)
	refused cat "$core"
	refused cat "$core"
	for _ in {1..100}; do
		(($(wc -l <seen) < lines + 2)) || break
		sleep 0.1
	done
	tail -n +$((lines + 1)) seen | jq -es 'length == 2 and
		all(.[]; .verdict == "denied" and .process.comm == "cat")'
	pgrep rmmod
	# But nobody opens it any more.
	fails 1 'being loaded or unloaded.*locked' coredump-mon status
}

modprobe coredump_mon
udevadm settle
fresh_file
try 'it is not locked' not_locked
coredump-mon watch --deny >/dev/null 2>&1 &
holder=$!
until coredump-mon status --json | jq -e .enforcing; do sleep 0.1; done >/dev/null
changers=()
for i in {1..4}; do
	change_until_refused "tag$i" &
	changers+=($!)
done
try 'it is locked while others change it, with what a watch holds' locks
ended=0
for pid in "${changers[@]}"; do wait "$pid" || ended=$?; done
try 'who changes something is refused' test "$ended" = 0
try 'that is told, and no change after it' is_told
try 'that the watch ends changes nothing' hold_goes "$holder"
try 'a second time is no error, and no event' again
try 'each request is refused' requests_are_refused
try 'each command says why' commands_say_why
try 'it is not unloaded' stays
try 'tags come and go' tags_come_and_go
try 'watched paths are followed' paths_are_followed
try 'that kprobes are switched off is told' kprobes_off_is_told
try 'selftest says what it cannot prove' selftest
coredump-mon watch --since now --type open --format json >seen &
until (($(coredump-mon status --json | jq .readers.used) > 1)); do sleep 0.1; done
try 'forced, it does not go either' force
finish
