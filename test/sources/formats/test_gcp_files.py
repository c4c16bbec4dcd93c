"""gcp-ingestion's files: from a line's envelope to a ping with what the attributes say."""

from __future__ import annotations

import gzip
import json
import unittest
from base64 import b64encode
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from crash_rate_aggregates.decode.layouts.kinds import LayoutName, PingKind
from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.normalize.ping import UNREADABLE, Ignored, NormalizedPing
from crash_rate_aggregates.outcomes import DocType, Outcome
from crash_rate_aggregates.sources.formats.gcp_files import ping_of, ping_of_plainly, with_members
from crash_rate_aggregates.sources.interface import RawPing, StoredFile, Unreadable
from crash_rate_aggregates.sources.reading import read_pings
from test.dataset import (
    DAY,
    LENGTH,
    UUID,
    crash_ping,
    full_size_ping,
    json_text,
    judge_of,
    main_ping,
)
from test.decode.arbitrary_pings import mutated, ping_texts
from test.property_tests import examples
from test.sources.mirrors.gcp_files import envelope, write_gcp_files, write_raw_gcp_files
from test.sources.mirrors.glean import glean_ping
from test.sources.stored import MemoryStore, read, verdicts, zstd_compress

ATTRIBUTES = {
    "app_build_id": "20160313030418",
    "app_name": "Firefox",
    "app_update_channel": "nightly",
    "app_version": "48.0a1",
    "document_id": UUID,
    "document_namespace": "telemetry",
    "document_type": "main",
    "document_version": "4",
    "geo_country": "DE",
    "normalized_channel": "nightly",
    "normalized_os": "Windows",
    "sample_id": "42",
    "submission_timestamp": "2016-03-14T23:59:59.999999Z",
    "host": "example.com",
}
META = {
    "appBuildId": "20160313030418",
    "appName": "Firefox",
    "appUpdateChannel": "nightly",
    "appVersion": "48.0a1",
    "docType": "main",
    "documentId": UUID,
    "documentNamespace": "telemetry",
    "geoCountry": "DE",
    "normalizedChannel": "nightly",
    "os": "Windows",
    "sampleId": "42",
    "submissionDate": "2016-03-14",
}
PINGS: list[dict[str, Any]] = [
    full_size_ping(),
    main_ping(**{"meta/documentId": UUID, "meta/geoCountry": "??", LENGTH: -5}),
    main_ping(**{"meta/submissionDate": "20160315"}),
    crash_ping(**{"payload/processType": "content", "meta/submissionDate": "20160314"}),
    main_ping(type="core", meta={"docType": "core"}),
]


def decoded(line: bytes) -> Any:
    """Return the decoded ping of one line."""
    ping = ping_of(line)
    return json.loads(bytes(ping)) if isinstance(ping, (bytes, memoryview)) else ping


def verdict(ping: RawPing) -> NormalizedPing | Ignored:
    """Judge what a line became."""
    if isinstance(ping, Unreadable):
        return UNREADABLE
    if isinstance(ping, (bytes, memoryview)):
        return judge_of().judge_json(ping)
    return judge_of().judge_raw(ping)


