"""Object storage that fails: the exact bytes come, or one sentence; never a part of them."""

from __future__ import annotations

import gzip
import os
import threading
import unittest
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import obstore

from crash_rate_aggregates.errors import (
    BucketNotFoundError,
    ObjectBrokeOffError,
    ObjectChangedError,
    SourceError,
    StorageCredentialsError,
    StorageDeniedError,
    StorageError,
    StorageUnreachableError,
)
from crash_rate_aggregates.sources.interface import Store, StoredFile
from crash_rate_aggregates.sources.stores.objects.storage_options import StorageOptions
from crash_rate_aggregates.sources.stores.urls import open_store
from test.faulty_proxy import Fault, FaultyProxy, always, in_turn, slow_down
from test.object_servers import google_bucket, request, s3_bucket, use_environment

DAY = date(2016, 3, 14)
KEY = "pings/submission_date=2016-03-14/part-0"
CONTENT = os.urandom(1_500_000)


class ObjectFaultsTestCase(unittest.TestCase):
    """A bucket with one object of 1.5 MB, behind a proxy that fails as it is told."""

    def setUp(self) -> None:
        self.bucket = s3_bucket()
        use_environment(self, self.bucket.environment)
        self.bucket.put(KEY, CONTENT)
        self.proxy = self.enterContext(FaultyProxy(self.bucket.endpoint))
        self.store = self.through_proxy()

    def through_proxy(self, place: str = "", **options: Any) -> Store:
        """Open the bucket, or another place, with few retries so that tests end soon."""
        given = {"retries": 2, **options}
        return open_store(
            place or f"{self.bucket.url}/pings", self.bucket.options(self.proxy.url, **given)
        )

    def pinned(self) -> StoredFile:
        """List the day while nothing fails; what is asked after this is kept."""
        (file,) = self.store.list_day(DAY)
        self.proxy.requests.clear()
        return file

    def ranges(self) -> list[str | None]:
        """Return the ranges that were asked for since the object was pinned."""
        return [asked for _, asked in self.proxy.requests]

    def assert_fails(self, kind: type[SourceError], said: str, call: Callable[[], object]) -> None:
        """It is one sentence of that kind, with the remedy, and without keys."""
        with self.assertRaisesRegex(kind, said) as caught:
            call()
        self.assertIs(type(caught.exception), kind)
        sentence = str(caught.exception)
        self.assertNotIn("\n", sentence)
        for secret in self.bucket.environment.values():
            self.assertNotIn(secret, sentence)


