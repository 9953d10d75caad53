#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What becomes of core files: renames, links, unlinks, changes of attributes.

Usage: alter_test.py PROGRAM, which prints records from its standard input.
Speaks TAP.
"""
import sys

import print_test
from fields_test import fields, ours
from host_path_test import whole_mount
from print_test import HOSTILE, as_json, as_text, original
from records import (
    ACL, ACL_GROUP, ACL_GROUP_OBJ, ACL_MASK, ACL_OTHER, ACL_USER, ACL_USER_OBJ,
    ATTRIBUTES, CHANGE, CHANGED_GID, CHANGED_MODE, CHANGED_SIZE, CHANGED_UID,
    CUT, FILE, FS_PATH, LINK, NEW_FS_PATH, NONE, OPEN, PATH, RENAME, UNLINK,
    XATTR, XATTR_NAME, XATTR_VALUE, acl, alteration, attr, attributes, decision,
    file_id, fs_file, nested, origin, process, record, result, xattr)

DEVICE, MOUNT = whole_mount()
HERE = fs_file(device=DEVICE)
NOWHERE = fs_file(device=(4095, 1))
TYPES = {RENAME: "rename", LINK: "link", UNLINK: "unlink", CHANGE: "attr"}
LIST = acl((ACL_USER_OBJ, 6, NONE), (ACL_USER, 4, 1000), (ACL_USER, 7, 2**32 - 2),
           (ACL_GROUP_OBJ, 4, NONE), (ACL_GROUP, 1, 0), (ACL_MASK, 4, NONE),
           (ACL_OTHER, 0, NONE))
LIST_TEXT = ("user::rw-,user:1000:r--,user:4294967294:rwx,group::r--,"
             "group:0:--x,mask::r--,other::---")


def what(line):
    """What a line of text says of the event, without who it was."""
    return line.split(" uid 1000  ", 1)[1].split(", exe ", 1)[0]


def new_path(path, flags=0):
    return attr(NEW_FS_PATH, path, flags)


def all_three(data):
    """One event in each format: JSON, what of the text, fields."""
    return as_json(data)[0], what(as_text(data)[0]), ours(data)


def test_rename():
    """a rename says from where to where"""
    tagged = fs_file(device=DEVICE, tag=origin())
    event, text, entry = all_three(alteration(
        RENAME, new_path(b"/crash/new"), file_attr=tagged, seq=7))
    assert (event["seq"], event["type"]) == (7, "rename")
    assert (event["verdict"], event["rule"], event["priority"]) == \
        ("allowed", "default", "NOTICE")
    assert event["message"] == \
        f"core file moved to {MOUNT}/crash/new by cat (pid 812)"
    assert event["file"] == {
        "path": f"{MOUNT}/crash/core.1", "dev": "%d:%d" % DEVICE, "ino": 131,
        "generation": 7, "class": "core", "tagged": True, "origin": {
            "kind": "dump", "pid": 55, "comm": "sleep",
            "time": "2026-11-23T20:28:41.123456789Z"}}
    assert event["new_path"] == f"{MOUNT}/crash/new"
    assert event["result"] == {"errno": 0}
    assert event["process"]["comm"] == "cat"
    assert "new_fs_path" not in event and "attr" not in event
    assert text == (f"core {MOUNT}/crash/core.1 -> {MOUNT}/crash/new, "
                    "dumped by sleep[55], done")
    assert entry["PATH"].decode() == f"{MOUNT}/crash/core.1"
    assert entry["NEW_PATH"].decode() == f"{MOUNT}/crash/new"
    assert (entry["ERRNO"], entry["ORIGIN_PID"]) == (b"0", b"55")
    for name in ("FD", "ACCESS", "FS_PATH", "NEW_FS_PATH", "HOST_PATH", "CUT"):
        assert name not in entry, name


def test_link():
    """a link says the name that there is now besides, or why there is none"""
    event, text, entry = all_three(alteration(
        LINK, new_path(b"/b"), file_attr=HERE, errno=1))
    assert event["type"] == "link" and event["new_path"] == MOUNT + "/b"
    assert event["result"] == {"errno": 1}
    assert event["message"] == (f"core file linked as {MOUNT}/b by cat "
                                "(pid 812), which failed with EPERM")
    assert text == f"core {MOUNT}/crash/core.1 -> {MOUNT}/b, EPERM"
    assert entry["ERRNO"] == b"1" and entry["TYPE"] == b"link"


def test_unlink():
    """an unlink says which name went"""
    event, text, entry = all_three(alteration(UNLINK, file_attr=HERE))
    assert event["type"] == "unlink" and event["result"] == {"errno": 0}
    assert event["message"] == "core file unlinked by cat (pid 812)"
    assert text == f"core {MOUNT}/crash/core.1, done"
    assert entry["TYPE"] == b"unlink" and "NEW_PATH" not in entry


def test_attributes():
    """each attribute is told if it changed, and only then"""
    values = {"mode": (0o100600, 0o104755), "uid": (0, 1000), "gid": (5, 6),
              "size": (2**63, 0)}
    told = [(CHANGED_MODE, "mode", "0600", "4755", "mode"),
            (CHANGED_UID, "uid", 0, 1000, "owner"),
            (CHANGED_GID, "gid", 5, 6, "group"),
            (CHANGED_SIZE, "size", 2**63, 0, "size")]
    for changed in range(1, 32):
        event, text, entry = all_three(alteration(
            CHANGE, attributes(changed, **values), file_attr=HERE))
        there = [each for each in told if changed & each[0]]
        assert event["attr"] == {key: {"old": old, "new": new}
                                 for _, key, old, new, _ in there}, changed
        assert text == "core {}/crash/core.1{}{}, done".format(
            MOUNT, " " if there else "", ", ".join(
                f"{key} {old} -> {new}" for _, key, old, new, _ in there))
        assert {name: value.decode() for name, value in entry.items()
                if name.startswith("ATTR_")} == {
                    f"ATTR_{key.upper()}_{when}": str(value)
                    for _, key, old, new, _ in there
                    for when, value in (("OLD", old), ("NEW", new))}
        words = [word for *_, word in there] or ["attributes"]
        assert event["message"] == "{} of core file changed by cat (pid 812)" \
            .format(" and ".join(filter(None, (", ".join(words[:-1]), words[-1]))))


def test_no_id():
    """an owner without a number here is left out"""
    event, text, entry = all_three(alteration(
        CHANGE, attributes(CHANGED_UID, uid=(NONE, 5)), file_attr=HERE))
    assert event["attr"] == {"uid": {"new": 5}}
    assert text.endswith(" uid - -> 5, done")
    assert "ATTR_UID_OLD" not in entry and entry["ATTR_UID_NEW"] == b"5"


def test_xattr():
    """an extended attribute is set, or removed, which is something else"""
    event, text, entry = all_three(alteration(
        CHANGE, xattr(b"user.x", b"a b"), file_attr=HERE))
    assert event["attr"] == {"xattr": {"name": "user.x", "new": "a b"}}
    assert event["message"] == \
        "extended attribute user.x of core file changed by cat (pid 812)"
    assert text.endswith(' xattr user.x = "a b", done')
    assert (entry["XATTR"], entry["XATTR_NEW"]) == (b"user.x", b"a b")
    assert "XATTR_REMOVED" not in entry
    event, text, entry = all_three(alteration(
        CHANGE, xattr(b"user.x", b""), file_attr=HERE))
    assert event["attr"] == {"xattr": {"name": "user.x", "new": ""}}
    assert text.endswith(' xattr user.x = "", done')
    assert entry["XATTR_NEW"] == b""
    event, text, entry = all_three(alteration(
        CHANGE, xattr(b"user.x"), file_attr=HERE, errno=61))
    assert event["attr"] == {"xattr": {"name": "user.x", "removed": True}}
    assert event["message"] == (
        "extended attribute user.x of core file removed by cat (pid 812), "
        "which failed with ENODATA")
    assert text.endswith(" xattr user.x removed, ENODATA")
    assert entry["XATTR_REMOVED"] == b"1" and "XATTR_NEW" not in entry


def test_cut_xattr():
    """of a long value, that it is not whole"""
    event, text, entry = all_three(alteration(
        CHANGE, xattr(b"user.x", b"\xff" * 256, CUT)))
    assert event["attr"]["xattr"] == {
        "name": "user.x", "new": "\\xff" * 256, "cut": ["new"],
        "escaped": ["new"]}
    assert text.endswith('\\xff" (cut), done')
    assert entry["CUT"] == b"XATTR_NEW" and len(entry["XATTR_NEW"]) == 256
    # Not known at all is not removed.
    event, text, entry = all_three(alteration(
        CHANGE, xattr(b"user.x", b"", CUT)))
    assert event["attr"]["xattr"] == {"name": "user.x", "cut": ["new"]}
    assert text.endswith(" xattr user.x = - (cut), done")
    assert "XATTR_REMOVED" not in entry and "XATTR_NEW" not in entry


def test_acl():
    """an access control list is told in words"""
    for name in (ACL, b"system.posix_acl_default"):
        event, text, entry = all_three(alteration(CHANGE, xattr(name, LIST)))
        assert event["attr"] == {
            "xattr": {"name": name.decode(), "new": LIST_TEXT}}
        assert event["message"] == \
            "access control list of core file changed by cat (pid 812)"
        assert text.endswith(f" xattr {name.decode()} = {LIST_TEXT}, done")
        assert entry["XATTR_NEW"].decode() == LIST_TEXT
    event, text, _ = all_three(alteration(CHANGE, xattr(ACL)))
    assert event["attr"]["xattr"] == {"name": ACL.decode(), "removed": True}
    assert text.endswith(f" xattr {ACL.decode()} removed, done")


def test_old_acl():
    """what one was, as far as it was at hand"""
    event, text, entry = all_three(alteration(CHANGE, xattr(
        ACL, LIST, old=b"")))
    assert event["attr"]["xattr"] == {
        "name": ACL.decode(), "old": "", "new": LIST_TEXT}
    assert text.endswith(f" xattr {ACL.decode()} none -> {LIST_TEXT}, done")
    assert (entry["XATTR_OLD"], entry["XATTR_NEW"]) == (
        b"", LIST_TEXT.encode())
    event, text, entry = all_three(alteration(CHANGE, xattr(ACL, old=LIST)))
    assert event["attr"]["xattr"] == {
        "name": ACL.decode(), "old": LIST_TEXT, "removed": True}
    assert text.endswith(f" xattr {ACL.decode()} {LIST_TEXT} -> removed, done")
    assert entry["XATTR_OLD"].decode() == LIST_TEXT
    event, text, entry = all_three(alteration(CHANGE, xattr(
        ACL, LIST[:-1], CUT, old=LIST[:-1])))
    begun = LIST_TEXT.rsplit(",", 1)[0]
    assert event["attr"]["xattr"] == {
        "name": ACL.decode(), "old": begun, "new": begun,
        "cut": ["old", "new"]}
    assert text.endswith(f" {begun} (cut) -> {begun} (cut), done")
    assert entry["XATTR_OLD"] == entry["XATTR_NEW"] == begun.encode()


def test_long_acl():
    """of one that was cut, as many entries as are whole"""
    for length in (len(LIST) - 8, len(LIST) - 1):
        event, text, entry = all_three(alteration(
            CHANGE, xattr(ACL, LIST[:length], CUT)))
        begun = LIST_TEXT.rsplit(",", 1)[0]
        assert event["attr"]["xattr"] == {
            "name": ACL.decode(), "new": begun, "cut": ["new"]}
        assert text.endswith(f" = {begun} (cut), done")
        assert entry["CUT"] == b"XATTR_NEW"


def test_invalid_acl():
    """what is no access control list is bytes as any other"""
    for name, value in (
            (ACL, LIST[:-1]), (ACL, LIST[:3]), (ACL, b""), (ACL, acl()),
            (ACL, acl((ACL_USER_OBJ, 6, NONE), version=1)),
            (ACL, acl((3, 6, NONE))), (ACL, acl((0, 6, NONE))),
            (ACL, acl((ACL_OTHER, 8, NONE))),
            (ACL, LIST + acl((64, 0, NONE))[4:]),
            (b"user.posix_acl_access", LIST), (ACL + b"2", LIST),
            (ACL[:-1], LIST)):
        event, _, entry = all_three(alteration(CHANGE, xattr(name, value)))
        told = event["attr"]["xattr"]
        assert original(told["new"], "new" in told.get("escaped", [])) == value
        assert entry["XATTR_NEW"] == value


def test_not_mounted():
    """where a file system is not mounted here, names are told within it"""
    event, text, entry = all_three(alteration(
        RENAME, new_path(b"/a b"), file_attr=NOWHERE))
    assert event["file"]["fs_path"] == "/crash/core.1"
    assert event["new_fs_path"] == "/a b"
    assert "path" not in event["file"] and "host_path" not in event["file"]
    assert "new_path" not in event
    assert event["message"] == 'core file moved to "/a b" by cat (pid 812)'
    assert text == ('core /crash/core.1 (of device 4095:1) -> '
                    '"/a b" (of device 4095:1), done')
    assert entry["FS_PATH"] == b"/crash/core.1"
    assert entry["NEW_FS_PATH"] == b"/a b"
    assert "PATH" not in entry and "NEW_PATH" not in entry


def test_open():
    """the path of an open is the process's, and never taken for ours"""
    for path, key in ((attr(PATH, b"/core"), "path"),
                      (attr(PATH, b"", CUT), None)):
        event, _, entry = all_three(record(OPEN, process(), decision(), nested(
            FILE, file_id(device=DEVICE), path, attr(FS_PATH, b"/r/core")),
            result()))
        assert event["file"].get("path") == ("/core" if key else None)
        assert event["file"]["fs_path"] == "/r/core"
        assert event["file"]["host_path"] == MOUNT + "/r/core"
        assert entry.get("PATH") == (b"/core" if key else None)
        assert entry["HOST_PATH"].decode() == MOUNT + "/r/core"
        assert "FS_PATH" not in entry


