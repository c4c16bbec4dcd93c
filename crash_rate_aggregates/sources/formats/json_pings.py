"""Pings as JSON: one a line, or one document that fills the whole file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any, TypeAlias

from crash_rate_aggregates.decode.layouts.kinds import (
    LAYOUTS,
    V4_PINGS,
    LayoutName,
    PingKind,
    marked_layout,
)
from crash_rate_aggregates.decode.layouts.places import first_value
from crash_rate_aggregates.decode.plain import decode_json
from crash_rate_aggregates.errors import UnknownTableError, UnreadableFileError
from crash_rate_aggregates.sources.formats.bigquery_tables import named_table
from crash_rate_aggregates.sources.formats.compression import unread_compression
from crash_rate_aggregates.sources.formats.lines import MAX_PING_BYTES, ping_lines
from crash_rate_aggregates.sources.interface import (
    DamagedStreamError,
    FileContent,
    PingBatch,
    RawPing,
    Unreadable,
)

_TRIED_LINES = 10_000
"""So many lines of a file's head are decoded to tell what it holds."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
SPACE = b" \t\r\n"
_BIGQUERY = LayoutName.BIGQUERY
_Taken: TypeAlias = tuple[list[bytes], DamagedStreamError | None]


class JsonPings:
    """Newline-delimited JSON, and files that hold one document."""

    name = "JSON"

    def fits(self, content: FileContent) -> bool:
        """Accept every file that no other format took: a line that is no JSON is unreadable."""
        del content
        return True

    def read_pings(self, content: FileContent) -> Iterator[PingBatch]:
        """Read lines, or the whole as one ping if only the whole is JSON.

        Raises:
            DamagedStreamError: From the chunks, after the pings before the damage.
            UnknownTableError: Rows of BigQuery, and nothing tells of which table.
            UnreadableFileError: It is compressed in a way that is not read.
        """
        _refuse_compression(content)
        kind = json_kind(content.file.url, partial(head_documents, content.head))
        for pings in json_texts(content.chunks):
            yield PingBatch(pings, kind)


def json_texts(chunks: Iterable[bytes]) -> Iterator[Sequence[RawPing]]:
    """Cut a stream into JSON texts: its lines, or the whole if only the whole is JSON.

    Raises:
        DamagedStreamError: From `chunks`, after the texts before the damage.
    """
    stream = without_byte_order_mark(iter(chunks))
    start, damage = _until_first_line(stream)
    if damage is None and _begins_with_json_line(start):
        yield from ping_lines(chain(start, stream))
        return
    yield from _document_or_lines(start, stream, damage)


def _refuse_compression(content: FileContent) -> None:
    compression = unread_compression(content.head)
    # A client can send a line that begins so: it must not fail the day of all others.
    if compression and not has_json_line(content.head):
        raise UnreadableFileError(
            f"{content.file.url!r} is compressed by {compression}, which is not read: compress it "
            "by gzip or zstd instead, or not at all, then run the day again"
        )


def json_kind(url: str, documents: Callable[[], Iterable[Mapping[str, Any]]]) -> PingKind:
    """Tell by a file's first documents, and by its path, what its pings are.

    A client can write a ping in any layout, so one alone neither decides nor fails the file.

    Args:
        url: The file's.
        documents: Decodes the first documents, one when it is asked for: mostly one is enough.

    Raises:
        UnknownTableError: Rows of BigQuery, and nothing tells of which table.
    """
    table = named_table(url)
    layout = told_layout(documents(), table.layout if table else LayoutName.V4)
    if layout is LayoutName.V4:
        return V4_PINGS
    # The path decides only where the pings agree: v4 pings may lie in a folder of that name.
    if table and table.layout is layout:
        return table.kind
    if layout is _BIGQUERY:
        return PingKind(layout, usual_doc_type=_told_doc_type(url, list(documents())))
    return PingKind(layout)


def told_layout(documents: Iterable[Mapping[str, Any]], expected: LayoutName) -> LayoutName:
    """Return the expected layout if the first document with a mark has its, else that of most.

    Args:
        documents: The decoded pings of a file's head, so that the file is of one kind however it
            is cut into batches.
        expected: What the file's place says, else v4.
    """
    marks = filter(None, (marked_layout(document, expected) for document in documents))
    first = next(marks, expected)
    if first is expected:
        return expected
    # Of equals the one that was found first is the first.
    return Counter(chain([first], marks)).most_common(1)[0][0]


