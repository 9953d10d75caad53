#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Usage: install_build.sh NAME: builds and installs in a suite's root, in a copy
# of the tree, where something stands in the way; called by check/install.sh.
# KVER is the kernel built for; what the guest needs goes to $OUT.

set -euo pipefail

work=$PWD
rm -rf root
mkdir root
kernels=$(sed -n 's/^CONFIG_CC_VERSION_TEXT="*\([^"]*\)"*$/\1/p' \
	"/lib/modules/$KVER/build/include/config/auto.conf")

# fails WORDS COMMAND...: with these words on stderr.
fails() {
	local err

	if err=$("${@:2}" 2>&1 >/dev/null </dev/null); then
		return 1
	fi
	# Messages of make are broken where its lines are.
	err=$(tr -s '[:space:]' ' ' <<<"$err")
	echo "$err"
	grep -F "$1" <<<"$err"
}

nothing_is_there() { [ ! -e coredump_mon.ko ] && [ -z "$(ls root)" ]; }

no_headers() {
	fails 'no headers of kernel 9.9.9 in /lib/modules/9.9.9/build: install them (Debian: apt install linux-headers-9.9.9)' \
		make KVER=9.9.9
	nothing_is_there
}

no_kprobes() {
	fails 'has no kprobes (CONFIG_KPROBES): nothing can be watched on it' \
		make module CONFIG_KRETPROBES=
	nothing_is_there
	# What needs no configuration works there all the same.
	make clean CONFIG_KRETPROBES=
}

# One that is not there, and one that does not know what the kernel asks of it.
other_compiler() {
	[ -n "$kernels" ]
	fails "That was built by $kernels: another compiler may not do" \
		make module CC=no-such-compiler
	nothing_is_there
	cat >picky <<-'END'
		#!/bin/sh
		case " $* " in *" -c "*)
			echo "unrecognized option" >&2
			exit 1 ;;
		esac
		exec gcc "$@"
	END
	chmod +x picky
	fails "That was built by $kernels: another compiler may not do" \
		make module CC="$work/picky"
	nothing_is_there
}

install_before_build() {
	fails 'nothing is built yet: make' make install DESTDIR="$work/root"
	nothing_is_there
}

# kbuild would compress what is installed for some kernels.
install_without_xz() {
	make module tool
	make install DESTDIR="$work/root" XZ=no-such-xz
	ls "root/lib/modules/$KVER/updates/coredump_mon.ko"
}

# Built for one kernel, and to be installed for another; then, where the tool
# cannot be built.
install_by_half() {
	make module tool
	fails 'is not for kernel 9.9.9 and nothing is installed: make clean; make KVER=9.9.9' \
		make install KVER=9.9.9 DESTDIR="$work/root"
	[ -z "$(ls root)" ]
	echo 'not C' >>userspace/main.c
	fails 'Error' make install DESTDIR="$work/root"
	[ -z "$(ls root)" ]
}

# What the guest needs: the tree as it is built; a module of another version; a
# tool of another ABI; a module that has the device's name.
parts() {
	local header=module/include/uapi/linux/coredump_mon.h

	make module tool
	tar -cf "$OUT/tree.tar" --exclude=./out --exclude=./root .
	sed -i 's/^\(#define COREDUMP_MON_ABI_VERSION\t*\)1$/\12/' "$header"
	grep 'ABI_VERSION.*2$' "$header"
	make -C userspace clean all
	cp userspace/coredump-mon "$OUT/other-abi"
	tar -xf "$OUT/tree.tar" "./$header"
	sed -i 's/^MODULE_VERSION(.*/MODULE_VERSION("0.0.9");/' module/main.c
	make module
	cp coredump_mon.ko "$OUT/other-version.ko"
	mkdir squatter
	cat >squatter/squatter.c <<-'END'
		#include <linux/fs.h>
		#include <linux/miscdevice.h>
		#include <linux/module.h>

		static const struct file_operations fops = {
			.owner = THIS_MODULE,
		};

		static struct miscdevice device = {
			.minor = MISC_DYNAMIC_MINOR,
			.name = "coredump_mon",
			.fops = &fops,
		};

		module_misc_device(device);
		MODULE_DESCRIPTION("Has the name");
		MODULE_LICENSE("GPL");
	END
	echo 'obj-m := squatter.o' >squatter/Kbuild
	make -C "/lib/modules/$KVER/build" M="$work/squatter" modules
	cp squatter/squatter.ko "$OUT/"
}

"$1"
touch "$OUT/$1"