def test_cut_names():
    """names that were too long are not known"""
    for device in (DEVICE, (4095, 1)):
        event, text, _ = all_three(alteration(
            RENAME, new_path(b"", CUT),
            file_attr=fs_file(b"", CUT, device=device)))
        assert event["file"]["cut"] == ["fs_path"]
        assert event["cut"] == ["new_fs_path"]
        for key in ("path", "fs_path", "host_path"):
            assert key not in event["file"]
        assert "new_path" not in event and "new_fs_path" not in event
        assert event["message"] == \
            "core file moved to an unknown name by cat (pid 812)"
        assert text == "core - -> -, done"
        assert [value for name, value in fields(alteration(
            RENAME, new_path(b"", CUT), file_attr=fs_file(b"", CUT)))
            if name == "COREDUMP_MON_CUT"] == [b"FS_PATH", b"NEW_FS_PATH"]


def test_unknown():
    """what is not there is left out, or a dash"""
    for kind, name in TYPES.items():
        data = record(kind, process())
        event, text, entry = all_three(data)
        assert event["type"] == name
        for key in ("file", "new_path", "new_fs_path", "result", "verdict"):
            assert key not in event
        arrow = " -> -" if kind in (RENAME, LINK) else ""
        assert text == f"- -{arrow}, result -"
        assert event["message"].endswith(" by cat (pid 812)")
        assert "ERRNO" not in entry and "PATH" not in entry
        # Nothing is left of the event before.
        both = as_json(alteration(kind, new_path(b"/x"), xattr(b"a", b"b"),
                                  file_attr=HERE) + data)
        assert both[1] == event
    # Not even the file system.
    data = alteration(RENAME, new_path(b"", CUT), file_attr=HERE) + \
        record(RENAME, process(), new_path(b"/x"))
    assert as_json(data)[1]["new_fs_path"] == "/x"
    assert "cut" not in as_json(data)[1]
    assert what(as_text(data)[1]) == "- - -> /x (of device -), result -"
    event, text, _ = all_three(record(CHANGE, process(), nested(XATTR)))
    assert event["attr"] == {"xattr": {"removed": True}}
    assert text == "- - xattr - removed, result -"
    event, text, _ = all_three(record(
        RENAME, process(), new_path(b"/x"), result(-1, 9999)))
    assert event["new_fs_path"] == "/x"
    assert text == "- - -> /x (of device -), errno 9999"
    assert event["message"].endswith(", which failed with errno 9999")


