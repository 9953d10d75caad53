#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A change of rules is told with digests of the old and the new, and anybody can
# make the same.
# vm: --share tests/vm/lib/policy.sh

set -euo pipefail
# shellcheck source=../lib/tap.sh
. /run/vm/share/tap.sh
# shellcheck source=../lib/policy.sh
. /run/vm/share/policy.sh

rules() { coredump-mon status --json | jq -c '.rules | del(.stale, .helper_denied, .of_policy)'; }

# As coredump_mon.h has it, by what COREDUMP_MON_IOC_GET_RULES gives.
digest() {
	python3 - <<-'END'
		import ctypes, fcntl, hashlib, os, struct
		fd = os.open("/dev/coredump_mon", os.O_RDONLY)
		rules = ctypes.create_string_buffer(1 << 20)
		text = ctypes.create_string_buffer(1 << 20)
		get = bytearray(struct.pack("6I4Q", 56, 0, 0, 0, 0, 0, len(rules),
		    ctypes.addressof(rules), len(text), ctypes.addressof(text)))
		fcntl.ioctl(fd, 3 << 30 | 56 << 16 | 0xcd << 8 | 0x06, get)
		length = struct.unpack_from("Q", get, 24)[0]
		for at in (32, 40, 48):
		    struct.pack_into("Q", get, at, 0)
		print(hashlib.sha256(bytes(get) + rules.raw[:length]).hexdigest())
	END
}

builtin_has_one() {
	rules >before
	jq -e '.builtin and .count == 1 and .denying == 1 and .default == "log"
		and (has("text_digest") | not)' before
	[ "$(jq -r .digest before)" = "$(digest)" ]
	coredump-mon status | grep -E '^rules +1, built in, 1 denies$'
	coredump-mon status | grep -E "^digest +$(digest)\$"
	lacks grep '^text digest' <(coredump-mon status)
}

loaded_is_told() {
	local sum

	sum=$(sha256sum <policy.yaml | cut -d ' ' -f 1)
	events 1 policy load >line
	rules >now
	jq -e --slurpfile old before --slurpfile new now '.change == "rules"
		and .old_rules == $old[0] and .new_rules == $new[0]
		and .process.comm == "coredump-mon" and .process.uid == 0' line
	jq -e ".count == 2 and .denying == 1 and .default == \"ignore\"
		and .builtin == false and .text_digest == \"$sum\"" now
	[ "$(jq -r .digest now)" = "$(digest)" ]
	coredump-mon status | grep -E "^text digest +$sum\$"
	coredump-mon watch --since "$(($(jq .seq line) - 1))" --count 1 | grep -E \
		"rules 1 -> 2 \(1 denies, default ignore, digest $(digest | head -c 12), text ${sum:0:12}; before: built in, 1 denies, default log, digest $(jq -r '.digest[:12]' before)\), permissive now"
}

# What the rules of a policy name was replaced: as the file is, but not the same.
replaced_is_another() {
	jq -r .digest now >first
	load
	[ "$(rules | jq -r .digest)" = "$(cat first)" ]
	# Other words for the same.
	coredump-mon policy show >shown.yaml
	load shown.yaml
	[ "$(rules | jq -r .digest)" = "$(cat first)" ]
	lacks cmp shown.yaml policy.yaml
	cp program new
	mv new program
	load
	rules >again
	lacks grep -f first again
	[ "$(jq .text_digest again)" = "$(jq .text_digest now)" ]
	[ "$(jq -r .digest again)" = "$(digest)" ]
}

no_rules() {
	echo 'version: 1' >none.yaml
	load none.yaml
	rules | jq -e '.count == 0 and .denying == 0'
	[ "$(rules | jq -r .digest)" = "$(digest)" ]
	coredump-mon policy load --builtin
	rules | diff before -
}

modprobe coredump_mon
udevadm settle
cp /usr/bin/cat program
chmod 755 . program
cat >policy.yaml <<END
version: 1
rules:
  - {name: ours, match: {class: core, executable: $work/program}, action: log}
  - {name: others, match: {type: open, class: core, access: read}, action: deny}
default: ignore
END
try 'what is built in has a digest' builtin_has_one
try 'that a policy is loaded is told with those of both' loaded_is_told
try 'the digest is of the files, not of their names' replaced_is_another
try 'no rules are not those that are built in' no_rules
rmmod coredump_mon
finish
