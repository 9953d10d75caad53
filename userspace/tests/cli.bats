#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# The command line on a machine whose kernel has not the module.

bats_require_minimum_version 1.5.0

setup() {
	TOOL=$BATS_TEST_DIRNAME/../coredump-mon
	if [ -e /dev/coredump_mon ]; then
		skip "the module is loaded here"
	fi
}

# run_failing STATUS WORDS COMMAND...: it exits so and says so, on stderr alone.
run_failing() {
	local status_wanted=$1 words=$2
	shift 2
	run --separate-stderr "$@"
	[ "$status" -eq "$status_wanted" ]
	[ -z "$output" ]
	[[ $stderr == *"$words"* ]]
}

# In a /dev where coredump_mon is what SCRIPT makes it.
in_other_dev() {
	unshare --map-root-user --mount bash -c \
		'mount -t tmpfs none /dev && cd /dev && '"$1"' && shift && "$@"' \
		bash "$@"
}

@test "--help of each command goes to stdout" {
	for words in '' watch journal status policy 'policy check' 'policy load' \
		'policy follow' 'policy show' 'policy mode' tags 'tags list' 'tags add' 'tags drop' 'tags scan' directories 'directories list' \
		'directories set' selftest; do
		# shellcheck disable=SC2086
		run --separate-stderr "$TOOL" $words --help
		[ "$status" -eq 0 ]
		[[ $output == "Usage: coredump-mon${words:+ }$words "* ]]
		[ -z "$stderr" ]
	done
}