def test_short_structures():
    """half a structure is none, and one may have grown"""
    whole = attributes(CHANGED_UID, uid=(1, 2))
    for value, told in ((whole[8:-1], {}), (whole[8:], {"old": 1, "new": 2}),
                        (whole[8:] + bytes(8), {"old": 1, "new": 2})):
        event = as_json(alteration(CHANGE, attr(ATTRIBUTES, value)))[0]
        assert event["attr"].get("uid", {}) == told


def test_verdicts():
    """a verdict is told as that of an open"""
    for verdict, name, end in ((2, "would-deny", " would be denied when enforcing"),
                               (3, "denied", " was denied")):
        data = record(UNLINK, process(), decision(verdict), HERE)
        event = as_json(data)[0]
        assert event["verdict"] == name and event["priority"] == "WARNING"
        assert event["message"] == f"core file unlinked by cat (pid 812){end}"
        assert f" unlink {name} " in as_text(data)[0]


def test_message_ids():
    """each type has an id of its own"""
    ids = {kind: dict(fields(alteration(kind)))["MESSAGE_ID"].decode()
           for kind in (*TYPES, OPEN)}
    assert ids[RENAME] == "0b8095086f2846f6992f51f6cd68c7ae"
    assert ids[LINK] == "a9beda80ebac4c6a9dac3749f18dac26"
    assert ids[UNLINK] == "26b71b63e4ac45fabd7f109647dcf3ab"
    assert ids[CHANGE] == "e3249320e6f84a5d8046052ade9a59bb"
    assert len(set(ids.values())) == 5


