# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What every script of tests/vm needs: messages, root rights, the cache and a
# progress line. Sourced, never run.

PATH=$PATH:/usr/sbin:/sbin
export LC_ALL=C.UTF-8

VM_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck disable=SC2034
TREE=$(cd "$VM_DIR/../.." && pwd)
CACHE=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/coredump_mon
ME=${0##*/}
# shellcheck disable=SC2034
DEFAULT_SUITE=bookworm

say() { printf '%s: %s\n' "$ME" "$*" >&2; }

die() {
	local status=$1
	shift
	say "$@"
	exit "$status"
}

# The one way to root's rights: nothing else in tests/ calls sudo.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo -- "$@"
	else
		die 1 "'$1' needs root's rights: install sudo, or run this as root"
	fi
}

# Asks for sudo's password now, in the foreground, rather than under a
# progress line.
ready_root() {
	[ "$(id -u)" -eq 0 ] || ! command -v sudo >/dev/null || sudo -v
}

# progress WHAT LOG COMMAND...: runs COMMAND with its output in LOG and shows
# that it goes on; on failure shows where it went wrong. A terminal gets one
# line that is rewritten, anything else a line at the start and each minute.
progress() {
	local what=$1 log=$2 pid status=0 start=$SECONDS next=60
	shift 2

	# A process group of its own, so that all of it can be ended.
	set -m
	"$@" >"$log" 2>&1 </dev/null &
	pid=$!
	set +m
	trap 'kill -- "-$pid" 2>/dev/null; exit 130' INT TERM
	[ -t 2 ] || printf '%s: %s ...\n' "$ME" "$what" >&2
	while kill -0 "$pid" 2>/dev/null; do
		if [ -t 2 ]; then
			printf '\r\033[K%s: %s ... %ds' "$ME" "$what" \
				$((SECONDS - start)) >&2
		elif ((SECONDS - start >= next)); then
			printf '%s: %s ... %ds\n' "$ME" "$what" \
				$((SECONDS - start)) >&2
			((next += 60))
		fi
		sleep 0.2
	done
	[ ! -t 2 ] || printf '\r\033[K' >&2
	wait "$pid" || status=$?
	trap - INT TERM
	if ((status)); then
		say "$what: failed ($status); the end of its log, $log:"
		tail -n 40 "$log" >&2
	fi
	return "$status"
}

hash_of_stdin() { sha256sum | cut -c 1-16; }

# locked NAME COMMAND...: one at a time among all who use this cache.
locked() {
	local name=$1 fd status=0
	shift
	mkdir -p "$CACHE/locks"
	exec {fd}>"$CACHE/locks/$name"
	flock -w 3 "$fd" || {
		say "waiting for another run ($name)"
		flock "$fd"
	}
	"$@" || status=$?
	exec {fd}>&-
	return "$status"
}
