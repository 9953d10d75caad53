#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tags outlive the machine's run: the service saves them when the machine goes
# down and restores them when it is up again, before anybody has mounted what they
# are of; and so does who has no service. Runs once in each of three boots.
# vm: --systemd --reboot --timeout 600

set -euo pipefail
# shellcheck source=../lib/tap.sh
. /run/vm/share/tap.sh

unit=coredump-mon.service
image=/srv/image
disk=/mnt/disk
# What one boot tells the next.
state=/var/lib/cdm-reboot
mkdir -p "$state" "$disk"
boot=$(($(cat "$state/boot" 2>/dev/null || echo 0) + 1))
echo "$boot" >"$state/boot"

mount_disk() {
	modprobe loop
	mount -o loop "$image" "$disk"
}

inode() { stat -c %i "$1"; }
is_inode() { [ "$(inode "$1")" = "$(cat "$state/$2")" ]; }

# listed INODE FILTER: the tag of that is listed so.
listed() {
	coredump-mon tags list --json | jq -es --argjson ino "$1" \
		"map(select(.ino == \$ino and ($2))) | length == 1"
}

made() { coredump-mon status --json | jq .records.made; }

# opens FILE: what is told of an open of it.
opens() {
	local last

	last=$(made)
	cat "$1" >/dev/null
	# So that there is something to wait for.
	cat /proc/self/coredump_filter >/dev/null
	coredump-mon watch --since "$last" --count $(($(made) - last)) \
		--timeout 60 --format json | jq -c 'select(.type == "open" and
			.process.comm == "cat" and .file.class == "core")'
}

# is_core FILE FILTER: told once, with an origin like that, and refused.
is_core() {
	opens "$1" | tee "$state/seen"
	jq -es "length == 1 and (.[0].file.origin | $2)" "$state/seen"
	coredump-mon policy mode enforcing
	lacks cat "$1"
	coredump-mon policy mode permissive
}

is_no_core() { [ -z "$(opens "$1" | tee /dev/stderr)" ]; }

# crash NAME: a core that is moved to where nothing is watched.
crash() {
	(
		ulimit -c unlimited
		exec -a "$1" sleep 60 &
		until [ "$(cat "/proc/$!/comm")" = sleep ]; do :; done
		kill -s SEGV $!
		wait $! || true
	) 2>/dev/null
	mv "$disk/dumps/core" "$disk/others/$1"
	inode "$disk/others/$1" >"$state/$1"
}

tags_cores() {
	local name

	truncate -s 32M "$image"
	mkfs.ext4 -q "$image"
	mount_disk
	mkdir "$disk/dumps" "$disk/others"
	sysctl -q -w kernel.core_uses_pid=0 kernel.core_pattern="$disk/dumps/core"
	for name in kept gone removed; do
		crash "$name"
		is_core "$disk/others/$name" '.comm == "sleep"'
	done
	sysctl -q -w kernel.core_pattern=core
	# On what is mounted whenever anything runs.
	echo secret >/root/of-root
	coredump-mon tags add /root/of-root
	inode /root/of-root >"$state/of-root"
	systemctl enable --now "$unit"
	soon systemctl is-active "$unit"
}

is_another_boot() {
	local id=/proc/sys/kernel/random/boot_id

	lacks grep -x "$(cat "$id")" "$state/boots"
	cat "$id" >>"$state/boots"
}

are_asleep() {
	local name

	soon systemctl is-active "$unit"
	for name in kept gone removed; do
		listed "$(cat "$state/$name")" '.mounted | not'
	done
	[ "$(coredump-mon status --json | jq .tags_asleep)" -ge 3 ]
	is_core /root/of-root '.pid > 0'
}

wakes() {
	# Goes while nobody sees it.
	debugfs -w -R 'rm others/gone' "$image"
	mount_disk
	listed "$(cat "$state/kept")" .mounted
	is_core "$disk/others/kept" '.comm == "sleep"'
}

# takes_number NAME OLD: a file that has the inode number of another now.
takes_number() {
	echo nothing >"$disk/others/$1"
	is_inode "$disk/others/$1" "$2"
	is_no_core "$disk/others/$1"
}

# Of a file that went while it was not mounted, and of one that went now.
number_is_used_again() {
	lacks test -e "$disk/others/gone"
	takes_number new gone
	is_core "$disk/others/removed" '.comm == "sleep"'
	rm "$disk/others/removed"
	takes_number newer removed
	is_core "$disk/others/kept" '.comm == "sleep"'
}

# Without the service, all begins with nothing.
restores_by_hand() {
	[ "$(systemctl is-active "$unit")" = inactive ]
	[ -e /sys/module/coredump_mon ] || modprobe coredump_mon
	lacks listed "$(cat "$state/kept")" true
	is_no_core /root/of-root
	coredump-mon tags restore
	listed "$(cat "$state/kept")" '.mounted | not'
	is_core /root/of-root '.pid > 0'
	mount_disk
	is_core "$disk/others/kept" '.comm == "sleep"'
	is_no_core "$disk/others/new"
	is_no_core "$disk/others/newer"
}

# again: ends this boot, if all went well in it.
again() {
	(finish) || exit
	systemctl start --no-block reboot.target
	sleep infinity
}

case $boot in
1)
	cat /proc/sys/kernel/random/boot_id >"$state/boots"
	try 'cores on a disk are tagged' tags_cores
	again ;;
2)
	try 'the machine was started anew' is_another_boot
	try 'the service has restored them, asleep' are_asleep
	try 'a core is known again when its disk is mounted' wakes
	try 'a file with the number of another is none' number_is_used_again
	systemctl disable "$unit"
	again ;;
3)
	try 'the machine was started anew, again' is_another_boot
	try 'tags restore, before the disk is mounted' restores_by_hand
	umount "$disk"
	rmmod coredump_mon
	finish ;;
esac
