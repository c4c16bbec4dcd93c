"""Real files of each format, against what their publishers say is in them."""

from __future__ import annotations

import gzip
import json
import unittest
from collections.abc import Iterator
from datetime import date
from typing import Any

from crash_rate_aggregates.decode.layouts.kinds import V4_PINGS, field_places
from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.normalize.ping import Ignored, NormalizedPing
from crash_rate_aggregates.outcomes import Adjustment, DocType, Outcome
from crash_rate_aggregates.stats import STAT_NAMES
from test.real_pings import needs_real_pings, real_folder
from test.sources.mirrors.gcp_files import envelope
from test.sources.mirrors.mozlz4 import mozlz4
from test.sources.stored import heka_pings, verdicts

SAME_PING = [
    "telemetry-batch-view/test_main.snappy.heka",
    "telemetry-batch-view/test_main_hindsight.heka",
    "telemetry-batch-view/test_main.json.gz",
]
SERVER_ONLY = {"submissionDate"}
"""What we add to `meta` of a message that says no submission date."""


def real(name: str) -> bytes:
    """Return the stored bytes of a real file."""
    return (real_folder() / name).read_bytes()


def pings_in(name: str) -> list[Any]:
    """Return the whole decoded pings of a real Heka file."""
    return heka_pings(real(name))


def passed(name: str, day: date) -> NormalizedPing:
    """Return the normalized form of the one ping of a file."""
    (verdict,), _ = verdicts(real(name), day)
    assert isinstance(verdict, NormalizedPing), verdict
    return verdict


def stats_of(ping: NormalizedPing) -> dict[str, int]:
    """Return the stats that are not 0."""
    return {name: n for name, n in zip(STAT_NAMES, ping.stats, strict=True) if n}


def published(name: str) -> list[Any]:
    """Return a file's pings as its publisher decoded them, one text after another."""
    text, decoder = real(f"{name}.json").decode().strip(), json.JSONDecoder()
    pings = []
    while text:
        ping, end = decoder.raw_decode(text)
        pings.append(ping)
        text = text[end:].lstrip()
    return pings


@needs_real_pings
class HekaTest(unittest.TestCase):
    def decodes(self) -> list[str]:
        """Name the Heka files that come with their publisher's decode of the first pings."""
        found = sorted(real_folder().rglob("*.heka.json"))
        return [str(path.relative_to(real_folder())).removesuffix(".json") for path in found]

    def pairs(self) -> Iterator[tuple[str, Any, Any]]:
        """Yield the name of each file with each of its pings as we and its publisher decode it."""
        names = self.decodes()
        self.assertGreaterEqual(len(names), 4)
        for name in names:
            theirs = published(name)
            self.assertGreaterEqual(len(theirs), 1, name)
            for pair in zip(pings_in(name)[: len(theirs)], theirs, strict=True):
                yield name, *pair

    def test_fields_are_those_of_the_publishers_decode(self) -> None:
        """All fields that we read, and the dimensions, are those of the publisher's decode."""
        places = field_places(V4_PINGS, DIMENSIONS)
        for name, mine, theirs in self.pairs():
            with self.subTest(name=name):
                added = {key: mine["meta"][key] for key in SERVER_ONLY}
                theirs["meta"] = added | theirs["meta"]
                self.assertEqual(places.fields_of(mine), places.fields_of(theirs))

    def test_members_are_those_of_the_publishers_decode(self) -> None:
        """Every member is there, and no other; the published clientId of one ping was replaced."""
        for name, mine, theirs in self.pairs():
            with self.subTest(name=name):
                self.assertEqual(mine.keys(), theirs.keys())
                for key in ("application", "environment", "type", "id", "creationDate"):
                    self.assertEqual(mine.get(key), theirs.get(key))
                self.assertEqual(mine["meta"].keys() - SERVER_ONLY,
                                 theirs["meta"].keys() - SERVER_ONLY)  # fmt: skip

    def test_one_ping_in_three_encodings(self) -> None:
        """One real ping by snappy, in the later layout and as JSON is one normalized ping.

        The JSON has no `meta`, so neither country nor submission date; `id` is the document id.
        """
        go, hindsight, plain = (passed(name, date(2016, 4, 7)) for name in SAME_PING)
        self.assertEqual(go, hindsight)
        dimensions = json.loads(go.dimensions)
        self.assertEqual(dimensions.pop("country"), "??")
        self.assertEqual(json.loads(plain.dimensions), dimensions)
        with_country = plain._replace(dimensions=go.dimensions, carried=go.carried, cut=go.cut)
        self.assertEqual(with_country, go)
        self.assertEqual(
            stats_of(go), {"ping_count": 1, "usage_seconds": 14_557, "active_seconds": 86_770}
        )
        self.assertEqual(go.adjustments, Adjustment.ACTIVITY_DATE_TOO_EARLY)

    def test_crash_ping(self) -> None:
        """The real crash ping of 2019 is one crash of a content process, in Indonesia."""
        ping = passed("gcp-ingestion/crashping.heka", date(2019, 8, 31))
        self.assertEqual(
            stats_of(ping), {"content_crash_pings": 1, "content_crashes_not_at_shutdown": 1}
        )
        self.assertEqual((ping.process_type, ping.activity_date), ("content", date(2019, 8, 31)))
        self.assertEqual(
            json.loads(ping.dimensions),
            {
                "build_version": "69.0",
                "build_id": "20190708182549",
                "channel": "release",
                "application": "Firefox",
                "os_name": "Windows_NT",
                "os_version": "10.0",
                "architecture": "x86",
                "country": "ID",
                "e10s_enabled": "true",
            },
        )

    def test_every_framing(self) -> None:
        """Files of 10 records, plain, by snappy, mixed and gzip, hold the same 10 pings."""
        folder = "python_moztelemetry/test_"
        expected = pings_in(f"{folder}plain.heka")
        self.assertEqual([ping["seq"] for ping in expected], list(range(10)))
        for kind in ("snappy", "mixed", "gzip", "gzip_mixed"):
            self.assertEqual(pings_in(f"{folder}{kind}.heka"), expected)

    def test_never_decoded_messages(self) -> None:
        """Messages as the edge wrote them have their doc type and id from the address."""
        metas = [ping["meta"] for ping in pings_in("lua_sandbox_extensions/input.hpb.heka")]
        self.assertEqual(len(metas), 4)
        first = metas[0]
        self.assertEqual((first["docType"], first["appVersion"]), ("saved-session", "45.0"))
        self.assertEqual(first["documentId"], "0055FAC4-8A1A-4FCA-B380-EBFDC8571A01")
        self.assertNotIn("geoCountry", first)


