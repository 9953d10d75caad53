#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Rates of a policy: in force, shown, and what is above them told by the tool.

set -euo pipefail
# shellcheck source=../lib/tap.sh
. /run/vm/share/tap.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
modprobe coredump_mon
udevadm settle

made() { coredump-mon status --json | jq .records.made; }

# rates RATES: they are in force, with the rules that there are.
rates() {
	{
		coredump-mon policy show |
			awk '/^[a-z]/ { skip = /^(mode|rates):/ } !skip'
		echo "rates: $1"
	} >rates.yaml
	coredump-mon policy load rates.yaml
}

opens() {
	python3 -c "for _ in range($1): open('/proc/self/coredump_filter').close()"
}

usual() {
	coredump-mon policy show | tee shown
	# Of each kind, what the module has.
	[ "$(grep -c '^    process: [0-9]*$' shown)" = 6 ]
	[ "$(grep -c '^    user: [0-9]*$' shown)" = 6 ]
	sed '/^mode:/d' shown >again.yaml
	coredump-mon policy load again.yaml
	coredump-mon policy show | diff shown -
}

shown() {
	rates '{open: {process: 1, user: off}, dump: {user: 7}}'
	coredump-mon policy show | tee shown
	grep -A 2 '^  open:' shown | tr -d ' \n' | grep '^open:process:1user:off$'
	grep -A 2 '^  dump:' shown | tr -d ' \n' | grep '^dump:process:5user:7$'
}

refused() {
	if rates '{open: {process: 0}}' 2>said; then
		return 1
	fi
	grep 'process: expected a number of events per second, 1 to 1000000, or off' said
	coredump-mon policy show | diff shown -
}

# One process above its rate.
told() {
	local last

	last=$(made)
	opens 100
	coredump-mon watch --since "$last" --type suppressed --count 1 \
		--timeout 20 --format json | tee event
	jq -e '.type == "suppressed" and .kind == "open" and .actor == "process"
		and .process.comm == "python3" and .uid == 0
		and .count >= 85 and .count <= 90
		and .first_seq >= '"$last"' and .last_seq >= .first_seq
		and .last_seq < .seq and .priority == "WARNING"
		and (has("verdict") | not)' event
	# Those that are told and those that are not are all that there were.
	coredump-mon watch --since "$last" --type open --timeout 1 --format json |
		jq -s '[.[] | select(.type == "open" and .process.comm == "python3"
			and .file.class == "coredump_filter")] | length' | tee opened
	[ "$(($(cat opened) + $(jq .count event)))" = 100 ]
}

# Whatever is asked for, it is told that there was more.
told_unasked() {
	coredump-mon watch --type dump --timeout 1 | tee lines
	grep 'suppressed .*python3\[[0-9]*\] .* of kind open, after records' lines
}

in_status() {
	coredump-mon status --json | tee status
	jq -e --argjson count "$(jq .count event)" '.suppressed.count == $count
		and .suppressed.untold == 0 and .actors.used > 0
		and .actors.max > .actors.used' status
	coredump-mon status | tee status
	grep "^suppressed  *$(jq .count event), above the rates, 0 to be told yet$" status
	grep '^actors ' status
}

go_back() {
	coredump-mon policy load --builtin
	coredump-mon policy show | grep -A 2 '^  open:' | tr -d ' \n' |
		grep '^open:process:100user:500$'
}

try 'the usual rates are shown, and can be loaded' usual
try 'rates of a policy are in force' shown
try 'what is no rate is refused, and changes nothing' refused
try 'what is above a rate is told' told
try 'that is told to who asks for other events' told_unasked
try 'status counts it' in_status
try 'the built-in rules have the usual rates' go_back
rmmod coredump_mon
finish
