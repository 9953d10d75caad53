#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Whether the module builds without a word from compiler and sparse, and its
# ABI's header stands alone.

set -euo pipefail
# shellcheck source=tests/vm/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
for lib in suite root build tap; do
	# shellcheck source=/dev/null
	. "$VM_DIR/lib/$lib.sh"
done

SOURCES=(Kbuild Makefile dkms.conf module)
HEADER=$TREE/module/include/uapi/linux/coredump_mon.h
root=$(root_meant)

# The name of what is built is the name of what is tried: a result is kept as
# long as what it was made from.
# shellcheck disable=SC2016
warnings() {
	built "$root" module-warnings '
		make -C "/lib/modules/$KVER/build" M="$PWD" W=1 KCFLAGS=-Werror modules
		modinfo -F version coredump_mon.ko >"$OUT/version"
	' "${SOURCES[@]}"
}

# Only what it says of this tree: the kernel's own headers are not ours.
# shellcheck disable=SC2016
sparse() {
	built "$root" module-sparse '
		make -C "/lib/modules/$KVER/build" M="$PWD" C=2 \
			CF=-D__CHECK_ENDIAN__ modules 2>&1 | tee "$OUT/log"
		! grep -E "^(/mnt/src/)?module/.*: (warning|error):" "$OUT/log"
	' "${SOURCES[@]}"
}

# shellcheck disable=SC2016
dkms_builds() {
	built "$root" module-dkms '
		mkdir -p "/mnt/source/coredump_mon-0.1.0" /mnt/dkms
		cp -r . "/mnt/source/coredump_mon-0.1.0/"
		dkms build coredump_mon/0.1.0 -k "$KVER" --sourcetree /mnt/source \
			--dkmstree /mnt/dkms
		find /mnt/dkms -name "coredump_mon.ko*" -print -exec cp {} "$OUT/" \;
		ls "$OUT"/coredump_mon.ko*
	' "${SOURCES[@]}"
}

one_version() {
	[ "$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$TREE/dkms.conf")" = \
		"$(cat "$(warnings)/version")" ]
}

header_alone() {
	"$1" -x "$2" "${@:3}" -pedantic -Wall -Wextra -Werror -fsyntax-only "$HEADER"
}

try 'W=1 -Werror' warnings
try 'sparse C=2' sparse
try 'dkms builds it' dkms_builds
try 'dkms.conf and the module tell one version' one_version
try "the ABI's header is C99" header_alone gcc c -std=c99
try "the ABI's header is C++" header_alone g++ c++ -std=c++11
finish
