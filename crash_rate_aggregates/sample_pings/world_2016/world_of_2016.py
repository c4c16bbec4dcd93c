"""The world of 2016 as files: the v4 pings of a day, dealt into a few of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from crash_rate_aggregates.sample_pings.sample_files import SampleFile
from crash_rate_aggregates.sample_pings.world_2016.day_files import pings_of_day

FILES_PER_DAY = 6


@dataclass(frozen=True, slots=True)
class World2016:
    """Firefox as it was published in 2016 and 2017."""

    pings_per_day: int
    """Of each day, exactly."""
    seed: int
    described: str = "was published about Firefox in 2016 and 2017"

    def files_of_day(self, day: date) -> Iterator[SampleFile]:
        """Give the day's files, with equal numbers of pings but for one."""
        lines = pings_of_day(day, self.pings_per_day, self.seed)
        share, rest = divmod(self.pings_per_day, FILES_PER_DAY)
        for number in range(FILES_PER_DAY):
            text = b"".join(line + b"\n" for line in islice(lines, share + (number < rest)))
            yield SampleFile(f"part-{number}.ndjson", text)
