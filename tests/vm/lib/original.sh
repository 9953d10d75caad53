# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154
#
# The rows of an example's table: what is done, whether the original tells of it
# (what the example is like), and what this does. Sourced after policy.sh, by who
# sets
#
#   told      the file with a line for each thing that the original tells; empty
#             where there is no original: then what it sees is not looked at
#   fencing() what it tells in any case, with $mark in the line
#   rule      how the names of the example's rules begin

dir=/var/lib/systemd/coredump
CALLS=/run/vm/share/calls.py

# call NAME PATH [NEW]: one system call, as calls.py has it, by other WAYs too.
call() { python3 "$CALLS" 64 "$@"; }
call32() { python3 "$CALLS" 32 "$@"; }
by_ring() { python3 "$CALLS" ring "$@"; }
by_worker() { python3 "$CALLS" worker "$@"; }

# An example's directory is found within a second.
watched() { coredump-mon directories list | grep -E "^watched +$dir"; }
begin() {
	load "$examples/$1.yaml"
	mkdir -p "$dir"
	soon watched
}

marks() { grep -c "$mark" "$told" || true; }
others() { grep -cv "$mark" "$told" || true; }
more_marks() { [ "$(marks)" -gt "$1" ]; }

# Until the original has told all that it has to.
fence() {
	local last

	[ -n "$told" ] || return 0
	last=$(marks)
	fencing
	soon more_marks "$last"
}

# What each row finds.
scene() {
	rm -f "$dir/a" "$dir/b" "$dir/core.sleep"
	echo '#!/bin/true' >"$dir/a"
	chmod 700 "$dir/a"
}

doing() { if "$@" >said 2>&1; then : >did; fi; }

# row SEEN HERE COMMAND...: seen or missed by the original; here an event of the type
# HERE, or missed. COMMAND has to succeed.
row() {
	local before after

	scene
	rm -f did
	fence
	[ -z "$told" ] || before=$(others)
	if [ "$2" = missed ]; then
		silent doing "${@:3}"
	else
		events 1 "$2" doing "${@:3}" |
			jq -e --arg rule "$rule" '.rule | startswith($rule)' || rm -f did
	fi
	[ -e did ] || { cat said && return 1; }
	[ -n "$told" ] || return 0
	fence
	after=$(others)
	echo "${*:3}: $((after - before)) of the original, $2 here"
	case $1 in
	seen) [ "$after" = $((before + 1)) ] ;;
	missed) [ "$after" = "$before" ] ;;
	*) return 1 ;;
	esac
}

# Ways to the row's file by other names, for COMMAND, which else is cat.
by_symlink() {
	ln -sf "$dir/a" symlink
	"${@:-cat}" symlink
}
by_bind_mount() {
	mkdir -p mounted
	mount --bind "$dir" mounted
	"${@:-cat}" mounted/a
	umount mounted
}
by_overlay() {
	mkdir -p mounted empty
	mount -t overlay -o "lowerdir=$dir:empty" overlay mounted
	"${@:-cat}" mounted/a
	umount mounted
}
by_hard_link() {
	rm -f linked
	call link "$dir/a" linked
	"${@:-cat}" linked
}
when_moved() {
	call rename "$dir/a" moved
	"${@:-cat}" moved
}
# in_root ROOT PATH: as from a container.
in_root() {
	unshare --mount python3 -c 'import os, sys
os.chroot(sys.argv[1])
os.open(sys.argv[2], os.O_RDONLY)' "$@"
}
by_chroot() { in_root /var/lib/systemd /coredump/a; }
# Another file, which has such a name there.
of_that_name() {
	mkdir -p "other/$dir"
	echo other >"other/$dir/a"
	in_root other "$dir/a"
}
where_procfs_is_too() {
	mkdir -p proc
	mount -t proc proc proc
	cat proc/self/coredump_filter
	umount proc
}
# By the kernel itself.
dumped_there() {
	echo "$dir/core.%e" >/proc/sys/kernel/core_pattern
	crash
	echo /var/crash/core.%p >/proc/sys/kernel/core_pattern
	[ -e "$dir/core.sleep" ]
}
in_dir() { (cd "$dir" && "$@"); }
# What the file's mode does not let anybody but root do.
not_permitted() { lacks setpriv --reuid=daemon --clear-groups "$@"; }
by_swapon() {
	dd if=/dev/zero of=swap bs=1M count=1
	chmod 600 swap
	mkswap swap
	call rename swap "$dir/a"
	call swapon "$dir/a"
	call swapoff "$dir/a"
}
by_losetup() {
	modprobe loop
	losetup --find "$dir/a"
	losetup --detach-all
}
