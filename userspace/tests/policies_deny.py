# SPDX-License-Identifier: GPL-2.0
"""Policies that deny: those that may, and those that would do harm."""

from policies import rule

CHANGES = "type: [rename, link, unlink, attr]"

# As in policies.py.
GOOD = [
    ("reads are denied", rule("type: open, class: core, access: "
                              "[read, read-write, exec]", "deny"), 1, 0),
    ("reads are denied in containers",
     rule("type: open, class: core, access: [read, read-write, exec], "
          "initial_namespaces: false", "deny"), 1, 0),
    ("all is denied to a user", rule("type: open, user: daemon", "deny"), 1, 1),
    ("all is denied to a program",
     rule("type: open, executable: /usr/bin/env", "deny"), 1, 1),
    ("coredump_filter is denied", rule("class: coredump_filter", "deny"), 1, 0),
    ("removing is denied", rule("type: unlink", "deny"), 1, 0),
    ("removing core files is denied",
     rule("type: unlink, class: core", "deny"), 1, 0),
    ("every change is denied to users",
     rule(f"{CHANGES}, user: [daemon, 5]", "deny"), 1, 2),
    ("every change is denied to a program",
     rule(f"{CHANGES}, class: core, executable: /usr/bin/env", "deny"), 1, 1),
    ("opening and removing are denied to a user",
     rule("type: [open, unlink], class: core, user: 5", "deny"), 1, 1),
    ("all that can be is denied to a user",
     rule("type: [open, rename, link, unlink, attr], user: 5", "deny"), 1, 1),
]

HOW = "or name executables that are no helper, or users without root"
HELPER = ("this would keep a dump helper, as systemd-coredump, from writing "
          "core files: leave 'write' out with 'access: [read, read-write, "
          f"exec]', {HOW}")
DUMPS = ("no rule can deny a dump, as the kernel cannot be kept from making it: "
         "say what is meant with 'type', open for instance")
DISKS = ("no rule can deny opens of block devices, which udev, mount and fsck "
         "live by: leave 'block_device' out of 'class'")


def finishing(types):
    return ("this would keep a dump helper, as systemd-coredump, from giving "
            f"core files their names and attributes: leave {types} out, {HOW}")


# As in policies.py.
BAD = [
    (rule("type: dump", "deny"), (5, 11, DUMPS)),
    (rule("", "deny"), (5, 11, DUMPS)),
    (rule("type: [dump, open]", "deny"), (5, 11, DUMPS)),
    (rule("user: 5", "deny"), (5, 11, DUMPS)),
    (rule("type: open", "deny"), (5, 11, HELPER)),
    (rule("type: open, class: core", "deny"), (5, 11, HELPER)),
    (rule("class: core, access: write", "deny"), (5, 11, HELPER)),
    (rule("class: core, access: [read, write], user: [daemon, root]", "deny"),
     (5, 11, HELPER)),
    (rule("class: core, access: write, initial_namespaces: true", "deny"),
     (5, 11, HELPER)),
    (rule("class: core, access: write, group: daemon", "deny"),
     (5, 11, HELPER)),
    # systemd-coredump@.service has a mount namespace of its own.
    (rule("type: open, initial_namespaces: false", "deny"), (5, 11, HELPER)),
    (rule("type: attr, initial_namespaces: false", "deny"),
     (5, 11, finishing("attr"))),
    (rule("class: core", "deny"), (5, 11, HELPER),
     (5, 11, finishing("rename, link, attr"))),
    (rule("type: [open, attr], user: root", "deny"), (5, 11, HELPER),
     (5, 11, finishing("attr"))),
    (rule(CHANGES, "deny"), (5, 11, finishing("rename, link, attr"))),
    (rule("type: [link, unlink], class: core", "deny"),
     (5, 11, finishing("link"))),
    (rule("type: rename, group: daemon", "deny"), (5, 11, finishing("rename"))),
    (rule("type: attr, initial_namespaces: true", "deny"),
     (5, 11, finishing("attr"))),
    (rule("class: block_device", "deny"), (5, 11, DISKS)),
    (rule("class: [core, block_device], access: read", "deny"), (5, 11, DISKS)),
    (rule("class: block_device, user: daemon, executable: /usr/bin/env", "deny",
          "  enabled: false\n"), (5, 11, DISKS)),
    (rule("class: block_device, initial_namespaces: false", "deny"),
     (5, 11, DISKS)),
]
