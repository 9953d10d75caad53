#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Programs that rules name, upgraded: rules follow them, which is told; and nothing
# else. As the service has it is in service.sh.
# vm: --timeout 900 --share tests/vm/lib/policy.sh

set -euo pipefail
# shellcheck source=../lib/tap.sh
. /run/vm/share/tap.sh
# shellcheck source=../lib/policy.sh
. /run/vm/share/policy.sh

reader=/usr/bin/cdm-reader
other=/usr/bin/cdm-other

# said WORDS: it did, since the last mark.
said() { grep -F -- "$1" "$work/said"; }
mark() { : >"$work/said"; }

# upgrade VERSION: by a package, as any is.
upgrade() {
	local dir=$work/package

	rm -rf "$dir"
	mkdir -p "$dir/DEBIAN" "$dir/usr/bin"
	printf '%s\n' 'Package: cdm-reader' "Version: $1" 'Architecture: all' \
		'Maintainer: nobody <nobody@localhost>' 'Description: reads' \
		>"$dir/DEBIAN/control"
	cp /usr/bin/cat "$dir$reader"
	# Another file in more than its number.
	echo "$1" >>"$dir$reader"
	chmod 755 "$dir" "$dir/DEBIAN" "$dir/usr" "$dir/usr/bin" "$dir$reader"
	dpkg-deb --root-owner-group -b "$dir" "$work/package.deb"
	dpkg -i "$work/package.deb"
}

# replace FILE: as it is, but another one.
replace() {
	cp -p "$1" "$1.new"
	mv "$1.new" "$1"
}

stale() { coredump-mon status --json | jq -c '.rules.stale | map(.name)'; }
stale_is() { [ "$(stale)" = "$1" ]; }

is_trusted() {
	mkdir -p /srv/kept
	cp /usr/bin/cat "$other"
	upgrade 1
	cat >reader.yaml <<-END
		version: 1
		mode: enforcing
		rules:
		- name: a reader
		  match: {type: open, class: core, access: read, executable: [$reader, $other], user: root}
		  action: log
		- {name: nobody, match: {type: open, class: core, access: read}, action: deny}
		- {name: kept, match: {type: unlink, directory: /srv/kept}, action: deny}
	END
	load reader.yaml
	fresh_file
	"$reader" "$core"
	"$other" "$core"
	refused cat "$core"
}

upgrades_are_followed() {
	local last

	mark
	last=$(made)
	upgrade 2
	soon "$reader" "$core"
	soon said "rule 'a reader' follows $reader, in whose place another file is now"
	stale_is '[]'
	"$other" "$core"
	refused cat "$core"
	coredump-mon watch --since "$last" --type policy --count 1 --timeout 30 \
		--format json | tee line
	jq -e '.change == "rules" and .old == 3 and .new == 3 and
		.process.comm == "coredump-mon" and
		.process.cmdline[1:] == ["policy", "follow"]' line
	# Once.
	[ "$(said follows | wc -l)" = 1 ]
	# Two at once.
	mark
	upgrade 3
	replace "$other"
	soon "$reader" "$core"
	soon "$other" "$core"
	soon said "follows $reader"
	soon said "follows $other"
	[ "$(said follows | wc -l)" = 2 ]
}

# not_followed WORDS: the reader is not, which is told once.
not_followed() {
	soon said "rule 'a reader': what has taken the place of '$reader' is not followed: $1"
	sleep 5
	refused "$reader" "$core"
	stale_is "[\"$reader\"]"
	[ "$(said 'is not followed' | wc -l)" = 1 ]
}

only_what_is_fit() {
	mark
	replace "$reader"
	soon "$reader" "$core"
	mark
	cp /usr/bin/cat "$reader.new"
	chown daemon "$reader.new"
	mv "$reader.new" "$reader"
	not_followed "'$reader' belongs to user"
	# Others are.
	replace "$other"
	soon "$other" "$core"
	mark
	chown root "$reader"
	soon "$reader" "$core"
	soon said "follows $reader"
	mark
	printf '#!/bin/sh\ncat "$@"\n' >"$reader.new"
	chmod 755 "$reader.new"
	mv "$reader.new" "$reader"
	not_followed "'$reader' is a script"
	fails 1 'not followed' coredump-mon policy follow --once
	upgrade 4
	soon "$reader" "$core"
	coredump-mon policy follow --once
}

