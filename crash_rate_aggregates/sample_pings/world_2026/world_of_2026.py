"""The world of 2026 as files: a folder for each namespace and doc type, as ingestion's sink has."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from crash_rate_aggregates.sample_pings.sample_files import SampleFile
from crash_rate_aggregates.sample_pings.world_2026.heard_pings import pings_of_day
from crash_rate_aggregates.sample_pings.world_2026.regressions.bad_release import BadRelease
from crash_rate_aggregates.sample_pings.world_2026.sessions import Happenings

_PARTS = 6
_MOST_LINES = 5_000
"""Of a part: some 13 MB, of which one process holds a few."""


@dataclass(frozen=True, slots=True)
class World2026:
    """Firefox, Firefox for Android and Thunderbird as they send pings in 2026."""

    pings_per_day: int
    """Usage pings of an average day; crash pings and some others come on top of them."""
    seed: int
    has_regressions: bool = True
    """Whether there are builds, a branch of an experiment and a machine that crash more."""
    worse: Mapping[str, float] = field(default_factory=dict)
    """By version, as people say it: the factor of its main and content crashes."""
    bad_release: date | None = None
    """On which a release comes out that crashes more; the calendar is moved to it, and release has
    nearly all of the usage and so many crashes that few pings tell."""
    described: str = "was published about Firefox up to 2026, and guesses where nothing was"

    def files_of_day(self, day: date) -> Iterator[SampleFile]:
        """Give the day's files: `<namespace>/<doc type>/part-N.ndjson`."""
        happenings = Happenings(
            *(self.seed, self.pings_per_day, self.has_regressions, self.worse),
            bad_release=BadRelease(self.bad_release) if self.bad_release else None,
        )
        limit = min(_MOST_LINES, max(1, -(-self.pings_per_day // _PARTS)))
        held: defaultdict[str, list[bytes]] = defaultdict(list)
        given = Counter[str]()
        for ping in pings_of_day(happenings, day):
            place = f"{ping.namespace}/{ping.doc_type}"
            held[place].append(ping.line)
            if len(held[place]) == limit:
                yield _part(place, given, held.pop(place))
        for place, lines in held.items():
            yield _part(place, given, lines)


def _part(place: str, given: Counter[str], lines: list[bytes]) -> SampleFile:
    name = f"{place}/part-{given[place]}.ndjson"
    given[place] += 1
    return SampleFile(name, b"".join(line + b"\n" for line in lines))