class EnvelopeTest(unittest.TestCase):
    def test_attributes_become_meta(self) -> None:
        """What attributes say stands in `meta` by 2016's names, normalized columns beside it."""
        for pack in (bytes, gzip.compress, zstd_compress):
            self.assertEqual(
                decoded(envelope(pack(b'{"type":"main"}'), ATTRIBUTES)),
                {
                    "type": "main",
                    "normalized_channel": "nightly",
                    "normalized_os": "Windows",
                    "meta": META,
                },
            )

    def test_country(self) -> None:
        """The country is geo_country, else normalized_country_code."""
        both = {"geo_country": "DE", "normalized_country_code": "FR"}
        self.assertEqual(decoded(envelope(b"{}", both))["meta"], {"geoCountry": "DE"})
        del both["geo_country"]
        self.assertEqual(decoded(envelope(b"{}", both))["meta"], {"geoCountry": "FR"})

    def test_normalized_columns_stand_in(self) -> None:
        """Where a ping names no system or channel, the normalized columns do, in v4's spelling."""
        ping = json_text({**crash_ping(), "application": {}, "meta": {}})
        named = {"normalized_app_name": "Fenix", "document_type": "crash"}
        line = envelope(ping, ATTRIBUTES | named)
        passed = verdict(ping_of(line))
        assert isinstance(passed, NormalizedPing)
        dimensions = json.loads(passed.dimensions)
        self.assertEqual(
            [dimensions[name] for name in ("channel", "application", "os_name", "country")],
            ["nightly", "Firefox for Android", "Windows_NT", "DE"],
        )

    def test_attributes_count_more_than_the_ping(self) -> None:
        """A member that the ping has itself gives way to what an attribute says."""
        own = b'{"meta":{"docType":"crash","geoCountry":"FR"},"normalized_channel":"beta"}'
        self.assertEqual(
            decoded(envelope(own, {"document_type": "main", "normalized_channel": "esr"})),
            {"meta": {"docType": "main", "normalizedChannel": "esr"}, "normalized_channel": "esr"},
        )

    def test_no_attributes(self) -> None:
        """A message with null, no or other attributes is its ping as it is."""
        own = b'{"meta":{"docType":"main"}}'
        payload = b64encode(own).decode()
        for message in (
            {"attributeMap": None, "payload": payload},
            {"payload": payload},
            {"attributeMap": {}, "payload": payload},
            {"attributeMap": {"host": "x"}, "payload": payload, "messageId": "1"},
            {"attributeMap": [], "payload": payload},
        ):
            self.assertEqual(decoded(json_text(message)), json.loads(own), message)

    def test_payload_as_object(self) -> None:
        """A payload that is an object is the ping."""
        message = {"attributeMap": ATTRIBUTES, "payload": {"type": "main", "payload": {"info": {}}}}
        ping = decoded(json_text(message))
        self.assertEqual((ping["type"], ping["meta"]), ("main", META))

    def test_odd_values(self) -> None:
        """Attributes that are no strings are judged as such values in `meta` are."""
        text = json_text(main_ping(meta={}))
        for attributes, expected in (
            ({"document_type": None}, DocType.MAIN),
            ({"document_type": 5}, Outcome.OTHER_DOC_TYPE),
            ({"submission_timestamp": 20160314}, Outcome.BAD_SUBMISSION_DATE),
            ({"submission_timestamp": "soon"}, Outcome.BAD_SUBMISSION_DATE),
            ({"submission_timestamp": "2016-03-15T00:00:00Z"}, Outcome.OTHER_SUBMISSION_DATE),
            ({"submission_timestamp": "2016-03-14T00:00:00Z"}, DocType.MAIN),
        ):
            found = verdict(ping_of(envelope(text, attributes)))
            became = found.outcome if isinstance(found, Ignored) else found.doc_type
            self.assertEqual(became, expected, attributes)

    def test_unreadable(self) -> None:
        """A payload that is no base64, no gzip, too large or missing is one unreadable ping."""
        good = gzip.compress(b'{"type":"main"}')
        large = gzip.compress(b'{"x":"' + b"a" * (16 << 20) + b'"}', 1)
        messages: list[dict[str, Any]] = [
            {"attributeMap": {}, "payload": "e30"},
            {"attributeMap": {}, "payload": "e30=="},
            {"attributeMap": {}, "payload": "e3 0="},
            {"attributeMap": {}, "payload": "e30\n="},
            {"attributeMap": {}, "payload": b64encode(good[:-1]).decode()},
            {"attributeMap": {}, "payload": b64encode(good[:12] + b"x" + good[13:]).decode()},
            {"attributeMap": {}, "payload": b64encode(large).decode()},
            {"attributeMap": {}, "payload": ""},
            {"attributeMap": {}, "payload": None},
            {"attributeMap": {}, "payload": [1]},
            {"attributeMap": {"host": "x"}},
            {"attributeMap": {}, "payload": b64encode(b"test").decode()},
            {"attributeMap": {}, "payload": b64encode(b"[]").decode()},
        ]
        for message in messages:
            self.assertEqual(verdict(ping_of(json_text(message))), UNREADABLE, str(message)[:99])

    def test_raw_messages(self) -> None:
        """A message that no decoder has seen is known by its address, as long as that is all."""
        uri = f"/submit/telemetry/{UUID}/crash/Firefox/48.0a1/nightly/20160313030418?v=4"
        ping = decoded(envelope(b"{}", {"uri": uri}))
        self.assertEqual((ping["meta"]["docType"], ping["meta"]["documentId"]), ("crash", UUID))
        self.assertEqual(ping["meta"]["appVersion"], "48.0a1")
        glean = decoded(envelope(b"{}", {"uri": f"/submit/firefox-desktop/crash/1/{UUID}"}))
        self.assertEqual(glean["meta"]["documentNamespace"], "firefox-desktop")
        self.assertEqual((glean["meta"]["docType"], glean["meta"]["documentId"]), ("crash", UUID))
        known = decoded(envelope(b"{}", {"uri": uri, "document_type": "main"}))
        self.assertEqual(known["meta"], {"docType": "main"})

    @examples(2)
    @given(
        st.one_of(ping_texts().map(str.encode), mutated(ping_texts().map(str.encode))),
        st.dictionaries(
            st.sampled_from([*ATTRIBUTES, "uri", "normalized_app_name", "x"]),
            st.one_of(
                st.text(max_size=3),
                st.sampled_from(["main", "crash", "2016-03-14T00:00:00Z", UUID, "/submit/a/main"]),
                st.none(),
                st.integers(),
            ),
            max_size=4,
        ),
    )
    def test_both_ways_agree(self, text: bytes, attributes: dict[str, Any]) -> None:
        """A text with members added is judged as the decoded ping with them."""
        line = envelope(text, attributes)
        self.assertEqual(verdict(ping_of(line)), verdict(ping_of_plainly(line)))

    @examples(2)
    @given(
        mutated(
            st.sampled_from([envelope(json_text(main_ping()), ATTRIBUTES), b'{"payload":"e30="}'])
        )
    )
    def test_both_ways_agree_on_broken_envelopes(self, line: bytes) -> None:
        """A line with a few bytes changed is judged the same, however it is decoded."""
        self.assertEqual(verdict(ping_of(line)), verdict(ping_of_plainly(line)))


