"""Assess one stored day: what is complete, what is worse, for whom, and what is out of order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from time import monotonic

import psycopg

from crash_rate_aggregates import __version__
from crash_rate_aggregates.assess.branch_verdicts import branch_rows
from crash_rate_aggregates.assess.channel_fit import KindFit, fit_kinds
from crash_rate_aggregates.assess.explaining import explanation_rows
from crash_rate_aggregates.assess.judged_releases import Compared, ReleaseContext, judged_releases
from crash_rate_aggregates.assess.nowcasts import nowcast_rows, variation_rows
from crash_rate_aggregates.assess.release_verdicts import verdict_rows
from crash_rate_aggregates.assess.watching import RATE, States, watch_rows
from crash_rate_aggregates.database.assessments.assessment_rows import AlarmRow, Row, VerdictRow
from crash_rate_aggregates.database.assessments.assessments import Assessment
from crash_rate_aggregates.errors import DayNotStoredError
from crash_rate_aggregates.questions.inputs.channel_days import ChannelDays, channel_days
from crash_rate_aggregates.questions.inputs.client_days import Bursts, bursts, client_days
from crash_rate_aggregates.questions.inputs.experiment_days import experiments
from crash_rate_aggregates.questions.inputs.period_leaves import MOST_DAYS, Periods
from crash_rate_aggregates.questions.inputs.snapshot import Snapshot, evening_of
from crash_rate_aggregates.questions.inputs.successions import successions
from crash_rate_aggregates.verdicts.few_machines import burst_factor, few_or_many, machines_line
from crash_rate_aggregates.verdicts.judged_kinds import HEADLINE_KINDS, JudgedKind, kind_named
from crash_rate_aggregates.verdicts.method import METHOD_VERSION
from crash_rate_aggregates.verdicts.releases.judged import State

_DAYS_BEFORE = 28
"""Submission dates before an alarm that tell how many machines usually crash."""
_ChannelKey = tuple[str, str]
Fits = Mapping[_ChannelKey, Mapping[str, KindFit]]


def assess(connection: psycopg.Connection, day: date, assessed_at: datetime) -> Assessment:
    """Return what is to be said about a submission date, from the days up to it alone.

    Args:
        connection: From `connect`, as the role that fills days, outside any transaction.
        day: The submission date whose evening it is.
        assessed_at: For the record, aware.

    Raises:
        DayNotStoredError: The day is not stored, or has no rows.
        DatabaseError: The server refuses, or a statement took too long.
    """
    started = monotonic()
    with evening_of(connection, day) as snapshot:
        if day not in snapshot.runs:
            raise DayNotStoredError(f"{day} is not stored, so there is nothing to assess")
        rows = list(_rows(snapshot))
    return Assessment(
        day,
        assessed_at,
        __version__,
        METHOD_VERSION,
        max(snapshot.runs.values()),
        monotonic() - started,
        rows,
    )


def _rows(snapshot: Snapshot) -> Iterator[Row]:
    channels = channel_days(snapshot)
    fits = fits_of(snapshot, channels)
    alarms = []
    before = watch_states(snapshot)
    for days in channels:
        of_channel = fits[days.application, days.channel]
        yield from variation_rows(days, of_channel)
        yield from nowcast_rows(days, of_channel)
        for row in watch_rows(days, of_channel, snapshot.day, before):
            if isinstance(row, AlarmRow):
                alarms.append(row)
            else:
                yield row
    yield from _explained_alarms(snapshot, alarms, fits)
    yield from _release_rows(snapshot, fits)
    yield from branch_rows(experiments(snapshot), fits, snapshot.day)


def fits_of(snapshot: Snapshot, channels: Sequence[ChannelDays]) -> Fits:
    """Return what each channel's history teaches, by application and channel."""
    told = bursts(snapshot)
    return {
        (days.application, days.channel): fit_kinds(days, _factors(told, days)) for days in channels
    }


def watch_states(snapshot: Snapshot) -> States:
    """Return what the newest assessed evening before this one left."""
    return {
        (row["application"], row["channel"], row["kind"], row["measure"]): row["state"]
        for row in snapshot.rows("watch_states")
    }


def _factors(
    told: Mapping[tuple[str, str, str], Bursts], days: ChannelDays
) -> dict[str, float | None]:
    factors = {}
    for kind in HEADLINE_KINDS:
        one = told.get((days.application, days.channel, kind.people_kind or ""))
        factors[kind.name] = burst_factor(one.squares, one.crashes, one.days) if one else None
    return factors


def _release_rows(snapshot: Snapshot, fits: Fits) -> Iterator[Row]:
    for succession in successions(snapshot):
        of_channel = fits.get((succession.application, succession.channel))
        if of_channel:
            context = ReleaseContext(snapshot, succession, of_channel)
            compared = judged_releases(context)
            rows = list(verdict_rows(context, compared))
            yield from rows
            yield from _explained_verdicts(context, compared, rows)


def _explained_verdicts(
    context: ReleaseContext, compared: Sequence[Compared], rows: Sequence[VerdictRow]
) -> Iterator[Row]:
    by_label = {one.release.label: one for one in compared}
    for row in rows:
        kind = kind_named(row.kind)
        if kind and kind.is_headline and row.is_decisive and row.state == State.WORSE:
            periods = release_periods(by_label[row.label], context, kind)
            yield from explanation_rows(context.snapshot, periods, context.fits[kind.name].phi)


def release_periods(compared: Compared, context: ReleaseContext, kind: JudgedKind) -> Periods:
    """Return the periods of a release and the one it is compared with."""
    return Periods(
        context.succession.application,
        context.succession.channel,
        kind,
        compared.release.first_day,
        compared.previous.first_day,
        compared.release,
        compared.previous,
    )


def _explained_alarms(snapshot: Snapshot, alarms: Sequence[AlarmRow], fits: Fits) -> Iterator[Row]:
    for row in alarms:
        kind = kind_named(row.kind)
        if row.measure == RATE and kind is not None and row.state in ("begun", "lit"):
            first = row.begun - timedelta(days=MOST_DAYS)
            periods = Periods(row.application, row.channel, kind, row.begun, first)
            phi = fits[row.application, row.channel][kind.name].phi
            yield from explanation_rows(snapshot, periods, phi)
            yield replace(row, machines=_machines(snapshot, row, kind))
        else:
            yield row


def _machines(snapshot: Snapshot, row: AlarmRow, kind: JudgedKind) -> str | None:
    """Say whether few machines or many make the excess, where clients tell it."""
    of_channel = (row.application, row.channel, kind.people_kind or "")
    before = client_days(
        snapshot,
        of_channel,
        row.begun - timedelta(days=_DAYS_BEFORE),
        row.begun - timedelta(days=1),
    )
    now = client_days(snapshot, of_channel, row.begun, snapshot.day)
    if not (len(before.active_clients) and len(now.active_clients)):
        return None
    return machines_line(few_or_many(before, now))
