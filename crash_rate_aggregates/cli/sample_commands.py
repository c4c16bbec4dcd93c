"""The command that makes pings to try the program with."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import click

from crash_rate_aggregates.cli.consoles import say
from crash_rate_aggregates.cli.options import config_option, range_options
from crash_rate_aggregates.cli.setting_options import setting_option
from crash_rate_aggregates.settings.config import load_settings


@click.command("sample-pings")
@click.argument("folder", type=Path)
@range_options
@click.option(
    "--pings-per-day",
    type=click.IntRange(1),
    default=20_000,
    show_default=True,
    help="Pings of each day.",
)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="Another seed makes other pings."
)
@setting_option("jobs")
@config_option
def sample_pings(
    folder: Path,
    *,
    min_submission_date: date | None,
    max_submission_date: date | None,
    pings_per_day: int,
    seed: int,
    jobs: str | None,
    config: str | None,
) -> None:
    """Write synthetic pings to try the program with; the same seed writes the same bytes."""
    from crash_rate_aggregates.sample_pings.writer import write_sample_pings
    from crash_rate_aggregates.submission_dates import submission_dates

    today = datetime.now(UTC).date()
    days = submission_dates(min_submission_date, max_submission_date, today=today)
    summary = write_sample_pings(
        folder,
        min_submission_date=days[0],
        max_submission_date=days[-1],
        pings_per_day=pings_per_day,
        seed=seed,
        # The setting of the engine: what a machine's file allows it, it allows this too.
        jobs=load_settings({"jobs": jobs}, config).day.jobs,
    )
    say(str(summary))
