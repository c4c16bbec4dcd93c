from __future__ import annotations

import io
import unittest
from datetime import date
from decimal import Decimal

from rich.console import Console

from crash_rate_aggregates.database.questions import Answer
from crash_rate_aggregates.terminal.tables import answer_table


class AnswerTableTest(unittest.TestCase):
    def shown(self, *values):
        """Return the cells of a row as they stand in the terminal."""
        console = Console(file=io.StringIO(), width=200)
        columns = tuple(f"column_{number}" for number in range(len(values)))
        console.print(answer_table(Answer(columns, [values])))
        return console.file.getvalue().splitlines()[3].split()

    def test_numbers(self):
        """A rate has four decimals, hours have two, counts and all else stay as they are."""
        self.assertEqual(
            self.shown(2.986221860431, 6362.554722222, Decimal("0.00125"), 1000.0, -150.126, 12345),
            ["2.9862", "6362.55", "0.0012", "1000.00", "-150.13", "12345"],
        )
        self.assertEqual(
            self.shown(float("nan"), float("inf"), date(2016, 3, 14), True, "45.0"),
            ["nan", "inf", "2016-03-14", "True", "45.0"],
        )

    def test_null(self):
        """NULL is empty."""
        self.assertEqual(self.shown(1, None, 2), ["1", "2"])
