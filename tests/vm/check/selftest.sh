#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Usage: selftest.sh [--kernel K] [--flavour F] [--arch A] NAME: runs one
# program of tests/selftests in a guest of its own.

set -euo pipefail
# shellcheck source=tests/vm/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
for lib in suite root build; do
	# shellcheck source=/dev/null
	. "$VM_DIR/lib/$lib.sh"
done

while (($# > 2)); do
	kernel_option "$1" "$2" || die 2 "no option '$1' with '$2'"
	shift 2
done

# shellcheck disable=SC2016
BUILD='make -j "$(nproc)" -C tests/selftests KSRC="$KSRC" install INSTALL_PATH="$OUT"'
# Of the module only what they are made from.
SOURCES=(tests/selftests module/include module/{policy,rate}.{c,h})

root=$(root_meant)
programs=$(built "$root" selftests "$BUILD" "${SOURCES[@]}")
timeout=${VM_TIMEOUT:-$(sed -n 's/^timeout=//p' "$TREE/tests/selftests/settings")}
"$VM_DIR/run" --kernel "$KERNEL" --flavour "$FLAVOUR" --arch "$ARCH" \
	--timeout "${timeout:-600}" --share "$programs" \
	"$VM_DIR/guest/selftest" "$(basename "$programs")" "$1"
