"""Rows of Avro are judged like the same pings as JSON, and read as an independent reader does."""

from __future__ import annotations

import gzip
import json
import tracemalloc
import unittest
import zlib
from io import BytesIO
from typing import Any

import cramjam
import fastavro

from crash_rate_aggregates.dimensions import DIMENSIONS, Dimension
from crash_rate_aggregates.errors import UnknownTableError, UnreadableFileError
from crash_rate_aggregates.sources.formats.avro.avro_blocks import MAX_BLOCK_BYTES
from crash_rate_aggregates.sources.interface import DamagedStreamError, StoredFile
from crash_rate_aggregates.sources.reading import read_pings
from test.dataset import LENGTH, crash_ping, full_size_ping, main_ping
from test.sources.formats.test_parquet_rows import as_json, mains
from test.sources.judged import judged_rows
from test.sources.mirrors.avro import (
    CODECS,
    avro,
    avro_schema,
    block,
    crash_avro,
    encoded,
    framed,
    main_avro,
    number,
    written,
)
from test.sources.mirrors.bigquery import CRASH_SCHEMA, MAIN_SCHEMA, bigquery_row
from test.sources.stored import MemoryStore, zstd_compress

MIB = 1 << 20
SYNC_BYTES = 16


def record(name: str, /, **fields: Any) -> dict[str, Any]:
    """Return the schema of a record."""
    declared = [{"name": each, "type": kind} for each, kind in fields.items()]
    return {"type": "record", "name": name, "fields": declared}


class AvroTest(unittest.TestCase):
    def assert_same(self, stored: bytes, pings: list[dict[str, Any]], name: str = "0") -> None:
        """Hold that a file's rows are judged like the canonical pings."""
        counts, rows = judged_rows({name: stored})
        self.assertEqual(rows, as_json(pings))
        self.assertEqual(counts.read, len(pings))

    def test_main_and_crash(self) -> None:
        """Exports of main_v5 and crash_v4 give the rows of the pings themselves, by any codec."""
        pings = [full_size_ping(), *mains(20)]
        crashes = [
            crash_ping(),
            crash_ping(
                **{
                    "payload/processType": "content",
                    "payload/metadata": {"ipc_channel_error": "ShutDownKill"},
                }
            ),
        ]
        for codec in CODECS:
            with self.subTest(codec=codec):
                self.assert_same(main_avro(pings, codec), pings)
                self.assert_same(crash_avro(crashes, codec), crashes)

    def test_blocks_and_chunks(self) -> None:
        """However rows lie in blocks and blocks in chunks, they come in order and whole."""
        pings = mains(300)
        expected = as_json(pings)
        for interval in (1, 3_000, 1 << 20):
            stored = main_avro(pings, "deflate", sync_interval=interval)
            for chunk_bytes in (1, 997, 1 << 18):
                with self.subTest(interval=interval, chunk_bytes=chunk_bytes):
                    _, rows = judged_rows({"0": stored}, chunk_bytes=chunk_bytes)
                    self.assertEqual(rows, expected)

    def test_compressed_as_a_whole(self) -> None:
        """Avro inside gzip is read as it comes."""
        self.assert_same(gzip.compress(main_avro(mains(5))), mains(5))

    def test_table_from_path(self) -> None:
        """The path says what columns do not: rows whose own columns are all null are crashes."""
        ping = crash_ping()
        del ping["payload"]["crashDate"]
        for name in ("crash_v4/0.avro", "0.avro"):
            self.assert_same(crash_avro([ping]), [ping], name)

    def test_kinds_that_columns_do_not_tell(self) -> None:
        """Without columns of one doc type only, the path must name the table, or it is an error."""
        columns = MAIN_SCHEMA.remove(MAIN_SCHEMA.get_field_index("payload"))
        stored = avro([bigquery_row(ping) for ping in mains(1)], columns)
        with self.assertRaisesRegex(UnknownTableError, "'part-0' has no column .* like main_v5"):
            judged_rows({"part-0": stored})
        (row,) = judged_rows({"main_v5/part-0": stored})[1]
        self.assertEqual((row["doc_type"], row["usage_seconds"]), ("main", 0))

    def test_no_column_of_ours(self) -> None:
        """Avro of something else is an error that names the file and the remedy."""
        schema = record("R", x="long")
        with self.assertRaisesRegex(UnknownTableError, "'d/other' has no column of a build id"):
            judged_rows({"d/other": written([{"x": 1}], schema)})

    def test_codec_that_is_not_read(self) -> None:
        """Another codec is an error that names it and those that are read."""
        with self.assertRaisesRegex(
            UnreadableFileError,
            "'main_v5' is Avro compressed by 'bzip2', which is not read: write it again with one "
            "of null, deflate, snappy, zstandard$",
        ):
            judged_rows({"main_v5": main_avro(mains(1), "bzip2")})

    def test_missing_columns_are_null(self) -> None:
        """A column that the file does not have is absent from every row."""
        columns = MAIN_SCHEMA
        for name in ("application", "document_id", "normalized_channel"):
            columns = columns.remove(columns.get_field_index(name))
        rows = judged_rows({"0": avro([bigquery_row(ping) for ping in mains(2)], columns)})[1]
        self.assertEqual([row["id_high"] for row in rows], [None, None])
        self.assertNotIn("channel", rows[0]["dimensions"])

    def test_no_rows(self) -> None:
        """A file without rows has no pings."""
        self.assert_same(main_avro([]), [])

    def test_a_line_that_begins_like_avro(self) -> None:
        """The magic number alone makes no Avro: a client can send a line that begins with it."""
        counts, _ = judged_rows({"0": b"Obj\x01 is mine\n" + json.dumps(main_ping()).encode()})
        self.assertEqual((counts.read, counts.passed), (2, {"main": 1}))


