"""A Firefox profile's own pings: which files are a day's, and what is in them."""

from __future__ import annotations

import gzip
import os
import pickle
import unittest
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import cramjam

from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.errors import PingsNotFoundError, UnreadableFileError
from crash_rate_aggregates.sources.interface import Unreadable
from crash_rate_aggregates.sources.reading import read_pings
from crash_rate_aggregates.sources.stores.local_files import LocalFiles
from crash_rate_aggregates.sources.stores.profile_archive import (
    ProfileArchive,
    day_of_archived_ping,
    is_profile_archive,
)
from crash_rate_aggregates.sources.stores.urls import open_store
from test.dataset import DAY, UUID, crash_ping, json_text, main_ping
from test.sources.mirrors.mozlz4 import MAGIC, mozlz4, write_profile_archive
from test.sources.stored import read, taken, verdicts
from test.sources.stores.nobody import as_nobody

STAMP = 1_457_913_600_000
"""The first millisecond of `DAY`, UTC."""
A_DAY = 86_400_000
MIB = 1 << 20


class ArchiveTestCase(unittest.TestCase):
    def setUp(self) -> None:
        profile = Path(self.enterContext(TemporaryDirectory()))
        profile.chmod(0o755)
        self.folder = profile / "datareporting" / "archived"
        self.store = open_store(str(self.folder))

    def write(self, *names: str, content: bytes = b"") -> None:
        """Write files below the archive."""
        for name in names:
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def listed(self, day: date = DAY) -> list[str]:
        """Return the names of a day's files."""
        return [os.path.relpath(file.url, self.folder) for file in self.store.list_day(day)]


class ListingTest(ArchiveTestCase):
    def test_day_is_the_utc_date_of_the_stamp(self) -> None:
        """A day's files are those whose names begin with a millisecond of that day in UTC."""
        names = {
            stamp: f"2016-03/{stamp}.{UUID}.main.jsonlz4"
            for stamp in (STAMP - 1, STAMP, STAMP + A_DAY - 1, STAMP + A_DAY)
        }
        self.write(*names.values())
        self.assertEqual(self.listed(), [names[STAMP], names[STAMP + A_DAY - 1]])
        self.assertEqual(self.listed(date(2016, 3, 13)), [names[STAMP - 1]])
        self.assertEqual(self.listed(date(2016, 3, 15)), [names[STAMP + A_DAY]])
        self.assertEqual(self.listed(date(2016, 3, 16)), [])

    def test_month_is_the_clients(self) -> None:
        """The folder, which is a month of the client's own calendar, does not matter."""
        midnight = f"2016-02/{STAMP}.{UUID}.main.jsonlz4"
        self.write(midnight)
        self.assertEqual(self.listed(), [midnight])

    def test_only_pings_are_listed(self) -> None:
        """Files that are not named as archived pings are left out."""
        self.write(f"2016-03/{STAMP}.main.jsonlz4", f"2016-03/{UUID}.main.jsonlz4", "2016-03/x",
                   f"2016-03/{STAMP}.{UUID}.main.jsonlz4.tmp", f"2016-03/{STAMP}.{UUID}.jsonlz4",
                   f"2016-03/{9 * STAMP * 100}.{UUID}.main.jsonlz4")  # fmt: skip
        self.assertEqual(self.listed(), [])
        self.assertIsNone(day_of_archived_ping("99999999999999999.x.main.jsonlz4"))
        last = day_of_archived_ping(f"{'9' * 14}.{UUID}.first-shutdown.jsonlz4")
        self.assertEqual(last, date(5138, 11, 16))

    def test_days_that_are_there_are_named(self) -> None:
        """A message names the last days that have pings."""
        self.folder.mkdir(parents=True)
        self.assertIn("no ping is there", self.store.describe_day(DAY))
        self.write(*(f"2016-03/{STAMP + n * A_DAY}.{UUID}.main.jsonlz4" for n in range(1, 5)))
        self.assertEqual(
            self.store.describe_day(DAY),
            "looked for a stamp of that day, UTC, in names like 2026-11/….main.jsonlz4; "
            "the last days there: 2016-03-16, 2016-03-17, 2016-03-18",
        )

    def test_an_archive_that_is_not_there(self) -> None:
        """A path that ends in datareporting/archived and does not exist is an error."""
        with self.assertRaisesRegex(PingsNotFoundError, f"the folder '{self.folder}' of --pings"):
            self.store.list_day(DAY)

    def test_a_month_that_may_not_be_listed(self) -> None:
        """A folder without rights is an error, not an empty day."""
        self.write(f"2016-03/{STAMP}.{UUID}.main.jsonlz4")
        month = self.folder / "2016-03"
        month.chmod(0)
        self.addCleanup(month.chmod, 0o755)
        with as_nobody(), self.assertRaisesRegex(UnreadableFileError, f"cannot read '{month}'"):
            self.store.list_day(DAY)


