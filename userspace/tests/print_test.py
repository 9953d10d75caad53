#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What the formatters print, judged by json, jq and by reading it back.

Usage: print_test.py PROGRAM, which prints records from its standard input.
Speaks TAP.
"""
import json
import random
import re
import subprocess
import sys
import traceback

from records import (
    ADDRESS, CMDLINE, COMM, CUT, CWD, DUMP, EXE, FILE, FORCED, LOST, NONE,
    OPEN, PATH, POLICY, PRIVILEGED, PROCESS, REALTIME, RULE, SENDER, SIZE,
    SUPPRESSED, TARGET, ancestor, attr, cred, decision, dump, file, lost, nested, origin,
    policy, process, record, result, sender, suppressed, task, typical_open)

PRINT = sys.argv[1]
RNG = random.Random(3)
HOSTILE = [
    b"", b"-", b"a b", b"new\nline", b"\x1b[31mred", b"tab\there", b'"quoted"',
    b"back\\slash", b"\\x41", b"caf\xc3\xa9", b"caf\xe9", b"\xff\\\xfe",
    b"\xc2\x9b31m", b"\xe2\x80\xaegnp.exe", b"\xed\xa0\x80", b"\xf8\x88\x80",
    b"\xc0\xaf", b"\xf4\x90\x80\x80", b"\xe2\x80", b"\0\0", b"\x7f" * 9,
    b"\xf0\x9f\x92\xa9", b"longer than eight bytes\x01 and on",
    b"x" * 4095, bytes(range(256)),
]
HOSTILE += [bytes(RNG.randrange(256) for _ in range(RNG.randrange(40)))
            for _ in range(300)]
HOSTILE += [bytes(RNG.choice(b"ab\\\"\n\x80\xc3\xa9 ") for _ in range(20))
            for _ in range(300)]


def run(fmt, data, env=None):
    done = subprocess.run([PRINT, fmt], input=data, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=True, env=env)
    assert not done.stderr, done.stderr
    return done.stdout


def unique(pairs):
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys)), keys
    return dict(pairs)


def as_json(data):
    lines = run("json", data).split(b"\n")
    assert lines.pop() == b""
    return [json.loads(line.decode("utf-8"), object_pairs_hook=unique)
            for line in lines]


def as_text(data):
    lines = run("text", data, {"TZ": "UTC"}).decode("utf-8").split("\n")
    assert lines.pop() == ""
    return lines


def original(text, escaped):
    """The bytes that a string of JSON output stands for."""
    if not escaped:
        return text.encode("utf-8")
    return re.sub(rb"\\(\\|x([0-9a-f]{2}))",
                  lambda m: bytes.fromhex(m[2].decode()) if m[2] else b"\\",
                  text.encode("utf-8"))


def test_open():
    """an open has the promised keys"""
    event = as_json(typical_open(seq=12))[0]
    assert event["seq"] == 12
    assert event["time"] == "2026-11-23T20:28:41.123456789Z"
    assert event["type"] == "open"
    assert event["verdict"] == "would-deny"
    assert event["rule"] == "default"
    assert event["priority"] == "WARNING"
    assert event["message"] == \
        "core file read by cat (pid 812) would be denied when enforcing"
    assert event["tags"] == ["mitre_credential_access", "T1003.007"]
    assert event["file"] == {
        "path": "/var/crash/core.1", "dev": "8:1", "ino": 131,
        "generation": 7, "class": "core", "access": "read",
        "tagged": False}
    assert event["result"] == {"fd": 3}
    assert event["process"] == {
        "pid": 812, "tid": 813, "ppid": 800, "ns_pid": 12, "ns_tid": 13,
        "sid": 790, "pgid": 812,
        "start_time": "2026-11-23T20:28:40.123000000Z",
        "comm": "cat", "exe": "/usr/bin/cat", "cmdline": ["cat", "core"],
        "cwd": "/root", "tty": "pts/0", "cgroup": "/user.slice",
        "uid": 1000, "euid": 1000, "suid": 1000, "fsuid": 1000, "gid": 100,
        "egid": 100, "sgid": 100, "fsgid": 100,
        "cap_effective": "0000000000000000",
        "namespaces": {"mnt": 4026531841, "pid": 4026531836,
                       "user": 4026531837, "initial": True},
        "ancestors": [
            {"pid": 800, "comm": "bash", "exe": "/usr/bin/bash"},
            {"pid": 790, "comm": "sshd", "exe": "/usr/sbin/sshd"},
            {"pid": 700, "comm": "sshd", "exe": "/usr/sbin/sshd"},
            {"pid": 1, "comm": "systemd",
             "exe": "/usr/lib/systemd/systemd"}]}


def test_open_text():
    """an open in text"""
    assert as_text(typical_open())[0] == (
        "2026-11-23 20:28:41.123 open   would-deny cat[812]"
        "              uid 1000  read core /var/crash/core.1, fd 3, exe "
        "/usr/bin/cat, from bash[800] < sshd[790] < sshd[700] < ...")


def test_denied():
    """a refused open says so"""
    data = record(OPEN, process(), decision(3), file(), result(-1, 13))
    event = as_json(data)[0]
    assert event["verdict"] == "denied"
    assert event["result"] == {"errno": 13}
    assert event["message"] == "core file read by cat (pid 812) was denied"
    assert "read core /var/crash/core.1, EACCES," in as_text(data)[0]


def test_origin():
    """an open of a tagged file names whose core it is"""
    plain, tagged, hostile = as_json(b"".join(
        record(OPEN, process(), decision(), file(tag=tag), result())
        for tag in (b"", origin(), origin(comm=b"a\xff\n"))))
    assert plain["file"]["tagged"] is False
    assert "origin" not in plain["file"]
    assert tagged["file"]["tagged"] is True
    assert tagged["file"]["origin"] == {
        "kind": "dump", "pid": 55, "comm": "sleep",
        "time": "2026-11-23T20:28:41.123456789Z"}
    assert hostile["file"]["origin"]["comm"] == "a\\xff\n"
    assert hostile["file"]["origin"]["escaped"] == ["comm"]
    text = as_text(b"".join(
        record(OPEN, process(), decision(), file(tag=origin(kind=kind, comm=comm)),
               result())
        for kind, comm in ((1, b"sleep"), (1, b"a b\n"), (3, b"x"), (6, b"x"))))
    assert ", dumped by sleep[55], " in text[0]
    assert ', dumped by "a b\\x0a"[55], ' in text[1]
    assert ", memory of x[55], " in text[3] and "x[55]" not in text[2]


def test_target():
    """an open of a coredump_filter names whose it is"""
    target = nested(TARGET, task(pid=55), cred(uid=7),
                    attr(COMM, b"sleep"), attr(EXE, b"/usr/bin/sleep"))
    data = record(OPEN, process(), decision(1, 5),
                  file(b"/proc/55/coredump_filter", file_class=2),
                  result(), target)
    event = as_json(data)[0]
    assert event["verdict"] == "allowed"
    assert event["priority"] == "NOTICE"
    assert event["file"]["class"] == "coredump_filter"
    assert event["target"] == {
        "pid": 55, "start_time": "2026-11-23T20:28:40.123000000Z", "uid": 7,
        "comm": "sleep", "exe": "/usr/bin/sleep"}
    assert event["message"] == \
        "coredump_filter of sleep (pid 55) read by cat (pid 812)"
    assert "read coredump_filter /proc/55/coredump_filter of sleep[55], fd 3" \
        in as_text(data)[0]


def test_forced():
    """a dump by another's signal names the sender"""
    data = record(DUMP, process(comm=b"sleep"), dump(flags=FORCED | SIZE),
                  file(access=0), sender(uid=0, euid=0))
    event = as_json(data)[0]
    assert event["signal"] == {
        "number": 11, "name": "SIGSEGV", "code": 0, "code_name": "SI_USER",
        "forced": True, "sender": {
            "pid": 800, "start_time": "2026-11-23T20:28:40.123000000Z",
            "uid": 0, "comm": "bash"}}
    assert event["core"] == {
        "result": "written", "path": "/var/crash/core.1", "dev": "8:1",
        "ino": 131, "generation": 7, "size": 385024, "pattern_kind": "file"}
    assert event["privileged"] is False and event["dumpable"] == 1
    assert event["rlimit_core"] == "unlimited"
    assert "duration_ns" not in event
    assert event["verdict"] == "allowed" and event["priority"] == "WARNING"
    assert event["message"] == ("core dump of sleep (pid 812) by SIGSEGV sent "
                                "by bash (pid 800), written")
    assert ("SIGSEGV forced by bash[800] uid 0, core /var/crash/core.1 "
            "written 385024 bytes") in as_text(data)[0]


