"""Releases by age, days late and stratum, as the comparisons of releases take them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from crash_rate_aggregates.questions.inputs.client_days import wanted_releases
from crash_rate_aggregates.questions.inputs.snapshot import Columns, Snapshot
from crash_rate_aggregates.questions.inputs.successions import Release, Succession
from crash_rate_aggregates.verdicts.judged_kinds import HEADLINE_KINDS, JUDGED_KINDS, CountedBy
from crash_rate_aggregates.verdicts.releases.version_days import LAGS, Floats, VersionDays

_OTHER = "other"
_Stratum = tuple[Any, Any, Any]
Places = tuple[npt.NDArray[np.int64], ...]


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
    snapshot: Snapshot, succession: Succession, releases: Sequence[Release], ages: int
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
    columns = snapshot.columns("strata", **values)
    named = _named_everywhere(columns, wanted)
    strata: dict[_Stratum, int] = {}
    for stratum in _strata(columns, named):
        strata.setdefault(stratum, len(strata))
    shapes = {
        one.label: (min((snapshot.day - one.first_day).days + 1, ages), LAGS, len(strata))
        for one in wanted
    }
    places = _places(columns, named, strata)
    crashes = {
        (label, kind.name): array
        for kind in HEADLINE_KINDS
        for label, array in _filled(columns, places, shapes, kind.name).items()
    }
    crashes |= _of_crash_pings(
        snapshot.columns("strata_of_crash_pings", **values), named, strata, shapes
    )
    return Strata(
        {one.label: one.first_day for one in wanted},
        _filled(columns, places, shapes, "hours"),
        crashes,
    )


def _of_crash_pings(
    columns: Columns,
    named: frozenset[str | None],
    strata: Mapping[_Stratum, int],
    shapes: Mapping[str, tuple[int, int, int]],
) -> dict[tuple[str, str], Floats]:
    """Return the crashes of kinds that crash pings alone tell."""
    # Crashes where nobody has hours tell nothing of a rate: their strata are not known.
    known = np.array([one in strata for one in _strata(columns, named)], dtype=bool)
    columns = columns.where(known)
    places = _places(columns, named, strata)
    found: dict[tuple[str, str], Floats] = {}
    for kind in JUDGED_KINDS:
        if kind.counted_by is CountedBy.CRASH_PINGS:
            held = np.array(
                [
                    kind.holds(process, crash_class, is_startup=is_startup)
                    for process, crash_class, is_startup in columns.rows(
                        "process", "crash_class", "is_startup"
                    )
                ],
                dtype=bool,
            )
            of_kind = tuple(place[held] for place in places)
            arrays = _filled(columns.where(held), of_kind, shapes, "crashes")
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


def _places(
    columns: Columns, named: frozenset[str | None], strata: Mapping[_Stratum, int]
) -> Places:
    """Return age, days late and stratum of each row."""
    of_row = [strata[stratum] for stratum in _strata(columns, named)]
    return columns.integers("age"), columns.integers("days_late"), np.array(of_row, dtype=np.int64)


def _filled(
    columns: Columns,
    places: Places,
    shapes: Mapping[str, tuple[int, int, int]],
    name: str,
) -> dict[str, Floats]:
    """Return an array for each release, with the sums of a column."""
    # What a day did not count is no crash that anybody knows of.
    values = np.nan_to_num(columns.floats(name))
    labels = np.array(columns["label"], dtype=object)
    arrays: dict[str, Floats] = {}
    for label, shape in shapes.items():
        rows = np.flatnonzero(labels == label)
        flat = np.ravel_multi_index(tuple(place[rows] for place in places), shape)
        summed = np.bincount(flat, values[rows], minlength=int(np.prod(shape)))
        arrays[label] = np.asarray(summed.reshape(shape), dtype=np.float64)
    return arrays
