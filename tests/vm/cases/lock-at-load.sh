#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Locked as it is loaded: with what is built in.
# vm: --share tests/vm/lib/policy.sh --share tests/vm/lib/requests.py

set -euo pipefail
# shellcheck source=../lib/tap.sh
. /run/vm/share/tap.sh
# shellcheck source=../lib/policy.sh
. /run/vm/share/policy.sh

not_asked_for() {
	modprobe coredump_mon lock=0
	udevadm settle
	coredump-mon status --json | jq -e '.locked == false'
	rmmod coredump_mon
	lacks modprobe coredump_mon lock=maybe
	[ ! -e /sys/module/coredump_mon ]
}

# What fails to load leaves nothing behind that would be locked.
fails_to_load() {
	lacks modprobe coredump_mon lock=1 ring_kib=1
	[ ! -e /sys/module/coredump_mon ]
}

loads() {
	modprobe coredump_mon lock=1
	udevadm settle
	[ "$(cat /sys/module/coredump_mon/parameters/lock)" = Y ]
	coredump-mon status --json | jq -e '.locked and .mode == "permissive"
		and .rules.builtin'
	coredump-mon watch --type policy --timeout 1 --format json | tee line
	jq -es 'map(select(.change != "followed")) | length == 1
		and .[0].change == "lock" and .[0].process.comm == "modprobe"
		and .[0].enforcing == false' line
}

refuses() {
	python3 /run/vm/share/requests.py 0 <>/dev/coredump_mon | tee said
	[ "$(grep -c ' EPERM$' said)" = 10 ]
	fails 1 'the module is locked' coredump-mon policy mode enforcing
	fails 1 'in use' rmmod coredump_mon
	fails 1 'in use' modprobe -r coredump_mon
}

sees() {
	fresh_file
	events 1 open cat "$core" | jq -e '.verdict == "would-deny"'
	events 1 dump crash | jq -e '.signal.forced'
}

try 'not if it is not asked for' not_asked_for
try 'not if it cannot be loaded' fails_to_load
try 'it is loaded and locked' loads
try 'what is asked of it is refused' refuses
try 'it sees as ever' sees
finish
