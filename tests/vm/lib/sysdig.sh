# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154
#
# Falco's driver and a reader of it, in the guest. Sourced by who sets work.

# sysdig_begin COMMAND PATTERN READER...: loads the driver and starts READER, whose
# output is $work/sysdig, until a line is like PATTERN: of what COMMAND does.
sysdig_begin() {
	insmod /lib/modules/"$(uname -r)"/updates/dkms/scap.ko*
	udevadm settle
	"${@:3}" >"$work/sysdig" 2>&1 &
	sysdig_pid=$!
	for _ in {1..600}; do
		"$1"
		! grep -q "$2" "$work/sysdig" || return 0
		sleep 0.1
	done
	cat "$work/sysdig"
	return 1
}

sysdig_go() {
	kill "$sysdig_pid"
	wait "$sysdig_pid" || true
	rmmod scap
}

sysdig_is_there() { [ -e /sys/module/scap ]; }
