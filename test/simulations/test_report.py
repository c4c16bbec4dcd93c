from __future__ import annotations

import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from simulations.cells import Aim, Cell, Counts, Measure
from simulations.report import PLOT, table_of, write_page


def _never(_: np.random.Generator) -> Counts:
    raise AssertionError


_COVERED = Measure("covered", Aim(0.92, 0.97), Aim(0.94, 0.96))
_ALARMS = Measure("alarms a month", Aim(at_most=1.0), Aim(at_most=0.5))
_CELLS = (
    Cell("Part", "one & only", 100, (_COVERED, Measure("told")), _never),
    Cell("Other", "five channels", 4, (_ALARMS,), _never),
)


def results(covered: int) -> dict[str, dict[str, list[tuple[float, float]]]]:
    """Return 100 runs of which so many were covered, and four months with three alarms."""
    shares = [(1.0, 1.0)] * covered + [(0.0, 1.0)] * (100 - covered)
    return {
        "Part: one & only": {"covered": shares, "told": shares},
        "Other: five channels": {"alarms a month": [(2, 1), (1, 1), (0, 1), (0, 1)]},
    }


class TableTest(unittest.TestCase):
    def test_rows(self) -> None:
        """A row says what was found beside its bounds; shares are percentages, rates are not."""
        lines = table_of(_CELLS, results(95)).splitlines()
        self.assertEqual(lines[0], "### Part, simulated")
        self.assertEqual(
            lines[4],
            "| one & only | 100 | covered | 95.0% | 88.8% … 97.8% | 92% … 97% | 94% … 96% | aim |",
        )
        self.assertEqual(lines[5], "| one & only | 100 | told | 95.0% | 88.8% … 97.8% |  |  |  |")
        row = "| five channels | 4 | alarms a month | 0.75 | 0.00 … 1.56 | ≤ 1 | ≤ 0.5 | reach |"
        self.assertEqual(lines[-1], row)

    def test_what_is_met(self) -> None:
        """Above the reach is as little met as below it."""
        expected = {91: "**no**", 93: "reach", 95: "aim", 97: "reach", 98: "**no**"}
        for covered, met in expected.items():
            with self.subTest(covered=covered):
                self.assertIn(f"| {met} |", table_of(_CELLS, results(covered)).splitlines()[4])

    def test_missing_measure(self) -> None:
        """A measure that no run had has no row."""
        found = results(95)
        del found["Part: one & only"]["told"]
        self.assertNotIn("told", table_of(_CELLS, found))


class PageTest(unittest.TestCase):
    def test_written(self) -> None:
        """The table replaces what stands between the markers, and the plot is written anew."""
        folder = Path(self.enterContext(TemporaryDirectory()))
        (folder / "images").mkdir()
        page = folder / "statistics.md"
        page.write_text("a\n<!-- simulated -->\nbygone\n<!-- end -->\nb\n", encoding="utf-8")
        write_page(folder, _CELLS, results(95))
        text = page.read_text(encoding="utf-8")
        self.assertTrue(text.startswith("a\n<!-- simulated -->\n### Part, simulated\n"))
        self.assertTrue(text.endswith("|\n\n<!-- end -->\nb\n"))
        self.assertNotIn("bygone", text)
        plot = (folder / "images" / PLOT).read_text(encoding="utf-8")
        self.assertIn("one &amp; only", plot)
        self.assertNotIn("five channels", plot)


if __name__ == "__main__":
    unittest.main()
