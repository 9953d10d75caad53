#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The real tool against the real module: what it prints, how it ends, and what
# it says where something is wrong.

set -euo pipefail
# shellcheck source=../lib/tap.sh
. /run/vm/share/tap.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p /var/crash
cd "$work"
ulimit -c unlimited

# fails STATUS WORDS COMMAND...: with that status, and those words on stderr.
fails() {
	local status=0 err

	err=$("${@:3}" 2>&1 >/dev/null </dev/null) || status=$?
	echo "status $status: $err"
	[ "$status" = "$1" ] && grep -qiE "$2" <<<"$err"
}

# events N TYPE COMMAND...: the N events that COMMAND makes, as JSON.
events() {
	local last

	last=$(coredump-mon status --json | jq .records.made)
	"${@:3}" >/dev/null 2>&1 || true
	coredump-mon watch --since "$last" --type "$2" --count "$1" --timeout 30 \
		--format json
}

module_not_loaded() {
	local command

	for command in status watch 'policy mode enforcing' 'tags list' \
		'directories list' selftest; do
		# shellcheck disable=SC2086
		fails 1 'not loaded.*modprobe coredump_mon' coredump-mon $command
	done
}

usage_errors() {
	fails 2 'bogus' coredump-mon bogus
	fails 2 'bogus' coredump-mon watch --bogus
	fails 2 'sideways' coredump-mon policy mode sideways
	fails 2 'xml' coredump-mon watch --format xml
	fails 2 '.' coredump-mon watch --count x
	fails 2 '.' coredump-mon
	coredump-mon --help
	coredump-mon watch --help
	coredump-mon --version
}

# Makes a program crash for another's sake.
forced_crash() {
	local sleeper

	sleep 300 &
	sleeper=$!
	until [ "$(cat "/proc/$sleeper/comm")" = sleep ]; do :; done
	kill -s SIGSEGV "$sleeper"
	wait "$sleeper" || true
}

text_dump() {
	forced_crash
	coredump-mon watch --type dump --count 1 --timeout 20 >line
	cat line
	[ "$(wc -l <line)" = 1 ]
	grep -E 'SIGSEGV.*forced by.*written' line
	grep -F /var/crash/core. line
	lacks grep $'\033' line
}

json_dump() {
	events 1 dump forced_crash | tee line
	jq -e '.type == "dump" and .signal.name == "SIGSEGV" and .signal.forced
		and .signal.sender.comm == "tool.sh" and .core.result == "written"
		and (.core.path | startswith("/var/crash/core."))
		and .core.pattern_kind == "file" and .process.comm == "sleep"
		and .process.cmdline == ["sleep", "300"]
		and (.process.exe | endswith("/sleep")) and .dumpable == 1
		and .privileged and .duration_ns > 0 and .process.namespaces.initial
		and (.time | test("^[0-9-]{10}T[0-9:]{8}\\.[0-9]{9}Z$"))' line
	[ "$(jq -r .core.ino line)" = "$(stat -c %i "$(jq -r .core.path line)")" ]
	[ "$(jq -r .core.size line)" = "$(stat -c %s "$(jq -r .core.path line)")" ]
}

json_open() {
	echo secret >/var/crash/file
	events 1 open cat /var/crash/file | tee line
	jq -e '.type == "open" and .verdict == "would-deny" and .rule != ""
		and .file.path == "/var/crash/file" and .file.class == "core"
		and .file.access == "read" and .result.errno == null
		and .result.fd >= 0 and .process.comm == "cat"
		and .process.cmdline == ["cat", "/var/crash/file"]' line
	events 1 open cat /proc/$$/coredump_filter | tee line
	jq -e '.file.class == "coredump_filter" and .target.pid == '$$' and
		.target.comm == "tool.sh" and .verdict == "allowed"' line
	echo secret >/root/tagged
	coredump-mon tags add /root/tagged
	events 1 open cat /root/tagged | tee line
	jq -e '.file.tagged and .file.origin.comm == "coredump-mon"
		and (.file.origin.pid | type) == "number"' line
	coredump-mon tags drop /root/tagged
}

