"""Spikes in segments, and machines that crash often: are they named, and by the right name?"""

from simulations.cells import Cell
from simulations.segments import machine_cells, spike_cells

CELLS: tuple[Cell, ...] = (*spike_cells.CELLS, *machine_cells.CELLS)
"""All of this part."""
