"""What the simulations found, as a table and a plot of docs/statistics.md."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from simulations.cells import Aim, Cell, Found, Measure, found
from simulations.coverage_plot import plot_of
from simulations.running import Results

_PART = re.compile(r"(<!-- simulated -->\n).*?(<!-- end -->)", re.DOTALL)
_HEAD = ("world", "runs", "measure", "value", "95% interval", "reach", "aim", "met")
PLOT = "simulated-coverage.svg"


def write_page(folder: Path, cells: Sequence[Cell], results: Results) -> None:
    """Put the tables between the markers of the page, and the plot beside the others.

    Args:
        folder: Of the pages; its statistics.md has the markers.
        cells: In their order on the page.
        results: Of all of them.
    """
    page = folder / "statistics.md"
    text = page.read_text(encoding="utf-8")
    tables = table_of(cells, results)
    page.write_text(_PART.sub(lambda part: f"{part[1]}{tables}\n{part[2]}", text), encoding="utf-8")
    (folder / "images" / PLOT).write_text(plot_of(cells, results), encoding="utf-8")


def table_of(cells: Sequence[Cell], results: Results) -> str:
    """Return a table in Markdown for each part, with a row for each measure of its cells."""
    parts = dict.fromkeys(cell.part for cell in cells)
    return "\n".join(
        "\n".join((f"### {part}, simulated\n", *_table(part, cells, results), "")) for part in parts
    )


def _table(part: str, cells: Sequence[Cell], results: Results) -> Iterator[str]:
    yield _line(_HEAD)
    yield _line(["---"] * len(_HEAD))
    for cell in cells:
        if cell.part == part:
            for measure in cell.measures:
                counts = results[cell.key].get(measure.name)
                if counts:
                    yield _row(cell, measure, found(counts))


def _row(cell: Cell, measure: Measure, one: Found) -> str:
    return _line(
        (
            cell.name,
            str(one.runs),
            measure.name,
            _figure(one.value, measure),
            f"{_figure(one.lower, measure)} … {_figure(one.upper, measure)}",
            _aim(measure.reach, measure),
            _aim(measure.aim, measure),
            _met(measure, one),
        )
    )


def _line(values: Sequence[str]) -> str:
    return f"| {' | '.join(values)} |"


def _is_share(measure: Measure) -> bool:
    return "a month" not in measure.name


def _figure(value: float, measure: Measure) -> str:
    return f"{100 * min(value, 1):.1f}%" if _is_share(measure) else f"{value:.2f}"


def _aim(aim: Aim, measure: Measure) -> str:
    least, most = (
        None if bound is None else (f"{100 * bound:g}%" if _is_share(measure) else f"{bound:g}")
        for bound in (aim.at_least, aim.at_most)
    )
    if least and most:
        return f"{least} … {most}"
    return f"≥ {least}" if least else f"≤ {most}" if most else ""


def _met(measure: Measure, one: Found) -> str:
    if measure.reach == Aim():
        return ""
    if measure.aim.is_met_by(one.value):
        return "aim"
    return "reach" if measure.reach.is_met_by(one.value) else "**no**"