@needs_real_pings
class GcpFilesTest(unittest.TestCase):
    def outcomes(self, name: str) -> list[tuple[Outcome, DocType]]:
        """Return what became of each line of a file that has no ping that passes."""
        found, damage = verdicts(real(f"gcp-ingestion/{name}"), date(2026, 1, 10))
        self.assertIsNone(damage)
        return [(each.outcome, each.doc_type) for each in found if isinstance(each, Ignored)]

    def test_fixtures(self) -> None:
        """Messages of gcp-ingestion's own tests: none is a ping that counts."""
        other, unreadable = (
            (Outcome.OTHER_DOC_TYPE, DocType.OTHER),
            (Outcome.UNREADABLE, DocType.UNKNOWN),
        )
        for name, expected in {
            "json-payload-attributes.ndjson": [other, other, other],
            "decoder-integration_valid-input.ndjson": [other] * 4,
            "decoder-integration_output.ndjson": [other] * 4,
            "pubsub-integration_input.ndjson": [unreadable] * 6,
            "pubsub-integration_gzipped.ndjson": [unreadable] * 6,
            "republisher-integration_per-channel-release.ndjson": [unreadable] * 20,
            "bigquery-integration_input-raw-format.ndjson": [unreadable],
            "bigquery-integration_input-decoded-format.ndjson": [unreadable],
        }.items():
            with self.subTest(name=name):
                self.assertEqual(self.outcomes(name), expected)

    def test_real_pings_in_messages(self) -> None:
        """The real main ping of 2016, put into a message, is the normalized ping of its file."""
        text = gzip.decompress(real(SAME_PING[2]))
        heka = passed(SAME_PING[0], date(2016, 4, 7))
        attributes = {"document_type": "main", "document_id": "foo", "geo_country": "??",
                      "submission_timestamp": "2016-04-07T13:35:16.829920Z"}  # fmt: skip
        (found,), _ = verdicts(envelope(gzip.compress(text), attributes), date(2016, 4, 7))
        self.assertEqual(found, heka)


@needs_real_pings
class MozLz4Test(unittest.TestCase):
    def test_real_ping_as_firefox_keeps_it(self) -> None:
        """The real main ping of 2016 as mozLz4 is the normalized ping of its JSON."""
        text = gzip.decompress(real(SAME_PING[2]))
        (found,), _ = verdicts(mozlz4(text), date(2016, 4, 7))
        self.assertEqual(found, passed(SAME_PING[2], date(2016, 4, 7)))


if __name__ == "__main__":
    unittest.main()