class ChoiceTest(ArchiveTestCase):
    def test_path(self) -> None:
        """A path that ends in datareporting/archived is an archive, with or without a slash."""
        self.assertTrue(is_profile_archive(str(self.folder)))
        self.assertTrue(is_profile_archive(f"{self.folder}//"))
        self.assertTrue(is_profile_archive("datareporting/archived"))
        self.assertFalse(is_profile_archive(str(self.folder.parent)))
        self.assertFalse(is_profile_archive("mydatareporting/archived"))
        self.assertIsInstance(self.store, ProfileArchive)

    def test_content(self) -> None:
        """A copy of an archive by another name is one, by its months and the names in them."""
        copy = self.folder.parent / "copy"
        copy.mkdir(parents=True)
        self.assertFalse(is_profile_archive(str(copy)))
        (copy / "2016-03").mkdir()
        (copy / "2016-03" / "part-0").write_bytes(b"")
        self.assertFalse(is_profile_archive(str(copy)))
        self.assertIsInstance(open_store(str(copy)), LocalFiles)
        (copy / "2016-03" / f"{STAMP}.{UUID}.main.jsonlz4").write_bytes(b"")
        self.assertTrue(is_profile_archive(str(copy)))
        self.assertIsInstance(open_store(str(copy)), ProfileArchive)

    def test_store_travels_to_workers(self) -> None:
        """The store can be pickled."""
        self.assertEqual(pickle.loads(pickle.dumps(self.store)), self.store)  # noqa: S301  Ours.


class PingsTest(ArchiveTestCase):
    def test_pings_of_a_day(self) -> None:
        """Each file is one ping, judged as its JSON is: doc type and id are the ping's own."""
        pings = [main_ping(id=UUID), crash_ping(), main_ping(type="core")]
        for ping in pings:
            del ping["meta"]
        write_profile_archive(self.folder, pings, DAY)
        wrong = f"2016-03/{STAMP}.{UUID}.crash.jsonlz4"
        self.write(wrong, content=mozlz4(json_text(pings[0])))
        texts = [
            taken(batch.pings for batch in read_pings(self.store, file, DIMENSIONS))
            for file in self.store.list_day(DAY)
        ]
        self.assertEqual(texts[0], ([json_text(pings[0])], None))
        self.assertEqual(texts[1:], [([json_text(ping)], None) for ping in pings])
        found = verdicts(mozlz4(json_text(pings[0])), DAY)
        self.assertEqual(found, verdicts(json_text(pings[0]), DAY))
        (file, *_) = self.store.list_day(DAY)
        with self.store.open(file) as stream:
            self.assertEqual(stream.read(8), MAGIC)

    def test_format_is_told_by_the_content(self) -> None:
        """A mozLz4 file is known in any folder, by any name, compressed once more or not."""
        stored = mozlz4(b'{"a":1}')
        for content in (stored, gzip.compress(stored)):
            for size in (1, 3, 1000):
                self.assertEqual(read(content, "x.json", size), ([b'{"a":1}'], None))

    def test_a_line_like_its_start(self) -> None:
        """A line that begins like mozLz4 is a ping among others, unless the name says mozLz4."""
        good = b'{"a":1}'
        content = b"\n".join((MAGIC, good, good))
        self.assertEqual(read(content), ([MAGIC, good, good], None))
        for name in ("x.jsonlz4", "x.mozlz4"):
            self.assertEqual(read(content, name), ([Unreadable.PING], None))

    def test_unreadable(self) -> None:
        """A file that is cut, changed, or states another size is one unreadable ping."""
        text = json_text(main_ping(x="y" * 1000))
        stored = mozlz4(text)
        block = stored[12:]
        bad = [stored[:end] for end in (8, 9, 11, 12, 13, 100, len(stored) - 1)]
        sizes = (0, 1, len(text) - 1, len(text) + 1, 64 * MIB, 2**31 - 1, 2**32 - 1)
        bad += [MAGIC + size.to_bytes(4, "little") + block for size in sizes]
        bad += [stored + b"x", MAGIC + bytes(4) + b"\xff" * 100]
        for content in bad:
            self.assertEqual(read(content), ([Unreadable.PING], None), content[:20])

    def test_bounds(self) -> None:
        """A ping of 16 MiB is read; a byte more is unreadable, and is not decompressed."""
        text = b'"' + b"a" * (16 * MIB - 2) + b'"'
        (ping,), _ = read(mozlz4(text))
        assert isinstance(ping, bytes)
        self.assertEqual(len(ping), 16 * MIB)
        larger = MAGIC + bytes(cramjam.lz4.compress_block(b" " + text))
        self.assertEqual(read(larger), ([Unreadable.PING], None))
        self.assertEqual(read(MAGIC + bytes(17 * MIB)), ([Unreadable.PING], None))

    def test_larger_file_is_read_to_its_end(self) -> None:
        """Damage behind what is held of a file is seen too."""
        found, damage = read(gzip.compress(MAGIC + bytes(17 * MIB), 1)[:-1])
        self.assertEqual(found, [])
        self.assertIn("breaks off", str(damage))


if __name__ == "__main__":
    unittest.main()
