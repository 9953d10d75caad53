#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What `coredump-mon policy check` takes, and what it says of what it does not.

Usage: policy_test.py PROGRAM, the tool. Speaks TAP.
"""
import atexit
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import policies_deny
from policies import (BAD, GOOD, LAUGHS, TRUST, TYPICAL, VERSION, WARNED, rule)
from policies_deny import HELPER
from print_test import main

TOOL = sys.argv[1]
ROOT = os.geteuid() == 0
# Others may not write to what is made here.
os.umask(0o022)
PLACE = pathlib.Path(tempfile.mkdtemp())
atexit.register(shutil.rmtree, PLACE)
FILE = PLACE / "policy.yaml"


def check(text, *options):
    FILE.write_bytes(text if isinstance(text, bytes) else text.encode())
    done = subprocess.run([TOOL, "policy", "check", *options, FILE],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False)
    return (done.returncode, done.stdout.decode("utf-8"),
            done.stderr.decode("utf-8"))


def taken(text, *options):
    status, out, err = check(text, *options)
    assert (status, err) == (0, ""), err
    return out


def found(lines):
    """Each error or warning as (line, column, words)."""
    assert len(lines) % 3 == 0, lines
    errors = []
    for head, shown, caret in zip(lines[::3], lines[1::3], lines[2::3]):
        assert head.startswith(f"{FILE}:"), head
        line, column, words = head[len(f"{FILE}:"):].split(":", 2)
        assert shown.startswith(f"{line:>6} | "), shown
        assert caret.startswith("       | ") and caret.endswith("^"), caret
        errors.append((int(line), int(column), words[1:]))
    assert errors == sorted(errors, key=lambda error: error[:2])
    return errors


def refused(text):
    """What is found, and the last line."""
    status, out, err = check(text)
    assert (status, out) == (1, ""), (status, out)
    lines = err.split("\n")
    assert lines.pop() == ""
    last = lines.pop()
    assert last.startswith(f"coredump-mon: '{FILE}' has "), err
    return found(lines), last


def number(count, one, more):
    return f"{count} {one if count == 1 else more}"


def test_good():
    """what is right is taken, and counted"""
    for name, text, rules, entries in GOOD + policies_deny.GOOD:
        assert taken(text) == (
            f"{FILE}: {number(rules, 'rule', 'rules')}, "
            f"{number(entries, 'list entry', 'list entries')}\n"), name


def test_round_trip():
    """what is written reads to the same"""
    for name, text, rules, entries in GOOD + policies_deny.GOOD:
        written = taken(text, "--print")
        assert taken(written, "--print") == written, name
        assert f": {rules} rule" in taken(written), name
        assert f", {entries} list entr" in taken(written), name


def test_written():
    """lists are expanded in it, and what was left out is there"""
    assert taken(TYPICAL, "-p") == '''\
version: 1
mode: permissive
watch:
  directories:
  - "/var/lib/systemd/coredump"
  - "/var/crash"
  files: []
  classes:
    coredump_filter: true
    block_device: false
rules:
- name: "Trusted reader"
  enabled: true
  match:
    type: [open]
    class: [core]
    access: [read]
    executable:
    - "/usr/bin/env"
    user:
    - "root"
    - "1000"
  action: ignore
  priority: NOTICE
- name: "Core dump read"
  enabled: true
  description: "An attempt to read a core dump."
  match:
    type: [open]
    class: [core]
    access: [read, read-write, exec]
  action: deny
  priority: WARNING
  message: "core dump read by %process.comm"
  tags:
  - "mitre_credential_access"
  - "T1003.007"
default: log
'''


def test_bad():
    """what is wrong is told, each thing where it is"""
    for text, *expected in BAD + policies_deny.BAD:
        errors, last = refused(text)
        assert sorted(errors) == sorted(expected), \
            f"{text[:300]!r}\n{errors}\n{expected}"
        assert last.endswith("has an error" if len(expected) == 1 else
                             f"has {len(expected)} errors")


def test_warned():
    """what is taken and hardly meant is told, if nothing is wrong"""
    for text, *expected in WARNED:
        status, out, err = check(text)
        assert (status, out[:len(str(FILE))]) == (0, str(FILE)), err
        assert found(err.split("\n")[:-1]) == [
            (line, column, f"warning: {words}")
            for line, column, words in expected]
        written = check(text, "-p")[1]
        assert check(written, "-p")[:2] == (0, written)
    errors, _ = refused(rule("user: [], type: opne"))
    assert [error[:2] for error in errors] == [(4, 27)]
    status, _, err = check(VERSION + "rules:\n" + "".join(
        f"- {{name: {n}, match: {{user: []}}, action: log}}\n"
        for n in range(100)))
    assert status == 0 and len(found(err.split("\n")[:-1])) == 20


def test_many_errors():
    """of very many errors the first are told"""
    errors, last = refused(VERSION + "".join(f"x{n}: 1\n" for n in range(5000)))
    assert [error[0] for error in errors] == list(range(2, 22))
    assert last.endswith("has more than 20 errors")
    errors, last = refused(VERSION + "".join(f"x{n}: 1\n" for n in range(20)))
    assert len(errors) == 20 and last.endswith("has 20 errors")


def excerpt(text):
    return check(text)[2].split("\n")[1:3]


def test_excerpt():
    """the line is shown as it is, as far as that does no harm, and the place"""
    assert excerpt(VERSION + "mode:   off\r\n") == \
        ["     2 | mode:   off", "       |         ^"]
    assert excerpt(VERSION + "mode: off # \\ é \u202e\n") == \
        ["     2 | mode: off # \\ é \\xe2\\x80\\xae", "       |       ^"]
    assert excerpt(VERSION + '"é\u202e\\\\": [\t\u20ac ] # x\nmode: off') == \
        ['     2 | "é\\xe2\\x80\\xae\\\\": [ \u20ac ] # x', "       | ^"]
    assert excerpt(VERSION + "{'\u202e': 1, 'b': 2}\n")[1] == "       | ^"
    assert excerpt("{version: 1, '\u200b': 1}\n") == \
        ["     1 | {version: 1, '\\xe2\\x80\\x8b': 1}", "       |" + 14 * " " + "^"]
    assert excerpt("{'version': 1, \t'\t\u200b': &x 1}") == \
        ["     1 | {'version': 1,  ' \\xe2\\x80\\x8b': &x 1}",
         "       |" + 34 * " " + "^"]
    assert excerpt("version: 1\0") == \
        ["     1 | version: 1\\x00", "       |           ^"]


def test_long_line():
    """of a long line, what stands around the place is shown"""
    shown, caret = excerpt("{version: 1, " + "x" * 500 + ": 1, " + "y" * 500 +
                           ": 2}")
    assert shown == "     1 | {version: 1, " + "x" * 87 + "..."
    assert caret == "       |" + 14 * " " + "^"
    text = "version: 1 #" + "z" * 300 + "\0" + "z" * 300
    shown, caret = excerpt(text)
    assert shown == "     1 | ..." + "z" * 60 + "\\x00" + "z" * 39 + "..."
    assert shown[len(caret) - 1:].startswith("\\x00")
    shown, caret = excerpt("version: 1 #" + "é" * 300 + "\0")
    assert shown[len(caret) - 1:] == "\\x00"


def quickly(text):
    begun = time.monotonic()
    errors, _ = refused(text)
    assert time.monotonic() - begun < 20
    return errors


def test_bombs():
    """what is made to take long is refused at once"""
    assert quickly(LAUGHS)[0][2].startswith("the anchor '&a'")
    for text in ("[" * (1 << 20), "{" * (1 << 20), "- " * (1 << 19),
                 "a: " * 300000, "? " * (1 << 19), "a:\n" * 300000,
                 "[a," * 300000, "\n".join(" " * n + "-" for n in range(1400))):
        quickly(text)
    assert quickly("[" + "a," * 500000 + "]")[0][2] == \
        "more than 200000 keys and values"
    assert quickly("".join(f"a{n}: 1\n" for n in range(90000)))
    assert quickly("\0" * (1 << 20))
    assert quickly("version: 1 # " + "x" * (1 << 20 >> 1) + "\0" * 4096)
    assert quickly(VERSION + "lists: {x: [" + "no," * 4096 + "]}\nrules:\n" +
                   "- {name: x, action: log, match: {user: $x}}\n" * 1000)
    assert quickly(VERSION + "lists:\n" + "".join(
        f" {'x' * 60}{n}: []\n" for n in range(256)) + "rules:\n" +
                   "- {name: x, action: log, match: {user: [" +
                   f"${'y' * 62}, " * 15000 + "]}}\n")


def test_size():
    """a file has at most a mebibyte"""
    most = 1 << 20
    text = VERSION + "# " + "x" * (most - len(VERSION) - 3) + "\n"
    assert len(text) == most
    taken(text)
    status, out, err = check(text + "\n")
    assert (status, out) == (1, "")
    assert err == (f"coredump-mon: '{FILE}' has more than 1048576 bytes, which "
                   "no policy may have\n")


def error_of(text):
    errors, _ = refused(text)
    assert len(errors) == 1, errors
    return errors[0][2]


def program(path, mode=0o755):
    shutil.copyfile("/usr/bin/env", path)
    os.chmod(path, mode)
    return path


def test_untrusted():
    """a program that others can put something else for is refused"""
    PLACE.chmod(0o755)
    path = program(PLACE / "program")
    assert error_of(rule(f"executable: {path}")).endswith(TRUST)
    (PLACE / "link").symlink_to("/usr/bin/env")
    assert error_of(rule(f"executable: {PLACE}/link")).endswith(TRUST)
    (PLACE / "directory").symlink_to("/usr/bin")
    assert error_of(rule(f"executable: {PLACE}/directory/env")).endswith(TRUST)


def test_trust():
    """each directory and link that leads to a program counts"""
    if not ROOT:
        return
    with tempfile.TemporaryDirectory(dir="/run") as name:
        place = pathlib.Path(name)
        place.chmod(0o755)
        path = program(place / "program")
        (place / "bin").mkdir()
        (place / "bin/link").symlink_to("../program")
        (place / "bin/chain").symlink_to(f"{place}/bin//link")
        (place / "loop").symlink_to("loop")
        (place / "up").symlink_to(f"{place}/bin/..")
        links = [place / "bin/link", place / "bin/chain", place / "up/program",
                 f"{place}/./bin/../program"]

        def matches(path):
            return rule(f"executable: '{path}'")

        for good in [path] + links:
            taken(matches(good))
        assert error_of(matches(place / "loop")) == \
            f"'{place}/loop' leads through too many symbolic links"
        for mode, who in ((0o757, "writable by everybody"),
                          (0o775, "writable by group 0")):
            path.chmod(mode)
            for bad in [path] + links:
                assert error_of(matches(bad)).endswith(
                    f"/program' is {who}: {TRUST}")
            path.chmod(0o755)
            (place / "bin").chmod(mode)
            taken(matches(path))
            for bad in links:
                assert f"/bin' is {who}" in error_of(matches(bad))
            (place / "bin").chmod(0o755)
        os.chown(path, 1, 0)
        assert error_of(matches(place / "bin/chain")).endswith(
            f"/program' belongs to user 1: {TRUST}")
        os.chown(path, 0, 0)
        path.chmod(0o644)
        assert error_of(matches(path)) == \
            f"'{path}' is no regular file that can be executed"
        script = place / "script"
        script.write_text("#!/bin/sh\n", encoding="ascii")
        script.chmod(0o755)
        assert error_of(matches(script)) == (
            f"'{script}' is a script: what opens files is its interpreter, "
            "which runs others' scripts too")


def test_helper():
    """no rule keeps a program that is known to write cores from doing so"""
    if not ROOT:
        return
    match = "class: core, access: [write, read]"
    with tempfile.TemporaryDirectory(dir="/run") as name:
        place = pathlib.Path(name)
        place.chmod(0o755)
        helper = program(place / "systemd-coredump")
        other = program(place / "other")
        assert error_of(rule(f"{match}, executable: [{other}, {helper}]",
                             "deny")) == HELPER
        taken(rule(f"{match}, executable: {other}", "deny"))
        taken(rule(f"{match}, executable: {helper}, user: 1", "deny"))
        taken(rule(f"{match}, executable: {helper}", "log"))


def test_cgroups():
    """a cgroup is one that is there"""
    with open("/proc/self/cgroup", encoding="utf-8") as groups:
        own = [line[3:].rstrip("\n") for line in groups
               if line.startswith("0::")]
    mounts = ("/sys/fs/cgroup", "/sys/fs/cgroup/unified")
    if not own or not any(os.path.exists(f"{mount}/cgroup.procs") and
                          os.path.exists(f"{mount}/cgroup.controllers")
                          for mount in mounts):
        assert error_of(rule("cgroup: /x")) == \
            "no cgroup v2 hierarchy is mounted at /sys/fs/cgroup here"
        return
    taken(rule("cgroup: /"))
    assert error_of(rule("cgroup: /no/such/group")) == (
        "cannot look at the cgroup '/no/such/group': "
        "No such file or directory")


def test_order():
    """lists may stand above or below what names them, and keys in any order"""
    lists = "lists: {who: [root]}\n"
    rules = "rules: [{action: log, match: {user: $who}, name: x}]\n"
    assert taken(VERSION + lists + rules, "-p") == \
        taken(rules + lists + VERSION, "-p")


def test_defaults():
    """what is left out has the value that the manual says"""
    text = taken(VERSION + "rules:\n- {name: a, match: {}, action: log}\n"
                 "- {name: b, match: {access: read}, action: ignore}\n"
                 "- {name: c, match: {access: read, class: core}, "
                 "action: deny}\n"
                 "- {name: d, match: {type: unlink}, action: deny}\n"
                 "- {name: e, match: {access: read}, action: deny}\n", "-p")
    for expected in ("version: 1\nwatch:\n", "default: log\n",
                     "coredump_filter: true\n", "block_device: true\n",
                     '"a"\n  enabled: true\n  match: {}\n  action: log\n'
                     '  priority: NOTICE\n',
                     '"b"\n  enabled: true\n  match:\n    type: [open]\n'
                     '    access: [read]\n  action: ignore\n',
                     '  action: deny\n  priority: WARNING\n',
                     '"d"\n  enabled: true\n  match:\n    type: [unlink]\n'
                     '    class: [core]\n  action: deny\n',
                     '"e"\n  enabled: true\n  match:\n    type: [open]\n'
                     '    class: [core, coredump_filter]\n'):
        assert expected in text, expected
    assert "directories" not in text


def test_manual():
    """the examples of the manual are policies, and each key is told there"""
    page = (pathlib.Path(__file__).parent.parent /
            "man/coredump-mon.policy.5").read_text(encoding="utf-8")
    examples = re.findall(r"^\.EX\n(.*?)^\.EE$", page, re.M | re.S)
    assert len(examples) == 3
    for example in examples:
        # It may not be installed here.
        taken(example.replace("\\-", "-").replace("coredumpctl", "env"))
    lists = " ".join(words for errors in BAD for _, _, words in errors[1:])
    for keys in re.findall(r"expected keys \(([^)]*)\)", lists):
        for key in keys.split(", "):
            assert re.search(rf"^\.BR? (.* )?{key}\b", page, re.M), key


def test_shipped():
    """the policies that are shipped are policies, also what is commented out"""
    here = pathlib.Path(__file__).parent.parent
    shipped = sorted(here.glob("examples/*.yaml"))
    assert [path.stem for path in shipped] == ["auditd", "capsule8", "falco"]
    for path in shipped + [here / "packaging/policy.yaml"]:
        text = path.read_text(encoding="ascii")
        assert max(len(line) for line in text.split("\n")) <= 80
        taken(text)
    written = taken(text, "-p")
    assert "deny" not in written and "mode" not in written
    assert "default: log" in written and "directories" not in written
    # It may not be installed here.
    profile = re.sub("^#:", "", text, flags=re.M).replace("coredumpctl\n",
                                                          "env\n")
    written = taken(profile, "-p")
    assert "mode: enforcing" in written and "action: deny" in written
    assert '"/usr/bin/env"' in written


def test_json():
    """a policy in JSON is one, whatever its texts are"""
    for text in ("a", "\u00e9\\\"'", "#", "- a", "*a", "&a", "!a", "%", "@",
                 "a: b", "?", "{", "\U0001f4a9"):
        policy = {"version": 1, "rules": [{
            "name": text, "match": {}, "action": "log", "tags": [text]}]}
        for ascii_only in (True, False):
            # A surrogate pair is no character to YAML.
            if ascii_only and ord(text[0]) > 0xffff:
                continue
            taken(json.dumps(policy, ensure_ascii=ascii_only))


if __name__ == "__main__":
    sys.exit(main(globals()))
