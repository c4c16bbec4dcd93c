"""Ids, and which of several copies counts."""

from __future__ import annotations

import unittest
from hashlib import blake2b
from typing import Any

from crash_rate_aggregates.dimensions import DIMENSIONS
from crash_rate_aggregates.engines.kernel import Kernel
from crash_rate_aggregates.normalize.ping import copy_order
from crash_rate_aggregates.normalize.rules import Judge
from crash_rate_aggregates.sources.interface import PingBatch
from crash_rate_aggregates.stats import row_of
from test.dataset import (
    DAY,
    LENGTH,
    UUID,
    WITH_DUMP,
    VerdictTestCase,
    crash_ping,
    json_text,
    main_ping,
    raw,
)

UUID_BYTES = bytes.fromhex("0a1b2c3d4e5f4000800000000000000f")
NIL = "00000000-0000-0000-0000-000000000000"


def hashed(text: bytes) -> bytes:
    """Return the BLAKE2b-128 of a string's bytes."""
    return blake2b(text, digest_size=16).digest()


class IdTest(VerdictTestCase):
    def id_of(self, **values: Any) -> bytes | None:
        """Return the id of a ping with these values."""
        return self.counted(main_ping(**values)).id

    def test_uuid_in_any_case(self) -> None:
        """A UUID stands for its 16 bytes, in upper, lower and mixed case."""
        for text in (UUID, UUID.upper(), UUID[:18] + UUID[18:].upper()):
            self.assertEqual(self.id_of(**{"meta/documentId": text}), UUID_BYTES)
            self.assertEqual(self.id_of(id=text), UUID_BYTES)

    def test_other_strings(self) -> None:
        """Another string stands for the BLAKE2b-128 of its UTF-8 bytes, as it is written."""
        bare = UUID.replace("-", "")
        odd = ("x", "X", " ", bare, "{" + UUID + "}", UUID + " ", UUID + "\n", "g" + UUID[1:])
        shifted = ("0a1b2c3-d4e5f-4000-8000-00000000000f", "urn:uuid:" + UUID, UUID[:-1] + "\u0661")
        for text in (*odd, *shifted, "\0", "é", "😀", "x" * 10_000, NIL.replace("-", "")):
            with self.subTest(text=text[:50]):
                self.assertEqual(self.id_of(**{"meta/documentId": text}), hashed(text.encode()))

    def test_lone_surrogate(self) -> None:
        """A lone surrogate in an id is kept apart from U+FFFD: two clients stay two."""
        self.assertEqual(self.id_of(id=raw(r'"\ud800"')), hashed(b"\xed\xa0\x80"))
        self.assertEqual(self.id_of(id="\ufffd"), hashed(b"\xef\xbf\xbd"))

    def test_nil_uuid_is_none(self) -> None:
        """The nil UUID is no id, and in meta.documentId it does not fall back to the ping's id."""
        self.assertIsNone(self.id_of(id=NIL))
        self.assertIsNone(self.id_of(**{"meta/documentId": NIL, "id": UUID}))
        self.assertEqual(self.id_of(id=NIL[:-1] + "1"), bytes(15) + b"\x01")

    def test_document_id_first(self) -> None:
        """meta.documentId wins if it is a non-empty string, else the ping's own id likewise."""
        self.assertEqual(self.id_of(**{"meta/documentId": "a", "id": UUID}), hashed(b"a"))
        value: Any
        for value in (None, "", 0, 12, raw("1.5"), True, False, [], {}, [UUID]):
            with self.subTest(value=value):
                self.assertEqual(self.id_of(**{"meta/documentId": value, "id": UUID}), UUID_BYTES)
                self.assertIsNone(self.id_of(**{"meta/documentId": value}))
                self.assertIsNone(self.id_of(id=value))
        self.assertIsNone(self.id_of())
        self.assertEqual(self.id_of(meta=UUID, id=UUID), UUID_BYTES)


