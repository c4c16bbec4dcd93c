"""Pass over values without decoding them: where the next one begins.

Most columns of a wide table are null in most rows, and a null is one zero byte, as an empty list or
text is. So a run of such columns is passed by counting zero bytes, in one call for hundreds.

A skip takes bytes and a place and returns the next place, perhaps behind the end. It raises
IndexError where it needs a byte behind the end, and `UnsoundAvroError` where no value can be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Final, TypeAlias

from crash_rate_aggregates.sources.formats.avro.avro_types import AvroType, UnsoundAvroError

Skip: TypeAlias = Callable[[bytes, int], int]
LONG_BYTES: Final = 10
"""At most, of a number."""
_LONG_BITS = 64
_MORE = 0x80
"""Set in each byte of a number but its last; the other seven bits count."""
NULL_FIRST, SECOND_BRANCH = 0, 2
"""How the branches of a column that may be null are stored."""
_WIDTHS = {"null": 0, "boolean": 1, "float": 4, "double": 8}
_PREFIXED = ("string", "bytes")
NOT_SHORT: Final = 0x81
"""Bits of a length's first byte: that more follow, or that it is negative, so none."""
_count_zeros: Final = re.compile(rb"\0*").match


def long_at(data: bytes, at: int) -> tuple[int, int]:
    """Return the number that stands at a place, and the place behind it.

    Raises:
        IndexError: The data end within it.
        UnsoundAvroError: It takes more than 10 bytes, or 64 bits.
    """
    byte = data[at]
    found, shift = byte & ~_MORE, 7
    while byte & _MORE:
        at += 1
        byte = data[at]
        found |= (byte & ~_MORE) << shift
        shift += 7
        if shift >= 7 * LONG_BYTES and (byte & _MORE or found >> _LONG_BITS):
            raise UnsoundAvroError(f"a number of more than {_LONG_BITS} bits")
    return (found >> 1) ^ -(found & 1), at + 1


def prefixed_at(data: bytes, at: int) -> tuple[int, int]:
    """Return where a text begins and ends, before which its length stands.

    Raises:
        IndexError, UnsoundAvroError: As `long_at`; or the length is none.
    """
    size, at = long_at(data, at)
    if size < 0:
        raise UnsoundAvroError("a text of less than no bytes")
    return at, at + size


def item_count(data: bytes, at: int) -> tuple[int, int]:
    """Return how many items of a list, or entries of a map, follow; 0 ends it.

    Raises:
        IndexError, UnsoundAvroError: As `long_at`.
    """
    count, at = long_at(data, at)
    if count < 0:  # Then the size of these items in bytes stands before them.
        _, at = long_at(data, at)
    return abs(count), at


class Skips:
    """The skips of types, each made once, as a type may stand in many places."""

    def __init__(self) -> None:
        self._known: dict[AvroType, Skip] = {}

    def of(self, kind: AvroType) -> Skip:
        """Return what passes over one value."""
        if kind not in self._known:
            self._known[kind] = self._made(kind)
        return self._known[kind]

    def of_run(self, kinds: Sequence[AvroType]) -> Skip:
        """Return what passes over one value of each type, one behind the other."""
        present = [kind for kind in kinds if not kind.is_empty]
        skips = [
            self._zeros(list(group)) if is_zero else self._each(list(group))
            for is_zero, group in groupby(present, _is_zero_whole)
        ]
        return skips[0] if len(skips) == 1 else _in_turn(skips)

    def _made(self, kind: AvroType) -> Skip:
        match kind.kind:
            case "record":
                made = self.of_run([part for _, part in kind.fields])
            case "union":
                made = _choice([self.of(part) for part in kind.parts])
            case "enum":
                made = _choice([_skip_nothing] * len(kind.symbols))
            case "array":
                made = _list_of(self.of(kind.parts[0]))
            case "map":
                made = _list_of(_in_turn([_skip_prefixed, self.of(kind.parts[0])]))
            case "string" | "bytes":
                made = _skip_prefixed
            case "int" | "long":
                made = _skip_long
            case other:
                made = _fixed(_WIDTHS.get(other, kind.size))
        return made

    def _each(self, kinds: Sequence[AvroType]) -> Skip:
        return _in_turn([self.of(kind) for kind in kinds])

    def _zeros(self, kinds: Sequence[AvroType]) -> Skip:
        """Return what passes over values of which each may be one zero byte."""
        number = len(kinds)
        skips = [self.of(kind) for kind in kinds]
        is_text = [is_nullable_text(kind) for kind in kinds]

        def skip(data: bytes, at: int) -> int:
            done = 0
            while done < number:
                if data[at] == 0:
                    zeros = _count_zeros(data, at, at + number - done)
                    passed = zeros.end() - at if zeros else 1
                    done += passed
                    at += passed
                    continue
                # Texts are most of what is there: a call for each would double the time.
                if is_text[done] and data[at] == SECOND_BRANCH and not data[at + 1] & 1:
                    byte = data[at + 1]
                    length, shift = (byte & ~_MORE) >> 1, 6
                    at += 2
                    while byte & _MORE and shift < _LONG_BITS:
                        byte = data[at]
                        length |= (byte & ~_MORE) << shift
                        shift += 7
                        at += 1
                    at += length
                else:
                    at = skips[done](data, at)
                done += 1
            return at

        return skip


def _is_zero_whole(kind: AvroType) -> bool:
    """Tell whether a zero byte is a whole value: null, false, 0, or nothing in a list or text."""
    if kind.kind == "union":
        return kind.parts[0].is_empty
    return kind.kind not in {"float", "double", "fixed", "record"}


def is_nullable_text(kind: AvroType) -> bool:
    """Tell whether a type is null, else a text: `NULL_FIRST`, or `SECOND_BRANCH` and the text."""
    kinds = [part.kind for part in kind.parts] if kind.kind == "union" else []
    return len(kinds) == len(_PREFIXED) and kinds[0] == "null" and kinds[1] in _PREFIXED


def _skip_nothing(_: bytes, at: int) -> int:
    return at


def _skip_long(data: bytes, at: int) -> int:
    return long_at(data, at)[1]


def _skip_prefixed(data: bytes, at: int) -> int:
    return prefixed_at(data, at)[1]


def _fixed(size: int) -> Skip:
    def skip(data: bytes, at: int) -> int:
        # Else types that double with each level would be passed for ever behind the end.
        if at + size > len(data):
            raise IndexError
        return at + size

    return skip


def _in_turn(skips: Sequence[Skip]) -> Skip:
    def skip(data: bytes, at: int) -> int:
        for each in skips:
            at = each(data, at)
        return at

    return skip


def _choice(branches: Sequence[Skip]) -> Skip:
    def skip(data: bytes, at: int) -> int:
        number, at = long_at(data, at)
        if not 0 <= number < len(branches):
            raise UnsoundAvroError(f"a value of the branch {number} of {len(branches)}")
        return branches[number](data, at)

    return skip


def _list_of(item: Skip) -> Skip:
    def skip(data: bytes, at: int) -> int:
        count, at = item_count(data, at)
        while count:
            for _ in range(count):
                start = at
                at = item(data, at)
                if at > len(data):  # A count may be as large as it likes.
                    raise IndexError
                if at == start:  # Nor do the others take a byte, and there may be 2**63.
                    break
            count, at = item_count(data, at)
        return at

    return skip
