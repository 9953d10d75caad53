# SPDX-License-Identifier: GPL-2.0
#
# requests.py [FD [COMMAND...]]: makes each request that changes something of the
# descriptor FD (0), after COMMAND if there is one, and prints what each comes to.
# The last is the lock.

import errno
import fcntl
import struct
import subprocess
import sys

fd = int(sys.argv[1]) if len(sys.argv) > 1 else 0
if len(sys.argv) > 2:
    subprocess.run(sys.argv[2:], check=True)

# By the numbers of coredump_mon.h, with arguments that are good.
REQUESTS = {
    "set-mode": (0x10, struct.pack("4I", 16, 0, 0, 0)),
    "hold": (0x10, struct.pack("4I", 16, 1, 1, 0)),
    "set-directories": (0x11, struct.pack("4I2Q", 32, 0, 0, 0, 0, 0)),
    "tag-add": (0x12, struct.pack("2IiI", 16, 0, 0, 0)),
    "tag-drop": (0x13, struct.pack("2IiI", 16, 0, 0, 0)),
    "restore-tags": (0x14, struct.pack("4I2Q", 32, 1, 0, 0, 0, 0)),
    "wake-tags": (0x15, struct.pack("2IiI", 16, 0, 0, 0)),
    "set-rules": (0x16, struct.pack("6I4Q", 56, 0, 0, 2, 2, 0, 0, 0, 0, 0)),
    "builtin-rules": (0x16, struct.pack("6I4Q", 56, 1, 0, 0, 0, 0, 0, 0, 0, 0)),
    "bad-address": (0x16, None),
    "lock": (0x17, struct.pack("2I", 8, 0)),
}

for name, (number, argument) in REQUESTS.items():
    size = len(argument) if argument else 56
    request = 1 << 30 | size << 16 | 0xcd << 8 | number
    try:
        fcntl.ioctl(fd, request, argument if argument else 1)
        print(name, "ok")
    except OSError as error:
        print(name, errno.errorcode[error.errno])
