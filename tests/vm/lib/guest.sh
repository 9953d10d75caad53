# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# One guest: its files, its start, its verdict and its end. Sourced after
# common.sh; SMP, MEMORY, APPEND and ICOUNT are set by who sources it, VIRTFS by
# who wants a directory of this machine there, twice: as 9p's "one" and "two", and
# REBOOT by whose guest may reboot.

# How long a boot may take on a busy machine: it takes 5 s on an idle one. That
# of systemd on arm64 was not done after 180 s.
GUEST_BOOT_LIMIT=180

guest_pid=''
guest_up=0
guest_reboots=0

# guest_files WORK SCRIPT [ARGUMENT...] -- [PATH...]: makes the tar that is
# unpacked to /run/vm in the guest.
guest_files() {
	local work=$1 script=$2 dir=$1/files
	local arguments=("$(basename "$2")")
	shift 2

	mkdir -p "$dir/script" "$dir/share"
	cp "$VM_DIR/guest/init" "$dir/init"
	install -m 755 "$script" "$dir/script/"
	while [ "$1" != -- ]; do
		arguments+=("$1")
		shift
	done
	shift
	printf '%s\0' "${arguments[@]}" >"$dir/arguments"
	[ -z "${SYSTEMD:-}" ] || : >"$dir/systemd"
	(($# == 0)) || cp -rL "$@" "$dir/share/"
	tar --owner=0 --group=0 -C "$dir" -cf "$work/files.tar" .
	rm -r "$dir"
}

# guest_accelerator EMULATOR: Debian 12's kills guests whose code is patched
# under load when it runs one thread per CPU.
guest_accelerator() {
	local version

	version=$("$1" --version | sed -n 's/.*version \([0-9]*\).*/\1/p')
	if ((version < 10)); then
		echo tcg,thread=single
	else
		echo tcg
	fi
}

# guest_port NAME FD: a virtio-serial port that is written to FD. Opened anew
# by way of /proc; append keeps QEMU from cutting files.
guest_port() {
	options+=(-chardev "file,id=$1,path=/proc/self/fd/$2,append=on"
		-device "virtserialport,chardev=$1,name=$1")
}

# guest_start ROOT WORK STAGE: leaves its verdict at the descriptor
# guest_verdict.
guest_start() {
	local root=$1 work=$2 stage=$3 out err accelerator emulator machine tag
	local disk="file=$1/disk,if=virtio,format=raw,snapshot=on"
	local append='ignore_loglevel panic=-1 oops=panic'

	case $(<"$root/arch") in
	arm64)
		emulator=qemu-system-aarch64 machine=virt
		GUEST_BOOT_LIMIT=600
		append+=' console=ttyAMA0' ;;
	*)
		emulator=qemu-system-x86_64 machine=q35
		# On a busy machine the kernel finds that the timer does not
		# tick.
		append+=' console=ttyS0 no_timer_check' ;;
	esac
	if [ -n "${REBOOT:-}" ]; then
		disk="file=$work/disk,if=virtio,format=qcow2"
		[ -e "$work/disk" ] || qemu-img create -q -f qcow2 -F raw \
			-b "$root/disk" "$work/disk"
	fi
	local options=(-M "$machine" -cpu max -smp "$SMP" -m "$MEMORY"
		-nodefaults -no-user-config -display none -no-reboot
		-chardev "file,id=console,path=$work/console,append=on"
		-serial chardev:console
		-drive "$disk"
		-drive "file=$work/files.tar,if=virtio,format=raw,readonly=on"
		-device virtio-rng-pci
		-device virtio-serial-pci)

	# shellcheck disable=SC2153
	if [ -d "$root/firmware" ]; then
		guest_firmware "$root/firmware" "$root" "$work" "$append$APPEND"
	else
		options+=(-kernel "$root/vmlinuz" -initrd "$root/initrd"
			-append "$append$APPEND")
	fi
	accelerator=$(guest_accelerator "$emulator")
	[ -z "$ICOUNT" ] || accelerator=tcg
	options+=(-accel "$accelerator")
	[ -z "$ICOUNT" ] || options+=(-icount shift=0)
	if [ -n "${VIRTFS:-}" ]; then
		mkdir "$work/virtfs"
		for tag in one two; do
			options+=(-virtfs "local,path=$work/virtfs,mount_tag=$tag,security_model=none")
		done
	fi
	[ -z "$stage" ] ||
		options+=(-drive "file=$stage,if=virtio,format=raw,readonly=on")

	# QEMU's ends are pipes, since what stdout and stderr are may not be
	# opened a second time (a socket) or share an offset (a file).
	exec {out}> >(exec cat)
	guest_relays=($!)
	exec {err}> >(exec cat >&2)
	guest_relays+=($!)
	guest_port stdout "$out"
	guest_port stderr "$err"
	guest_port verdict 1

	exec {guest_verdict}< <(
		TMPDIR=$work exec setpriv --pdeathsig KILL -- \
			"$emulator" "${options[@]}" 2>"$work/qemu.log" </dev/null
	)
	guest_pid=$!
	exec {out}>&- {err}>&-
}

# guest_wait TIMEOUT: ends with the script's status, 124 or 125; sets guest_up
# once the script begins.
guest_wait() {
	local word status

	read -r -t "$GUEST_BOOT_LIMIT" word <&"$guest_verdict" || return 125
	[ "$word" = up ] || return 125
	# shellcheck disable=SC2034
	guest_up=1
	read -r -t "$1" word status <&"$guest_verdict" || {
		# More than 128 is bash's word for a time-out, else QEMU is gone.
		(($? > 128)) && return 124
		return 125
	}
	return "$status"
}

# guest_rebooted WORK: whether it may reboot, and has gone down for that since this
# was asked. It is to be started again then, by an emulator that begins anew too:
# that of Debian 12 may take ten times as long for the second boot.
guest_rebooted() {
	local count

	[ -n "${REBOOT:-}" ] || return
	count=$(grep -c 'reboot: Restarting system' "$1/console") || return
	((count > guest_reboots)) || return
	guest_reboots=$count
}

# Lets the guest switch itself off, then waits until all that it said is
# written out.
guest_end() {
	local i

	for ((i = 0; i < 100; i++)); do
		kill -0 "$guest_pid" 2>/dev/null || break
		sleep 0.05
	done
	guest_kill
	wait "${guest_relays[@]}" || true
}

guest_kill() {
	[ -n "$guest_pid" ] || return 0
	kill "$guest_pid" 2>/dev/null || true
	wait "$guest_pid" 2>/dev/null || true
	guest_pid=''
}
