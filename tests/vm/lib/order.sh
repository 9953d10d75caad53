# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What of tests/check runs when, and which selftests share a guest. Sourced, never
# run.

# These take minutes. They begin first, so that none is alone at the end.
LONGEST=(selftest-unload_test case-no-memory packages case-examples case-service network
	userspace harness install case-selftest case-coexist selftest-flood_test
	selftest-fold_flood_test selftest-rules_flip_test selftest-pending_test case-reboot)
# The other selftests take seconds, less than a guest takes to boot: so many share
# one.
PER_GUEST=8

# among WORD CHOICE...
among() { [[ " ${*:2} " == *" $1 "* ]]; }

# set_order LOGS NAME...: sets order to what runs one after the other: the longest,
# then "selftests-N", whose selftests LOGS/selftests-N.programs names, then the
# others as they were. What is there twice runs once.
set_order() {
	local logs=$1 name kind guests i short others
	shift

	order=()
	for name in "${LONGEST[@]}"; do
		! among "$name" "$@" || order+=("$name")
	done
	for kind in '' kprobe-; do
		short=() others=()
		for name; do
			! among "$name" "${order[@]}" "${short[@]}" "${others[@]}" ||
				continue
			case $name in
			"$kind"selftest-*) short+=("$name") ;;
			*) others+=("$name") ;;
			esac
		done
		set -- "${others[@]}"
		if ((${#short[@]} < 2)); then
			set -- "$@" "${short[@]}"
			continue
		fi
		# Dealt out, as those that take longest are no neighbours.
		guests=$(((${#short[@]} + PER_GUEST - 1) / PER_GUEST))
		for ((i = 0; i < ${#short[@]}; i++)); do
			name=${kind}selftests-$((i % guests + 1))
			among "$name" "${order[@]}" || order+=("$name")
			echo "${short[i]#*selftest-}" >>"$logs/$name.programs"
		done
	done
	order+=("$@")
}