def _told_doc_type(url: str, documents: Sequence[Mapping[str, Any]]) -> str | None:
    """Return the doc type that the first row which tells one has.

    Raises:
        UnknownTableError: None does, and all of them, two or more, are rows of BigQuery.
    """
    places = LAYOUTS[_BIGQUERY].fields["type"]
    rows = [one for one in documents if marked_layout(one, _BIGQUERY) is _BIGQUERY]
    told: Iterator[str] = filter(None, (first_value(row, places) for row in rows))
    doc_type = next(told, None)
    if doc_type is None and len(rows) == len(documents) > 1:
        raise UnknownTableError(
            f"{url!r} holds rows of BigQuery, and none of the first says whether they "
            "are main or crash pings: name the table in the path, like main_v5 or crash_v4"
        )
    return doc_type


def has_json_line(head: bytes) -> bool:
    """Tell whether JSON follows what looks like the start of another format: a client's line."""
    return next(head_documents(head), None) is not None


def head_documents(head: bytes) -> Iterator[Mapping[str, Any]]:
    """Decode the objects at the start of a file: its lines, or the one document that it is.

    A line that is cut off, or is no JSON, is passed over.
    """
    text = head.removeprefix(BYTE_ORDER_MARK)
    is_found = False
    lines = text.split(b"\n", _TRIED_LINES)[:_TRIED_LINES]
    for document in filter(None, map(decoded_object, lines)):
        is_found = True
        yield document
    if not is_found and (whole := decoded_object(text)):
        yield whole


def decoded_object(text: bytes) -> Mapping[str, Any] | None:
    """Return the object that a JSON text is, None if it is none."""
    if not text.lstrip(SPACE).startswith(b"{"):
        return None
    try:
        document = decode_json(text)
    except ValueError:
        return None
    return document if isinstance(document, Mapping) else None


def without_byte_order_mark(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Drop a byte order mark at a stream's start.

    Raises:
        DamagedStreamError: From `chunks`.
    """
    start, damage = _take_until(chunks, lambda _, size: size >= len(BYTE_ORDER_MARK))
    yield b"".join(start).removeprefix(BYTE_ORDER_MARK)
    if damage is not None:
        raise damage
    yield from chunks


def _until_first_line(stream: Iterator[bytes]) -> _Taken:
    """Take chunks until the first line that is not blank has ended, or is too long."""
    is_begun = False

    def has_ended(chunk: bytes, size: int) -> bool:
        nonlocal is_begun
        content = chunk if is_begun else chunk.lstrip(SPACE)
        is_begun = is_begun or bool(content)
        # What is longer is no line; whether it is a document is seen when more is there.
        return b"\n" in content or size > MAX_PING_BYTES

    return _take_until(stream, has_ended)


def _take_until(stream: Iterator[bytes], has_ended: Callable[[bytes, int], bool]) -> _Taken:
    """Take chunks until enough are there or the stream ends, perhaps in damage."""
    taken: list[bytes] = []
    size = 0
    try:
        for chunk in stream:
            taken.append(chunk)
            size += len(chunk)
            if has_ended(chunk, size):
                break
    except DamagedStreamError as damage:
        return taken, damage
    return taken, None


def _begins_with_json_line(start: list[bytes]) -> bool:
    line = b"".join(start).lstrip(SPACE).partition(b"\n")[0]
    # One that is too long is not decoded to find out: the file is read by lines then.
    return len(line) > MAX_PING_BYTES or is_json(line)


def _document_or_lines(
    start: list[bytes], stream: Iterator[bytes], damage: DamagedStreamError | None
) -> Iterator[Sequence[RawPing]]:
    begun = sum(map(len, start))
    if damage is None:
        more, damage = _take_until(stream, lambda _, size: begun + size > MAX_PING_BYTES)
        start += more
    document = b"".join(start)
    if len(document) > MAX_PING_BYTES or (damage is None and not is_json(document)):
        # Lines, though the first is no JSON: each bad one is one unreadable ping.
        yield from ping_lines(then(start, damage) if damage else chain(start, stream))
    elif damage is None:
        yield [document]
    # Damaged. A cut document must not count as many bad lines, nor cut lines as one ping.
    elif _has_ping_line(document):
        yield from ping_lines(then(start, damage))
    else:
        if document.strip(SPACE):
            yield [Unreadable.PING]
        raise damage


def then(chunks: Iterable[bytes], damage: DamagedStreamError) -> Iterator[bytes]:
    """Give chunks, then raise the damage that met the stream behind them."""
    yield from chunks
    raise damage


def _has_ping_line(document: bytes) -> bool:
    """Tell whether a cut file was one ping a line, or one document over many lines."""
    # A document over many lines has lines like `5` and `[]`, which are JSON by themselves.
    objects = (line for line in document.split(b"\n") if line.startswith(b"{"))
    return any(is_json(line) for line in objects)


def is_json(text: bytes) -> bool:
    """Tell whether a text is JSON by the rules."""
    try:
        decode_json(text)
    except ValueError:
        return False
    return True
