"""Cut a stream into Heka's records, and find the next sound one after a bad one.

A record is 0x1E, the header's length in one byte, the header, 0x1F, and a message as long as the
header says. All these bytes occur within messages too, so none alone marks a record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple, TypeVar

import cramjam
from google.protobuf.message import DecodeError

from crash_rate_aggregates.sources.formats.heka.heka_pb2 import Header, Message
from crash_rate_aggregates.sources.formats.json_pings import has_json_line
from crash_rate_aggregates.sources.formats.lines import MAX_PING_BYTES
from crash_rate_aggregates.sources.interface import DamagedStreamError

_Parsed = TypeVar("_Parsed", Header, Message)
_RECORD_SEPARATOR = 0x1E
_UNIT_SEPARATOR = 0x1F
_MAX_START_BYTES = 2 + 255 + 1
_LIKELY_START = re.compile(rb"\x1e[\x02-\xff]\x08", re.DOTALL)
"""A header begins with the key of its first field, the message's length."""
_TRIED_PAIRS = 100
"""So many pairs of frames are decoded to tell the format: else a crafted file takes minutes."""
_MAX_SNAPPY_RATIO = 22
"""Raw snappy makes at most 64 bytes of 3."""
_SEARCHED_AGAIN_BYTES = 64 << 20
"""So many bytes, and as many as were read, are decoded twice: else a crafted file takes hours."""


class _Frame(NamedTuple):
    """Where a record's message lies, from the record's first byte."""

    start: int
    end: int


def begins_with_record(head: bytes) -> bool:
    """Tell by a file's first bytes whether it holds records: a frame alone is soon written.

    The first record must decode, or one of two that follow each other. One that goes on behind the
    first bytes is taken for a record if none of their lines is JSON.
    """
    first = _frame_at(head, 0)
    if first and first.end > len(head):
        return not has_json_line(head)
    if first and _message_in(head, 0, first) is not None:
        return True
    return any(islice(_sound_pairs(head), _TRIED_PAIRS))


def _sound_pairs(head: bytes) -> Iterator[bool]:
    """Yield for each two frames that follow each other whether one of their messages decodes."""
    for place in (match.start() for match in _LIKELY_START.finditer(head)):
        first = _frame_at(head, place)
        second = _frame_at(head, place + first.end) if first else None
        if first and second:
            behind = place + first.end
            messages = (_message_in(head, place, first), _message_in(head, behind, second))
            yield any(message is not None for message in messages)


def _message_in(head: bytes, place: int, frame: _Frame) -> Message | None:
    return _decoded(head[place + frame.start : place + frame.end])


def messages(chunks: Iterable[bytes]) -> Iterator[Message | None]:
    """Yield the message of each record; None for a bad one, or for bytes between records.

    A cut last record is such bytes.

    Raises:
        DamagedStreamError: From `chunks`, after the messages before the damage.
    """
    window = _Window(chunks)
    in_garbage = False
    while window.skip_line_ends():
        frame = window.frame()
        message = window.message(frame) if frame else None
        # A bad record whose length is right is one bad ping; where it may be wrong, sound
        # records may begin within it.
        if frame is None or (message is None and window.may_search_in(frame)):
            in_garbage = True
            window.skip_to_likely_start()
            continue
        if in_garbage:
            yield None
        in_garbage = False
        yield message
        window.skip(frame.end)
    if in_garbage:
        yield None
    if window.damage:
        raise window.damage


