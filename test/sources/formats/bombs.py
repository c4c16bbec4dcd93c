"""Small files that blow up: each takes much more memory or work than it has bytes, if it may."""

from __future__ import annotations

import gzip
import json
import random
import sys
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from crash_rate_aggregates.sources.formats.heka.heka_pb2 import Message
from test.dataset import main_ping
from test.sources.mirrors.avro import framed
from test.sources.mirrors.bigquery import MAIN_SCHEMA, bigquery_row, shaped
from test.sources.mirrors.gcp_files import envelope
from test.sources.mirrors.heka import record, snappy
from test.sources.mirrors.mozlz4 import MAGIC, mozlz4

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MIB = 1 << 20
_PING = json.dumps(main_ping(), separators=(",", ":")).encode()
_LONGEST = 16 * MIB - len(_PING) - 64
"""Of what a line may hold beside a ping."""


def _with(member: bytes) -> bytes:
    """Return a ping with one more member, which only the plain path judges."""
    return _PING[:-1] + b',"id":7,"x":' + member + b"}\n"


def _filled(piece: bytes, opening: bytes = b"[", closing: bytes = b"0]") -> bytes:
    """Return a ping of 16 MiB with a value that is full of pieces, each with its comma."""
    return _with(opening + piece * (_LONGEST // len(piece)) + closing)


def _at_most(number: int, piece: bytes) -> bytes:
    """Return a ping with so many pieces, or as many as fit."""
    return _with(b"[" + piece * min(number, _LONGEST // len(piece)) + b"0]")


def _packed(text: bytes, times: int = 1) -> bytes:
    return gzip.compress(text, 6, mtime=0) * times


def _zstd(text: bytes, window_log: int) -> bytes:
    parameter = zstd.CompressionParameter
    options: dict[int, int] = {
        parameter.compression_level: 1,
        parameter.window_log: window_log,
        parameter.enable_long_distance_matching: 1,
    }
    # Not told how long it is, it states the window, however short the text.
    packer = zstd.ZstdCompressor(options=options)
    return packer.compress(text) + packer.flush()


def _window(window_log: int, repeats: int) -> bytes:
    """Fill a window with what looks like chance, and repeats itself too far back for others."""
    noise = random.Random(1).randbytes(MIB)  # noqa: S311  Not for secrets.
    return _zstd(noise.replace(b"\n", b"x") * repeats, window_log)


def _parquet(changes: Mapping[str, pa.Array], rows: int) -> bytes:
    """Write rows of main_v5 of which some columns of `payload` are given."""
    kind = pa.struct(list(MAIN_SCHEMA))
    table = pa.Table.from_pylist([shaped(bigquery_row(main_ping()), kind)] * rows, MAIN_SCHEMA)
    for name, values in changes.items():
        at = table.schema.get_field_index(name)
        table = table.set_column(at, name, values)
    stored = BytesIO()
    pq.write_table(table, stored, row_group_size=rows, compression="zstd")
    return stored.getvalue()


def histograms_parquet(rows: int = 500, entries: int = 20_000) -> bytes:
    """Write a few KB in which each row has so many entries of a histogram."""
    number = rows * entries
    same = pa.DictionaryArray.from_arrays(pa.array([0] * 1, pa.int32()), ["content"])
    text = same.take(pa.nulls(number, pa.int32()).fill_null(0))
    pairs = pa.StructArray.from_arrays([text, text], ["key", "value"])
    offsets = pa.array(range(0, number + 1, entries), pa.int32())
    keyed = pa.StructArray.from_arrays(
        [pa.ListArray.from_arrays(offsets, pairs)] * 2,
        ["subprocess_crashes_with_dump", "subprocess_kill_hard"],
    )
    payload = pa.StructArray.from_arrays([keyed], ["keyed_histograms"])
    return _parquet({"payload": payload}, rows)


def texts_parquet(rows: int = 400, length: int = 15 * MIB) -> bytes:
    """Write a few KB in which each row has one and the same long text."""
    text = pa.DictionaryArray.from_arrays(pa.nulls(rows, pa.int32()).fill_null(0), ["x" * length])
    return _parquet({"creation_date": text, "document_id": text}, rows)


_NULLABLE = ["null", "string"]
_BUILD = {
    "type": "record",
    "name": "Build",
    "fields": [{"name": "build_id", "type": _NULLABLE}],
}
_ROOT = {
    "type": "record",
    "name": "Root",
    "fields": [
        {
            "name": "environment",
            "type": {
                "type": "record",
                "name": "Environment",
                "fields": [{"name": "build", "type": _BUILD}],
            },
        }
    ],
}


def nulls_avro(rows: int) -> bytes:
    """Write one block with so many rows of one byte."""
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    stored = packer.compress(bytes(rows)) + packer.flush()
    return framed(_ROOT, (rows, stored), codec="deflate")


def _heka(text: bytes) -> bytes:
    message = Message(uuid=bytes(16), timestamp=1, payload=text)
    return record(snappy(message.SerializeToString()))


def _gcp(text: bytes, times: int) -> bytes:
    one = envelope(
        gzip.compress(text), {"document_type": "main", "document_namespace": "telemetry"}
    )
    return one * times


BOMBS: Mapping[str, Callable[[int], bytes]] = {
    "line.json.gz": lambda size: _packed(b"x" * MIB, 256 * size),
    "strings.json.gz": lambda size: _packed(_with(b'"' + b"x" * _LONGEST + b'"') * 4, size),
    "wide.json.gz": lambda size: _packed(
        _with(b'"' + b"x" * _LONGEST + '\U0001f600"'.encode()) * 4, size
    ),
    "too-long.json.gz": lambda size: _packed(_with(b'"' + b"x" * 17 * MIB + b'"') * 4, size),
    "tiny-lines.json.gz": lambda size: _packed(b"x\n" * (MIB // 4), 2 * size),
    "empty-objects.json.gz": lambda size: _packed(b"{}\n" * (MIB // 4), size),
    "blank-lines.json.gz": lambda size: _packed(b"\n" * MIB, 8 * size),
    "commas.json.gz": lambda size: _packed(_with(b"[" + b"," * 500_000 + b"]") * 4, size),
    "numbers.json.gz": lambda size: _packed(_at_most(499_000, b"-12345.678901234,") * 2, size),
    "objects.json.gz": lambda size: _packed(_at_most(499_000, b'{"a":{"a":{"a":0}}},') * 2, size),
    "arrays.json.gz": lambda size: _packed(
        _at_most(499_000, b"[[[[[[[[[[[[[[[]]]]]]]]]]]]]]],") * 2, size
    ),
    "keys.json.gz": lambda size: _packed(
        _with(b"{" + b"".join(b'"%x":0,' % key for key in range(1_500_000)) + b'"":0}') * 2, size
    ),
    "same-keys.json.gz": lambda size: _packed(_with(b"{" + b'"":0,' * 2_500_000 + b'"":0}'), size),
    "deep.json.gz": lambda size: _packed(
        _with(b"[" * (8 * MIB - 500) + b"]" * (7 * MIB)) * 2, size
    ),
    "array.json.gz": lambda size: _packed(b'[{"x":"') + _packed(b"x" * MIB, 256 * size),
    "array-of-nothing.json.gz": lambda size: _packed(b"[{},") + _packed(b"{}," * MIB, size),
    "array-of-commas.json.gz": lambda size: _packed(b"[{},") + _packed(b"," * MIB, 4 * size),
    "members.json.gz": lambda size: _packed(b"", 10_000 * size),
    "window.json.zst": lambda size: _window(27, 60 + 60 * min(size, 2)),
    "small-of-large-window.json.zst": lambda size: _zstd(_PING + b"\n", 31) * (50 * size),
    "histograms/main_v5.parquet": lambda size: histograms_parquet(100 * size),
    "texts/main_v5.parquet": lambda size: texts_parquet(100 * size),
    "nulls/main_v5.avro": lambda size: nulls_avro(MIB * min(size, 60)),
    "block/main_v5.avro": lambda _: nulls_avro(64 * MIB + 1),
    "bomb.jsonlz4": lambda _: mozlz4(b" " * (16 * MIB - 1)),
    "lie.jsonlz4": lambda _: MAGIC + b"\xff\xff\xff\x7f" + mozlz4(b"x" * MIB)[12:],
    "records.heka": lambda size: (_heka(b"x" * (15 * MIB)) + _heka(b"x" * (33 * MIB))) * size,
    "messages.json": lambda size: _gcp(b"x" * (300 * MIB // max(1, 8 // size)), 2 * size),
}
"""By the name of a file, what makes it of a size: 1 is read in about a second."""


def bombs(size: int, names: Any = None) -> dict[str, bytes]:
    """Make the files."""
    return {name: make(size) for name, make in BOMBS.items() if names is None or name in names}
