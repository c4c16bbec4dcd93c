from __future__ import annotations

import csv
import io
import unittest
from datetime import date
from decimal import Decimal

from crash_rate_aggregates.questions.statement import Answer
from crash_rate_aggregates.terminal.answers import MAX_ROWS, AnswerTable, write_csv
from test.terminal.printed import printed


class AnswerTableTest(unittest.TestCase):
    def shown(self, *values):
        """Return the cells of a row as they stand in the terminal."""
        columns = tuple(f"column_{number}" for number in range(len(values)))
        return printed(AnswerTable(Answer(columns, [values])))[3].split()

    def test_numbers(self):
        """From 1 on a number has four decimals, from 100 on two, below 1 four digits."""
        self.assertEqual(
            self.shown(2.986221860431, 6362.554722222, Decimal("0.00125"), 1000.0, -150.126, 12345),
            ["2.9862", "6362.55", "0.001250", "1000.00", "-150.13", "12345"],
        )
        self.assertEqual(
            self.shown(0.00034016, -0.5, 0.0, 1e-9, 1e-12, Decimal(0)),
            ["0.0003402", "-0.5000", "0", "0.000000001000", "1.000e-12", "0"],
        )
        self.assertEqual(
            self.shown(float("nan"), float("inf"), date(2016, 3, 14), True, "45.0"),
            ["nan", "inf", "2016-03-14", "true", "45.0"],
        )

    def test_null_and_json(self):
        """NULL is empty; objects and arrays are JSON."""
        self.assertEqual(self.shown(1, None, 2), ["1", "2"])
        self.assertEqual(self.shown({"a": "ü"}, [1, None]), ['{"a":', '"ü"}', "[1,", "null]"])

    def test_texts_of_clients(self):
        """Nothing that a client wrote is taken for markup, an emoji or a command."""
        self.assertEqual(self.shown("[/b]", "[red]x", ":smile:"), ["[/b]", "[red]x", ":smile:"])
        self.assertEqual(self.shown("\x1b[31mred", "a\rb\x9b"), ["\ufffd[31mred", "a\ufffdb\ufffd"])

    def test_too_wide(self):
        """An answer that is wider than the terminal is a block for each row, with nothing cut."""
        columns = tuple(f"column_{number}" for number in range(12))
        lines = printed(AnswerTable(Answer(columns, [tuple(range(12)), tuple(range(12))])), 60)
        for number in range(12):
            self.assertEqual(lines.count(f"  column_{number:<2}   {number}"), 2, lines)
        self.assertIn("  row 2", lines)

    def test_many_rows(self):
        """After a thousand rows it says that there are more, of which one is enough to know."""
        lines = printed(AnswerTable(Answer(("n",), [(1,)] * (MAX_ROWS + 1))))
        self.assertEqual(lines[-1], "and more rows than these 1,000: --csv prints all")
        self.assertEqual(lines.count("  1"), MAX_ROWS)
        self.assertNotIn("more", " ".join(printed(AnswerTable(Answer(("n",), [(1,)] * 3)))))

    def test_csv(self):
        """Comma-separated values have all digits, and texts of which none is Python's."""
        file = io.StringIO()
        row = (1 / 3, None, True, {"a": "[/b]"}, [1, 2], "x,y", date(2016, 3, 14))
        write_csv(("a", "b", "c", "d", "e", "f", "g"), [row], file)
        self.assertEqual(
            file.getvalue().splitlines()[1],
            '0.3333333333333333,,true,"{""a"": ""[/b]""}","[1, 2]","x,y",2016-03-14',
        )

    def test_csv_of_formulas(self):
        """A text that a spreadsheet would run has a ' before it; a number never has."""
        for value, escaped in (
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
            ("-2+3", "'-2+3"),
            ("-", "'-"),
            ("\tx", "'\tx"),
            ("\r=1", "'\r=1"),
            ("\n=1", "'\n=1"),
            ("\uff1d1", "'\uff1d1"),
            ("-5", "-5"),
            ("+1.5e-3", "+1.5e-3"),
            (-5, "-5"),
            (-0.25, "-0.25"),
            (Decimal("-1.50"), "-1.50"),
            (float("-inf"), "-inf"),
            ("a=b", "a=b"),
            ([-1], "[-1]"),
        ):
            with self.subTest(value=value):
                self.assertEqual(self.csv_cell(value), escaped)
                self.assertEqual(self.csv_cell(value, escapes=False), escaped.removeprefix("'"))

    def test_csv_heading_of_formula(self):
        """The name of a column is escaped as well."""
        file = io.StringIO()
        write_csv(("=1", "b"), [], file)
        self.assertEqual(file.getvalue(), "'=1,b\r\n")

    def csv_cell(self, value, **options):
        """Return what a program reads of the value."""
        file = io.StringIO(newline="")
        write_csv(("a",), [[value]], file, **options)
        file.seek(0)
        return list(csv.reader(file))[1][0]
