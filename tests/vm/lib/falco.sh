# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154
#
# The rows of falco.yaml's table. Sourced after original.sh.

falco_rows() {
	local name
	local rule='Core dump'

	for name in open openat openat2; do
		row seen open call "$name-read" "$dir/a"
		row seen open call "$name-both" "$dir/a"
	done
	row seen open cat "$dir/../coredump/a"
	row seen open in_dir cat a
	row seen open by_losetup
	for name in open openat openat2; do
		row seen open call32 "$name-read" "$dir/a"
	done
	row seen open cat /proc/self/coredump_filter
	row missed open by_ring openat-read "$dir/a"
	row missed open by_worker openat2-read "$dir/a"
	row missed open call open_by_handle_at-read "$dir/a"
	row missed open "$dir/a"
	row missed open by_swapon
	row missed open by_symlink
	row missed open by_bind_mount
	row missed open by_overlay
	row missed open by_hard_link
	row missed open by_chroot
	row missed open cat "/proc/self/root$dir/a"
	row missed open when_moved
	row missed open where_procfs_is_too
	row seen missed of_that_name
	row seen missed call openat-make "$dir/b"
	row seen missed call openat-path "$dir/a"
	row seen missed call openat-read "$dir"
	row missed missed ls "$dir"
	row missed missed call openat "$dir/a"
	row missed missed call creat "$dir/b"
	row missed missed mv "$dir/a" "$dir/b"
	row missed missed not_permitted cat "$dir/a"
	row missed missed dumped_there
}
