from __future__ import annotations

import unittest

from crash_rate_aggregates.terminal.cells import NOT_THERE, cell, printable


class CellsTest(unittest.TestCase):
    def test_printable(self) -> None:
        """Control characters are replaced, but line feeds stay: a text may have lines."""
        self.assertEqual(printable("one\ntwo\n"), "one\ntwo\n")
        self.assertEqual(printable("a\tb\rc\0d\x1b[31m\x7f\x9b"), "a�b�c�d�[31m��")
        self.assertEqual(printable("Größe 日本 :smile: [red]"), "Größe 日本 :smile: [red]")

    def test_cell(self) -> None:
        """What is not there is a dash, which an empty text is not."""
        self.assertEqual(
            [cell(None), cell(""), cell(0), cell("a\nb")], [NOT_THERE, "", "0", "a\nb"]
        )
