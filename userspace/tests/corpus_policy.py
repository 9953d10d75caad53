#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Policies for a fuzzer to begin with, and the words in them.

Usage: corpus_policy.py DIRECTORY DICTIONARY
"""
import base64
import pathlib
import re
import sys

import policies_deny
from policies import BAD, GOOD, LAUGHS, WARNED

# Longer ones only repeat themselves.
MOST = 4096

# What fuzzing found beyond these, a policy a line in base64: what else is reached by it
# than by the ones before.
FOUND = pathlib.Path(__file__).with_name("corpus") / "policy.txt"


def main():
    directory = pathlib.Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    policies = [text for _, text, *_ in GOOD + policies_deny.GOOD] + \
        [text for text, *_ in BAD + policies_deny.BAD + WARNED]
    policies = [text if isinstance(text, bytes) else text.encode()
                for text in policies + [LAUGHS]]
    for number, text in enumerate(policies):
        (directory / f"{number}").write_bytes(text[:MOST])
    for number, line in enumerate(FOUND.read_text(encoding="ascii").split()):
        (directory / f"found-{number}").write_bytes(base64.b64decode(line))
    words = {word for text in policies
             for word in re.findall(rb"[\w/.-]{3,20}|[\[\]{}$&*!|>%'\"?:-]", text)
             if word.isascii()}
    pathlib.Path(sys.argv[2]).write_text("".join(
        '"' + word.decode().replace('"', '\\"') + '"\n'
        for word in sorted(words)), encoding="ascii")


if __name__ == "__main__":
    main()
