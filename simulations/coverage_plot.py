"""A plot of how often intervals held the truth, in SVG: a line for each world, a dot a measure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from simulations.cells import Cell, found
from simulations.running import Results

_LEFT, _WIDTH, _LINE, _TOP = 430, 440, 17, 46
_LEAST, _MOST = 0.85, 1.0
_SVG = "http://www.w3.org/2000/svg"
_FONT = 'font-family="sans-serif" font-size="11"'
_BLUES = ("#08306b", "#2171b5", "#4292c6", "#6baed6", "#9ecae1")


def plot_of(cells: Sequence[Cell], results: Results) -> str:
    """Return the plot of all cells that have a measure with a reach on both sides.

    Dots below 85% stand at the left edge. The band is the reach of the measure.
    """
    lines = list(_lines(cells, results))
    height = _TOP + _LINE * len(lines) + 10
    texts = [
        f'<svg xmlns="{_SVG}" width="{_LEFT + _WIDTH + 20}" height="{height}" {_FONT}>',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="10" y="16">{escape(_TITLE)}</text>',
        *_axis(height),
    ]
    for number, line in enumerate(lines):
        middle = _TOP + _LINE * number
        texts.append(f'<g transform="translate(0 {middle})">{line}</g>')
    return "\n".join([*texts, "</svg>", ""])


_TITLE = "Share of intervals that held the truth; dark dots: the shortest window, or the first day"


def _lines(cells: Sequence[Cell], results: Results) -> Iterator[str]:
    part = ""
    for cell in cells:
        bounded = [one for one in cell.measures if one.reach.at_least and one.reach.at_most]
        bounded = [one for one in bounded if results[cell.key].get(one.name)]
        if not bounded:
            continue
        if cell.part != part:
            part = cell.part
            yield f'<text x="10" y="11" font-weight="bold">{escape(part)}</text>'
        reach = bounded[0].reach
        band = _at(reach.at_least or 0), _at(reach.at_most or 1)
        dots = "".join(
            f'<circle cx="{_at(found(results[cell.key][one.name]).value):.1f}" cy="7" r="4"'
            f' fill="{_BLUES[min(number, len(_BLUES) - 1)]}"/>'
            for number, one in enumerate(bounded)
        )
        yield (
            f'<text x="20" y="11">{escape(cell.name)}</text>'
            f'<rect x="{band[0]:.1f}" width="{band[1] - band[0]:.1f}" height="{_LINE - 3}"'
            f' fill="#e8e8e8"/>{dots}'
        )


def _axis(height: int) -> Iterator[str]:
    for percent in (85, 90, 95, 100):
        across = _at(percent / 100)
        yield f'<text x="{across}" y="36" text-anchor="middle">{percent}%</text>'
        yield f'<line x1="{across}" x2="{across}" y1="40" y2="{height - 6}" stroke="#bbb"/>'


def _at(share: float) -> float:
    inside = min(max(share, _LEAST), _MOST)
    return _LEFT + _WIDTH * (inside - _LEAST) / (_MOST - _LEAST)
