#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The policies that are shipped: each loads, and does what its comment says.
# vm: --systemd --timeout 900 --share tests/vm/lib/policy.sh

set -euo pipefail
# shellcheck source=../lib/tap.sh
. /run/vm/share/tap.sh
# shellcheck source=../lib/policy.sh
. /run/vm/share/policy.sh

shipped_files() {
	local file

	for file in "$examples"/*.yaml; do
		coredump-mon policy check "$file"
		load "$file"
		coredump-mon policy show >shown
		load shown
		coredump-mon policy show | diff shown -
	done
	coredump-mon directories set /var/crash
	fresh_file
	load "$examples"/policy.yaml
	events 1 open cat "$core" | jq -e '.verdict == "allowed" and
		.rule == "Core file read" and .priority == "WARNING"'
	events 1 open cat /proc/self/coredump_filter | jq -e '.rule == "default"'
}

dir=/var/lib/systemd/coredump

# soon COMMAND...: it succeeds within a while.
soon() {
	for _ in {1..150}; do
		"$@" && return
		sleep 0.2
	done
	return 1
}

# What is commented out, on a server with systemd-coredump.
beside_systemd_coredump() {
	local stored

	sed 's/^#://' "$examples"/policy.yaml >enforcing.yaml
	coredump-mon directories set /var/crash "$dir"
	sed -n 's/^kernel.core_pattern=//p' /usr/lib/sysctl.d/50-coredump.conf \
		>/proc/sys/kernel/core_pattern
	load enforcing.yaml
	[ "$(coredump-mon policy mode)" = enforcing ]
	fresh_file
	refused cat "$core"
	crash
	soon compgen -G "$dir/core.sleep.*"
	stored=$(compgen -G "$dir/core.sleep.*")
	# It is stored whole, and told of.
	soon coredumpctl info sleep
	refused cat "$stored"
	refused cp "$stored" copy
	events 1 open coredumpctl dump sleep -o dumped |
		jq -e '.rule == "Core file read by coredumpctl"'
	[ "$(head -c 4 dumped)" = $'\x7fELF' ]
	rm "$stored"
	coredump-mon policy mode permissive
	echo /var/crash/core.%p >/proc/sys/kernel/core_pattern
}

# With what the tables of the files say.
like_auditd() {
	load "$examples"/auditd.yaml
	mkdir -p "$dir"
	# It is found within a second.
	for _ in {1..50}; do
		coredump-mon directories list | grep -E "^watched +$dir" && break
		sleep 0.2
	done
	events 1 open tee "$dir/a" </dev/null | jq -e '.rule == "CORE_DUMP"'
	events 1 open python3 -c "open('$dir/a', 'r+')" | jq -e '.rule == "CORE_DUMP"'
	events 1 link ln "$dir/a" "$dir/b" | jq -e '.rule == "CORE_DUMP, changed"'
	events 1 attr chmod 600 "$dir/a" | jq -e '.rule == "CORE_DUMP, changed"'
	events 1 rename mv "$dir/a" "$work/a" | jq -e '.rule == "CORE_DUMP, changed"'
	events 1 open tee -a "$work/a" </dev/null | jq -e '.rule == "CORE_DUMP"'
	events 1 unlink rm "$dir/b" | jq -e '.rule == "CORE_DUMP, changed"'
	events 1 dump crash | jq -e '.rule == "CORE_DUMP, by the kernel"'
	silent cat "$work/a"
	silent cat /proc/self/coredump_filter
	rm "$work/a"
}

like_falco() {
	load "$examples"/falco.yaml
	echo secret >"$dir/a"
	ln -s "$dir/a" symlink
	events 1 open cat "$dir/a" | jq -e '.rule == "Core dump" and
		.priority == "WARNING"'
	events 1 open cat symlink | jq -e '.rule == "Core dump"'
	events 1 open python3 -c "open('$dir/a', 'r+')" | jq -e '.rule == "Core dump"'
	events 1 open cat /proc/self/coredump_filter | jq -e '.rule == "Core dump"'
	silent tee -a "$dir/a"
	silent mv "$dir/a" "$dir/b"
	silent crash
	events 1 open cat "$dir/b" | jq -e '.rule == "Core dump"'
	rm "$dir/b"
}

like_capsule8() {
	load "$examples"/capsule8.yaml
	echo secret >"$dir/a"
	events 1 open cat "$dir/a" | jq -e '.rule == "Core dump" and
		.priority == "WARNING"'
	events 1 open tee -a "$dir/a" </dev/null | jq -e '.rule == "Core dump"'
	events 1 open cat /proc/self/coredump_filter | jq -e '.rule == "Core dump"'
	events 1 dump crash | jq -e '.rule == "Core dump, by the kernel"'
	silent mv "$dir/a" "$dir/b"
	silent rm "$dir/b"
}

# What cannot be proved for the rules in force is no failure.
selftests() {
	local file

	for file in "$examples"/*.yaml; do
		load "$file"
		coredump-mon selftest | tee said
		lacks grep FAILED said
	done
	grep 'could not be proved.*deny no opens' said
	coredump-mon policy load enforcing.yaml
	coredump-mon selftest
	coredump-mon policy mode permissive
	coredump-mon policy load --builtin
	coredump-mon directories set /var/crash
	coredump-mon selftest | tee said
	grep -E '^ok +a read is refused while enforcing is held' said
}

echo /var/crash/core.%p >/proc/sys/kernel/core_pattern
[ -e /sys/module/coredump_mon ] || modprobe coredump_mon
udevadm settle
try 'the shipped files' shipped_files
try 'the profile for systemd-coredump' beside_systemd_coredump
try "as auditd's rule means" like_auditd
try "as Falco's rule means" like_falco
try "as Capsule8's policy means" like_capsule8
try 'selftest, with rules' selftests
rmmod coredump_mon
finish
