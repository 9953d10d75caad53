#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Usage: calls.py WAY NAME PATH [NEW]: one system call of amd64, by its number, and
no other in its place. WAY is

  64      as programs do it
  32      as programs of 32 bits do it, by int $0x80
  ring    by io_uring, in the task that submits it
  worker  by io_uring, in a thread of its own

NAME may end in -read, -both, -make (for both, O_CREAT) or -path (O_PATH): else
what opens does so for writing.
"""

import ctypes
import mmap
import os
import struct
import sys

HERE = -100  # AT_FDCWD
FLAGS = {
    "": os.O_WRONLY,
    "read": os.O_RDONLY,
    "both": os.O_RDWR,
    "make": os.O_RDWR | os.O_CREAT,
    "path": os.O_PATH,
}
NAME_TO_HANDLE_AT = 303
IO_URING_SETUP, IO_URING_ENTER = 425, 426
OFF_CQ_RING, OFF_SQES = 0x8000000, 0x10000000
GETEVENTS, ASYNC = 1, 16
MAP_32BIT = 0x40
# push %rbx; mov %edi,%eax; mov %esi,%ebx; mov %ecx,%r10d; mov %edx,%ecx;
# mov %r10d,%edx; mov %r8d,%esi; mov %r9d,%edi; int $0x80; pop %rbx; ret
INT80 = bytes.fromhex("53 89f8 89f3 4189ca 89d1 4489d2 4489c6 4489cf cd80 5b c3")

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.syscall.restype = ctypes.c_long
# Where programs of 32 bits can have memory too; what is in use of it.
memory = libc.mmap(
    None, ctypes.c_size_t(1 << 16), mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC,
    mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | MAP_32BIT, -1, ctypes.c_long(0))
used = 0


def put(value):
    global used
    if isinstance(value, int):
        return value
    at = memory + used
    ctypes.memmove(at, value, len(value))
    used += (len(value) + 7) & ~7
    return at


def call(*words):
    result = libc.syscall(*map(ctypes.c_long, map(put, words)))
    return result if result >= 0 else -ctypes.get_errno()


def call32(*words):
    function = ctypes.CFUNCTYPE(ctypes.c_int, *[ctypes.c_uint] * 6)(put(INT80))
    return function(*[*map(put, words), 0, 0, 0, 0, 0][:6])


def submit(flags, opcode, fd, off, addr, length, op_flags, addr3):
    params = put(bytes(120))
    ring = call(IO_URING_SETUP, 1, params)
    # Where things are, as the kernel says: sq_off.tail, sq_off.array, cq_off.cqes.
    tail, array, cqes = (ctypes.c_uint32.from_address(params + at).value for at in (44, 64, 100))
    entry = mmap.mmap(ring, 64, offset=OFF_SQES)
    struct.pack_into("=BBHiQQIIQ8xQ", entry, 0, opcode, flags, 0, fd, put(off), put(addr),
                     length % 2**32, op_flags, 0, put(addr3))
    # The array's one place holds 0 already, which is the entry's number.
    struct.pack_into("I", mmap.mmap(ring, array + 4), tail, 1)
    if call(IO_URING_ENTER, ring, 1, 1, GETEVENTS, 0, 0) != 1:
        raise OSError("io_uring_enter")
    return struct.unpack_from("i", mmap.mmap(ring, cqes + 16, offset=OFF_CQ_RING), cqes + 8)[0]


def handle_of(path):
    handle = put(struct.pack("2I", 128, 0) + bytes(128))
    if call(NAME_TO_HANDLE_AT, HERE, path, handle, bytes(8), 0):
        raise OSError("name_to_handle_at")
    return handle


def main(way, name, old, new=""):
    name, _, access = name.partition("-")
    old, new = (path.encode() + b"\0" for path in (old, new))
    flags = FLAGS[access]
    mode = 0o600 if flags & os.O_CREAT else 0
    how = struct.pack("3Q", flags, mode, 0)
    # Numbers of amd64 and of i386, arguments.
    calls = {
        "open": (2, 5, old, flags, mode),
        "creat": (85, 8, old, 0o600),
        "openat": (257, 295, HERE, old, flags, mode),
        "openat2": (437, 437, HERE, old, how, len(how)),
        "rename": (82, 38, old, new),
        "renameat": (264, 302, HERE, old, HERE, new),
        "renameat2": (316, 353, HERE, old, HERE, new, 0),
        "link": (86, 9, old, new),
        "linkat": (265, 303, HERE, old, HERE, new, 0),
        "unlink": (87, 10, old),
        "unlinkat": (263, 301, HERE, old, 0),
        "chmod": (90, 15, old, 0o640),
        "chown": (92, 212, old, 1, 1),
        "truncate": (76, 92, old, 1),
        "setxattr": (188, 226, old, b"user.name\0", b"value", 5, 0),
        "mkdirat": (258, 296, HERE, old, 0o700),
        "symlinkat": (266, 304, b"/\0", HERE, old),
        "swapon": (167, 87, old, 0),
        "swapoff": (168, 115, old),
    }
    # Of io_uring: the number; fd, off, addr, len, flags and addr3 of the entry.
    entries = {
        "openat": (18, HERE, 0, old, mode, flags, 0),
        "openat2": (28, HERE, how, old, len(how), 0, 0),
        "renameat": (35, HERE, new, old, HERE, 0, 0),
        "unlinkat": (36, HERE, 0, old, 0, 0, 0),
        "linkat": (39, HERE, new, old, HERE, 0, 0),
        "setxattr": (42, 0, b"value", b"user.name\0", 5, 0, old),
    }
    if name == "open_by_handle_at":
        top = os.open("/", os.O_RDONLY | os.O_DIRECTORY)
        result = call(304, top, handle_of(old), flags)
    elif way in ("ring", "worker"):
        result = submit(ASYNC if way == "worker" else 0, *entries[name])
    else:
        native, other, *arguments = calls[name]
        result = call32(other, *arguments) if way == "32" else call(native, *arguments)
    if result < 0:
        raise OSError(-result, f"{way} {name}: {os.strerror(-result)}")


main(*sys.argv[1:])