def test_fault():
    """a fault has a code and an address"""
    data = record(DUMP, process(), dump(code=1, address=2**64 - 1,
                                        flags=ADDRESS | PRIVILEGED, rlimit=0,
                                        outcome=4, pattern=0))
    event = as_json(data)[0]
    assert event["signal"] == {
        "number": 11, "name": "SIGSEGV", "code": 1,
        "code_name": "SEGV_MAPERR", "address": "0xffffffffffffffff",
        "forced": False}
    assert event["core"] == {"result": "skipped"}
    assert event["rlimit_core"] == 0 and event["privileged"] is True
    assert ("SIGSEGV fault SEGV_MAPERR at 0xffffffffffffffff, privileged, "
            "core - skipped,") in as_text(data)[0]


def test_unknown_numbers():
    """numbers without a name are told as numbers"""
    data = record(DUMP, process(), dump(signal=77, code=-99, outcome=99)) + \
        record(OPEN, process(), decision(9, 9),
               file(file_class=9, access=9), result(-1, 9999))
    first, second = as_json(data)
    assert first["signal"] == {"number": 77, "code": -99, "forced": False}
    assert first["core"]["pattern_kind"] == "file"
    assert "verdict" not in second
    assert second["priority"] == "NOTICE"
    assert second["result"] == {"errno": 9999}
    text = as_text(data)
    assert "signal 77 code -99, core - - 385024 bytes" in text[0]
    assert "- - /var/crash/core.1, errno 9999" in text[1]