class AddedMembersTest(unittest.TestCase):
    def test_exact_text(self) -> None:
        """Members come last, so they hide others; an empty object takes them without a comma."""
        members = {"meta": {"a": "b"}}
        for text, expected in (
            (b"{}", b'{"meta":{"a":"b"}}'),
            (b" { } \r\n", b' {"meta":{"a":"b"}}'),
            (b'{"x":{}}', b'{"x":{},"meta":{"a":"b"}}'),
            (b'{"x":1 }', b'{"x":1,"meta":{"a":"b"}}'),
            (b"[]", b"[]"),
            (b"", b""),
        ):
            self.assertEqual(with_members(text, members), expected)
        self.assertEqual(with_members(b"{ } ", {}), b"{ } ")

    def test_broken_texts_stay_broken(self) -> None:
        """No text that is no JSON object becomes one."""
        texts = [b"}", b"{", b"{}}", b'{"a":"}', b'{"a":"{}', b"{,}", b'{"a":}', b'{"a":{}', b"5}"]
        texts += [b"{\\}", b"[{}", b"{} {}", b"[]}", b'{"a":1,}', b"\xef\xbb\xbf{}"]
        for text in texts:
            with self.assertRaises(ValueError, msg=text):
                json.loads(with_members(text, {"meta": {"a": "b"}}).decode())


