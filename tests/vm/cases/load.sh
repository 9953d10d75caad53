#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What there must be on every kernel: it loads, its own selftest passes, and it
# is unloaded while others open, dump and read. Tells how it hooks there, for
# tests/check-all.

set -euo pipefail
# shellcheck source=../lib/tap.sh
. /run/vm/share/tap.sh

ROUNDS=10
load=()

# The kernel makes the device's node; root needs nothing of what udev adds.
loads() {
	modprobe coredump_mon
	coredump-mon status
}

# All of what is watched has its probe; the gate is tried while refusing.
every_probe() {
	coredump-mon policy mode enforcing
	coredump-mon status --json | tee /tmp/enforcing |
		jq -e '[.probes[] | select(.state != "in-place" and .state != "spare")
			| .name | select(startswith("gate-") | not)] == []'
	coredump-mon policy mode permissive
}

# As soon as it is changed, whoever does it.
follows_pattern() {
	local made

	mkdir -p /srv/cores
	echo secret >/srv/cores/file
	echo '/srv/cores/core.%p' >/proc/sys/kernel/core_pattern
	for _ in {1..20}; do
		! coredump-mon directories list --json | jq -e '.[] |
			select(.of_core_pattern and .state == "watched" and
				.path == "/srv/cores")' || break
		sleep 0.1
	done
	made=$(coredump-mon status --json | jq .records.made)
	cat /srv/cores/file
	coredump-mon watch --since "$made" --type open --count 1 --timeout 10 |
		grep -F /srv/cores/file
	echo core >/proc/sys/kernel/core_pattern
}

opens() {
	while :; do
		cat /var/crash/file /etc/hostname || true
	done
}

dumps() {
	cd /var/crash
	ulimit -c unlimited
	while :; do
		sh -c 'kill -SEGV $$' || true
		rm -f core*
	done
}

reads() {
	while :; do
		coredump-mon watch --timeout 1 || true
	done
}

# Pending work makes the module busy: then it is tried again.
unload() {
	local i

	for ((i = 0; i < 300; i++)); do
		if rmmod coredump_mon; then
			return
		fi
		sleep 0.1
	done
	return 1
}

rounds() {
	local i

	for ((i = 0; i < ROUNDS; i++)); do
		loads
		coredump-mon policy mode enforcing
		sleep 0.2
		if cat /var/crash/file; then
			return 1
		fi
		((i % 2)) || coredump-mon policy mode permissive
		unload
	done
}

mkdir -p /var/crash
echo secret >/var/crash/file

echo "# kernel: $(uname -r)"
try 'loads' loads
try 'selftest' coredump-mon selftest
try 'every probe is in place' every_probe
[ ! -s /tmp/enforcing ] || sed 's/^/# status: /' /tmp/enforcing
try 'the directory of core_pattern is watched' follows_pattern
try 'unloads' unload

for what in opens opens dumps reads; do
	"$what" >/dev/null 2>&1 </dev/null &
	load+=($!)
done
try 'is loaded and unloaded under load' rounds
# It fails if one of them is no more: there was less of a load, then.
kill "${load[@]}"
finish
