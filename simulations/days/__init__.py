"""Worlds of a channel's days: intervals of rates, nowcasts, and the watch over both."""

from __future__ import annotations

from simulations.days import coverage, nowcasts, watching
from simulations.days.published import published_cells

CELLS = (*coverage.CELLS, *nowcasts.CELLS, *watching.CELLS, *published_cells())
"""In the order of the page."""