def test_refused():
    """who could not have enforcing, and why"""
    data = record(POLICY, policy(9, 0, 16, 0), process())
    refused, = as_json(data)
    assert (refused["change"], refused["new"]) == ("refused", 16)
    assert refused["priority"] == "WARNING"
    assert refused["message"] == (
        "enforcing could not be had by cat (pid 812): something else has the "
        "function, or kernel.ftrace_enabled is 0")
    assert "refused enforcing, EBUSY, permissive now" in as_text(data)[0]


def test_lost():
    """what was lost is counted"""
    data = record(LOST, lost()) + record(LOST, lost(1, 0, 0, 2))
    overrun, unmade = as_json(data)
    assert (overrun["count"], overrun["first_seq"], overrun["last_seq"],
            overrun["cause"]) == (12, 5, 16, "overrun")
    assert unmade["count"] == 1 and unmade["cause"] == "unmade"
    assert "first_seq" not in unmade and "process" not in unmade
    text = as_text(data)
    assert "12 records 5..16, overrun" in text[0]
    assert "1 record, unmade" in text[1]


def test_suppressed():
    """what was suppressed is counted, with whose and when it was"""
    by_process = nested(PROCESS, task(), cred(), attr(COMM, b"cat"))
    data = (record(SUPPRESSED, suppressed(), by_process, seq=17) +
            record(SUPPRESSED, suppressed(2, 2, count=1), seq=18) +
            record(SUPPRESSED, suppressed(6, 3, NONE), seq=19) +
            record(SUPPRESSED, suppressed(99, 99), seq=20) +
            record(SUPPRESSED, seq=21))
    process, user, others, unknown, nothing = as_json(data)
    assert process["type"] == "suppressed" and process["count"] == 12
    assert (process["first_seq"], process["last_seq"]) == (5, 16)
    assert (process["kind"], process["actor"]) == ("open", "process")
    assert process["uid"] == 1000 and process["process"]["comm"] == "cat"
    assert process["first_time"] == "2026-11-23T20:28:38.123456789Z"
    assert process["last_time"] == "2026-11-23T20:28:40.123456789Z"
    assert process["priority"] == "WARNING" and "verdict" not in process
    assert process["message"] == ("12 events suppressed of kind open: one "
                                  "process made too many")
    assert (user["kind"], user["actor"]) == ("denial", "user")
    assert user["uid"] == 1000 and "process" not in user
    assert user["message"] == ("1 event suppressed of kind denial: one user "
                               "made too many")
    assert (others["kind"], others["actor"]) == ("policy", "others")
    assert "uid" not in others
    assert "kind" not in unknown and "actor" not in unknown
    assert "count" not in nothing and nothing["message"] == "events suppressed"
    text = as_text(data)
    assert "cat[812]" in text[0] and "12 of kind open, after records 5..16, " \
        "from " in text[0]
    assert "1 of kind denial, of uid 1000, after" in text[1]
    assert "of kind policy, of further users, after" in text[2]
    assert "12 of kind -" in text[3] and text[4].endswith(" -")