def test_hostile():
    """any name and value can be had back, and none does harm"""
    for place in (DEVICE, (4095, 1)):
        data = b"".join(
            alteration(RENAME, new_path(b"/" + nasty),
                       file_attr=fs_file(b"/" + nasty, device=place)) +
            alteration(CHANGE, xattr(nasty, nasty)) for nasty in HOSTILE)
        events = as_json(data)
        for nasty, moved, changed in zip(HOSTILE, events[::2], events[1::2]):
            # A name with a NUL is none of a file: it leads nowhere.
            known = place == DEVICE and b"\0" not in nasty
            before = MOUNT.encode() if known else b""
            key = "path" if known else "fs_path"
            for where, name in ((moved["file"], key), (moved, "new_" + key)):
                assert original(where[name], name in where.get("escaped", [])) \
                    == before + b"/" + nasty
            told = changed["attr"]["xattr"]
            for name in ("name", "new"):
                assert original(told[name], name in told.get("escaped", [])) \
                    == nasty
        lines = as_text(data)
        assert len(lines) == 2 * len(HOSTILE)
        for text in lines + [event["message"] for event in events]:
            assert all(ord(c) >= 32 and not 0x7f <= ord(c) < 0xa0
                       and c not in "\u202e\u200b" for c in text), text
    for nasty in HOSTILE[:25]:
        entry = ours(alteration(CHANGE, xattr(nasty, nasty)))
        assert (entry["XATTR"], entry["XATTR_NEW"]) == (nasty, nasty)


