"""Pings as the elements of one array: on one line, an element a line, or over many lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from crash_rate_aggregates.sources.formats.arrays.array_elements import array_texts
from crash_rate_aggregates.sources.formats.json_pings import (
    BYTE_ORDER_MARK,
    SPACE,
    decoded_object,
    is_json,
    json_kind,
)
from crash_rate_aggregates.sources.interface import DamagedStreamError, FileContent, PingBatch

_PIECE_BYTES = 1 << 16
"""Mostly the first ping is enough: so much of the head is cut at once."""
_START = re.compile(rb"[ \t\r\n]*\[[ \t\r\n]*[{\]]")


class JsonArrays:
    """An array of objects that fills a file, as `bq query --format=json` prints rows."""

    name = "JSON array"

    def fits(self, content: FileContent) -> bool:
        """Tell by `[` and an object, unless the array is a line among others."""
        text = content.head.removeprefix(BYTE_ORDER_MARK)
        if not _START.match(text):
            return False
        line, _, others = text.lstrip(SPACE).partition(b"\n")
        return not others.strip(SPACE) or not is_json(line)

    def read_pings(self, content: FileContent) -> Iterator[PingBatch]:
        """Read element after element; some are held at a time.

        Raises:
            DamagedStreamError: The array does not end, or from the chunks; after the pings before.
            UnknownTableError: Rows of BigQuery, and nothing tells of which table.
        """
        kind = json_kind(content.file.url, partial(_first_documents, content.head))
        for pings in array_texts(content.chunks):
            yield PingBatch(pings, kind)


def _first_documents(head: bytes) -> Iterator[Mapping[str, Any]]:
    """Decode the objects of an array at a file's start; the last one may be cut off."""
    pieces = (head[at : at + _PIECE_BYTES] for at in range(0, len(head), _PIECE_BYTES))
    with suppress(DamagedStreamError):  # The array goes on behind the head.
        for batch in array_texts(pieces):
            texts = (bytes(text) for text in batch if isinstance(text, (bytes, memoryview)))
            yield from filter(None, map(decoded_object, texts))
