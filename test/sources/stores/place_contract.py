"""What every place of pings must do: the tests that each store's own test class inherits."""

from __future__ import annotations

import os
import pickle
import unittest
from abc import abstractmethod
from datetime import date

from crash_rate_aggregates.errors import BadSettingError, SourceError
from crash_rate_aggregates.sources.interface import Store
from crash_rate_aggregates.sources.stores.selection import EVERYTHING, PathSelection
from crash_rate_aggregates.sources.stores.urls import open_store
from test.object_servers import MadeBucket, use_environment

DAY = date(2016, 3, 14)
DAY_FOLDER = "submission_date=2016-03-14"
LAYOUT = "telemetry-2/%Y%m%d/telemetry/4"
OF_2016 = (
    "crash/Firefox/release/45.0/20160303/x",
    "main/Fennec/nightly/48.0a1/20160313/x",
    "main/Firefox/aurora/47.0a2/20160313/x",
    "main/Firefox/nightly/48.0a1/20160312/x",
    "main/Firefox/nightly/48.0a1/20160313/x",
    "saved_session/Firefox/nightly/48.0a1/20160313/x",
)


class PlaceContract(unittest.TestCase):
    """A place with a folder or prefix `pings`, in which each test writes."""

    @abstractmethod
    def write(self, name: str, content: bytes = b"{}\n") -> None:
        """Write a file; the name counts from the place on."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Remove a file."""

    @abstractmethod
    def store(self, below: str = "", selection: PathSelection = EVERYTHING) -> Store:
        """Open the place, or what lies below it."""

    def listed(self, store: Store, folder: str) -> list[str]:
        """Return the names of a day's files, from a folder on."""
        urls = [file.url for file in store.list_day(DAY)]
        return [url.partition(f"/{folder}/")[2] for url in urls]

    def chosen(self, *doc_types: str, **others: tuple[str, ...]) -> list[str]:
        """Return what is listed of a part of the day, in the layout of 2016."""
        store = self.store(LAYOUT, PathSelection(doc_types, **others))
        return self.listed(store, "telemetry/4")

    def test_lists_the_days_files(self) -> None:
        """Files of the day at any depth are listed by name, with sizes; none of other days."""
        names = ["a/b/c/d/e/part-0", "b.json", "hour=00/doc_type=main/part-1", "z/0"]
        for number, name in enumerate(reversed(names)):
            self.write(f"{DAY_FOLDER}/{name}", b"x" * number)
        for other in ("submission_date=2016-03-15/a", f"{DAY_FOLDER}.old/b", f"x/{DAY_FOLDER}/c"):
            self.write(other)
        self.assertEqual(self.listed(self.store(), DAY_FOLDER), names)
        self.assertEqual([file.size for file in self.store().list_day(DAY)], [3, 2, 1, 0])

    def test_hidden_names_are_no_pings(self) -> None:
        """Files and folders whose names begin with a dot or an underscore are left out."""
        hidden = ("_SUCCESS", ".part-0.crc", "_temporary/0/part-0", ".hidden/x", "a/_b", "a/.c")
        for name in (*hidden, "a/b_", "c._", "-d"):
            self.write(f"{DAY_FOLDER}/{name}")
        self.assertEqual(self.listed(self.store(), DAY_FOLDER), ["-d", "a/b_", "c._"])

    def test_odd_names(self) -> None:
        """Spaces, percent signs, quotes and other letters in names are read as they are."""
        names = sorted(("%20%Y", "a b", "quote'\"", "star*[a]", "a=b+c&d", "x#y", "été 😀"))
        for name in names:
            self.write(f"{DAY_FOLDER}/{name}/{name}", name.encode())
        files = self.store().list_day(DAY)
        self.assertEqual([file.url.rpartition("/")[2] for file in files], names)
        read = [b"".join(self.store().read(file)) for file in files]
        self.assertEqual(read, [name.encode() for name in names])

    def test_pattern(self) -> None:
        """A pattern names each day's folder; what lies below it is listed, of no other day."""
        for name in ("20160314/telemetry/4/main/a", "20160315/telemetry/4/b", "20160314/x/4/c"):
            self.write(f"telemetry-2/{name}")
        store = self.store(LAYOUT)
        self.assertEqual(self.listed(store, "telemetry/4"), ["main/a"])
        self.assertEqual(store.list_day(date(2016, 3, 16)), [])
        self.assertRegex(
            store.describe_day(DAY), "^looked in '.*/telemetry-2/20160314/telemetry/4'$"
        )

    def test_days_beside_a_missing_day(self) -> None:
        """A day without files has none, and the last days beside it are told."""
        self.write("other/a")
        self.assertEqual(self.store().list_day(DAY), [])
        self.assertRegex(self.store().describe_day(DAY), f"{DAY_FOLDER}'; no day is there$")
        for day in ("10", "12", "11", "13"):
            self.write(f"submission_date=2016-03-{day}/a")
        self.write("submission_date=soon/a")
        told = "; the last days there: 2016-03-11, 2016-03-12, 2016-03-13$"
        self.assertRegex(self.store().describe_day(DAY), f"{DAY_FOLDER}'{told}")

    def test_streams_exact_bytes(self) -> None:
        """A file of some chunks comes whole and in order, an empty one as nothing, twice alike."""
        content = os.urandom(1_000_003)
        self.write(f"{DAY_FOLDER}/a", content)
        self.write(f"{DAY_FOLDER}/b", b"")
        store = self.store()
        large, empty = store.list_day(DAY)
        for _ in range(2):
            chunks = list(store.read(large))
            self.assertGreater(len(chunks), 1)
            self.assertEqual(b"".join(chunks), content)
            self.assertEqual(list(store.read(empty)), [])

    def test_random_access(self) -> None:
        """An opened file is read from its end, from its start and from anywhere between."""
        content = os.urandom(700_001)
        self.write(f"{DAY_FOLDER}/a", content)
        store = self.store()
        (file,) = store.list_day(DAY)
        with store.open(file) as opened:
            self.assertEqual(opened.seek(-8, os.SEEK_END), 699_993)
            self.assertEqual(opened.read(), content[-8:])
            self.assertEqual(opened.read(5), b"")
            opened.seek(300_000)
            self.assertEqual(opened.read(300_001), content[300_000:600_001])
            self.assertEqual(opened.seek(-1, os.SEEK_CUR), 600_000)
            self.assertEqual(opened.read(2), content[600_000:600_002])
            opened.seek(0)
            self.assertEqual(opened.read(), content)
            with self.assertRaises((ValueError, OSError)):
                opened.seek(-1)
            opened.seek(700_500)
            self.assertEqual(opened.read(), b"")

    def test_travels_to_workers(self) -> None:
        """A store that was used can be pickled, and lists and reads the same then."""
        self.write(f"{DAY_FOLDER}/a", b"12")
        store = self.store()
        files = store.list_day(DAY)
        copy = pickle.loads(pickle.dumps(store))  # noqa: S301  Our own bytes.
        self.assertEqual(copy.list_day(DAY), files)
        self.assertEqual(b"".join(copy.read(files[0])), b"12")

    def test_file_that_is_gone(self) -> None:
        """A file removed after it was listed is an error that names it, streamed or opened."""
        self.write(f"{DAY_FOLDER}/a", b"12")
        store = self.store()
        (file,) = store.list_day(DAY)
        self.remove(f"{DAY_FOLDER}/a")
        with self.assertRaises(SourceError) as caught:
            list(store.read(file))
        self.assertIn(repr(file.url), str(caught.exception))
        with self.assertRaises(SourceError) as caught:
            store.open(file).read()
        self.assertIn(repr(file.url), str(caught.exception))

    def test_part_of_a_day(self) -> None:
        """Doc type, application and channel choose by the folders of 2016, alone and together."""
        for name in (*OF_2016, "_SUCCESS"):
            self.write(f"telemetry-2/20160314/telemetry/4/{name}")
        crash, fennec, aurora, old, new, saved = OF_2016
        self.assertEqual(self.chosen(), list(OF_2016))
        self.assertEqual(self.chosen("crash"), [crash])
        self.assertEqual(self.chosen("crash", "saved-session"), [crash, saved])
        self.assertEqual(self.chosen(channels=("nightly",)), [fennec, old, new, saved])
        self.assertEqual(self.chosen("main", applications=("Firefox",)), [aurora, old, new])
        self.assertEqual(
            self.chosen("main", applications=("Firefox",), channels=("nightly", "esr")), [old, new]
        )
        self.assertEqual(self.chosen("ma"), [])

    def test_part_of_a_day_in_another_layout(self) -> None:
        """A file that lies higher than in the layout of 2016 is a usage error that names it."""
        self.write("telemetry-2/20160314/telemetry/4/main/Firefox/part-0")
        with self.assertRaisesRegex(BadSettingError, "'main/Firefox/part-0' in the day's folder"):
            self.chosen("main")
        self.write("telemetry-2/20160314/telemetry/4/part-1")
        with self.assertRaisesRegex(BadSettingError, "'part-1' in the day's folder is not of"):
            self.chosen(channels=("nightly",))
        self.assertEqual(self.chosen(), ["main/Firefox/part-0", "part-1"])


class BucketContract(PlaceContract):
    """A place below a prefix in a fresh bucket."""

    bucket: MadeBucket

    @classmethod
    @abstractmethod
    def made(cls) -> MadeBucket:
        """Make a bucket in the server of this class."""

    def setUp(self) -> None:
        self.bucket = self.made()
        use_environment(self, self.bucket.environment)

    def write(self, name: str, content: bytes = b"{}\n") -> None:
        self.bucket.put(f"deep/pings/{name}", content)

    def remove(self, name: str) -> None:
        self.bucket.remove(f"deep/pings/{name}")

    def store(self, below: str = "", selection: PathSelection = EVERYTHING) -> Store:
        url = f"{self.bucket.url}/deep/pings/{below}"
        return open_store(url, self.bucket.options(), selection)

    def test_objects_have_versions(self) -> None:
        """Each listed object has the ETag of its version, which another content changes."""
        self.write("submission_date=2016-03-14/a", b"old")
        (old,) = self.store().list_day(DAY)
        self.write("submission_date=2016-03-14/a", b"new")
        (new,) = self.store().list_day(DAY)
        self.assertRegex(old.etag or "", '^"[^"]+"$')
        self.assertNotEqual(old.etag, new.etag)
