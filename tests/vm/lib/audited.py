#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The kernel's audit by one rule, without auditd.

audited.py KEY DIRECTORY CALL...: as auditctl -a always,exit -F arch=b64 -S CALL...
-F perm=wa -F dir=DIRECTORY -k KEY has it; prints a line for each call that it is about,
until SIGTERM. The first line says that it is in force.
"""
import os
import signal
import socket
import struct
import sys

CALLS = {"openat": 257, "renameat": 264, "unlinkat": 263, "renameat2": 316,
         "linkat": 265}
ARCH, PERM, DIR, KEY = 11, 106, 107, 210
B64, WRITE, ATTR = 0xc000003e, 2, 8
EQUAL = 0x40000000
SET, ADD_RULE, DEL_RULE, SYSCALL, URINGOP = 1001, 1011, 1012, 1300, 1336
EXIT, ALWAYS = 4, 2
REQUEST, ACK = 1, 4


def packed_rule(key, directory, calls):
    mask = [0] * 64
    for call in calls:
        mask[CALLS[call] // 32] |= 1 << CALLS[call] % 32
    fields = [(ARCH, B64), (PERM, WRITE | ATTR), (DIR, len(directory)),
              (KEY, len(key))]
    rest = [0] * (64 - len(fields))
    return struct.pack(
        "=3I64I64I64I64II", EXIT, ALWAYS, len(fields), *mask,
        *[name for name, _ in fields], *rest, *[value for _, value in fields], *rest,
        *[EQUAL for _ in fields], *rest, len(directory + key)) + directory + key


def ask(connection, kind, data):
    connection.send(struct.pack("=IHHII", 16 + len(data), kind, REQUEST | ACK, 1, 0) +
                    data)
    while True:
        answer = connection.recv(65536)
        if struct.unpack_from("=H", answer, 4)[0] == 2:
            error = struct.unpack_from("=i", answer, 16)[0]
            if error:
                raise OSError(-error, os.strerror(-error))
            return


def audit(key, directory, *calls):
    rule = packed_rule(key.encode(), directory.encode(), calls)
    control = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 9)
    control.bind((0, 0))
    records = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 9)
    # All that is audited comes to this group.
    records.bind((0, 1))

    def end(*_):
        ask(control, DEL_RULE, rule)
        ask(control, SET, struct.pack("=10I", 1, 0, *[0] * 8))
        sys.exit(0)

    ask(control, SET, struct.pack("=10I", 1, 1, *[0] * 8))
    ask(control, ADD_RULE, rule)
    signal.signal(signal.SIGTERM, end)
    print("in force", flush=True)
    while True:
        record = records.recv(65536)
        text = record[16:].decode(errors="replace")
        kind = struct.unpack_from("=H", record, 4)[0]
        if kind in (SYSCALL, URINGOP) and f'key="{key}"' in text:
            print(text.rstrip("\0"), flush=True)


if __name__ == "__main__":
    audit(*sys.argv[1:])
