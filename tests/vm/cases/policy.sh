#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Policies in force: what is loaded is what is refused, what is shown loads to the
# same, and what cannot be loaded changes nothing.
# vm: --timeout 900 --share tests/vm/lib/policy.sh

set -euo pipefail
# shellcheck source=../lib/tap.sh
. /run/vm/share/tap.sh
# shellcheck source=../lib/policy.sh
. /run/vm/share/policy.sh

without_module() {
	strict
	fails 1 'not loaded.*modprobe coredump_mon' coredump-mon policy show
	fails 1 'not loaded.*modprobe coredump_mon' load
	fails 1 'not loaded.*modprobe coredump_mon' coredump-mon policy load --builtin
	fails 2 'missing' coredump-mon policy load
	fails 2 'or those of' coredump-mon policy load --builtin x
	fails 2 'too many' coredump-mon policy load a b
	fails 2 'too many' coredump-mon policy show a
	coredump-mon policy load --help | grep -- --builtin
}

loads() {
	strict
	events 2 policy load | tee line
	jq -se 'map(.change) == ["rules", "mode"] and .[0].old == 1 and
		.[0].new == 6 and .[0].process.comm == "coredump-mon"' line
	[ "$(load 2>err)" = "policy.yaml is in force: 6 rules, 5 list entries, mode enforcing" ]
	grep 'policy.yaml:[0-9]*:.*warning: user: the list is empty' err
	coredump-mon status | grep -E '^rules +6, loaded, 3 deny$'
	coredump-mon status | grep -E '^mode +enforcing: what the rules deny is refused'
	coredump-mon status --json | jq -e '.rules |
		del(.digest, .text_digest) == {count: 6, denying: 3, builtin: false,
		default: "log", of_policy: true, stale: [], helper_denied: []}'
	[ "$(coredump-mon policy mode)" = enforcing ]
}

cat_reads() {
	fresh_file
	events 1 open cat "$core" | tee line
	[ "$(cat "$core")" = secret ]
	jq -e '.verdict == "allowed" and .rule == "cat of root" and
		.priority == "INFO"' line
}

others_are_refused() {
	events 1 open head "$core" | tee line
	jq -e '.verdict == "denied" and .rule == "nobody reads" and
		.priority == "CRITICAL" and .result.errno == 13' line
	refused head "$core"
	refused setpriv --reuid=daemon --clear-groups cat "$core"
	refused python3 -c "open('$core', 'r+')"
	cp /usr/bin/cat mycat
	refused ./mycat "$core"
	# Writing is nobody's concern.
	echo more >>"$core"
	[ "$(cat "$core")" = $'secret\nmore' ]
}

changes_are_refused() {
	events 1 unlink rm -f "$core" | tee line
	jq -e '.verdict == "denied" and .rule == "nobody removes" and
		.priority == "WARNING"' line
	refused rm -f "$core"
	refused chmod 600 "$core"
	events 1 attr chmod 600 "$core" | jq -e '.verdict == "denied" and
		.rule == "nobody changes"'
	refused truncate -s 0 "$core"
	[ "$(stat -c '%a %s' "$core")" = '644 12' ]
	# By another program, and another thing that is done.
	python3 -c "import os; os.chmod('$core', 0o640)"
	mv "$core" moved
	mv moved "$core"
	[ "$(stat -c '%a %s' "$core")" = '640 12' ]
	# A file that is none.
	echo none >none
	head none
	rm none
}

others_are_told() {
	events 1 dump crash | tee line
	jq -e '.rule == "forced" and .priority == "ALERT" and .signal.forced' line
	silent cat /proc/self/coredump_filter
}

show_is_stable() {
	coredump-mon policy show >shown
	cat shown
	coredump-mon policy check shown
	coredump-mon policy load shown
	coredump-mon policy show >again
	diff shown again
	lacks grep '#' shown
	coredump-mon status --json | jq -e '.rules.count == 6'
	refused head "$core"
	cat "$core"
	strict
	load
	coredump-mon policy show | diff shown -
}

bad_files_change_nothing() {
	local last

	last=$(made)
	cat >bad <<-'END'
		version: 1
		rules: [{name: x, match: {class: cores}, action: log}]
	END
	unchanged fails 1 "bad:2:34: there is no class 'cores'" load bad
	unchanged fails 1 'cannot read' load none-such
	cat >bad <<-'END'
		version: 1
		rules: [{name: x, match: {executable: /usr/bin/none-such}, action: log}]
	END
	unchanged fails 1 'none-such.*No such file' load bad
	cat >bad <<-'END'
		version: 1
		rules: [{name: x, match: {class: [core, block_device]}, action: deny}]
	END
	unchanged fails 1 'bad:2:.*block devices' load bad
	[ "$(made)" = "$last" ]
}

