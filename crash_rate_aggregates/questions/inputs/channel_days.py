"""Crashes and hours of each channel by activity date and days late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from crash_rate_aggregates.crash_kinds import CRASH_KINDS
from crash_rate_aggregates.questions.inputs.snapshot import Snapshot
from crash_rate_aggregates.verdicts.arrays import LAGS, Floats


@dataclass(frozen=True, slots=True)
class ChannelDays:
    """An application's channel, day by day."""

    application: str
    channel: str
    first: date
    """Activity date of row 0; the last row is that of the snapshot's day."""
    stored: npt.NDArray[np.bool_]
    """By activity date and days late: whether that submission date is stored."""
    hours: Floats
    """Usage hours, likewise; 0 where nothing came."""
    crashes: Mapping[str, Floats]
    """By kind, likewise, NaN where a day did not count it. A kind that cannot be known for the
    application is not there."""

    @property
    def complete(self) -> npt.NDArray[np.bool_]:
        """Which activity dates have all their submission dates."""
        return np.asarray(self.stored.all(axis=1))

    @property
    def weekdays(self) -> npt.NDArray[np.int64]:
        """Of each activity date, 0 for Monday."""
        return (self.first.weekday() + np.arange(len(self.hours))) % 7

    def date_of(self, row: int) -> date:
        """Return the activity date of a row."""
        return self.first + timedelta(days=row)


_OF_CHANNEL = itemgetter("application", "channel")


def channel_days(snapshot: Snapshot) -> list[ChannelDays]:
    """Return the channels that have usage, each application's in the order of their names."""
    rows = sorted(snapshot.rows("channel_days"), key=_OF_CHANNEL)
    return [
        _channel(snapshot, application, channel, list(days))
        for (application, channel), days in groupby(rows, key=_OF_CHANNEL)
    ]


def _channel(
    snapshot: Snapshot, application: str, channel: str, rows: list[dict[str, Any]]
) -> ChannelDays:
    first = min(row["activity_date"] for row in rows)
    shape = ((snapshot.day - first).days + 1, LAGS)
    places = tuple(
        np.array([(row["activity_date"] - first).days, row["days_late"]]) for row in rows
    )
    at = tuple(np.array(places).T)
    hours = np.zeros(shape)
    hours[at] = [row["hours"] for row in rows]
    crashes = {}
    for kind in CRASH_KINDS:
        of_kind = np.zeros(shape)
        of_kind[at] = [np.nan if row[kind.name] is None else row[kind.name] for row in rows]
        # Without a single one in half a year they are not sent, or not counted.
        if np.nansum(of_kind) > 0:
            crashes[kind.name] = of_kind
    return ChannelDays(application, channel, first, _stored(snapshot, first, shape), hours, crashes)


def _stored(snapshot: Snapshot, first: date, shape: tuple[int, int]) -> npt.NDArray[np.bool_]:
    numbers = [(day - first).days for day in snapshot.runs]
    submitted = np.add.outer(np.arange(shape[0]), np.arange(shape[1]))
    return np.isin(submitted, numbers)
