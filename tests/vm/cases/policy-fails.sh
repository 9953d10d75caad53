#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Loads of policies that fail: what was in force before is in force, and why is told.
# vm: --share tests/vm/lib/policy.sh

set -euo pipefail
# shellcheck source=../lib/tap.sh
. /run/vm/share/tap.sh
# shellcheck source=../lib/policy.sh
. /run/vm/share/policy.sh

# The kernel is told to have a request fail, as it cannot be made to at will.
cat >failing.py <<'END'
import ctypes, errno, os, struct, sys
number = 0x16
steps = [(0x20, 0, 0, 0), (0x15, 0, 4, 16), (0x20, 0, 0, 24), (0x54, 0, 0, 0xffff),
         (0x15, 0, 1, 0xcd00 | number),
         (6, 0, 0, 0x50000 | getattr(errno, sys.argv[1])), (6, 0, 0, 0x7fff0000)]
code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *s) for s in steps))
program = ctypes.create_string_buffer(
    struct.pack("=HxxxxxxQ", len(steps), ctypes.addressof(code)))
assert ctypes.CDLL(None).prctl(22, 2, program) == 0
os.execvp(sys.argv[2], sys.argv[2:])
END

# failing ERRNO COMMAND...: with the request failing that loads a policy.
failing() { python3 "$work/failing.py" "$@"; }

# kept WORDS COMMAND...: that load fails so, and changes nothing.
kept() { unchanged fails 1 "$@"; }

# Whatever it is that cannot be had of a policy with everything.
nothing_changes() {
	cat >quiet.yaml <<-'END'
		version: 1
		mode: permissive
		rules:
		- name: old
		  match: {type: open, executable: /usr/bin/cat, directory: /var/crash, group: [root, 7]}
		  action: log
		default: ignore
	END
	mkdir watched
	echo secret >tagged
	echo secret >tagged-before
	strict
	cat >>policy.yaml <<-END
		watch:
		  directories: [$work/watched]
		  files: [$work/tagged, $work/tagged-before]
	END
	coredump-mon directories set /var/crash
	coredump-mon tags add tagged-before
	load quiet.yaml
	sed "s|$work/watched|$work/tagged|" policy.yaml >no-directory.yaml
	kept 'is no directory' coredump-mon policy load no-directory.yaml
	kept 'another way to it' failing ENOTDIR coredump-mon policy load policy.yaml
	kept 'no room for tags' failing ENOSPC coredump-mon policy load policy.yaml
	kept 'livepatch' failing EBUSY coredump-mon policy load policy.yaml
	kept 'more than the module takes' failing E2BIG \
		coredump-mon policy load policy.yaml
	kept 'no way to refuse' failing EOPNOTSUPP coredump-mon policy load policy.yaml
	kept 'no memory' failing ENOMEM coredump-mon policy load policy.yaml
	kept 'of one version' failing EINVAL coredump-mon policy load policy.yaml
	kept 'CAP_MAC_ADMIN' failing EPERM coredump-mon policy load --builtin
	head "$core"
	# And now it works.
	load
	[ "$(coredump-mon policy mode)" = enforcing ]
	refused head "$core"
	coredump-mon tags list | grep -F "$(stat -c %i tagged)"
	coredump-mon directories list | grep -F "$work/watched"
	coredump-mon policy mode permissive
	coredump-mon tags drop tagged
	coredump-mon tags drop tagged-before
	coredump-mon policy load --builtin
	coredump-mon directories set /var/crash
}

# Rules that another program loaded: here, a text that is no policy's.
foreign_rules() {
	python3 - <<-'END'
		import ctypes, fcntl, os, struct
		rule = struct.pack("=16I4s4x", 72, 3, 2, 5, 1 << 2, 1 << 1, 0x1e, *[0] * 9, b"own")
		raw, text = ctypes.create_string_buffer(rule, 72), ctypes.create_string_buffer(b"text")
		rules = struct.pack("=6I4Q", 56, 0, 1, 2, 0xe, 0, 72, ctypes.addressof(raw),
		                    4, ctypes.addressof(text))
		device = os.open("/dev/coredump_mon", os.O_RDWR)
		fcntl.ioctl(device, 1 << 30 | 56 << 16 | 0xcd << 8 | 0x16, rules)
	END
	coredump-mon status | grep -E '^rules +1, loaded, but from no policy, 0 deny$'
	fails 1 'not loaded from a policy' coredump-mon policy show
	coredump-mon policy load --builtin
}

echo /var/crash/core.%p >/proc/sys/kernel/core_pattern
modprobe coredump_mon
udevadm settle
fresh_file
try 'a load that fails changes nothing' nothing_changes
try 'rules of another program' foreign_rules
rmmod coredump_mon
finish
