# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A guest that boots as a server with Secure Boot does: UEFI, shim, GRUB, all of
# them Debian's, signed. Sourced after guest.sh and layer.sh.

# firmware_of DIR CERTIFICATE: DIR/firmware, in which the owner of the machine
# has enrolled CERTIFICATE (DER). Made in trixie, whose tool for the firmware's
# variables bookworm lacks.
firmware_of() {
	local dir=$1 root layer

	root=$(root_of trixie) || return
	layer=$(layer_of "$root" firmware grub-efi-amd64-signed openssl ovmf \
		python3-virt-firmware shim-signed) || return
	mkdir -p "$dir/firmware.d/share" "$dir/firmware"
	cp "$2" "$dir/firmware.d/share/mok.der"
	# shellcheck disable=SC2016
	in_layers "$dir/firmware.d" "$layer/upper" "$root/root" -- '
		cd /mnt
		openssl x509 -inform DER -in mok.der -out mok.pem
		for secure in ms.fd:secure fd:open; do
			virt-fw-vars -i "/usr/share/OVMF/OVMF_VARS_4M.${secure%:*}" \
				-o "variables.${secure#*:}" --add-mok \
				605dab50-e046-4300-abb6-3dd810dd8b23 mok.pem
		done
		cp /usr/share/OVMF/OVMF_CODE_4M.secboot.fd code
		mkdir -p disk/EFI/BOOT disk/EFI/debian
		cp /usr/lib/shim/shimx64.efi.signed disk/EFI/BOOT/BOOTX64.EFI
		cp /usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed \
			disk/EFI/BOOT/grubx64.efi' || return
	cp -r "$dir"/firmware.d/share/{code,disk,variables.*} "$dir/firmware/"
	as_root rm -rf "$dir/firmware.d"
}

# guest_firmware FIRMWARE ROOT WORK APPEND: QEMU's options for it; SECURE_BOOT
# is set by who sources this.
guest_firmware() {
	local firmware=$1 root=$2 work=$3

	cp -r "$firmware/disk" "$work/efi"
	cp "$root/vmlinuz" "$root/initrd" "$work/efi/"
	printf '%s\n' "linux /vmlinuz $4" 'initrd /initrd' boot \
		>"$work/efi/EFI/debian/grub.cfg"
	cp "$firmware/variables.${SECURE_BOOT:-open}" "$work/variables"
	# shellcheck disable=SC2054
	options+=(-machine smm=on
		-global driver=cfi.pflash01,property=secure,value=on
		-drive "if=pflash,unit=0,file=$firmware/code,format=raw,readonly=on"
		-drive "if=pflash,unit=1,file=$work/variables,format=raw"
		-drive "if=none,id=efi,file=fat:$work/efi,format=raw,readonly=on"
		-device virtio-scsi-pci -device scsi-hd,drive=efi,bootindex=0)
}
