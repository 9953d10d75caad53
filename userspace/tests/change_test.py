#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What changes of what is watched, refused or seen are told as.

Usage: change_test.py PROGRAM, which prints records from its standard input.
Speaks TAP.
"""
import sys

import print_test
from print_test import as_json, as_text
from records import (OPEN, PATH, POLICY, SUMMARY, attr, decision, file, origin,
                     policy, process, record, summary)


def test_policy():
    """a change of policy says old and new"""
    data = record(POLICY, process(), policy()) + \
        record(POLICY, process(), policy(3, 4, 2, 0), attr(PATH, b"/a"),
               attr(PATH, b"/b c")) + \
        record(POLICY, process(), policy(4, 0, 1, 0), file()) + \
        record(POLICY, policy(10, 1, 0, 0), attr(PATH, b"/a")) + \
        b"".join(record(POLICY, process(), policy(4, 0, 1, 0),
                        file(tag=origin(pid, comm, 6)))
                 for pid, comm in ((55, b"sleep"), (0, b"")))
    mode, directories, tag, followed, gcore, _ = as_json(data)
    assert (mode["change"], mode["old"], mode["new"], mode["enforcing"]) == \
        ("mode", "permissive", "enforcing", True)
    assert mode["verdict"] == "allowed"
    assert mode["message"] == "mode set to enforcing by cat (pid 812)"
    assert (directories["old"], directories["new"]) == (4, 2)
    assert (directories["paths"], directories["enforcing"]) == (["/a", "/b c"], False)
    assert (tag["change"], tag["file"]["path"]) == ("tag-add", "/var/crash/core.1")
    assert (followed["change"], followed["paths"]) == ("followed", ["/a"])
    assert followed["message"] == "watched paths lead elsewhere than before"
    text = as_text(data)
    assert "mode permissive -> enforcing, enforcing now" in text[0]
    assert 'directories 4 -> 2 /a "/b c", permissive now' in text[1]
    assert "followed 1 -> 0 /a, permissive now" in text[3]
    assert gcore["file"]["origin"]["kind"] == "gcore"
    assert "memory of sleep[55], permissive now" in text[4]
    assert "memory of one of several processes, permissive now" in text[5]


def test_probes():
    """that less is seen is told, without anybody who did it"""
    off, on, missed, returns = as_json(record(POLICY, policy(6, 1, 0, 0)) +
                                       record(POLICY, policy(6, 0, 1, 0)) +
                                       record(POLICY, policy(7, 2, 5, 0)) +
                                       record(POLICY, policy(8, 1, 0, 0)))
    assert (off["change"], off["old"], off["new"]) == ("kprobes", 1, 0)
    assert off["message"] == ("kprobes were switched off: what they saw is not "
                              "seen until debugfs's kprobes/enabled is 1")
    assert off["priority"] == missed["priority"] == "WARNING"
    assert (on["message"], on["priority"]) == ("kprobes work again", "NOTICE")
    assert missed["message"] == "probes missed hits"
    assert (returns["change"], returns["priority"]) == ("kretprobes", "WARNING")
    text = as_text(record(POLICY, policy(6, 1, 0, 0)) +
                   record(POLICY, policy(7, 2, 5, 0)))
    assert "kprobes switched OFF, permissive now" in text[0]
    assert "missed 2 -> 5, permissive now" in text[1]


def test_rules():
    """that other rules are in force is told, and how many"""
    data = record(POLICY, process(), policy(12, 1, 1000, 0)) + \
        record(POLICY, process(), policy(11, 0, 3, 0))
    rules, tags = as_json(data)
    assert (rules["change"], rules["old"], rules["new"], rules["enforcing"]) == \
        ("rules", 1, 1000, False)
    assert rules["message"] == "rules replaced by cat (pid 812)"
    assert (rules["verdict"], rules["priority"]) == ("allowed", "NOTICE")
    assert tags["message"] == "tags restored by cat (pid 812)"
    assert "rules 1 -> 1000, permissive now" in as_text(data)[0]


def test_summaries():
    """rules are told with what they come to, before and after"""
    data = record(POLICY, process(), policy(12, 1, 3, 0),
                  summary(flags=1, digest=bytes(range(32))),
                  summary(3, 2, 1, digest=b"\xab" * 32, text_digest=b"\xcd" * 32))
    rules = as_json(data)[0]
    assert rules["old_rules"] == {
        "count": 1, "denying": 1, "builtin": True, "default": "log",
        "digest": bytes(range(32)).hex()}
    assert rules["new_rules"] == {
        "count": 3, "denying": 2, "builtin": False, "default": "ignore",
        "digest": "ab" * 32, "text_digest": "cd" * 32}
    assert ("rules 1 -> 3 (2 deny, default ignore, digest abababababab, text "
            "cdcdcdcdcdcd; before: built in, 1 denies, default log, digest "
            "000102030405), permissive now") in as_text(data)[0]
    # One alone says nothing, nor one that is cut; a third is none of ours.
    for some in ((summary(),), (summary(), attr(SUMMARY, b"x" * 80)),
                 (attr(SUMMARY, b""), summary())):
        alone = as_json(record(POLICY, process(), policy(12, 1, 3, 0), *some))[0]
        assert "old_rules" not in alone and "new_rules" not in alone
    three = as_json(record(POLICY, process(), policy(12, 1, 3, 0), summary(),
                           summary(2), summary(9)))[0]
    assert three["new_rules"]["count"] == 2
    # A newer module says more of them, and has actions that we do not know.
    longer = as_json(record(POLICY, process(), policy(12, 1, 3, 0), *[
        attr(SUMMARY, summary(5, fallback=7)[8:] + b"more")] * 2))[0]
    assert longer["old_rules"]["count"] == 5
    assert "default" not in longer["old_rules"]


def test_lock():
    """that it is locked is told"""
    data = record(POLICY, process(), policy(13, 0, 1, 1))
    lock = as_json(data)[0]
    assert (lock["change"], lock["old"], lock["new"], lock["enforcing"]) == \
        ("lock", 0, 1, True)
    assert lock["message"] == "locked until reboot by cat (pid 812)"
    assert "lock until reboot, enforcing now" in as_text(data)[0]


def test_priorities():
    """each of syslog's levels has its name, and what is none is not told"""
    events = as_json(b"".join(
        record(OPEN, process(), decision(1, level), file())
        for level in range(9)))
    assert [event["priority"] for event in events] == [
        "EMERGENCY", "ALERT", "CRITICAL", "ERROR", "WARNING", "NOTICE", "INFO",
        "DEBUG", "NOTICE"]


if __name__ == "__main__":
    sys.exit(print_test.main(globals()))
