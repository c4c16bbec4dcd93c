"""Rows of Parquet are judged like the same pings as JSON, whatever writer made the file."""

from __future__ import annotations

import gzip
import tracemalloc
import unittest
from collections.abc import Callable, Iterator
from hashlib import shake_256
from io import BytesIO
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from crash_rate_aggregates.dimensions import DIMENSIONS, Dimension
from crash_rate_aggregates.errors import UnknownTableError
from crash_rate_aggregates.sources.interface import StoredFile
from crash_rate_aggregates.sources.reading import read_pings
from test.dataset import (
    LENGTH,
    WITH_DUMP,
    crash_ping,
    full_size_ping,
    json_text,
    main_ping,
)
from test.sources.judged import judged_rows
from test.sources.mirrors.bigquery import (
    CRASH_SCHEMA,
    MAIN_SCHEMA,
    bigquery_row,
    crash_parquet,
    main_parquet,
    parquet,
)
from test.sources.stored import MemoryStore, chunked

ID = "0a1b2c3d-4e5f-4000-8000-%012x"


def mains(count: int) -> list[dict[str, Any]]:
    """Make main pings that differ."""
    return [
        main_ping(
            **{
                "meta/documentId": ID % number,
                "meta/submissionDate": "20160314",
                LENGTH: number,
                f"{WITH_DUMP}/{'gpu' if number % 2 else 'content'}": {"sum": number % 5},
            }
        )
        for number in range(count)
    ]


