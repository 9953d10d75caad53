#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Where a file of another mount namespace is.

Usage: host_path_test.py PROGRAM, which prints records from its standard input.
Speaks TAP.
"""
import struct
import sys

import print_test
from print_test import as_json, as_text
from records import (
    FILE, FILE_ID, FS_PATH, OPEN, PATH, attr, decision, nested, process, record,
    result)


def whole_mount():
    """A mount of a whole file system: the device's numbers, and where it is."""
    with open("/proc/self/mountinfo", "rb") as mounts:
        words = next(line.split() for line in mounts if line.split()[3] == b"/")
    major, minor = map(int, words[2].split(b":"))
    return (major, minor), words[4].decode("unicode_escape").rstrip("/")


def test_host_path():
    """a file of another mount namespace is found in this one"""
    (major, minor), mount = whole_mount()
    here = struct.pack("=IIQIIII", major, minor, 131, 7, 1, 1, 0)
    elsewhere = struct.pack("=IIQIIII", 4095, minor, 131, 7, 1, 1, 0)
    data = b"".join(
        record(OPEN, process(), decision(), nested(
            FILE, attr(FILE_ID, where), attr(PATH, b"/core"),
            attr(FS_PATH, b"/srv/root/core")), result())
        for where in (here, elsewhere))
    found, lost_one = as_json(data)
    assert found["file"]["fs_path"] == "/srv/root/core"
    assert found["file"]["host_path"] == mount + "/srv/root/core"
    assert "host_path" not in lost_one["file"]
    assert f"core /core (here {mount}/srv/root/core), fd" in as_text(data)[0]


if __name__ == "__main__":
    sys.exit(print_test.main(globals()))