class ReadingTest(ObjectFaultsTestCase):
    def read(self, file: StoredFile) -> bytes:
        """Read all of it."""
        return b"".join(self.store.read(file))

    def assert_read_fails(self, kind: type[SourceError], said: str) -> None:
        """Reading the object, streamed or opened, fails so."""
        file = self.pinned()
        self.assert_fails(kind, said, lambda: self.read(file))
        with self.store.open(file) as opened:
            self.assert_fails(kind, said, opened.read)

    def test_busy_server(self) -> None:
        """A server that is too busy is asked again, and the bytes come once."""
        file = self.pinned()
        self.proxy.fault_of = in_turn(slow_down(), Fault(status=500), path=KEY)
        self.assertEqual(self.read(file), CONTENT)
        self.assertEqual(self.ranges(), [None, None, None])

    def test_server_that_stays_busy(self) -> None:
        """A server that is busy for longer than all retries is one sentence with its answer."""
        self.proxy.fault_of = always(slow_down(), path=KEY)
        self.assert_read_fails(
            StorageUnreachableError,
            rf"^cannot read 's3://.*/part-0' at {self.proxy.url}: 503 SlowDown after 2 retries; "
            "check --storage-endpoint",
        )

    def test_silent_server(self) -> None:
        """A server that says nothing for longer than the timeout is asked again."""
        self.store = self.through_proxy(timeout_seconds=0.5)
        file = self.pinned()
        is_over = threading.Event()
        self.proxy.fault_of = in_turn(Fault(before=lambda: is_over.wait(30)), path=KEY)
        self.assertEqual(self.read(file), CONTENT)
        is_over.set()
        self.assertEqual(self.ranges(), [None, None])

    def test_resets_in_mid_body(self) -> None:
        """A stream that breaks is taken up behind the last byte; no byte comes twice."""
        file = self.pinned()
        broken = [Fault(reset_after=size) for size in (400_000, 300_000, 1, 0, 500_000, 70_000)]
        self.proxy.fault_of = in_turn(*broken, path=KEY)
        self.assertEqual(self.read(file), CONTENT)
        self.assertEqual(self.ranges()[:3], [None, "bytes=400000-1499999", "bytes=700000-1499999"])
        self.assertTrue(all(self.ranges()[1:]))

    def test_resets_that_bring_it_further(self) -> None:
        """Any number of breaks is overcome while each start brings it further."""
        file = self.pinned()
        self.proxy.fault_of = always(Fault(reset_after=300_000), path=KEY)
        self.assertEqual(self.read(file), CONTENT)
        self.assertGreater(len(self.ranges()), 4)

    def test_breaks_at_the_same_byte(self) -> None:
        """An object that never gets beyond a byte ends in one sentence that names it."""
        self.proxy.fault_of = lambda path: (
            Fault(reset_after=0) if KEY in path and self.proxy.requests[-1][1] else None
        )
        file = self.pinned()
        with self.store.open(file) as opened:
            opened.seek(400_000)
            self.assert_fails(
                ObjectBrokeOffError,
                "^'s3://.*/part-0' breaks off after 400,000 of 1,500,000 bytes, and when it is",
                opened.read,
            )

    def test_cut_in_silence(self) -> None:
        """A body that ends early as if it were whole is noticed, also by its last byte alone."""
        file = self.pinned()
        for size in (0, 700_000, len(CONTENT) - 1):
            self.proxy.fault_of = always(Fault(cut_to=size), path=KEY)
            self.assert_fails(
                ObjectChangedError, "/part-0' was overwritten after it", lambda: self.read(file)
            )

    def test_short_answers_to_ranges(self) -> None:
        """An answer that is shorter than its range is taken up where it ends, if it has a byte."""
        file = self.pinned()
        self.proxy.fault_of = always(Fault(cut_to=400_000), path=KEY)
        with self.store.open(file) as opened:
            opened.seek(100)
            self.assertEqual(opened.read(), CONTENT[100:])
            self.proxy.fault_of = always(Fault(cut_to=0), path=KEY)
            opened.seek(100)
            self.assert_fails(ObjectBrokeOffError, "breaks off after 100 of 1,500,", opened.read)

    def test_removed_after_listing(self) -> None:
        """An object that is gone is named, with what to do."""
        file = self.pinned()
        self.bucket.remove(KEY)
        self.assert_fails(
            ObjectChangedError,
            "^'s3://.*/part-0' was removed after it was listed: run the day again once nothing",
            lambda: self.read(file),
        )

    def test_overwritten_after_listing(self) -> None:
        """An object overwritten before it is read is noticed, of the same size or of another."""
        for content in (bytes(len(CONTENT)), b"short", b""):
            file = self.pinned()
            self.bucket.put(KEY, content)
            self.assert_fails(
                ObjectChangedError,
                "^'s3://.*/part-0' was overwritten after it was listed: run",
                lambda file=file: self.read(file),  # type: ignore[misc]
            )
            self.bucket.put(KEY, CONTENT)

    def test_empty_object_that_was_filled(self) -> None:
        """An object that was empty when it was listed and is not any more is noticed."""
        self.bucket.put(KEY, b"")
        file = self.pinned()
        self.assertEqual(self.read(file), b"")
        self.bucket.put(KEY, CONTENT)
        self.assert_fails(ObjectChangedError, "overwritten", lambda: self.read(file))

    def test_overwritten_between_break_and_resumption(self) -> None:
        """A stream that breaks is not taken up in another version of the object."""
        file = self.pinned()
        overwrite = Fault(before=lambda: self.bucket.put(KEY, bytes(len(CONTENT))))
        self.proxy.fault_of = in_turn(Fault(reset_after=600_000), overwrite, path=KEY)
        self.assert_fails(ObjectChangedError, "was overwritten", lambda: self.read(file))

    def test_overwritten_while_the_server_ignores_if_match(self) -> None:
        """Where a server knows no If-Match, another version is told by the ETag of its answer."""
        bucket = google_bucket()
        bucket.put(KEY, CONTENT)
        store = open_store(f"{bucket.url}/pings", bucket.options())
        (file,) = store.list_day(DAY)
        bucket.put(KEY, bytes(len(CONTENT)))
        self.assert_fails(ObjectChangedError, "was overw", lambda: b"".join(store.read(file)))

    def test_expired_credentials(self) -> None:
        """A token that expires while the day is read is one sentence with the server's code."""
        self.proxy.fault_of = always(Fault(status=400, code="ExpiredToken"), path=KEY)
        self.assert_read_fails(
            StorageCredentialsError, r"the credentials are not accepted \(400 ExpiredToken\); renew"
        )

    def test_object_that_may_not_be_read(self) -> None:
        """An object that is closed to the job's user, or archived, is one sentence."""
        for code in ("AccessDenied", "InvalidObjectState"):
            self.proxy.fault_of = always(Fault(status=403, code=code), path=KEY)
            self.assert_read_fails(StorageDeniedError, rf"access is denied \(403 {code}\); give")

    def test_server_that_dies(self) -> None:
        """A server that is gone after the listing is one sentence with the reason."""
        file = self.pinned()
        self.proxy.stop()
        self.assert_fails(
            StorageUnreachableError,
            f"^cannot read 's3://.*/part-0' at {self.proxy.url}: Connection refused after 2 retri",
            lambda: self.read(file),
        )


