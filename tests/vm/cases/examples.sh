#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The policies that are shipped: each loads, and does what its comment says.
# vm: --systemd --timeout 1800 --share tests/vm/lib/policy.sh --share tests/vm/lib/original.sh --share tests/vm/lib/falco.sh --share tests/vm/lib/calls.py --share tests/vm/lib/audited.py

set -euo pipefail
# shellcheck source=../lib/tap.sh
. /run/vm/share/tap.sh
# shellcheck source=../lib/policy.sh
. /run/vm/share/policy.sh
# shellcheck source=../lib/original.sh
. /run/vm/share/original.sh
# shellcheck source=../lib/falco.sh
. /run/vm/share/falco.sh

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

# With what the table of each file says; beside the kernel that the original is for.
like_auditd() {
	local call told=audited mark='comm="touch"' rule=CORE_DUMP auditing

	begin auditd
	python3 /run/vm/share/audited.py CORE_DUMP "$dir" openat renameat \
		unlinkat renameat2 linkat >audited &
	auditing=$!
	soon grep 'in force' audited
	fencing() { touch "$dir/fence"; }
	row seen open call openat "$dir/a"
	for call in renameat renameat2; do
		row seen rename call "$call" "$dir/a" "$dir/b"
	done
	row seen link call linkat "$dir/a" "$dir/b"
	row seen unlink call unlinkat "$dir/a"
	for call in open creat openat2; do
		row missed open call "$call" "$dir/a"
	done
	row missed rename call rename "$dir/a" "$dir/b"
	row missed link call link "$dir/a" "$dir/b"
	row missed unlink call unlink "$dir/a"
	for call in chmod chown truncate setxattr; do
		row missed attr call "$call" "$dir/a"
	done
	by_other_ways
	row missed dump dumped_there
	row missed missed call openat-read "$dir/a"
	row missed missed call mkdirat "$dir/d"
	row missed missed call symlinkat "$dir/l"
	row seen missed not_permitted tee "$dir/a"
	row missed open when_moved call openat
	row missed open by_hard_link call openat
	kill "$auditing"
	wait "$auditing"
	silent cat /proc/self/coredump_filter
	rm -r "$dir/d" "$dir/l" "$dir/fence" linked moved
}

by_other_ways() {
	local pair way
	local ring=(openat:open openat2:open)

	# What 5.10 has not yet.
	[[ $(uname -r) = 5.10.* ]] ||
		ring+=(renameat:rename linkat:link unlinkat:unlink setxattr:attr)
	for pair in "${ring[@]}"; do
		for way in by_ring by_worker; do
			row missed "${pair#*:}" "$way" "${pair%:*}" "$dir/a" "$dir/b"
		done
	done
	for pair in openat:open open:open renameat:rename renameat2:rename linkat:link \
		unlinkat:unlink truncate:attr; do
		row missed "${pair#*:}" call32 "${pair%:*}" "$dir/a" "$dir/b"
	done
}

# Beside the original: neighbours-falco.
like_falco() {
	local told=''

	begin falco
	falco_rows
	scene
	events 1 open "$dir/a" | jq -e '.file.access == "exec" and .priority == "WARNING"'
}

TRACING=/sys/kernel/tracing

# The names that programs give to opens, of what the policy lists: where Capsule8's
# sensor took them, which is passed no more, and where that went.
capsule8_begin() {
	local place=sensor function

	for function in do_sys_open do_sys_openat2; do
		echo "p:$place $function name=+0(%si):string" >>"$TRACING/kprobe_events"
		echo 1 >"$TRACING/events/kprobes/$place/enable"
		place=opened
	done
	grep --line-buffered -E "name=\"($dir/|/proc/.*/coredump_filter\")" \
		"$TRACING/trace_pipe" >names &
	reader=$!
}
capsule8_end() {
	kill "$reader"
	wait "$reader" || true
	cat "$TRACING/kprobe_profile"
	grep -E '^ *opened +[1-9]' "$TRACING/kprobe_profile"
	grep -E '^ *sensor +0 ' "$TRACING/kprobe_profile"
	echo 0 >"$TRACING/events/kprobes/enable"
	echo >"$TRACING/kprobe_events"
}

like_capsule8() {
	local told=names mark='/fence"' rule='Core dump' name reader

	begin capsule8
	echo fence >"$dir/fence"
	fencing() { cat "$dir/fence"; }
	capsule8_begin
	for name in open-read openat-read openat-both openat creat openat2-read; do
		row seen open call "$name" "$dir/a"
	done
	row seen open call openat-make "$dir/b"
	row seen open call32 openat-read "$dir/a"
	row seen open by_losetup
	row seen open cat /proc/self/coredump_filter
	row missed open in_dir cat a
	row missed open by_ring openat-read "$dir/a"
	row missed open call open_by_handle_at-read "$dir/a"
	row missed open "$dir/a"
	row missed open by_swapon
	for name in symlink bind_mount overlay hard_link chroot; do
		row missed open "by_$name"
	done
	row missed open cat "/proc/self/root$dir/a"
	row missed open when_moved
	row missed open where_procfs_is_too
	row missed dump dumped_there
	row seen missed of_that_name
	row seen missed not_permitted cat "$dir/a"
	row seen missed lacks cat "$dir/b"
	row seen missed call openat-path "$dir/a"
	row missed missed mv "$dir/a" "$dir/b"
	row missed missed rm "$dir/a"
	capsule8_end
	events 1 open cat "$dir/fence" | jq -e '.priority == "WARNING"'
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
