#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Usage: selftest.sh [--kernel K] [--flavour F] [--arch A] [--built DIR] NAME...:
# runs programs of tests/selftests, or of DIR, one after the other in a guest.
# What the kernel's log complains of fails the program that ran then; when the
# guest ends before its time, so does what had not ended.

set -euo pipefail
# shellcheck source=tests/vm/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
for lib in suite root build kernel_log; do
	# shellcheck source=/dev/null
	. "$VM_DIR/lib/$lib.sh"
done

programs=''
while [[ ${1:-} == --* ]]; do
	case $1 in
	--built) programs=$2 ;;
	*) kernel_option "$1" "$2" || die 2 "no option '$1' with '$2'" ;;
	esac
	shift 2
done
(($#)) || die 2 'a NAME is missing'

# shellcheck disable=SC2016
BUILD='make -j "$(nproc)" -C tests/selftests KSRC="$KSRC" install INSTALL_PATH="$OUT"'
# Of the module only what they are made from.
SOURCES=(tests/selftests module/include module/{policy,rate}.{c,h})

# failed NAME WHY: as a document of its own.
failed() {
	printf '\n# test: selftest-%s\nKTAP version 1\nnot ok 1 %s\n1..1\n' "$1" "$2"
}

# log_of NAME: the kernel's, from where it says that NAME begins.
log_of() {
	sed -n "/selftest: $1 begins/,/selftest: [a-z_]* begins/p" "$work/console"
}

root=$(root_meant)
programs=${programs:-$(built "$root" selftests "$BUILD" "${SOURCES[@]}")}
timeout=${VM_TIMEOUT:-$(sed -n 's/^timeout=//p' "$TREE/tests/selftests/settings")}
work=$(mktemp -d "${TMPDIR:-/tmp}/coredump_mon-selftest.XXXXXX")
trap 'rm -rf "$work"' EXIT
: >"$work/console"
status=0
"$VM_DIR/run" --kernel "$KERNEL" --flavour "$FLAVOUR" --arch "$ARCH" \
	--timeout "${timeout:-600}" --console "$work/console" --share "$programs" \
	"$VM_DIR/guest/selftest" "$(basename "$programs")" "$@" |
	tee "$work/out" || status=$?

for name; do
	log_of "$name" >"$work/log"
	if complaints_in "$work/log" >"$work/complaints"; then
		failed "$name" "the kernel's log holds a complaint"
		sed 's/^/# /' "$work/complaints"
	fi
	if ! grep -qx "# test: selftest-$name" "$work/out"; then
		failed "$name" 'it did not run: the guest had ended'
	elif ! grep -qx "# ended: $name" "$work/out"; then
		failed "$name" 'it did not end'
	fi
done
exit "$status"
