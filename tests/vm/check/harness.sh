#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Whether tests/vm/run passes on what a script says and how it ends, and whether
# selftests that share a guest answer each for itself.

set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
run=$here/../run
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/vm/lib/tap.sh
. "$here/../lib/tap.sh"

# script NAME: its text comes on stdin.
script() {
	{
		echo '#!/bin/bash'
		cat
	} >"$work/$1"
}

# ends STATUS COMMAND...: output stays in $work/out and $work/err.
ends() {
	local wanted=$1 status=0
	shift
	"$@" >"$work/out" 2>"$work/err" || status=$?
	((status == wanted)) || {
		echo "status $status, not $wanted; stderr:"
		cat "$work/err"
		return 1
	}
}

says() {
	grep -q -e "$1" "$work/err" || {
		echo "no '$1' on stderr:"
		cat "$work/err"
		return 1
	}
}

usage_errors() {
	local arguments
	for arguments in '' --smp "--smp 0 $0" "--smp two $0" "--memory 8 $0" \
		"--timeout 0 $0" "--kernel 4.4 $0" "--kernel 6.1.9 $0" \
		"--nonsense $0" /nonexistent "--share /nonexistent $0"; do
		# shellcheck disable=SC2086
		if ! ends 2 "$run" $arguments ||
			! says "see 'tests/vm/run --help'" || [ -s "$work/out" ]; then
			echo "with: $arguments"
			return 1
		fi
	done
}

prints_help() {
	ends 0 "$run" --help
	grep -q '^Usage: tests/vm/run' "$work/out"
}

# All 256 byte values, a megabyte of them, without a last newline, and a status.
passes_output() {
	python3 -c 'import sys
data = bytes(range(256)) * 4096
sys.stdout.buffer.write(data + b"end")
' >"$work/wanted"
	script bytes <<-'END'
	python3 -c 'import os, sys
	data = bytes(range(256)) * 4096
	sys.stdout.buffer.write(data + b"end")
	sys.stderr.buffer.write(b"\x00err\xff\r\n")
	'
	exit 42
	END
	ends 42 "$run" --bare "$work/bytes"
	cmp "$work/out" "$work/wanted"
	printf '\0err\377\r\n' | cmp - "$work/err"
}

# Lines arrive while the script still runs: their times lie apart as it slept.
passes_as_it_comes() {
	script slow <<-'END'
	echo one; sleep 3; echo two
	END
	"$run" --bare "$work/slow" | while read -r _; do
		echo "$EPOCHREALTIME"
	done >"$work/times"
	python3 - "$work/times" <<-'END'
	import sys
	one, two = map(float, open(sys.argv[1]))
	sys.exit(0 if two - one > 1.5 else f"{two - one} s apart")
	END
}

gives_what_is_asked() {
	echo shared >"$work/shared"
	script facts <<-'END'
	set -e
	[ "$(id -u)" = 0 ] && [ "$(nproc)" = 3 ]
	(($(sed -n 's/MemTotal: *\([0-9]*\).*/\1/p' /proc/meminfo) < 1000000))
	grep -q coredump_mon_test /proc/cmdline
	[ "$(cat /run/vm/share/shared)" = shared ]
	[ "$1" = 'an argument' ] && [ -z "$2" ]
	[ "$(stat -f -c %T /)" = ext2/ext3 ]
	grep -q '^SigIgn:	0*$' /proc/self/status
	echo core >/proc/sys/kernel/core_pattern
	for tool in gdb jq python3 ip mount ps bpftrace; do type $tool; done
	for path in /sys/kernel/debug /sys/kernel/tracing /dev/pts /dev/shm; do
		mountpoint $path
	done
	modprobe loop
	! read -r line
	END
	ends 0 "$run" --bare --kernel 6.1 --smp 3 --memory 1000 --append \
		coredump_mon_test --share "$work/shared" "$work/facts" 'an argument' ''
}

runs_out_of_time() {
	script forever <<<'echo begun; while :; do :; done'
	ends 124 "$run" --bare --timeout 3 "$work/forever"
	says 'out of time'
	[ "$(cat "$work/out")" = begun ]
}

does_not_come_up() {
	script nothing <<<true
	ends 125 "$run" --bare --append init=/none --append rdinit=/none \
		--append root=/dev/none "$work/nothing"
	says 'did not come up'
}

goes_away() {
	script away <<<'busybox poweroff -f'
	ends 125 "$run" --bare "$work/away"
	says 'ended before'
}

sees_complaint() {
	script complaint <<<'echo "<4>WARNING: test" >/dev/kmsg; echo fine'
	ends 126 "$run" --bare "$work/complaint"
	says 'WARNING: test'
	[ "$(cat "$work/out")" = fine ]
}

keeps_status_beside_complaint() {
	script both <<<'echo "<4>BUG: test" >/dev/kmsg; exit 3'
	ends 3 "$run" --bare "$work/both"
	says 'BUG: test'
}

sees_crash_of_kernel() {
	script crash <<<'echo c >/proc/sysrq-trigger; sleep 60'
	ends 126 "$run" --bare "$work/crash"
	says 'sysrq_handle_crash'
}

