"""Arrow batches as the text that COPY reads, without touching a row in Python."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from crash_rate_aggregates.rows import JSON_COLUMNS, DayTable

_ROWS_A_PIECE = 16_384
"""Keeps a piece near 6 MB, and below the 2 GiB of an Arrow string array with the longest values."""
_ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))
"""The backslash first: the others bring one of their own."""
_NULL = "\\N"


def columns_of(table: DayTable) -> tuple[str, ...]:
    """Return the columns in the order of the text."""
    return ("submission_date", *table.schema.names)


def copy_text(
    table: DayTable, batch: pa.RecordBatch, submission_date: date
) -> Iterator[memoryview]:
    """Yield a batch of the table's rows in pieces of COPY's text format."""
    for start in range(0, batch.num_rows, _ROWS_A_PIECE):
        yield _piece(table, batch.slice(start, _ROWS_A_PIECE), submission_date.isoformat())


def _piece(table: DayTable, batch: pa.RecordBatch, submission_date: str) -> memoryview:
    fields = [_field(one, batch.column(one.name)) for one in table.schema]
    # The last field carries the line's end, the first its start.
    fields[-1] = pc.binary_join_element_wise(fields[-1], "\n", "")
    lines = pc.binary_join_element_wise(submission_date, *fields, "\t")
    return _characters(lines)


def _field(field: pa.Field, column: pa.Array) -> pa.Array:
    """Return a column's values as COPY reads them."""
    text = column.cast(pa.string())
    if pa.types.is_string(field.type):
        # JSON holds no raw control character, as it escapes them itself, so its backslashes are all
        # that must be escaped: one pass over the longest column, not four. COPY would stop at a raw
        # tab or line feed in it, never misread one.
        escapes = _ESCAPES[:1] if field.name in JSON_COLUMNS else _ESCAPES
        text = reduce(lambda text, pair: pc.replace_substring(text, *pair), escapes, text)
    return text.fill_null(_NULL) if field.nullable else text


def _characters(lines: pa.StringArray) -> memoryview:
    """Return the array's values one after the other, which Arrow keeps in one buffer."""
    _, offsets, characters = lines.buffers()
    bounds = memoryview(offsets).cast("i")
    return memoryview(characters)[bounds[lines.offset] : bounds[lines.offset + len(lines)]]
