"""Draw the worlds, count how often the verdicts are right, and write it into docs/statistics.md."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path

from simulations import days, releases, segments
from simulations.cells import Cell
from simulations.report import table_of, write_page
from simulations.running import run_cells

CELLS: tuple[Cell, ...] = (*days.CELLS, *releases.CELLS, *segments.CELLS)
"""Of all parts, in the order of the page."""
_QUICK_SHARE = 100
_CACHE = Path(".cache")


def main() -> None:
    """Run the cells that are asked for; the page is written where all were run in full."""
    asked = _arguments().parse_args()
    cells = [cell for cell in CELLS if not asked.part or cell.part in asked.part]
    if asked.quick:
        cells = [replace(cell, runs=max(2, cell.runs // _QUICK_SHARE)) for cell in cells]
    kind = "quick" if asked.quick else "full"
    results = run_cells(
        cells,
        asked.seed,
        _CACHE / f"simulations-{kind}-{asked.seed}.jsonl",
        workers=asked.jobs,
        progress=_progress if sys.stderr.isatty() else lambda _: None,
    )
    if asked.quick or asked.part:
        sys.stdout.write(table_of(cells, results))
    else:
        write_page(Path("docs"), cells, results)


def _progress(text: str) -> None:
    sys.stderr.write(f"\r\x1b[K{text}")
    sys.stderr.flush()


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulations", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a hundredth of the runs, printed")
    parser.add_argument("--seed", type=int, default=1, help="another one draws other worlds")
    parser.add_argument("--part", action="append", help="only this one, printed; repeatable")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    return parser


if __name__ == "__main__":
    main()
