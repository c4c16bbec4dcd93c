from __future__ import annotations

import unittest

from crash_rate_aggregates.terminal.cells import NOT_THERE, cell, printable


class CellsTest(unittest.TestCase):
    def test_printable(self) -> None:
        """Control characters are replaced; a line feed is an arrow, so that a text has one line."""
        self.assertEqual(printable("one\ntwo\n"), "one↵two↵")
        self.assertEqual(printable("a\tb\rc\0d\x1b[31m\x7f\x9b"), "a�b�c�d�[31m��")
        self.assertEqual(printable("Größe 日本 :smile: [red]"), "Größe 日本 :smile: [red]")

    def test_invisible(self) -> None:
        """What turns the direction, has no width or ends a line elsewhere is replaced."""
        for character in (
            *"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c",
            *"\u200b\u200c\u200d\u2060\ufeff\u00ad\U000e0041",
            *"\u2028\u2029\x85\ud800",
        ):
            self.assertEqual(printable(f"a{character}b"), "a�b", ascii(character))
        # What no printer can print has nothing to hide all the same.
        self.assertEqual(printable("a\u00a0b\u3000c \ue000"), "a\u00a0b\u3000c \ue000")

    def test_cell(self) -> None:
        """What is not there is a dash, which an empty text is not."""
        self.assertEqual([cell(None), cell(""), cell(0), cell("a\nb")], [NOT_THERE, "", "0", "a↵b"])
