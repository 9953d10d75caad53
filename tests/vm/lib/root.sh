# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A suite's root: the directory in which things are built and the disk of the
# guest, made once from the mirror. Sourced after suite.sh.
#
# What a root's directory in the cache holds:
#   root/    the tree, owned by root
#   disk     the same as an ext4 image
#   vmlinuz  the kernel
#   initrd   mounts the disk and hands over to the guest's init
#   release  what uname -r says there

# Keeps out of the root what no guest needs: the kernel package's own
# initramfs (ours is made below) and documents.
ROOT_WITHOUT=(
	/etc/kernel/postinst.d/initramfs-tools
	'/usr/share/doc/*' '/usr/share/info/*' '/usr/share/locale/*'
	'/usr/share/man/*'
)
# What initrd loads, beside what these need.
ROOT_BOOT_MODULES=(virtio_pci virtio_blk virtio_console virtio_rng ext4)

root_packages() { sed 's/#.*//' "$VM_DIR/packages" | xargs | tr ' ' ,; }

# root_key SUITE: changes when anything does that the root is made from.
root_key() {
	{
		suite_kernel "$1"
		suite_sources "$1"
		root_packages
		cat "$VM_DIR/lib/root.sh" "$VM_DIR/guest/initrd-init"
	} | hash_of_stdin
}

# Only what tests and checks use of the kernel's source: all of it is a
# gigabyte.
# shellcheck disable=SC2016
ROOT_UNPACK_SOURCE='
set -e
cd /usr/src
tarball=$(echo linux-source-*.tar.xz)
top=${tarball%.tar.xz}
tar -xf "$tarball" --wildcards --no-wildcards-match-slash \
	"$top/scripts/*" "$top/tools/testing/selftests/*.*" \
	"$top/tools/testing/selftests/Makefile" "$top/Makefile"
tar -xf "$tarball" "$top/tools/testing/selftests/kselftest" \
	"$top/tools/include" "$top/tools/scripts"
ln -s "$top" linux-source
rm "$tarball"
'

root_mmdebstrap() {
	local suite=$1 dir=$2 path line options=()

	for path in "${ROOT_WITHOUT[@]}"; do
		options+=(--dpkgopt="path-exclude=$path")
	done
	while read -r line; do
		options+=(--aptopt="$line")
	done < <(apt-config dump | grep -E '^Acquire::https?::Proxy\b.* ".+";$')

	as_root mmdebstrap --variant=apt --architectures=amd64 \
		--include="$(root_packages)" "${options[@]}" \
		--customize-hook="chroot \"\$1\" sh -c '$ROOT_UNPACK_SOURCE'" \
		"$suite" "$dir/root" "$dir/sources.list"
}

# The initrd: busybox, the modules in the order in which they are loaded.
root_initrd() {
	local dir=$1 release=$2 stage=$1/initrd.d module path count=100

	mkdir -p "$stage"/{bin,dev,modules,proc,root}
	cp "$dir/root/bin/busybox" "$stage/bin/"
	ln -s busybox "$stage/bin/sh"
	install -m 755 "$VM_DIR/guest/initrd-init" "$stage/init"
	as_root chroot "$dir/root" modprobe --set-version "$release" \
		--show-depends --all "${ROOT_BOOT_MODULES[@]}" |
		sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++' |
		while read -r path; do
			module=${path##*/}
			cp "$dir/root/$path" "$stage/modules/$((count++))-$module"
		done
	(cd "$stage" && find . | cpio --quiet -o -H newc -R 0:0) |
		gzip -1 >"$dir/initrd"
	rm -r "$stage"
}

root_make() {
	local suite=$1 dir=$2 release size

	suite_sources "$suite" >"$dir/sources.list"
	root_mmdebstrap "$suite" "$dir"
	release=$(as_root ls "$dir/root/lib/modules")
	echo "$release" >"$dir/release"
	as_root cat "$dir/root/boot/vmlinuz-$release" >"$dir/vmlinuz"
	root_initrd "$dir" "$release"
	# 2 GiB of room for core files; the image is sparse.
	size=$(as_root du -sm "$dir/root" | cut -f 1)
	as_root mke2fs -q -t ext4 -L guest -E root_owner=0:0 -d "$dir/root" \
		"$dir/disk" "$((size * 12 / 10 + 2048))M"
	as_root chown "$(id -u):$(id -g)" "$dir/disk"
}

# root_of SUITE: makes sure that the suite's root is there; prints its place.
root_of() {
	local suite=$1 dir key

	key=$(locked "apt-$suite" root_key "$suite") || return
	dir=$CACHE/root/$suite-$key
	if [ ! -d "$dir" ]; then
		ready_root
		locked "root-$suite" root_missing "$suite" "$dir" || return
	fi
	touch "$dir"
	echo "$dir"
}

root_missing() {
	local suite=$1 dir=$2 new=$2.new

	# Another run may have made it while this one waited for the lock.
	[ ! -d "$dir" ] || return 0
	as_root rm -rf "$new"
	mkdir -p "$new"
	# A shell of its own: set -e is off in what && and || call.
	# shellcheck disable=SC2016
	progress "making the guest's root of $suite" "$CACHE/root-$suite.log" \
		bash -c 'set -euo pipefail
			for lib in common suite root; do . "$1/lib/$lib.sh"; done
			root_make "$2" "$3"' "$ME" "$VM_DIR" "$suite" "$new" ||
		die 125 "no root of $suite could be made"
	mv "$new" "$dir"
	# Roots that nothing has used for a week.
	find "$CACHE/root" -maxdepth 1 -name "$suite-*" -mtime +7 -print0 |
		as_root xargs -0r rm -rf
}
