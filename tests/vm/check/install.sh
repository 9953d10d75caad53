#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What stands in the way of building, installing and loading: each is told with
# what to do about it, and nothing is installed by half.

set -euo pipefail
# shellcheck source=tests/vm/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
for lib in suite root build tap; do
	# shellcheck source=/dev/null
	. "$VM_DIR/lib/$lib.sh"
done

root=$(root_meant)

# builds NAME: see lib/install_build.sh; prints where its results are.
builds() {
	built "$root" "install-$1" "bash tests/vm/lib/install_build.sh $1" \
		Kbuild Makefile dkms.conf module userspace \
		tests/vm/lib/install_build.sh
}

# A module of another version, a tool of another ABI, a node and a name that are
# taken; and none of it is left behind.
in_guest() {
	local parts

	parts=$(builds parts)
	"$VM_DIR/run" --timeout 900 --bare --share "$parts" \
		"$VM_DIR/guest/install" "$(basename "$parts")"
}

try 'make without headers' builds no_headers
try 'make for a kernel without kprobes' builds no_kprobes
try 'make with another compiler' builds other_compiler
try 'make install before make' builds install_before_build
try 'make install without xz' builds install_without_xz
try 'make install that would be one of half' builds install_by_half
try 'modprobe where something stands in the way' in_guest
finish
