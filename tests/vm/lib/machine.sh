# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A guest whose disk is made of layers, rather than tests/vm/run's. Sourced
# after layer.sh, kernel_log.sh and guest.sh.

# What guest_start() wants to be told.
# shellcheck disable=SC2034
SMP=2 MEMORY=2048 APPEND='' ICOUNT=''

# machine_of DIR RELEASE LOWER...: what guest_start() takes as a root, made of
# the layers and DIR/upper: DIR/machine.
machine_of() {
	local dir=$1 release=$2
	shift 2

	rm -rf "$dir/machine"
	mkdir -p "$dir/machine"
	echo "$release" >"$dir/machine/release"
	echo amd64 >"$dir/machine/arch"
	# shellcheck disable=SC2016
	layered "$dir" "$@" -- bash -c 'set -euo pipefail
		for lib in common suite root; do . "$1/lib/$lib.sh"; done
		cp "$2/tree/boot/vmlinuz-$3" "$2/machine/vmlinuz"
		root_initrd "$2/machine" "$2/tree" "$3"
		size=$(du -sm "$2/tree" | cut -f 1)
		mke2fs -q -t ext4 -L guest -E root_owner=0:0 -d "$2/tree" \
			"$2/machine/disk" "$((size * 12 / 10 + 2048))M"
		chown -R "$4" "$2/machine"' \
		"$ME" "$VM_DIR" "$dir" "$release" "$(id -u):$(id -g)"
}

# machine_run DIR TIMEOUT SCRIPT [SHARE...]: boots DIR/machine for SCRIPT, and
# ends as that does; the guest's console is left in DIR/console.
machine_run() {
	local dir=$1 timeout=$2 script=$3 status=0
	shift 3

	mkdir "$dir/run"
	guest_files "$dir/run" "$script" -- "$@"
	guest_start "$dir/machine" "$dir/run" "${STAGE:-}"
	guest_wait "$timeout" || status=$?
	guest_end
	mv "$dir/run/console" "$dir/console"
	((status < 124)) || tail -n 25 "$dir/console" "$dir/run/qemu.log"
	rm -r "$dir/run"
	if complaints_in "$dir/console"; then status=126; fi
	return "$status"
}