def test_absent():
    """what is not there is left out, or a dash"""
    data = b"".join(record(kind) for kind in (DUMP, OPEN, POLICY, LOST)) + \
        record(OPEN, nested(PROCESS), nested(FILE)) + \
        record(DUMP, nested(PROCESS), dump(flags=FORCED), nested(SENDER))
    events = as_json(data)
    for event in events[:4]:
        assert "process" not in event and "file" not in event
    assert events[4]["process"] == {"ancestors": []}
    assert events[4]["file"] == {}
    assert events[5]["signal"]["sender"] == {}
    text = as_text(data)
    assert len(text) == 6
    assert " -[-] " in text[4] and "uid -" in text[4]
    assert "- - -, result -, exe -" in text[4]
    assert "SIGSEGV forced by -[-] uid -, core -" in text[5]


def test_short_structures():
    """half a structure is none"""
    data = record(OPEN, nested(PROCESS, attr(6, bytes(39)), attr(7, bytes(47)),
                               attr(8, bytes(31))),
                  attr(17, bytes(7)), attr(19, bytes(4)),
                  nested(FILE, attr(15, bytes(31))))
    event = as_json(data)[0]
    assert event["process"] == {"ancestors": []}
    assert event["file"] == {}
    assert "verdict" not in event and "result" not in event


def test_longer_structures():
    """structures may have grown, and there may be attributes and types more"""
    data = record(OPEN, attr(999, b"x"), nested(
        PROCESS, attr(6, task()[8:] + bytes(16)), attr(31, b"new"),
        attr(32, b"new"), attr(65535, b"new")), result())
    event = as_json(data)[0]
    assert event["process"]["pid"] == 812
    assert event["result"] == {"fd": 3}


def test_cut():
    """what was cut is told"""
    data = record(OPEN, nested(
        PROCESS, attr(CMDLINE, b"a\0b\0half", CUT), attr(EXE, b"", CUT),
        attr(CWD, b"/x")), file(b"/var/cra", CUT))
    event = as_json(data)[0]
    assert event["process"]["cmdline"] == ["a", "b", "half"]
    assert "exe" not in event["process"]
    assert sorted(event["process"]["cut"]) == ["cmdline", "exe"]
    assert (event["file"]["path"], event["file"]["cut"]) == ("/var/cra", ["path"])
    assert "escaped" not in event["process"]
    assert "/var/cra (cut)" in as_text(data)[0]


