"""A day's files in local folders: which are listed, and what cannot be read."""

from __future__ import annotations

import os
import pickle
import unittest
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from crash_rate_aggregates.errors import PingsNotFoundError, UnreadableFileError
from crash_rate_aggregates.sources.interface import Store, StoredFile
from crash_rate_aggregates.sources.stores.local_files import LocalFiles
from crash_rate_aggregates.sources.stores.urls import open_store
from test.sources.stored import taken_from
from test.sources.stores.nobody import as_nobody

DAY = date(2016, 3, 14)
DAY_FOLDER = "submission_date=2016-03-14"


class LocalFilesTestCase(unittest.TestCase):
    """Has a folder that everybody can reach."""

    def setUp(self) -> None:
        self.root = Path(self.enterContext(TemporaryDirectory()))
        self.root.chmod(0o755)
        self.store: Store = open_store(str(self.root))

    def write(self, *names: str, content: bytes = b"{}\n") -> None:
        """Write files below the folder."""
        for name in names:
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def listed(self) -> list[str]:
        """Return the names of the day's files, from the day's folder on."""
        folder = f"{self.root}/{DAY_FOLDER}/"
        return [file.url.removeprefix(folder) for file in self.store.list_day(DAY)]

    def closed(self, name: str, mode: int = 0) -> Path:
        """Take away the rights to a path until the test ends."""
        path = self.root / name
        before = path.stat().st_mode
        self.addCleanup(path.chmod, before)
        path.chmod(mode)
        return path


class ListingTest(LocalFilesTestCase):
    def test_only_the_days_folder(self) -> None:
        """Files of other days, and beside the days' folders, are not listed."""
        self.write(f"{DAY_FOLDER}/a", "submission_date=2016-03-15/b", "submission_date=20160314/c",
                   "c", f"{DAY_FOLDER}.old/d", f"x/{DAY_FOLDER}/e")  # fmt: skip
        self.assertEqual(self.listed(), ["a"])

    def test_any_depth(self) -> None:
        """Files at any depth below the day's folder are listed, in the order of their paths."""
        names = ["a/b/c/d/e/f/part-0", "b.json", "hour=00/doc_type=main/part-1", "z/0"]
        self.write(*(f"{DAY_FOLDER}/{name}" for name in reversed(names)))
        self.assertEqual(self.listed(), names)

    def test_names_with_dot_or_underscore_are_no_pings(self) -> None:
        """Files and folders whose names begin with a dot or an underscore are left out."""
        no_pings = (
            "_SUCCESS",
            ".part-0.crc",
            "_temporary/0/part-0",
            ".hidden/part-0",
            "a/_b",
            "a/.c",
        )
        self.write(*(f"{DAY_FOLDER}/{name}" for name in (*no_pings, "a/b_", "c._", "-d")))
        self.assertEqual(self.listed(), ["-d", "a/b_", "c._"])

    def test_odd_names(self) -> None:
        """Spaces, percent signs, quotes, line ends and any bytes in names are read as they are."""
        names = [
            "%20%Y",
            "a b",
            "a\nb",
            "quote'\"",
            "star*?[a]",
            "été 😀",
            os.fsdecode(b"\xff\xfe"),
        ]
        self.write(*(f"{DAY_FOLDER}/{name}/{name}" for name in names))
        self.assertEqual(self.listed(), sorted(f"{name}/{name}" for name in names))
        for file in self.store.list_day(DAY):
            self.assertEqual(taken_from(self.store, file), ([b"{}"], None))

    def test_odd_root(self) -> None:
        """The folder itself may have spaces and a slash at its end."""
        self.write(f"my pings/{DAY_FOLDER}/a")
        for root in (f"{self.root}/my pings", f"{self.root}/my pings/", f"{self.root}//my pings//"):
            (file,) = open_store(root).list_day(DAY)
            self.assertTrue(Path(file.url).samefile(self.root / "my pings" / DAY_FOLDER / "a"))

    def test_sizes(self) -> None:
        """A listed file has its stored size; an empty one is listed too."""
        self.write(f"{DAY_FOLDER}/a", content=b"12345")
        self.write(f"{DAY_FOLDER}/b", content=b"")
        self.assertEqual([file.size for file in self.store.list_day(DAY)], [5, 0])

    def test_day_without_folder(self) -> None:
        """A day without folder, or with an empty one, has no file; days beside it are told."""
        self.assertEqual(self.listed(), [])
        self.assertIn("no day is there", self.store.describe_day(DAY))
        self.write("submission_date=2016-03-12/a", "submission_date=2016-03-13/a", "other/a",
                   "submission_date=soon/a")  # fmt: skip
        (self.root / DAY_FOLDER / "empty").mkdir(parents=True)
        self.assertEqual(self.listed(), [])
        self.assertEqual(
            self.store.describe_day(DAY),
            f"looked in '{self.root}/{DAY_FOLDER}'; "
            "the last days there: 2016-03-12, 2016-03-13, 2016-03-14",
        )

    def test_missing_root(self) -> None:
        """A folder that does not exist, or is a file, is an error that names it."""
        self.write("file")
        for root in ("missing", "file", "missing/deep", "file/x"):
            with self.assertRaisesRegex(PingsNotFoundError, f"{self.root}/{root}' of --pings does"):
                open_store(f"{self.root}/{root}").list_day(DAY)

    def test_pattern(self) -> None:
        """A pattern names each day's folder; what lies below it is listed, of no other day."""
        self.write(
            "telemetry-2/20160314/telemetry/4/main/a.gz",
            "telemetry-2/20160315/telemetry/4/b",
            "telemetry-2/20160314/telemetry/3/c",
        )
        store = open_store(f"{self.root}/telemetry-2/%Y%m%d/telemetry/4")
        folder = f"{self.root}/telemetry-2/20160314/telemetry/4"
        self.assertEqual([file.url for file in store.list_day(DAY)], [f"{folder}/main/a.gz"])
        self.assertEqual(store.list_day(date(2016, 3, 16)), [])
        self.assertEqual(store.describe_day(DAY), f"looked in {folder!r}")
        with self.assertRaisesRegex(PingsNotFoundError, "the folder '.*/missing' of --pings"):
            open_store(f"{self.root}/missing/%Y%m%d").list_day(DAY)

    def test_store_travels_to_workers(self) -> None:
        """A store can be pickled and reads the same then."""
        self.write(f"{DAY_FOLDER}/a")
        copy = pickle.loads(pickle.dumps(self.store))  # noqa: S301  Our own bytes.
        self.assertEqual(copy.list_day(DAY), self.store.list_day(DAY))


