#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Records for a fuzzer to begin with. Usage: corpus.py DIRECTORY"""
import pathlib
import sys

from records import (
    ADDRESS, COMM, CUT, DUMP, EXE, FORCED, LOST, OPEN, PATH, POLICY, TARGET,
    attr, cred, decision, dump, file, lost, nested, policy, process, record,
    result, sender, task, typical_open)

SEEDS = {
    "open": typical_open(),
    "denied": record(OPEN, process(), decision(3), file(), result(-1, 13)),
    "filter": record(OPEN, process(), file(file_class=2), nested(
        TARGET, task(), cred(), attr(COMM, b"x"), attr(EXE, b"/x"))),
    "forced": record(DUMP, process(), dump(flags=FORCED), file(), sender()),
    "fault": record(DUMP, process(comm=b"\xff\\\n"), dump(code=1, flags=ADDRESS)),
    "policy": record(POLICY, process(), policy(3), attr(PATH, b"/a"),
                     attr(PATH, b"/\xc3\xa9")),
    "lost": record(LOST, lost()) + record(LOST, lost(cause=2)),
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
