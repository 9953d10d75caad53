#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Which files `coredump-mon policy check` and `load` take, whatever is in them.

Usage: policy_file_test.py PROGRAM, the tool. Speaks TAP.
"""
import atexit
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from policies import VERSION
from print_test import main

TOOL = sys.argv[1]
PLACE = pathlib.Path(tempfile.mkdtemp())
atexit.register(shutil.rmtree, PLACE)
# Others may not write to what is made here.
os.umask(0o022)


def run(*arguments, **options):
    done = subprocess.run([TOOL, "policy", "check", *arguments],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False, **options)
    return done.returncode, done.stdout, done.stderr


def test_files():
    """what is no file is told; a pipe will do"""
    assert run(PLACE / "none") == (1, b"", (
        f"coredump-mon: cannot read '{PLACE}/none': "
        "No such file or directory\n").encode())
    assert run("/etc") == (
        1, b"", b"coredump-mon: cannot read '/etc': Is a directory\n")
    assert run("/proc/self/fd/0", input=VERSION.encode()) == (
        0, b"/proc/self/fd/0: 0 rules, 0 list entries\n", b"")
    named = PLACE / "a\nb\x1b"
    named.write_text("x", encoding="ascii")
    assert b"/a\\x0ab\\x1b:1:1: " in run(named)[2]


def told(verb, path, tool=TOOL, **how):
    """The status and what is told of a file; none is loaded."""
    done = subprocess.run([tool, "policy", verb, path], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False, **how)
    return done.returncode, done.stderr.decode("utf-8")


def test_writers():
    """a file that others may write to is not loaded, and check says so"""
    bad = PLACE / "writers.yaml"
    bad.write_text("x: y\n", encoding="ascii")
    link = PLACE / "writers"
    link.symlink_to(bad)
    assert "writers.yaml:1:1: there is no key 'x'" in told("load", bad)[1]
    mine = os.geteuid()
    for mode in (0o664, 0o646, 0o622):
        bad.chmod(mode)
        for path in (bad, link):
            words = (f"'{path}' %s: others than its owner, user {mine}, can "
                     f"write to it (mode {mode:04o}): when it says what you "
                     "mean, 'chmod go-w' it\n")
            assert told("load", path) == (
                1, "coredump-mon: " + words % "is not loaded"), path
            assert told("check", path)[1].startswith(
                "coredump-mon: warning: " + words % "would not be loaded")
        # Whoever names a pipe means who fills it.
        err = told("load", "/proc/self/fd/0", input=bad.read_bytes())[1]
        assert err.startswith("/proc/self/fd/0:1:1: there is no key"), err
    bad.write_text(VERSION, encoding="ascii")
    status, err = told("check", link)
    assert status == 0 and err.count("\n") == 1, err
    if mine:
        return
    bad.write_text("x: y\n", encoding="ascii")
    bad.chmod(0o600)
    os.chown(bad, 1, 0)
    words = ("%s: it belongs to user 1 (mode 0600), who can write to it: when "
             "it says what you mean, 'chown root' it\n")
    assert told("load", link) == (
        1, f"coredump-mon: '{link}' " + words % "is not loaded")
    assert told("check", link)[1].startswith(
        f"coredump-mon: warning: '{link}' " + words % "would not be loaded")
    bad.chmod(0o620)
    assert told("load", bad)[1].count("is not loaded") == 2
    # Who runs it may own it.
    PLACE.chmod(0o755)
    tool = shutil.copy(TOOL, PLACE / "tool")
    err = told("check", bad, tool, user=1)[1]
    assert "can write" in err and "belongs" not in err, err
    os.chown(bad, 0, 1)
    bad.chmod(0o640)
    assert "is not loaded" not in told("load", bad)[1]


if __name__ == "__main__":
    sys.exit(main(globals()))
