"""Whether verdicts of releases are right: worlds with two-week releases, and what is found."""

from simulations.releases.release_cells import CELLS

__all__ = ["CELLS"]
