# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# KTAP for shell tests, on this machine and in the guest (where it is at
# /run/vm/share/tap.sh). Depends on nothing.

tap_count=0
tap_failed=0
tap_log=$(mktemp)
exec {tap_out}>&1
echo "KTAP version 1"

tap_result() {
	echo "$1 $((++tap_count)) $2" >&"$tap_out"
	[ "$1" = ok ] || tap_failed=1
}

# soon COMMAND...: it succeeds within a while.
soon() {
	for _ in {1..150}; do
		"$@" && return
		sleep 0.2
	done
	return 1
}

# lacks COMMAND...: it fails. A lone ! would not end a function.
lacks() { if "$@"; then return 1; fi; }

# try NAME COMMAND...: passes if COMMAND does; else what it said is shown.
# COMMAND runs in a subshell.
try() {
	local name=$1 status
	shift
	set +e
	(set -e && "$@") >"$tap_log" 2>&1 </dev/null
	status=$?
	set -e
	if ((status == 0)); then
		tap_result ok "$name"
	else
		tap_result 'not ok' "$name"
		printf '# %s: status %d\n' "$*" "$status" >&"$tap_out"
		tail -n 60 "$tap_log" | sed 's/^/# /' >&"$tap_out"
	fi
}

skip() { tap_result ok "$1 # SKIP $2"; }

# The plan comes last: a script that dies before has none, and fails.
finish() {
	echo "1..$tap_count" >&"$tap_out"
	rm -f "$tap_log"
	exit "$tap_failed"
}