def test_ids():
    """ids that are not set are left out, effective ones shown"""
    data = record(OPEN, process(uid=1000, euid=0, loginuid=500, sessionid=3,
                                cap_effective=2**41 - 1))
    subject = as_json(data)[0]["process"]
    assert (subject["loginuid"], subject["sessionid"]) == (500, 3)
    assert subject["cap_effective"] == "000001ffffffffff"
    assert "uid 1000/0 " in as_text(data)[0]
    assert ", login 500" in as_text(data)[0]
    assert "loginuid" not in as_json(record(OPEN, process(
        loginuid=NONE)))[0]["process"]


def test_cmdline():
    """arguments are split at NULs, empty ones kept"""
    for raw, args in ((b"", []), (b"\0", [""]), (b"a\0\0b\0", ["a", "", "b"]),
                      (b"a", ["a"]), (b"\0\0", ["", ""])):
        event = as_json(record(OPEN, process(cmdline=raw)))[0]
        assert event["process"]["cmdline"] == args, raw


def test_hostile_json():
    """any bytes can be had back from the JSON"""
    data = b"".join(record(OPEN, process(
        comm=s, exe=s, cwd=s, tty=s, cgroup=s,
        cmdline=s.replace(b"\0", b"") + b"\0second\\\0",
        ancestors=[ancestor(1, s, s)]), attr(RULE, s), file(s), nested(
            TARGET, task(), attr(COMM, s))) for s in HOSTILE)
    for event, s in zip(as_json(data), HOSTILE):
        subject = event["process"]
        escaped = subject.get("escaped", [])
        for key in ("comm", "exe", "cwd", "tty", "cgroup"):
            assert original(subject[key], key in escaped) == s, (key, s)
        args = [original(arg, "cmdline" in escaped)
                for arg in subject["cmdline"]]
        assert args == [s.replace(b"\0", b""), b"second\\"]
        parent = subject["ancestors"][0]
        assert original(parent["exe"], "exe" in parent.get("escaped", [])) == s
        assert original(event["file"]["path"],
                        "escaped" in event["file"]) == s
        assert original(event["rule"], "escaped" in event) == s
        assert original(event["target"]["comm"],
                        "escaped" in event["target"]) == s
        valid = s.decode("utf-8", "replace").encode() == s
        assert ("escaped" in event["file"]) == (not valid), s


def test_hostile_paths():
    """directories of a policy event can be had back"""
    data = record(POLICY, policy(3, 0, 2, 0), attr(PATH, b"/a\\b"),
                  attr(PATH, b"/\xff")) + \
        record(POLICY, policy(3, 0, 1, 0), attr(PATH, b"/a\\b"))
    first, second = as_json(data)
    assert first["escaped"] == ["paths"]
    assert [original(p, True) for p in first["paths"]] == [b"/a\\b", b"/\xff"]
    assert second["paths"] == ["/a\\b"] and "escaped" not in second


def test_jq():
    """jq reads every line"""
    data = b"".join(record(OPEN, process(comm=s, cmdline=s), file(s))
                    for s in HOSTILE)
    lines = run("json", data)
    done = subprocess.run(["jq", "-c", "[.seq, .file.path]"], input=lines,
                          stdout=subprocess.PIPE, check=True)
    paths = [json.loads(line)[1] for line in done.stdout.splitlines()]
    assert paths == [event["file"]["path"] for event in as_json(data)]


