"""The commands that ask what is stored, and print the answer."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import click

from crash_rate_aggregates.cli.consoles import print_answer
from crash_rate_aggregates.cli.csv_answers import csv_options, print_csv
from crash_rate_aggregates.cli.options import DATE, connection_options
from crash_rate_aggregates.settings.config import load_settings
from crash_rate_aggregates.settings.from_settings import asked_database

# Commands import what they need when they run: --help and a mistyped flag wait for no driver.


@click.command()
@click.argument("statement")
@csv_options
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
                print_csv(answer.columns, answer.rows, settings.answers)
            return
        # One more than is shown, by which it is seen that there are more.
        shown = ask(connection, statement, MAX_ROWS + 1)
    print_answer(AnswerTable(shown))


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
@csv_options
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
        print_csv(answer.columns, answer.rows, settings.answers)
    else:
        print_answer(AnswerTable(answer))


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
