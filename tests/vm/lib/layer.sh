# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A suite's root with more in it: overlays above what root.sh made, which stays
# as it is. Sourced after root.sh and build.sh.

# layered DIR LOWER... -- COMMAND...: runs COMMAND, of this machine, with the
# LOWERs, topmost first, and DIR/upper above them mounted at DIR/tree.
layered() {
	local dir=$1 lower
	shift

	lower=$1
	shift
	while [ "$1" != -- ]; do
		lower+=:$1
		shift
	done
	shift
	mkdir -p "$dir"/{upper,work,tree}
	# shellcheck disable=SC2016
	as_root unshare --mount --propagation unchanged bash -c '
		set -euo pipefail
		mount --make-rprivate / 2>/dev/null || true
		mount -t overlay overlay "$1/tree" \
			-o "lowerdir=$2,upperdir=$1/upper,workdir=$1/work"
		trap "umount \"$1/tree\"" EXIT
		"${@:3}"
	' "$ME" "$dir" "$lower" "$@"
}

# in_layers DIR LOWER... -- COMMAND: the same, but COMMAND, of bash, runs as
# root in the tree, where DIR/share is at /mnt.
in_layers() {
	local command=${*: -1}

	mkdir -p "$1/share"
	# shellcheck disable=SC2016
	layered "${@:1:$# - 1}" unshare --mount --fork --pid --kill-child bash -c '
		set -euo pipefail
		mount --bind "$1/share" "$1/tree/mnt"
		mount -t proc proc "$1/tree/proc"
		mount -t tmpfs -o mode=1777 tmpfs "$1/tree/tmp"
		mount -t tmpfs -o mode=755 tmpfs "$1/tree/dev"
		for node in null:3 zero:5 full:7 random:8 urandom:9; do
			mknod -m 666 "$1/tree/dev/${node%:*}" c 1 "${node#*:}"
		done
		ln -s /proc/self/fd "$1/tree/dev/fd"
		env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
			DEBIAN_FRONTEND=noninteractive \
			chroot "$1/tree" bash -euo pipefail -c "$2"
	' "$ME" "$1" "$command"
}

# layer_of ROOT NAME PACKAGE...: makes sure that there is a layer for ROOT with
# these packages; prints its place, whose upper/ is a LOWER.
layer_of() {
	local dir

	dir=$CACHE/layer/$2-$(basename "$1")-$(echo "${@:3}" | hash_of_stdin)
	if [ ! -d "$dir" ]; then
		ready_root
		locked "layer-$2" layer_missing "$dir" "$@" || return
	fi
	echo "$dir"
}

layer_missing() {
	local dir=$1 new=$1.new root=$2 name=$3
	shift 3

	[ ! -d "$dir" ] || return 0
	as_root rm -rf "$new"
	mkdir -p "$new"
	progress "installing $* beside $(basename "$root")" "$CACHE/layer/$name.log" \
		in_layers "$new" "$root/root" -- "
			apt-get update -q
			apt-get install -q -y --no-install-recommends $*
			apt-get clean" || return
	find "$CACHE/layer" -maxdepth 1 -name "$name-*" -mtime +2 -print0 |
		as_root xargs -0r rm -rf
	mv "$new" "$dir"
}
