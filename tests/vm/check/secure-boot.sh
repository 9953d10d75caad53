#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Usage: secure-boot.sh [SUITE]: DKMS signs the module, and a guest with Secure
# Boot, in which DKMS's key is enrolled as a machine owner's, takes it and no
# other; what of it works in each degree of lockdown.

set -euo pipefail
# shellcheck source=tests/vm/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib/common.sh"
for lib in suite root build layer kernel_log guest machine firmware tap; do
	# shellcheck source=/dev/null
	. "$VM_DIR/lib/$lib.sh"
done

suite=${1:-$(suite_of "$KERNEL")}
root=$(root_of "$suite")
signing=$(layer_of "$root" signing openssl)
work=$(mktemp -d "${TMPDIR:-/tmp}/coredump_mon-secure-boot.XXXXXX")
trap 'guest_kill; as_root rm -rf "$work"' EXIT
mkdir -p "$work/share/source"
copy_tree "$work/share/source" Kbuild Makefile dkms.conf module userspace

# Before Debian 12 DKMS wants a key, and to be told to sign, as README says.
key=/var/lib/dkms/mok.pub prepare=true
if [ "$suite" = bullseye ]; then
	key=/root/mok.der
	prepare='openssl req -new -x509 -nodes -days 36500 -newkey rsa:2048 \
		-subj "/CN=DKMS module signing key" -keyout /root/mok.priv \
		-outform DER -out /root/mok.der
		echo sign_tool=/etc/dkms/sign_helper.sh >>/etc/dkms/framework.conf'
fi

# Beside what DKMS installs: the same without a signature, and with a stranger's.
# shellcheck disable=SC2016
signs() {
	in_layers "$work" "$signing/upper" "$root/root" -- "
		key=$key"'
		'"$prepare"'
		cd /mnt/source
		kernel=$(ls /lib/modules)
		dkms add .
		dkms install coredump_mon/"$(sed -n "s/^PACKAGE_VERSION=\"\(.*\)\"/\1/p" dkms.conf)" \
			-k "$kernel"
		[[ $(modinfo -k "$kernel" -F signer coredump_mon) == *"DKMS module signing key"* ]]
		cp "$key" /mnt/mok.pub
		make -C userspace install
		module=$(modinfo -k "$kernel" -n coredump_mon)
		mkdir /root/modules
		case $module in
		*.xz) xz -dc "$module" ;;
		*) cat "$module" ;;
		esac >/root/modules/signed.ko
		# What is behind the end of ELF is not copied.
		objcopy /root/modules/signed.ko /root/modules/unsigned.ko
		[ -z "$(modinfo -F signer /root/modules/unsigned.ko)" ]
		cp /root/modules/{un,mis}signed.ko
		openssl req -new -x509 -nodes -days 2 -subj /CN=Stranger -newkey rsa:2048 \
			-keyout /tmp/key -outform DER -out /tmp/certificate
		"/lib/modules/$kernel/build/scripts/sign-file" sha256 /tmp/key \
			/tmp/certificate /root/modules/missigned.ko'
}

# boots SECURE-BOOT APPEND CHECK...: runs CHECKs, functions of the guest's
# script, in a guest.
boots() {
	# shellcheck disable=SC2034
	SECURE_BOOT=$1 APPEND=" $2"
	{
		cat "$work/functions"
		printf '%s\n' "${@:3}"
	} >"$work/script"
	machine_run "$work" 300 "$work/script"
}

cat >"$work/functions" <<'END'
#!/bin/bash
set -euo pipefail
# lockdown WORD: the kernel is locked down so.
lockdown() { grep -F "[$1]" /sys/kernel/security/lockdown; }

enforced() { [ "$(cat /sys/module/module/parameters/sig_enforce)" = Y ]; }

# refused FILE: for its signature.
refused() {
	dmesg --clear
	if insmod "/root/modules/$1.ko" 2>/tmp/error; then
		return 1
	fi
	cat /tmp/error
	dmesg
	grep -E 'Key was rejected|Required key' /tmp/error ||
		dmesg | grep -F 'Lockdown: insmod: unsigned module'
	[ ! -e /sys/module/coredump_mon ]
}

# works [PARAMETER]: nothing is missing, a denial and a dump are seen.
works() {
	modprobe coredump_mon "$@"
	udevadm settle
	coredump-mon status
	coredump-mon status --json |
		jq -e 'all(.probes[]; .state != "missing") and .can_enforce'
	coredump-mon selftest
	rmmod coredump_mon
}

# What others need is refused, so that it is the lockdown that is tried here.
tracefs() {
	if echo 'p:somebody/vfs_open vfs_open' >>/sys/kernel/tracing/kprobe_events; then
		echo '-:somebody/vfs_open' >>/sys/kernel/tracing/kprobe_events
		[ "$1" = open ]
	else
		[ "$1" = refused ]
	fi
}
END

modules='refused unsigned; refused missigned'
taken=(works 'works hook=kprobe')
# Debian 11's kernel for clouds does not read an owner's keys at all.
grep -qx CONFIG_INTEGRITY_PLATFORM_KEYRING=y \
	"$root/root/boot/config-$(<"$root/release")" || taken=('refused signed')
try 'DKMS signs what it builds' signs
try 'the machine is made' machine_of "$work" "$(<"$root/release")" \
	"$signing/upper" "$root/root"
try "its owner's key is enrolled" firmware_of "$work/machine" "$work/share/mok.pub"
# Debian's kernels read an owner's keys under Secure Boot alone.
try 'module.sig_enforce=1 without Secure Boot: no module of ours' boots open \
	module.sig_enforce=1 enforced 'lockdown none' "$modules" 'refused signed'
try 'module.sig_enforce=1, Secure Boot, lockdown=integrity' boots secure \
	'module.sig_enforce=1 lockdown=integrity' enforced 'lockdown integrity' \
	"$modules" "${taken[@]}" 'tracefs open'
try 'Secure Boot, lockdown=confidentiality' boots secure \
	lockdown=confidentiality 'lockdown confidentiality' "$modules" "${taken[@]}" \
	'tracefs refused'
finish