class _Window:
    """The bytes of a stream from one place on, as many as are asked for."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        # Not bytes: of a bytearray the front is taken away without moving the rest.
        self._data = bytearray()
        self._passed = 0
        self._searched_again = 0
        self.damage: DamagedStreamError | None = None
        """What ended the stream, if it did not end by itself."""

    def has(self, size: int) -> bool:
        """Read on until so many bytes are there; False if the stream has fewer."""
        while len(self._data) < size:
            chunk = self._next_chunk()
            if not chunk:
                return False
            self._data += chunk
        return True

    def frame(self) -> _Frame | None:
        """Return the frame of the record that begins here, None if none does."""
        self.has(_MAX_START_BYTES)
        return _frame_at(self._data, 0)

    def message(self, frame: _Frame) -> Message | None:
        """Return a record's message, None if it is cut or does not decode."""
        if not self.has(frame.end):
            return None
        return _decoded(bytes(self._data[frame.start : frame.end]))

    def may_search_in(self, frame: _Frame) -> bool:
        """Tell whether the next sound record may lie within this bad one.

        Not if another record, or the end, is just behind it: then its length is right.
        """
        if not self.has(frame.end):
            return True
        self.has(frame.end + _MAX_START_BYTES)
        if len(self._data) == frame.end or _frame_at(self._data, frame.end):
            return False
        # A file of nothing but false starts would be decoded once for each of its bytes.
        self._searched_again += frame.end
        return self._searched_again <= _SEARCHED_AGAIN_BYTES + self._passed

    def skip_line_ends(self) -> bool:
        """Go on to a byte that is no line end, as editors leave behind the last record.

        False if there is none.
        """
        while self.has(1):
            if self._data[0] not in b"\r\n":
                return True
            self.skip(1)
        return False

    def skip(self, size: int) -> None:
        """Go on by so many bytes, which are there."""
        del self._data[:size]
        self._passed += size

    def skip_to_likely_start(self) -> None:
        """Go on to the next place behind this one where a record may begin, or to the end."""
        self.skip(1)
        searched = 0
        while self.has(searched + 1):
            if match := _LIKELY_START.search(self._data):
                self.skip(match.start())
                return
            # The last two bytes may begin what the next chunk completes.
            self.skip(max(0, len(self._data) - 2))
            searched = len(self._data)
        self.skip(searched)

    def _next_chunk(self) -> bytes:
        try:
            return next((chunk for chunk in self._chunks if chunk), b"")
        except DamagedStreamError as damage:
            self.damage = damage
            return b""


def _frame_at(data: bytes | bytearray, place: int) -> _Frame | None:
    """Return the frame that begins at a place, None if there is no header or it is too large."""
    if len(data) < place + 3 or data[place] != _RECORD_SEPARATOR:
        return None
    end = place + 2 + data[place + 1]
    if len(data) <= end or data[end] != _UNIT_SEPARATOR:
        return None
    header = _parsed(Header, bytes(data[place + 2 : end]))
    # Before anything of that length is read, as a crafted header may say 4 GiB.
    if header is None or header.message_length > MAX_PING_BYTES:
        return None
    start = end + 1 - place
    return _Frame(start, start + header.message_length)


def _decoded(stored: bytes) -> Message | None:
    """Decode a message; nothing says whether it is compressed, so both are tried."""
    for encoded in (_unsnapped(stored), stored):
        message = None if encoded is None else _parsed(Message, encoded)
        if message is not None:
            return message
    return None


def _parsed(kind: type[_Parsed], encoded: bytes) -> _Parsed | None:
    """Parse protobuf; None if it is none, or lacks what every one has."""
    try:
        parsed = kind.FromString(encoded)
    except DecodeError:
        return None
    # Empty bytes parse as anything, and FromString does not look for required fields.
    return parsed if parsed.IsInitialized() else None


def _unsnapped(stored: bytes) -> bytes | None:
    """Decompress raw snappy; None if it is none, or makes too much."""
    try:
        # The length is the file's own word: it is held against what snappy can make at most.
        size = cramjam.snappy.decompress_raw_len(stored)
        if size > min(MAX_PING_BYTES, _MAX_SNAPPY_RATIO * len(stored)):
            return None
        return bytes(cramjam.snappy.decompress_raw(stored))
    except cramjam.DecompressionError:
        return None