nothing_mounted_over_it() {
	mark
	mount --bind /usr/bin/cat "$reader"
	not_followed 'it is mounted over it'
	refused cat "$core"
	umount "$reader"
	soon stale_is '[]'
	"$reader" "$core"
}

what_is_gone_may_come_back() {
	mark
	rm "$reader"
	replace "$other"
	soon "$other" "$core"
	soon said "follows $other"
	stale_is "[\"$reader\"]"
	upgrade 5
	soon "$reader" "$core"
	stale_is '[]'
}

# A core file.
kept_file() {
	: >/srv/kept/file
	coredump-mon tags add /srv/kept/file
}

# Rules stay what they are otherwise.
nothing_else_is_changed() {
	mark
	kept_file
	refused rm -f /srv/kept/file
	mv /srv/kept /srv/moved
	mkdir /srv/kept
	upgrade 6
	soon "$reader" "$core"
	refused rm -f /srv/moved/file
	kept_file
	rm /srv/kept/file
	coredump-mon policy mode permissive
	upgrade 7
	soon said "follows $reader"
	soon stale_is '["/srv/kept"]'
	[ "$(coredump-mon policy mode)" = permissive ]
	# What is in force, not what is in the file.
	cat >others.yaml <<-END
		version: 1
		mode: enforcing
		rules:
		- {name: another, match: {type: open, executable: $other}, action: log}
		- {name: nobody, match: {type: open, class: core, access: read}, action: deny}
	END
	load others.yaml
	mark
	upgrade 8
	replace "$other"
	soon said "rule 'another' follows $other"
	"$other" "$core"
	refused "$reader" "$core"
	coredump-mon policy show | grep -F 'name: "another"'
	coredump-mon policy mode permissive
	coredump-mon policy load --builtin
	replace "$other"
	sleep 5
	coredump-mon status --json | jq -e .rules.builtin
}

told_twice() { [ "$(said 'a helper' | wc -l)" = 2 ]; }

# It was none when the rules were loaded.
helpers_are_told() {
	local was

	was=$(</proc/sys/kernel/core_pattern)
	cat >helper.yaml <<-END
		version: 1
		rules: [{name: a helper, match: {type: open, class: core, access: write, executable: $other}, action: deny}]
	END
	load helper.yaml
	mark
	echo "|$other %p" >/proc/sys/kernel/core_pattern
	soon said "rule 'a helper' denies what '$other', which kernel.core_pattern names, does to core files: have the rule name other programs"
	sleep 5
	[ "$(said 'a helper' | wc -l)" = 1 ]
	echo "$was" >/proc/sys/kernel/core_pattern
	sleep 5
	echo "|$other" >/proc/sys/kernel/core_pattern
	soon told_twice
	echo "$was" >/proc/sys/kernel/core_pattern
}

# A program that an upgrade starts again, before anybody could have noticed.
started_at_once() {
	local pid

	load reader.yaml
	mkfifo go
	cp /usr/bin/python3 "$other.new"
	mv "$other.new" "$other"
	"$other" -c "open('$work/go').read(); open('$core')" &
	pid=$!
	soon [ "/proc/$pid/exe" -ef "$other" ]
	soon stale_is '[]'
	echo >go
	wait "$pid"
}

has_ended() { ! grep -qs '^State:[[:space:]]*[^Z]' "/proc/$follower/status"; }

it_ends() {
	fails 2 'too many' coredump-mon policy follow x
	coredump-mon policy follow --help | grep -- --once
	# Unless it looks just then.
	soon rmmod coredump_mon
	soon has_ended
	fails 3 'not loaded' coredump-mon policy follow
	modprobe coredump_mon
	# As who is not to change anything.
	fails 0 '^$' setpriv --bounding-set=-mac_admin --inh-caps=-mac_admin \
		coredump-mon policy follow --once
	rmmod coredump_mon
}

modprobe coredump_mon
udevadm settle
coredump-mon policy follow >>"$work/said" 2>&1 &
follower=$!
try 'who is trusted reads' is_trusted
try 'upgrades are followed' upgrades_are_followed
try 'not what others could change' only_what_is_fit
try 'nothing that is mounted over it' nothing_mounted_over_it
try 'what is gone may come back' what_is_gone_may_come_back
try 'nothing else is changed' nothing_else_is_changed
try 'helpers that rules deny are told' helpers_are_told
try 'what is started at once' started_at_once
try 'it ends with the module' it_ends
finish
