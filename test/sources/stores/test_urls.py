"""Every place that --pings can name: the contract of places on each, and how places are named."""

from __future__ import annotations

import os
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from crash_rate_aggregates.errors import BadSettingError
from crash_rate_aggregates.sources.interface import Store
from crash_rate_aggregates.sources.stores.day_folders import DayPattern
from crash_rate_aggregates.sources.stores.local_files import LocalFiles
from crash_rate_aggregates.sources.stores.objects.object_store import ObjectStore
from crash_rate_aggregates.sources.stores.objects.storage_options import StorageOptions
from crash_rate_aggregates.sources.stores.selection import EVERYTHING, PathSelection
from crash_rate_aggregates.sources.stores.urls import open_store
from test.object_servers import MadeBucket, azure_container, google_bucket, s3_bucket
from test.sources.stores import place_contract


class LocalFilesTest(place_contract.PlaceContract):
    def setUp(self) -> None:
        self.root = Path(self.enterContext(TemporaryDirectory()))

    def write(self, name: str, content: bytes = b"{}\n") -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def remove(self, name: str) -> None:
        (self.root / name).unlink()

    def store(self, below: str = "", selection: PathSelection = EVERYTHING) -> Store:
        return open_store(f"{self.root}/{below}", selection=selection)


class FileUrlTest(LocalFilesTest):
    def store(self, below: str = "", selection: PathSelection = EVERYTHING) -> Store:
        return open_store(f"file://{self.root}/{below}", selection=selection)


class S3Test(place_contract.BucketContract):
    @classmethod
    def made(cls) -> MadeBucket:
        return s3_bucket()

    def test_large_object_streams(self) -> None:
        """An object of 96 MB is read without holding a third of it at any time."""
        content = os.urandom(1 << 20) * 96
        self.write(f"{place_contract.DAY_FOLDER}/a", content)
        store = self.store()
        (file,) = store.list_day(place_contract.DAY)
        process = psutil.Process()
        before, most, read = process.memory_info().rss, 0, 0
        for chunk in store.read(file):
            read += len(chunk)
            most = max(most, process.memory_info().rss)
        self.assertEqual(read, len(content))
        self.assertLess(most - before, len(content) // 3)


class GoogleTest(place_contract.BucketContract):
    @classmethod
    def made(cls) -> MadeBucket:
        return google_bucket()


class AzureTest(place_contract.BucketContract):
    @classmethod
    def made(cls) -> MadeBucket:
        return azure_container()


class NamesOfPlacesTest(unittest.TestCase):
    def assert_refused(self, pings: str, said: str, *secrets: str) -> None:
        """The place is a usage error that says why and shows no secret."""
        with self.assertRaisesRegex(BadSettingError, said) as caught:
            open_store(pings)
        for secret in secrets:
            self.assertNotIn(secret, str(caught.exception))

    def test_folders(self) -> None:
        """Paths and file URLs are local folders; percent signs in both are those of patterns."""
        for pings, folder in {
            "/data/pings": "/data/pings",
            "pings": "pings",
            "a:/b": "a:/b",
            "file:///data/pings": "/data/pings",
            "file://localhost/data/%Y%m%d": "/data/%Y%m%d",
            "FILE:///data": "/data",
        }.items():
            self.assertEqual(open_store(pings), LocalFiles(DayPattern(folder)))
        self.assert_refused("file://data/pings", "begins with 'data' instead of a slash")

    def test_buckets(self) -> None:
        """A URL of a bucket may have a prefix, doubled slashes and a pattern, or end at once."""
        options = StorageOptions(region="us-west-2")
        for pings, bucket, prefix in (
            ("s3://bucket", "s3://bucket", ""),
            ("s3://bucket/", "s3://bucket", ""),
            ("S3://bucket/a/b/", "s3://bucket", "a/b"),
            ("gs://my_bucket.org//a//%Y%m%d/", "gs://my_bucket.org", "a/%Y%m%d"),
            ("az://container/a b", "az://container", "a b"),
        ):
            store = open_store(pings, options)
            assert isinstance(store, ObjectStore)
            self.assertEqual((store.bucket.url, store.days.pattern), (bucket, prefix))
            self.assertEqual(store.bucket.options, options)

    def test_bad_buckets(self) -> None:
        """A URL without a bucket, or with a pattern in its place, is refused."""
        for pings in ("s3://", "gs:///prefix", "s3://%Y%m%d/x", "az://a b/c"):
            self.assert_refused(pings, "is no name of a bucket: write (s3|gs|az)://bucket/prefix")

    def test_dots_in_prefixes(self) -> None:
        """Object names have no parent folders, so a prefix with .. is refused."""
        self.assert_refused("s3://bucket/a/../b", "'a/../b' in --pings has a . or ..")
        self.assert_refused("s3://bucket/./a", "'./a' in --pings has a . or ..")

    def test_unknown_schemes(self) -> None:
        """A URL of another kind is refused by its scheme, without what follows."""
        self.assert_refused("https://u:hush@host/x?sig=hush", "https://, which cannot be", "hush")
        self.assert_refused("hdfs://namenode/pings", "s3://, gs://, az:// or file://")

    def test_secrets_in_urls(self) -> None:
        """A URL with keys or a signature is refused, and neither is shown."""
        for pings in (
            "s3://AKIA1:hush@bucket/x",
            "az://container/x?sv=1&sig=hush",
            "s3://buck?x=hush",
        ):
            self.assert_refused(pings, "credentials in the environment", "hush", "AKIA1")

    def test_part_of_a_day_needs_the_layout(self) -> None:
        """To choose by paths where the pattern is not that of 2016 is refused, on every place."""
        chosen = PathSelection(("main",), channels=("nightly", "beta"))
        for pings in (
            "/data",
            "s3://bucket/pings",
            "s3://bucket/%Y%m%d",
            "/x/%Y-%m-%d/telemetry/4",
        ):
            with self.assertRaisesRegex(
                BadSettingError, "^doc type main; channel nightly, beta can be chosen by paths of"
            ):
                open_store(pings, selection=chosen)
        for pings in ("/t/%Y%m%d/telemetry/4", "s3://bucket/t-2/%Y%m%d/telemetry/4/"):
            open_store(pings, selection=chosen)


if __name__ == "__main__":
    unittest.main()
