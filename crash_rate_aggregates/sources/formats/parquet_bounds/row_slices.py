"""Cut a batch where its nested values would be too many objects of Python at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from crash_rate_aggregates.sources.formats.lines import MAX_PING_BYTES

_SLICE_BYTES: Final = 4 << 20
_VALUE_BYTES: Final = 64
"""What a value takes beside its text, as an object of Python."""


def sliced(batch: pa.RecordBatch, nested: Iterable[pa.Array]) -> Iterator[tuple[int, int, bool]]:
    """Give slices of a batch's rows, in their order: start, length, and whether it is readable.

    A row whose nested values would take more than a ping may have, as JSON, is a slice of its own
    that is not.

    Args:
        batch: Some rows.
        nested: Its columns that are read whole.
    """
    columns = list(nested)
    pending = [(0, batch.num_rows)]
    while pending:
        start, length = pending.pop()
        size = sum(_size(column.slice(start, length)) for column in columns)
        if size <= _SLICE_BYTES or length == 1:
            yield start, length, size <= MAX_PING_BYTES
        else:
            half = length // 2
            pending += [(start + half, length - half), (start, half)]


def _size(column: pa.Array) -> int:
    """Return about how many bytes the values of a column, at any depth, take as objects."""
    kind = column.type
    if pa.types.is_map(kind):
        # Arrow flattens lists alone.
        entries = pa.struct([("key", kind.key_type), ("value", kind.item_type)])
        return _size(column.cast(pa.list_(entries)))
    own = _VALUE_BYTES * len(column)
    if pa.types.is_struct(kind):
        return own + sum(map(_size, column.flatten()))
    if pa.types.is_nested(kind):
        return own + _size(column.flatten())
    if pa.types.is_dictionary(kind):
        return own + _text_bytes(_lengths_by_index(column))
    return own + int(column.nbytes)


def _lengths_by_index(column: pa.DictionaryArray) -> pa.Array:
    return pc.binary_length(column.dictionary).take(column.indices)


def _text_bytes(lengths: pa.Array) -> int:
    # In 64 bits: the sum of 32-bit lengths goes beyond them.
    return int(pc.sum(lengths.cast(pa.int64())).as_py() or 0)