# Who can write to a file would say what is denied.
files_are_roots() {
	local last

	cp policy.yaml others
	ln -s others link
	last=$(made)
	chmod 664 others
	unchanged fails 1 "'others' is not loaded: others than its owner, user 0, can write to it .mode 0664.*chmod go-w" load others
	unchanged fails 1 "'link' is not loaded.*chmod go-w" load link
	chmod 644 others
	chown daemon others
	unchanged fails 1 "'link' is not loaded: it belongs to user 1 .mode 0644.*chown root" load link
	[ "$(made)" = "$last" ]
	# Whoever names a pipe means who fills it.
	coredump-mon policy load /dev/stdin < <(cat others)
	chown root others
	load link
	rm others link
}

# without_caps COMMAND...: root, in all but what it takes to change policy.
without_caps() {
	setpriv --bounding-set=-mac_admin --inh-caps=-mac_admin "$@"
}

rights_are_needed() {
	unchanged fails 1 'CAP_MAC_ADMIN' without_caps coredump-mon policy load policy.yaml
	unchanged fails 1 'CAP_MAC_ADMIN' without_caps coredump-mon policy load --builtin
	unchanged fails 1 'no permission to write' \
		setpriv --reuid=daemon --clear-groups coredump-mon policy load \
		"$examples"/policy.yaml
	without_caps coredump-mon policy show
}

builtin_again() {
	[ "$(coredump-mon policy mode)" = permissive ] || coredump-mon policy mode permissive
	[ "$(coredump-mon policy load --builtin)" = \
		'the built-in rules are in force, mode permissive' ]
	coredump-mon status | grep -E '^rules +1, built in, 1 denies$'
	coredump-mon policy show >shown
	grep -F 'action: deny' shown
	events 1 open cat "$core" | jq -c '[.verdict, .rule, .priority]' >before
	events 1 open tee -a "$core" </dev/null | jq -c '[.verdict, .rule, .priority]' >>before
	events 1 unlink rm "$core" | jq -c '[.verdict, .rule, .priority]' >>before
	fresh_file
	# As a policy.
	load shown
	coredump-mon policy show | diff shown -
	coredump-mon status --json | jq -e '.rules.builtin == false'
	events 1 open cat "$core" | jq -c '[.verdict, .rule, .priority]' >after
	events 1 open tee -a "$core" </dev/null | jq -c '[.verdict, .rule, .priority]' >>after
	events 1 unlink rm "$core" | jq -c '[.verdict, .rule, .priority]' >>after
	diff before after
	cat before
	fresh_file
	coredump-mon policy load --builtin
	coredump-mon policy mode enforcing
	refused cat "$core"
	# No mode is asked for.
	load "$examples"/policy.yaml
	[ "$(coredump-mon policy mode)" = enforcing ]
	fails 0 'deny nothing' coredump-mon policy mode enforcing
	cat "$core"
	coredump-mon policy mode permissive
	coredump-mon policy load --builtin
}

# An upgrade puts another file in a program's place.
stale_entries() {
	local cat=/srv/bin/reader

	mkdir -p /srv/bin
	cp /usr/bin/cat "$cat"
	cat >stale.yaml <<-END
		version: 1
		mode: enforcing
		rules:
		- {name: a reader, match: {type: open, class: core, executable: [/usr/bin/id, $cat]}, action: log}
		- {name: others, match: {type: open, class: core, access: read}, action: deny}
	END
	load stale.yaml
	"$cat" "$core"
	coredump-mon status --json | jq -e '.rules.stale == []'
	cp /usr/bin/cat "$cat.new"
	mv "$cat.new" "$cat"
	refused "$cat" "$core"
	coredump-mon status --json | jq -e '.rules.stale == [{rule: "a reader",
		key: "executable", name: "'"$cat"'", gone: false}]'
	coredump-mon status | grep -E "^stale +rule 'a reader', executable $cat: another"
	coredump-mon policy show | tee shown
	grep -F "# rule 'a reader': the executable '$cat' is another one now" shown
	load stale.yaml
	"$cat" "$core"
	coredump-mon status --json | jq -e '.rules.stale == []'
	# The inode number is the same again, for another file.
	for _ in {1..20}; do
		rm "$cat"
		cp /usr/bin/cat "$cat"
	done
	coredump-mon status --json | jq -e '.rules.stale[0].gone == false'
	refused "$cat" "$core"
	rm "$cat"
	coredump-mon status --json | jq -e '.rules.stale[0].gone'
	coredump-mon policy show | tee shown
	grep -F "left out of 'executable': cannot look at '$cat'" shown
	lacks grep -F -- "- \"$cat\"" shown
	load shown
	coredump-mon policy mode permissive
	coredump-mon policy load --builtin
}

denied() { coredump-mon status --json | jq -c .rules.helper_denied; }

