#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Usage: neighbours.sh [GROUP...]: beside others. hooks, rest, tracers, bpf and
# owners (or hooking: all of these) are on the functions that we hook; auditd,
# apparmor, sysdig, lkrg and selinux (or deciding) log or refuse what we see.
# Without a GROUP: hooks and owners. Few guests: one for those that hook, one for
# those that decide, one for SELinux, which no other such module stands. falco: the
# rule that an example is like, beside that.

set -euo pipefail
# shellcheck source=tests/vm/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
for lib in suite root build layer; do
	# shellcheck source=/dev/null
	. "$VM_DIR/lib/$lib.sh"
done

suite=$(suite_of "$KERNEL")
root=$(root_of "$suite")
work=$(mktemp -d "${TMPDIR:-/tmp}/coredump_mon-neighbours.XXXXXX")
trap 'rm -rf "$work"' EXIT

# beside LSM TIMEOUT PATH... -- SCRIPT ARGUMENT...: in a guest with PATHs.
beside() {
	local append="lsm=landlock,lockdown,yama,integrity,$1,bpf" timeout=$2
	local shares=(--share "$VM_DIR/lib/tap.sh" --share "$VM_DIR/lib/beside.sh")
	shift 2

	while [ "$1" != -- ]; do
		shares+=(--share "$1")
		shift
	done
	"$VM_DIR/run" --timeout "$timeout" --append "$append" "${shares[@]}" \
		"${@:2}"
}

# hooking GROUP...: those that hook functions.
hooking() {
	local modules

	# shellcheck disable=SC2016
	modules=$(built "$root" neighbours \
		'make -C tests/vm/neighbours OUT="$OUT"
		cp tests/vm/neighbours/bpf "$OUT/"' tests/vm/neighbours) || return
	beside apparmor 2400 "$modules" -- "$VM_DIR/guest/neighbours" \
		"$(basename "$modules")" "$@"
}

# skips NAME WHY: as a test of its own.
skips() { printf '%s\n' 'KTAP version 1' "ok 1 $1 # SKIP $2" 1..1; }

# packages_of NAME PACKAGE...: leaves what they install in $work/NAME.tar, and its
# place in $layer. Not what indexes modules: it would not know ours.
packages_of() {
	layer=$(layer_of "$root" "$@") || return
	find "$layer/upper" -maxdepth 1 \( -name etc -o -name usr \) -printf '%P\0' |
		tar -C "$layer/upper" --exclude='modules.*' --exclude=usr/src \
			-cf "$work/$1.tar" --null -T -
}

# there_is PACKAGE: in this suite.
there_is() { [ -n "$(suite_apt "$suite" apt-cache madison "$1")" ]; }

# driver NAME: sysdig's builds for this kernel, else says why for NAME. Its reader,
# where there is none, is one of ours.
driver() {
	local packages=(falcosecurity-scap-dkms)

	there_is "${packages[0]}" || {
		skips "$1" "$suite has no package ${packages[0]}"
		return 1
	}
	! there_is sysdig || packages+=(sysdig)
	if packages_of sysdig "${packages[@]}" 2>"$work/err"; then
		# Some dkms is content with a driver that does not build.
		[ -z "$(find "$layer/upper" -name 'scap.ko*')" ] || return 0
	elif ! grep -q 'Bad return status for module build' "$CACHE/layer/sysdig.log"; then
		cat "$work/err" >&2
		return 125
	fi
	rm -f "$work/sysdig.tar"
	skips "$1" "its driver does not build for $(<"$root/release")"
	return 1
}

# deciding GROUP...: those that log or refuse.
deciding() {
	local group status=0 groups=()

	for group; do
		case $group in
		lkrg)
			there_is lkrg-dkms || {
				skips lkrg "$suite has no package lkrg-dkms"
				continue
			}
			printf '%s\n' 'KTAP version 1' \
				'not ok 1 lkrg has a package now, and is not tried' 1..1
			return 1 ;;
		sysdig)
			driver sysdig || status=$?
			((status <= 1)) || return "$status"
			((status == 0)) || continue ;;
		esac
		groups+=("$group")
	done
	((${#groups[@]})) || return 0
	packages_of deciding apparmor auditd secilc || return
	if [ "${groups[*]}" = selinux ]; then
		set -- selinux
	else
		set -- apparmor
	fi
	beside "$1" 1500 "$work"/*.tar "$VM_DIR/lib/sysdig.sh" \
		"$TREE"/tests/vm/neighbours/{minimal.cil,scap} -- \
		"$VM_DIR/guest/neighbours-deciding" "${groups[@]}"
}

# falco: its engine is sysdig's.
falco() {
	local status=0

	there_is sysdig || {
		skips falco "$suite has no package sysdig"
		return
	}
	driver falco || status=$?
	((status == 0)) || return "$((status > 1 ? status : 0))"
	beside apparmor 1500 "$work/sysdig.tar" "$VM_DIR/lib/calls.py" \
		"$VM_DIR"/lib/{policy,original,falco,sysdig}.sh -- "$VM_DIR/guest/falco"
}

hook=() decide=() selinux=() falco=()
(($#)) || set -- hooks owners
for group; do
	case $group in
	hooking) hook+=(hooks rest tracers bpf owners) ;;
	deciding) decide+=(auditd apparmor sysdig lkrg) && selinux=(selinux) ;;
	auditd | apparmor | sysdig | lkrg) decide+=("$group") ;;
	selinux) selinux=(selinux) ;;
	falco) falco=(falco) ;;
	*) hook+=("$group") ;;
	esac
done
status=0
((${#hook[@]} == 0)) || hooking "${hook[@]}" || status=$?
((${#decide[@]} == 0)) || deciding "${decide[@]}" || status=$?
((${#selinux[@]} == 0)) || deciding "${selinux[@]}" || status=$?
((${#falco[@]} == 0)) || falco || status=$?
exit "$status"