class ColumnTypeTest(unittest.TestCase):
    """Columns of all types, by what a dimension shows of one and by what counts."""

    def rows_with(self, declared: Any, *values: bytes) -> list[dict[str, Any]]:
        """Return the rows of crash pings with one more column in front, `shown`, as stored."""
        schema = avro_schema(CRASH_SCHEMA)
        (row,) = fastavro.reader(BytesIO(crash_avro([crash_ping()])))
        stored = [value + encoded(schema, row) for value in values]
        schema["fields"].insert(0, {"name": "shown", "type": declared})
        dimensions = (*DIMENSIONS, Dimension("x", ("shown",)))
        file = framed(schema, (len(stored), b"".join(stored)))
        return judged_rows({"crash_v4": file}, dimensions)[1]

    def shown(self, declared: Any, *values: Any, stored_as: Any = None) -> list[str | None]:
        """Return what a dimension shows of a column's values."""
        stored = [encoded(stored_as or declared, value) for value in values]
        texts = [row["dimensions"] for row in self.rows_with(declared, *stored)]
        return [text.partition(',"x":"')[2].removesuffix('"}') or None for text in texts]

    def test_scalars(self) -> None:
        """Texts, booleans and numbers are shown as JSON writes them, NaN as nothing."""
        self.assertEqual(self.shown("string", "é", ""), ["é", None])
        self.assertEqual(self.shown(["string", "null"], "x", None), ["x", None])
        self.assertEqual(self.shown("boolean", True, False), ["true", "false"])
        self.assertEqual(self.shown("int", -5, 2**31 - 1), ["-5", "2147483647"])
        self.assertEqual(self.shown("long", 2**63 - 1, -(2**63)), [str(2**63 - 1), str(-(2**63))])
        self.assertEqual(self.shown("double", 1.5, float("nan")), ["1.5", None])
        self.assertEqual(self.shown("float", 0.5, -2.0), ["0.5", "-2.0"])
        self.assertEqual(self.shown("bytes", b"a\xffb"), ["a\ufffdb"])
        self.assertEqual(self.shown("null", None), [None])
        fixed = {"type": "fixed", "name": "F", "size": 2}
        self.assertEqual(self.shown(fixed, b"ab"), ["ab"])
        enum = {"type": "enum", "name": "E", "symbols": ["A", "B"]}
        self.assertEqual(self.shown(["null", enum], "B", None), ["B", None])

    def test_no_scalars(self) -> None:
        """A list, a record, one of several types and a decimal are no value of a dimension."""
        decimal = {"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2}
        self.assertEqual(self.shown({"type": "array", "items": "long"}, [1]), [None])
        self.assertEqual(self.shown({"type": "map", "values": "long"}, {"a": 1}), [None])
        self.assertEqual(self.shown(record("P", a="long"), {"a": 1}), [None])
        self.assertEqual(self.shown(["null", "long", "string"], "x", 1, None), [None] * 3)
        self.assertEqual(self.shown(decimal, b"\x96", stored_as="bytes"), [None])

    def test_long_texts(self) -> None:
        """A text is whole whether its length takes one byte or two."""
        for length in (0, 1, 63, 64, 200):
            expected = ["x" * min(length, 200) or None]
            self.assertEqual(self.shown("string", "x" * length), expected)
            self.assertEqual(self.shown(["null", "string"], "x" * length), expected)

    def test_times(self) -> None:
        """Numbers that stand for times are shown as those of Parquet, any number is one."""
        for logical, base, value, expected in (
            ("date", "int", 16874, "2016-03-14"),
            ("time-millis", "int", 1, "00:00:00.001"),
            ("time-micros", "long", 1, "00:00:00.000001"),
            ("timestamp-millis", "long", 1457999999001, "2016-03-14 23:59:59.001Z"),
            ("timestamp-micros", "long", 1457999999000001, "2016-03-14 23:59:59.000001Z"),
            ("timestamp-nanos", "long", 1, "1970-01-01 00:00:00.000000001Z"),
            ("local-timestamp-millis", "long", 0, "1970-01-01 00:00:00.000"),
        ):
            declared = {"type": base, "logicalType": logical}
            with self.subTest(logical):
                self.assertEqual(self.shown(declared, value, stored_as=base), [expected])
                (extreme,) = self.shown(declared, 2**63 - 1, stored_as="long")
                self.assertIsNotNone(extreme)

    def test_submission_timestamp_without_a_word(self) -> None:
        """Microseconds are its date in UTC also where the schema says no more than long."""
        schema = avro_schema(MAIN_SCHEMA)
        rows = list(fastavro.reader(BytesIO(main_avro(mains(3)))))
        place = next(f for f in schema["fields"] if f["name"] == "submission_timestamp")
        place["type"] = ["null", "long"]
        noon = 1457956800000000
        for row, moment in zip(rows, (noon, noon + 86_400_000_000, None), strict=True):
            assert isinstance(row, dict)
            row["submission_timestamp"] = moment
        counts, found = judged_rows({"0": written(rows, schema)})
        self.assertEqual((counts.read, [row["usage_seconds"] for row in found]), (3, [0, 2]))

    def test_histograms_of_other_writers(self) -> None:
        """Lists of key and value count as a map too, in parts with their sizes, and as null."""
        entry = {"key": "gpu", "value": "3"}
        pair = record("Pair", key="string", value="string")
        listed, text = encoded(pair, entry), "string"
        in_parts = b"".join([number(-1), number(len(listed)), listed, number(0)])
        for declared, stored, crashes in (
            ({"type": "array", "items": pair}, number(1) + listed + number(0), 3),
            ({"type": "array", "items": pair}, in_parts, 3),
            ({"type": "array", "items": pair}, number(0), 0),
            (["null", {"type": "array", "items": ["null", pair]}], number(0), 0),
            ({"type": "map", "values": text}, encoded({"type": "map", "values": text},
                                                      {"gpu": "3"}), 3),
        ):  # fmt: skip
            with self.subTest(declared=declared):
                (row,) = self.histogram_rows(declared, stored)
                self.assertEqual((row["gpu_crashes"], row["adjustments"]), (crashes, 0))

    def histogram_rows(self, declared: Any, stored: bytes) -> list[dict[str, Any]]:
        """Return the row of a main ping that is little more than its histogram."""
        text, started = "string", "subsession_start_date"
        keyed = record("K", subprocess_crashes_with_dump=declared)
        info = record("I", subsession_length="long", **{started: text})
        payload = record("P", keyed_histograms=keyed, info=info)
        environment = record("E", build=record("B", build_id=text))
        schema = record("Root", environment=environment, payload=payload)
        row = encoded(text, "20160313030418") + stored + encoded("long", 5)
        return judged_rows({"main_v5": framed(schema, (1, row + encoded(text, "2016-03-14")))})[1]

    def test_canonical_pings(self) -> None:
        """Avro with the names of the pings themselves is read by them, also within a whole part."""
        ping = main_ping(
            **{
                LENGTH: 7,
                "payload/keyedHistograms/SUBPROCESS_CRASHES_WITH_DUMP": {"gpu": {"sum": 3}},
            }
        )
        path = ("payload", "keyedHistograms", "SUBPROCESS_CRASHES_WITH_DUMP", "gpu", "sum")
        dimensions = (*DIMENSIONS, Dimension("x", path))
        stored = written([ping], schema_of(ping, iter("abcdefghijklmnop")))
        expected = judged_rows({"json": json.dumps(ping).encode()}, dimensions)
        self.assertEqual(expected[1][0]["gpu_crashes"], 3)
        self.assertIn('"x":"3"', expected[1][0]["dimensions"])
        self.assertEqual(judged_rows({"avro": stored}, dimensions), expected)


def schema_of(value: Any, names: Any) -> Any:
    """Return a schema that just fits a value."""
    if isinstance(value, dict):
        return record(next(names), **{key: schema_of(each, names) for key, each in value.items()})
    return "long" if isinstance(value, int) else "string"


class DamageTest(unittest.TestCase):
    def read_rows(self, stored: bytes, chunk_bytes: int = 1 << 18) -> tuple[int, str | None]:
        """Return how many rows come before the damage, and what it says; None for none."""
        rows = 0
        store = MemoryStore({"main_v5": stored}, chunk_bytes)
        try:
            for batch in read_pings(store, StoredFile("main_v5", len(stored)), DIMENSIONS):
                rows += len(batch.pings)
        except DamagedStreamError as damage:
            return rows, str(damage)
        return rows, None

    def one_block(self, rows: int, codec: str = "null") -> tuple[Any, bytes]:
        """Return the schema of main pings, and rows of them as they lie in a block."""
        schema = avro_schema(MAIN_SCHEMA)
        decoded = fastavro.reader(BytesIO(main_avro(mains(rows), codec)))
        return schema, encoded(schema, *decoded)

    def damage(self, schema: Any, *blocks: tuple[int, bytes], codec: str = "null") -> str:
        """Return what is said of a file of which no row is read."""
        rows, damage = self.read_rows(framed(schema, *blocks, codec=codec))
        self.assertEqual(rows, 0)
        assert damage is not None
        return damage.removeprefix("it is no sound Avro: ")

    def test_cut_anywhere(self) -> None:
        """Of a cut file the whole blocks count, and chunks change nothing; the rest is damage."""
        stored = main_avro(mains(9), "null", sync_interval=1)
        self.assertEqual(self.read_rows(stored), (9, None))
        self.assertEqual(self.read_rows(stored[:-1]), (8, "it is no sound Avro: it breaks off"))
        whole = []
        for end in range(0, len(stored), 37):
            rows, damage = self.read_rows(stored[:end])
            for chunk_bytes in (1, 100):
                self.assertEqual(self.read_rows(stored[:end], chunk_bytes), (rows, damage))
            whole.append(rows)
        self.assertEqual((whole, set(whole)), (sorted(whole), set(range(9))))

    def test_cut_gzip(self) -> None:
        """Where the stream breaks off, the blocks before count, and the stream's damage is said."""
        stored = gzip.compress(main_avro(mains(300), "null", sync_interval=1))
        rows, damage = self.read_rows(stored[: len(stored) * 2 // 3])
        self.assertEqual(damage, "it breaks off in the middle of its compressed data")
        self.assertGreater(rows, 100)

    def test_sync_marker(self) -> None:
        """A block without its marker is damage, and so is all behind it."""
        schema, rows = self.one_block(3)
        stored = framed(schema, (3, rows)) + block(3, rows, sync=bytes(SYNC_BYTES))
        expected = (3, "it is no sound Avro: no sync marker behind a block")
        self.assertEqual(self.read_rows(stored + block(3, rows)), expected)

    def test_rows_that_are_none(self) -> None:
        """Rows before one that breaks off, or is none, count; bytes behind the last are damage."""
        schema, rows = self.one_block(3)
        for change, read, said in (
            (rows[:-1], 2, "a row breaks off"),
            (rows + b"\0", 3, "1 bytes are left behind its last row"),
            (b"\x06" + rows[1:], 0, "a value of the branch 3 of 2"),
            (b"\x02\x01" + rows[1:], 0, "a text of less than no bytes"),
            (b"\xff" * 12 + rows, 0, "a number of more than 64 bits"),
        ):
            with self.subTest(said):
                expected = (read, f"it is no sound Avro: {said}")
                self.assertEqual(self.read_rows(framed(schema, (3, change))), expected)

    def test_counts(self) -> None:
        """A block that says more rows than it has bytes, or less than none, is damage."""
        schema, rows = self.one_block(1)
        for count in (-1, len(rows) + 1, 2**62):
            said = self.damage(schema, (count, rows))
            self.assertEqual(said, f"{count} rows in {len(rows)} bytes")

    def test_sizes(self) -> None:
        """A block that says it is larger than 64 MiB, or less than nothing, is damage at once."""
        schema, rows = self.one_block(1)
        for size in (MAX_BLOCK_BYTES + 1, -1):
            stored = framed(schema) + b"\x02" + number(size) + rows
            said = f"it is no sound Avro: a block of {size} bytes, of at most {MAX_BLOCK_BYTES}"
            self.assertEqual(self.read_rows(stored), (0, said))

    def test_blocks_that_do_not_decompress(self) -> None:
        """A block that does not decompress, or whose checksum differs, is damage."""
        schema, rows = self.one_block(1)
        packed = bytes(cramjam.snappy.compress_raw(rows))
        crc = zlib.crc32(rows).to_bytes(4)
        self.assertEqual(self.read_rows(framed(schema, (1, packed + crc), codec="snappy"))[0], 1)
        said = self.damage(schema, (1, packed + bytes(4)), codec="snappy")
        self.assertEqual(said, "a block has another checksum")
        for codec in ("snappy", "deflate", "zstandard"):
            for stored in (b"", b"\xff" * 40):
                said = self.damage(schema, (1, stored), codec=codec)
                self.assertRegex(said, "^a block (does not decompress|breaks off|says)")

    def test_bombs(self) -> None:
        """A block that would make more than 64 MiB is damage before that is held."""
        schema, _ = self.one_block(1)
        zeros = bytes(MAX_BLOCK_BYTES + 1)
        deflated = zlib.compress(zeros)[2:-4]
        zstd = zstd_compress(zeros)
        snappy = b"\xff\xff\xff\x7f" + bytes(100)
        del zeros
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        for codec, stored in (("deflate", deflated), ("zstandard", zstd), ("snappy", snappy)):
            self.assertRegex(
                self.damage(schema, (1, stored), codec=codec),
                "is larger than 64 MiB|says that it makes",
            )
        self.assertLess(tracemalloc.get_traced_memory()[1], 3 * MAX_BLOCK_BYTES)

    def test_header(self) -> None:
        """A header that is none, too large, or without a schema is damage."""
        self.assertRegex(self.damage(b"{"), "^its schema is no JSON: ")
        self.assertEqual(self.damage(b'"long"'), "its rows are no records with fields")
        too_large = b"Obj\x01\x02" + number(11) + b"avro.schema" + number(2**40)
        said = f"it is no sound Avro: a part of its header has {2**40} bytes"
        self.assertEqual(self.read_rows(too_large), (0, said))
        endless = b"Obj\x01" + number(2**60) + number(11) + b"avro.schema" + bytes(100)
        self.assertEqual(self.read_rows(endless), (0, "it is no sound Avro: it breaks off"))

    def test_schemas_that_are_none(self) -> None:
        """Schemas that no row can follow, or that would take forever, are damage."""

        def one(*types: Any) -> dict[str, Any]:
            return record("R", **{f"f{n}": kind for n, kind in enumerate(types)})

        deep: Any = "long"
        for _ in range(70):
            deep = {"type": "array", "items": deep}
        nothing = {"type": "fixed", "name": "F", "size": 0}
        for schema, said in (
            (one(["null", "R"]), "its type 'R' contains itself"),
            (one("Other"), "its schema names no type 'Other'"),
            (one(deep), "its schema nests deeper than 64 levels"),
            (one({"type": "array", "items": "null"}), "it has an array of items that take no"),
            (one({"type": "array", "items": nothing}), "it has an array of items that take no"),
            (one(nothing, "null"), "its rows are no records with fields"),
            (one([]), "its schema has a choice of nothing"),
            (one(5), "5 is no type"),
            (one({"type": "record", "fields": []}), "a type of its schema has no name"),
            (one({"type": "enum", "name": "N"}), "an enum of its schema has no symbols"),
            (one({"type": "fixed", "name": "N", "size": -1}), "-1 is no size"),
            (one(one("long")), "its schema declares 'R' twice"),
            ({"type": "record", "name": "R"}, "a record of its schema has no fields"),
            ({"type": "record", "name": "R", "fields": [1]}, "a field of its schema has no name"),
        ):
            with self.subTest(said):
                self.assertRegex(self.damage(schema, (1, b"\0")), f"^{said}")

    def test_types_within_types(self) -> None:
        """Types that double sixty times, and endless lists of them, take no time."""
        declared: list[Any] = [{"name": "t0", "type": record("T0", a="null")}]
        for level in range(1, 60):
            twice = record(f"T{level}", a=f"T{level - 1}", b=f"T{level - 1}")
            declared.append({"name": f"t{level}", "type": twice})
        schema = avro_schema(MAIN_SCHEMA)
        _, rows = self.one_block(2)
        schema["fields"][:0] = declared
        self.assertEqual(self.read_rows(framed(schema, (2, rows))), (2, None))
        expected = (0, "it is no sound Avro: a row breaks off")
        for leaf in (
            "boolean",
            "double",
            "string",
            "long",
            {"type": "fixed", "name": "F", "size": 1},
        ):
            declared[0]["type"]["fields"][0]["type"] = leaf
            self.assertEqual(self.read_rows(framed(schema, (1, bytes(100)))), expected)
        schema["fields"][:60] = [{"name": "z", "type": {"type": "array", "items": "boolean"}}]
        endless = number(2**60) + bytes(100)
        self.assertEqual(self.read_rows(framed(schema, (1, endless))), expected)


class CostTest(unittest.TestCase):
    def test_memory_is_bounded(self) -> None:
        """A file of many blocks is never held as a whole, nor are the rows of a large block."""
        schema = avro_schema(MAIN_SCHEMA)
        rows = encoded(schema, *fastavro.reader(BytesIO(main_avro(mains(100)))))
        head = framed(schema)
        small = block(100, rows)
        large = block(5_000, rows * 50)

        class ManyBlocks(MemoryStore):
            def read(self, file: StoredFile) -> Any:
                del file
                yield head
                yield from (small for _ in range(50))
                yield large

        store, read = ManyBlocks({}, 1 << 18), 0
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        for batch in read_pings(store, StoredFile("main_v5", 1), DIMENSIONS):
            read += len(batch.pings)
        self.assertEqual(read, 10_000)
        self.assertLess(tracemalloc.get_traced_memory()[1], 3 * len(large) + 8 * MIB)


if __name__ == "__main__":
    unittest.main()
