#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The service, with the module locked: it starts, and does not say that it has
# loaded what it has not.
# vm: --systemd --share tests/vm/lib/policy.sh

set -euo pipefail
# shellcheck source=../lib/tap.sh
. /run/vm/share/tap.sh
# shellcheck source=../lib/policy.sh
. /run/vm/share/policy.sh

unit=coredump-mon.service
policy=/etc/coredump-mon/policy.yaml

# said SINCE: what its commands complained of.
said() {
	journalctl --sync
	journalctl -q -u "$unit" --since "@$1" _TRANSPORT=stdout
}

rules() { coredump-mon status --json | jq -c '[.mode, .rules]'; }

starts() {
	systemctl start "$unit"
	rules | tee was | jq -e '.[1].of_policy and .[1].count == 1'
	coredump-mon policy lock
}

# What is loaded is not what the file says by now.
restarts() {
	local since

	sed -i "s/^rules:/mode: enforcing\nrules:\n  - {name: more, match: {class: core}, action: log}/" "$policy"
	coredump-mon policy check "$policy"
	since=$(date +%s.%N)
	systemctl restart "$unit"
	[ "$(systemctl show --value --property ActiveState "$unit")" = active ]
	rules | diff was -
	said "$since" | tee lines
	grep 'cannot restore tags: the module is locked' lines
	grep 'cannot load rules: the module is locked' lines
	grep 'the policy is not loaded: nothing has changed' lines
	lacks grep 'policy.yaml is in force' lines
	grep -c . lines
	[ "$(grep -c . lines)" = 3 ]
}

# It writes on.
writes() {
	local seq

	fresh_file
	seq=$(events 1 open cat "$core" | jq .seq)
	for _ in {1..100}; do
		journalctl --sync
		! journalctl -q -o json -u "$unit" COREDUMP_MON_SEQ="$seq" |
			jq -e '.COREDUMP_MON_TYPE == "open"' || return 0
		sleep 0.2
	done
	return 1
}

# It saves tags, and is no reason for the module to go.
stops() {
	rm -f /var/lib/coredump-mon/tags
	systemctl stop "$unit"
	[ "$(systemctl show --value --property Result "$unit")" = success ]
	[ -s /var/lib/coredump-mon/tags ]
	fails 1 'in use' rmmod coredump_mon
	systemctl start "$unit"
	systemctl is-active "$unit"
}

install -D -m 0644 "$examples/policy.yaml" "$policy"
modprobe coredump_mon
udevadm settle
try 'it loads a policy, and that is locked' starts
try 'it starts again, and says that it loads nothing' restarts
try 'it writes what is seen' writes
try 'it stops and starts' stops
finish
