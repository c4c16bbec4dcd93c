"""Files of Glean's pending pings: the ping, with what the path to its server says."""

from __future__ import annotations

import gzip
import json
import unittest
from typing import Any

from crash_rate_aggregates.decode.layouts.kinds import LayoutName, PingKind
from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.outcomes import DocType, Outcome
from crash_rate_aggregates.sources.formats.lines import MAX_PING_BYTES
from crash_rate_aggregates.sources.interface import StoredFile
from crash_rate_aggregates.sources.reading import read_pings
from test.dataset import UUID, crash_ping, json_text, main_ping
from test.sources.judged import judged_rows
from test.sources.mirrors.glean import glean_ping, json_lines
from test.sources.mirrors.glean_pending import SENDERS, as_sent, pending_ping
from test.sources.stored import UNREADABLE, MemoryStore, read

PING = glean_ping(crash_ping(**{"meta/documentId": UUID}))
META = {
    "docType": "crash",
    "documentId": UUID,
    "documentNamespace": "firefox-desktop",
    "documentVersion": "1",
}


def pings_of(content: bytes) -> list[Any]:
    """Return the decoded pings of a sound file, which must not depend on its chunks."""
    found, damage = read(content)
    assert damage is None, damage
    for size in (1, 7, 100):
        assert read(content, chunk_bytes=size) == (found, None), size
    return [json.loads(ping) if isinstance(ping, bytes) else ping for ping in found]


class PendingTest(unittest.TestCase):
    def test_ping_and_path(self) -> None:
        """The second line is the ping, with doc type, id and namespace of the first as `meta`."""
        shapes: list[Any] = [SENDERS, {"headers": {}}, None]
        for senders in shapes:
            (ping,) = pings_of(pending_ping(PING, senders))
            self.assertEqual(ping.pop("meta"), META)
            self.assertEqual(ping, {key: PING[key] for key in ping})
            self.assertEqual(set(ping), {"client_info", "metrics", "ping_info"})

    def test_counts_like_the_ping_itself(self) -> None:
        """It gives the row of the same ping as JSON, plain, gzip, and with line ends of Windows."""
        expected = judged_rows({"0": json_lines([as_sent(PING)])})
        self.assertEqual(expected[0].passed, {"crash": 1})
        self.assertIn('"application":"Firefox"', expected[1][0]["dimensions"])
        stored = pending_ping(PING)
        for content in (
            stored,
            stored + b"\n",
            gzip.compress(stored),
            stored.replace(b"\n", b"\r\n"),
        ):
            self.assertEqual(judged_rows({UUID: content}), expected)

    def test_other_namespaces_and_doc_types(self) -> None:
        """The path says the application, and that another ping is no crash ping."""
        for namespace, application in (
            ("firefox-crashreporter", '"application":"Firefox"'),
            ("thunderbird-desktop", '"application":"Thunderbird"'),
        ):
            ping = glean_ping(crash_ping(**{"meta/documentId": UUID}))
            ping["metadata"]["document_namespace"] = namespace
            ((row,),) = (judged_rows({"0": pending_ping(ping)})[1],)
            self.assertIn(application, row["dimensions"])
        ping["metadata"]["document_type"] = "baseline"
        counts, _ = judged_rows({"0": pending_ping(ping)})
        self.assertEqual(counts.ignored, {(Outcome.OTHER_DOC_TYPE, DocType.OTHER): 1})

    def test_what_the_ping_says_of_itself(self) -> None:
        """A `meta` that the ping has itself is not what the sender says."""
        stored = pending_ping(PING).replace(b'{"ping_info"', b'{"meta":{"docType":"x"},"ping_info"')
        stored = stored.replace(b'{"client_info"', b'{"meta":{"docType":"x"},"client_info"')
        (ping,) = pings_of(stored)
        self.assertEqual(ping["meta"], META)

    def test_kind(self) -> None:
        """The pings are of Glean's layout, so that the fast path reads them."""
        store = MemoryStore({UUID: pending_ping(PING)}, 100)
        (batch,) = read_pings(store, StoredFile(UUID, 1), DIMENSIONS)
        self.assertEqual(batch.kind, PingKind(LayoutName.GLEAN))

    def test_body_that_is_none(self) -> None:
        """A body that is no JSON, or longer than 16 MiB, is one unreadable ping."""
        path = pending_ping(PING).split(b"\n")[0]
        counts, _ = judged_rows({"0": path + b"\n{}}"})
        self.assertEqual(counts.ignored, {(Outcome.UNREADABLE, DocType.UNKNOWN): 1})
        long = path + b'\n{"x":"' + b"x" * MAX_PING_BYTES + b'"}'
        self.assertEqual(read(long), ([UNREADABLE], None))

    def test_damage(self) -> None:
        """Where the stream breaks off in the body, the ping is unreadable; behind it, it counts."""
        chance = bytes(range(256)) * 300
        ping = PING | {"metrics": PING["metrics"] | {"large": {"x": chance.hex()}}}
        stored = gzip.compress(pending_ping(ping), 1)
        for end, passed in ((len(stored) // 2, 0), (len(stored) - 8, 1)):
            found, damage = read(stored[:end])
            self.assertEqual(damage, "it breaks off in the middle of its compressed data")
            self.assertEqual([ping is not UNREADABLE for ping in found], [bool(passed)])


class NoPendingTest(unittest.TestCase):
    def test_a_line_that_looks_like_a_path(self) -> None:
        """A first line that looks like a path is one unreadable ping among the lines of others."""
        path = pending_ping(PING).split(b"\n")[0]
        lines = [json_text(main_ping(id=f"{number}")) for number in range(3)]
        for others in (lines, lines[:2]):
            counts, _ = judged_rows({"0": b"\n".join([path, *others])})
            self.assertEqual(counts.passed, {"main": len(others)})
            self.assertEqual(counts.ignored[Outcome.UNREADABLE, DocType.UNKNOWN], 1)

    def test_other_first_lines(self) -> None:
        """Where the first line is no such path, or no body follows, lines are what they are."""
        _, body, _ = pending_ping(PING).split(b"\n")
        for first in (
            b"/submit/firefox-desktop/crash/1",
            b"/submit/firefox-desktop/crash/one/id",
            b"submit/firefox-desktop/crash/1/id",
            b"/submit/firefox-desktop/crash/1/id/x",
        ):
            self.assertEqual(read(first + b"\n" + body), ([first, body], None))
        path = pending_ping(PING).split(b"\n")[0]
        for content in (path, path + b"\n", path + b"\n\n"):
            self.assertEqual(read(content), ([path], None))
        self.assertEqual(read(path + b"\n[1]"), ([path, b"[1]"], None))


if __name__ == "__main__":
    unittest.main()