class FileTest(unittest.TestCase):
    def kinds(self, content: bytes, chunk_bytes: int = 1 << 18) -> list[PingKind]:
        """Return the kind of each batch."""
        store = MemoryStore({"a": content}, chunk_bytes)
        return [batch.kind for batch in read_pings(store, StoredFile("a", 1), DIMENSIONS)]

    def test_verdicts_are_those_of_json(self) -> None:
        """Decoded messages are judged as the same pings one a line, raw ones all but country."""
        lines = b"".join(json_text(ping) + b"\n" for ping in PINGS)
        expected = verdicts(lines, DAY)
        for pack in (bytes, gzip.compress):
            content = write_gcp_files(PINGS, pack=pack)
            self.assertEqual(verdicts(content, DAY), expected)
            self.assertEqual(verdicts(gzip.compress(content), DAY, chunk_bytes=1000), expected)
        without_country = (
            ping | {"meta": {key: ping["meta"][key] for key in {*ping["meta"]} - {"geoCountry"}}}
            for ping in PINGS
        )
        lines = b"".join(json_text(ping) + b"\n" for ping in without_country)
        self.assertEqual(verdicts(write_raw_gcp_files(PINGS), DAY), verdicts(lines, DAY))

    def test_format_is_told_by_the_first_line(self) -> None:
        """A file whose first JSON line is a message holds messages; else it is JSON."""
        message = envelope(b"{}", ATTRIBUTES)
        ping = json_text(main_ping())
        for content in (message, b"\n\nx\n" + message, b"\xef\xbb\xbf" + message):
            pings, _ = read(content)
            self.assertIn(b'"meta"', pings[-1] if isinstance(pings[-1], bytes) else b"")
        self.assertEqual(read(ping + b"\n" + message), ([ping, message.strip()], None))

    def test_a_first_line_longer_than_the_head(self) -> None:
        """A message of more than 1 MiB at a file's start tells the format by how it begins."""
        text = json_text(main_ping(x="a" * (2 << 20)))
        (ping,), _ = read(envelope(text, {"document_id": UUID}))
        assert isinstance(ping, bytes)
        self.assertEqual(json.loads(ping)["meta"], {"documentId": UUID})

    def test_a_line_that_is_no_message(self) -> None:
        """A ping's own JSON among messages is judged as it is; a broken line is unreadable."""
        content = envelope(b"{}", ATTRIBUTES) + json_text(main_ping()) + b'\n{"payload":\n'
        found, damage = verdicts(content, DAY)
        self.assertEqual([type(each) for each in found], [Ignored, NormalizedPing, Ignored])
        self.assertEqual((found[2], damage), (UNREADABLE, None))

    def test_kind_is_that_of_the_first_ping_with_a_mark(self) -> None:
        """A file whose pings are Glean's is judged as such, whatever stands before them."""
        glean = {"ping_info": {"end_time": "2026-03-14T10:00+00:00"}, "metrics": {}}
        lines = envelope(b"{}", None) + envelope(json_text(glean), ATTRIBUTES)
        self.assertEqual(self.kinds(lines), [PingKind(LayoutName.GLEAN)])
        self.assertEqual(self.kinds(write_gcp_files(PINGS)), [PingKind(LayoutName.V4)])
        self.assertEqual(self.kinds(envelope(b"{}", None)), [PingKind(LayoutName.V4)])

    def test_kind_is_that_of_the_file(self) -> None:
        """However a file is cut, a ping without a mark is of the kind that the file's head tells.

        A Glean crash ping without `end_time` has none, and counts as what the others are.
        """
        ended = glean_ping(crash_ping())
        unmarked = ended | {"ping_info": {"seq": 3}}
        lines = [envelope(json_text(ping), None) for ping in (unmarked, ended, ended, unmarked)]
        content = b"".join(lines)
        whole = verdicts(content, DAY)
        self.assertEqual([type(each) for each in whole[0]], [NormalizedPing] * 4)
        for size in (1, 100, len(lines[0]), 2 * len(lines[0]) + 1):
            self.assertEqual(verdicts(content, DAY, chunk_bytes=size), whole, size)
            self.assertEqual(set(self.kinds(content, size)), {PingKind(LayoutName.GLEAN)})

    def test_one_ping_of_another_kind_decides_nothing(self) -> None:
        """A stray first ping in another layout does not make a file one of that layout."""
        stray = envelope(json_text({"ping_info": {"end_time": "2016"}}), ATTRIBUTES)
        lines = [envelope(json_text(main_ping()), ATTRIBUTES)] * 2
        self.assertEqual(set(self.kinds(stray + b"".join(lines))), {PingKind(LayoutName.V4)})


if __name__ == "__main__":
    unittest.main()
