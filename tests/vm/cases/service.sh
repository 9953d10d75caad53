#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The service under systemd: what it writes to the journal, that it leaves out
# nothing and tells nothing twice whatever happens to it, and what it may do.
# vm: --systemd --timeout 900

set -euo pipefail
# shellcheck source=../lib/tap.sh
. /run/vm/share/tap.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p /var/crash
cd "$work"
ulimit -c unlimited
unit=coredump-mon.service
follow=coredump-mon-follow.service
state=/var/lib/coredump-mon/journal

property() { systemctl show --value --property "$1" "$unit"; }
main_pid() { property MainPID; }
made() { coredump-mon status --json | sed 's/.*"made":\([0-9]*\).*/\1/'; }

# entries [MATCH...]: what the service wrote since the module was loaded, as
# JSON.
entries() {
	journalctl --sync
	journalctl -q -o json -u "$unit" --since "@$loaded" "$@"
}

# written SEQ: it wrote the record of that number.
written() { [ "$(entries COREDUMP_MON_SEQ="$1" | wc -l)" -gt 0 ]; }

# last_dealt_with: nothing that the module has made is before it.
last_dealt_with() {
	[ "$(cut -d ' ' -f 3-4 "$state")" = "$(printf '%020d %020d' "$(made)" "$(made)")" ]
}

# no_gaps: each record of this load is there or counted as lost, and none twice
# that does not say so; what names a loss as its double counts what that counted.
no_gaps() {
	soon last_dealt_with
	entries --output-fields="$(printf 'COREDUMP_MON_%s,' SEQ TYPE COUNT CAUSE \
		REPEATED)" | jq -r '[.COREDUMP_MON_SEQ // "-", .COREDUMP_MON_TYPE,
		.COREDUMP_MON_COUNT // 0, .COREDUMP_MON_CAUSE // "-",
		.COREDUMP_MON_REPEATED // 0] | @tsv' >all
	awk -v made="$(made)" '
		# Without a number, it is what the service itself left out.
		$1 == "-" && $2 == "suppressed" { suppressed += $3; next }
		$1 == "-" { next }
		$4 == "overrun" {
			lost += $3 - ($5 in seen ? 1 : counted[$5])
			counted[$1] = $3
			next
		}
		!($1 in seen) { seen[$1] = 1; there++; next }
		!$5 { print "twice: " $1; bad = 1 }
		END {
			print there " written, " lost + 0 " lost, " \
				suppressed + 0 " suppressed of " made
			exit bad || there + lost + suppressed != made
		}' all
}

# The module is to tell all; what it does not is another test's.
rates_off() {
	coredump-mon policy show |
		sed -E '/^mode:/d; s/^( +(process|user): ).*/\1off/' >"$work/rates.yaml"
	coredump-mon policy load "$work/rates.yaml"
}