def as_json(pings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of pings as canonical JSON."""
    return judged_rows({"pings": b"\n".join(map(json_text, pings))})[1]


def changed(stored: bytes, change: Callable[[pa.Table], pa.Table]) -> bytes:
    """Write a Parquet file anew with another table."""
    new = BytesIO()
    pq.write_table(change(pq.read_table(BytesIO(stored))), new)
    return new.getvalue()


def with_column(path: str, values: pa.Array) -> Callable[[pa.Table], pa.Table]:
    """Return a change that replaces, or adds, what lies at a path of names like `a.b`."""

    def replaced(array: pa.Array, keys: list[str]) -> pa.Array:
        if not keys:
            return values
        names = [field.name for field in array.type]
        children = dict(zip(names, array.flatten(), strict=True))
        old = children.get(keys[0], pa.nulls(len(array)))
        children[keys[0]] = replaced(old, keys[1:])
        return pa.StructArray.from_arrays(list(children.values()), list(children))

    def change(table: pa.Table) -> pa.Table:
        name, *keys = path.split(".")
        if name not in table.column_names:
            return table.append_column(name, values)
        new = replaced(table.column(name).combine_chunks(), keys)
        return table.set_column(table.column_names.index(name), name, new)

    return change


class ParquetTest(unittest.TestCase):
    def assert_same(self, stored: bytes, pings: list[dict[str, Any]], name: str = "0") -> None:
        """Hold that a file's rows are judged like the canonical pings."""
        counts, rows = judged_rows({name: stored})
        self.assertEqual(rows, as_json(pings))
        self.assertEqual(counts.read, len(pings))

    def test_main_and_crash(self) -> None:
        """Exports of main_v5 and crash_v4 give the rows of the pings themselves."""
        pings = [full_size_ping(), *mains(20)]
        self.assert_same(main_parquet(pings), pings)
        crashes = [
            crash_ping(**{"meta/documentId": ID % 1}),
            crash_ping(**{"payload/processType": "content"}),
            crash_ping(
                **{
                    "payload/processType": "content",
                    "payload/metadata": {"ipc_channel_error": "ShutDownKill"},
                }
            ),
        ]
        self.assert_same(crash_parquet(crashes), crashes)

    def test_row_groups_batches_and_encodings(self) -> None:
        """However rows are grouped, compressed and encoded, they come in order and whole."""
        pings = mains(300)
        options: list[dict[str, Any]] = [
            {"row_group_size": 7},
            {"compression": "snappy", "use_dictionary": False},
            {"compression": "zstd", "data_page_size": 64},
            {"compression": "none", "version": "1.0"},
            {"use_compliant_nested_type": False},
            {"data_page_version": "2.0", "store_schema": False},
            {"use_deprecated_int96_timestamps": True},
        ]
        for option in options:
            with self.subTest(**option):
                self.assert_same(main_parquet(pings, **option), pings)

    def test_table_from_path(self) -> None:
        """The path says what columns do not: rows whose own columns are all null are crashes."""
        ping = crash_ping()
        del ping["payload"]["crashDate"]
        stored = crash_parquet([ping])
        for name in ("crash_v4/0.parquet", "0.parquet"):
            self.assert_same(stored, [ping], name)

    def test_kinds_that_columns_do_not_tell(self) -> None:
        """Without columns of one doc type only, the path must name the table, or it is an error."""
        stored = changed(main_parquet(mains(1)), lambda table: table.drop_columns("payload"))
        with self.assertRaisesRegex(UnknownTableError, "'part-0' has no column .* like main_v5"):
            judged_rows({"part-0": stored})
        (row,) = judged_rows({"main_v5/part-0": stored})[1]
        self.assertEqual((row["doc_type"], row["usage_seconds"]), ("main", 0))

    def test_columns_of_both(self) -> None:
        """Where a file has the columns of both doc types, each row tells by its own."""
        both = MAIN_SCHEMA.remove(MAIN_SCHEMA.get_field_index("payload")).append(
            pa.field(
                "payload",
                pa.struct(
                    [*MAIN_SCHEMA.field("payload").type, *CRASH_SCHEMA.field("payload").type]
                ),
            )
        )
        pings = [main_ping(), crash_ping()]
        self.assert_same(parquet([bigquery_row(ping) for ping in pings], both), pings)

    def test_no_column_of_ours(self) -> None:
        """Parquet of something else is an error that names the file and the remedy."""
        stored = BytesIO()
        pq.write_table(pa.table({"x": [1], "environment": [5]}), stored)
        with self.assertRaisesRegex(UnknownTableError, "'d/other' has no column of a build id"):
            judged_rows({"d/other": stored.getvalue()})

    def test_compressed_as_a_whole(self) -> None:
        """Parquet inside gzip cannot be read at any place, so it is an error with the remedy."""
        with self.assertRaisesRegex(UnknownTableError, "decompress it"):
            judged_rows({"main_v5.parquet.gz": gzip.compress(main_parquet(mains(3)))})

    def test_missing_columns_are_null(self) -> None:
        """A column that the file does not have is absent from every row."""
        stored = changed(
            main_parquet(mains(2)),
            lambda table: table.drop_columns(["application", "document_id", "normalized_channel"]),
        )
        rows = judged_rows({"0": stored})[1]
        self.assertEqual([row["id_high"] for row in rows], [None, None])
        self.assertNotIn("channel", rows[0]["dimensions"])

    def test_canonical_pings(self) -> None:
        """Parquet with the names of the pings themselves is read by them."""
        pings = mains(5)
        stored = BytesIO()
        pq.write_table(pa.Table.from_pylist(pings), stored)
        self.assert_same(stored.getvalue(), pings)

    def test_no_rows(self) -> None:
        """A file without rows has no pings."""
        self.assert_same(main_parquet([]), [])


class ColumnTypeTest(unittest.TestCase):
    def rows_with(self, path: str, values: pa.Array) -> list[dict[str, Any]]:
        """Return the rows of as many main pings, a column replaced; a dimension reads it too."""
        stored = changed(main_parquet(mains(len(values))), with_column(path, values))
        dimensions = (*DIMENSIONS, Dimension("x", ("shown",)))
        return judged_rows({"main_v5": stored}, dimensions)[1]

    def shown(self, values: pa.Array) -> list[str | None]:
        """Return what a dimension shows of a column."""
        texts = [row["dimensions"] for row in self.rows_with("shown", values)]
        parts = [text.partition(',"x":"')[2].removesuffix('"}') for text in texts]
        return [part or None for part in parts]

    def test_times(self) -> None:
        """Timestamps of any unit and zone give the UTC date of the submission, dates their own."""
        moment = [1457999999]
        for kind in (
            pa.timestamp("s"),
            pa.timestamp("ms", "UTC"),
            pa.timestamp("us", "+09:00"),
            pa.timestamp("ns", "America/New_York"),
        ):
            values = pa.array(moment, pa.timestamp("s")).cast(pa.timestamp(kind.unit)).cast(kind)
            if kind.tz:
                values = pa.array(moment, pa.timestamp("s", "UTC")).cast(kind)
            with self.subTest(kind=kind):
                self.assertEqual(len(self.rows_with("submission_timestamp", values)), 1)
        later = pa.array([1458000000], pa.timestamp("s", "UTC"))
        self.assertEqual(self.rows_with("submission_timestamp", later), [])
        day = pa.array([16874], pa.date32())
        self.assertEqual(len(self.rows_with("submission_timestamp", day)), 1)
        texts = pa.array(["2016-03-14T00:00:00.000000Z", "2016-03-14 23:59:59 UTC", "2016-03-15"])
        self.assertEqual(len(self.rows_with("submission_timestamp", texts)), 2)

    def test_integers(self) -> None:
        """Lengths count from integers of any width, and from the strings that stand for them."""
        path = "payload.info.subsession_length"
        dictionary = pa.dictionary(pa.int8(), pa.string())
        for kind in (pa.int8(), pa.uint16(), pa.int64(), pa.string(), dictionary):
            values = pa.array(["5", None, "7"]).cast(kind)
            with self.subTest(kind=kind):
                rows = self.rows_with(path, values)
                self.assertEqual([row["usage_seconds"] for row in rows], [5, 0, 7])
        self.assertEqual(self.rows_with(path, pa.array([5.0, 1e300])), [])
        self.assertEqual(self.rows_with(path, pa.array([True])), [])
        not_a_number = pa.array([float("nan")])
        self.assertEqual([row["usage_seconds"] for row in self.rows_with(path, not_a_number)], [0])

    def test_texts(self) -> None:
        """Strings of every kind, dictionaries and bytes are texts; bad UTF-8 becomes U+FFFD."""
        for kind in (
            pa.string(),
            pa.large_string(),
            pa.binary(),
            pa.dictionary(pa.int32(), pa.string()),
        ):
            values = pa.array(["é", None, ""]).cast(kind)
            with self.subTest(kind=kind):
                self.assertEqual(self.shown(values), ["é", None, None])
        bad = pa.array([b"a\xffb", b"c"])
        offsets = bad.buffers()
        broken = pa.Array.from_buffers(pa.string(), 2, offsets)
        self.assertEqual(self.shown(broken), ["a\ufffdb", "c"])

    def test_other_scalars(self) -> None:
        """Booleans, numbers and decimals are shown as JSON writes them; structs are left out."""
        self.assertEqual(self.shown(pa.array([True, False, None])), ["true", "false", None])
        self.assertEqual(self.shown(pa.array([-5, 2**63 - 1])), ["-5", "9223372036854775807"])
        self.assertEqual(self.shown(pa.array([1.5, float("nan")])), ["1.5", None])
        self.assertEqual(self.shown(pa.array(["1.50"]).cast(pa.decimal128(5, 2))), ["1.50"])
        self.assertEqual(self.shown(pa.array([{"a": 1}])), [None])
        self.assertEqual(self.shown(pa.array([[1]])), [None])
        self.assertEqual(self.shown(pa.nulls(1)), [None])

    def test_histograms_of_other_writers(self) -> None:
        """Lists of key and value count as maps and as lists in groups of any usual name too."""
        path = "payload.keyed_histograms.subprocess_crashes_with_dump"
        entry = {"key": "gpu", "value": "3"}
        pairs = pa.map_(pa.string(), pa.string())
        forms = [
            pa.array([[entry], []]),
            pa.array([[entry], None]),
            pa.array([[("gpu", "3")], None], pairs),
            pa.array([{"list": [{"element": entry}]}, {"list": []}]),
            pa.array([{"list": [{"item": entry}]}, None]),
            pa.array([{"bag": [{"array_element": entry}]}, None]),
        ]
        for form in forms:
            with self.subTest(form=form.type):
                rows = self.rows_with(path, form)
                self.assertEqual([row["gpu_crashes"] for row in rows], [3, 0])
                self.assertEqual([row["adjustments"] for row in rows], [0, 0])

    def test_histograms_that_are_none(self) -> None:
        """A value that is no histogram is a bad one, and counts 0."""
        path = "payload.keyed_histograms.subprocess_crashes_with_dump"
        for value in ("", "x", "5;", "-1", str(2**31)):
            rows = self.rows_with(path, pa.array([[{"key": "gpu", "value": value}]]))
            self.assertEqual([(row["gpu_crashes"], row["adjustments"]) for row in rows], [(0, 32)])


class CostTest(unittest.TestCase):
    def test_only_needed_columns_are_read(self) -> None:
        """Of a file that is nearly all one column that no rule reads, that column is not read."""
        big = [bigquery_row(ping) for ping in mains(50)]
        stored = changed(
            parquet(big, MAIN_SCHEMA),
            with_column("big", pa.array([f"{number}" * 40_000 for number in range(50)])),
        )
        read: list[int] = []

        class Counted(BytesIO):
            def read(self, size: int | None = -1, /) -> bytes:
                data = super().read(size)
                read.append(len(data))
                return data

        class CountingStore(MemoryStore):
            def open(self, file: StoredFile) -> BytesIO:
                return Counted(self.contents[file.url])

        self.assertGreater(len(stored), 100_000)
        store = CountingStore({"main_v5": stored}, 1 << 10)
        file = StoredFile("main_v5", len(stored))
        rows = sum(len(batch.pings) for batch in read_pings(store, file, DIMENSIONS))
        self.assertEqual(rows, 50)
        # pyarrow reads up to 64 KiB from the end to find the footer.
        self.assertLess(sum(read), 110_000)

    def test_opened_once_at_a_time(self) -> None:
        """The stream that told the format is closed before rows are read: a file is open once."""
        stored = changed(
            main_parquet(mains(10)),
            with_column("big", pa.array([shake_256(b"%d" % n).digest(200_000) for n in range(10)])),
        )
        self.assertGreater(len(stored), 3 << 19)
        streams: list[str] = []

        class WatchedStore(MemoryStore):
            def read(self, file: StoredFile) -> Iterator[bytes]:
                streams.append("opened")
                try:
                    yield from chunked(self.contents[file.url], self.chunk_bytes)
                finally:
                    streams.append("closed")

        store = WatchedStore({"main_v5": stored}, 1 << 18)
        batches = read_pings(store, StoredFile("main_v5", len(stored)), DIMENSIONS)
        self.assertEqual(len(next(batches).pings), 10)
        self.assertEqual(streams, ["opened", "closed"])

    def test_memory_is_bounded(self) -> None:
        """A file of many rows is never held as a whole."""
        stored = main_parquet(mains(100), row_group_size=1 << 20)
        table = pq.read_table(BytesIO(stored))
        many = BytesIO()
        pq.write_table(pa.concat_tables([table] * 600), many, row_group_size=1 << 20)
        store = MemoryStore({"main_v5": many.getvalue()}, 1 << 18)
        file = StoredFile("main_v5", len(many.getvalue()))
        before = pa.total_allocated_bytes()
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        rows = peak = 0
        for batch in read_pings(store, file, DIMENSIONS):
            rows += len(batch.pings)
            peak = max(peak, pa.total_allocated_bytes() - before)
        self.assertEqual(rows, 60_000)
        self.assertLess(tracemalloc.get_traced_memory()[1], 32 << 20)
        self.assertLess(peak, 32 << 20)


if __name__ == "__main__":
    unittest.main()