class ListingTest(ObjectFaultsTestCase):
    def assert_listing_fails(
        self, kind: type[SourceError], said: str, store: Store | None = None
    ) -> None:
        """Listing the day fails so."""
        self.assert_fails(kind, said, lambda: (store or self.store).list_day(DAY))

    def test_broken_listing(self) -> None:
        """A listing that breaks off, comes cut or meets a busy server is asked for again."""
        faults = (Fault(reset_after=100), Fault(cut_to=200), slow_down())
        self.proxy.fault_of = in_turn(*faults, path="list-type")
        self.assertEqual([file.size for file in self.store.list_day(DAY)], [len(CONTENT)])
        self.assertEqual(len(self.proxy.requests), 4)

    def test_listing_that_stays_broken(self) -> None:
        """A listing that breaks off each time is an error, not a part of the day."""
        self.proxy.fault_of = always(Fault(reset_after=100), path="list-type")
        self.assert_listing_fails(StorageError, "^cannot list 's3://.*/submission_date=2016-03-14'")

    def test_many_pages(self) -> None:
        """A listing of several pages is whole, also where one of them breaks off."""
        for number in range(1001):
            self.bucket.put(f"pings/submission_date=2016-03-14/{number:04}", b"x")
        self.proxy.fault_of = in_turn(None, Fault(reset_after=100), path="list-type")
        self.assertEqual(len(self.store.list_day(DAY)), 1002)
        self.assertEqual(len(self.proxy.requests), 4)

    def test_missing_bucket(self) -> None:
        """A bucket that does not exist is one sentence with its name."""
        self.assert_listing_fails(
            BucketNotFoundError,
            rf"^there is no 's3://no-such-bucket' at {self.proxy.url} \(404 NoSuchBucket\): corr",
            self.through_proxy("s3://no-such-bucket/pings"),
        )

    def test_refusals(self) -> None:
        """What a server refuses is told apart by the remedy: keys, rights, region, patience."""
        for status, code, kind, said in (
            (
                400,
                "ExpiredToken",
                StorageCredentialsError,
                "not accepted .400 ExpiredToken.; renew",
            ),
            (403, "InvalidAccessKeyId", StorageCredentialsError, "not accepted .403 InvalidAcc"),
            (403, "SignatureDoesNotMatch", StorageCredentialsError, "not accepted .403 Signature"),
            (401, "", StorageCredentialsError, "not accepted .401.; renew"),
            (403, "AccessDenied", StorageDeniedError, "denied .403 AccessDenied.; give the job's"),
            (301, "PermanentRedirect", StorageError, "is in another region .*--storage-region"),
            (503, "SlowDown", StorageUnreachableError, "503 SlowDown after 2 retries; check"),
            (405, "MethodNotAllowed", StorageError, "object storage answers 405 MethodNotAllowed"),
        ):
            with self.subTest(code=code):
                self.proxy.fault_of = always(Fault(status=status, code=code))
                self.assert_listing_fails(kind, f"^cannot list 's3://.*{said}")

    def test_no_credentials(self) -> None:
        """Without any credentials it is one sentence that says where to give them."""
        variables = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        for variable in variables:
            del os.environ[variable]
        # A metadata service that is not there, as on a machine outside the cloud.
        os.environ["AWS_METADATA_ENDPOINT"] = "http://127.0.0.1:1"
        self.assert_listing_fails(
            StorageCredentialsError,
            "no credentials were found .*--storage-anonymous",
            self.through_proxy(retries=1),
        )

    def test_anonymous_access(self) -> None:
        """An anonymous reader sends no signature: a public object is read, a private one is not."""
        bucket, headers = self.bucket.url[5:], {"x-amz-acl": "public-read"}
        path = f"/{bucket}/pings/submission_date=2016-03-14/public"
        request(self.bucket.endpoint, "PUT", path, b"12", headers)
        store = self.through_proxy(anonymous=True)
        private, public = store.list_day(DAY)
        self.assertEqual(b"".join(store.read(public)), b"12")
        self.assert_fails(StorageDeniedError, "denied", lambda: list(store.read(private)))

    def test_server_that_the_environment_names(self) -> None:
        """AWS_ENDPOINT_URL names a server, on plain HTTP too; --storage-endpoint goes before it."""
        for number, variable in enumerate(("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3")):
            # Other options each time: a process keeps its connections.
            options = StorageOptions(retries=0, timeout_seconds=5 + number)
            os.environ[variable] = self.proxy.url
            store = open_store(f"{self.bucket.url}/pings", options)
            self.assertEqual(len(store.list_day(DAY)), 1)
            self.assertEqual(len(self.proxy.requests), 1)
            self.proxy.requests.clear()
            os.environ[variable] = "http://user:hush@127.0.0.1:1"
            self.assertEqual(len(self.through_proxy(retries=5 + number).list_day(DAY)), 1)
            self.proxy.requests.clear()
            options = replace(options, retries=1)
            with self.assertRaisesRegex(StorageUnreachableError, "at http://127.0.0.1:1: Conn"):
                open_store(self.bucket.url, options).list_day(DAY)
            del os.environ[variable]

    def test_unreachable_server(self) -> None:
        """A port where nothing listens, or a host without address, is one sentence."""
        for endpoint, reason in (
            ("http://127.0.0.1:1", "Connection refused"),
            ("http://no-such-host.invalid", ".*"),
        ):
            options = self.bucket.options(endpoint, retries=1)
            self.assert_listing_fails(
                StorageUnreachableError,
                f"^cannot list 's3://.*' at {endpoint}: {reason} after 1 retries; check --storage",
                open_store(f"{self.bucket.url}/pings", options),
            )

    def test_names_that_no_client_can_ask_for(self) -> None:
        """An object with an empty part in its name is not left out: it fails the day, by name."""
        request(
            self.bucket.endpoint,
            "PUT",
            f"/{self.bucket.url[5:]}/pings/submission_date=2016-03-14//x",
        )
        self.assert_listing_fails(
            StorageError,
            r"an object with an empty part, .* \('pings/submission_date=2016-03-14//x'",
        )

    def test_stored_as_compressed(self) -> None:
        """An object that is stored with the header of gzip comes as its stored bytes."""
        content = gzip.compress(b"{}\n")
        key = KEY.replace("part-0", "part-1.gz")
        headers = {"Content-Encoding": "gzip"}
        obstore.put(self.bucket.connection, key, content, attributes=headers)
        file = self.store.list_day(DAY)[1]
        self.assertEqual(b"".join(self.store.read(file)), content)

    def test_listing_without_etags(self) -> None:
        """Where a listing gives no ETag, size alone pins an object."""
        file = replace(self.pinned(), etag=None)
        self.assertEqual(b"".join(self.store.read(file)), CONTENT)
        self.bucket.put(KEY, CONTENT[1:])
        self.assert_fails(ObjectChangedError, "overwritten", lambda: list(self.store.read(file)))

    def test_markers_of_folders(self) -> None:
        """Empty objects that consoles make for folders are no pings and no harm."""
        request(
            self.bucket.endpoint,
            "PUT",
            f"/{self.bucket.url[5:]}/pings/submission_date=2016-03-14/a/",
        )
        read = [b"".join(self.store.read(file)) for file in self.store.list_day(DAY)]
        self.assertEqual(read, [b"", CONTENT])


if __name__ == "__main__":
    unittest.main()