# drop_in [LINE]: the service with LINE changed, or as it was.
drop_in() {
	local dir=/run/systemd/system/$unit.d

	rm -rf "$dir"
	if (($#)); then
		mkdir -p "$dir"
		printf '[Service]\n%s\n' "$1" >"$dir/test.conf"
	fi
	systemctl daemon-reload
	systemctl restart "$unit"
}

starts_with_module() {
	systemctl enable "$unit"
	modprobe coredump_mon
	soon systemctl is-active "$unit"
	[ "$(property SubState)" = running ]
	[ "$(property Type)" = notify ]
	rates_off
}

no_module_is_told() {
	rmmod coredump_mon
	lacks systemctl start "$unit"
	journalctl --sync
	systemctl status "$unit" >said || true
	cat said
	grep "not loaded.*load it with 'modprobe coredump_mon'" said
	# That would not help.
	[ "$(property NRestarts)" = 0 ]
	[ "$(property ActiveState)" = failed ]
}

# entry_of COMMAND...: the first entry that COMMAND leads to, by its number.
entry_of() {
	local seq=$(($(made) + 1))

	"$@" >/dev/null 2>&1 || true
	soon written "$seq"
	entries COREDUMP_MON_SEQ="$seq"
}

crash() {
	sleep 300 &
	until [ "$(cat "/proc/$!/comm")" = sleep ]; do :; done
	kill -s SIGSEGV $!
	wait $! || true
}

dump_entry() {
	entry_of crash | tee entry
	jq -e '.COREDUMP_MON_TYPE == "dump" and .PRIORITY == "4"
		and .SYSLOG_IDENTIFIER == "coredump-mon"
		and .MESSAGE_ID == "a45dc8ab44784fefbea40a630a41ae33"
		and (.MESSAGE | test("^dump +allowed +sleep.*SIGSEGV forced by"))
		and .COREDUMP_MON_SIGNAL_NAME == "SIGSEGV"
		and .COREDUMP_MON_FORCED == "1" and .COREDUMP_MON_COMM == "sleep"
		and .COREDUMP_MON_OUTCOME == "written"
		and (.COREDUMP_MON_PATH | startswith("/var/crash/core."))
		and .COREDUMP_MON_SENDER_COMM == "service.sh"
		and ._SYSTEMD_UNIT == "coredump-mon.service"' entry
}

open_entry() {
	echo secret >/var/crash/file
	entry_of cat /var/crash/file | tee entry
	jq -e '.COREDUMP_MON_TYPE == "open"
		and .COREDUMP_MON_VERDICT == "would-deny"
		and .COREDUMP_MON_PATH == "/var/crash/file"
		and .COREDUMP_MON_CLASS == "core" and .COREDUMP_MON_ACCESS == "read"
		and .COREDUMP_MON_UID == "0" and .COREDUMP_MON_COMM == "cat"
		and (.COREDUMP_MON_EXE | endswith("/cat"))' entry
}

denied_entry() {
	coredump-mon policy mode enforcing
	entry_of cat /var/crash/file | tee entry
	coredump-mon policy mode permissive
	jq -e '.COREDUMP_MON_VERDICT == "denied" and .COREDUMP_MON_ERRNO == "13"
		and (.MESSAGE | test("denied .*EACCES"))' entry
}

# A name that wants to be fields of its own, and one that is no text at all.
hostile_entry() {
	local name=$'x\nPRIORITY=0\n' path

	path=$'/var/crash/new\nMESSAGE=all is well\nCOREDUMP_MON_UID=7\n\xff\e[31m'
	cp /bin/cat "$name"
	echo secret >"$path"
	entry_of "./$name" "$path" | tee entry
	[ "$(wc -l <entry)" = 1 ]
	jq -e '.PRIORITY == "4" and .COREDUMP_MON_UID == "0"
		and (.MESSAGE | startswith("open"))' entry
	python3 - entry "$name" "$path" <<-'END'
		import json, os, sys
		entry = json.load(open(sys.argv[1]))
		def value(name):
		    v = entry["COREDUMP_MON_" + name]
		    return bytes(v) if isinstance(v, list) else v.encode()
		assert value("COMM") == os.fsencode(sys.argv[2])[:15], value("COMM")
		assert value("PATH") == os.fsencode(sys.argv[3]), value("PATH")
		assert value("CMDLINE").endswith(os.fsencode(sys.argv[3]) + b"\0")
	END
}

opens() {
	local i
	for ((i = 0; i < $1; i++)); do
		: </proc/self/coredump_filter
	done
}

# flood N [USER]: the same, faster.
flood() {
	setpriv --reuid "${2:-0}" --clear-groups python3 -c '
for _ in range('"$1"'): open("/proc/self/coredump_filter").close()'
}

resumes() {
	opens 20
	systemctl restart "$unit"
	opens 20
	systemctl stop "$unit"
	opens 20
	systemctl start "$unit"
	no_gaps
	awk '$5 { exit 1 }' all
	[ "$(stat -c %U:%a "$state")" = coredump-mon:600 ]
}

# replaced PID: another one runs in its place.
replaced() {
	systemctl is-active --quiet "$unit" && [ "$(main_pid)" != "$1" ]
}

told_since() { [ "$(property WatchdogTimestampMonotonic)" != "$1" ]; }

# Killed in the middle of a flood, again and again: more often than systemd would
# have it by default. In the end all of it is written, which takes longer.
resumes_after_kill() {
	local flood pid

	drop_in RestartSec=0.1
	{ while :; do opens 20; sleep 0.1; done; } &
	flood=$!
	for _ in {1..12}; do
		pid=$(main_pid)
		sleep 0.2
		kill -KILL "$pid"
		soon replaced "$pid"
	done
	kill "$flood"
	wait "$flood" || true
	no_gaps
	[ "$(property NRestarts)" -ge 12 ]
	drop_in
}

# Held up while more comes than the module keeps.
tells_loss() {
	local before pid

	# On a slow machine it is longer than the watchdog waits.
	drop_in WatchdogSec=0
	pid=$(main_pid)
	before=$(made)
	kill -STOP "$pid"
	flood 4000
	kill -CONT "$pid"
	no_gaps
	grep overrun all
	[ "$(made)" -ge $((before + 4000)) ]
	entries COREDUMP_MON_CAUSE=overrun | jq -e '.PRIORITY == "4" and (.COREDUMP_MON_COUNT | tonumber) > 0
			and (.MESSAGE | test("^lost"))'
	drop_in
}

# A user who floods does not fill the journal, nor keep his own crash out of it.
bounds_a_user() {
	local seq

	drop_in "ExecStart=
ExecStart=$(command -v coredump-mon) journal --resume $state --limit 100"
	flood 3000 4242
	setpriv --reuid 4242 --clear-groups sh -c 'kill -s SEGV $$' || true
	soon last_dealt_with
	[ "$(entries COREDUMP_MON_UID=4242 COREDUMP_MON_TYPE=open | wc -l)" = 100 ]
	[ "$(entries COREDUMP_MON_UID=4242 COREDUMP_MON_TYPE=dump | wc -l)" = 1 ]
	entries COREDUMP_MON_TYPE=suppressed | tee limits
	[ "$(wc -l <limits)" = 1 ]
	seq=$(jq -r .COREDUMP_MON_FIRST_SEQ limits)
	# In the end, how many; after half a minute, or when it ends itself.
	systemctl restart "$unit"
	entries COREDUMP_MON_TYPE=suppressed | tail -n 1 | tee limits
	jq -e '.COREDUMP_MON_FIRST_SEQ == "'"$seq"'" and .PRIORITY == "4"
		and .COREDUMP_MON_UID == "4242"
		and (.COREDUMP_MON_COUNT | tonumber) > 100
		and (.MESSAGE | test("^suppressed [0-9]+ events of uid 4242"))' limits
	no_gaps
	drop_in
}

# Sixteen at a time have a bound of their own, others share one.
bounds_many_users() {
	drop_in "ExecStart=
ExecStart=$(command -v coredump-mon) journal --resume $state --limit 2"
	for uid in {5001..5018}; do
		flood 3 "$uid"
	done
	soon last_dealt_with
	systemctl restart "$unit"
	entries COREDUMP_MON_TYPE=suppressed | jq -c 'select(.COREDUMP_MON_COUNT)
		| select(.MESSAGE | test("uid 50|users beyond"))
		| [.COREDUMP_MON_UID, .COREDUMP_MON_COUNT]' | sort | tee limits
	{
		echo '[null,"4"]'
		printf '["%s","1"]\n' {5001..5016}
	} | sort | diff - limits
	no_gaps
}

# How many were left out goes with who counted them; that it is so is told.
killed_while_bounding() {
	local pid

	flood 50 4242
	soon last_dealt_with
	pid=$(main_pid)
	kill -KILL "$pid"
	soon replaced "$pid"
	entries COREDUMP_MON_TYPE=suppressed | tail -n 2 | tee limits
	jq -es '.[0].COREDUMP_MON_UID == "4242"
		and .[0].COREDUMP_MON_FIRST_SEQ == .[1].COREDUMP_MON_FIRST_SEQ
		and (.[1].COREDUMP_MON_LAST_SEQ | tonumber) >=
			(.[0].COREDUMP_MON_FIRST_SEQ | tonumber) + 47
		and (.[1] | has("COREDUMP_MON_COUNT") | not)
		and (.[1].MESSAGE | test("how many is not known"))' limits
	# Told once.
	systemctl restart "$unit"
	soon last_dealt_with
	[ "$(entries COREDUMP_MON_TYPE=suppressed | tail -n 1 | jq .__CURSOR)" = \
		"$(tail -n 1 limits | jq .__CURSOR)" ]
	drop_in
}

# A module that was loaded anew counts from 1. It has made more records since
# than the one before, so the number alone would be believed.
module_loaded_anew() {
	local last

	systemctl stop "$unit"
	opens 3
	last=$(($(cut -d ' ' -f 3 "$state" | sed 's/^0*//')))
	systemctl disable "$unit"
	rmmod coredump_mon
	loaded=$(date +%s.%N)
	modprobe coredump_mon
	rates_off
	flood $((last + 5))
	systemctl enable --now "$unit"
	no_gaps
	entries COREDUMP_MON_CAUSE=reload | tee lost
	[ "$(wc -l <lost)" = 1 ]
	jq -e '.PRIORITY == "4" and .COREDUMP_MON_TYPE == "lost"
		and .MESSAGE_ID == "21362989a4b44978ade5b5411274c3c0"
		and (.MESSAGE | test("loaded anew.*record '"$last"',"))' lost
}

other_boot() {
	systemctl stop "$unit"
	printf '%032d %020d %020d %020d %020d\n' 1 1 99999 99999 0 >"$state"
	systemctl start "$unit"
	soon last_dealt_with
	grep -F "$(tr -d - </proc/sys/kernel/random/boot_id)" "$state"
}

not_unloaded() {
	lacks rmmod coredump_mon 2>said
	grep -i 'in use' said
	systemctl stop "$unit"
	[ -d /sys/module/coredump_mon ]
	rmmod coredump_mon
	# Enabled, it comes with the module.
	modprobe coredump_mon
	soon systemctl is-active "$unit"
}

watchdog() {
	local pid told

	[ "$(property WatchdogUSec)" = 30s ]
	drop_in WatchdogSec=2
	told=$(property WatchdogTimestampMonotonic)
	soon told_since "$told"
	# One that hangs is ended, and another takes its place.
	sleep 5
	pid=$(main_pid)
	[ "$(property NRestarts)" = 0 ]
	kill -STOP "$pid"
	soon replaced "$pid"
	drop_in
}

sandbox() {
	local status

	status=/proc/$(main_pid)/status
	cat "$status"
	lacks grep -E '^Cap(Inh|Prm|Eff|Bnd|Amb):.*[1-9a-f]' "$status"
	grep -E '^NoNewPrivs:\s1$' "$status"
	grep -E '^Seccomp:\s2$' "$status"
	lacks grep -E '^[UG]id:.*\s0(\s|$)' "$status"
	systemd-analyze security --no-pager "$unit" | tail -n 12
	systemd-analyze security --no-pager "$unit" |
		awk '/Overall exposure level/ { seen = 1; if ($(NF - 2) > 2.5) exit 1 }
			END { exit !seen }'
	# What it said on the way: nothing.
	journalctl -q -u "$unit" --since "@$loaded" _TRANSPORT=stdout | tee said
	[ ! -s said ]
}

# Its directives are all known here.
unit_is_understood() {
	systemd-analyze verify --man=no "$unit" "$follow" 2>said
	cat said
	# What others installed is looked at too.
	lacks grep coredump-mon said
}

keeps_tags() {
	echo secret >/root/kept
	coredump-mon tags add /root/kept
	systemctl stop "$unit"
	rmmod coredump_mon
	modprobe coredump_mon
	soon systemctl is-active "$unit"
	coredump-mon tags list --json | jq -e "select(.mounted and
		.ino == $(stat -c %i /root/kept))"
}

# What is wrong with it does not keep the service from starting.
policy_at_start() {
	local policy=/etc/coredump-mon/policy.yaml

	install -D -m 0644 /usr/share/doc/coredump-mon/examples/policy.yaml "$policy"
	coredump-mon policy mode enforcing
	systemctl restart "$unit"
	coredump-mon status --json | jq -e '.rules.of_policy and .rules.count == 1
		and .mode == "enforcing"'
	coredump-mon policy load --builtin
	coredump-mon policy mode permissive
	sed -i 's/^version: 1/version: 2/' "$policy"
	systemctl restart "$unit"
	systemctl is-active "$unit"
	coredump-mon status --json | jq -e .rules.builtin
	journalctl --sync
	journalctl -q -u "$unit" --since "@$loaded" _TRANSPORT=stdout |
		grep "policy.yaml:[0-9]*:10: there is no version '2'"
	rm -r /etc/coredump-mon
}

followed() {
	journalctl --sync
	journalctl -q -o cat -u "$follow" --since "@$loaded" |
		grep -F "rule 'a reader' follows /usr/bin/cdm-reader"
}

# The rest of it is in policy-follow.sh.
follows_upgrades() {
	local reader=/usr/bin/cdm-reader

	soon systemctl is-active "$follow"
	cp /usr/bin/cat "$reader"
	cat >followed.yaml <<-END
		version: 1
		rules: [{name: a reader, match: {type: open, executable: $reader}, action: log}]
	END
	coredump-mon policy load followed.yaml
	cp "$reader" "$reader.new" && mv "$reader.new" "$reader"
	soon followed
	coredump-mon status --json | jq -e '.rules.stale == []'
	coredump-mon policy load --builtin
	rm "$reader"
	systemctl stop "$unit"
	soon lacks systemctl is-active "$follow"
	systemctl start "$unit"
	soon systemctl is-active "$follow"
}

echo /var/crash/core.%p >/proc/sys/kernel/core_pattern
try 'without the module it does not start, and says why' no_module_is_told
loaded=$(date +%s.%N)
try 'loading the module starts it' starts_with_module
try 'the unit is understood' unit_is_understood
try 'a dump in the journal' dump_entry
try 'an open in the journal' open_entry
try 'a refusal in the journal' denied_entry
try 'hostile names stay one entry' hostile_entry
try 'it goes on after a restart' resumes
try 'it goes on after being killed in a flood' resumes_after_kill
try 'it tells what it lost' tells_loss
try 'a user has a bound' bounds_a_user
try 'many users have bounds' bounds_many_users
try 'what was left out by one that is killed is told' killed_while_bounding
try 'its rights are bounded' sandbox
try 'the watchdog is told, and bites' watchdog
try 'a state of another boot is not believed' other_boot
try 'it keeps the module, until it is stopped' not_unloaded
try 'a module loaded anew is told from the one before' module_loaded_anew
try 'tags outlive the module' keeps_tags
try 'it loads a policy' policy_at_start
try 'rules follow upgrades' follows_upgrades
systemctl stop "$unit"
rmmod coredump_mon
finish
