#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Crashes and reads in containers, on a machine that systemd runs.

set -euo pipefail
# shellcheck source=tests/vm/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
for lib in suite root build layer kernel_log guest machine; do
	# shellcheck source=/dev/null
	. "$VM_DIR/lib/$lib.sh"
done

root=$(root_meant)
# shellcheck disable=SC2034
STAGE=$(stage_of "$root")
# shellcheck disable=SC2034
SYSTEMD=1
layer=$(layer_of "$root" containers bubblewrap dbus systemd-container)
work=$(mktemp -d "${TMPDIR:-/tmp}/coredump_mon-containers.XXXXXX")
trap 'guest_kill; as_root rm -rf "$work"' EXIT

machine_of "$work" "$(<"$root/release")" "$layer/upper" "$root/root"
machine_run "$work" 600 "$VM_DIR/guest/containers" "$VM_DIR/lib/tap.sh" \
	"$VM_DIR/lib/requests.py"
