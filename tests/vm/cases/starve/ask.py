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


def policy():
    paths = ctypes.create_string_buffer(b"/var/crash\0/srv\0")
    rule = ctypes.create_string_buffer(
        struct.pack("=16I4s4x", 72, 3, 3, 5, 1 << 2, 1 << 1, 0x1e, *[0] * 9, b"own"))
    files = ctypes.create_string_buffer(
        struct.pack("i", os.open("/var/crash/file", os.O_PATH)))
    addresses = [ctypes.addressof(what) for what in (rule, paths, files)]
    return (number(0x16, 160),
            struct.pack("6I4Q64x2Q2IQ2I", 160, 12, 1, 2, 0xe, 0, 72, addresses[0], 0, 0,
                        addresses[1], 16, 2, 1, addresses[2], 1, 0),
            rule, paths, files)


REQUESTS = {
    "open": lambda: None,
    "get_directories": lambda: buffer(0x04, 0, b""),
    "get_tags": lambda: buffer(0x05, 0, b""),
    "set_directories": lambda: buffer(0x11, 2, b"/var/crash\0/srv\0"),
    "reset_directories": lambda: buffer(0x11, 1, b"/var/crash\0"),
    "policy": policy,
    "builtin": lambda: (number(0x16, 56),
                        struct.pack("6I4Q", 56, 1, 0, 0, 0, 0, 0, 0, 0, 0)),
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
