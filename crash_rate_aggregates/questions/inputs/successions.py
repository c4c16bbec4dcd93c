"""Which releases there are on an evening, and which came before which."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from crash_rate_aggregates.questions.inputs.snapshot import Snapshot

_LEAST_SHARE = 0.03
"""A release that never had so much of its channel's hours is nobody's predecessor."""
_ESR = "esr"
_DOT_RELEASE = re.compile(r"[0-9]+\.[0-9]+\.[1-9][0-9]*")


@dataclass(frozen=True, slots=True)
class Release:
    """A release of an application's channel."""

    label: str
    first_day: date
    """Day 0: the first activity date with 1% of the channel's usage hours."""
    greatest_share: float
    """Of the channel's hours, on its best day."""
    share_now: float
    """On the newest activity date, as far as it has come in."""

    @property
    def is_dot_release(self) -> bool:
        """Whether it mends the release before it, like 156.0.1."""
        return _DOT_RELEASE.fullmatch(self.label) is not None


@dataclass(frozen=True, slots=True)
class Succession:
    """The releases of an application's channel, in the order of their first days."""

    application: str
    channel: str
    releases: tuple[Release, ...]

    def previous(self, release: Release) -> Release | None:
        """Return the release that it replaced: the last one before it that people really used.

        Of long-term support releases, the one of the same series; two are supported at once.
        """
        before = [
            one
            for one in self.releases
            if one.first_day < release.first_day and one.greatest_share >= _LEAST_SHARE
        ]
        if self.channel == _ESR:
            series = _series(release)
            before = [one for one in before if _series(one) == series] or before
        return before[-1] if before else None

    def pairs_before(self, release: Release) -> list[tuple[Release, Release]]:
        """Return the earlier releases with their predecessors, the newest first."""
        earlier = [
            one
            for one in self.releases
            if one.first_day < release.first_day and one.greatest_share >= _LEAST_SHARE
        ]
        pairs = [(one, self.previous(one)) for one in reversed(earlier)]
        return [(one, before) for one, before in pairs if before is not None]

    def named(self, label: str) -> Release | None:
        """Return the release of that label, None if nobody used it."""
        return next((one for one in self.releases if one.label == label), None)


def successions(snapshot: Snapshot) -> list[Succession]:
    """Return the releases of each application's channel, as far as the snapshot tells."""
    rows = snapshot.rows("releases")
    return [
        Succession(application, channel, _releases([*group]))
        for (application, channel), group in groupby(
            rows, key=lambda row: (row["application"], row["channel"])
        )
    ]


def _releases(rows: Sequence[dict[str, object]]) -> tuple[Release, ...]:
    names = ("label", "first_day", "greatest_share", "share_now")
    return tuple(Release(**{name: row[name] for name in names}) for row in rows)  # type: ignore[arg-type]  # From our own statement.


def _series(release: Release) -> str:
    return release.label.partition(".")[0]
