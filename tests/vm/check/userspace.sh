#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The tool's own tests, on a copy of it, as KTAP: they end with a line that
# says how many results there are, which is the plan.

set -euo pipefail
# shellcheck source=tests/vm/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
for lib in suite root build; do
	# shellcheck source=/dev/null
	. "$VM_DIR/lib/$lib.sh"
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
copy_tree "$work" dkms.conf module/include module/policy.c module/policy.h userspace

echo "KTAP version 1"
make -s -C "$work/userspace" check 2>&1 |
	awk '
		/^(KTAP|TAP) version / || /^1\.\.[0-9]+$/ { next }
		/^(not )?ok / { sub(/ok ([0-9]+ )?(- )?/, "ok " ++count " - ") }
		/^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ {
			print "1.." $1 + $3 + $5
		}
		{ print }'
