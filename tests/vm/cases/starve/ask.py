# SPDX-License-Identifier: GPL-2.0
#
# ask.py: for each line of its input opens the device, makes that request of it,
# closes it, and prints "ok" or the name of the error and where it came.

import ctypes
import errno
import fcntl
import os
import struct
import sys


def number(nr, size):
    return 3 << 30 | size << 16 | 0xcd << 8 | nr


def buffer(nr, count, data):
    room = ctypes.create_string_buffer(data, 1 << 20)
    length = len(data) if count else len(room)
    return number(nr, 32), struct.pack("4I2Q", 32, 0, count, 0, length,
                                       ctypes.addressof(room)), room


REQUESTS = {
    "open": lambda: None,
    "get_directories": lambda: buffer(0x04, 0, b""),
    "get_tags": lambda: buffer(0x05, 0, b""),
    "set_directories": lambda: buffer(0x11, 2, b"/var/crash\0/srv\0"),
    "reset_directories": lambda: buffer(0x11, 1, b"/var/crash\0"),
    "enforcing": lambda: (number(0x10, 16), struct.pack("4I", 16, 0, 1, 0)),
    "permissive": lambda: (number(0x10, 16), struct.pack("4I", 16, 0, 0, 0)),
}

for line in sys.stdin:
    request = REQUESTS[line.strip()]()
    where = "open"
    try:
        fd = os.open("/dev/coredump_mon", os.O_RDWR)
        where = "ioctl"
        try:
            if request:
                fcntl.ioctl(fd, request[0], request[1])
        finally:
            os.close(fd)
        print("ok", flush=True)
    except OSError as error:
        print(where, errno.errorcode[error.errno], flush=True)
