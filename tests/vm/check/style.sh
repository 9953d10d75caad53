#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What can be said of the text of this tree without running it.

set -euo pipefail
# shellcheck source=tests/vm/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
for lib in suite root build tap; do
	# shellcheck source=/dev/null
	. "$VM_DIR/lib/$lib.sh"
done
cd "$TREE"

mapfile -d '' files < <(tree_files)
module_files=() user_files=() shell_files=()
for file in "${files[@]}"; do
	case $file in
	module/*.[ch]) module_files+=("$file") ;;
	*.[ch]) user_files+=("$file") ;;
	*.sh) shell_files+=("$file") ;;
	*)
		IFS= read -r line <"$file" || continue
		[[ ! $line =~ ^\#!/bin/(ba)?sh ]] || shell_files+=("$file") ;;
	esac
done

checkpatch() {
	perl "$scripts/checkpatch.pl" --no-tree --strict --terse --showfile \
		--no-summary "$@"
}

# What checkpatch would have a program use that only the kernel has: u32,
# __printf(), __func__ in place of any word that is a function's name; and
# ENOSYS, which a table of all errors names too.
checkpatch_user() {
	checkpatch --ignore PREFER_KERNEL_TYPES,PREFER_DEFINED_ATTRIBUTE_MACRO \
		--ignore EMBEDDED_FUNCTION_NAME,ENOSYS "$@"
}

licences() {
	local file bad=0
	for file in "${files[@]}"; do
		case $file in
		LICENSE | *.md | *.json | tests/selftests/config | \
			tests/selftests/settings | */corpus/*) continue ;;
		esac
		head -n 2 "$file" | grep -aq 'SPDX-License-Identifier: GPL-2.0' || {
			echo "$file: its first line is no SPDX-License-Identifier of GPL-2.0"
			bad=1
		}
	done
	return "$bad"
}

lengths() {
	# An ABI is one header, with the whole of its documentation.
	wc -l "${files[@]}" | awk '
		$2 !~ "^(total|LICENSE|module/include/uapi/.*)$" && $1 >= 500 {
			print $2 ": " $1 " lines, 500 are the limit"
			bad = 1
		}
		END { exit bad }'
}

no_mirror() {
	! grep -nE '(debian|ubuntu)\.org/|mirror\.[a-z]+\.' "${files[@]}"
}

# Each target that `make help` names is there, and each that is there is named.
make_help() {
	make -s help | sed -n 's/^  \([a-z]*\) .*/\1/p' | sort >"$work/named"
	sed -n 's/^\.PHONY: all//p' Makefile | xargs -n 1 | sort >"$work/there"
	diff "$work/named" "$work/there"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
scripts=$(root_of "$DEFAULT_SUITE")/root/usr/src/linux-source/scripts

try 'checkpatch --strict of the module' checkpatch -f "${module_files[@]}"
try 'checkpatch --strict of programs' checkpatch_user -f "${user_files[@]}"
# SC2317: functions that `try` calls look unreachable to it.
try 'shellcheck' shellcheck -x -P SCRIPTDIR -e SC2317 "${shell_files[@]}"
try 'every file bears its licence' licences
try 'no file has 500 lines' lengths
try 'no file names a mirror' no_mirror
try 'make help is true' make_help
finish
