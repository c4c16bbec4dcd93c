"""The truth: every ping by the plain path, grouped in Python integers, with and without rule 8."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.sums import DAY, SUMS, write_groups
from crash_rate_aggregates.decode.judging import PingJudge
from crash_rate_aggregates.dimensions import DIMENSION_NAMES, DIMENSIONS
from crash_rate_aggregates.normalize.ping import NormalizedPing, copy_order
from crash_rate_aggregates.normalize.rules import Judge
from crash_rate_aggregates.stats import STAT_NAMES

_SUM_PLACES = [STAT_NAMES.index(name) for name in SUMS]


def main(folder: str, deduplicated: str, with_copies: str, cores: str) -> None:
    """Judge and group all gzip files of a day."""
    files = sorted(Path(folder).rglob("*.gz"))
    with ProcessPoolExecutor(int(cores)) as pool:
        pings = [ping for some in pool.map(_judged, files) for ping in some]
    write_groups(with_copies, _grouped(pings))
    write_groups(deduplicated, _grouped(_one_of_each(pings)))


def _judged(file: Path) -> list[NormalizedPing]:
    judge = PingJudge(Judge(DAY, DIMENSIONS))
    with gzip.open(file) as lines:
        verdicts = (judge.judge_plainly(line) for line in lines)
        return [verdict for verdict in verdicts if isinstance(verdict, NormalizedPing)]


def _one_of_each(pings: Iterable[NormalizedPing]) -> Iterator[NormalizedPing]:
    winners: dict[tuple[str, bytes], NormalizedPing] = {}
    for ping in pings:
        if ping.id is None:
            yield ping
            continue
        key = ping.doc_type, ping.id
        winners[key] = min(winners.get(key, ping), ping, key=copy_order)
    yield from winners.values()


def _grouped(pings: Iterable[NormalizedPing]) -> Iterator[tuple[Any, ...]]:
    groups: dict[tuple[Any, str], list[int]] = {}
    for ping in pings:
        sums = groups.setdefault((ping.activity_date, ping.dimensions), [0] * len(SUMS))
        for place, stat in enumerate(_SUM_PLACES):
            sums[place] += ping.stats[stat]
    for (activity_date, dimensions), sums in groups.items():
        yield activity_date, *map(json.loads(dimensions).get, DIMENSION_NAMES), *sums


if __name__ == "__main__":
    main(*sys.argv[1:])
