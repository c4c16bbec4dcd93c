"""Verdicts and explanations that somebody asks for by name: computed now, and not stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date

import psycopg

from crash_rate_aggregates.assess.assessing import fits_of, release_periods
from crash_rate_aggregates.assess.explaining import explanation_rows
from crash_rate_aggregates.assess.judged_releases import Compared, ReleaseContext, compared_with
from crash_rate_aggregates.assess.release_verdicts import verdict_rows
from crash_rate_aggregates.database.assessments.assessment_rows import ExplanationRow, VerdictRow
from crash_rate_aggregates.errors import DayNotStoredError, ReleaseNotFoundError, UsageError
from crash_rate_aggregates.questions.asking import CHANNELS
from crash_rate_aggregates.questions.inputs.channel_days import channel_days
from crash_rate_aggregates.questions.inputs.period_leaves import Periods
from crash_rate_aggregates.questions.inputs.snapshot import Snapshot, evening_of, stored_days
from crash_rate_aggregates.questions.inputs.successions import Release, Succession, successions
from crash_rate_aggregates.verdicts.judged_kinds import JudgedKind
from crash_rate_aggregates.verdicts.releases.judged import CHANGE

_MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class AskedRelease:
    """Which release is meant, and with what it is compared."""

    application: str
    label: str
    against: str | None = None
    """Another release; None for the one before it."""
    channel: str | None = None
    """None for the only one that has it, or the first."""
    change: float = CHANGE
    """Share: a smaller change counts as none."""


def asked_verdicts(
    connection: psycopg.Connection, asked: AskedRelease
) -> tuple[date, tuple[VerdictRow, ...]]:
    """Return the newest stored day, and the verdicts on a release as of its evening.

    Raises:
        ReleaseNotFoundError: There is no such release, or none before it.
        DayNotStoredError: No day is stored.
        DatabaseError: There are no tables yet.
    """
    with _newest_evening(connection) as snapshot:
        context, compared = _found(snapshot, asked)
        return snapshot.day, tuple(verdict_rows(context, [compared]))


def asked_explanation(
    connection: psycopg.Connection, asked: AskedRelease, kind: JudgedKind
) -> list[ExplanationRow]:
    """Return for whom a release crashes more or less than another.

    Args:
        connection: From `connect`, as the role that fills days.
        asked: Which release.
        kind: A headline.

    Raises:
        ReleaseNotFoundError: There is no such release, or none before it.
        DayNotStoredError: No day is stored.
        DatabaseError: There are no tables yet.
    """
    with _newest_evening(connection) as snapshot:
        context, compared = _found(snapshot, asked)
        fit = context.fits.get(kind.name)
        if fit is None:
            raise UsageError(f"{asked.application} sends no {kind.words}: ask for another kind")
        periods = release_periods(compared, context, kind)
        return list(explanation_rows(snapshot, periods, fit.phi))


def asked_periods(connection: psycopg.Connection, periods: Periods) -> list[ExplanationRow]:
    """Return for whom a channel crashes more in one period than in the one before it.

    Raises:
        DayNotStoredError: No day is stored.
        DatabaseError: There are no tables yet.
    """
    with _newest_evening(connection) as snapshot:
        fits = fits_of(snapshot, channel_days(snapshot))
        fit = fits.get((periods.application, periods.channel), {}).get(periods.kind.name)
        if fit is None:
            raise UsageError(
                f"no {periods.kind.words} of {periods.application} {periods.channel} are stored: "
                "ask for another channel, kind or application"
            )
        return list(explanation_rows(snapshot, periods, fit.phi))


@contextmanager
def _newest_evening(connection: psycopg.Connection) -> Iterator[Snapshot]:
    days = stored_days(connection)
    if not days:
        raise DayNotStoredError("no day is stored yet: fill one with `run` or `backfill`")
    with evening_of(connection, days[-1]) as snapshot:
        yield snapshot


def _found(snapshot: Snapshot, asked: AskedRelease) -> tuple[ReleaseContext, Compared]:
    succession, release = _release(snapshot, asked)
    fits = fits_of(snapshot, channel_days(snapshot))
    of_channel = fits.get((succession.application, succession.channel), {})
    context = ReleaseContext(snapshot, succession, of_channel, asked.change)
    if asked.against is None:
        previous = succession.previous(release)
    else:
        previous = _named(succession, asked.against)
    compared = compared_with(context, release, previous)
    if compared is None:
        raise ReleaseNotFoundError(
            f"no release before {asked.label} is stored: name another with --against"
        )
    # Earlier pairs tell what a release differs by from the one before it, and from no other.
    is_usual = previous == succession.previous(release)
    return context, compared if is_usual else replace(compared, pairs=())


def _release(snapshot: Snapshot, asked: AskedRelease) -> tuple[Succession, Release]:
    of_application = sorted(
        (
            one
            for one in successions(snapshot)
            if one.application == asked.application and asked.channel in (None, one.channel)
        ),
        key=lambda one: CHANNELS.index(one.channel),
    )
    having = [one for one in of_application if one.named(asked.label)]
    # A release candidate is a beta too: the channel is meant that has both.
    both = [one for one in having if asked.against and one.named(asked.against)]
    for succession in (*both, *having):
        release = succession.named(asked.label)
        if release is not None:
            return succession, release
    known = [release.label for one in of_application for release in reversed(one.releases)]
    where = f"{asked.application}{f' {asked.channel}' if asked.channel else ''}"
    raise ReleaseNotFoundError(
        f"no stored day of {where} has a release {asked.label!r} with 1% of its channel's hours: "
        f"{_choice(known)}"
    )


def _named(succession: Succession, label: str) -> Release:
    release = succession.named(label)
    if release is None:
        known = [one.label for one in reversed(succession.releases)]
        raise ReleaseNotFoundError(
            f"no stored day of {succession.application} {succession.channel} has a release "
            f"{label!r}: {_choice(known)}"
        )
    return release


def _choice(known: list[str]) -> str:
    if not known:
        return "none is known there"
    more = ", …" if len(known) > _MOST_NAMED else ""
    return f"choose from {', '.join(known[:_MOST_NAMED])}{more}"
