"""The commands that say for whom something is worse, and that say everything anew."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import click

from crash_rate_aggregates.cli.conclusions.release_options import asked_release, release_options
from crash_rate_aggregates.cli.consoles import STDERR, print_answer, say
from crash_rate_aggregates.cli.options import DATE, connection_options
from crash_rate_aggregates.errors import UsageError
from crash_rate_aggregates.settings.config import load_settings
from crash_rate_aggregates.settings.from_settings import asked_database, existing_database

if TYPE_CHECKING:
    from crash_rate_aggregates.questions.inputs.period_leaves import Periods
    from crash_rate_aggregates.verdicts.judged_kinds import JudgedKind


@click.command()
@click.option("--version", "version", help="Of a release: for whom it is worse.")
@click.option("--against", help="Another version; default: the one before it.")
@click.option("--from", "first", type=DATE, help="Of a channel: first day of the period.")
@click.option("--before", "before", type=DATE, help="First day of the period before it.")
@release_options
def explain(
    *,
    version: str | None,
    against: str | None,
    first: date | None,
    before: date | None,
    as_json: bool,
    config: str | None,
    **flags: Any,
) -> None:
    """Say for whom a release, or a channel since a day, crashes more: segments, then processes.

    Without --version and --from it is about all that is worse on the newest evening.
    """
    from crash_rate_aggregates.terminal.conclusions.explanation_lines import explanation_parts
    from crash_rate_aggregates.verdicts.judged_kinds import HEADLINE_KINDS

    asked = {name: flags.pop(name) for name in ("application", "channel", "kind")}
    kind = asked["kind"] or HEADLINE_KINDS[-1]
    if not kind.is_headline:
        names = ", ".join(one.name.replace("_", "-") for one in HEADLINE_KINDS)
        raise UsageError(f"--kind of an explanation is one of {names}, and not {kind.name}")
    if version is not None and first is not None:
        raise UsageError("--version explains a release, --from a channel: say one of them")
    settings = load_settings(flags, config)
    if first is None and against is None:
        with asked_database(settings) as connection:
            rows: Sequence[Any] = _said_why(connection, version, asked)
        if rows or version is None:
            _print_explanation(rows, explanation_parts, as_json=as_json)
            return
    # Here and not above: what is stored is told without the statistics being loaded.
    from crash_rate_aggregates.assess.asked import asked_explanation, asked_periods

    with asked_database(settings, "writer") as connection:
        if version is not None:
            release = asked_release(version, against, None, asked)
            rows = asked_explanation(connection, release, kind)
        else:
            rows = asked_periods(connection, _periods(asked, kind, first, before))
    _print_explanation(rows, explanation_parts, as_json=as_json)


@click.command()
@click.option("--from", "first", type=DATE, help="First submission date; default: the last stored.")
@click.option("--to", "last", type=DATE, help="Last one, included; default: the last stored.")
@connection_options
def assess(*, first: date | None, last: date | None, config: str | None, **flags: Any) -> int:
    """Say anew what stored days mean, each from the days up to it alone."""
    from crash_rate_aggregates.assess.assessing_days import assess_days
    from crash_rate_aggregates.database.access.connection import connect
    from crash_rate_aggregates.errors import DayNotStoredError
    from crash_rate_aggregates.questions.inputs.snapshot import stored_days
    from crash_rate_aggregates.submission_dates import check_order
    from crash_rate_aggregates.terminal.conclusions.assessment_reports import AssessmentReports

    check_order(first, last)
    settings = load_settings(flags, config)
    with existing_database(settings, "writer") as url:
        with connect(url) as connection:
            days = stored_days(connection, first, last)
        if not days:
            raise DayNotStoredError("no day of that range is stored: fill it with `backfill`")
        reports = AssessmentReports(say, STDERR.print)
        # Without a range the newest day alone: what was said of others stays.
        for result in assess_days(url, days if first or last else days[-1:]):
            reports.show(result)
    return reports.finish()


def _said_why(connection: Any, version: str | None, asked: dict[str, Any]) -> Sequence[Any]:
    from crash_rate_aggregates.questions.said.said_verdicts import said_explanations

    return said_explanations(
        connection,
        asked["application"],
        label=version,
        channel=asked["channel"],
        kind=asked["kind"].name if asked["kind"] else None,
    )


def _periods(
    asked: dict[str, Any], kind: JudgedKind, first: date | None, before: date | None
) -> Periods:
    from crash_rate_aggregates.questions.asking import CHANNELS
    from crash_rate_aggregates.questions.inputs.period_leaves import MOST_DAYS, Periods

    if first is None:
        raise UsageError("--against is about one version: name it with --version")
    periods = Periods(
        asked["application"],
        asked["channel"] or CHANNELS[0],
        kind,
        first,
        before or first - timedelta(days=MOST_DAYS),
    )
    if periods.before_first >= first:
        raise UsageError(f"--before {before} lies not before --from {first}: name an earlier day")
    return periods


def _print_explanation(rows: Sequence[Any], parts: Callable[..., Any], *, as_json: bool) -> None:
    if as_json:
        say(json.dumps([asdict(row) for row in rows], default=str))
    else:
        print_answer(*parts(rows))
