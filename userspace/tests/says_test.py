#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What a policy's rules say of their events, in every format.

Usage: says_test.py PROGRAM, as print_test.py has it.
"""
import json
import re
import subprocess
import sys

import print_test
from host_path_test import whole_mount
from print_test import HOSTILE, PRINT
from records import (
    ADDRESS, CHANGE, CHANGED_GID, CHANGED_MODE, CHANGED_SIZE, CHANGED_UID, COMM,
    DUMP, DURATION, EXE, FILE, FORCED, FS_PATH, NEW_FS_PATH, NONE, OPEN, PATH,
    PRIVILEGED, RENAME, RULE, SENDER, SIZE, TARGET, UNLINK, alteration, attr,
    attributes, cred, decision, dump, file, file_id, fs_file, nested, origin, process,
    record, result, task, xattr)

DEVICE, MOUNT = whole_mount()


def run(fmt, data, *says):
    done = subprocess.run([PRINT, fmt, "1", *says], input=data, check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert not done.stderr, done.stderr
    return done.stdout


def as_json(data, *says):
    return [json.loads(line) for line in run("json", data, *says).splitlines()]


def message(data, text, rule="default"):
    return as_json(data, rule, text)[0]["message"]


def other(kind, comm, exe):
    return nested(kind, task(pid=77), cred(uid=7), attr(COMM, comm),
                  attr(EXE, exe))


EVERYTHING = [
    record(OPEN, process(loginuid=5, sessionid=6, cap_effective=255), decision(),
           attr(RULE, b"default"), file(tag=origin()),
           other(TARGET, b"bash", b"/usr/bin/bash"), result(), seq=9),
    record(OPEN, process(), decision(3, 2), attr(RULE, b"default"),
           file(access=3, file_class=2, generation=0), result(-1, 13)),
    record(DUMP, process(), decision(1, 1), attr(RULE, b"default"),
           dump(flags=FORCED | PRIVILEGED | ADDRESS | SIZE | DURATION,
                code=1, address=0x1234, dumpable=2, rlimit=4096),
           file(path=b"/srv/core"), other(SENDER, b"kill", b"/usr/bin/kill")),
    record(DUMP, process(), decision(1, 5), attr(RULE, b"default"),
           dump(signal=99, code=77, flags=0, pattern=2, outcome=3)),
    alteration(RENAME, attr(NEW_FS_PATH, b"/elsewhere")),
    alteration(RENAME, attr(NEW_FS_PATH, b"/elsewhere"),
               file_attr=fs_file(device=DEVICE)),
    record(OPEN, process(), decision(), attr(RULE, b"default"), nested(
        FILE, file_id(device=DEVICE), attr(PATH, b"/core"),
        attr(FS_PATH, b"/srv/root/core")), result()),
    record(DUMP, process(), attr(RULE, b"default"), dump(), nested(
        FILE, file_id(device=DEVICE), attr(PATH, b"/core"),
        attr(FS_PATH, b"/srv/root/core"))),
    alteration(UNLINK, errno=2),
    alteration(CHANGE, attributes(
        CHANGED_MODE | CHANGED_UID | CHANGED_GID | CHANGED_SIZE, (0o600, 0o4755),
        (0, 1000), (2, 3), (7, 1 << 40))),
    alteration(CHANGE, attributes(CHANGED_UID | CHANGED_GID, uid=(NONE, 1),
                                  gid=(1, NONE))),
    alteration(CHANGE, xattr(b"user.name", b"value")),
]


def flat(value, key=""):
    """From objects to the names that messages use; lists are no values."""
    if not isinstance(value, dict):
        return {key: value}
    found = {}
    for name, inner in value.items():
        found.update(flat(inner, f"{key}.{name}" if key else name))
    return found


def as_word(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " ".join(value)
    return str(value)


def names():
    """All that a message can name, of the table itself."""
    with open("event_value.c", encoding="ascii") as source:
        text = source.read()
    return re.findall(r'^\t\{ "([a-z_.]+)"', text, re.M)


def test_as_json():
    """every value is that of JSON, or - where JSON has none"""
    seen = set()
    assert len(names()) == len(set(names())) > 80
    for data in EVERYTHING:
        event = flat(as_json(data)[0])
        for name in names():
            told = message(data, f"<%{name}>")
            if name in event:
                seen.add(name)
                assert told == f"<{as_word(event[name])}>", (name, told)
            else:
                assert told == "<->", (name, told)
    # The events have all of them, but what stands for a parent elsewhere.
    assert set(names()) - seen == {"process.ns_ppid"}, set(names()) - seen


def test_json_has_a_name():
    """what JSON has can be named"""
    for data in EVERYTHING:
        lacking = set(flat(as_json(data)[0])) - set(names()) - {
            "message", "tags", "process.ancestors", "attr.xattr.new"}
        assert not lacking, lacking


def test_texts():
    """what stands between the values stays"""
    data = EVERYTHING[0]
    for text, expected in (
            ("plain", "plain"), ("100%%", "100%"), ("%%process.comm", "%process.comm"),
            ("%process.comm", "cat"), ("by %process.comm.", "by cat."),
            ("%process.comm_", "cat_"), ("%process.pid%process.uid", "8121000"),
            ("(%file.path)", "(/var/crash/core.1)"), ("caf\u00e9 %type", "caf\u00e9 open"),
            ("a\\b", "a\\\\b"), ("\u202e", "\\xe2\\x80\\xae")):
        assert message(data, text) == expected, (text, message(data, text))


def test_of_which_rule():
    """another rule's events are told as ever"""
    usual = as_json(EVERYTHING[0])[0]
    for rule in ("defaul", "default2", "d", "other"):
        assert as_json(EVERYTHING[0], rule, "mine", "tag")[0] == usual
    for name in (b"", b"default\0", b"default\0x", b"\xff", b"defaul"):
        data = record(OPEN, process(), decision(), attr(RULE, name), file(), result())
        assert as_json(data, "default", "mine")[0]["message"] == usual["message"]
    none = record(OPEN, process(), decision(), file(), result())
    assert as_json(none, "default", "mine")[0]["message"] == usual["message"]


