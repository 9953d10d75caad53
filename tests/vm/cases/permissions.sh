#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who may read the device and who may change something.
# vm: --share tests/vm/lib/requests.py

set -euo pipefail
# shellcheck source=../lib/tap.sh
. /run/vm/share/tap.sh

useradd --create-home stranger
useradd --create-home --groups coredump-mon member
modprobe coredump_mon
udevadm settle

requests=/run/vm/share/requests.py
as() { runuser -u "$1" -- "${@:2}"; }

node() {
	[ "$(stat -c '%A %U:%G' /dev/coredump_mon)" = 'crw-r----- root:coredump-mon' ]
}

# fails STATUS WORDS COMMAND...: with that status, and those words on stderr.
fails() {
	local status=0 err

	err=$("${@:3}" 2>&1 >/dev/null) || status=$?
	echo "status $status: $err"
	[ "$status" = "$1" ] && grep -qiE "$2" <<<"$err"
}

make_record() { cat /proc/self/coredump_filter; }

stranger_is_refused() {
	local command

	for command in status 'watch --count 1 --timeout 5' 'tags list' \
		'directories list' 'policy mode' 'policy mode enforcing' \
		'policy show' 'policy load --builtin' 'policy lock' 'watch --deny'; do
		# shellcheck disable=SC2086
		fails 1 'permission|coredump-mon' as stranger coredump-mon $command
	done
	fails 1 'Permission denied' as stranger cat /dev/coredump_mon
}

member_reads() {
	make_record
	as member coredump-mon status
	as member coredump-mon tags list
	as member coredump-mon directories list
	as member coredump-mon policy mode
	coredump-mon policy load /usr/share/doc/coredump-mon/examples/falco.yaml
	coredump-mon policy show >shown
	as member coredump-mon policy show | diff shown -
	grep -F 'name: "Core dump"' shown
	rm shown
	coredump-mon policy load --builtin
	as member coredump-mon policy show | grep -F core-read
	as member coredump-mon watch --count 1 --timeout 10 --format json |
		jq -e '.seq > 0'
}

member_changes_nothing() {
	fails 1 'root|permission|CAP_MAC_ADMIN' as member coredump-mon policy mode enforcing
	fails 1 'root|permission|CAP_MAC_ADMIN' as member coredump-mon watch --deny --timeout 2
	fails 1 'root|permission|CAP_MAC_ADMIN' as member coredump-mon directories set /tmp
	fails 1 'root|permission|CAP_MAC_ADMIN' as member coredump-mon tags add /etc/hostname
	fails 1 'root|permission|CAP_MAC_ADMIN' as member coredump-mon policy load --builtin
	fails 1 'root|permission|CAP_MAC_ADMIN' as member coredump-mon policy lock
	[ "$(coredump-mon status --json | jq -r .mode)" = permissive ]
	# With the permission to write the node it is the capability that lacks.
	chmod g+w /dev/coredump_mon
	fails 1 'root|permission|CAP_MAC_ADMIN' as member coredump-mon policy mode enforcing
	chmod g-w /dev/coredump_mon
	[ "$(coredump-mon status --json | jq -r .mode)" = permissive ]
}

# Root of a user namespace of root's own has the node, not the capability.
namespace_root_is_refused() {
	unshare --user --map-root-user coredump-mon status
	fails 1 'root|permission|CAP_MAC_ADMIN' \
		unshare --user --map-root-user coredump-mon policy mode enforcing
	fails 1 'permission|coredump-mon' as stranger \
		unshare --user --map-root-user coredump-mon status
	[ "$(coredump-mon status --json | jq -r .mode)" = permissive ]
}

in_force() {
	coredump-mon status --json | jq -c '[.mode, .enforcing, .locked, .rules, .tags]'
	coredump-mon directories list
}

# all_eperm COMMAND...: each request that it makes of a descriptor for reading and
# writing, of root's, is refused, and changes nothing.
all_eperm() {
	in_force >/tmp/then
	"$@" 0<>/dev/coredump_mon | tee /tmp/said
	[ "$(wc -l </tmp/said)" = 11 ]
	[ "$(grep -c ' EPERM$' /tmp/said)" = 11 ]
	in_force | diff /tmp/then -
}

# A descriptor that root has opened is of no use to others.
descriptor_is_not_enough() {
	all_eperm as stranger python3 "$requests"
	all_eperm as member python3 "$requests"
	all_eperm setpriv --reuid=stranger --regid=stranger --clear-groups \
		--inh-caps=-all python3 "$requests"
	all_eperm capsh --drop=cap_mac_admin -- -c "python3 $requests"
	all_eperm unshare --user --map-root-user python3 "$requests"
	all_eperm as stranger unshare --user --map-root-user python3 "$requests"
}

# In a container that has the node, root of it opens it, and that is all.
in_container() {
	# shellcheck disable=SC2016
	unshare --user --map-root-user --mount --pid --fork bash -euc '
		mount -t tmpfs tmpfs /mnt
		: >/mnt/device
		mount --bind /dev/coredump_mon /mnt/device
		[ "$(id -u) $$" = "0 1" ]
		python3 "$1" 0<>/mnt/device' - "$requests"
}

# A privileged program that is made to write there does not know what it does.
# What comes of that is nothing.
set_user_id_program() {
	local status=0

	install -m 4755 /usr/bin/cat /srv/writer
	as stranger /srv/writer /etc/shadow | grep -q ^root:
	in_force >/tmp/then
	as stranger /srv/writer /etc/shadow 1<>/dev/coredump_mon 2>/tmp/err ||
		status=$?
	cat /tmp/err
	[ "$status" = 1 ]
	grep 'Invalid argument' /tmp/err
	in_force | diff /tmp/then -
}

# Root without CAP_MAC_ADMIN is refused too; with it alone, root is not.
capability_decides() {
	fails 1 'root|permission|CAP_MAC_ADMIN' capsh --drop=cap_mac_admin -- \
		-c 'coredump-mon policy mode enforcing'
	[ "$(coredump-mon status --json | jq -r .mode)" = permissive ]
	coredump-mon policy mode enforcing
	[ "$(coredump-mon status --json | jq -r .mode)" = enforcing ]
	coredump-mon policy mode permissive
}

try 'the node is 0640 root:coredump-mon' node
try 'a stranger is refused' stranger_is_refused
try 'a member of the group reads' member_reads
try 'a member of the group changes nothing' member_changes_nothing
try 'root of a user namespace changes nothing' namespace_root_is_refused
try 'who gets a descriptor of root changes nothing' descriptor_is_not_enough
try 'root of a container with the node changes nothing' all_eperm in_container
try 'a set-user-ID program that writes there changes nothing' set_user_id_program
try 'CAP_MAC_ADMIN decides' capability_decides
rmmod coredump_mon
finish
