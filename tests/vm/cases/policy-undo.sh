#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Loads of policies that fail half way: what was in force before is put back.
# vm: --share tests/vm/lib/policy.sh

set -euo pipefail
# shellcheck source=../lib/tap.sh
. /run/vm/share/tap.sh
# shellcheck source=../lib/policy.sh
. /run/vm/share/policy.sh

# The kernel is told to have a request fail, as it cannot be made to at will.
cat >failing.py <<'END'
import ctypes, errno, os, struct, sys
number = {"mode": 0x10, "directories": 0x11, "tag": 0x12, "rules": 0x16}[sys.argv[1]]
steps = [(0x20, 0, 0, 0), (0x15, 0, 4, 16), (0x20, 0, 0, 24), (0x54, 0, 0, 0xffff),
         (0x15, 0, 1, 0xcd00 | number),
         (6, 0, 0, 0x50000 | getattr(errno, sys.argv[2])), (6, 0, 0, 0x7fff0000)]
code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *s) for s in steps))
program = ctypes.create_string_buffer(
    struct.pack("=HxxxxxxQ", len(steps), ctypes.addressof(code)))
assert ctypes.CDLL(None).prctl(22, 2, program) == 0
os.execvp(sys.argv[3], sys.argv[3:])
END

# failing REQUEST ERRNO COMMAND...: with that request of the device failing; it is
# mode, directories, tag or rules.
failing() { python3 "$work/failing.py" "$@"; }

# undone REQUEST ERRNO WORDS: a load in which that fails changes nothing, and says so.
undone() {
	unchanged fails 1 "$3" failing "$1" "$2" coredump-mon policy load policy.yaml
	failing "$1" "$2" coredump-mon policy load policy.yaml 2>said || true
	grep -F 'what was in force before is in force' said
}

# What was loaded before comes back, whatever it is.
failing_steps() {
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
	undone mode EBUSY 'cannot go enforcing.*ftrace_enabled'
	undone tag ENOSPC 'there are 8192 tags'
	undone directories ENOMEM 'cannot set the watched directories'
	unchanged fails 1 'cannot load rules.*livepatch' failing rules EBUSY \
		coredump-mon policy load policy.yaml
	unchanged fails 1 'cannot load rules.*more than the module takes' \
		failing rules E2BIG coredump-mon policy load policy.yaml
	unchanged fails 1 'cannot load rules.*no way to refuse' \
		failing rules EOPNOTSUPP coredump-mon policy load policy.yaml
	unchanged fails 1 'cannot load rules.*CAP_MAC_ADMIN' \
		failing rules EPERM coredump-mon policy load --builtin
	head "$core"
	coredump-mon policy load --builtin
	undone mode EOPNOTSUPP 'no way to refuse'
	coredump-mon status --json | jq -e .rules.builtin
	coredump-mon policy mode enforcing
	sed -i 's/^mode: enforcing/mode: permissive/' policy.yaml
	undone mode ENOMEM 'cannot set the mode'
	refused cat "$core"
	# And now it works.
	load
	[ "$(coredump-mon policy mode)" = permissive ]
	coredump-mon tags list | grep -F "$(stat -c %i tagged)"
	coredump-mon directories list | grep -F "$work/watched"
	coredump-mon tags drop tagged
	coredump-mon tags drop tagged-before
	coredump-mon directories set /var/crash
}

# Programs and directories that the rules before name are gone meanwhile.
undone_as_far_as_it_goes() {
	mkdir -p /srv/bin /srv/gone
	cp /usr/bin/cat /srv/bin/other
	cat >gone.yaml <<-'END'
		version: 1
		rules:
		- {name: other, match: {executable: [/srv/bin/other, /usr/bin/cat]}, action: ignore}
		- {name: there, match: {directory: /srv/gone}, action: ignore}
	END
	load gone.yaml
	cp /usr/bin/cat /srv/bin/other.new
	mv /srv/bin/other.new /srv/bin/other
	rmdir /srv/gone
	coredump-mon status --json | jq -c '.rules | del(.digest)' >before
	strict
	fails 1 '^coredump-mon: 2 programs or directories that the rules before name' \
		failing mode EBUSY coredump-mon policy load policy.yaml
	coredump-mon status --json | jq -c '.rules | del(.digest)' | diff before -
	silent cat "$core"
	events 1 open head "$core" | jq -e '.rule == "default"'
	events 1 open /srv/bin/other "$core" | jq -e '.rule == "default"'
	coredump-mon policy load --builtin
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
	strict
	fails 1 'what was in force before is in force' failing mode EBUSY \
		coredump-mon policy load policy.yaml
	coredump-mon status | grep -E '^rules +1, loaded, but from no policy, 0 deny$'
	coredump-mon policy load --builtin
}

echo /var/crash/core.%p >/proc/sys/kernel/core_pattern
modprobe coredump_mon
udevadm settle
fresh_file
try 'what fails half way changes nothing' failing_steps
try 'what is gone meanwhile is told' undone_as_far_as_it_goes
try 'rules of another program' foreign_rules
rmmod coredump_mon
finish
