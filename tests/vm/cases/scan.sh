#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What lies about is found and tagged, with the real module: while it refuses
# nothing, and while it refuses to have it looked into.

set -euo pipefail
# shellcheck source=../lib/tap.sh
. /run/vm/share/tap.sh

work=$(mktemp -d)
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
cd "$work"

# found FILTER OPTION... DIRECTORY: what jq says of all that is found.
found() {
	coredump-mon tags scan --json "${@:2}" | jq -sc "$1"
}

# is WANTED FILTER OPTION... DIRECTORY
is() {
	local got

	got=$(found "${@:2}")
	echo "$got"
	[ "$got" = "$1" ]
}

inode_is_tagged() {
	coredump-mon tags list --json |
		jq -se --argjson ino "$(stat -c %i "$1")" 'any(.[]; .ino == $ino)'
}

# A core of a crash, and what is made of it, all of which stood there before the
# module was loaded.
prepare() {
	mkdir -p /var/crash there
	sysctl -q -w kernel.core_pattern="$work/there/core"
	(
		ulimit -c unlimited
		sleep 60 &
		kill -s SEGV $!
		wait $! || true
	) 2>/dev/null
	# The directory of an absolute one would be watched.
	sysctl -q -w kernel.core_pattern=core
	gzip -c there/core >there/packed
	gzip -c there/core >/var/crash/before
	echo nothing >there/text
	modprobe coredump_mon
}

finds() {
	is '[["core","elf"],["packed","gzip"]]' \
		'map([(.path | split("/") | last), .kind])' "$work"
	is '[false,false]' 'map(.tagged)' "$work"
	is '["root","everybody"]' 'map(.readable_by)' "$work"
}

tags() {
	is '[true,true]' 'map(.tagged)' --tag "$work"
	inode_is_tagged there/core
	inode_is_tagged there/packed
	is '[true,true]' 'map(.tagged)' "$work"
	# Again, it is none the worse.
	is '[true,true]' 'map(.tagged)' --tag "$work"
	coredump-mon tags scan "$work" | grep -c ' tagged$' | grep -x 2
	# And the one that stood in a watched directory.
	inode_is_tagged /var/crash/before
	[ "$(coredump-mon tags list --json | jq -s length)" = 3 ]
}

# One of each that counts as a core file, as of any reader.
makes_events() {
	local last

	last=$(coredump-mon status --json | jq .records.made)
	coredump-mon tags scan "$work"
	coredump-mon watch --since "$last" --type open --timeout 0 --format json |
		jq -sc 'map([.process.comm, (.file.path | split("/") | last)])' |
		tee events
	[ "$(cat events)" = '[["coredump-mon","core"],["coredump-mon","packed"]]' ]
}

refused() {
	coredump-mon tags drop /var/crash/before
	coredump-mon policy mode enforcing
	is '[["core","known",true],["packed","known",true]]' \
		'map([(.path | split("/") | last), .kind, .tagged])' "$work"
	is '[["before","known",false]]' \
		'map([(.path | split("/") | last), .kind, .tagged])' /var/crash
	is '[["before","known",true]]' \
		'map([(.path | split("/") | last), .kind, .tagged])' --tag /var/crash
	inode_is_tagged /var/crash/before
	coredump-mon policy mode permissive
	is '[["before","gzip",true]]' \
		'map([(.path | split("/") | last), .kind, .tagged])' /var/crash
}

# Who may not ask the module finds what is to be read, and is not told of tags.
without_rights() {
	local status=0

	setpriv --reuid=65534 --regid=65534 --clear-groups \
		coredump-mon tags scan --json "$work" >lines 2>error || status=$?
	cat lines error
	[ "$status" = 1 ]
	jq -se 'length == 1 and (.[0] | .kind == "gzip" and (has("tagged") | not))' \
		lines
	grep '/there/core: no permission' error
}

try 'the module is loaded where core files lie' prepare
try 'they are found' finds
try 'they are tagged' tags
try 'what is looked into makes an event' makes_events
try 'what may not be opened is known' refused
try 'without rights' without_rights
rmmod coredump_mon
finish
