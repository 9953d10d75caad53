#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Records for a fuzzer to begin with. Usage: corpus.py DIRECTORY"""
import pathlib
import sys

from records import (
    ACL, ACL_GROUP_OBJ, ACL_MASK, ACL_OTHER, ACL_USER, ACL_USER_OBJ, ADDRESS,
    CHANGE, COMM, CUT, DUMP, EXE, FORCED, LINK, LOST, NEW_FS_PATH, NONE, OPEN,
    PATH, POLICY, RENAME, SUPPRESSED, TARGET, UNLINK, acl, alteration, attr,
    attributes, cred, decision, dump, file, fs_file, lost, nested, policy, process,
    record, result, sender, summary, suppressed, task, typical_open, xattr)

SEEDS = {
    "open": typical_open(),
    "denied": record(OPEN, process(), decision(3), file(), result(-1, 13)),
    "filter": record(OPEN, process(), file(file_class=2), nested(
        TARGET, task(), cred(), attr(COMM, b"x"), attr(EXE, b"/x"))),
    "forced": record(DUMP, process(), dump(flags=FORCED), file(), sender()),
    "fault": record(DUMP, process(comm=b"\xff\\\n"), dump(code=1, flags=ADDRESS)),
    "rules": record(POLICY, process(), policy(12, 1, 2, 0), summary(flags=1),
                    summary(2, text_digest=b"\x02" * 32)),
    "policy": record(POLICY, process(), policy(3), attr(PATH, b"/a"),
                     attr(PATH, b"/\xc3\xa9")),
    "suppressed": record(SUPPRESSED, suppressed(), process()) +
    record(SUPPRESSED, suppressed(2, 2)),
    "lost": record(LOST, lost()) + record(LOST, lost(cause=2)),
    "rename": alteration(RENAME, attr(NEW_FS_PATH, b"/x \xff")),
    "link": alteration(LINK, attr(NEW_FS_PATH, b"", CUT), errno=18),
    "unlink": alteration(UNLINK, file_attr=fs_file(b"", CUT)),
    "attributes": alteration(CHANGE, attributes(
        15, (0o100600, 0o104755), (0, NONE), (1, 2), (3, 2**63))),
    "xattr": alteration(CHANGE, xattr(b"user.\n", b"\0\xff\\", CUT)),
    "removed": alteration(CHANGE, xattr(ACL)),
    "acl": alteration(CHANGE, xattr(ACL, acl(
        (ACL_USER_OBJ, 6, NONE), (ACL_USER, 4, 1000), (ACL_GROUP_OBJ, 4, NONE),
        (ACL_MASK, 4, NONE), (ACL_OTHER, 0, NONE)))),
    "cut": record(OPEN, process(cmdline=b"a\0\xe2\x80\xae"),
                  file(b"/cut", CUT)),
}


def main():
    directory = pathlib.Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    for name, seed in SEEDS.items():
        (directory / name).write_bytes(seed)


if __name__ == "__main__":
    main()