def test_tags():
    """a rule's tags take the place of the usual ones"""
    data = EVERYTHING[0]
    assert as_json(data, "default", "x")[0]["tags"] == as_json(data)[0]["tags"]
    for tags in (["one"], ["two", "T1003.007", 'a"b\\c', "caf\u00e9"],
                 [str(n) for n in range(16)]):
        event = as_json(data, "default", "", *tags)[0]
        assert event["tags"] == tags
        assert event["message"] == as_json(data)[0]["message"]
        entry = run("fields", data, "default", "", *tags)
        assert [tag.encode() for tag in tags] == [
            field[17:] for field in fields(entry)
            if field.startswith(b"COREDUMP_MON_TAG=")]


def fields(data):
    while data:
        size, data = data.split(b"\n", 1)
        yield data[:int(size)]
        data = data[int(size):]


def test_text():
    """the message ends the line"""
    plain = run("text", EVERYTHING[0]).decode().rstrip("\n")
    said = run("text", EVERYTHING[0], "default", "by %process.comm, uid 0")
    assert said.decode() == plain + ", message: by cat, uid 0\n"
    # Tags alone are in JSON and the journal.
    assert run("text", EVERYTHING[0], "default", "", "tag").decode() == plain + "\n"


def test_journal():
    """it is a field of its own, and in MESSAGE"""
    found = list(fields(run("fields", EVERYTHING[0], "default", "by %process.comm")))
    assert b"COREDUMP_MON_MESSAGE=by cat" in found
    assert [field for field in found if field.startswith(b"MESSAGE=")][0] \
        .endswith(b", message: by cat")
    assert not [field for field in fields(run("fields", EVERYTHING[0]))
                if field.startswith((b"COREDUMP_MON_MESSAGE=", b"COREDUMP_MON_TAG="))]


def test_hostile():
    """bytes of a process do no harm, and pass for nothing else"""
    for nasty in HOSTILE:
        data = record(OPEN, process(comm=nasty, exe=nasty, cmdline=nasty, cwd=nasty),
                      decision(), attr(RULE, b"default"), file(nasty), result())
        text = "%process.comm|%process.exe|%process.cmdline|%process.cwd|%file.path"
        told = message(data, text)
        line = run("text", data, "default", text).decode()
        for char in told + line[:-1]:
            assert ord(char) >= 32 and not 0x7f <= ord(char) < 0xa0 and \
                char not in "\u202e\u200b", repr(told)
        if len(nasty) <= 256:
            comm = told.split("|")[0] if b"|" not in nasty else None
            assert comm is None or re.sub(
                rb"\\(\\|x([0-9a-f]{2}))",
                lambda m: bytes.fromhex(m[2].decode()) if m[2] else b"\\",
                comm.encode()) == nasty
        assert line.endswith(told + "\n")


def test_long():
    """of a long value, the first 256 bytes, and no half of a character"""
    for path, expected in (
            (b"x" * 256, "x" * 256), (b"x" * 257, "x" * 256 + "..."),
            (b"x" * 255 + b"\xc3\xa9", "x" * 255 + "..."),
            (b"x" * 254 + b"\xc3\xa9", "x" * 254 + "\u00e9"),
            (b"x" * 253 + b"\xf0\x9f\x92\xa9" * 2, "x" * 253 + "..."),
            (b"\x80" * 300, "\\x80" * 253 + "...")):
        data = record(OPEN, process(), decision(), attr(RULE, b"default"),
                      file(path), result())
        assert message(data, "%file.path") == expected, message(data, "%file.path")
    # As many of the longest as a message has room for.
    data = record(OPEN, process(exe=b"\xff" * 300), decision(),
                  attr(RULE, b"default"), file(b"\xff" * 4095), result())
    told = message(data, "%file.path" * 25)
    assert told.count("...") == 25 and told.endswith("...")


if __name__ == "__main__":
    sys.exit(print_test.main(globals()))
