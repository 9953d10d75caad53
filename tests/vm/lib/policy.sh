# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Policies in the guest: what is refused, and what is told. Sourced after tap.sh.

# On the file system that core files are on.
work=$(mktemp -d /srv/policy.XXXXXX)
trap 'rm -rf "$work"' EXIT
core=/var/crash/file
# shellcheck disable=SC2034
examples=/usr/share/doc/coredump-mon/examples
mkdir -p /var/crash
cd "$work" || exit
: >mark
ulimit -c unlimited

# fails STATUS WORDS COMMAND...: with that status, and those words on stderr.
fails() {
	local status=0 err

	err=$("${@:3}" 2>&1 >/dev/null </dev/null) || status=$?
	echo "status $status: $err"
	[ "$status" = "$1" ] && grep -qiE "$2" <<<"$err"
}

refused() { fails 1 'Permission denied|not permitted' "$@"; }

# Without jq, which takes longer to start under emulation than all the rest.
made() { coredump-mon status --json | sed 's/.*"made":\([0-9]*\).*/\1/'; }

# events N TYPE COMMAND...: the N events that COMMAND makes, as JSON.
events() {
	local last

	last=$(made)
	"${@:3}" >/dev/null 2>&1 || true
	coredump-mon watch --since "$last" --type "$2" --count "$1" --timeout 30 \
		--format json
}

# silent COMMAND...: it makes no events of opens and of what changes files.
silent() {
	local last

	last=$(made)
	"$@" >/dev/null 2>&1 || true
	# One that is behind it, and its own.
	coredump-mon tags add "$work/mark"
	coredump-mon tags drop "$work/mark"
	[ "$(coredump-mon watch --since "$last" --format json --timeout 5 \
		--count 2 | jq -s 'map(.type) == ["policy", "policy"]')" = true ]
}

load() { coredump-mon policy load "${1:-policy.yaml}"; }

fresh_file() {
	rm -f "$core"
	echo secret >"$core"
}

crash() {
	sleep 300 &
	until [ "$(cat "/proc/$!/comm")" = sleep ]; do :; done
	kill -s SIGSEGV $!
	wait $! || true
}

# All that a load may change.
state() {
	coredump-mon policy show
	coredump-mon tags list
	coredump-mon directories list
	coredump-mon status --json | jq -c '.rules, .mode, .enforcing'
}

# unchanged COMMAND...: all is as it was before.
unchanged() {
	state >before
	"$@"
	state >after
	diff before after
}

# What each is refused, by others than cat of root.
strict() {
	cat >policy.yaml <<-'END'
		version: 1
		mode: enforcing
		lists: {changers: [/usr/bin/chmod, /usr/bin/truncate]}
		rules:
		- name: cat of root
		  match: {type: open, class: core, access: read, executable: /usr/bin/cat, user: root}
		  action: log
		  priority: INFO
		- name: nobody reads
		  match: {type: open, class: core, access: [read, read-write, exec]}
		  action: deny
		  priority: CRITICAL
		- name: nobody removes
		  match: {type: unlink, directory: /var/crash}
		  action: deny
		- {name: nobody changes, match: {type: attr, executable: $changers}, action: deny}
		- name: forced
		  match: {type: dump, forced: true, privileged: true}
		  action: log
		  priority: ALERT
		- {name: filters, match: {class: coredump_filter}, action: ignore}
		- {name: no one, match: {user: []}, action: ignore}
		- {name: off, enabled: false, match: {}, action: ignore}
	END
}
