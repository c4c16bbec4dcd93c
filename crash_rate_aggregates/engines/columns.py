"""From judged pings to Arrow columns, a column at a time: cheaper than building each row."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from hashlib import blake2b
from typing import Any

import pyarrow as pa

from crash_rate_aggregates.normalize.crashes.crash_details import CrashDetails
from crash_rate_aggregates.normalize.ping import NormalizedPing, copy_order
from crash_rate_aggregates.rows import (
    CHILD_CRASHES,
    CUT_NAMES,
    EXPERIMENTS,
    PING_SCHEMA,
    KnownLabel,
)
from crash_rate_aggregates.stats import STAT_NAMES

_HALF_BYTES = 8
_CRASH = CrashDetails._fields
_NO_CRASH = (None,) * len(_CRASH)
_NO_KEY = bytes(2 * _HALF_BYTES)
_OTHER_SIGN = bytes(byte ^ 0x80 for byte in range(256))


def rows_of(
    pings: Sequence[NormalizedPing], first_number: int, client_key: bytes
) -> pa.RecordBatch:
    """Return one row a ping, by `PING_SCHEMA`.

    Args:
        pings: In any order.
        first_number: Of the first of them; the others are numbered on.
        client_key: Of the run: by it clients are told apart, and by nobody else.
    """
    of = _by_name(NormalizedPing._fields, pings)
    keys = {
        "client": _halves([_client(client, client_key) for client in of["client"]]),
        "id": _halves(of["id"]),
        "minidump": _halves(of["minidump"]),
        "copy": _sorting_halves(list(_copy_orders(pings))),
        "pair": _halves(of["pair"]),
    }
    columns = {
        "ping": pa.array(range(first_number, first_number + len(pings)), pa.int64()),
        "doc_type": _words(of["doc_type"]),
        "activity_date": pa.array(of["activity_date"], pa.date32()),
        "dimensions": _words(of["dimensions"]),
        "process_type": _words(of["process_type"]),
        "adjustments": pa.array(of["adjustments"], pa.int32()),
        "is_glean": pa.array(of["is_glean"], pa.bool_()),
        "application": _words(of["application"]),
        "carried": _words(of["carried"]),
        "display_version": _words(of["label"]),
        "experiments": _lists(of["experiments"], EXPERIMENTS),
        "child_crashes": _lists(of["child_crashes"], CHILD_CRASHES),
        **_of_crashes(of["crash"]),
        **{name: _words(values) for name, values in _by_name(CUT_NAMES, of["cut"]).items()},
        **{f"{name}_high": high for name, (high, _) in keys.items()},
        **{f"{name}_low": low for name, (_, low) in keys.items()},
        **{
            name: pa.array(values, pa.int64())
            for name, values in _by_name(STAT_NAMES, of["stats"]).items()
        },
    }
    return pa.RecordBatch.from_arrays([columns[n] for n in PING_SCHEMA.names], schema=PING_SCHEMA)


def _by_name(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> dict[str, tuple[Any, ...]]:
    """Return the columns of rows by name; of no rows they are empty."""
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return dict(zip(names, columns, strict=True))


def _words(values: Iterable[Any]) -> pa.Array:
    return pa.array(values, pa.string()).dictionary_encode()


def _client(client: str | None, key: bytes) -> bytes | None:
    if client is None:
        return None
    text = client.encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=2 * _HALF_BYTES, key=key).digest()


def _lists(values: Sequence[tuple[tuple[Any, Any], ...]], kind: pa.ListType) -> pa.Array:
    """Return lists of two members each; NULL for an empty one, as nearly all are."""
    if not any(values):
        return pa.nulls(len(values), kind)
    first, second = (field.name for field in kind.value_type)
    # Few differ, and a list of Python's objects is dear.
    places = {value: place for place, value in enumerate(dict.fromkeys(values))}
    lists = pa.array(
        [[{first: one, second: other} for one, other in value] or None for value in places], kind
    )
    return lists.take(pa.array([places[value] for value in values], pa.int32()))


def _of_crashes(details: Sequence[CrashDetails | None]) -> dict[str, pa.Array]:
    if not any(details):
        # So it is for usage pings.
        return {name: pa.nulls(len(details), PING_SCHEMA.field(name).type) for name in _CRASH}
    of = _by_name(CrashDetails._fields, [one or _NO_CRASH for one in details])
    return {
        name: pa.array(of[name], pa.bool_()) if name == "is_startup" else _words(of[name])
        for name in _CRASH
    }


def _copy_orders(pings: Iterable[NormalizedPing]) -> Iterator[bytes | None]:
    """Give the key by which one of its copies is chosen; none where a ping can have no copy."""
    for ping in pings:
        # No copy can be told from it then: the hash would be made in vain.
        yield None if ping.id is None and ping.minidump is None else copy_order(ping)


def _halves(keys: Sequence[bytes | None]) -> tuple[pa.Array, pa.Array]:
    """Return 16 bytes a key as two columns of signed integers, an absent key as two NULLs."""
    if not any(keys):
        # So it is for main pings, which have no minidump and no pair.
        nothing = pa.nulls(len(keys), pa.int64())
        return nothing, nothing
    return _integers(b"".join([key or _NO_KEY for key in keys]), keys)


def _sorting_halves(keys: Sequence[bytes | None]) -> tuple[pa.Array, pa.Array]:
    """Return halves that sort as the bytes do: with the bit changed that signed integers negate."""
    halves = bytearray(b"".join([key or _NO_KEY for key in keys]))
    halves[::_HALF_BYTES] = halves[::_HALF_BYTES].translate(_OTHER_SIGN)
    return _integers(halves, keys)


def _integers(halves: bytes | bytearray, keys: Sequence[bytes | None]) -> tuple[pa.Array, pa.Array]:
    words = array("q", halves)
    # The halves must compare as the bytes do, on any machine.
    if sys.byteorder == "little":
        words.byteswap()
    # The bits of an array of booleans are what Arrow calls a validity bitmap.
    is_present = pa.array([key is not None for key in keys], pa.bool_()).buffers()[1]
    high, low = (
        pa.Array.from_buffers(pa.int64(), len(keys), [is_present, pa.py_buffer(half)])
        for half in (words[::2], words[1::2])
    )
    return high, low


def known_labels_table(labels: Iterable[KnownLabel]) -> pa.Table:
    """Return what people call builds as the group stage reads it, in `known_labels`."""
    schema = pa.schema(
        [
            *(pa.field(name, pa.string()) for name in ("application", "channel")),
            *(pa.field(name, pa.string()) for name in ("build_id", "label")),
            pa.field("is_learned", pa.bool_()),
        ]
    )
    return pa.Table.from_pylist(list(map(asdict, labels)), schema)
