"""CPU and memory of drawing a day of sample pings, the world of 2026 against that of 2016.

    python -m benchmarks.sample_worlds [--pings 20000] [--rounds 7]

Each round draws a day of both, so that what else the machine does meets both alike; the median of
the rounds' ratios is shown. Memory is the peak of a process of its own, for two sizes of a day.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from statistics import median

from crash_rate_aggregates.sample_pings.sample_files import World
from crash_rate_aggregates.sample_pings.world_2016.world_of_2016 import World2016
from crash_rate_aggregates.sample_pings.world_2026.world_of_2026 import World2026

DAY = date(2026, 11, 25)
_TIMES_LARGER = 5
_KIB = 1024


def pings_a_second(world: World) -> float:
    """Draw a day and return how many pings a second of CPU gave."""
    start = time.process_time()
    pings = sum(file.text.count(b"\n") for file in world.files_of_day(DAY))
    return pings / (time.process_time() - start)


def peak_mebibytes(world: World) -> int:
    """Draw a day in a process of its own and return the most memory that it held."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_peak_of, world).result()


def _peak_of(world: World) -> int:
    for _ in world.files_of_day(DAY):
        pass
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // _KIB if sys.platform == "linux" else peak // _KIB**2


def main() -> None:
    """Print what both worlds cost."""
    parser = argparse.ArgumentParser(description="Measure how fast sample pings are drawn.")
    parser.add_argument("--pings", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    # First: a new process's peak begins with what its parent held.
    for pings in (arguments.pings, arguments.pings * _TIMES_LARGER):
        peaks = (peak_mebibytes(World2016(pings, 1)), peak_mebibytes(World2026(pings, 1)))
        print(f"MiB for {pings:,} pings a day: 2016 {peaks[0]}, 2026 {peaks[1]}")
    rounds = [
        (
            pings_a_second(World2016(arguments.pings, seed=number)),
            pings_a_second(World2026(arguments.pings, seed=number)),
        )
        for number in range(arguments.rounds)
    ]
    ratio = median(new / old for old, new in rounds)
    best = [round(max(speeds)) for speeds in zip(*rounds, strict=True)]
    print(f"pings a second of CPU: 2016 {best[0]:,}, 2026 {best[1]:,}; 2026 to 2016 {ratio:.2f}")


if __name__ == "__main__":
    main()
