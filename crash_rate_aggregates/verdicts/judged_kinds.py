"""The kinds of crashes that releases are judged by: what each is called, and what counts it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from crash_rate_aggregates.crash_kinds import CRASH_KINDS
from crash_rate_aggregates.outcomes import (
    CONTENT_PROCESS,
    MAIN_PROCESS,
    PROCESS_TYPES,
    CrashClass,
)


class CountedBy(StrEnum):
    """Which table counts the crashes of a kind."""

    STATS = "stats"
    """crash_aggregates and its summaries."""
    CRASH_PINGS = "crash pings"
    """crash_aggregates_by_process; the hours are those of the stats."""
    USER_DAYS = "user-days"
    """crash_aggregates_clients: crashed over active clients, by submission date."""


@dataclass(frozen=True, slots=True)
class JudgedKind:
    """One kind of crash that a release can be worse in."""

    name: str
    """In tables and on the command line."""
    words: str
    """What people say, in the plural."""
    counted_by: CountedBy = CountedBy.STATS
    process: str | None = None
    """Of crash pings: only those of this process."""
    crash_class: CrashClass | None = None
    """Of crash pings: only those of this class."""
    is_startup: bool = False
    """Of crash pings: only those before the process had started."""
    people_kind: str | None = None
    """Of headlines: the kind of `PEOPLE_KINDS` that tells how its crashes come in bursts."""

    @property
    def is_headline(self) -> bool:
        """Whether it is one of the first three; all others share one budget of false verdicts."""
        return self.counted_by is CountedBy.STATS

    def holds_process(self, process: str) -> bool:
        """Tell whether crashes of that process are in the kind, of a headline."""
        processes = {"main": (MAIN_PROCESS,), "content": (CONTENT_PROCESS,)}
        both = (MAIN_PROCESS, CONTENT_PROCESS)
        return process in processes.get(self.people_kind or "", both)

    @property
    def crashes(self) -> str:
        """SQL over sums of stats, of a kind that they count."""
        return next(kind.crashes for kind in CRASH_KINDS if kind.name == self.name)

    def holds(self, process: str, crash_class: str | None, *, is_startup: bool | None) -> bool:
        """Tell whether a crash ping of that process and class counts; kills at shutdown never."""
        return (
            crash_class != CrashClass.SHUTDOWN_KILL
            and self.process in (None, process)
            and self.crash_class in (None, crash_class)
            and (is_startup is True or not self.is_startup)
        )


_HEADLINES: Final = (
    JudgedKind("main", "main crashes", people_kind="main"),
    JudgedKind("content_minus_shutdown", "content crashes", people_kind="content"),
    JudgedKind("main_and_content_minus_shutdown", "main and content crashes", people_kind="any"),
)


def _of_processes() -> Iterator[JudgedKind]:
    for process in PROCESS_TYPES:
        # The first two are headlines.
        if process not in (MAIN_PROCESS, CONTENT_PROCESS):
            words = f"{process} process crashes"
            yield JudgedKind(process, words, CountedBy.CRASH_PINGS, process=process)


JUDGED_KINDS: Final = (
    *_HEADLINES,
    JudgedKind("startup", "startup crashes", CountedBy.CRASH_PINGS, is_startup=True),
    JudgedKind(
        "out_of_memory",
        "out-of-memory crashes",
        CountedBy.CRASH_PINGS,
        crash_class=CrashClass.OUT_OF_MEMORY,
    ),
    *_of_processes(),
    JudgedKind("crashed_user_days", "user-days with a crash", CountedBy.USER_DAYS),
)
"""In the order in which people see them."""
HEADLINE_KINDS: Final = tuple(kind for kind in JUDGED_KINDS if kind.is_headline)
"""Those that nowcasts and alarms are about, too."""
USER_DAYS: Final = JUDGED_KINDS[-1]


def kind_named(name: str) -> JudgedKind | None:
    """Return the kind of that name; - and _ are alike. None where there is none."""
    wanted = name.replace("-", "_")
    return next((kind for kind in JUDGED_KINDS if kind.name == wanted), None)
