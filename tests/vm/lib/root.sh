# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A kernel's root: the directory in which things are built and the disk of the
# guest, made once from the mirror. Sourced after suite.sh.
#
# What a root's directory in the cache holds:
#   root/    the tree, owned by root
#   disk     the same as an ext4 image
#   vmlinuz  the kernel
#   initrd   mounts the disk and hands over to the guest's init
#   release  what uname -r says there
#   arch     Debian's name of the architecture

# Keeps out of the root what no guest needs: the kernel package's own
# initramfs (ours is made below) and documents.
ROOT_WITHOUT=(
	/etc/kernel/postinst.d/initramfs-tools
	'/usr/share/doc/*' '/usr/share/info/*' '/usr/share/locale/*'
	'/usr/share/man/*'
)
# What initrd loads, beside what these need.
ROOT_BOOT_MODULES=(virtio_pci virtio_blk virtio_console virtio_rng ext4)

# root_packages SUITE: the kernel's by the names with its version in them. A
# mirror may have dropped the package that only says which is the newest.
root_packages() {
	local kernel version release

	kernel=$(suite_kernel "$1") || return
	read -r version release <<<"$kernel"
	{
		echo "linux-image-$release linux-headers-$release"
		echo "linux-source-$(cut -d . -f 1,2 <<<"$version")"
		# bullseye's own installer merges /usr, its packages do not.
		[ "$1" != bullseye ] || echo usrmerge
		sed 's/#.*//' "$VM_DIR/packages"
	} | xargs | tr ' ' ,
}

# root_key SUITE: changes when anything does that the root is made from.
root_key() {
	{
		suite_sources "$1"
		root_packages "$1" || exit
		echo "${ROOT_WITHOUT[@]}" "${ROOT_BOOT_MODULES[@]}" \
			"$ROOT_UNPACK_SOURCE"
		root_preferences "$1"
		declare -f root_packages root_mmdebstrap root_tree root_initrd \
			root_make
		cat "$VM_DIR/guest/initrd-init"
		[ "$ARCH" = amd64 ] || cat "$VM_DIR/lib/foreign.sh"
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

# root_preferences SUITE: which version of a package is taken, where it is not
# just the newest. Of backports, and of the security updates of bullseye, which
# mirrors thin out since it is no longer supported, only the kernel.
root_preferences() {
	case $1 in
	*-backports) ;;
	bullseye)
		printf '%s\n' 'Package: *' 'Pin: release n=bullseye-security' \
			'Pin-Priority: 400' '' ;;
	*) return ;;
	esac
	printf '%s\n' 'Package: linux-*' 'Pin: release n=*-*' 'Pin-Priority: 990'
}

# root_mmdebstrap SUITE DIR VARIANT [OPTION...]: makes DIR/root; DIR holds
# sources.list.
root_mmdebstrap() {
	local suite=$1 dir=$2 path line options=(--dpkgopt=force-unsafe-io)

	for path in "${ROOT_WITHOUT[@]}"; do
		options+=(--dpkgopt="path-exclude=$path")
	done
	while read -r line; do
		options+=(--aptopt="$line")
	done < <(apt-config dump | grep -E '^Acquire::https?::Proxy\b.* ".+";$')
	root_preferences "$suite" >"$dir/preferences"
	options+=(--setup-hook="copy-in $dir/preferences /etc/apt/")

	as_root mmdebstrap --variant="$3" --architectures="$ARCH" \
		--include="$(root_packages "$suite")" "${options[@]}" "${@:4}" \
		"${suite%-backports}" "$dir/root" "$dir/sources.list"
}

# root_tree SUITE DIR [OPTION...]: where things are built; on amd64, the disk's
# content too.
root_tree() {
	root_mmdebstrap "$1" "$2" apt "${@:3}" \
		--customize-hook="chroot \"\$1\" sh -c '$ROOT_UNPACK_SOURCE'"
}

