#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Whether tests/vm/demo shows its seven steps, in the time it may take.

set -euo pipefail
# shellcheck source=tests/vm/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
# shellcheck source=tests/vm/lib/tap.sh
. "$VM_DIR/lib/tap.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

demo() {
	local start=$SECONDS

	"$VM_DIR/demo" >"$work/out" || {
		cat "$work/out"
		return 1
	}
	echo $((SECONDS - start)) >"$work/seconds"
}

shows_all() { [ "$(grep -c '^=== [1-7]\.' "$work/out")" = 7 ]; }
in_time() { (("$(cat "$work/seconds")" < 180)); }

# Made before the clock starts: it is the warm cache that has 3 minutes.
echo true >"$work/nothing"
"$VM_DIR/run" "$work/nothing" || true
try 'every step sees what it shows' demo
try 'there are seven steps' shows_all
try 'it takes less than 3 minutes' in_time
finish
