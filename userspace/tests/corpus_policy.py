#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Policies for a fuzzer to begin with, and the words in them.

Usage: corpus_policy.py DIRECTORY DICTIONARY
"""
import pathlib
import re
import sys

import policies_deny
from policies import BAD, GOOD, LAUGHS, WARNED

# Longer ones only repeat themselves.
MOST = 4096


def main():
    directory = pathlib.Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    policies = [text for _, text, *_ in GOOD + policies_deny.GOOD] + \
        [text for text, *_ in BAD + policies_deny.BAD + WARNED]
    policies = [text if isinstance(text, bytes) else text.encode()
                for text in policies + [LAUGHS]]
    for number, text in enumerate(policies):
        (directory / f"{number}").write_bytes(text[:MOST])
    words = {word for text in policies
             for word in re.findall(rb"[\w/.-]{3,20}|[\[\]{}$&*!|>%'\"?:-]", text)
             if word.isascii()}
    pathlib.Path(sys.argv[2]).write_text("".join(
        '"' + word.decode().replace('"', '\\"') + '"\n'
        for word in sorted(words)), encoding="ascii")


if __name__ == "__main__":
    main()