@test "watch --help names every type" {
	run "$TOOL" watch --help
	for word in dump open rename link unlink attr policy lost; do
		[[ ${output//$'\n'/ } =~ types:[^\(]*[\ ]${word}[\ ,] ]]
	done
	run_failing 2 'rename, link, unlink, attr' "$TOOL" watch --type renamed
}

@test "--help names every command" {
	run "$TOOL" --help
	for word in watch journal status policy tags directories selftest; do
		[[ $output == *"  $word "* ]]
	done
}

@test "--version is that of the package" {
	run "$TOOL" --version
	[ "$status" -eq 0 ]
	[ "$output" = "coredump-mon $(sed -n 's/^PACKAGE_VERSION="\(.*\)"$/\1/p' \
		"$BATS_TEST_DIRNAME/../../dkms.conf")" ]
}

@test "wrong usage: 2, and what is right" {
	run_failing 2 'a command is missing' "$TOOL"
	run_failing 2 "there is no command 'nonsense'" "$TOOL" nonsense
	run_failing 2 "unrecognized option '--nonsense'" "$TOOL" --nonsense
	run_failing 2 '--help' "$TOOL" watch --nonsense
	run_failing 2 "text and json are there" "$TOOL" watch --format xml
	run_failing 2 "no event type 'x'" "$TOOL" watch --type dump,x
	run_failing 2 "no event type ''" "$TOOL" watch --type ''
	run_failing 2 "no event type ''" "$TOOL" watch --type dump,
	run_failing 2 "not 'yesterday'" "$TOOL" watch --since yesterday
	run_failing 2 "not '18446744073709551616'" \
		"$TOOL" watch --since 18446744073709551616
	for number in 0 -1 ' 1' 1x 99999999999999999999 ''; do
		run_failing 2 "not '$number'" "$TOOL" watch --count "$number"
	done
	for number in -1 1.5 x ''; do
		run_failing 2 "not '$number'" "$TOOL" watch --timeout "$number"
	done
	run_failing 2 "'x' is one argument too many" "$TOOL" watch x
	run_failing 2 "'x' is one argument too many" "$TOOL" journal x
	run_failing 2 'requires an argument' "$TOOL" journal --resume
	run_failing 2 "not 'x'" "$TOOL" journal --limit x
	run_failing 2 "'x' is one argument too many" "$TOOL" status x
	run_failing 2 'a command is missing' "$TOOL" policy
	run_failing 2 'a FILE is missing' "$TOOL" policy check
	run_failing 2 "'b' is one argument too many" "$TOOL" policy check a b
	run_failing 2 'a FILE is missing' "$TOOL" policy load
	run_failing 2 "'b' is one argument too many" "$TOOL" policy load a b
	run_failing 2 "or those of 'a'" "$TOOL" policy load --builtin a
	run_failing 2 "'a' is one argument too many" "$TOOL" policy follow a
	run_failing 2 "'a' is one argument too many" "$TOOL" policy show a
	run_failing 2 'permissive and enforcing' "$TOOL" policy mode maybe
	run_failing 2 'one argument too many' \
		"$TOOL" policy mode enforcing permissive
	run_failing 2 'a command is missing' "$TOOL" tags
	run_failing 2 'a FILE is missing' "$TOOL" tags add
	run_failing 2 'a FILE is missing' "$TOOL" tags drop
	run_failing 2 'a DIRECTORY is missing' "$TOOL" tags scan
	run_failing 2 'a DIRECTORY is missing' "$TOOL" directories set
	run_failing 2 "'b' is not absolute" "$TOOL" directories set /a b
	run_failing 2 "'x' is one argument too many" "$TOOL" selftest x
}

@test "no module: 1, and how to load it" {
	policy=$BATS_TEST_DIRNAME/../packaging/policy.yaml
	for words in watch 'watch --deny' \
		'watch --type rename,link,unlink,attr' status 'status --json' 'policy mode' \
		'policy mode enforcing' 'policy show' 'policy load --builtin' \
		"policy load $policy" 'tags list' 'tags add /etc/passwd' \
		'tags drop /etc/passwd' 'tags scan --tag /etc' 'directories list' \
		'directories set /var/crash' selftest; do
		# shellcheck disable=SC2086
		run_failing 1 'modprobe coredump_mon' "$TOOL" $words
	done
}

@test "a policy is checked without the module" {
	echo 'version: 1' >"$BATS_TEST_TMPDIR/policy.yaml"
	run "$TOOL" policy check "$BATS_TEST_TMPDIR/policy.yaml"
	[ "$status" -eq 0 ]
	run_failing 1 'No such file' "$TOOL" policy check "$BATS_TEST_TMPDIR/none"
	run bash -c '"$0" policy check --print "$1" 2>&1 >/dev/full' "$TOOL" \
		"$BATS_TEST_TMPDIR/policy.yaml"
	[ "$status" -eq 1 ]
	[[ $output == *'No space left on device'* ]]
}

@test "something else in the device's place: 1, and what to do" {
	in_other_dev true true || skip "no mount namespace can be had here"
	run_failing 1 'something else than the module' \
		in_other_dev 'touch coredump_mon' "$TOOL" status
}

@test "no permission: 1, and who has it" {
	[ "$(id -u)" -eq 0 ] || skip "only root can become somebody else"
	in_other_dev true true || skip "no mount namespace can be had here"
	run_failing 1 'member of the group' in_other_dev \
		'touch coredump_mon && chmod 0 coredump_mon' \
		setpriv --bounding-set=-all --inh-caps=-all "$TOOL" status
	run_failing 1 'no permission to write' in_other_dev \
		'touch coredump_mon && chmod 0400 coredump_mon' \
		setpriv --bounding-set=-all --inh-caps=-all \
		"$TOOL" policy mode enforcing
}

@test "no journal: 1, and it is said" {
	[ ! -e /run/systemd/journal/socket ] || skip "there is a journal here"
	run_failing 1 'no journal here' "$TOOL" journal
}

@test "standard output closed: 1, and it is said" {
	run bash -c '"$0" status 2>&1 >&-' "$TOOL"
	[ "$status" -eq 1 ]
	[[ $output == *'standard output is closed'* ]]
	run bash -c '"$0" --help 2>&1 >&-' "$TOOL"
	[ "$status" -eq 1 ]
}

@test "standard output full: 1, and it is said" {
	for word in --help --version 'watch --help'; do
		run bash -c '"$0" $1 2>&1 >/dev/full' "$TOOL" "$word"
		[ "$status" -eq 1 ]
		[[ $output == *'No space left on device'* ]]
	done
}

@test "a reader that went away is no error" {
	# 3 is not the pipe, or nobody would read what is written there either.
	run bash -c 'exec 3>&1
		{ sleep 0.2; "$0" --help; echo "$?" >&3; } | true' "$TOOL"
	[ "$status" -eq 0 ]
	[ "$output" = 0 ]
}

@test "closed standard input and error are no danger to what is opened later" {
	run bash -c '"$0" status <&- 2>&-' "$TOOL"
	[ "$status" -eq 1 ]
	[ -z "$output" ]
}
