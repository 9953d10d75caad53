# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Builds parts of this tree inside a suite's root, once per content.
# Sourced after root.sh.

# The files of this tree below the paths given, committed or not.
tree_files() {
	git -C "$TREE" -c safe.directory='*' ls-files -coz --exclude-standard -- "$@" |
		sort -zu | while IFS= read -r -d '' file; do
			[ ! -f "$TREE/$file" ] || printf '%s\0' "$file"
		done
}

# copy_tree DIR PATH...: the same, copied.
copy_tree() {
	tree_files "${@:2}" | tar -C "$TREE" --null -T - -c | tar -C "$1" -x
}

# build_key ROOT COMMAND PATH...
build_key() {
	local root=$1 command=$2
	shift 2
	{
		echo "$root $command"
		cat "$VM_DIR/lib/build.sh"
		tree_files "$@" | (cd "$TREE" && xargs -0r stat -c '%a' &&
			tree_files "$@" | xargs -0r sha256sum)
	} | hash_of_stdin
}

# in_root ROOT DIR COMMAND: runs COMMAND in ROOT with DIR at /mnt, in a mount
# namespace. ROOT is mounted at a place of its own, made private, and unmounted
# again: in a chroot / is no mount that could be made private, and what is
# mounted may show outside of the namespace.
in_root() {
	# shellcheck disable=SC2016
	as_root unshare --mount --propagation unchanged bash -c '
		set -euo pipefail
		mount --make-rprivate / 2>/dev/null || true
		root=$(mktemp -d)
		mount --bind "$1/root" "$root"
		trap "umount -R \"$root\" && rmdir \"$root\"" EXIT
		mount --make-private "$root"
		mount --bind "$2" "$root/mnt"
		mount -t proc proc "$root/proc"
		mount -t tmpfs tmpfs "$root/tmp"
		mount -t tmpfs -o mode=755 tmpfs "$root/dev"
		for node in null:3 zero:5 full:7 random:8 urandom:9; do
			mknod -m 666 "$root/dev/${node%:*}" c 1 "${node#*:}"
		done
		ln -s /proc/self/fd "$root/dev/fd"
		cross=()
		[ "$(cat "$1/arch")" != arm64 ] ||
			cross=(ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-
				CC=aarch64-linux-gnu-gcc)
		env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LC_ALL=C.UTF-8 \
			KVER="$(cat "$1/release")" KSRC=/usr/src/linux-source \
			OUT=/mnt/out "${cross[@]}" \
			chroot "$root" bash -euo pipefail -c "cd /mnt/src; $3"
	' "$ME" "$@"
}

# built ROOT NAME COMMAND PATH...: COMMAND, run on a copy of PATHs in ROOT, has
# left its results in $OUT; prints where they are. KVER is the root's kernel,
# KSRC its source (scripts and selftests alone).
built() {
	local root=$1 name=$2 dir

	dir=$CACHE/build/$name-$(build_key "$root" "${@:3}")
	if [ ! -d "$dir" ]; then
		ready_root
		locked "build-$name" build_missing "$dir" "$@" || return
	fi
	echo "$dir"
}

build_missing() {
	local dir=$1 root=$2 name=$3 command=$4 new=$1.new
	shift 4

	[ ! -d "$dir" ] || return 0
	as_root rm -rf "$new"
	mkdir -p "$new/src" "$new/out"
	copy_tree "$new/src" "$@"
	progress "building $name" "$CACHE/build/$name.log" \
		in_root "$root" "$new" "$command" || return
	as_root chown -R "$(id -u):$(id -g)" "$new/out"
	# What this replaces is of no use to anybody after a while.
	find "$CACHE/build" -maxdepth 1 -name "$name-*" -mtime +2 -exec rm -rf {} +
	mv "$new/out" "$dir"
	as_root rm -rf "$new"
}

# What `make install` installs, as a tar for the guest. The module's index is
# made here, since depmod takes its time under emulation. Without directories
# in it: unpacked over a merged /usr they would replace its symbolic links.
# shellcheck disable=SC2016
STAGE_COMMAND='
make module tool
make install DESTDIR=/mnt/stage
cp -a "/lib/modules/$KVER/." "/mnt/stage/lib/modules/$KVER/"
depmod -b /mnt/stage "$KVER"
rm -r "/mnt/stage/lib/modules/$KVER/kernel"
cd /mnt/stage
find . ! -type d -print0 |
	tar --null -T - --owner=0 --group=0 -cf "$OUT/stage.tar"
rm -r /mnt/stage
'

stage_of() {
	local dir

	dir=$(built "$1" stage "$STAGE_COMMAND" \
		Kbuild LICENSE Makefile dkms.conf module userspace) || return
	echo "$dir/stage.tar"
}
