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
module_files=() program_files=() selftest_files=() shell_files=()
for file in "${files[@]}"; do
	case $file in
	module/compat.h | module/include/*) ;;
	module/*.[ch]) module_files+=("$file") ;;
	tests/selftests/*.[ch]) selftest_files+=("$file") ;;
	*.[ch]) program_files+=("$file") ;;
	*.sh) shell_files+=("$file") ;;
	*)
		IFS= read -r line <"$file" || continue
		[[ ! $line =~ ^\#!/bin/(ba)?sh ]] || shell_files+=("$file") ;;
	esac
done

# Run where it finds no repository, in which it would leave a file.
checkpatch() {
	cd "$work/tree"
	perl "$scripts/checkpatch.pl" --no-tree --strict --terse --showfile \
		--no-summary --root="$work/tree" "$@"
}

# compat.h is the one file that may look at versions.
checkpatch_module() {
	checkpatch -f "${module_files[@]}" &&
		checkpatch --ignore LINUX_VERSION_CODE,CONSTANT_COMPARISON \
			-f module/compat.h &&
		checkpatch -f include/uapi/linux/coredump_mon.h
}

# What checkpatch would have a program use that only the kernel has: u32, BIT(),
# __printf(), negative errors in what argp calls, __func__ in place of any word
# that is a function's name. ENOSYS is in a table of all errors, the fuzzer
# wants a name in camel case, volatile sig_atomic_t is C's own, and messages are
# not split.
PROGRAMS=PREFER_KERNEL_TYPES,BIT_MACRO,PREFER_DEFINED_ATTRIBUTE_MACRO
PROGRAMS+=,USE_NEGATIVE_ERRNO,EMBEDDED_FUNCTION_NAME,ENOSYS,CAMELCASE,VOLATILE
PROGRAMS+=,LONG_LINE_STRING
# And what it does not know of kselftest's harness: FIXTURE_DATA(x) * is a type
# and no product, ASSERT_EQ() looks at what sscanf() returns, macros may return.
SELFTESTS=SPACING,NAKED_SSCANF,MACRO_WITH_FLOW_CONTROL

checkpatch_programs() {
	checkpatch --ignore "$PROGRAMS" -f "${program_files[@]}" &&
		checkpatch --ignore "$PROGRAMS,$SELFTESTS" -f "${selftest_files[@]}"
}

licences() {
	local file bad=0
	for file in "${files[@]}"; do
		case $file in
		LICENSE | *.md | *.json | tests/selftests/config | \
			tests/selftests/settings | */corpus/*) continue ;;
		# Debian's way is debian/copyright, for the whole of the tree.
		userspace/packaging/debian/*) continue ;;
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
	# The name of a file's format is none.
	! grep -nE '(debian|ubuntu)\.org/|mirror\.[a-z]+\.' "${files[@]}" |
		grep -v '/copyright:1:Format: '
}

# Each target that `make help` names is there, and each that is there is named.
make_help() {
	make -s help | sed -n 's/^  \([a-z-]*\) .*/\1/p' | sort >"$work/named"
	sed -n 's/^\.PHONY: all//p' Makefile | xargs -n 1 | sort >"$work/there"
	diff "$work/named" "$work/there"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/tree"
ln -s "$TREE"/{module,module/include,tests,userspace} "$work/tree/"
scripts=$(root_meant)/root/usr/src/linux-source/scripts

try 'checkpatch --strict of the module' checkpatch_module
try 'checkpatch --strict of programs' checkpatch_programs
# SC2317: functions that `try` calls look unreachable to it.
try 'shellcheck' shellcheck -x -P SCRIPTDIR -e SC2317 "${shell_files[@]}"
try 'every file bears its licence' licences
try 'no file has 500 lines' lengths
try 'no file names a mirror' no_mirror
try 'make help is true' make_help
finish