class CopyOrderTest(VerdictTestCase):
    def order(self, ping: Any) -> bytes:
        """Return a ping's place among its copies."""
        return copy_order(self.counted(ping))

    def test_hash_of_the_canonical_form(self) -> None:
        """The order is the BLAKE2b-128 of a JSON array of all that table and ledger show."""
        stats = row_of({"usage_seconds": 60, "gpu_crashes": 3, "other_process_crash_pings": 1})
        canonical = (
            '["crash","2016-03-14","{\\"build_version\\":\\"48.0a1\\",'
            '\\"build_id\\":\\"20160313030418\\",\\"channel\\":\\"nightly\\",'
            '\\"application\\":\\"Firefox\\"}","gpu",32,[' + ",".join(map(str, stats)) + "],"
            '"c1",null,[["ex","b"]],[["gpu",3]],["gpu",null,"out of memory",true]]'
        )
        histograms = {"SUBPROCESS_CRASHES_WITH_DUMP": {"gpu": {"sum": 3}, "plugin": 1}}
        ping = crash_ping(
            **{"payload/processType": "gpu", "payload/keyedHistograms": histograms, LENGTH: 60},
            **{"environment/experiments/ex/branch": "b", "clientId": "C1"},
            **{"payload/metadata": {"OOMAllocationSize": "9", "StartupCrash": "1"}},
        )
        self.assertEqual(self.order(ping), hashed(canonical.encode()))

    def test_what_is_not_counted_does_not_matter(self) -> None:
        """Copies that differ in what no rule reads, or in spacing, have the same order."""
        ping = main_ping(id=UUID)
        self.assertEqual(self.order(ping), self.order(main_ping(id="another", x="y")))
        spaced = json_text(ping).replace(b",", b" ,\t").replace(b":{", b" : {")
        self.assertEqual(self.order(ping), self.order(spaced))

    def test_each_counted_part_matters(self) -> None:
        """Copies that differ in anything that is shown differ in their order."""
        pings = [
            main_ping(),
            crash_ping(),
            crash_ping(**{"payload/processType": "main"}),
            main_ping(**{LENGTH: 3601}),
            main_ping(**{LENGTH: 0}),
            main_ping(**{LENGTH: None}),
            main_ping(**{"application/channel": "beta"}),
            main_ping(**{"payload/info/subsessionStartDate": "2016-03-13"}),
            main_ping(**{"payload/keyedHistograms": []}),
            main_ping(clientId="x"),
            main_ping(clientId="y"),
            main_ping(**{"environment/build/displayVersion": "48.0a1"}),
            main_ping(**{"environment/experiments/ex/branch": "a"}),
            main_ping(**{"environment/experiments/ex/branch": "b"}),
            main_ping(**{"payload/simpleMeasurements/activeTicks": 1}),
            main_ping(**{f"{WITH_DUMP}/socket": {"sum": 1}}),
            crash_ping(**{"payload/metadata/StartupCrash": "1"}),
            crash_ping(**{"payload/metadata/OOMAllocationSize": "1"}),
        ]
        self.assertEqual(len({self.order(ping) for ping in pings}), len(pings))

    def test_rows_sort_like_bytes(self) -> None:
        """The kernel's two signed halves of the order sort as its bytes do, and tell ids apart."""
        kernel = Kernel(Judge(DAY, DIMENSIONS), bytes(32))
        pings = [main_ping(id=UUID, **{LENGTH: length}) for length in range(200)]
        kernel.judge(PingBatch([json_text(ping) for ping in pings]))
        rows = kernel.take_rows().to_pylist()
        by_bytes = sorted(range(200), key=lambda number: self.order(pings[number]))
        by_halves = sorted(
            range(200), key=lambda number: (rows[number]["copy_high"], rows[number]["copy_low"])
        )
        self.assertEqual(by_halves, by_bytes)
        self.assertEqual({row["id_high"] for row in rows}, {0x0A1B2C3D4E5F4000})
        self.assertEqual({row["id_low"] for row in rows}, {0x800000000000000F - 2**64})

    def test_row_without_id(self) -> None:
        """A ping without id has no order either: it is never a duplicate."""
        kernel = Kernel(Judge(DAY, DIMENSIONS), bytes(32))
        kernel.judge(PingBatch([json_text(main_ping(id=NIL)), json_text(main_ping())]))
        rows = kernel.take_rows().to_pylist()
        self.assertEqual(len(rows), 2)
        for row in rows:
            keys = {name: row[name] for name in row if name.endswith(("_high", "_low"))}
            self.assertEqual(keys, dict.fromkeys(keys))
            self.assertEqual(len(keys), 10)


if __name__ == "__main__":
    unittest.main()
