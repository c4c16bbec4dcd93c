"""Cut a stream that is one array into its elements, without holding more than a few of them.

Elements are found in one of two ways, which agree. Most times msgspec splits all elements up to a
place where one seems to begin, and finds by the way that they are JSON. Where it does not,
`ElementEnd` follows each, ten times as slowly.

A client cannot spoil a file of lines that begins with its broken array: where an array breaks, what
follows is read as lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Final

import msgspec

from crash_rate_aggregates.decode.fast import SURPRISES
from crash_rate_aggregates.decode.layouts.kinds import LayoutName, marked_layout
from crash_rate_aggregates.sources.formats.arrays.element_ends import ElementEnd
from crash_rate_aggregates.sources.formats.json_pings import (
    SPACE,
    decoded_object,
    then,
    without_byte_order_mark,
)
from crash_rate_aggregates.sources.formats.lines import MAX_PING_BYTES, ping_lines
from crash_rate_aggregates.sources.interface import DamagedStreamError, RawPing, Unreadable

_SPACE = re.compile(rb"[ \t\r\n]*+")
_FIRST_KEY = re.compile(rb'\{[ \t\r\n]*+"[^"\\\n]*+"')
"""How an element begins, and most likely the others, as rows have the same columns."""
_WINDOW_BYTES: Final = 1 << 18
"""So much is looked through at once for a place where an element begins."""
_split_json = msgspec.json.Decoder(list[msgspec.Raw]).decode


def array_texts(chunks: Iterable[bytes]) -> Iterator[Sequence[RawPing]]:
    """Cut a stream into the elements of its array; each is one raw ping.

    Nothing between two commas is none. An element over 16 MiB is one unreadable ping and is not
    held. What follows the array, or the place where it breaks, is one ping a line.

    Raises:
        DamagedStreamError: The array does not end, or from `chunks`; after the elements before, of
            which a cut last one was given as unreadable.
    """
    stream = without_byte_order_mark(iter(chunks))
    cutter = _ArrayCutter()
    damage = None
    try:
        for chunk in stream:
            if found := cutter.cut(chunk):
                yield found
            if cutter.rest is not None:
                break
    except DamagedStreamError as error:
        damage = error
    if cutter.rest is None:
        if found := cutter.finish():
            yield found
        if cutter.rest is None:
            raise damage or DamagedStreamError("its array breaks off")
    yield from ping_lines(then([cutter.rest], damage) if damage else chain([cutter.rest], stream))


class _ArrayCutter:
    """The part of an array that has come and is not given yet."""

    def __init__(self) -> None:
        self.rest: bytes | None = None
        """What follows the array, once it has ended or is broken."""
        self._is_begun = False
        self._is_behind_element = False
        self._carry = b""
        """From the start of an element on, if none is followed."""
        self._start = b""
        self._element: ElementEnd | None = None
        self._pieces: list[bytes] = []
        self._length = 0

    def cut(self, chunk: bytes, *, is_last: bool = False) -> list[RawPing]:
        """Return the elements that end in this chunk; keep what has only begun."""
        data, self._carry = self._carry + chunk, b""
        found: list[RawPing] = []
        may_split = True
        at = 0
        while True:
            if self._element is not None:
                at = self._follow(self._element, data, at, found)
            if self._element is not None or self.rest is not None:
                return found
            place = self._next_element(data, at)
            if place is None:
                return found
            at = self._split(data, place, found) if may_split else place
            if at > place:
                continue
            # Where it once did not help, it is not tried again until more data have come.
            may_split = may_split and not self._start
            if len(data) - at < _WINDOW_BYTES and not is_last:
                self._carry = data[at:]
                return found
            self._element = ElementEnd()
            self._start = first[0] if (first := _FIRST_KEY.match(data, at)) else self._start

    def finish(self) -> list[RawPing]:
        """Return what the array's end would have given; a cut element is unreadable."""
        found = self.cut(b"", is_last=True)
        if self._element is not None:
            found.append(Unreadable.PING)
            self._break_within(b"".join(self._pieces), b"")
        return found

    def _next_element(self, data: bytes, at: int) -> int | None:
        """Return where the next element begins, None if it has not come or none does."""
        at = _behind_space(data, at)
        while at < len(data):
            expected = b"," if self._is_behind_element else b"[" if not self._is_begun else b""
            character = data[at : at + 1]
            if character == b"]" and self._is_begun:
                self.rest = data[at + 1 :]
                return None
            if not expected and character != b",":
                return at
            if expected and character != expected:
                self.rest = data[at:]
                return None
            self._is_begun, self._is_behind_element = True, False
            at = _behind_space(data, at + 1)
        return None

    def _split(self, data: bytes, at: int, found: list[RawPing]) -> int:
        """Find all elements up to the last place that looks like the start of one; return that.

        If that is no start, or something is no JSON, return `at`.
        """
        last = data.rfind(self._start, at + 1) if self._start else -1
        between = data[at:last].rstrip(SPACE) if last > at else b""
        # What looks like a start can stand within an element: then no comma, or no JSON, is before
        # it.
        if not between.endswith(b","):
            return at
        try:
            elements = _split_json(b"[%b]" % between[:-1])
        except SURPRISES:
            return at
        found += map(_raw_ping, elements)
        return last

    def _follow(self, element: ElementEnd, data: bytes, at: int, found: list[RawPing]) -> int:
        """Follow an element to its end, or to that of the data; return that place."""
        end = element.find(data, at)
        if end == at and not self._length:  # What stands here begins no value.
            self._element, self.rest = None, data[at:]
            return at
        stop = len(data) if end is None else end
        was_too_long = self._length > MAX_PING_BYTES
        self._length += stop - at
        if not was_too_long:
            self._pieces.append(data[at:stop])
        if self._length > MAX_PING_BYTES and not was_too_long:
            text = b"".join(self._pieces)
            self._pieces = []
            if self._break_within(text, data[stop:]):
                found.append(Unreadable.PING)
                return stop
        if end is not None:
            is_too_long = self._length > MAX_PING_BYTES
            found.append(Unreadable.PING if is_too_long else b"".join(self._pieces))
            self._element, self._pieces, self._length = None, [], 0
            self._is_behind_element = True
        return stop

    def _break_within(self, text: bytes, behind: bytes) -> bool:
        """Take what follows an element's first line as lines, if one of them is a ping by itself.

        So a client's line that begins an array, and never ends it, hides no ping behind it.
        """
        is_broken = any(map(_is_marked, text[:MAX_PING_BYTES].split(b"\n")[1:]))
        if is_broken:
            self._element, self.rest = None, text.partition(b"\n")[2] + behind
        return is_broken


def _behind_space(data: bytes, at: int) -> int:
    space = _SPACE.match(data, at)
    return space.end() if space else at


def _raw_ping(element: msgspec.Raw) -> RawPing:
    text = memoryview(element)
    return Unreadable.PING if len(text) > MAX_PING_BYTES else text


def _is_marked(line: bytes) -> bool:
    document = decoded_object(line)
    return document is not None and marked_layout(document, LayoutName.V4) is not None
