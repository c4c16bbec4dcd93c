"""Distinct clients by day: how crashes come in bursts, and what share of user-days had a crash."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

from crash_rate_aggregates.questions.inputs.snapshot import Snapshot
from crash_rate_aggregates.questions.inputs.successions import Release, Succession
from crash_rate_aggregates.rows import CRASH_BUCKETS
from crash_rate_aggregates.verdicts.arrays import LAGS, Floats
from crash_rate_aggregates.verdicts.few_machines import ClientDays
from crash_rate_aggregates.verdicts.releases.version_days import VersionDays

BURST_DAYS = 56
"""Submission dates that tell how crashes come in bursts."""


@dataclass(slots=True)
class Bursts:
    """Crashes of clients, day by day, of one kind in one channel."""

    days: list[int] = field(default_factory=list)
    """As `date.toordinal` counts."""
    crashes: list[int] = field(default_factory=list)
    squares: list[int] = field(default_factory=list)


def bursts(snapshot: Snapshot) -> Mapping[tuple[str, str, str], Bursts]:
    """Return the days by application, channel and kind of `PEOPLE_KINDS`."""
    since = snapshot.day - timedelta(days=BURST_DAYS - 1)
    found: dict[tuple[str, str, str], Bursts] = defaultdict(Bursts)
    for row in snapshot.rows("burst_days", since=since):
        one = found[row["application"], row["channel"], row["kind"]]
        one.days.append(row["submission_date"].toordinal())
        one.crashes.append(row["crashes"])
        one.squares.append(row["squares"])
    return found


def client_days(
    snapshot: Snapshot, of_channel: tuple[str, str, str], first: date, last: date
) -> ClientDays:
    """Return the clients of a channel on some submission dates.

    Args:
        snapshot: Of the evening.
        of_channel: Application, channel and one kind of `PEOPLE_KINDS`.
        first: The first submission date.
        last: The last one, included.
    """
    application, channel, kind = of_channel
    rows = list(
        snapshot.rows(
            "client_days",
            application=application,
            channel=channel,
            kind=kind,
            first_day=first,
            last_day=last,
        )
    )
    return ClientDays(
        np.array([row["active_clients"] for row in rows], dtype=float),
        _by_bucket(rows, "clients"),
        _by_bucket(rows, "crashes"),
    )


def _by_bucket(rows: Sequence[Mapping[str, Any]], what: str) -> Floats:
    found = [[row[f"{what}_{bucket}"] for bucket in CRASH_BUCKETS] for row in rows]
    return np.array(found, dtype=float).reshape(len(rows), len(CRASH_BUCKETS))


def user_days(
    snapshot: Snapshot, succession: Succession, releases: Sequence[Release], ages: int
) -> Mapping[str, VersionDays]:
    """Return releases by label, with active clients for hours and crashed ones for crashes.

    By submission date, on which clients are distinct, so nothing comes late: all stands at lag 0.
    The strata are systems, as nothing finer is counted by release.

    Args:
        snapshot: Of the evening.
        succession: Whose application and channel are meant.
        releases: Those wanted.
        ages: How many days of each at most.
    """
    rows = list(snapshot.rows("user_days", **wanted_releases(snapshot, succession, releases, ages)))
    systems = {name: place for place, name in enumerate({row["os_name"] for row in rows})}
    found = {}
    for one in releases:
        shape = (min((snapshot.day - one.first_day).days + 1, ages), LAGS, len(systems))
        active, crashed = np.zeros(shape), np.zeros(shape)
        for row in rows:
            if row["label"] == one.label:
                at = row["age"], 0, systems[row["os_name"]]
                active[at], crashed[at] = row["active"], row["crashed"]
        found[one.label] = VersionDays(one.first_day.toordinal(), active, crashed)
    return found


def wanted_releases(
    snapshot: Snapshot, succession: Succession, releases: Sequence[Release], ages: int
) -> dict[str, Any]:
    """Return the parameters of statements that join the releases wanted as `wanted`."""
    last_days = [min(one.first_day + timedelta(days=ages - 1), snapshot.day) for one in releases]
    return {
        "application": succession.application,
        "channel": succession.channel,
        "labels": [one.label for one in releases],
        "first_days": [one.first_day for one in releases],
        "last_days": last_days,
        "since": min((one.first_day for one in releases), default=snapshot.day),
    }
