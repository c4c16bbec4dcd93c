"""Run cells in parallel, seeded and resumable: what was drawn once is read back from its file."""

from __future__ import annotations

import json
import os
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import numpy as np

from simulations.cells import Cell, Counts

CHUNK = 10
"""Runs that one task makes: few, so that a stopped simulation loses little."""
Results = Mapping[str, Mapping[str, Sequence[tuple[float, float]]]]
"""By cell and measure: events and exposure of each run that had the measure."""


def run_cells(
    cells: Sequence[Cell],
    seed: int,
    file: Path,
    *,
    workers: int = os.cpu_count() or 1,
    progress: Callable[[str], None] = lambda _: None,
) -> Results:
    """Return what all runs counted; those in the file are not made again.

    Args:
        cells: Their keys differ.
        seed: The same seed gives the same runs, however many processes there are and whichever
            cells are asked for.
        file: JSON lines, appended to as chunks are done; another seed needs another file.
        workers: Processes.
        progress: Told each chunk that is done.
    """
    done = dict(_stored(file))
    missing = [
        (cell, chunk)
        for cell in cells
        for chunk in range(-(-cell.runs // CHUNK))
        if (cell.key, chunk) not in done
    ]
    file.parent.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(workers) as pool, file.open("a", encoding="utf-8") as lines:
        tasks = {
            pool.submit(_run_chunk, cell, seed, chunk): (cell.key, chunk) for cell, chunk in missing
        }
        for count, task in enumerate(as_completed(tasks), 1):
            key, chunk = tasks[task]
            done[key, chunk] = task.result()
            record = {"cell": key, "chunk": chunk, "runs": done[key, chunk]}
            lines.write(json.dumps(record) + "\n")
            lines.flush()
            progress(f"{count} of {len(tasks)}: {key}")
    return {cell.key: _by_measure(cell, done) for cell in cells}


def _run_chunk(cell: Cell, seed: int, chunk: int) -> list[Counts]:
    first = chunk * CHUNK
    # By the name of the cell and the number of the run: another cell changes no other's draws.
    name = zlib.crc32(cell.key.encode())
    return [
        cell.simulate(np.random.default_rng([seed, name, run]))
        for run in range(first, min(first + CHUNK, cell.runs))
    ]


def _stored(file: Path) -> Iterator[tuple[tuple[str, int], Sequence[Counts]]]:
    if file.exists():
        for line in file.read_text(encoding="utf-8").splitlines():
            # The last line of a run that was killed may be half a line.
            if line.endswith("}"):
                one = json.loads(line)
                yield (one["cell"], one["chunk"]), one["runs"]


def _by_measure(
    cell: Cell, done: Mapping[tuple[str, int], Sequence[Counts]]
) -> Mapping[str, Sequence[tuple[float, float]]]:
    counted: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for chunk in range(-(-cell.runs // CHUNK)):
        for counts in done[cell.key, chunk]:
            for name, (events, exposure) in counts.items():
                counted[name].append((events, exposure))
    return counted
