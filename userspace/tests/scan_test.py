#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What `coredump-mon tags scan` finds, and what it takes for none.

Usage: scan_test.py PROGRAM, the tool, where the module is not. Speaks TAP.
"""
import atexit
import fcntl
import gzip
import json
import lzma
import os
import pty
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zlib

from print_test import main


def everybodys(program):
    """A copy that every user may execute, wherever the original is."""
    place = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, place)
    os.chmod(place, 0o755)
    return shutil.copy(program, place)


TOOL = everybodys(sys.argv[1])
ROOT = os.geteuid() == 0
NOBODY = 65534


def elf(bits=64, order="<", e_type=4, machine=62):
    """An ELF header, and something behind it."""
    ident = b"\x7fELF" + bytes((bits // 32, 1 if order == "<" else 2, 1))
    head = ident.ljust(16, b"\0") + struct.pack(order + "HHI", e_type,
                                                machine, 1)
    return head.ljust(52 if bits == 32 else 64, b"\0") + b"memory" * 1000


def packed(program, data):
    return subprocess.run([program, "-q", "-c"], input=data, check=True,
                          stdout=subprocess.PIPE).stdout


def report(core=True, before=0):
    return (b"ProblemType: Crash\nArchitecture: amd64\nNotes:\n" +
            b" more of it\n" * before +
            (b"CoreDump: base64 \n H4sIAAAAAAAC/0NvcmVEdW1wAA==\n" if core
             else b"Signal: 11\n"))


class Place:
    """A directory with files in it, and what is found there."""

    def __init__(self, files=None):
        self.path = os.path.realpath(tempfile.mkdtemp().encode())
        os.chmod(self.path, 0o755)
        for name, data in (files or {}).items():
            self.write(name, data)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path)

    def at(self, name):
        return os.path.join(self.path, os.fsencode(name))

    def write(self, name, data=elf(), mode=0o644):
        with open(self.at(name), "wb") as file:
            file.write(data)
        os.chmod(self.at(name), mode)

    def run(self, *options, status=0, user=None, error=b""):
        def become():
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            if user:
                os.setgroups([])
                os.setresgid(user, user, user)
                os.setresuid(user, user, user)
        done = subprocess.run(
            [TOOL, "tags", "scan", *options, self.path], check=False,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
            preexec_fn=become, env={**os.environ, "TZ": "UTC"})
        assert done.returncode == status, (done.returncode, done.stderr)
        assert error in done.stderr if error else not done.stderr, done.stderr
        return done.stdout

    def found(self, **how):
        lines = self.run("--json", **how).decode("utf-8").split("\n")
        assert lines.pop() == ""
        return [json.loads(line) for line in lines]

    def kinds(self, **how):
        top = os.fsdecode(self.path) + "/"
        return {one["path"].removeprefix(top): one["kind"]
                for one in self.found(**how)}


def test_elf():
    """ELF cores of both classes and byte orders, of any machine"""
    files = {f"{bits}{order}{machine}": elf(bits, order, machine=machine)
             for bits in (32, 64) for order in "<>"
             for machine in (3, 62, 183, 0xffff)}
    with Place(files) as place:
        assert place.kinds() == dict.fromkeys(files, "elf")


def test_real():
    """a core that the kernel wrote"""
    with open("/proc/sys/kernel/core_pattern", encoding="ascii") as pattern:
        if not re.fullmatch(r"[\w.%]+\n", pattern.read()):
            return
    with Place() as place:
        limit = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        child = subprocess.Popen(
            ["sleep", "60"], cwd=place.path, preexec_fn=lambda:
            resource.setrlimit(resource.RLIMIT_CORE, limit))
        time.sleep(0.1)
        child.send_signal(signal.SIGSEGV)
        child.wait()
        assert [one["kind"] for one in place.found()] == ["elf"]


def test_packed():
    """in zstd, lz4, xz and gzip, and in each other"""
    core = elf() + os.urandom(500000)
    files = {"xz": lzma.compress(core), "gzip": gzip.compress(core)}
    if shutil.which("zstd"):
        files["zstd"] = packed("zstd", core)
    if shutil.which("lz4"):
        files["lz4"] = packed("lz4", core)
    with Place(files) as place:
        assert place.kinds() == {name: name for name in files}
    with Place({"twice": gzip.compress(lzma.compress(core)),
                "best": lzma.compress(core, preset=9)}) as place:
        assert place.kinds() == {"twice": "gzip", "best": "xz"}


def test_cut():
    """what is cut off behind its beginning is one still"""
    core = elf() + os.urandom(500000)
    with Place({"elf": elf()[:64], "32": elf(32)[:52],
                "xz": lzma.compress(core)[:200000],
                "gzip": gzip.compress(core)[:200000]}) as place:
        assert place.kinds() == {"elf": "elf", "32": "elf", "xz": "xz",
                                 "gzip": "gzip"}


def test_apport():
    """reports of apport with a core, wherever in a part of the file it begins"""
    files = {f"report{n}": report(before=n) for n in (0, 1, 100000)}
    for n in range(30):
        pad = 65536 - len(report(before=0)) + n
        files[f"edge{n}"] = report().replace(b"Notes:", b"Notes: " + b"x" * pad)
    with Place(files) as place:
        assert place.kinds() == dict.fromkeys(files, "apport")


def test_near_misses():
    """what is no core file, and no reason to fail either"""
    files = {
        "rel": elf(e_type=1), "exec": elf(e_type=2), "dyn": elf(e_type=3),
        "high": elf(e_type=0x0404), "swapped": elf(e_type=0x0400),
        "class0": b"\x7fELF\0" + elf()[5:], "class3": b"\x7fELF\3" + elf()[5:],
        "order0": b"\x7fELF\2\0" + elf()[6:],
        "order3": b"\x7fELF\2\3" + elf()[6:],
        "short64": elf()[:63], "short32": elf(32)[:51], "magic": b"\x7fELF",
        "empty": b"", "text": b"core\n", "behind": b"\n" + elf(),
        "no core": report(core=False), "late": b"\n" + report(),
        "inside": report(core=False).replace(b"Signal", b" CoreDump: base64"),
        "gz text": gzip.compress(b"text"), "gz empty": gzip.compress(b""),
        "xz exec": lzma.compress(elf(e_type=2)),
        "gz bomb": gzip.compress(bytes(1 << 28), 9),
        "xz bomb": lzma.compress(bytes(1 << 28)),
        "gz alone": b"\x1f\x8b\x08", "xz alone": b"\xfd7zXZ\0",
        "zstd alone": b"\x28\xb5\x2f\xfd", "lz4 alone": b"\x04\x22\x4d\x18",
        "gz cut": gzip.compress(os.urandom(1000))[:9],
        "gz of members": gzip.compress(b"") * 400000,
    }
    # Of zstd with the size of a window, which might be that of a large one.
    for magic in (b"\x1f\x8b\x08", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd\0\x58",
                  b"\x04\x22\x4d\x18"):
        for n in range(10):
            files[f"noise {magic.hex()} {n}"] = magic + os.urandom(2000)
    # It would have another program unpack them.
    files["lrzip"] = b"LRZI\0\6" + bytes(1000)
    with Place(files) as place:
        os.mkfifo(place.at("fifo"))
        place.write("core")
        os.symlink("core", place.at("link"))
        os.symlink(".", place.at("cycle"))
        os.symlink("nowhere", place.at("dangling"))
        assert place.kinds() == {"core": "elf"}


def test_lease():
    """what another process holds is told, and the rest is found"""
    with Place({"a": elf(), "b": elf()}) as place:
        with open(place.at("a"), "rb+") as file:
            signal.signal(signal.SIGIO, signal.SIG_IGN)
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
            assert place.kinds(status=1, error=b"/a: another process has a "
                               b"lease") == {"b": "elf"}


def test_memory():
    """what takes too much memory to unpack is told"""
    if "sanitized" in TOOL:
        return
    huge = bytearray(lzma.compress(elf()))
    end = 12 + huge[12] * 4     # of the block's header, where its CRC is
    huge[16] = 36               # a dictionary of 1 GiB
    huge[end:end + 4] = struct.pack("<I", zlib.crc32(huge[12:end]))
    with Place({"huge": huge, "core": elf()}) as place:
        assert place.kinds(status=1, error=b"/huge: to unpack it takes too "
                           b"much memory") == {"core": "elf"}


def test_names():
    """names of any bytes, in text and as JSON"""
    names = [b"new\nline", b"\x1b[31m", b"\xff\xfe", b"a b", b'"', b"\\x41",
             b"\xe2\x80\xaegnp", b"tagged", b"x" * 255, b"\\\xff"]
    with Place(dict.fromkeys(names, elf())) as place:
        found = {}
        for one in place.found():
            path = one["path"].encode()
            if "escaped" in one:
                assert one["escaped"] == ["path"]
                path = re.sub(
                    rb"\\(\\|x([0-9a-f]{2}))", lambda m:
                    bytes.fromhex(m[2].decode()) if m[2] else b"\\", path)
            found[os.path.basename(path)] = one["ino"]
        assert found == {name: os.stat(place.at(name)).st_ino
                         for name in names}
        lines = place.run().decode("utf-8").split("\n")
        assert len(lines) == len(names) + 1
        assert not re.search("[\0-\x1f\x7f\u202e]", "".join(lines))
    with Place({b"\x1b\n\xff": elf()}) as place:
        if ROOT:
            os.chmod(place.at(b"\x1b\n\xff"), 0)
            assert not place.run(user=NOBODY, status=1,
                                 error=b'/\\x1b\\x0a\\xff": no permission')


def test_text():
    """a line for each"""
    with Place() as place:
        place.write("core", mode=0o640)
        os.utime(place.at("core"), (0, 1795465721.25))
        line = place.run().decode()
        assert re.fullmatch(
            r"2026-11-23 20:28:41\.250 \S+ +0640 6064 +elf +group \S+ +" +
            re.escape(os.fsdecode(place.at("core"))) + "\n", line), line


def test_keys():
    """the promised keys"""
    with Place() as place:
        place.write("core", mode=0o4640)
        os.utime(place.at("core"), ns=(0, 1795465721123456789))
        one = place.found()[0]
        st = os.stat(place.at("core"))
        age = one.pop("age_seconds")
        assert abs(time.time() - st.st_mtime - age) < 30
        assert one.pop("readable_by").startswith("group ")
        assert one.pop("owner")
        assert one == {
            "path": os.fsdecode(place.at("core")),
            "dev": f"{os.major(st.st_dev)}:{os.minor(st.st_dev)}",
            "ino": st.st_ino, "uid": os.geteuid(), "mode": "4640",
            "size": 6064, "mtime": "2026-11-23T20:28:41.123456789Z",
            "kind": "elf", "acl": False}


def test_readers():
    """who could read it, by the modes of all that is above it"""
    if not ROOT:
        return
    alone = 54321   # whom nobody knows
    cases = [
        # file: owner, group, mode; directory likewise; readers
        ((0, 0, 0o644), (0, 0, 0o755), "everybody"),
        ((0, 0, 0o600), (0, 0, 0o755), "root"),
        ((alone, 0, 0o600), (0, 0, 0o755), "54321"),
        ((0, alone, 0o640), (0, 0, 0o755), "group 54321"),
        ((0, 0, 0o644), (0, 0, 0o700), "root"),
        ((0, 0, 0o644), (0, 0, 0o754), "group root"),
        ((0, 0, 0o644), (0, alone, 0o750), "group 54321"),
        ((0, 0, 0o644), (alone, 0, 0o700), "54321"),
        ((0, alone, 0o640), (alone, 0, 0o700), "54321"),
        ((alone, 0, 0o600), (alone, 0, 0o700), "54321"),
        ((alone, 0, 0o600), (0, alone, 0o750), "54321"),
        ((alone, 0, 0o600), (0, 0, 0o700), "root"),
        ((alone, 0, 0), (0, 0, 0o711), "54321"),
        ((0, 0, 0o642), (0, 0, 0o755), "group root"),
    ]
    for file, directory, readers in cases:
        with Place() as place:
            os.makedirs(place.at("a/b"))
            place.write("a/b/core")
            os.chown(place.at("a/b/core"), *file[:2])
            os.chmod(place.at("a/b/core"), file[2])
            os.chown(place.at("a"), *directory[:2])
            os.chmod(place.at("a"), directory[2])
            # That which is named, and what is above it, counts too.
            for top in ("", "a", "a/b", "a/b/core"):
                below = Place.__new__(Place)
                below.path = place.at(top) if top else place.path
                assert below.found()[0]["readable_by"] == readers, \
                    (file, directory, readers, top)


def test_acl():
    """that there is an ACL is told"""
    acl = struct.pack("<I", 2) + b"".join(
        struct.pack("<HHI", tag, 4, who) for tag, who in (
            (1, 0xffffffff), (2, 1), (4, 0xffffffff), (0x10, 0xffffffff),
            (0x20, 0xffffffff)))
    with Place({"core": elf()}) as place:
        try:
            os.setxattr(place.at("core"), "system.posix_acl_access", acl)
        except OSError:
            return
        assert place.found()[0]["acl"] is True
        assert b" everybody, acl " in place.run()


def test_unreadable():
    """what another user may not look into is told, and the rest is found"""
    if not ROOT:
        return
    with Place() as place:
        for name in ("closed", "open"):
            os.mkdir(place.at(name))
            place.write(name + "/core")
        place.write("core", mode=0o600)
        place.write("packed", gzip.compress(elf()))
        os.chmod(place.at("closed"), 0o700)
        kinds = place.kinds(user=NOBODY, status=1, error=b"/closed: no "
                            b"permission to look into it: run this as root")
        assert kinds == {"open/core": "elf", "packed": "gzip"}
        place.kinds(user=NOBODY, status=1, error=b"/core: no permission")
        assert len(place.kinds()) == 4


def test_arguments():
    """directories that are not there, are links, are files, and pseudo ones"""
    def run(*args):
        return subprocess.run([TOOL, "tags", "scan", *args], check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with Place() as place:
        os.mkdir(place.at("real"))
        place.write("real/core")
        os.symlink("real", place.at("link"))
        done = run(place.at("nowhere"), place.at("link"), "--json")
        assert done.returncode == 1
        assert b"/nowhere: No such file" in done.stderr
        assert json.loads(done.stdout)["path"].endswith("/real/core")
        assert run(place.at("real/core")).stdout.endswith(b"/real/core\n")
        assert run(place.at("real"), place.at("real")).stdout.count(b"\n") == 2
    for path in ("/proc", "/proc/self", "/sys"):
        done = run(path)
        assert done.returncode == 1 and not done.stdout
        assert path.encode() in done.stderr or b"/proc/" in done.stderr
    assert run("--tag", "/nonexistent").returncode == 1
    assert b"modprobe" in run("--tag", "/nonexistent").stderr


def test_mounts():
    """what is mounted below is looked into, unless -x says not"""
    script = ('mount -t tmpfs none "$1" && cp "$2" "$1/core" && shift 2 && '
              'exec "$@"')
    with Place({"core": elf()}) as place:
        os.mkdir(place.at("mnt"))
        for options, count in (((), 2), (("-x",), 1)):
            done = subprocess.run(
                ["unshare", "--mount", "sh", "-c", script, "sh",
                 place.at("mnt"), place.at("core"), TOOL, "tags", "scan",
                 *options, place.path], check=False, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE)
            if done.returncode:     # no rights to mount anything
                return
            assert done.stdout.count(b"\n") == count, done.stdout


def test_deep():
    """a path that is longer than any call takes"""
    with Place() as place:
        here = os.getcwd()
        os.chdir(place.path)
        for depth in range(300):
            os.mkdir("d" * 250)
            os.chdir("d" * 250)
            if depth in (0, 100):
                with open("core", "wb") as file:
                    file.write(elf())
        os.chdir(here)
        place.write("z")
        found = place.found(status=1, error=b": too deep to look into")
        assert len(found) == 3
        assert max(len(one["path"]) for one in found) > 20000
        subprocess.run(["rm", "-rf", place.at("d" * 250)], check=True)


def test_odd_times():
    """times that cannot be"""
    with Place({"old": elf(), "core": elf()}) as place:
        os.utime(place.at("old"), (0, -10))
        old = [one for one in place.found() if one["path"].endswith("/old")][0]
        assert "mtime" not in old and "age_seconds" not in old
        assert re.search(rb"^- +\S+ +0644", place.run(), re.M)


def test_terminal():
    """progress on a terminal, and nothing of it stays"""
    with Place() as place:
        for n in range(600):
            place.write(f"f{n}", gzip.compress(elf(e_type=2)))
        os.mkdir(place.at("\x1b[31m\u202e"))
        place.write("\x1b[31m\u202e/core", gzip.compress(elf()))
        main, side = pty.openpty()
        done = subprocess.run([TOOL, "tags", "scan", place.path], check=True,
                              stdout=subprocess.PIPE, stderr=side)
        os.write(side, b"end")
        said = b""
        while not said.endswith(b"end"):
            said += os.read(main, 65536)
        assert done.stdout.count(b"\n") == 1
        assert said == b"end" or b" files looked at, " in said
        assert re.fullmatch(rb"[ -~\r]*", said)
        assert said == b"end" or said.endswith(b" \rend")
        os.close(main)
        os.close(side)


def test_stop():
    """SIGINT ends it: what was found is there, and that it is not all"""
    with Place() as place:
        place.write("a")
        for n in range(3000):
            place.write(f"f{n}", gzip.compress(elf(e_type=2)))
        child = subprocess.Popen([TOOL, "tags", "scan", place.path],
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        line = child.stdout.readline()
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=20)
        assert line.endswith(b"/a\n") and not out
        assert child.returncode == 1, child.returncode
        assert b"before all was looked at" in err


def test_gone_reader():
    """a reader that went away ends it, and is no failure"""
    with Place({f"core{n}": elf() for n in range(300)}) as place:
        done = subprocess.run(
            ["bash", "-c", '"$0" tags scan "$1" | head -n 1; '
             'exit "${PIPESTATUS[0]}"', TOOL, place.path], check=False,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert done.returncode == 0, done
        assert done.stdout.count(b"\n") == 1 and not done.stderr


if __name__ == "__main__":
    sys.exit(main(globals()))
