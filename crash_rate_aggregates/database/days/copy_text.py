"""Arrow batches as the text that COPY reads, without touching a row in Python."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from crash_rate_aggregates.rows import AGGREGATE_SCHEMA

COLUMNS = ("submission_date", *AGGREGATE_SCHEMA.names)
"""Of `crash_aggregates`, in the order of the text."""
_ROWS_A_PIECE = 16_384
"""Keeps a piece near 6 MB, and below the 2 GiB of an Arrow string array with the longest values."""


def copy_text(batch: pa.RecordBatch, submission_date: date) -> Iterator[memoryview]:
    """Yield the batch in pieces of COPY's text format.

    The dimensions' JSON holds no raw control character, as JSON escapes them, so its backslashes
    are all that must be escaped. COPY would stop at a raw tab or line feed, never misread one.
    """
    for start in range(0, batch.num_rows, _ROWS_A_PIECE):
        yield _piece(batch.slice(start, _ROWS_A_PIECE), submission_date.isoformat())


def _piece(batch: pa.RecordBatch, submission_date: str) -> memoryview:
    fields = [
        pc.replace_substring(column, "\\", "\\\\")
        if field.name == "dimensions"
        else column.cast(pa.string())
        for field, column in zip(batch.schema, batch.columns, strict=True)
    ]
    # The last field carries the line's end, the first its start.
    fields[-1] = pc.binary_join_element_wise(fields[-1], "\n", "")
    lines = pc.binary_join_element_wise(submission_date, *fields, "\t")
    return _characters(lines)


def _characters(lines: pa.StringArray) -> memoryview:
    """Return the array's values one after the other, which Arrow keeps in one buffer."""
    _, offsets, characters = lines.buffers()
    bounds = memoryview(offsets).cast("i")
    return memoryview(characters)[bounds[lines.offset] : bounds[lines.offset + len(lines)]]