# kernel.core_pattern comes to name what a rule in force keeps from writing.
helpers_of_later() {
	local helper=/srv/bin/helper was

	was=$(</proc/sys/kernel/core_pattern)
	cp /usr/bin/cat "$helper"
	cat >helper.yaml <<-END
		version: 1
		rules:
		- {name: read, match: {type: open, class: core, access: read, executable: $helper}, action: deny}
		- {name: write, match: {type: open, class: core, access: write, executable: $helper}, action: deny}
		- {name: names, match: {type: [link, rename], executable: [/usr/bin/id, $helper]}, action: deny}
	END
	load helper.yaml
	[ "$(denied)" = '[]' ]
	lacks grep '^helper' <(coredump-mon status)
	echo "|$helper %p" >/proc/sys/kernel/core_pattern
	denied | jq -e ". == [{rule: \"write\", helper: \"$helper\"},
		{rule: \"names\", helper: \"$helper\"}]"
	coredump-mon status | grep -E "^helper +rule 'write' denies what $helper, which kernel.core_pattern names, does to core files: have the rule name other programs"
	# As it would be refused now.
	fails 1 'keep a dump helper' load helper.yaml
	# What runs is the interpreter.
	echo "#! $helper" >/srv/bin/script
	chmod 755 /srv/bin/script
	echo '|/srv/bin/script' >/proc/sys/kernel/core_pattern
	denied | jq -e "map(.helper) == [\"$helper\", \"$helper\"]"
	echo '|/usr/bin/id' >/proc/sys/kernel/core_pattern
	denied | jq -e 'map(.rule) == ["names"]'
	echo "$was" >/proc/sys/kernel/core_pattern
	[ "$(denied)" = '[]' ]
	echo "|$helper" >/proc/sys/kernel/core_pattern
	coredump-mon policy load --builtin
	[ "$(denied)" = '[]' ]
	echo "$was" >/proc/sys/kernel/core_pattern
}

# says MESSAGE TAG: what events of reads say then.
says() {
	cat >says.yaml <<-END
		version: 1
		rules:
		- {name: reads, match: {type: open, class: core, access: read}, action: log,
		   message: "$1", tags: [$2]}
	END
	load says.yaml
}

# What rules say is told by who prints: by the rules of when that comes to them.
messages_and_tags() {
	local hostile=$'./by\nme'
	local last

	says 'core file %file.path read by %process.comm, uid %process.uid (%signal.name)' one
	events 1 open cat "$core" | tee line
	jq -e '.message == "core file '"$core"' read by cat, uid 0 (-)" and
		.tags == ["one"]' line
	last=$(made)
	coredump-mon watch --since now --type open --format json >lines &
	until [ -e "/proc/$!/fd/3" ]; do sleep 0.1; done
	sleep 2
	cp /usr/bin/cat "$hostile"
	"$hostile" "$core"
	says 'now by %process.exe' two
	cat "$core"
	coredump-mon policy load --builtin
	head "$core"
	for _ in {1..100}; do
		[ "$(wc -l <lines)" = 3 ] && break
		sleep 0.2
	done
	kill $!
	wait $!
	jq -c '[.rule, .message, .tags]' lines | tee told
	diff told - <<-END
		["reads","core file $core read by by\\\\x0ame, uid 0 (-)",["one"]]
		["reads","now by $(readlink -f /usr/bin/cat)",["two"]]
		["core-read","core file read by head (pid $(jq 'select(.rule == "core-read") |
			.process.pid' lines)) would be denied when enforcing",["mitre_credential_access","T1003.007"]]
	END
	# What is told later is told by the rules of then.
	coredump-mon watch --since "$last" --type open --count 1 --format json |
		jq -e '.message | startswith("core file read by")'
	coredump-mon watch --since "$last" --type open --count 1 | lacks grep message:
	says 'later' two
	coredump-mon watch --since "$last" --type open --count 1 |
		grep ', message: later$'
	coredump-mon policy load --builtin
}

# A name is somebody else's by now.
renumbered_users() {
	echo 'tester:x:4711:4711::/:/bin/sh' >>/etc/passwd
	cat >user.yaml <<-'END'
		version: 1
		rules: [{name: a user, match: {type: open, user: [tester, daemon]}, action: ignore}]
	END
	load user.yaml
	coredump-mon policy show >shown
	grep -F '"tester"' shown
	sed -i '/^tester:/s/4711/4712/' /etc/passwd
	coredump-mon policy show | tee shown
	sed -i '/^tester:/d' /etc/passwd
	grep "# rule 'a user': the user 'tester' was number 4711" shown
	lacks grep -F '"tester"' shown
	grep -F '"4711"' shown
	grep -F '"daemon"' shown
	coredump-mon policy show | grep -F '"4711"'
	coredump-mon policy load --builtin
}

mount_overlay() {
	mount -t overlay overlay /srv/overlay -o \
		lowerdir=/srv/lower,upperdir=/srv/upper,workdir=/srv/work
}

# Where stat(2) and the kernel see different numbers there is no false alarm.
no_false_alarms() {
	local place

	mkdir -p /srv/lower /srv/upper /srv/work /srv/overlay /srv/tmpfs
	cp /usr/bin/cat /srv/lower/one
	cp /usr/bin/cat /srv/lower/two
	mount_overlay
	mount -t tmpfs -o mode=755 tmpfs /srv/tmpfs
	cp /usr/bin/cat /srv/overlay/three
	cp /usr/bin/cat /srv/tmpfs/four
	chmod 755 /srv/overlay/one
	umount /srv/overlay
	mount_overlay
	cat >places.yaml <<-'END'
		version: 1
		mode: enforcing
		rules:
		- name: places
		  match:
		    type: open
		    class: core
		    executable: [/srv/overlay/one, /srv/overlay/two, /srv/overlay/three, /srv/tmpfs/four]
		  action: log
		- {name: there, match: {type: unlink, directory: [/srv/overlay, /srv/tmpfs, /proc, /sys]}, action: deny}
		- {name: others, match: {type: open, class: core, access: read}, action: deny}
	END
	load places.yaml
	refused head "$core"
	for place in overlay/one overlay/two overlay/three tmpfs/four; do
		"/srv/$place" "$core"
	done
	echo 2 >/proc/sys/vm/drop_caches
	coredump-mon status --json | jq -c .rules.stale | tee stale
	[ "$(<stale)" = '[]' ]
	cp /usr/bin/cat /srv/overlay/new
	mv /srv/overlay/new /srv/overlay/three
	coredump-mon status --json | jq -c .rules.stale | tee stale
	# Before Linux 5.14, nothing tells a file's number on an overlay.
	if grep -q '^ino:' /proc/self/fdinfo/0; then
		jq -e 'map(.name) == ["/srv/overlay/three"]' stale
	else
		[ "$(<stale)" = '[]' ]
	fi
	coredump-mon policy mode permissive
	coredump-mon policy load --builtin
	umount /srv/overlay /srv/tmpfs
}

# More programs than a process may have open.
many_files() {
	local names

	mkdir /srv/many
	python3 -c 'import os
for n in range(2000):
    os.close(os.open(f"/srv/many/{n}", os.O_CREAT | os.O_WRONLY, 0o755))'
	names=$(printf '/srv/many/%d, ' {0..1999})
	cat >many.yaml <<-END
		version: 1
		lists: {many: [$names]}
		rules:
		- {name: one, match: {type: open, executable: \$many}, action: log}
		- {name: two, match: {type: unlink, executable: \$many}, action: log}
	END
	(ulimit -n 64; load many.yaml)
	coredump-mon status --json | jq -e '.rules.count == 2 and .rules.stale == []'
	coredump-mon policy load --builtin
	rm -r /srv/many
}

# Neither refuses a read: this one enforces something else, that one nothing.
never_refused_by_half() {
	cat >enforces.yaml <<-END
		version: 1
		mode: enforcing
		rules: [{name: run, match: {type: open, class: core, access: exec}, action: deny}]
	END
	cat >permits.yaml <<-END
		version: 1
		mode: permissive
		rules: [{name: read, match: {type: open, class: core, access: read}, action: deny}]
	END
	load enforces.yaml
	fresh_file
	python3 -c 'import sys
while True: open(sys.argv[1]).close()' "$core" 2>opener &
	for _ in {1..10}; do
		load permits.yaml
		load enforces.yaml
	done
	# It goes on until it is refused.
	kill $!
	coredump-mon policy mode permissive
	coredump-mon policy load --builtin
}

try 'without the module, and wrong usage' without_module
echo /var/crash/core.%p >/proc/sys/kernel/core_pattern
modprobe coredump_mon
udevadm settle
try 'a policy is loaded, and told' loads
try 'who is trusted reads' cat_reads
try 'others are refused' others_are_refused
try 'changes are refused' changes_are_refused
try 'dumps are told by rules' others_are_told
try 'what is shown loads to the same' show_is_stable
try 'bad files change nothing' bad_files_change_nothing
try 'not what others may write to' files_are_roots
try 'it takes rights' rights_are_needed
try 'the built-in rules again' builtin_again
try 'stale entries' stale_entries
try 'helpers of later' helpers_of_later
try 'messages and tags' messages_and_tags
try 'users with other numbers' renumbered_users
try 'no false alarms' no_false_alarms
try 'many files' many_files
# Last: the sum of its flood comes seconds later, and would be among others' events.
try 'nothing is refused by half of a policy' never_refused_by_half
rmmod coredump_mon
finish
