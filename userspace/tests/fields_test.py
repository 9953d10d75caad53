#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What an event is in the journal.

Usage: fields_test.py PROGRAM, which prints records from its standard input.
Speaks TAP.
"""
import sys

import print_test
from print_test import HOSTILE, run
from records import (
    ADDRESS, CUT, CWD, DUMP, FORCED, LOST, NONE, OPEN, PATH, POLICY, PROCESS, RULE,
    SIZE, SUPPRESSED, ancestor, attr, decision, dump, file, lost, nested, origin,
    policy, process, record, result, sender, summary, suppressed, task,
    typical_open)


def fields(data):
    """A list of (name, value)."""
    rest = run("fields", data)
    found = []
    while rest:
        length, rest = rest.split(b"\n", 1)
        field, rest = rest[:int(length)], rest[int(length):]
        name, value = field.split(b"=", 1)
        found.append((name.decode("ascii"), value))
    return found


def ours(data):
    prefix = "COREDUMP_MON_"
    return {name[len(prefix):]: value for name, value in fields(data)
            if name.startswith(prefix)}


def test_open():
    """an open has the promised fields"""
    found = fields(typical_open(seq=12))
    names = [name for name, _ in found]
    assert len(set(names)) == len(names) - 3, names
    entry = dict(found)
    assert entry.pop("MESSAGE") == (
        b"open   would-deny cat[812]              uid 1000  "
        b"read core /var/crash/core.1, fd 3, exe /usr/bin/cat, "
        b"from bash[800] < sshd[790] < sshd[700] < ...")
    assert entry.pop("PRIORITY") == b"4"
    assert entry.pop("SYSLOG_IDENTIFIER") == b"coredump-mon"
    assert entry.pop("MESSAGE_ID") == b"ac8c6601629b4e59996dde618b0eb6db"
    assert all(name.startswith("COREDUMP_MON_") for name in entry)
    assert [value for name, value in found
            if name == "COREDUMP_MON_ANCESTOR"] == [
                b"800 bash", b"790 sshd", b"700 sshd", b"1 systemd"]
    entry = ours(typical_open(seq=12))
    del entry["ANCESTOR"]
    assert entry == {
        "SEQ": b"12", "TIME": b"2026-11-23T20:28:41.123456789Z",
        "TYPE": b"open", "VERDICT": b"would-deny", "RULE": b"default",
        "PATH": b"/var/crash/core.1", "DEV": b"8:1", "INO": b"131",
        "GENERATION": b"7", "CLASS": b"core", "ACCESS": b"read", "FD": b"3",
        "PID": b"812", "TID": b"813", "PPID": b"800", "NS_PID": b"12",
        "SID": b"790", "PGID": b"812", "UID": b"1000", "EUID": b"1000",
        "SUID": b"1000", "FSUID": b"1000", "GID": b"100", "EGID": b"100",
        "SGID": b"100", "FSGID": b"100", "CAP_EFFECTIVE": b"0x0",
        "COMM": b"cat", "EXE": b"/usr/bin/cat", "CMDLINE": b"cat\0core\0",
        "CWD": b"/root", "TTY": b"pts/0", "CGROUP": b"/user.slice",
        "MNT_NAMESPACE": b"4026531841", "PID_NAMESPACE": b"4026531836",
        "USER_NAMESPACE": b"4026531837", "INITIAL_NAMESPACES": b"1"}


def test_denied():
    """a refusal has an errno and no descriptor"""
    entry = ours(record(OPEN, process(), decision(3), file(),
                        result(-1, 13)))
    assert entry["VERDICT"] == b"denied"
    assert entry["ERRNO"] == b"13" and "FD" not in entry


def test_dump():
    """a dump has its signal, its sender and its core"""
    found = fields(record(
        DUMP, process(), sender(uid=7),
        dump(code=0, flags=SIZE | FORCED), file()))
    assert dict(found)["PRIORITY"] == b"4"
    assert dict(found)["MESSAGE_ID"] == b"a45dc8ab44784fefbea40a630a41ae33"
    entry = ours(record(DUMP, process(), sender(uid=7),
                        dump(code=0, flags=SIZE | FORCED), file()))
    for name, value in {
            "SIGNAL": b"11", "SIGNAL_NAME": b"SIGSEGV", "CODE": b"0",
            "CODE_NAME": b"SI_USER", "FORCED": b"1", "PRIVILEGED": b"0",
            "DUMPABLE": b"1", "RLIMIT_CORE": b"unlimited",
            "PATTERN_KIND": b"file", "OUTCOME": b"written",
            "SIZE": b"385024", "SENDER_PID": b"800", "SENDER_UID": b"7",
            "SENDER_COMM": b"bash", "PATH": b"/var/crash/core.1"}.items():
        assert entry[name] == value, (name, entry.get(name))
    assert "ADDRESS" not in entry and "DURATION_NS" not in entry
    entry = ours(record(DUMP, process(), dump(code=1, address=0xdead,
                                              flags=ADDRESS)))
    assert entry["ADDRESS"] == b"0xdead" and "SENDER_PID" not in entry


def test_policy():
    """a change of directories has all paths in one field"""
    entry = ours(record(POLICY, process(), policy(3, 4, 2, 0),
                        attr(PATH, b"/a b"), attr(PATH, b"/c\n")))
    assert entry["CHANGE"] == b"directories"
    assert entry["PATHS"] == b"/a b\0/c\n\0"
    entry = ours(record(POLICY, process(), policy(12, 1, 9, 0)))
    assert (entry["CHANGE"], entry["OLD"], entry["NEW"]) == (b"rules", b"1", b"9")
    assert "OLD_DIGEST" not in entry
    entry = ours(record(POLICY, process(), policy(12, 1, 2, 0), summary(),
                        summary(2, 0, 1, text_digest=b"\xcd" * 32)))
    assert (entry["OLD_DENYING"], entry["NEW_DENYING"], entry["OLD_DEFAULT"],
            entry["NEW_DEFAULT"]) == (b"1", b"0", b"log", b"ignore")
    assert entry["OLD_DIGEST"] == entry["NEW_DIGEST"] == b"01" * 32
    assert entry["NEW_TEXT_DIGEST"] == b"cd" * 32
    assert "OLD_TEXT_DIGEST" not in entry
    entry = ours(record(POLICY, process(), policy()))
    assert (entry["OLD"], entry["NEW"]) == (b"permissive", b"enforcing")


def test_origin():
    """a tagged file says where its tag is from"""
    entry = ours(record(OPEN, process(), file(tag=origin())))
    assert entry["TAGGED"] == b"1" and entry["ORIGIN_PID"] == b"55"
    assert entry["ORIGIN_COMM"] == b"sleep"
    assert entry["ORIGIN_KIND"] == b"dump"
    assert entry["ORIGIN_TIME"] == b"2026-11-23T20:28:41.123456789Z"


def test_lost():
    """lost records are counted"""
    entry = ours(record(LOST, lost(), seq=16))
    assert entry == {
        "SEQ": b"16", "TIME": b"2026-11-23T20:28:41.123456789Z",
        "TYPE": b"lost", "COUNT": b"12", "FIRST_SEQ": b"5",
        "LAST_SEQ": b"16", "CAUSE": b"overrun"}


def test_suppressed():
    """what was suppressed is counted, and whose it is is there once"""
    entry = ours(record(SUPPRESSED, suppressed(2, 2), seq=17))
    assert entry == {
        "SEQ": b"17", "TIME": b"2026-11-23T20:28:41.123456789Z",
        "TYPE": b"suppressed", "COUNT": b"12", "KIND": b"denial",
        "ACTOR": b"user", "UID": b"1000", "FIRST_SEQ": b"5", "LAST_SEQ": b"16"}
    found = fields(record(SUPPRESSED, suppressed(), process(uid=7)))
    assert [value for name, value in found if name == "COREDUMP_MON_UID"] == \
        [b"7"]
    assert ours(record(SUPPRESSED, suppressed(3, 3, NONE))).get("UID") is None


def test_absent():
    """what could not be had is left out"""
    assert ours(record(OPEN)).keys() == {"SEQ", "TIME", "TYPE"}
    entry = ours(record(OPEN, nested(PROCESS, task(), attr(CWD, b"", CUT))))
    assert "CWD" not in entry and "UID" not in entry
    assert entry["CUT"] == b"CWD"


def test_hostile():
    """bytes stay what they are, and in their field"""
    for nasty in HOSTILE:
        nasty += b"\nPRIORITY=0\nMESSAGE=all is well\n"
        found = fields(record(
            OPEN, process(comm=nasty, exe=nasty, cmdline=nasty, cwd=nasty,
                          ancestors=[ancestor(1, nasty)]),
            decision(), attr(RULE, nasty), file(nasty), result()))
        entry = dict(found)
        for name in ("COMM", "EXE", "CMDLINE", "CWD", "RULE", "PATH"):
            assert entry["COREDUMP_MON_" + name] == nasty
        assert entry["COREDUMP_MON_ANCESTOR"] == b"1 " + nasty
        assert [value for name, value in found if name == "PRIORITY"] == [b"4"]
        message = [value for name, value in found if name == "MESSAGE"]
        assert len(message) == 1 and b"\n" not in message[0]


def test_sizes():
    """a record as long as they come"""
    paths = [attr(PATH, b"\xff" * 4095) for _ in range(15)]
    entry = ours(record(POLICY, process(cmdline=b"\xff\0" * 400),
                        policy(3, 0, 15), *paths))
    assert len(entry["PATHS"]) == 15 * 4096
    entry = ours(record(POLICY, process(), policy(3, 0, 1024),
                        *[attr(PATH, b"/")] * 1024))
    assert entry["PATHS"] == b"/\0" * 1024


if __name__ == "__main__":
    sys.exit(print_test.main(globals()))
