#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Usage: packages.sh [SUITE]: builds the packages in SUITE, looks at them with
# Debian's own tools, and has an administrator use them in a guest.

set -euo pipefail
# shellcheck source=tests/vm/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
for lib in suite root build layer kernel_log guest machine tap; do
	# shellcheck source=/dev/null
	. "$VM_DIR/lib/$lib.sh"
done

suite=${1:-$(suite_of "$KERNEL")}
root=$(root_of "$suite")
packages=(build-essential debhelper dh-dkms libarchive-dev libsystemd-dev
	libyaml-dev lintian rpm rpmlint)
# It is part of dkms there, and there is no rpmlint.
[ "$suite" != bullseye ] ||
	packages=(build-essential debhelper libarchive-dev libsystemd-dev
		libyaml-dev lintian rpm)
building=$(layer_of "$root" packaging "${packages[@]}")
work=$(mktemp -d "${TMPDIR:-/tmp}/coredump_mon-packages.XXXXXX")
trap 'guest_kill; as_root rm -rf "$work"' EXIT

version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$TREE/dkms.conf")
next=$version.1
mkdir -p "$work/share"/{now,next}
copy_tree "$work/share/now" Kbuild LICENSE Makefile README.md dkms.conf module \
	userspace
cp -r "$work/share/now/." "$work/share/next/"
(
	cd "$work/share/next"
	grep -rl "\"$version\"" dkms.conf module | xargs sed -i "s/\"$version\"/\"$next\"/"
	sed -i "1s/($version)/($next)/" userspace/packaging/debian/changelog
)

there() { in_layers "$work" "$building/upper" "$root/root" -- "cd /mnt; $1"; }

builds_deb() {
	there 'touch begun
		sleep 0.1
		now/userspace/packaging/build deb out/now
		next/userspace/packaging/build deb out/next
		cd now && find . -newer ../begun -print -exec false {} +'
	echo "$version" >"$work/share/out/now/version"
	echo "$next" >"$work/share/out/next/version"
}