class LinksTest(LocalFilesTestCase):
    def link(self, name: str, to: str) -> None:
        """Make a symbolic link below the day's folder to a path below it."""
        folder = self.root / DAY_FOLDER
        (folder / name).symlink_to(folder / to)

    def test_links_to_files_and_folders(self) -> None:
        """Links to files and to folders elsewhere are followed."""
        self.write("elsewhere/b/c", "elsewhere/d", f"{DAY_FOLDER}/a")
        self.link("linked", "../elsewhere/b")
        self.link("file", "../elsewhere/d")
        self.assertEqual(self.listed(), ["a", "file", "linked/c"])

    def test_loops_end(self) -> None:
        """Links to themselves, upwards and into each other end, and each file is listed once."""
        self.write(f"{DAY_FOLDER}/x/1", f"{DAY_FOLDER}/y/2")
        self.link("x/self", "x")
        self.link("x/up", ".")
        self.link("x/other", "y")
        self.link("y/other", "x")
        found = self.listed()
        self.assertEqual(found, ["x/1", "x/other/2"])

    def test_folder_linked_twice_counts_once(self) -> None:
        """A folder that can be reached in several ways is listed in the first one only."""
        self.write(f"{DAY_FOLDER}/b/1")
        self.link("a", "b")
        self.link("c", "b")
        self.assertEqual(self.listed(), ["a/1"])

    def test_broken_link(self) -> None:
        """A link to nothing, or a link that leads to itself, is a file that cannot be read."""
        self.write(f"{DAY_FOLDER}/a")
        self.link("broken", "nothing")
        with self.assertRaisesRegex(
            UnreadableFileError, f"cannot read '.*/{DAY_FOLDER}/broken': No such"
        ):
            self.listed()
        (self.root / DAY_FOLDER / "broken").unlink()
        self.link("itself", "itself")
        with self.assertRaisesRegex(UnreadableFileError, "/itself': Too many levels"):
            self.listed()


class PermissionsTest(LocalFilesTestCase):
    def test_file(self) -> None:
        """A file that may not be read is listed, and named when it is read."""
        self.write(f"{DAY_FOLDER}/a", f"{DAY_FOLDER}/b")
        path = self.closed(f"{DAY_FOLDER}/a")
        with as_nobody():
            closed, readable = self.store.list_day(DAY)
            self.assertEqual(taken_from(self.store, readable), ([b"{}"], None))
            with self.assertRaisesRegex(UnreadableFileError, f"cannot read '{path}': Permission"):
                taken_from(self.store, closed)

    def test_folder_of_a_day(self) -> None:
        """A day's folder, or one below it, that may not be listed is an error, not an empty day."""
        self.write(f"{DAY_FOLDER}/a", f"{DAY_FOLDER}/deep/b")
        for name in (f"{DAY_FOLDER}/deep", DAY_FOLDER):
            path = self.closed(name)
            with as_nobody(), self.assertRaisesRegex(UnreadableFileError, f"cannot read '{path}'"):
                self.store.list_day(DAY)

    def test_way_to_the_root(self) -> None:
        """A folder that cannot be reached is an error that names it, not a missing folder."""
        self.write(f"closed/pings/{DAY_FOLDER}/a")
        self.closed("closed")
        root = f"{self.root}/closed/pings"
        with as_nobody(), self.assertRaisesRegex(UnreadableFileError, f"cannot read '{root}'"):
            open_store(root).list_day(DAY)

    def test_root_that_may_not_be_listed(self) -> None:
        """A day is found in a folder that may be entered and not listed; others are not told."""
        self.write(f"pings/{DAY_FOLDER}/a")
        self.closed("pings", 0o111)
        store = open_store(f"{self.root}/pings")
        with as_nobody():
            self.assertEqual(len(store.list_day(DAY)), 1)
            self.assertEqual(
                store.describe_day(date(2016, 3, 15)),
                f"looked in '{self.root}/pings/submission_date=2016-03-15'",
            )

    def test_file_that_is_gone(self) -> None:
        """A file that vanished after it was listed is an error that names it."""
        gone = StoredFile(f"{self.root}/gone", 3)
        with self.assertRaisesRegex(UnreadableFileError, f"cannot read '{gone.url}': No such file"):
            taken_from(self.store, gone)
        with self.assertRaisesRegex(UnreadableFileError, "it is a folder and no file"):
            taken_from(self.store, StoredFile(str(self.root), 3))


class ChunksTest(LocalFilesTestCase):
    def test_file_is_streamed(self) -> None:
        """A file comes in chunks of at most 256 KiB."""
        self.write(f"{DAY_FOLDER}/a", content=bytes(600_000))
        (file,) = self.store.list_day(DAY)
        assert isinstance(self.store, LocalFiles)
        self.assertEqual(
            [len(chunk) for chunk in self.store.read(file)], [262_144, 262_144, 75_712]
        )


if __name__ == "__main__":
    unittest.main()