user_crash_is_no_complaint() {
	script segfault <<-'END'
	# A general protection fault and a segfault of a program.
	python3 -c 'import ctypes; ctypes.string_at(0x8000000000000000)'
	python3 -c 'import ctypes; ctypes.string_at(8)'
	dmesg | grep 'general protection fault ip' && dmesg | grep segfault
	END
	ends 0 "$run" --bare "$work/segfault"
}

side_by_side() {
	script first <<<'echo first >/only; sync; sleep 6; ls /only* && ! [ -e /only2 ]'
	script second <<<'echo second >/only2; sync; sleep 6; ls /only2 && ! [ -e /only ]'
	"$run" --bare "$work/first" &
	"$run" --bare "$work/second"
	wait $!
}

# What it wrote before is there, and it is another boot.
reboots() {
	script again <<-'END'
	set -e
	cat /proc/sys/kernel/random/boot_id >>/root/boots
	[ "$(wc -l </root/boots)" = 3 ] || { echo again; sync; sleep 1; busybox reboot -f; }
	[ "$(sort -u /root/boots | wc -l)" = 3 ]
	exit 7
	END
	ends 7 "$run" --bare --reboot "$work/again"
	[ "$(cat "$work/out")" = "$(printf 'again\nagain')" ]
	# It is not asked for.
	ends 125 "$run" --bare "$work/again"
}

installs_everything() {
	script installed <<-'END'
	set -e
	! grep -q coredump_mon /proc/modules
	modinfo -F filename coredump_mon | grep /updates/
	getent group coredump-mon
	modprobe coredump_mon
	udevadm settle
	[ "$(stat -c '%A %U %G' /dev/coredump_mon)" = 'crw-r----- root coredump-mon' ]
	coredump-mon status
	rmmod coredump_mon
	END
	ends 0 "$run" "$work/installed"
}

# program NAME: a selftest, whose text comes on stdin after its plan of one.
program() {
	mkdir -p "$work/programs"
	{
		printf '#!/bin/bash\nprintf "TAP version 13\\n1..1\\n"\n'
		cat
	} >"$work/programs/$1"
	chmod 755 "$work/programs/$1"
}

# results STATUS PROGRAM...: of those, in a guest; what is wanted comes on stdin.
results() {
	sed 's/ /\t/' >"$work/wanted"
	ends "$1" "$here/selftest.sh" --built "$work/programs" "${@:2}"
	gawk -v BEFORE= -v LABEL=none -f "$here/../lib/ktap.awk" "$work/out" |
		diff "$work/wanted" -
}

each_answers_for_itself() {
	program enforces <<<'coredump-mon policy mode enforcing && echo ok 1 mode'
	program complains <<-'END'
		echo "<4>WARNING: test" >/dev/kmsg
		[ "$(coredump-mon policy mode)" = permissive ] && echo ok 1 mode
	END
	program says_nothing <<<'exec true'
	program crashes <<<'echo ok 1 so far; kill -SEGV $$'
	program holds <<-'END'
		sleep 300 </dev/coredump_mon >/dev/null 2>&1 &
		echo ok 1 held
	END
	program late <<<'echo ok 1 late'
	results 1 enforces complains says_nothing crashes holds late <<-'END'
		pass selftest-enforces: mode
		pass selftest-complains: mode
		fail selftest-says_nothing: planned 1, 0 results: it ended early
		pass selftest-crashes: so far
		fail selftest-crashes: status 139
		pass selftest-holds: held
		fail selftest-holds: it leaves the module in use
		fail selftest-complains: the kernel's log holds a complaint
		fail selftest-late: it did not run: the guest had ended
	END
}

one_takes_the_kernel_down() {
	program early <<<'echo ok 1 early'
	program dies <<<'echo ok 1 so far; sleep 1; echo c >/proc/sysrq-trigger'
	results 126 early dies late <<-'END'
		pass selftest-early: early
		pass selftest-dies: so far
		fail selftest-dies: the kernel's log holds a complaint
		fail selftest-dies: it did not end
		fail selftest-late: it did not run: the guest had ended
	END
}

try 'usage errors end with 2 and name the way out' usage_errors
try '--help prints the usage' prints_help
try 'output and status come through unchanged' passes_output
try 'output comes as the script writes it' passes_as_it_comes
try 'the guest is as the options say' gives_what_is_asked
try 'a script out of time ends with 124' runs_out_of_time
try 'a guest that does not come up ends with 125' does_not_come_up
try 'a guest that goes away ends with 125' goes_away
try 'a complaint in the log ends with 126' sees_complaint
try 'a failed script keeps its status beside a complaint' \
	keeps_status_beside_complaint
try 'a crash of the kernel ends with 126' sees_crash_of_kernel
try 'a crash of a program is no complaint' user_crash_is_no_complaint
try 'two guests do not disturb each other' side_by_side
try 'a guest that may reboot does, and keeps its disk' reboots
try 'module, tool and udev rule are installed' installs_everything
try 'selftests that share a guest answer each for itself' each_answers_for_itself
try 'one that takes the kernel down does not hide the others' \
	one_takes_the_kernel_down
finish
