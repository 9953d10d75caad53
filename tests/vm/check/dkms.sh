#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Usage: dkms.sh [SUITE]: whether Debian's own DKMS builds, installs, upgrades
# and removes the module in a clean root of SUITE, also for a second kernel, and
# whether what it built works there.

set -euo pipefail
# shellcheck source=tests/vm/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
for lib in suite root build layer kernel_log guest machine tap; do
	# shellcheck source=/dev/null
	. "$VM_DIR/lib/$lib.sh"
done

suite=${1:-$(suite_of "$KERNEL")}
root=$(root_of "$suite")
first=$(<"$root/release")
work=$(mktemp -d "${TMPDIR:-/tmp}/coredump_mon-dkms.XXXXXX")
trap 'guest_kill; as_root rm -rf "$work"' EXIT

version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$TREE/dkms.conf")
next=$version.1
mkdir -p "$work/share"/{now,next,tool}
copy_tree "$work/share/now" Kbuild dkms.conf module
cp -r "$work/share/now/." "$work/share/next/"
(cd "$work/share/next" && grep -rl "\"$version\"" . |
	xargs sed -i "s/\"$version\"/\"$next\"/")
copy_tree "$work/share/tool" Kbuild Makefile dkms.conf module userspace
# What is in every root that this looks at.
cat >"$work/share/functions" <<END
first=$first version=$version next=$next
END
cat >>"$work/share/functions" <<'END'
# state KERNEL VERSION: what DKMS says of it.
state() { dkms status -m coredump_mon -v "$2" -k "$1" | sed 's/.*: //'; }

# holds KERNEL VERSION: this version is what modprobe finds there.
holds() {
	dkms status
	[ "$(state "$1" "$2")" = installed ]
	[ "$(modinfo -k "$1" -F version coredump_mon)" = "$2" ]
	[[ $(modinfo -k "$1" -F vermagic coredump_mon) == "$1 "* ]]
	modinfo -k "$1" -n coredump_mon | grep /updates/
	grep -q /coredump_mon.ko "/lib/modules/$1/modules.dep"
}

# Every file that is there, with its content.
every_file() {
	local mounts=(\( -path /mnt -o -path /tmp -o -path /proc -o -path /dev \))

	find / -xdev "${mounts[@]}" -prune -o -printf '%p %m %U:%G %y %l\n'
	find / -xdev "${mounts[@]}" -prune -o -type f -print0 | xargs -0 sha256sum
}
END

here() { in_layers "$work" "$root/root" -- ". /mnt/functions; $1"; }

# shellcheck disable=SC2016
installs() {
	here '
		cp -r /mnt/now "/usr/src/coredump_mon-$version"
		dkms add -m coredump_mon -v "$version"
		[[ $(dkms status coredump_mon/"$version") == *added* ]]
		dkms build -m coredump_mon -v "$version" -k "$first"
		[ "$(state "$first" "$version")" = built ]
		dkms install -m coredump_mon -v "$version" -k "$first"
		holds "$first" "$version"'
}

# shellcheck disable=SC2016
removes() {
	here '
		every_file | sort >/mnt/before
		dkms add /mnt/now
		dkms install -m coredump_mon -v "$version" -k "$first"
		dkms remove -m coredump_mon -v "$version" --all
		rm -r "/usr/src/coredump_mon-$version"
		[ -z "$(dkms status)" ]
		every_file | sort >/mnt/after'
	diff "$work/share/before" "$work/share/after"
}

# Of the same version and flavour where the mirror has another, else of another
# flavour.
# shellcheck disable=SC2016
second_kernel() {
	here '
		apt-get update -q
		version_of=$(cut -d . -f 1,2 <<<"$first")
		apt-cache search --names-only "^linux-image-$version_of\\.[0-9].*-amd64\$" |
			sed "s/linux-image-\([^ ]*\).*/\1/" | grep -vxF -e "$first" |
			grep -v -e -rt- | sort -rV >/mnt/kernels
		# A mirror may list what it no longer has.
		for second in $(grep -e -cloud- /mnt/kernels) \
			$(grep -v -e -cloud- /mnt/kernels); do
			echo "$second" >/mnt/second
			! apt-get install -q -y --no-install-recommends \
				"linux-image-$second" "linux-headers-$second" || break
		done
		holds "$second" "$version"
		holds "$first" "$version"'
}

# A kernel whose module went astray gets it from the command that boot runs.
# shellcheck disable=SC2016
autoinstalls() {
	here '
		second=$(cat /mnt/second)
		dkms uninstall -m coredump_mon -v "$version" -k "$second"
		[ "$(state "$second" "$version")" = built ]
		dkms autoinstall -k "$second"
		holds "$second" "$version"'
}

# shellcheck disable=SC2016
upgrades() {
	here '
		cp -r /mnt/next "/usr/src/coredump_mon-$next"
		dkms add -m coredump_mon -v "$next"
		for kernel in "$first" "$(cat /mnt/second)"; do
			dkms install -m coredump_mon -v "$next" -k "$kernel"
		done
		dkms remove -m coredump_mon -v "$version" --all
		rm -r "/usr/src/coredump_mon-$version"
		for kernel in "$first" "$(cat /mnt/second)"; do
			holds "$kernel" "$next"
		done
		[ -z "$(state "$first" "$version")" ]'
}

# boots KERNEL: and the tool's own test passes with that kernel's module.
boots() {
	cat >"$work/script" <<-END
		#!/bin/bash
		set -e
		[ "\$(uname -r)" = "$1" ]
		modprobe coredump_mon
		[ "\$(cat /sys/module/coredump_mon/version)" = "$next" ]
		coredump-mon status
		coredump-mon selftest
		rmmod coredump_mon
	END
	machine_of "$work" "$1" "$root/root"
	machine_run "$work" 300 "$work/script"
}

# shellcheck disable=SC2016
tool() { here 'make -C /mnt/tool/userspace install'; }

try 'dkms remove leaves nothing' removes
try "dkms add, build, install ($suite)" installs
try 'a second kernel gets it as it is installed' second_kernel
try 'dkms autoinstall' autoinstalls
try 'an upgrade replaces it' upgrades
try 'the tool is installed' tool
try 'the first kernel boots, selftest passes' boots "$first"
try 'the second kernel boots, selftest passes' boots "$(<"$work/share/second")"
finish