# Names of files, arguments and commands that want to break out of a line.
hostile_names() {
	local name nasty=$'new\nline \e[31m\xff\xfe"\\ \x7f'

	for name in "$nasty" $'\xf0\x28\x8c\x28' '{"a":1}' $'\t'; do
		echo secret >"/var/crash/$name"
		# What is no UTF-8 cannot be compared; all else is the same.
		events 1 open cat "/var/crash/$name" >line
		jq -e '.file.path and .process.cmdline[1]' line
		[ "$(wc -l <line)" = 1 ]
		python3 - line <<-END
			import json, sys
			raw = open(sys.argv[1], 'rb').read()
			raw.decode('utf-8')
			assert not any(c < 0x20 for c in raw[:-1]), raw
			json.loads(raw)
		END
		coredump-mon watch --since "$(($(jq .seq line) - 1))" --count 1 \
			--timeout 5 >text
		[ "$(wc -l <text)" = 1 ]
		lacks env LC_ALL=C grep '[^ -~]' text
	done
	name=$'new\nline \e[31m'
	cp /bin/cat "$name"
	events 1 open "./$name" /proc/self/coredump_filter >line
	[ "$(wc -l <line)" = 1 ]
	jq -e '.process.comm == "new\nline \u001b[31m"' line
}

deny() {
	local watcher

	echo secret >/var/crash/file
	cat /var/crash/file
	coredump-mon watch --deny --since now --type open --format json >denied &
	watcher=$!
	enforcing
	fails 1 'Permission denied' cat /var/crash/file
	fails 1 'Permission denied' dd if=/var/crash/file of=/dev/null
	for _ in {1..100}; do
		[ "$(wc -l <denied)" = 2 ] && break
		sleep 0.1
	done
	jq -e '.verdict == "denied" and .result.errno == 13' denied
	kill -KILL "$watcher"
	wait "$watcher" || true
	cat /var/crash/file
	[ "$(coredump-mon status --json | jq .enforcing)" = false ]
}

enforcing() {
	for _ in {1..100}; do
		[ "$(coredump-mon status --json | jq .enforcing)" = false ] || return 0
		sleep 0.1
	done
	return 1
}

# Ends as asked, and with it the refusing.
deny_ends_with_sigterm() {
	local watcher signal

	for signal in TERM INT; do
		env --default-signal=INT coredump-mon watch --deny --since now \
			>/dev/null &
		watcher=$!
		enforcing
		fails 1 'Permission denied' cat /var/crash/file
		kill -s "$signal" "$watcher"
		wait "$watcher"
		cat /var/crash/file
	done
}

mode() {
	[ "$(coredump-mon policy mode)" = permissive ]
	events 1 policy coredump-mon policy mode enforcing | tee line
	jq -e '.type == "policy"' line
	[ "$(coredump-mon policy mode)" = enforcing ]
	fails 1 'Permission denied' cat /var/crash/file
	coredump-mon policy mode permissive
	cat /var/crash/file
}

# tag_of FILE: in the list, as JSON.
tag_of() {
	coredump-mon tags list --json |
		jq -c "select(.ino == $(stat -c %i "$1"))" | grep .
}

saved_tags() {
	local saved=/var/lib/coredump-mon/tags

	echo secret >kept
	coredump-mon tags add kept
	tag_of kept | tee before | jq -e '.mounted and
		.uuid == "'"$(findmnt -no UUID -T kept)"'"'
	coredump-mon tags save
	coredump-mon tags save here
	cmp here "$saved"
	[ "$(stat -c %a "$saved")" = 600 ]
	rmmod coredump_mon
	modprobe coredump_mon
	udevadm settle
	lacks tag_of kept
	coredump-mon tags restore
	coredump-mon tags restore here
	tag_of kept | cmp before
	events 1 open cat kept | jq -e '.file.tagged and
		.file.origin.comm == "coredump-mon"'
	coredump-mon tags drop kept

	# On a file system that makes its inode numbers up.
	echo secret >/dev/shm/not-kept
	coredump-mon tags add /dev/shm/not-kept
	coredump-mon tags save here 2>said
	grep '1 of .* not saved' said
	lacks cmp here "$saved"

	fails 1 'none-such' coredump-mon tags restore none-such
	fails 1 'none-such/file' coredump-mon tags save none-such/file
	sed '$s/ [0-9]* / x /' "$saved" >bad
	fails 1 "bad:$(wc -l <bad):" coredump-mon tags restore bad
	echo 'something else' >bad
	fails 1 'bad:1:' coredump-mon tags restore bad
	cp "$saved" bad
	chmod 666 bad
	fails 1 'not believed' coredump-mon tags restore bad
	ln -s "$saved" link
	fails 1 link coredump-mon tags restore link
	lacks tag_of kept
	fails 2 usage coredump-mon tags save a b
}

