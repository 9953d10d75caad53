#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# coredump-mon selftest on systems that are set up in all sorts of ways: what
# can be proved is, what cannot is said, and nothing is left behind.
# vm: --timeout 900

set -euo pipefail
# shellcheck source=../lib/tap.sh
. /run/vm/share/tap.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p /var/crash
cd "$work"
ulimit -c unlimited
pattern_file=/proc/sys/kernel/core_pattern
tool=$(command -v coredump-mon)

# All that a selftest may leave behind.
traces() {
	# Nobody writes to /usr, and to go through it takes seconds.
	find / -xdev -path /usr -prune -o ! -path "$work/*" ! -path "$tap_log" \
		\( -type d -print -o -printf '%p %i %s %t\n' \) | sort
	coredump-mon tags list
	coredump-mon policy mode
	coredump-mon directories list
	coredump-mon status --json | jq '.enforcing, .readers.used'
	sysctl -e kernel.core_pattern kernel.core_uses_pid kernel.core_pipe_limit \
		fs.suid_dumpable
	pgrep -c coredump-mon || true
	# On a busy machine the guest's kernel wonders about its clocks.
	dmesg | grep -vE '^\[[^]]*\] (coredump_mon|hrtimer|clocksource):'
}

# clean COMMAND...: leaves no traces; what it says is in $work/said.
clean() {
	local status=0

	traces >before
	"$@" >said 2>err || status=$?
	cat said err
	traces >after
	diff before after
	return "$status"
}

# proves PATTERN [WORDS]: with that core_pattern all is proved, but what WORDS
# tell.
proves() {
	local words=${2:-}

	printf '%s\n' "$1" >"$pattern_file"
	clean coredump-mon selftest
	lacks grep FAILED said
	grep '^ok  *a crash is seen$' said
	grep '^ok  *a read of it is seen$' said
	grep '^ok  *an open of a coredump_filter is seen$' said
	grep '^ok  *a read is refused while enforcing is held$' said
	grep '^ok  *a read is let through afterwards$' said
	if [ -n "$words" ]; then
		grep "^could not be proved  *a core file is there to be read: .*$words" said
		grep '^ok  *a tagged file takes' said
		[ "$(grep -vc '^ok ' said)" = 1 ]
	else
		grep '^ok  *a core file is there to be read$' said
		lacks grep -v '^ok ' said
	fi
}

# A core of the same name is somebody else's, who may want it still.
keeps_others() {
	echo precious >/var/crash/core
	echo 0 >/proc/sys/kernel/core_uses_pid
	proves /var/crash/core
	[ "$(cat /var/crash/core)" = precious ]
	rm /var/crash/core
}

helper_left_alone() {
	printf '#!/bin/sh\ntouch %s/helped\n' "$work" >helper
	chmod +x helper
	proves "|$work/helper" helper
	[ ! -e helped ]
	# It would be: the same program by hand.
	sleep 300 &
	kill -s SIGSEGV $!
	wait $! || true
	for _ in {1..50}; do
		[ -e helped ] && return
		sleep 0.1
	done
	return 1
}

no_core_allowed() {
	(ulimit -c 0 && proves core)
}

in_mode_enforcing() {
	echo core >"$pattern_file"
	coredump-mon policy mode enforcing
	clean coredump-mon selftest
	[ "$(coredump-mon policy mode)" = enforcing ]
	coredump-mon policy mode permissive
	grep '^ok  *a read is refused$' said
	lacks grep -v '^ok ' said
}

# A member of the group: no tags, no enforcing, and no chroot.
as_member() {
	printf '%s\n' "$1" >"$pattern_file"
	chmod 755 "$work"
	useradd --no-create-home --groups coredump-mon member 2>/dev/null || true
	clean setpriv --reuid member --regid member --groups coredump-mon \
		"$tool" selftest
	lacks grep FAILED said
	grep '^ok  *a crash is seen$' said
	grep '^ok  *an open of a coredump_filter is seen$' said
	grep '^could not be proved  *a read is refused.*root' said
}

in_namespaces() {
	echo /var/crash/core.%p >"$pattern_file"
	clean unshare --pid --fork --mount-proc --mount coredump-mon selftest
	lacks grep -v '^ok ' said
}

# Told to stop, at whatever moment: it tidies up.
stopped() {
	local delay pid

	echo /var/crash/core.%p >"$pattern_file"
	for delay in 0.01 0.03 0.1 0.3 0.6 1; do
		traces >before
		coredump-mon selftest >said 2>&1 &
		pid=$!
		sleep "$delay"
		kill -TERM "$pid" || true
		wait "$pid" || true
		cat said
		traces >after
		diff before after
	done
}

modprobe coredump_mon
udevadm settle
try 'a file in the directory' proves core
try 'a file in a directory below' proves sub/core.%e
try 'a file elsewhere' proves /var/crash/core.%e.%p.%t
try 'a file in the root' proves /core
try 'a directory above' proves ../core 'leads out'
try 'a directory above the root' proves /../none/such/core 'leads out'
try 'a directory that is not there' proves /none/such/core.%p
try 'a file where one is' keeps_others
try 'a directory that depends on who dumps' proves /var/crash/%u/core 'could not write'
try 'a name that is too long' proves "/$(printf '%0120d' 0)/c"
try 'an empty name' proves '' 'could not write'
try 'a helper' helper_left_alone
try 'a helper that fails' proves '|/bin/false' helper
try 'a helper that is not there' proves '|/none/such' helper
try 'a helper that prints' proves '|/bin/cat' helper
try "systemd's" proves '|/lib/systemd/systemd-coredump %P %u %g %s %t 9223372036854775808 %h %d' helper
try 'RLIMIT_CORE 0' no_core_allowed
try 'mode enforcing' in_mode_enforcing
try 'a member of the group, a file in the directory' as_member core
try 'a member of the group, a file elsewhere' as_member /var/crash/core.%p
try 'in namespaces of its own' in_namespaces
try 'told to stop' stopped
rmmod coredump_mon
finish
