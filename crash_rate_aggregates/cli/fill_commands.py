"""The commands that fill days into the table, and the one that checks them afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any

import click

from crash_rate_aggregates.cli.consoles import STDERR, say
from crash_rate_aggregates.cli.options import (
    DATE,
    connection_options,
    range_options,
    run_options,
)
from crash_rate_aggregates.dimensions import Dimension
from crash_rate_aggregates.settings.config import load_settings
from crash_rate_aggregates.settings.from_settings import (
    chosen_database,
    chosen_engine,
    existing_database,
    known_applications,
    required_pings,
)


@click.command()
@click.option("--submission-date", type=DATE, help="The day; default: yesterday, UTC.")
@run_options
@click.pass_obj
def run(base: Sequence[Dimension], /, submission_date: date | None, **flags: Any) -> int:
    """Compute one submission date and replace it in the table."""
    return _fill(base, _range(submission_date, submission_date), stop_on_error=True, **flags)


@click.command()
@range_options
@click.option("--stop-on-error", is_flag=True, help="End at the first day that fails.")
@run_options
@click.pass_obj
def backfill(
    base: Sequence[Dimension],
    /,
    min_submission_date: date | None,
    max_submission_date: date | None,
    **flags: Any,
) -> int:
    """Run every submission date of a range; one bound alone: the other is yesterday, UTC."""
    return _fill(base, _range(min_submission_date, max_submission_date), **flags)


@click.command()
@click.option(
    "--heal-days",
    type=click.IntRange(1, 366),
    default=7,
    show_default=True,
    help="Days to look at, yesterday included.",
)
@run_options
@click.pass_obj
def daily(base: Sequence[Dimension], /, heal_days: int, **flags: Any) -> int:
    """Fill yesterday, and refill the last days that are missing or failed: for schedulers."""
    from crash_rate_aggregates.health.last_days import days_to_heal

    return _fill(base, lambda url: days_to_heal(url, heal_days, now=datetime.now(UTC)), **flags)


def _range(first: date | None, last: date | None) -> Callable[[str], list[date]]:
    """Return a choice of days that does not depend on what is stored."""
    from crash_rate_aggregates.submission_dates import submission_dates

    days = submission_dates(first, last, today=datetime.now(UTC).date())
    return lambda _url: days


def _fill(
    base: Sequence[Dimension],
    choose_days: Callable[[str], list[date]],
    *,
    stop_on_error: bool = False,
    as_json: bool,
    allow_empty: bool,
    allow_damaged: bool,
    config: str | None,
    **flags: Any,
) -> int:
    # Before the imports: whoever mistyped a setting need not wait for drivers and engines.
    settings = load_settings(flags, config)
    dimensions = settings.dimensions.among(base)
    applications = known_applications(settings)
    pings = required_pings(settings)

    from crash_rate_aggregates import job as jobs
    from crash_rate_aggregates.assess.assessing_days import assess_days
    from crash_rate_aggregates.sources.release_documents import read_releases
    from crash_rate_aggregates.sources.stores.urls import open_store
    from crash_rate_aggregates.terminal.day_reports import DayReports
    from crash_rate_aggregates.terminal.progress import shown_progress

    # Before a server is started: what is mistyped is told at once, and once.
    open_store(pings, settings.storage, settings.selection)
    releases = read_releases(settings.releases.product_details or ())
    with (
        closing(chosen_engine(settings)) as engine,
        chosen_database(settings) as url,
        shown_progress(STDERR) as progress,
    ):
        job = jobs.Job(
            pings=pings,
            database_url=url,
            engine=engine,
            dimensions=dimensions,
            applications=applications,
            releases=releases,
            min_clients=settings.people.min_clients,
            counts_automation=settings.judging.counts_automation,
            progress=progress,
            allow_empty=allow_empty,
            allow_damaged=allow_damaged,
            storage=settings.storage,
            selection=settings.selection,
        )
        reports = DayReports(say, STDERR.print, as_json=as_json)
        for result in jobs.backfill(job, choose_days(url), stop_on_error=stop_on_error):
            reports.show(result)
        # All at the end, in order: an evening begins with what the one before it left.
        for assessed in assess_days(url, reports.stored_days):
            reports.show_assessment(assessed)
    return reports.finish()


@click.command()
@click.option(
    "--days", type=click.IntRange(1, 366), default=7, show_default=True, help="Days to look at."
)
@click.option("--max-submission-date", type=DATE, help="The last one; default: yesterday, UTC.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found for machines.")
@connection_options
def check(*, days: int, max_submission_date: date | None, as_json: bool, **flags: Any) -> None:
    """Say whether the last days are there, whole, plausible and without a new alarm.

    Exit code 3 if not. An alarm that somebody acknowledged is none.
    """
    from crash_rate_aggregates.health.alarm_findings import with_alarms
    from crash_rate_aggregates.health.last_days import check_days, newest_evening
    from crash_rate_aggregates.terminal.check_reports import (
        check_document,
        check_lines,
        require_no_fault,
    )

    last = max_submission_date or datetime.now(UTC).date() - timedelta(days=1)
    settings = load_settings(flags, flags.pop("config"))
    with existing_database(settings) as url:
        checked = check_days(url, last, days)
        evening = newest_evening(url)
    if evening is not None:
        checked = with_alarms(checked, evening)
    assessed = None if evening is None else evening.submission_date
    say(check_document(checked, assessed) if as_json else "\n".join(check_lines(checked, assessed)))
    require_no_fault(checked)