# lintian wants no root. What is told on the level of "pedantic" is not asked; nor
# what one release alone says: each wants the newest Standards-Version that it
# knows, older ones a script for init, and bullseye's does not know that dkms
# provides dh-sequence-dkms.
lints_deb() {
	local but=out-of-date-standards-version
	local init=package-supports-alternative-init-but-no-init.d-script

	case $suite in
	bullseye) but=newer-standards-version,$init,missing-build-dependency-for-dh_-command ;;
	bookworm) but=$init ;;
	esac
	there "useradd lintian
		chown -R lintian out
		runuser -u lintian -- lintian --fail-on warning,error --display-info \
			--suppress-tags $but out/now/*.changes | sed '/^N:/d' | tee lintian
		[ ! -s lintian ]"
}

# Elsewhere, at another time, with other rights on the files, in a tree in which
# something was built: the same packages.
# shellcheck disable=SC2016
reproducible() {
	there 'cp -r now /tmp/elsewhere
		cd /tmp/elsewhere
		find . -exec touch -d "30 days ago" {} +
		chmod -R go-rwx .
		mkdir -p userspace/build userspace/packaging/out
		touch module/main.o coredump_mon.ko userspace/build/main.o \
			userspace/coredump-mon userspace/packaging/out/package.deb
		umask 077
		TZ=Asia/Tokyo userspace/packaging/build deb /mnt/out/again
		cd /mnt/out/now
		for package in *.deb *.tar.xz; do cmp "$package" "../again/$package"; done'
}

# What it lacks is named, all at once, and nothing is left.
tells_what_is_missing() {
	in_layers "$work/bare" "$root/root" -- true
	cp -r "$work/share/now" "$work/bare/share/"
	in_layers "$work/bare" "$root/root" -- '
		cd /mnt
		if now/userspace/packaging/build deb out 2>error; then exit 1; fi
		cat error
		grep "apt-get install .*debhelper" error
		[ ! -e out ]'
}

builds_rpm() {
	there 'now/userspace/packaging/build rpm out/rpm
		ls out/rpm
		rpm -qpl out/rpm/coredump-mon-[0-9]*.src.rpm | grep tar.gz
		rpm -qpl out/rpm/coredump-mon-[0-9]*.x86_64.rpm | grep -x /usr/sbin/coredump-mon
		rpm -qpc out/rpm/coredump-mon-[0-9]*.x86_64.rpm |
			grep -x /etc/modprobe.d/coredump-mon.conf
		rpm -qpl out/rpm/coredump-mon-dkms-*.noarch.rpm | grep /dkms.conf'
}

# What is not heeded: they are not signed here; what DKMS builds is source; and
# where units and rules are is systemd's choice; there is no home page; the tests
# want guests. Debian's rpmlint knows the licences by their old names.
lints_rpm() {
	there 'printf "Filters = [\"%s\"]\n" "no-signature|devel-file-in-non-devel|\
hardcoded-library-path|only-non-binary-in-usr-lib|invalid-license|\
no-documentation|no-buildroot-tag|no-url-tag|invalid-url|\
manpage-not-compressed|no-manual-page-for-binary|no-%check-section" >rpmlint.toml
		rpmlint -c rpmlint.toml out/rpm/*.rpm | tee rpmlint
		grep "0 errors, 0 warnings" rpmlint'
}

# dkms_rpm: its scripts have DKMS build the module, and take it away.
# shellcheck disable=SC2016
dkms_rpm() {
	there 'list() { find / -xdev \( -path /mnt -o -path /proc -o -path /tmp -o \
			-path /dev -o -path /var/lib/rpm -o -path /var/lib/dkms/mok.\* \) \
			-prune -o -printf "%p %m %y %l\n" | sort; }
		rpm --initdb
		# Where RPM rules, the system has it.
		mkdir -p /usr/share/licenses
		list >before
		rpm -i --nodeps out/rpm/coredump-mon-dkms-*.noarch.rpm
		modinfo -k "$(ls /lib/modules)" -F version coredump_mon
		rpm -e coredump-mon-dkms
		list >after
		diff before after'
}

# The root of a server that never heard of it, in DIR of its own.
clean() {
	mkdir -p "$1/share"
	cp -r "$work/share/out/"{now,next} "$1/share/"
	in_layers "$1" "$root/root" -- "$2"
}

# apt does all, with DKMS building each version, and every file is as it was.
# Leaves what DKMS built as tarballs, which its packages' script knows to load:
# to build it in a guest again would take minutes.
# shellcheck disable=SC2016
leaves_nothing() {
	clean "$work/chroot" '
		every_file() {
			local but=(\( -path /mnt -o -path /tmp -o -path /proc -o -path /dev
				-o -path /var/log -o -path /var/cache -o -path /var/lib/apt
				-o -path "/var/lib/dpkg/*" -o -path "/var/lib/dkms/mok.*"
				-o -path "/etc/*-" -o -path /etc/.pwd.lock \))
			find / -xdev "${but[@]}" -prune -o -printf "%p %m %U:%G %y %l\n"
			find / -xdev "${but[@]}" -prune -o -type f -print0 | xargs -0 sha256sum
		}
		every_file | sort >/mnt/before
		kernel=$(ls /lib/modules)
		for version in now next; do
			apt-get install -q -y --no-install-recommends \
				/mnt/$version/*.deb
			number=$(cat /mnt/$version/version)
			[ "$(modinfo -k "$kernel" -F version coredump_mon)" = "$number" ]
			dkms mktarball -m coredump_mon -v "$number" -k "$kernel" \
				--binaries-only
			cp /var/lib/dkms/coredump_mon/"$number"/tarball/*.gz \
				/mnt/coredump_mon-"$number".dkms.tar.gz
		done
		apt-get remove -q -y coredump-mon coredump-mon-dkms
		[ -e /etc/modprobe.d/coredump-mon.conf ]
		apt-get purge -q -y coredump-mon coredump-mon-dkms
		every_file | sort >/mnt/after' || return
	mkdir "$work/share/out/built"
	mv "$work"/chroot/share/*.tar.gz "$work/share/out/built/"
	diff "$work/chroot/share/before" "$work/chroot/share/after"
}

# Of what a guest begins with, whom nobody has told to load it.
# shellcheck disable=SC2034
at_boot() {
	local SYSTEMD=1

	# shellcheck disable=SC2016
	clean "$work/installed" 'apt-get install -q -y --no-install-recommends \
			/mnt/now/*.deb
		echo "options coredump_mon ring_kib=1024" >>/etc/modprobe.d/coredump-mon.conf'
	machine_of "$work/installed" "$(<"$root/release")" "$root/root"
	cat >"$work/script" <<-'END'
		#!/bin/bash
		set -ex
		[ "$(cat /sys/module/coredump_mon/parameters/ring_kib)" = 1024 ]
		[ "$(stat -c '%A %U:%G' /dev/coredump_mon)" = 'crw-r----- root:coredump-mon' ]
		for _ in {1..100}; do
			systemctl is-active coredump-mon && exit
			sleep 0.2
		done
		systemctl status coredump-mon
	END
	machine_run "$work/installed" 300 "$work/script"
}

guest() {
	"$VM_DIR/run" --kernel "$suite" --bare --systemd --timeout 1800 \
		--share "$VM_DIR/lib/tap.sh" --share "$work/share/out/now" \
		--share "$work/share/out/next" --share "$work/share/out/built" \
		"$VM_DIR/guest/packages"
}

try "make deb builds them ($suite)" builds_deb
try 'lintian has nothing to say' lints_deb
try 'the same source makes the same packages' reproducible
try 'what is missing to build them is told' tells_what_is_missing
try 'make rpm builds them' builds_rpm
[ "$suite" = bullseye ] || try 'rpmlint has nothing to say' lints_rpm
try "the RPM's scripts build the module and take it away" dkms_rpm
try 'apt and DKMS: install, upgrade, remove, purge leave nothing behind' leaves_nothing
try 'at boot the module is loaded and the service runs' at_boot
try 'they do on a machine what they should' guest
finish
