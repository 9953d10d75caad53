# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A root of another architecture: things are built by a cross compiler in a root
# of this one, and the disk is put together without running a program that is
# on it. Sourced by root.sh.

# Where packages of the other architecture are unpacked to.
# shellcheck disable=SC2016
FOREIGN_MERGE_USR='for dir in bin lib sbin; do
	mkdir -p "$1/usr/$dir"
	ln -s "usr/$dir" "$1/$dir"
done'

# root_foreign SUITE DIR RELEASE: DIR/root builds, DIR/guest/root is the disk.
root_foreign() {
	local suite=$1 dir=$2 release=$3

	ARCH=amd64 root_tree "$suite" "$dir" \
		--include=gcc-aarch64-linux-gnu,libc6-dev-arm64-cross
	mkdir -p "$dir/guest"
	cp "$dir/sources.list" "$dir/guest/"
	# What is essential, no package depends on.
	root_mmdebstrap "$suite" "$dir/guest" extract --include='?essential' \
		--setup-hook="$FOREIGN_MERGE_USR"
	# The headers go where things are built. What runs there in the course of
	# a build (kbuild's own programs) is there already, and stays.
	as_root cp -a --no-clobber "$dir/guest/root/usr/src/." "$dir/root/usr/src/"
	# And what programs are linked with.
	as_root cp -a "$dir/guest/root/usr/lib/aarch64-linux-gnu" "$dir/root/usr/lib/"
	as_root depmod -b "$dir/guest/root" "$release"
	as_root cp -a "$dir/guest/root/lib/modules/$release" "$dir/root/lib/modules/"
	# The disk gets what maintainers' scripts made: users, alternatives, links.
	as_root rm -rf "$dir/guest/root/usr/src"
	as_root tar -C "$dir/root" --exclude=./usr/src --exclude='./lib/modules' \
		--exclude=./usr/lib/modules --exclude=./boot -cf - . |
		as_root tar -C "$dir/guest/root" --skip-old-files \
			--keep-directory-symlink -xf -
}
