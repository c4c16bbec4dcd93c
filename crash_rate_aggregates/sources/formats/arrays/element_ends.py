"""Where an element of an array ends, found without decoding it, over any number of chunks."""

from __future__ import annotations

import re

_FLAT = re.compile(rb'(?:[^][{}"]++|"[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*+")*+')
"""What lies between two brackets: whole strings, and all else."""
_IN_STRING = re.compile(rb'[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*+')
_BARE = re.compile(rb'[^][{}",\s]*+')
_QUOTE, _BACKSLASH, _LINE_FEED = b'"\\\n'
_OPENING = b"{["


class ElementEnd:
    """Follows one element from its first byte: brackets, strings, or a bare word.

    A line feed ends a string, as JSON has it escaped there: a missing quote costs a line, no file.
    """

    def __init__(self) -> None:
        self._depth = 0
        self._is_begun = False
        self._in_string = False
        self._is_escaped = False

    def find(self, data: bytes, at: int) -> int | None:
        """Return the place behind the element's end, None if it goes on behind the data.

        Args:
            data: At first those with the element's first byte, then each that follow.
            at: Where the element begins, or goes on.
        """
        if not self._is_begun:
            self._is_begun = True
            if data[at] == _QUOTE:
                self._in_string = True
                at += 1
            elif data[at] in _OPENING:
                self._depth = 1
                at += 1
        while at < len(data):
            if self._in_string:
                at = self._behind_string(data, at)
            elif self._depth:
                at = self._behind_bracket(data, at)
            else:
                end = _end_of(_BARE, data, at)
                return end if end < len(data) else None
            if not self._depth and not self._in_string:
                return at
        return None

    def _behind_string(self, data: bytes, at: int) -> int:
        """Go on in a string, to behind its end or to the end of the data."""
        if self._is_escaped:
            self._is_escaped = False
            self._in_string = data[at] != _LINE_FEED
            return at + 1
        at = _end_of(_IN_STRING, data, at)
        if at == len(data):
            return at
        # Only the last byte's backslash, or one before a line feed, is left by the pattern.
        self._is_escaped = data[at] == _BACKSLASH
        self._in_string = self._is_escaped
        return at + 1

    def _behind_bracket(self, data: bytes, at: int) -> int:
        """Go on between strings, to behind the next bracket, the start of a string, or the end."""
        at = _end_of(_FLAT, data, at)
        if at == len(data):
            return at
        if data[at] == _QUOTE:  # The string does not end in these data, or not in this line.
            self._in_string = True
        else:
            self._depth += 1 if data[at] in _OPENING else -1
        return at + 1


def _end_of(pattern: re.Pattern[bytes], data: bytes, at: int) -> int:
    found = pattern.match(data, at)
    return found.end() if found else at
