"""Local files are read as they were listed or not at all, and nothing but regular ones."""

from __future__ import annotations

import gzip
import os
import pickle
import socket
import subprocess
import sys
import unittest
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.errors import ObjectChangedError, UnreadableFileError
from crash_rate_aggregates.sources.interface import DamagedStreamError, FileStamp, StoredFile
from crash_rate_aggregates.sources.reading import read_pings
from crash_rate_aggregates.sources.stores.urls import open_store
from test.dataset import json_text, main_ping
from test.sources.mirrors.bigquery import main_parquet
from test.sources.mirrors.mozlz4 import mozlz4
from test.sources.stored import zstd_compress
from test.time_limit import time_limit

DAY = date(2016, 3, 14)
DAY_FOLDER = "submission_date=2016-03-14"
CHANGES = ("truncated", "appended to", "overwritten", "replaced", "removed")
CONTENT = os.urandom(1 << 20)
A_SECOND = 10**9
_FILE_SERVER = """
import fcntl, os, signal, sys
file = os.open(sys.argv[1], os.O_RDWR)
signal.signal(signal.SIGIO, lambda *_: fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK))
fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
print("leased", flush=True)
sys.stdin.read()
"""
"""Leases a file, and lets go of it when somebody opens it, as Samba does."""


def change(path: Path, became: str) -> None:
    """Make of a file what a word of the message says."""
    size = path.stat().st_size
    match became:
        case "truncated":
            os.truncate(path, size * 3 // 4)
        case "appended to":
            with path.open("ab") as file:
                file.write(b"{}\n")
        case "overwritten":
            with path.open("r+b") as file:
                file.seek(size // 2)
                file.write(b"x")
        case "replaced":
            # By a file of the same size and time, as a tool does that keeps times.
            times = path.stat().st_atime_ns, path.stat().st_mtime_ns
            other = path.with_name("_other")
            other.write_bytes(bytes(size))
            os.utime(other, ns=times)
            other.rename(path)
        case _:
            path.unlink()


class FilesTestCase(unittest.TestCase):
    """Has a folder of a day."""

    def setUp(self) -> None:
        root = Path(self.enterContext(TemporaryDirectory()))
        self.folder = root / DAY_FOLDER
        self.folder.mkdir()
        self.store = open_store(str(root))

    def write(self, name: str = "part-0", content: bytes = CONTENT) -> Path:
        """Write a file into the day's folder, with times of some seconds ago."""
        path = self.folder / name
        path.write_bytes(content)
        written = path.stat().st_mtime_ns - 5 * A_SECOND
        os.utime(path, ns=(written, written))
        return path

    def listed(self) -> StoredFile:
        """Return the day's only file."""
        (file,) = self.store.list_day(DAY)
        return file


class ChangedFilesTest(FilesTestCase):
    def assert_changed(self, became: str, path: Path, read: Callable[[], object]) -> None:
        """Hold that reading fails by the one sentence."""
        with self.assertRaises(ObjectChangedError) as caught:
            read()
        self.assertEqual(
            str(caught.exception),
            f"{str(path)!r} was {became} after it was listed: run the day again once nothing "
            "writes to it any more",
        )

    def test_changed_before_it_is_read(self) -> None:
        """A file that is not the one that was listed is refused when it is opened."""
        for became in CHANGES[:-1]:
            with self.subTest(became=became):
                path = self.write()
                file = self.listed()
                change(path, became)
                self.assert_changed(became, path, lambda: next(self.store.read(file)))  # noqa: B023  Called at once.
                self.assert_changed(became, path, lambda: self.store.open(file))  # noqa: B023  Likewise.

    def test_changed_while_it_is_streamed(self) -> None:
        """A file that changes while it is read, or in whose place another one lies, is refused."""
        for became in CHANGES:
            with self.subTest(became=became):
                path = self.write()
                chunks = self.store.read(self.listed())
                next(chunks)
                change(path, became)
                self.assert_changed(became, path, lambda: list(chunks))  # noqa: B023  Called at once.

    def test_changed_while_it_is_open(self) -> None:
        """A file that is read at any place is checked when it is closed."""
        for became in CHANGES:
            with self.subTest(became=became):
                path = self.write()
                stream = self.store.open(self.listed())
                stream.seek(-8, os.SEEK_END)
                stream.read()
                change(path, became)
                self.assert_changed(became, path, stream.close)
                self.assertTrue(stream.closed)
                stream.close()

    def test_link_that_leads_elsewhere(self) -> None:
        """A link that is turned to another file changes what was listed."""
        target, other = self.write("_target"), self.write("_other")
        link = self.folder / "part-0"
        link.symlink_to(target)
        chunks = self.store.read(self.listed())
        next(chunks)
        link.unlink()
        link.symlink_to(other)
        self.assert_changed("replaced", link, lambda: list(chunks))

    def test_changed_file_is_no_damaged_one(self) -> None:
        """Damage that another writer made meanwhile is told as a change, whatever the format."""
        ids = [os.urandom(400).hex() for _ in range(8_000)]
        pings = [json_text(main_ping(id=each)) + b"\n" for each in ids]
        contents = {
            "part-0.gz": gzip.compress(b"".join(pings), 1),
            "part-0.zst": zstd_compress(b"".join(pings)),
            "main_v5.parquet": main_parquet([main_ping(id=each) for each in ids]),
        }
        for name, content in contents.items():
            for became in ("truncated", "overwritten"):
                with self.subTest(name=name, became=became):
                    path = self.write(name, content)
                    batches = read_pings(self.store, self.listed(), DIMENSIONS)
                    next(batches)
                    change(path, became)
                    self.assert_changed(became, path, lambda: list(batches))  # noqa: B023  Called at once.
                    path.unlink()


class UnchangedFilesTest(FilesTestCase):
    def assert_read(self, file: StoredFile) -> None:
        """Hold that a file is read in both ways."""
        self.assertEqual(b"".join(self.store.read(file)), CONTENT)
        with self.store.open(file) as stream:
            self.assertEqual(stream.read(), CONTENT)

    def test_what_is_no_change(self) -> None:
        """Reading, other rights, another link to it and a walk by another way change no file."""
        path = self.write()
        file = self.listed()
        self.assert_read(file)
        path.chmod(0o400)
        os.link(path, self.folder.parent / "other")
        os.utime(path, ns=(A_SECOND, path.stat().st_mtime_ns))
        self.assert_read(file)
        self.assert_read(file)

    def test_link(self) -> None:
        """A file that a link leads to is pinned, not the link."""
        path = self.write("_target")
        (self.folder / "part-0").symlink_to(path)
        file = self.listed()
        (self.folder / "part-0").unlink()
        (self.folder / "part-0").symlink_to(path)
        self.assert_read(file)

    def test_times_that_the_disk_keeps_less_finely(self) -> None:
        """A time that a cache knew to the nanosecond, and the disk keeps in steps, is the same."""
        path = self.write()
        file = self.listed()
        assert file.stamp is not None
        known = file.stamp.modified_ns
        for step in (100, 1000, 10**6, A_SECOND, 2 * A_SECOND):
            os.utime(path, ns=(known, known - known % step))
            self.assert_read(file)
        os.utime(path, ns=(known, known - known % A_SECOND - 3 * A_SECOND))
        with self.assertRaisesRegex(ObjectChangedError, "overwritten"):
            self.assert_read(file)

    def test_file_that_is_numbered_anew(self) -> None:
        """A file system that numbers files anew, as FUSE does, changes none by that."""
        self.write()
        file = self.listed()
        assert file.stamp is not None
        self.assert_read(replace(file, stamp=file.stamp._replace(inode=file.stamp.inode + 1)))
        other = FileStamp(file.stamp.modified_ns, file.stamp.inode + 1, 1 - A_SECOND)
        with self.assertRaisesRegex(ObjectChangedError, "replaced"):
            self.assert_read(replace(file, stamp=other))

    def test_leased_file(self) -> None:
        """A file that a file server has leased is waited for, as long as that takes."""
        path = self.write()
        file = self.listed()
        server = subprocess.Popen(
            [sys.executable, "-c", _FILE_SERVER, path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(server.communicate)
        assert server.stdout is not None
        self.assertEqual(server.stdout.readline(), "leased\n")
        with time_limit(20):
            self.assert_read(file)

    def test_packs_small(self) -> None:
        """What Spark is told of a file is packed to about 30 bytes."""
        for number in range(500):
            (self.folder / f"part-{number:05}.ndjson.gz").write_bytes(bytes(number))
        files = self.store.list_day(DAY)
        packed = zlib.compress(pickle.dumps(files))
        self.assertLess(len(packed) / len(files), 30)


class NoFilesTest(FilesTestCase):
    def kinds(self) -> dict[str, str]:
        """Make one of each in the day's folder; return what is said of it, by its name."""
        os.mkfifo(self.folder / "fifo")
        server = socket.socket(socket.AF_UNIX)
        self.addCleanup(server.close)
        server.bind(str(self.folder / "socket"))
        (self.folder / "device").symlink_to("/dev/zero")
        elsewhere = self.folder.parent / "fifo"
        os.mkfifo(elsewhere)
        (self.folder / "link").symlink_to(elsewhere)
        return {"fifo": "a FIFO", "socket": "a socket", "device": "a device", "link": "a FIFO"}

    def test_what_is_no_file(self) -> None:
        """FIFOs, sockets, devices and links to them are named instead of waited for."""
        for name, kind in self.kinds().items():
            path = self.folder / name
            sentence = f"^cannot read '{path}': it is {kind} and no file; move it away or put an un"
            others = [other for other in self.folder.iterdir() if other != path]
            hidden = [other.rename(other.with_name(f"_{other.name}")) for other in others]
            with (
                self.subTest(name),
                time_limit(10),
                self.assertRaisesRegex(UnreadableFileError, sentence),
            ):
                self.store.list_day(DAY)
            for other in hidden:
                other.rename(other.with_name(other.name.removeprefix("_")))

    def test_file_that_becomes_none(self) -> None:
        """A listed file in whose place a FIFO, a device or a folder lies is not waited for."""
        path = self.write()
        file = self.listed()
        path.unlink()
        os.mkfifo(path)
        for kind in ("a FIFO", "a device", "a folder"):
            for read in (lambda: next(self.store.read(file)), lambda: self.store.open(file)):
                with (
                    self.subTest(kind),
                    time_limit(10),
                    self.assertRaisesRegex(UnreadableFileError, f"it is {kind} and no file"),
                ):
                    read()
            if path.is_dir():
                break
            path.unlink()
            if kind == "a FIFO":
                path.symlink_to("/dev/zero")
            else:
                path.mkdir()

    def test_nothing_stays_open(self) -> None:
        """Files that are refused, and those that are read, leave no descriptor open."""
        path = self.write()
        file = self.listed()
        before = os.listdir("/dev/fd")
        path.unlink()
        os.mkfifo(path)
        for _ in range(3):
            with self.assertRaises(UnreadableFileError):
                next(self.store.read(file))
        path.unlink()
        self.write(content=b"other")
        for _ in range(3):
            with self.assertRaises(ObjectChangedError):
                self.store.open(file)
            list(self.store.read(self.listed()))
            self.store.open(self.listed()).close()
        self.assertEqual(os.listdir("/dev/fd"), before)


class SeveralNamesTest(FilesTestCase):
    def names(self) -> list[str]:
        """Return the names of the day's files."""
        return [str(Path(file.url).relative_to(self.folder)) for file in self.store.list_day(DAY)]

    def test_file_of_several_names_is_read_once(self) -> None:
        """A file that hard and symbolic links lead to is listed once, by the first of its names."""
        path = self.write("m")
        os.link(path, self.folder / "z")
        (self.folder / "b").symlink_to(path)
        elsewhere = self.folder.parent / "elsewhere"
        elsewhere.write_bytes(b"{}\n")
        (self.folder / "y").symlink_to(elsewhere)
        (self.folder / "x").symlink_to(elsewhere)
        self.assertEqual(self.names(), ["b", "x"])
        (self.folder / "b").unlink()
        self.assertEqual(self.names(), ["m", "x"])

    def test_equal_files_are_several(self) -> None:
        """Files of the same content, size and time are read each."""
        for name in ("a", "b"):
            path = self.write(name)
            os.utime(path, ns=(A_SECOND, A_SECOND))
        self.assertEqual(self.names(), ["a", "b"])

    def test_names_in_a_profile(self) -> None:
        """In a profile's archive too; what has no ping's name there is not looked at."""
        archive = self.folder / "datareporting" / "archived"
        month = archive / "2016-03"
        month.mkdir(parents=True)
        stamp = 1_457_913_600_000
        uuids = (f"0a1b2c3d-4e5f-4000-8000-00000000000{number}" for number in range(2))
        first, second = (month / f"{stamp}.{uuid}.main.jsonlz4" for uuid in uuids)
        first.write_bytes(mozlz4(json_text(main_ping())))
        os.link(first, second)
        os.mkfifo(month / "other")
        store = open_store(str(archive))
        (file,) = store.list_day(DAY)
        self.assertEqual(file.url, str(first))
        second.unlink()
        change(first, "appended to")
        with self.assertRaises(ObjectChangedError):
            list(read_pings(store, file, DIMENSIONS))
        first.unlink()
        os.mkfifo(first)
        with time_limit(10), self.assertRaisesRegex(UnreadableFileError, "it is a FIFO"):
            store.list_day(DAY)


class DamageTest(FilesTestCase):
    def test_damaged_file_is_read_to_its_end(self) -> None:
        """A damaged file that nobody touched stays a damaged one."""
        packed = bytearray(gzip.compress(b"".join(b"%07d\n" % n for n in range(200_000)), 1))
        packed[len(packed) // 2] ^= 0xFF
        self.write("part-0.gz", bytes(packed))
        with self.assertRaises(DamagedStreamError):
            list(read_pings(self.store, self.listed(), DIMENSIONS))


if __name__ == "__main__":
    unittest.main()
