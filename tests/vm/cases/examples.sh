#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The policies that are shipped: each loads, and does what its comment says.
# vm: --systemd --timeout 1800 --share tests/vm/lib/policy.sh --share tests/vm/lib/audited.py

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

AUDITED=/run/vm/share/audited.py

# Until the kernel's audit has told all that it has to: of this, in any case.
fence() {
	local last

	last=$(grep -c 'comm="touch"' audited || true)
	touch "$dir/fence"
	for _ in {1..100}; do
		[ "$(grep -c 'comm="touch"' audited || true)" = "$last" ] || return 0
		sleep 0.1
	done
	return 1
}

# row SEEN HERE COMMAND...: a row of auditd.yaml's table: by the original, and here,
# as an event of that type ("missed": as none).
row() {
	local before after

	rm -f "$dir/a" "$dir/b"
	echo some >"$dir/a"
	chmod 644 "$dir/a"
	fence
	before=$(grep -cv 'comm="touch"' audited)
	if [ "$2" = missed ]; then
		silent "${@:3}"
	else
		events 1 "$2" "${@:3}" | jq -e '.rule | startswith("CORE_DUMP")' >told
	fi
	fence
	after=$(grep -cv 'comm="touch"' audited)
	echo "${*:3}: $((after - before)) of the original, $2 here"
	case $1 in
	seen) [ "$after" = $((before + 1)) ] ;;
	missed) [ "$after" = "$before" ] ;;
	esac
}

# call NAME PATH [NEW]: that system call, of amd64, and no other in its place.
call() {
	perl -e '
		my ($name, $old, $new) = @ARGV;
		my %calls = (
			"openat" => [257, -100, $old, 1],
			"openat-read" => [257, -100, $old, 0],
			"open" => [2, $old, 1],
			"creat" => [85, $old, 0600],
			"openat2" => [437, -100, $old, pack("QQQ", 1, 0, 0), 24],
			"renameat" => [264, -100, $old, -100, $new],
			"renameat2" => [316, -100, $old, -100, $new, 0],
			"rename" => [82, $old, $new],
			"linkat" => [265, -100, $old, -100, $new, 0],
			"link" => [86, $old, $new],
			"unlinkat" => [263, -100, $old, 0],
			"unlink" => [87, $old],
			"chmod" => [90, $old, 0640],
			"chown" => [92, $old, 1, 1],
			"truncate" => [76, $old, 1],
			"setxattr" => [188, $old, "user.name", "value", 5, 0],
			"mkdirat" => [258, -100, $old, 0700],
			"symlinkat" => [266, "/", -100, $old],
		);
		my ($number, @rest) = @{$calls{$name}};
		syscall($number, @rest) >= 0 or die "$name: $!\n"' "$@"
}

# With what the table of the file says, and the kernel that the original is for.
like_auditd() {
	local call auditing

	load "$examples"/auditd.yaml
	mkdir -p "$dir"
	# It is found within a second.
	for _ in {1..50}; do
		coredump-mon directories list | grep -E "^watched +$dir" && break
		sleep 0.2
	done
	python3 "$AUDITED" CORE_DUMP "$dir" openat renameat unlinkat renameat2 \
		linkat >audited &
	auditing=$!
	soon grep 'in force' audited
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
	row missed dump crash
	row missed missed call openat-read "$dir/a"
	row missed missed call mkdirat "$dir/d"
	row missed missed call symlinkat "$dir/l"
	# What its mode does not let anybody but root do.
	row seen missed setpriv --reuid=daemon --clear-groups \
		tee "$dir/a" </dev/null
	# Elsewhere.
	mv "$dir/a" "$work/a"
	row missed open call openat "$work/a"
	ln "$dir/a" "$work/b"
	row missed open call openat "$work/b"
	kill "$auditing"
	wait "$auditing"
	silent cat /proc/self/coredump_filter
	rm -r "$dir/d" "$dir/l" "$dir/fence" "$work/a" "$work/b"
}

# With what the tables of the others say.
# By other names than the originals have, and moved away.
elsewhere_too() {
	mkdir mounted
	mount --bind "$dir" mounted
	events 1 open cat mounted/a | jq -e '.rule == "Core dump"'
	umount mounted
	ln "$dir/a" linked
	events 1 open cat linked | jq -e '.rule == "Core dump"'
	mv "$dir/a" moved
	events 1 open cat moved | jq -e '.rule == "Core dump"'
	mv moved "$dir/a"
	rm linked
	rmdir mounted
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
	elsewhere_too
	mkdir proc
	mount -t proc proc proc
	events 1 open cat proc/self/coredump_filter | jq -e '.rule == "Core dump"'
	umount proc
	chmod 755 "$dir/a"
	events 1 open "$dir/a" | jq -e '.file.access == "exec" and .rule == "Core dump"'
	events 1 open losetup --find "$dir/a" | jq -e '.rule == "Core dump"'
	losetup --detach-all
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
	elsewhere_too
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
