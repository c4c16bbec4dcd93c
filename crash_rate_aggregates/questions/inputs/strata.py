"""Releases by age, days late and stratum, as the comparisons of releases take them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from crash_rate_aggregates.questions.inputs.client_days import wanted_releases
from crash_rate_aggregates.questions.inputs.snapshot import Snapshot
from crash_rate_aggregates.questions.inputs.successions import Release, Succession
from crash_rate_aggregates.verdicts.judged_kinds import HEADLINE_KINDS, JUDGED_KINDS, CountedBy
from crash_rate_aggregates.verdicts.releases.version_days import LAGS, Floats, VersionDays

_OTHER = "other"
_Stratum = tuple[str | None, str | None, str | None]


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
    snapshot: Snapshot, succession: Succession, releases: Iterable[Release], ages: int
) -> Strata:
    """Return the releases from their first days on, as far as they are stored.

    Args:
        snapshot: Of the evening.
        succession: Whose application and channel are meant.
        releases: Those wanted.
        ages: How many days of each at most.
    """
    wanted = list(dict.fromkeys(releases))
    values = wanted_releases(snapshot, succession, wanted, ages)
    rows = list(snapshot.rows("strata", **values))
    named = _named_everywhere(rows, wanted)
    strata: dict[_Stratum, int] = {}
    shapes = {one.label: min((snapshot.day - one.first_day).days + 1, ages) for one in wanted}
    placed = [(row, _place(row, named, strata)) for row in rows]
    hours = _filled(placed, shapes, len(strata), "hours")
    crashes = {
        (label, kind.name): array
        for kind in HEADLINE_KINDS
        for label, array in _filled(placed, shapes, len(strata), kind.name).items()
    }
    first_days = {one.label: one.first_day for one in wanted}
    of_pings = list(snapshot.rows("strata_of_crash_pings", **values))
    # Crashes where nobody has hours tell nothing of a rate, so new strata are left out.
    known = [(row, strata[where]) for row in of_pings if (where := _folded(row, named)) in strata]
    for kind in JUDGED_KINDS:
        if kind.counted_by is CountedBy.CRASH_PINGS:
            of_kind = [
                (row, place)
                for row, place in known
                if kind.holds(row["process"], row["crash_class"], is_startup=row["is_startup"])
            ]
            arrays = _filled(of_kind, shapes, len(strata), "crashes")
            crashes |= {(label, kind.name): array for label, array in arrays.items()}
    return Strata(first_days, hours, crashes)


def _named_everywhere(
    rows: Iterable[Mapping[str, Any]], releases: Sequence[Release]
) -> set[str | None]:
    """Return the countries that every submission date of the rows names: others come and go."""
    first_days = {one.label: one.first_day for one in releases}
    by_country: dict[str | None, set[date]] = {}
    for row in rows:
        late = timedelta(days=row["age"] + row["days_late"])
        by_country.setdefault(row["country"], set()).add(first_days[row["label"]] + late)
    every = set().union(*by_country.values()) if by_country else set()
    return {country for country, dates in by_country.items() if dates == every}


def _folded(row: Mapping[str, Any], named: set[str | None]) -> _Stratum:
    country = row["country"] if row["country"] in named else _OTHER
    return row["os_name"], row["architecture"], country


def _place(row: Mapping[str, Any], named: set[str | None], strata: dict[_Stratum, int]) -> int:
    return strata.setdefault(_folded(row, named), len(strata))


def _filled(
    placed: Sequence[tuple[Mapping[str, Any], int]],
    shapes: Mapping[str, int],
    strata: int,
    column: str,
) -> dict[str, Floats]:
    """Return an array for each release, with the sums of a column."""
    arrays = {label: np.zeros((ages, LAGS, strata)) for label, ages in shapes.items()}
    for row, place in placed:
        # What a day did not count is no crash that anybody knows of.
        arrays[row["label"]][row["age"], row["days_late"], place] += row[column] or 0.0
    return arrays
