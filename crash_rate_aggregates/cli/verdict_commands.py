"""The commands that conclude: is a release worse, than which, for whom, and since when."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeVar

import click

from crash_rate_aggregates.cli.consoles import STDERR, print_answer, say
from crash_rate_aggregates.cli.options import DATE, connection_options, together
from crash_rate_aggregates.errors import ExitCode, ReleaseNotFoundError, UsageError
from crash_rate_aggregates.settings.config import load_settings
from crash_rate_aggregates.settings.from_settings import asked_database, existing_database

if TYPE_CHECKING:
    from crash_rate_aggregates.assess.asked import AskedRelease
    from crash_rate_aggregates.database.assessments.assessment_rows import VerdictRow
    from crash_rate_aggregates.verdicts.judged_kinds import JudgedKind

_Command = TypeVar("_Command", bound=Callable[..., Any])


class _Share(click.ParamType[float]):
    """A change like 20% or 0.2."""

    name = "share"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        if isinstance(value, float):
            return value
        text = str(value).strip()
        try:
            share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            share = 0.0
        if not 0 < share <= 10:  # noqa: PLR2004  Ten times as many crashes; more is a typing error.
            self.fail(f"{value!r} is no change: write it like 20% or 0.2.", param, ctx)
        return share


def _kind(_context: click.Context, option: click.Parameter, value: str | None) -> JudgedKind | None:
    from crash_rate_aggregates.verdicts.judged_kinds import JUDGED_KINDS, kind_named

    if value is None:
        return None
    kind = kind_named(value)
    if kind is None:
        names = ", ".join(one.name.replace("_", "-") for one in JUDGED_KINDS)
        raise click.BadParameter(f"there is no kind {value!r}: choose from {names}.", param=option)
    return kind


release_options: Callable[[_Command], _Command] = together(
    click.option("--application", help="As people call it; default: Firefox."),
    click.option("--channel", help="Only of this one."),
    click.option("--kind", callback=_kind, help="Of crashes, like main; default: all that count."),
    click.option("--json", "as_json", is_flag=True, help="Print all that is known for machines."),
    connection_options,
)


@click.command()
@click.argument("version", required=False)
@click.option("--against", help="Another version; default: the one before it.")
@click.option("--change", type=_Share(), help="A smaller change counts as none.  [default: 20%]")
@release_options
def verdict(
    version: str | None,
    *,
    against: str | None,
    change: float | None,
    as_json: bool,
    config: str | None,
    **flags: Any,
) -> int:
    """Say whether a VERSION is worse than the one before it; without one, each channel's newest.

    Exit code 3 if one is worse, 4 if nothing can be said yet.
    """
    from crash_rate_aggregates.terminal.conclusions.verdict_lines import release_lines

    asked = {name: flags.pop(name) for name in ("application", "channel", "kind")}
    if version is None and (against is not None or change is not None):
        raise UsageError("--against and --change are about one version: name it")
    settings = load_settings(flags, config)
    if against is None and change is None:
        with asked_database(settings) as connection:
            evening, run_id, rows = _said(connection, version, asked)
    else:
        with existing_database(settings, "writer") as url:
            evening, rows = _computed(url, _asked_release(version or "", against, change, asked))
        run_id = None
    decisive = [row for row in rows if row.is_decisive and _is_asked(row, asked)]
    if as_json:
        shown = [row for row in rows if _is_asked(row, asked)]
        say(json.dumps({"evening": evening, "verdicts": [*map(asdict, shown)]}, default=str))
    else:
        lines = [
            line for group in _releases(decisive) for line in release_lines(group, evening, run_id)
        ]
        print_answer("\n".join(lines or ["no release is young enough to be judged"]))
    return _exit_code(decisive)


@click.command()
@click.argument("version")
@click.argument("against")
@release_options
def compare(version: str, against: str, *, as_json: bool, config: str | None, **flags: Any) -> int:
    """Show a VERSION beside another one: every kind, at equal age and on the same days."""
    from crash_rate_aggregates.terminal.conclusions.comparison_table import comparison_parts

    asked = {name: flags.pop(name) for name in ("application", "channel", "kind")}
    settings = load_settings(flags, config)
    with existing_database(settings, "writer") as url:
        evening, rows = _computed(url, _asked_release(version, against, None, asked))
    shown = [row for row in rows if _is_asked(row, asked)]
    if as_json:
        say(json.dumps({"evening": evening, "verdicts": [*map(asdict, shown)]}, default=str))
    else:
        print_answer(*comparison_parts(shown, evening))
    return _exit_code([row for row in shown if row.is_decisive])


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
    """Say for whom a release, or a channel since a day, crashes more: segments, then processes."""
    from crash_rate_aggregates.terminal.conclusions.explanation_lines import explanation_parts
    from crash_rate_aggregates.verdicts.judged_kinds import HEADLINE_KINDS

    asked = {name: flags.pop(name) for name in ("application", "channel", "kind")}
    kind = asked["kind"] or HEADLINE_KINDS[-1]
    if not kind.is_headline:
        names = ", ".join(one.name.replace("_", "-") for one in HEADLINE_KINDS)
        raise UsageError(f"--kind of an explanation is one of {names}, and not {kind.name}")
    if (version is None) == (first is None):
        raise UsageError("say what to explain: --version, or --channel with --from")
    settings = load_settings(flags, config)
    if version is not None and against is None:
        with asked_database(settings) as connection:
            rows: Sequence[Any] = _said_why(connection, version, asked)
        if rows:
            _print_explanation(rows, explanation_parts, as_json=as_json)
            return
    with existing_database(settings, "writer") as url:
        if version is not None:
            rows = _computed_why(url, _asked_release(version, against, None, asked), kind)
        else:
            rows = _computed_periods(url, asked, kind, first, before)
    _print_explanation(rows, explanation_parts, as_json=as_json)


@click.command()
@click.option("--from", "first", type=DATE, help="First submission date; default: the last stored.")
@click.option("--to", "last", type=DATE, help="Last one, included; default: the last stored.")
@connection_options
def assess(*, first: date | None, last: date | None, config: str | None, **flags: Any) -> int:
    """Say anew what stored days mean, each from the days up to it alone."""
    from crash_rate_aggregates.assess.assessing_days import assess_days, stored_days
    from crash_rate_aggregates.database.access.connection import connect
    from crash_rate_aggregates.errors import DayNotStoredError
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


def _said(
    connection: Any, version: str | None, asked: dict[str, Any]
) -> tuple[date, int, Sequence[VerdictRow]]:
    from crash_rate_aggregates.questions.asking import USUAL_APPLICATION
    from crash_rate_aggregates.questions.said_verdicts import said_verdicts

    said = said_verdicts(connection, asked["application"] or USUAL_APPLICATION)
    rows = said.newest() if version is None else said.of(version)
    if version is not None and not rows:
        known = ", ".join(dict.fromkeys(row.label for row in said.rows)) or "none"
        raise ReleaseNotFoundError(
            f"nothing is said of {version!r} on {said.evening.submission_date}: choose from "
            f"{known}, or compare it with another by --against"
        )
    return said.evening.submission_date, said.evening.last_run_id, rows


def _said_why(connection: Any, version: str, asked: dict[str, Any]) -> Sequence[Any]:
    from crash_rate_aggregates.questions.asking import USUAL_APPLICATION
    from crash_rate_aggregates.questions.said_verdicts import said_explanations

    return said_explanations(
        connection,
        asked["application"] or USUAL_APPLICATION,
        label=version,
        channel=asked["channel"],
        kind=asked["kind"].name if asked["kind"] else None,
    )


def _asked_release(
    version: str, against: str | None, change: float | None, asked: dict[str, Any]
) -> AskedRelease:
    from crash_rate_aggregates.assess.asked import AskedRelease
    from crash_rate_aggregates.questions.asking import USUAL_APPLICATION
    from crash_rate_aggregates.verdicts.releases.judged import CHANGE

    application = asked["application"] or USUAL_APPLICATION
    return AskedRelease(
        application, version, against, asked["channel"], CHANGE if change is None else change
    )


def _computed(url: str, release: AskedRelease) -> tuple[date, Sequence[VerdictRow]]:
    from crash_rate_aggregates.assess.asked import asked_verdicts
    from crash_rate_aggregates.database.access.connection import connect

    with connect(url) as connection:
        return asked_verdicts(connection, release)


def _computed_why(url: str, release: AskedRelease, kind: JudgedKind) -> Sequence[Any]:
    from crash_rate_aggregates.assess.asked import asked_explanation
    from crash_rate_aggregates.database.access.connection import connect

    with connect(url) as connection:
        return asked_explanation(connection, release, kind)


def _computed_periods(
    url: str, asked: dict[str, Any], kind: JudgedKind, first: date | None, before: date | None
) -> Sequence[Any]:
    from datetime import timedelta

    from crash_rate_aggregates.assess.asked import asked_periods
    from crash_rate_aggregates.database.access.connection import connect
    from crash_rate_aggregates.questions.asking import CHANNELS, USUAL_APPLICATION
    from crash_rate_aggregates.questions.inputs.period_leaves import MOST_DAYS, Periods

    assert first is not None  # noqa: S101  The caller has looked.
    periods = Periods(
        asked["application"] or USUAL_APPLICATION,
        asked["channel"] or CHANNELS[0],
        kind,
        first,
        before or first - timedelta(days=MOST_DAYS),
    )
    if periods.before_first >= first:
        raise UsageError(f"--before {before} lies not before --from {first}: name an earlier day")
    with connect(url) as connection:
        return asked_periods(connection, periods)


def _print_explanation(rows: Sequence[Any], parts: Callable[..., Any], *, as_json: bool) -> None:
    if as_json:
        say(json.dumps([asdict(row) for row in rows], default=str))
    else:
        print_answer(*parts(rows))


def _is_asked(row: VerdictRow, asked: dict[str, Any]) -> bool:
    kind = asked["kind"]
    return asked["channel"] in (None, row.channel) and (kind is None or kind.name == row.kind)


def _releases(rows: Sequence[VerdictRow]) -> Iterator[list[VerdictRow]]:
    for _, group in groupby(rows, key=lambda row: (row.channel, row.label)):
        yield list(group)


def _exit_code(decisive: Sequence[VerdictRow]) -> int:
    from crash_rate_aggregates.terminal.conclusions.verdict_lines import says_something

    if any(row.state == "worse" for row in decisive):
        return ExitCode.WORSE
    return ExitCode.DONE if says_something(decisive) else ExitCode.NOTHING_TO_SAY
