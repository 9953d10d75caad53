# SPDX-License-Identifier: GPL-2.0
"""Records as the ABI describes them, made independently of the C header."""
import struct

(DUMP, OPEN, POLICY, LOST, RENAME, LINK, UNLINK, CHANGE,
 SUPPRESSED) = range(1, 10)
(PROCESS, ANCESTOR, SENDER, TARGET, FILE, TASK, CRED, NAMESPACES, COMM, EXE,
 CMDLINE, CWD, TTY, CGROUP, FILE_ID, PATH, DECISION, RULE, RESULT, A_DUMP,
 A_POLICY, A_LOST, ORIGIN, FS_PATH, NEW_FS_PATH, ATTRIBUTES, XATTR, XATTR_NAME,
 XATTR_VALUE, XATTR_OLD, A_SUPPRESSED, SUMMARY) = range(1, 33)
NESTED, CUT = 1, 2
NONE = 0xffffffff

REALTIME = 1795465721123456789      # 2026-11-23T20:28:41.123456789Z
BOOTTIME = 1000 * 10**9


def attr(kind, value, flags=0):
    return struct.pack("=HHI", kind, flags, len(value)) + value + \
        bytes(-len(value) % 8)


def nested(kind, *attrs):
    return attr(kind, b"".join(attrs), NESTED)


def record(kind, *attrs, seq=1, version=1, realtime=REALTIME):
    body = b"".join(attrs)
    return struct.pack("=IHBBQQQ", 32 + len(body), kind, version, 0, seq,
                       BOOTTIME, realtime) + body


def task(pid=812, tid=813, ppid=800, ns_pid=12, ns_tid=13, ns_ppid=0, sid=790,
         pgid=812, start_ns=BOOTTIME - 10**9):
    return attr(TASK, struct.pack("=8IQ", pid, tid, ppid, ns_pid, ns_tid,
                                  ns_ppid, sid, pgid, start_ns))


def cred(uid=1000, euid=1000, loginuid=NONE, sessionid=NONE,
         cap_effective=0):
    return attr(CRED, struct.pack("=10IQ", uid, euid, uid, euid, 100, 100, 100,
                                  100, loginuid, sessionid, cap_effective))


def namespaces(initial=1):
    return attr(NAMESPACES, struct.pack("=QQQII", 4026531841, 4026531836,
                                        4026531837, initial, 0))


def ancestor(pid, comm, exe=None):
    return nested(ANCESTOR, task(pid=pid), attr(COMM, comm),
                  attr(EXE, exe) if exe is not None else b"")


def process(comm=b"cat", exe=b"/usr/bin/cat", cmdline=b"cat\0core\0",
            cwd=b"/root", tty=b"pts/0", cgroup=b"/user.slice", ancestors=(),
            **ids):
    return nested(PROCESS, task(), cred(**ids), namespaces(), attr(COMM, comm),
                  attr(EXE, exe), attr(CMDLINE, cmdline), attr(CWD, cwd),
                  attr(TTY, tty), attr(CGROUP, cgroup), *ancestors)


def file_id(ino=131, generation=7, file_class=1, access=1, tagged=0,
            device=(8, 1)):
    return attr(FILE_ID, struct.pack("=IIQIIII", *device, ino, generation,
                                     file_class, access, tagged))


def origin(pid=55, comm=b"sleep", kind=1):
    return attr(ORIGIN, struct.pack("=IIQIIIIQ16s", 8, 1, 131, 7, kind, pid, 0,
                                    REALTIME, comm))


def file(path=b"/var/crash/core.1", flags=0, tag=b"", **identity):
    return nested(FILE, file_id(tagged=bool(tag), **identity),
                  attr(PATH, path, flags), tag)


def fs_file(path=b"/crash/core.1", flags=0, tag=b"", **identity):
    """One of which only the path within its file system is known."""
    return nested(FILE, file_id(access=0, tagged=bool(tag), **identity),
                  attr(FS_PATH, path, flags), tag)


def decision(verdict=2, priority=4):
    return attr(DECISION, struct.pack("=II", verdict, priority))


def result(fd=3, error=0):
    return attr(RESULT, struct.pack("=ii", fd, error))


FORCED, PRIVILEGED, ADDRESS, SIZE, DURATION = 1, 2, 4, 8, 16


def dump(signal=11, code=0, address=0, flags=SIZE | DURATION, dumpable=1,
         rlimit=2**64 - 1, pattern=1, outcome=1, size=385024,
         duration=12345678):
    return attr(A_DUMP, struct.pack("=iiQIIQIIQQ", signal, code, address,
                                    flags, dumpable, rlimit, pattern, outcome,
                                    size, duration))


def policy(change=1, old=0, new=1, enforcing=1):
    return attr(A_POLICY, struct.pack("=4I", change, old, new, enforcing))


def summary(count=1, denying=1, fallback=2, flags=0, digest=b"\x01" * 32,
            text_digest=bytes(32)):
    return attr(SUMMARY, struct.pack("=6I", flags, count, denying, fallback, 2, 0) +
                digest + text_digest)


def lost(count=12, first=5, last=16, cause=1):
    return attr(A_LOST, struct.pack("=QQQII", count, first, last, cause, 0))


def suppressed(kind=1, actor=1, uid=1000, count=12, first=5, last=16):
    return attr(A_SUPPRESSED, struct.pack(
        "=4I7Q", kind, actor, uid, 0, count, first, last,
        BOOTTIME - 3 * 10**9, REALTIME - 3 * 10**9,
        BOOTTIME - 10**9, REALTIME - 10**9))


CHANGED_MODE, CHANGED_UID, CHANGED_GID, CHANGED_SIZE = 1, 2, 4, 8


def attributes(changed, mode=(0, 0), uid=(0, 0), gid=(0, 0), size=(0, 0)):
    return attr(ATTRIBUTES, struct.pack("=8IQQ", changed, *mode, *uid, *gid, 0,
                                        *size))


def xattr(name, value=None, flags=0, old=None):
    return nested(XATTR, attr(XATTR_NAME, name),
                  b"" if old is None else attr(XATTR_OLD, old, flags),
                  b"" if value is None else attr(XATTR_VALUE, value, flags))


ACL = b"system.posix_acl_access"
ACL_USER_OBJ, ACL_USER, ACL_GROUP_OBJ, ACL_GROUP, ACL_MASK, ACL_OTHER = (
    1, 2, 4, 8, 16, 32)


def acl(*entries, version=2):
    """Of (tag, permissions, id), as the kernel stores it."""
    return struct.pack("<I", version) + b"".join(
        struct.pack("<HHI", *entry) for entry in entries)


def alteration(kind, *what, file_attr=None, errno=0, seq=1):
    """A core file is altered."""
    return record(kind, process(), decision(1, 5), attr(RULE, b"default"),
                  fs_file() if file_attr is None else file_attr, *what,
                  result(-1, errno), seq=seq)


def sender(comm=b"bash", pid=800, **ids):
    return nested(SENDER, task(pid=pid), cred(**ids), attr(COMM, comm))


def typical_open(**changes):
    parents = [ancestor(800, b"bash", b"/usr/bin/bash"),
               ancestor(790, b"sshd", b"/usr/sbin/sshd"),
               ancestor(700, b"sshd", b"/usr/sbin/sshd"),
               ancestor(1, b"systemd", b"/usr/lib/systemd/systemd")]
    return record(OPEN, process(ancestors=parents), decision(),
                  attr(RULE, b"default"), file(), result(), **changes)
