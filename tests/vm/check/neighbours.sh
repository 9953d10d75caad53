#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Usage: neighbours.sh [GROUP...]: beside others, a guest for each group: hooks,
# tracers, bpf and owners on the same functions; auditd, apparmor, selinux and sysdig.

set -euo pipefail
# shellcheck source=tests/vm/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
for lib in suite root build layer kernel_log guest machine; do
	# shellcheck source=/dev/null
	. "$VM_DIR/lib/$lib.sh"
done

root=$(root_meant)
# shellcheck disable=SC2016
modules=$(built "$root" neighbours 'make -C tests/vm/neighbours OUT="$OUT"
	cp tests/vm/neighbours/bpf "$OUT/"' tests/vm/neighbours)
groups=("$@")
((${#groups[@]})) || groups=(hooks tracers bpf owners)
machine=''
lsm='lsm=landlock,lockdown,yama,integrity'

# hooking GROUP: those that hook functions.
hooking() {
	"$VM_DIR/run" --timeout 1500 --append "$lsm,apparmor,bpf" \
		--share "$modules" --share "$VM_DIR/lib/tap.sh" \
		--share "$VM_DIR/lib/beside.sh" \
		"$VM_DIR/guest/neighbours" "$(basename "$modules")" "$1"
}

# deciding NAME: those that log or refuse.
deciding() {
	local decides=selinux layer

	# sysdig is in bookworm alone.
	case $1 in
	sysdig) layer=$(layer_of "$root" sysdig falcosecurity-scap-dkms sysdig) || return ;;
	*) layer=$(layer_of "$root" deciding apparmor auditd secilc) || return ;;
	esac
	if [ "$layer" != "$machine" ]; then
		# shellcheck disable=SC2034
		STAGE=$(stage_of "$root") || return
		machine_of "$work" "$(<"$root/release")" "$layer/upper" \
			"$root/root" || return
		machine=$layer
	fi
	[ "$1" = selinux ] || decides=apparmor
	# shellcheck disable=SC2034
	APPEND=" $lsm,$decides,bpf"
	echo "$1" >"$work/neighbour"
	machine_run "$work" 900 "$VM_DIR/guest/neighbours-deciding" \
		"$VM_DIR/lib/tap.sh" "$VM_DIR/lib/beside.sh" "$work/neighbour" \
		"$TREE/tests/vm/neighbours/minimal.cil"
}

work=$(mktemp -d "${TMPDIR:-/tmp}/coredump_mon-neighbours.XXXXXX")
trap 'guest_kill; as_root rm -rf "$work"' EXIT
status=0
for group in "${groups[@]}"; do
	echo "# test: $group"
	case $group in
	auditd | apparmor | selinux | sysdig) deciding "$group" || status=$? ;;
	*) hooking "$group" || status=$? ;;
	esac
done
exit "$status"