def test_hostile_columns():
    """a name cannot pass for what stands beside it"""
    text = all_three(alteration(RENAME, new_path(b"/x, done"), file_attr=fs_file(
        b"/a -> /b", device=DEVICE)))[1]
    assert text == f'core "{MOUNT}/a -> /b" -> "{MOUNT}/x, done", done'
    message = as_json(alteration(RENAME, new_path(b"/x by init (pid 1)")))[0]
    assert message["message"] == \
        'core file moved to "/x by init (pid 1)" by cat (pid 812)'


def test_sizes():
    """the longest names, of which all is to be escaped"""
    longest = b"/" + b"\xff" * 4095
    event, text, entry = all_three(alteration(
        RENAME, new_path(longest), file_attr=fs_file(longest, device=DEVICE)))
    assert event["message"] == "core file moved to \"{}/{}\" by cat (pid 812)" \
        .format(MOUNT, "\\xff" * 4095)
    assert text.endswith('\\xff", done')
    assert entry["NEW_PATH"] == MOUNT.encode() + longest
    # And what the kernel does not make.
    event, text, entry = all_three(alteration(
        RENAME, new_path(b"/" * 30000),
        file_attr=fs_file(b"/" * 30000, device=DEVICE)))
    assert event["new_fs_path"] == "/" * 30000
    assert event["message"] == \
        "core file moved to an unknown name by cat (pid 812)"
    assert len(entry["FS_PATH"]) == 30000


if __name__ == "__main__":
    sys.exit(print_test.main(globals()))
