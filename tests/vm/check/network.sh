#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Core files on a network file system: those that others read from us, and those
# that we read from others, which here are ourselves (NFS), or QEMU (9p).

set -euo pipefail
# shellcheck source=tests/vm/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
for lib in suite root build layer kernel_log guest machine; do
	# shellcheck source=/dev/null
	. "$VM_DIR/lib/$lib.sh"
done

# No kernel for clouds has 9p.
[ "$FLAVOUR" != cloud ] || FLAVOUR=plain
root=$(root_meant)
# shellcheck disable=SC2034
STAGE=$(stage_of "$root") VIRTFS=1
layer=$(layer_of "$root" network nfs-common nfs-kernel-server rpcbind)
work=$(mktemp -d "${TMPDIR:-/tmp}/coredump_mon-network.XXXXXX")
trap 'guest_kill; as_root rm -rf "$work"' EXIT

machine_of "$work" "$(<"$root/release")" "$layer/upper" "$root/root"
machine_run "$work" 600 "$VM_DIR/guest/network" "$VM_DIR/lib/tap.sh"
