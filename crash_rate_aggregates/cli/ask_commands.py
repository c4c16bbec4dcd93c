"""The commands that ask what is stored, and print the answer."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import click

from crash_rate_aggregates.cli.consoles import check_answer, print_answer, while_read
from crash_rate_aggregates.cli.options import DATE, connection_options, range_options, together
from crash_rate_aggregates.cli.setting_options import part_options
from crash_rate_aggregates.settings.config import load_settings
from crash_rate_aggregates.settings.from_settings import asked_database

if TYPE_CHECKING:
    from crash_rate_aggregates.questions.answer_options import AnswerOptions


# Commands import what they need when they run: --help and a mistyped flag wait for no driver.
_csv_options = together(
    click.option(
        "--csv", "as_csv", is_flag=True, help="Print comma-separated values, with all digits."
    ),
    *part_options("answers"),
)


def _finite(_context: click.Context, option: click.Parameter, value: float | None) -> float | None:
    # click takes "nan" and "inf" for numbers, and nan is below no threshold.
    if value is not None and not math.isfinite(value):
        raise click.BadParameter(f"{value} is no number of hours.", param=option)
    return value


@click.command()
@click.argument("statement")
@_csv_options
@connection_options
def sql(statement: str, *, as_csv: bool, config: str | None, **flags: Any) -> None:
    """Ask the table in SQL, read-only."""
    from crash_rate_aggregates.questions.statement import ask, asking
    from crash_rate_aggregates.questions.typed_statement import warn_of_powers
    from crash_rate_aggregates.terminal.answers import MAX_ROWS, AnswerTable

    settings = load_settings(flags, config)
    with asked_database(settings) as connection:
        warn_of_powers(connection)
        if as_csv:
            with asking(connection, statement) as answer:
                _print_csv(answer.columns, answer.rows, settings.answers)
            return
        # One more than is shown, by which it is seen that there are more.
        shown = ask(connection, statement, MAX_ROWS + 1)
    print_answer(AnswerTable(shown))


@click.command()
@click.option(
    "--min-usage-hours",
    type=click.FloatRange(0),
    callback=_finite,
    help="Show no rate where there are fewer; default: crash_min_usage_hours(), which is 100.",
)
@click.option("--by", default="channel", show_default=True, help="Dimensions, comma-separated.")
@range_options
@_csv_options
@connection_options
def rates(
    by: str,
    *,
    as_csv: bool,
    min_usage_hours: float | None,
    min_submission_date: date | None,
    max_submission_date: date | None,
    config: str | None,
    **flags: Any,
) -> None:
    """Show crashes per 1,000 usage hours, with the hours and 95% intervals."""
    from crash_rate_aggregates.questions.rates import crash_rates, rates_answer
    from crash_rate_aggregates.terminal.rate_table import RatesTable

    settings = load_settings(flags, config)
    names = tuple(dict.fromkeys(name.strip() for name in by.split(",")))
    with asked_database(settings) as connection:
        found = crash_rates(
            connection,
            names,
            min_submission_date=min_submission_date,
            max_submission_date=max_submission_date,
            min_usage_hours=min_usage_hours,
        )
    if as_csv:
        answer = rates_answer(names, found)
        _print_csv(answer.columns, answer.rows, settings.answers)
    else:
        print_answer(RatesTable(names, found))


@click.command()
@click.option("--submission-date", type=DATE, help="The day; default: the last one stored.")
@connection_options
def ledger(submission_date: date | None, config: str | None, **flags: Any) -> None:
    """Show what became of every ping of one day."""
    from crash_rate_aggregates.questions.stored_ledger import stored_ledger
    from crash_rate_aggregates.terminal.text_tables import ledger_tables

    with asked_database(load_settings(flags, config)) as connection:
        stored = stored_ledger(connection, submission_date)
    print_answer(*ledger_tables(stored))


@click.command()
@click.argument("name", required=False)
@click.option("--first-date", type=DATE, help="Default: 28 days up to the last.")
@click.option("--last-date", type=DATE, help="Default: yesterday, UTC.")
@click.option("--application", help="Default: Firefox.")
@click.option(
    "--channel", "channels", multiple=True, help="May be repeated; default: all, or release."
)
@_csv_options
@connection_options
def question(name: str | None, *, as_csv: bool, config: str | None, **flags: Any) -> None:
    """Ask a question of the dashboards by its NAME; without one, list them."""
    from crash_rate_aggregates.questions.asking import ask_question, usual_values
    from crash_rate_aggregates.questions.catalog import found, listed
    from crash_rate_aggregates.terminal.answers import AnswerTable

    asked = {key: flags.pop(key) for key in ("first_date", "last_date", "application", "channels")}
    settings = load_settings(flags, config)
    if name is None:
        answer = listed()
    else:
        chosen = found(name)
        values = usual_values(chosen, **asked, today=datetime.now(UTC).date())
        with asked_database(settings) as connection:
            answer = ask_question(connection, chosen, values)
    if as_csv:
        _print_csv(answer.columns, answer.rows, settings.answers)
    else:
        print_answer(AnswerTable(answer))


def _print_csv(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], options: AnswerOptions
) -> None:
    from crash_rate_aggregates.terminal.answers import write_csv

    write_csv(columns, while_read(rows), sys.stdout, escapes=options.csv_escape)
    check_answer()


@click.command()
@click.option("--submission-date", type=DATE, required=True, help="The day.")
@connection_options
def history(submission_date: date, config: str | None, **flags: Any) -> None:
    """Show every run of one day: what changed, and crashes and hours before and after."""
    from crash_rate_aggregates.questions.history import day_history
    from crash_rate_aggregates.terminal.text_tables import history_tables

    with asked_database(load_settings(flags, config)) as connection:
        runs = day_history(connection, submission_date)
    print_answer(*history_tables(runs))