def test_hostile_text():
    """no name makes a second line, a column or an escape sequence"""
    plain = re.compile(r"[!#-\[\]-~]+")
    quoted = re.compile(r'"(?:[^"\\\x00-\x1f\x7f-\x9f]|\\\\|\\"|'
                        r'\\x[0-9a-f]{2})*"')
    lines = as_text(b"".join(record(OPEN, file(s)) for s in HOSTILE))
    assert len(lines) == len(HOSTILE)
    for line, s in zip(lines, HOSTILE):
        word = line.split("read core ", 1)[1]
        assert word.endswith(", result -"), line
        word = word[:-len(", result -")]
        assert plain.fullmatch(word) or quoted.fullmatch(word), word
        assert word != "-", s
        back = word if word[0] != '"' else re.sub(
            r'\\(x[0-9a-f]{2}|.)',
            lambda m: m[1] if len(m[1]) == 1 else "\0" + m[1], word[1:-1])
        raw = re.sub(rb"\0x([0-9a-f]{2})",
                     lambda m: bytes.fromhex(m[1].decode()), back.encode())
        assert raw == s, (raw, s)
        for char in word:
            assert char not in "\u202e\u200b\u2066\ufeff\u2028"


def test_hostile_comm_in_message():
    """a message is safe to print"""
    for event in as_json(b"".join(record(OPEN, process(comm=s), file())
                                  for s in HOSTILE)):
        assert all(ord(c) >= 32 and not 0x7f <= ord(c) < 0xa0
                   for c in event["message"]), event["message"]


def test_colour():
    """colour is where it is asked for"""
    data = record(OPEN, process(), decision(3), file()) + \
        record(DUMP, process(), dump())
    assert b"\x1b" not in run("text", data)
    denied, dumped = run("colour", data).splitlines()
    assert b"\x1b[1;31mdenied" in denied
    assert b"\x1b[1mSIGSEGV\x1b[0m" in dumped


def test_times():
    """times at the edges"""
    for realtime, text in (
            (0, "1970-01-01T00:00:00.000000000Z"),
            (951782400 * 10**9 - 1, "2000-02-28T23:59:59.999999999Z"),
            (951782400 * 10**9, "2000-02-29T00:00:00.000000000Z"),
            (4107542400 * 10**9, "2100-03-01T00:00:00.000000000Z"),
            (2**64 - 1, "2554-07-21T23:34:33.709551615Z")):
        assert as_json(record(LOST, realtime=realtime))[0]["time"] == text


def test_start_time():
    """one process has one start time, until the clock is set"""
    data = b"".join(typical_open(realtime=REALTIME + offset) for offset in
                    (0, 2000, -5000, 900000, 3600 * 10**9, 0))
    starts = [event["process"]["start_time"] for event in as_json(data)]
    assert set(starts[:4]) == {"2026-11-23T20:28:40.123000000Z"}
    assert starts[4] == "2026-11-23T21:28:40.123000000Z"
    assert starts[5] == starts[0]


def test_sizes():
    """the longest record, and more ancestors than there may be"""
    data = record(OPEN, process(
        cmdline=b"\xff\0" * 8000, cwd=b"\x01" * 4096,
        ancestors=[ancestor(i, b"x") for i in range(20)]),
        file(b"\\" * 4096), attr(RULE, b"\xff" * 20000))
    assert len(data) < 65536
    event = as_json(data)[0]
    assert len(event["process"]["cmdline"]) == 8000
    assert len(event["process"]["ancestors"]) == 8
    assert event["file"]["path"] == "\\" * 4096
    assert original(event["rule"], True) == b"\xff" * 20000


def main(names):
    tests = [(name, test) for name, test in names.items()
             if name.startswith("test_")]
    failed = 0
    print(f"1..{len(tests)}")
    for number, (_, test) in enumerate(tests, 1):
        try:
            test()
        except Exception:
            failed += 1
            print(f"not ok {number} {test.__doc__}")
            print("# " + traceback.format_exc().replace("\n", "\n# "))
        else:
            print(f"ok {number} {test.__doc__}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(globals()))