# root_initrd DIR TREE RELEASE: DIR/initrd from TREE: busybox, the modules in the
# order in which they are loaded.
root_initrd() {
	local dir=$1 tree=$2 release=$3 stage=$1/initrd.d path module count=100

	mkdir -p "$stage"/{bin,dev,modules,proc,root}
	cp "$tree/bin/busybox" "$stage/bin/"
	ln -s busybox "$stage/bin/sh"
	install -m 755 "$VM_DIR/guest/initrd-init" "$stage/init"
	as_root modprobe --dirname "$tree" --set-version "$release" \
		--show-depends --all "${ROOT_BOOT_MODULES[@]}" |
		sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++' |
		while read -r path; do
			module=$((count++))-$(basename "$path" .xz)
			case $path in
			*.xz) xz -dc "$path" ;;
			*) cat "$path" ;;
			esac >"$stage/modules/$module"
		done
	(cd "$stage" && find . | cpio --quiet -o -H newc -R 0:0) |
		gzip -1 >"$dir/initrd"
	rm -r "$stage"
}

root_make() {
	local suite=$1 dir=$2 tree=$2/root release size

	suite_sources "$suite" >"$dir/sources.list"
	read -r _ release <<<"$(suite_kernel "$suite")"
	echo "$release" >"$dir/release"
	echo "$ARCH" >"$dir/arch"
	if [ "$ARCH" = amd64 ]; then
		root_tree "$suite" "$dir"
	else
		# shellcheck source=tests/vm/lib/foreign.sh
		. "$VM_DIR/lib/foreign.sh"
		tree=$dir/guest/root
		root_foreign "$suite" "$dir" "$release"
	fi
	as_root cat "$tree/boot/vmlinuz-$release" >"$dir/vmlinuz"
	root_initrd "$dir" "$tree" "$release"
	# 2 GiB of room for core files; the image is sparse.
	size=$(as_root du -sm "$tree" | cut -f 1)
	as_root mke2fs -q -t ext4 -L guest -E root_owner=0:0 -d "$tree" \
		"$dir/disk" "$((size * 12 / 10 + 2048))M"
	as_root chown "$(id -u):$(id -g)" "$dir/disk"
	as_root rm -rf "$dir/guest"
}

# root_of SUITE: makes sure that the root of the suite's kernel is there; prints
# its place.
root_of() {
	local suite=$1 name=$1-$FLAVOUR-$ARCH dir key

	ask_host
	key=$(locked "apt-$suite-$ARCH" root_key "$suite") || return
	dir=$CACHE/root/$name-$key
	if [ ! -d "$dir" ]; then
		ready_root
		locked "root-$name" root_missing "$suite" "$name" "$dir" || return
	fi
	touch "$dir"
	echo "$dir"
}

# The root of the kernel that is meant.
root_meant() {
	local suite

	# shellcheck disable=SC2153
	suite=$(suite_of "$KERNEL") ||
		die 2 "--kernel: '$KERNEL' is no suite of Debian, and none of ${SUITES[*]} has a kernel of that name; see 'tests/vm/run --help'"
	root_of "$suite"
}

root_missing() {
	local suite=$1 name=$2 dir=$3 new=$3.new

	# Another run may have made it while this one waited for the lock.
	[ ! -d "$dir" ] || return 0
	as_root rm -rf "$new"
	mkdir -p "$new"
	# A shell of its own: set -e is off in what && and || call.
	# shellcheck disable=SC2016
	progress "making the guest's root of $name" "$CACHE/root-$name.log" \
		env VM_FLAVOUR="$FLAVOUR" VM_ARCH="$ARCH" \
		bash -c 'set -euo pipefail
			for lib in common suite root; do . "$1/lib/$lib.sh"; done
			root_make "$2" "$3"' "$ME" "$VM_DIR" "$suite" "$new" ||
		die 125 "no root of $name could be made"
	mv "$new" "$dir"
	# Roots that nothing has used for two days: each takes two gigabytes.
	find "$CACHE/root" -maxdepth 1 -name "$name-*" -mtime +2 -print0 |
		as_root xargs -0r rm -rf
}
