"""Releases by age, days late and stratum, as the comparisons of releases take them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from crash_rate_aggregates.questions.inputs.client_days import wanted_releases
from crash_rate_aggregates.questions.inputs.snapshot import Columns, Snapshot
from crash_rate_aggregates.questions.inputs.successions import Release, Succession
from crash_rate_aggregates.verdicts.arrays import LAGS, Floats, Integers
from crash_rate_aggregates.verdicts.judged_kinds import HEADLINE_KINDS, JUDGED_KINDS, CountedBy
from crash_rate_aggregates.verdicts.releases.version_days import MOST_AGES, VersionDays

_OTHER = "other"
_Stratum = tuple[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Strata:
    """Releases of one application's channel, in strata that are the same for all of them."""

    first_days: Mapping[str, date]
    """By label."""
    hours: Mapping[str, Floats]
    """By label: usage hours by age, days late and stratum."""
    crashes: Mapping[tuple[str, str], Floats]
    """By label and kind, likewise."""

    def version(self, label: str, kind: str) -> VersionDays:
        """Return the days of a release and a kind of crash.

        Args:
            label: One of those asked for.
            kind: Its name. Where none of its crashes is stored, there were none.
        """
        hours = self.hours[label]
        crashes = self.crashes.get((label, kind))
        return VersionDays(
            self.first_days[label].toordinal(),
            hours,
            np.zeros_like(hours) if crashes is None else crashes,
        )


def read_strata(
    snapshot: Snapshot,
    succession: Succession,
    releases: Sequence[Release],
    ages: int,
    *,
    judged: Sequence[Release] = (),
) -> Strata:
    """Return the releases from their first days on, as far as they are stored.

    Args:
        snapshot: Of the evening.
        succession: Whose application and channel are meant.
        releases: Those wanted.
        ages: How many days of each at most.
        judged: Those of them of which the kinds are wanted that crash pings alone tell; of these
            kinds only the ages that are compared at equal age.
    """
    wanted = list(dict.fromkeys(releases))
    values = wanted_releases(snapshot, succession, wanted, ages)
    columns = snapshot.columns("strata", **values)
    named = _named_everywhere(columns, wanted)
    strata: dict[_Stratum, int] = {}
    for stratum in _strata(columns, named):
        strata.setdefault(stratum, len(strata))
    space = _Space(snapshot.day, tuple(wanted), ages, strata)
    places = space.places(columns, named)
    crashes = {
        (label, kind.name): array
        for kind in HEADLINE_KINDS
        for label, array in space.filled(places, columns.floats(kind.name)).items()
    }
    of_judged = wanted_releases(snapshot, succession, list(dict.fromkeys(judged)), MOST_AGES)
    of_pings = snapshot.columns("strata_of_crash_pings", **of_judged)
    return Strata(
        {one.label: one.first_day for one in wanted},
        space.filled(places, columns.floats("hours")),
        crashes | _of_crash_pings(of_pings, named, space),
    )


@dataclass(frozen=True, slots=True)
class _Space:
    """Where a row has its place: release, age, days late and stratum."""

    day: date
    releases: tuple[Release, ...]
    ages: int
    strata: Mapping[_Stratum, int]

    @property
    def shape(self) -> tuple[int, int, int, int]:
        return len(self.releases), self.ages, LAGS, len(self.strata)

    def places(self, columns: Columns, named: frozenset[str | None]) -> Integers:
        """Return a number for the place of each row, whose stratum must be known."""
        numbers = {one.label: number for number, one in enumerate(self.releases)}
        of_release = np.array([numbers[label] for label in columns["label"]], dtype=np.int64)
        of_stratum = [self.strata[stratum] for stratum in _strata(columns, named)]
        return np.ravel_multi_index(
            (
                of_release,
                columns.integers("age"),
                columns.integers("days_late"),
                np.array(of_stratum, dtype=np.int64),
            ),
            self.shape,
        )

    def filled(self, places: Integers, values: Floats) -> dict[str, Floats]:
        """Return an array for each release, with the sums of values by place."""
        # What a day did not count is no crash that anybody knows of.
        sums = np.bincount(places, np.nan_to_num(values), minlength=int(np.prod(self.shape)))
        by_release = sums.reshape(self.shape)
        return {
            one.label: np.asarray(by_release[number, : (self.day - one.first_day).days + 1], float)
            for number, one in enumerate(self.releases)
        }


def _of_crash_pings(
    columns: Columns, named: frozenset[str | None], space: _Space
) -> dict[tuple[str, str], Floats]:
    """Return the crashes of kinds that crash pings alone tell."""
    # Crashes where nobody has hours tell nothing of a rate: their strata are not known.
    known = np.array([one in space.strata for one in _strata(columns, named)], dtype=bool)
    columns = columns.where(known)
    places, crashes = space.places(columns, named), columns.floats("crashes")
    # There are few sorts of crashes, and many rows of each.
    sorts: dict[tuple[Any, ...], int] = {}
    sort_of_row = np.array(
        [
            sorts.setdefault(sort, len(sorts))
            for sort in columns.rows("process", "crash_class", "is_startup")
        ],
        dtype=np.int64,
    )
    found: dict[tuple[str, str], Floats] = {}
    for kind in JUDGED_KINDS:
        if kind.counted_by is CountedBy.CRASH_PINGS:
            holds = np.array(
                [
                    kind.holds(process, crash_class, is_startup=is_startup)
                    for process, crash_class, is_startup in sorts
                ],
                dtype=bool,
            )
            held = holds[sort_of_row]
            arrays = space.filled(places[held], crashes[held])
            found |= {(label, kind.name): array for label, array in arrays.items()}
    return found


def _named_everywhere(columns: Columns, releases: Sequence[Release]) -> frozenset[str | None]:
    """Return the countries that every submission date of the rows names: others come and go."""
    first_days = {one.label: one.first_day.toordinal() for one in releases}
    dates: dict[str | None, set[int]] = {}
    for label, age, late, country in set(columns.rows("label", "age", "days_late", "country")):
        dates.setdefault(country, set()).add(first_days[label] + age + late)
    every: set[int] = set().union(*dates.values()) if dates else set()
    return frozenset(country for country, of_country in dates.items() if of_country == every)


def _strata(columns: Columns, named: frozenset[str | None]) -> Iterator[_Stratum]:
    for system, architecture, country in columns.rows("os_name", "architecture", "country"):
        yield system, architecture, country if country in named else _OTHER
