"""How many values the longest row of a column of lists has, by its repetition levels alone.

A level of 0 begins a row. Levels come in runs of one level, and in groups of 8 that are packed by
bits (parquet-format, Encodings.md, RLE).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

import pyarrow.parquet as pq

from crash_rate_aggregates.sources.formats.parquet_bounds.page_headers import (
    PageKind,
    pages,
    repetition_levels,
    varint,
)
from crash_rate_aggregates.sources.interface import DamagedStreamError

_GROUPS_AT_ONCE = 1 << 13
_RUN = re.compile("0+|1+")


def most_values_of_a_row(
    stream: BinaryIO, chunk: pq.ColumnChunkMetaData, max_repetition_level: int
) -> int:
    """Return how many values the longest row has; an empty list is one value.

    Raises:
        DamagedStreamError, ArrowException: The pages are not sound.
    """
    width = max_repetition_level.bit_length()
    data = (page for page in pages(stream, chunk) if page.kind is not PageKind.DICTIONARY)
    most = row = 0
    try:
        # A row can go on in the next page.
        for begins_rows, count in (
            run
            for page in data
            for run in _runs(repetition_levels(stream, chunk, page), width, page.values)
        ):
            if begins_rows:
                most = max(most, row, min(count - 1, 1))
                row = 1
            else:
                row += count
    except IndexError as error:
        raise DamagedStreamError("it is no sound Parquet: its levels break off") from error
    return max(most, row)


def _runs(levels: bytes, width: int, values: int) -> Iterator[tuple[bool, int]]:
    """Give runs of values that begin a row each, or that go on with one."""
    place = 0
    while values > 0 and place < len(levels):
        head, place = varint(levels, place)
        # The lowest bit tells groups that are packed by bits from a run of one level.
        if head & 1:
            end = place + (head >> 1) * width
            for start in range(place, min(end, len(levels)), _GROUPS_AT_ONCE * width):
                marks = _unpacked(levels[start : min(end, start + _GROUPS_AT_ONCE * width)], width)
                # The last group is filled up.
                for run in _RUN.findall(marks[:values]):
                    yield run[0] == "0", len(run)
                values -= len(marks)
            place = end
        else:
            count = min(head >> 1, values)
            end = place + (width + 7) // 8
            yield not any(levels[place:end]), count
            place, values = end, values - count


def _unpacked(packed: bytes, width: int) -> str:
    """Return a 0 for each level that is 0, a 1 for any other."""
    bits = format(int.from_bytes(packed, "little"), f"0{8 * len(packed)}b")[::-1]
    if width == 1:
        return bits
    levels = (bits[start : start + width] for start in range(0, len(bits), width))
    return "".join("1" if "1" in level else "0" for level in levels)
