"""The command that shows rates, whatever they are by."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from crash_rate_aggregates.cli.consoles import print_answer
from crash_rate_aggregates.cli.csv_answers import csv_options, print_csv
from crash_rate_aggregates.cli.options import connection_options, range_options
from crash_rate_aggregates.errors import UsageError
from crash_rate_aggregates.settings.config import load_settings
from crash_rate_aggregates.settings.from_settings import asked_database

if TYPE_CHECKING:
    import psycopg
    from rich.console import RenderableType

    from crash_rate_aggregates.questions.statement import Answer

_SOURCES = ("crash-ping", "histogram")
_HOURS = ("usage-hours", "active-hours")


def _finite(_context: click.Context, option: click.Parameter, value: float | None) -> float | None:
    # click takes "nan" and "inf" for numbers, and nan is below no threshold.
    if value is not None and not math.isfinite(value):
        raise click.BadParameter(f"{value} is no number of hours.", param=option)
    return value


@click.command()
@click.option(
    "--min-usage-hours",
    type=click.FloatRange(0),
    callback=_finite,
    help="Show no rate where there are fewer; default: crash_min_usage_hours(), which is 100.",
)
@click.option(
    "--by",
    default="channel",
    show_default=True,
    help="Dimensions, comma-separated, or version, process, class, experiment.",
)
@click.option(
    "--per", type=click.Choice(_HOURS), help="Hours to divide by.  [default: usage-hours]"
)
@click.option(
    "--source",
    type=click.Choice(_SOURCES),
    help="By process: what tells of the crashes.  [default: crash-ping]",
)
@click.option("--people", is_flag=True, help="Show user-days without a crash instead of rates.")
@range_options
@csv_options
@connection_options
def rates(
    by: str,
    *,
    as_csv: bool,
    people: bool,
    min_submission_date: date | None,
    max_submission_date: date | None,
    config: str | None,
    **flags: Any,
) -> None:
    """Show crashes per 1,000 usage hours, with the hours and 95% intervals."""
    from crash_rate_aggregates.questions.rate_tables import CRASH_NAMES, whole_names

    asked = {name: flags.pop(name) for name in ("min_usage_hours", "per", "source")}
    settings = load_settings(flags, config)
    names = whole_names([name.strip() for name in by.split(",")])
    days = (min_submission_date, max_submission_date)
    of_crashes = any(name in CRASH_NAMES for name in names)
    _check(asked, people=people, of_crashes=of_crashes)
    with asked_database(settings) as connection:
        if people:
            table, answer = _people(connection, names, days)
        elif of_crashes:
            table, answer = _process_rates(connection, names, days, asked)
        else:
            table, answer = _crash_rates(connection, names, days, asked)
    if as_csv:
        print_csv(answer.columns, answer.rows, settings.answers)
    else:
        print_answer(table)


def _check(asked: Mapping[str, Any], *, people: bool, of_crashes: bool) -> None:
    if people:
        for name, value in asked.items():
            if value is not None:
                flag = name.replace("_", "-")
                raise UsageError(f"--people counts people, not hours: leave out --{flag}")
    elif asked["source"] is not None and not of_crashes:
        raise UsageError("--source is of rates by process: add process to --by, or leave it out")


def _crash_rates(
    connection: psycopg.Connection,
    names: Sequence[str],
    days: tuple[date | None, date | None],
    asked: Mapping[str, Any],
) -> tuple[RenderableType, Answer]:
    from crash_rate_aggregates.questions.hours import HOURS
    from crash_rate_aggregates.questions.rates import crash_rates, rates_answer
    from crash_rate_aggregates.questions.untold import left_out
    from crash_rate_aggregates.terminal.rate_table import RatesTable

    hours = HOURS[asked["per"] or _HOURS[0]]
    found = crash_rates(
        connection, names, *days, min_usage_hours=asked["min_usage_hours"], hours=hours
    )
    without = left_out(connection, hours.told_by, names, *days)
    return RatesTable(names, found, hours, without), rates_answer(names, found, hours)


def _process_rates(
    connection: psycopg.Connection,
    names: Sequence[str],
    days: tuple[date | None, date | None],
    asked: Mapping[str, Any],
) -> tuple[RenderableType, Answer]:
    from crash_rate_aggregates.outcomes import CrashSource
    from crash_rate_aggregates.questions.hours import HOURS
    from crash_rate_aggregates.questions.process_rates import process_answer, process_rates
    from crash_rate_aggregates.questions.untold import left_out
    from crash_rate_aggregates.terminal.process_table import ProcessTable

    hours = HOURS[asked["per"] or _HOURS[0]]
    source = CrashSource((asked["source"] or _SOURCES[0]).replace("-", " "))
    found = process_rates(
        connection,
        names,
        *days,
        min_usage_hours=asked["min_usage_hours"],
        hours=hours,
        source=source,
    )
    without = left_out(connection, hours.told_by, names, *days)
    answer = process_answer(names, found, source, hours)
    return ProcessTable(names, found, source, hours, without), answer


def _people(
    connection: psycopg.Connection,
    names: Sequence[str],
    days: tuple[date | None, date | None],
) -> tuple[RenderableType, Answer]:
    from crash_rate_aggregates.questions.user_days import people, people_answer
    from crash_rate_aggregates.terminal.people_table import PeopleTable

    found = people(connection, names, *days)
    return PeopleTable(names, found), people_answer(names, found)