tags() {
	echo secret >plain
	coredump-mon tags add plain
	coredump-mon tags list | grep -F "$(stat -c %i plain)"
	fails 1 'tagged already' coredump-mon tags add plain
	events 1 open cat plain | jq -e '.file.class == "core"'
	mv plain moved
	events 1 open cat moved | jq -e '.file.class == "core"'
	coredump-mon tags drop moved
	fails 1 'not tagged' coredump-mon tags drop moved
	fails 1 'not a regular file' coredump-mon tags add /dev/null
	fails 1 'none-such' coredump-mon tags add /none-such
}

directories() {
	mkdir watched
	coredump-mon directories list | grep -F /var/crash
	coredump-mon directories set "$work/watched" "$work/none"
	coredump-mon directories list | tee list
	grep -F "$work/watched" list
	grep -F "$work/none" list | grep -i missing
	lacks grep -F /var/crash list
	echo secret >watched/file
	events 1 open cat watched/file | jq -e '.file.class == "core"'
	fails 1 'not a directory' coredump-mon directories set /etc/passwd
	coredump-mon directories set /var/crash
}

status() {
	coredump-mon status
	coredump-mon status | grep -F permissive
	coredump-mon status --json >line
	jq -e '.version and .mode == "permissive" and (.probes | length) > 3
		and .records.made > 0 and (.probes[] | select(.gate) | .state) ==
		"waiting"' line
}

# A reader that goes away is no error; a full disk is one.
output_gone() {
	coredump-mon watch --count 5 --timeout 5 | head -n 1
	coredump-mon watch --count 5 --timeout 5 | true
	fails 1 'standard output' bash -c 'coredump-mon status >/dev/full'
	fails 1 'standard output' bash -c 'coredump-mon status >&-'
}

out_of_time() {
	fails 1 'out of time' coredump-mon watch --since now --type dump --count 1 \
		--timeout 1
	coredump-mon watch --since now --timeout 1
}

no_such_record() {
	fails 1 'no record' coredump-mon watch --since 99999999 --count 1
}

too_many_readers() {
	local readers=() status=0

	# More than there may be, as one below may hold a place when one of
	# these comes: so in the end all places are taken.
	for _ in {1..70}; do
		coredump-mon watch --since now >/dev/null 2>&1 &
		readers+=($!)
	done
	for _ in {1..100}; do
		status=0
		fails 1 '64 readers' coredump-mon watch --count 1 --timeout 1 || status=$?
		((status)) || break
		sleep 0.2
	done
	kill "${readers[@]}" 2>/dev/null || true
	wait "${readers[@]}" || true
	return "$status"
}

other_device() {
	local status=0

	rmmod coredump_mon
	mknod /dev/coredump_mon c 1 3
	fails 1 'something else' coredump-mon status || status=$?
	rm /dev/coredump_mon
	modprobe coredump_mon
	udevadm settle
	return "$status"
}

try 'without the module it says so' module_not_loaded
try 'wrong usage is told' usage_errors
echo /var/crash/core.%p >/proc/sys/kernel/core_pattern
modprobe coredump_mon
udevadm settle
try 'a dump as text' text_dump
try 'a dump as JSON' json_dump
try 'opens as JSON' json_open
try 'hostile names stay in their line' hostile_names
try 'watch --deny, killed' deny
try 'watch --deny ends with a signal' deny_ends_with_sigterm
try 'policy mode' mode
try 'tags' tags
try 'tags saved and restored' saved_tags
try 'directories' directories
try 'status' status
try 'output that is gone' output_gone
try 'out of time' out_of_time
try 'a record that is not there' no_such_record
try 'as many readers as there may be' too_many_readers
try 'another device in its place' other_device
try 'selftest' coredump-mon selftest
rmmod coredump_mon
finish
